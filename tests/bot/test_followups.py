"""What the next words and numbers go on from, and what of a question is kept for that."""

from typing import Any

import pytest

from nlu.types import Guess, Intent, Understanding
from nlu.understanding import Understander
from people.types import Draft
from playground.types import Json
from tests.bot.world import CLIENT, VOLUNTEER, LotseWorld, Pocket, all_said, data_of, said, sentence


def cards(messages: list[Json]) -> list[Json]:
    """The offer cards among messages, in order."""
    return [message for message in messages if any(data.startswith("want:") for data in data_of(message))]


async def draft_of(lotse: LotseWorld, pocket: Pocket) -> Draft:
    """What is kept of the pocket's last search."""
    async with lotse.core.database.read() as tx:
        drafts = await lotse.core.people.drafts(tx, await pocket.actor(), lotse.clock.now())
    return next(draft for draft in drafts if draft.kind == "search")


@pytest.mark.parametrize(
    ("language", "question", "words"),
    [
        ("de", "Mein Sohn Yusuf will schwimmen lernen in Haar", ("sohn", "yusuf", "lernen")),
        (
            "en",
            "Is there a women's shelter for my cousin Leila?",
            ("is there", "cousin", "leila"),
        ),
        ("en", "Who is responsible for housing benefit for Mr Karimi?", ("who", "karimi")),
        ("en", "blorb zarg flimmer", ("blorb", "zarg", "flimmer")),
    ],
)
async def test_no_word_of_a_question_is_kept(
    lotse: LotseWorld, language: str, question: str, words: tuple[str, ...]
) -> None:
    amira = await lotse.arrives(CLIENT, language)
    await amira.says(question)
    kept = str((await draft_of(lotse, amira)).data).casefold()
    assert not [word for word in words if word in kept]


@pytest.mark.parametrize(
    ("language", "question", "more", "icon"),
    [
        ("de", "Schwimmkurs", "und in Garching?", "Schwimm"),
        ("de", "Schwimkurs", "für Frauen", "Schwimm"),
        ("ar", "بدي اتعلم سباحة", "في كارشينغ", "Schwimm"),
        ("de", "Zahnarzt", "und in Haar?", "Zahn"),
        ("de", "Fahrrad reparieren", "am Abend", "Fahrrad"),
    ],
)
async def test_what_was_looked_for_is_still_found(
    lotse: LotseWorld, language: str, question: str, more: str, icon: str
) -> None:
    amira = await lotse.arrives(CLIENT, language)
    await amira.says(question)
    first, *_ = cards(await amira.says(more))
    assert icon.casefold() in said(first).casefold()


async def test_the_office_that_was_asked_for_is_still_meant(lotse: LotseWorld) -> None:
    jonas = await lotse.arrives(CLIENT, "de")
    await jonas.says("Wer ist für Wohngeld zuständig in Haar?")
    answered = all_said(await jonas.says("und in Garching?"))
    assert "Wohngeld" in answered


async def test_what_is_chosen_shows_the_catalogues_name_and_not_what_was_written(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "ar")
    await amira.says("بدي اتعلم سباحة")
    [chosen] = await amira.taps(data="filter")
    assert sentence("ar", "kind.swimming") in said(chosen)
    assert "اتعلم" not in said(chosen)


async def test_the_numbers_of_a_list_are_typed(lotse: LotseWorld) -> None:
    vera = await lotse.volunteer(VOLUNTEER, "de")
    await vera.says("/menu")
    await vera.tampers("filter.none")
    for page, typed, place in (
        (0, "5", 4),
        (0, "Nummer 8", 7),
        (1, "9", 0),
        (1, "2", 1),
        (1, "das zweite", 1),
    ):
        [listed] = await vera.tampers(f"filter.list:{page}")
        shown = [data for data in data_of(listed) if data.startswith("card:")]
        [card] = await vera.says(typed)
        assert f"want:{shown[place].partition(':')[2]}" in data_of(card), (page, typed)


