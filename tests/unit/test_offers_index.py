"""The index behind the offer search against plain loops over everything, and against one that is built anew."""

import random
import string
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from i18n.text import search_key
from offers import dates, places, search
from offers.matches import united
from offers.offer_texts import OfferTexts
from offers.search import OfferIndex
from offers.search_texts import NAME, SUMMARY, body, named, stop_words
from offers.shelves import Shelves
from offers.slips import Slips
from offers.types import Offer, Query
from offers.vocabulary import Vocabulary
from offers.weighing import _ASKED
from tests.catalogue import UNCONFIRMED_FOR, offer, sample, schedule
from tests.unit.test_offers_search import NOW, index

WORDS = st.text("abcd", min_size=1, max_size=7)
SAID = (
    "sprachkurs",
    "sprache",
    "kurs",
    "nähen",
    "nähkurs",
    "garten",
    "gartenarbeit",
    "schwimmen",
    "swimming",
    "ملتقى",
    "курс",
    "курси",
)
KINDS = (("german_course", "german_course"), ("leisure", "music"), ("health", "trauma_therapy"))  # fmt: skip


@given(st.lists(WORDS, unique=True, max_size=60), WORDS, st.integers(0, 60))
def test_one_slip_is_found_as_by_comparing_with_every_word(known: list[str], asked: str, cut: int) -> None:
    slips = Slips()
    slips.add(known[:cut])
    slips.add(known[cut:])
    assert sorted(slips.near(asked)) == sorted(word for word in known if OSA.distance(word, asked) == 1)


def test_many_words_are_found_as_few_are() -> None:
    rnd = random.Random(7)
    known = sorted(
        {"".join(rnd.choices(string.ascii_lowercase[:6], k=rnd.randint(3, 8))) for _ in range(4000)}
    )
    slips = Slips()
    slips.add(known)
    for asked in rnd.sample(known, 40):
        assert sorted(slips.near(asked)) == [word for word in known if OSA.distance(word, asked) == 1]


@given(
    st.lists(st.sampled_from([*SAID, "arbeit", "schwimmkurs", "sprachkursen"]), unique=True),
    st.integers(0, 12),
)
def test_words_learnt_later_are_read_as_if_known_from_the_start(known: list[str], cut: int) -> None:
    keys = [search_key(word) for word in known]
    late, whole = Vocabulary(), Vocabulary()
    for word in (keys[:cut], keys[cut:]):
        late.learn(word)
    whole.learn(keys)
    for word in map(search_key, SAID):
        assert late.meant(word) == whole.meant(word)
        assert late.misspelt(word) == whole.misspelt(word)
        assert late.parts(word) == whole.parts(word)


offers = st.builds(
    lambda n, name, summary, pair: offer(
        f"o{n}", name=" ".join(name), summary=" ".join(summary), topic=pair[0], kind=pair[1]
    ),
    st.integers(0, 30),
    st.lists(st.sampled_from(SAID), min_size=1, max_size=3),
    st.lists(st.sampled_from(SAID), max_size=4),
    st.sampled_from(KINDS),
)


def _best(texts: Mapping[str, float], words: Mapping[str, float]) -> float:
    return max((words.get(word, 0.0) * weight for word, weight in texts.items()), default=0.0)


@given(
    st.lists(offers, min_size=1, max_size=25, unique_by=lambda o: o.id),
    st.sampled_from([*SAID, "gaten", "kurse"]),
)
def test_a_word_finds_what_a_look_at_every_offer_finds(found: list[Offer], asked: str) -> None:
    shelves = Shelves(places.load(), {}, {(o.topic, o.kind) for o in found})
    texts = OfferTexts(shelves.kinds, {}, {})
    numbers = {shelves.add(one): one for one in found}
    texts.add(dict(sorted(numbers.items())))
    vocabulary = Vocabulary(stop_words())
    said = {
        n: (
            dict.fromkeys(search_key(o.name).split(), NAME),
            dict.fromkeys(search_key(o.summary).split(), SUMMARY),
        )
        for n, o in numbers.items()
    }
    vocabulary.learn(word for pair in said.values() for words in pair for word in words)
    vocabulary.learn(
        word for o in found for text, _ in (*named(o), *body(o)) for word in search_key(text).split()
    )
    word = search_key(asked)
    if vocabulary.parts(word):
        return
    meant, slips = vocabulary.meant(word), vocabulary.misspelt(word)
    scope = shelves.everything()
    matches = texts.find(word, scope)
    sure = max((_best(pair[0], meant) for pair in said.values()), default=0.0) >= 0.58
    for number, (strong, _) in said.items():
        found_by = matches.strong.at(scope.spots([number]))
        wanted = max(_best(strong, meant), _best(strong, slips) * (0.8 if sure else 1.0))
        assert found_by.tolist() == pytest.approx([wanted])


def bare(*found: Offer) -> OfferIndex:
    """An index that knows no kinds and is built in no time."""
    return OfferIndex(found, places.load(), {}, {}, unconfirmed_for=UNCONFIRMED_FOR)


TEXTS = ("Sprachkurs nähen", "gaten arbeit", "курс", "schwimen", "kurs", "ملتقى", "musik", "trauma")


def _answers(built: OfferIndex, topic: str | None, text: str) -> list[str]:
    return [hit.offer.id for hit in built.search(Query(text, topic), NOW, 10).hits]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(offers, max_size=20, unique_by=lambda o: o.id),
    st.lists(st.one_of(offers, st.integers(0, 30)), max_size=12),
)
def test_a_changed_index_answers_as_one_built_anew(first: list[Offer], steps: list[Offer | int]) -> None:
    known = {one.id: one for one in first}
    changed = bare(*first)
    for step in steps:
        if isinstance(step, int):
            known.pop(f"o{step}", None)
            changed.drop([f"o{step}"])
        elif changed.takes([step]):
            known[step.id] = step
            changed.put([step])
    assert len(changed) == len(known)
    anew = bare(*known.values())
    # What nobody says any more may still be known as a part of other words: whole words must answer alike.
    for text in ("garten", "schwimmen", "курс"):
        for topic in (None, "german_course", "leisure"):
            assert _answers(changed, topic, text) == _answers(anew, topic, text)


@settings(max_examples=50, deadline=None)
@given(st.lists(offers, min_size=1, max_size=60, unique_by=lambda o: o.id), st.sampled_from(TEXTS))
def test_the_quick_first_look_leaves_out_nothing_that_the_slow_one_shows(
    found: list[Offer], text: str
) -> None:
    built = bare(*found)
    for topic in (None, "german_course", "leisure", "health"):
        slow = _answers(built, topic, text)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(search, "MANY", 0)
            assert _answers(built, topic, text) == slow


def test_of_very_many_offers_the_right_one_is_found_by_two_misspelt_words() -> None:
    rnd = random.Random(3)
    names = ["".join(rnd.choices("abdefgiklmnoprstu", k=rnd.randint(6, 9))) for _ in range(3000)]
    built = bare(*(offer(f"o{n}", name=f"{names[n]} {names[-n - 1]}", place="Haar") for n in range(1500)))
    missed = 0
    for n in rnd.sample(range(1500), 60):
        words = [name[:2] + name[3:] for name in (names[n], names[-n - 1])]
        hits = built.search(Query(" ".join(words)), NOW, 10).hits
        missed += f"o{n}" not in {hit.offer.id for hit in hits}
    assert missed <= 1


def test_words_lead_before_what_is_merely_for_everybody() -> None:
    both = index(
        offer("named", name="Zitherspiel Abendrunde", audience=("women",)),
        *(offer(f"other{n}", name="Zitherspiel") for n in range(3)),
    )
    assert _answers(both, None, "Zitherspiel Abendrunde")[0] == "named"


OTHERS = tuple(offer(f"x{n}", name=f"Treff {n}") for n in range(60))


def test_the_very_word_comes_before_another_form_of_it_also_when_it_is_misspelt() -> None:
    built = index(offer("form", name="Abendrunden"), offer("very", name="Abendrunde"), *OTHERS)
    for asked in ("Abendrunde", "Abndrunde"):
        assert _answers(built, None, asked)[:2] == ["very", "form"], asked