def dangerous(monkeypatch: pytest.MonkeyPatch, danger: float, *others: tuple[Intent, float]) -> None:
    """Lets the model see danger in all that is written."""
    real = Understander.understand

    async def understand(self: Understander, text: str, language: str) -> Understanding:
        read = await real(self, text, language)
        ranking = (Guess(Intent.EMERGENCY, danger), *(Guess(*other) for other in others))
        return Understanding(
            Intent.EMERGENCY, danger, ranking, (), "model", said=read.said, beside=read.beside
        )

    monkeypatch.setattr(Understander, "understand", understand)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Ich suche ein Frauenhaus"),
        ("de", "Frauenhaus"),
        ("de", "Gewalt"),
        ("en", "help after violence"),
    ],
)
async def test_whoever_looks_for_a_shelter_finds_it_below_the_numbers(
    lotse: LotseWorld, monkeypatch: pytest.MonkeyPatch, language: str, text: str
) -> None:
    dangerous(monkeypatch, 0.88)
    amira = await lotse.arrives(CLIENT, language)
    numbers, *answer = await amira.says(text)
    assert said(numbers).index("116 016") < said(numbers).index("112"), (
        "the women's help line before the doctor"
    )
    assert {"menu", "human"} <= set(data_of(numbers))
    assert "Beratung für Frauen nach Gewalt" in all_said(cards(answer)), "by its German name"
    assert {"near", "menu", "human"} <= set(data_of(answer[-1]))


async def test_danger_that_names_nothing_of_the_catalogue_has_a_way_on(
    lotse: LotseWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    dangerous(monkeypatch, 0.6, (Intent.FIND_HOUSING, 0.2), (Intent.GREET, 0.1))
    amira = await lotse.arrives(CLIENT, "en")
    numbers, others = await amira.says("xqzt plomp frindle")
    assert "112" in said(numbers)
    assert not cards([others])
    ways = {":".join(data.split(":")[:2]) for data in data_of(others)}
    assert {"meant:housing", "meant:health", "menu", "human"} <= ways


async def test_real_danger_and_the_button_have_a_way_on(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "de")
    for messages in (
        await amira.says("Hilfe, mein Mann schlägt mich, er hat ein Messer"),
        await amira.tampers("sos"),
        await amira.tampers("guess:emergency"),
    ):
        assert {"menu", "human"} <= set(data_of(messages[0]))
    numbers = await amira.last()
    await amira.taps(data="menu")
    again: dict[str, Any] = next(
        message for message in await amira.phone.messages() if message["message_id"] == numbers["message_id"]
    )
    assert "112" in said(again), "the numbers stay"


async def test_a_filter_alone_narrows_whatever_the_model_takes_it_for(
    lotse: LotseWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    jonas = await lotse.arrives(CLIENT, "de")
    await jonas.says("Deutschkurs in Haar")
    dangerous(monkeypatch, 0.5)
    found = cards(await jonas.says("mit Kinderbetreuung"))
    assert "Kinderbetreuung" in said(found[0])
    kept = (await draft_of(lotse, jonas)).data
    assert (kept["topic"], kept["place"], kept["childcare"], kept["audience"]) == (
        "german_course",
        "Haar",
        True,
        None,
    )
    numbers, *_ = await jonas.says("Es brennt! In Haar, am Abend")
    assert "112" in said(numbers), "what the rules see stands before everything"


async def test_a_place_for_the_children_is_looked_for_and_the_course_with_childcare_is_one_tap_away(
    lotse: LotseWorld,
) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("German course in the evening in Garching")
    answered = await amira.says("daycare in Haar")
    assert sentence("en", "kind.childcare_place") in said(cards(answered)[0])
    kept = (await draft_of(lotse, amira)).data
    assert (kept["topic"], kept["place"], kept["childcare"]) == ("school", "Haar", None)
    course = answered[-1]
    assert sentence("en", "search.or_else") in said(course)
    [meant] = [data for data in data_of(course) if data.startswith("meant:")]
    assert meant.startswith("meant:german_course:")
    await amira.taps(data=meant, message_id=course["message_id"])
    kept = (await draft_of(lotse, amira)).data
    assert (kept["topic"], kept["place"], kept["childcare"], kept["daytime"]) == (
        "german_course",
        "Haar",
        True,
        "evening",
    )
    await amira.says("and with daycare in Aying")
    kept = (await draft_of(lotse, amira)).data
    assert (kept["topic"], kept["place"], kept["childcare"]) == ("german_course", "Aying", True)
    answered = await amira.says("childcare for my kids in Haar")
    [meant] = [data for data in data_of(answered[-1]) if data.startswith("meant:")]
    await amira.taps(data=meant, message_id=answered[-1]["message_id"])
    kept = (await draft_of(lotse, amira)).data
    assert (kept["topic"], kept["place"], kept["childcare"], kept["audience"]) == (
        "german_course", "Haar", True, None,
    ), "the children are looked after, they do not take the course"  # fmt: skip


async def test_a_place_for_the_children_is_found_in_the_first_message_too(lotse: LotseWorld) -> None:
    olena = await lotse.arrives(CLIENT, "uk")
    answered = await olena.says("догляд за дітьми в Хаарі")
    assert sentence("uk", "kind.childcare_place") in said(cards(answered)[0])
    assert any(data.startswith("meant:german_course:") for data in data_of(answered[-1]))