def test_both_words_with_slips_come_before_one_of_them_as_it_is_written() -> None:
    built = index(offer("one", name="Zither Gruppe"), offer("both", name="Zitter Abendrunde"), *OTHERS)
    assert _answers(built, None, "Zither Abndrunde")[0] == "both"


def test_a_slip_that_leaves_little_to_guess_counts_more_than_one_that_may_be_any_letter() -> None:
    vocabulary = Vocabulary()
    vocabulary.learn(["zihter", "zitter", "rither"])
    slips = vocabulary.misspelt("zither")
    assert slips["zihter"] > slips["zitter"] > slips["rither"]


def test_a_slip_that_looks_like_an_umlaut_is_looked_for_as_it_was_written() -> None:
    built = index(offer("clear", name="Clearing"), *OTHERS)
    assert search_key("claering") == "claring"
    assert _answers(built, None, "claering") == ["clear"]


@given(st.lists(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 1)), max_size=12), min_size=1, max_size=4))
def test_pieces_are_united_as_one_by_one(pieces: list[list[tuple[int, float]]]) -> None:
    wanted: dict[int, float] = {}
    for spot, quality in (pair for piece in pieces for pair in piece):
        wanted[spot] = max(quality, wanted.get(spot, 0.0))
    arrays = [(np.array([s for s, _ in p], np.intp), np.array([q for _, q in p])) for p in pieces]
    spots, qualities = united(arrays, 10)
    assert sorted(zip(spots.tolist(), qualities.tolist(), strict=True)) == sorted(wanted.items())


def test_a_kind_that_a_slip_names_does_not_hide_what_is_called_so() -> None:
    kind = offer("kind", name="Ballgruppe", topic="leisure", kind="football")
    built = index(offer("named", name="Fussbaal"), kind, *OTHERS)
    assert _answers(built, None, "Fussbaal")[0] == "named"


def test_a_phrase_is_read_before_repeated_words_are_dropped() -> None:
    built = index(*(one for one in sample() if one.status == "published"))
    found = built.search(Query("ich bin in Haar und will zurück in mein Land"), NOW)
    assert found.hits[0].offer.kind == "return_advice"


def test_words_add_to_a_delicate_kind_that_was_asked_for() -> None:
    built = index(
        *(offer(f"t{n}", name="Abendrunde", topic="health", kind="trauma_therapy") for n in range(3)),
        offer("named", name="Zitherspiel", topic="health", kind="trauma_therapy"),
    )
    asked = built._prepare(Query("Trauma Zitherspiel", "health"))
    near = built._candidates(asked, NOW)
    near = replace(near, weights=replace(near.weights, called={}))
    evidence = built._weighing.evidence(asked, near, near.numbers)
    plain = replace(asked, delicate=frozenset())
    alone = built._weighing.evidence(plain, near, near.numbers)
    assert evidence["trauma_therapy"] == alone["trauma_therapy"] + _ASKED > _ASKED


def test_what_says_nothing_in_one_language_names_a_thing_in_another() -> None:
    built = index(
        offer("house", name="Ev arama", topic="housing", kind="housing_help"),
        *(offer(str(n), topic="housing", kind="tenants_licence", name=f"Mieterrunde {n}") for n in range(5)),
    )
    asked = Query("ev", "housing")
    assert built.search(replace(asked, language="tr"), NOW).hits[0].offer.id == "house"
    names = [hit.offer.id for hit in built.search(replace(asked, language="kmr"), NOW).hits]
    assert names == [hit.offer.id for hit in built.search(Query("", "housing"), NOW).hits]


@given(
    st.integers(-200, 200),
    st.one_of(st.none(), st.integers(0, 300)),
    st.sampled_from(["none", "public", "school"]),
    st.integers(0, 330),
)
def test_what_surely_goes_on_has_a_next_date(start: int, length: int | None, skip: str, later: int) -> None:
    now = NOW + timedelta(days=later)
    first = now.date() + timedelta(days=start)
    until = first + timedelta(days=length) if length is not None else None
    one = offer(schedules=(schedule(valid_from=first, valid_to=until, skip_holidays=skip, byday="FR"),))
    if dates.surely_goes_on(one, now):
        assert not dates.ended(one, now)
    assert dates.surely_goes_on(offer(schedules=(schedule(valid_from=date(2026, 1, 1)),)), NOW)
