"""What was asked a moment ago: "and in Haar?", "only evenings", "the second one"; pure functions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from i18n.languages import FALLBACK, SOURCE
from i18n.messages import Words, listed
from i18n.messages import words as words_in
from i18n.text import normalise
from nlu.types import TOPICS, Entity, Intent, Understanding
from offers import kinds
from offers.types import AUDIENCES, Query, Topic
from offers.words import Pattern

KIND = "search"
_TAPPED = ("weekday", "free", "spoken", "residence")
"""Filters that only buttons set."""
_SHORT = 5
_SURE = 0.7
_MOST_DIGITS = 2
_PHRASE = 3
"""So many words name a thing that none of them names alone: "mother and child"."""
_CHILDREN = "children"
_FILTERS = ("place", "level", "audience", "childcare", "daytime")
_ANSWERS = frozenset({Intent.MILESTONE_DONE, Intent.CANCEL_APPOINTMENT})
"""What somebody says of their own goals and appointments, often with a level or a time of day."""
_WISH = "-"
"""Stands in a list of fillers before what is a wish in that language, whatever the German and English lists say of it."""
_ORDINALS = ("followup.first", "followup.second", "followup.third")


def chosen(words: Words, text: str, count: int, first: int = 0) -> int | None:
    """Which of the `count` hits shown, numbered from `first` + 1, a message means, from 0; None when it means none of them.

    The number that stands before a hit counts; another one is its place on the screen, as is "the second one".
    """
    number = _digits(words, text)
    if number is not None and first < number <= first + count:
        return number - first - 1
    place = number - 1 if number is not None else ordinal(words, text)
    return place if place is not None and place < count else None


def _digits(words: Words, text: str) -> int | None:
    """The one number in digits, where nothing that counts stands beside it."""
    said = normalise(text).split()
    numbers = [word for word in said if word.isascii() and word.isdigit()]
    rest = _beside(words)
    if (
        len(numbers) != 1
        or len(numbers[0]) > _MOST_DIGITS
        or any(w not in rest for w in said if w not in numbers)
    ):
        return None
    return int(numbers[0]) or None


def ordinal(words: Words, text: str) -> int | None:
    """Which of the first three a message such as "the second one" means, from 0; None when it says anything beside that.

    "Erste Hilfe" or "3 rooms" speak of something else: only words that add nothing may stand beside the number.
    """
    said, beside = normalise(text).split(), _beside(words)
    for number, key in enumerate(_ORDINALS):
        if any(_is_all(said, variant, beside) for variant in _variants(words, key)):
            return number
    return None


def _beside(words: Words) -> frozenset[str]:
    """What may stand beside a number that names a hit."""
    every = [variant for key in _ORDINALS for variant in _variants(words, key)]
    alone = {variant[0] for variant in every if len(variant) == 1}
    parts = {word for variant in every for word in variant} - alone
    return frozenset(parts | {word for variant in _variants(words, "followup.beside") for word in variant})


def _variants(words: Words, key: str) -> list[list[str]]:
    return [said for variant in words.plain(key).split("|") if (said := normalise(variant).split())]


def _is_all(said: Sequence[str], variant: Sequence[str], beside: Collection[str]) -> bool:
    """Whether the variant stands in what was said, and nothing else that counts."""
    return any(
        said[start : start + len(variant)] == variant
        and all(word in beside for word in (*said[:start], *said[start + len(variant) :]))
        for start in range(len(said) - len(variant) + 1)
    )


def query_from(understanding: Understanding, text: str) -> Query:
    """The search that a question asks for."""
    topic = understanding.intent.value.removeprefix("find_") if understanding.intent in TOPICS else None
    filters = {name: understanding.value(name) for name in _FILTERS}
    return Query(
        text=_without_places(understanding, text),
        topic=topic,
        place=_text(filters["place"]),
        level=_text(filters["level"]),
        audience=_text(filters["audience"]),
        childcare=True if filters["childcare"] else None,
        daytime=_text(filters["daytime"]),
    )


def continued(
    understanding: Understanding, text: str, last: Mapping[str, Any], languages: Collection[str]
) -> Query | None:
    """The last search as a message in one of the languages changes it; None where it asks for something of its own.

    A message of nothing but details and words that add nothing changes it, whatever the model takes it for, unless that is surely
    a German course after another subject, or something about one's own goals.
    """
    if last.get("lost") or _surely_else(understanding, last):
        return None
    spoken = _mixed(languages)
    details = _narrowing(understanding, last, spoken)
    if details:
        return _changed(last, details)
    if _asks_for_the_same(understanding, text, last, spoken):
        asked = query_from(understanding, text)
        return replace(_changed(last, understanding.entities), text=asked.text)
    return None


def asks_for_care(understanding: Understanding, text: str, languages: Collection[str]) -> bool:
    """Whether somebody is looked for who takes care of the children somewhere: "daycare in Aying".

    The message names that and a place, and has no word of a course and none like "and" or "with", by which it would narrow a search.
    """
    named = {entity.entity for entity in understanding.said if entity.value != _CHILDREN}
    if named != {"childcare", "place"}:
        return False
    spoken = _mixed(languages)
    goes_on = _going_on(spoken).matches(normalise(text).split())
    return not goes_on and _names_only_details(understanding, spoken)


def _mixed(languages: Collection[str]) -> frozenset[str]:
    """Everybody mixes German and English words into their own; those of others mean something else."""
    return frozenset({*languages, SOURCE, FALLBACK})


def _surely_else(understanding: Understanding, last: Mapping[str, Any]) -> bool:
    """Who asked for a doctor and writes "Kurs B1" asks anew; who writes "I have B1 now" asks nothing."""
    if understanding.is_unsure or understanding.confidence < _SURE:
        return False
    course = understanding.intent is Intent.FIND_GERMAN_COURSE and last.get("topic") != Topic.GERMAN_COURSE
    return course or understanding.intent in _ANSWERS


def _narrowing(
    understanding: Understanding, last: Mapping[str, Any], languages: frozenset[str]
) -> tuple[Entity, ...]:
    """The details of a message that says nothing else, where all of them can be meant in the last search."""
    said = understanding.said
    if not _names_only_details(understanding, languages):
        return ()
    return said if all(_can_narrow(entity, last.get("topic")) for entity in said) else ()


def _names_only_details(understanding: Understanding, languages: frozenset[str]) -> bool:
    """Whether nothing stands beside the details but words that add nothing."""
    beside = understanding.beside
    return all(_adds_nothing(word, languages) for word in beside) and not _kinds(languages).matches(beside)


def _can_narrow(entity: Entity, topic: str | None) -> bool:
    """A place in a kindergarten is looked for itself, where it is not what is to be had beside it; a level is one of German."""
    if entity.entity == "childcare":
        return topic != Topic.SCHOOL
    return entity.entity != "level" or topic == Topic.GERMAN_COURSE


def _adds_nothing(word: str, languages: frozenset[str]) -> bool:
    return _fillers(languages).matches((word,))


@cache
def _fillers(languages: frozenset[str]) -> Pattern:
    """Words that say nothing, or only for whom."""
    named = (words_in(tag).plain(f"audience.{name}") for tag in languages for name in AUDIENCES)
    filters = (entry for entry in listed("ask.filter.audience") if not entry.endswith("*"))
    typed = listed("ask.filler", tuple(languages))
    wishes = {normalise(entry) for entry in typed if entry.startswith(_WISH)}
    return Pattern(
        word
        for entry in (*named, *filters, *typed)
        for word in entry.split()
        if not entry.startswith(_WISH) and normalise(word) not in wishes
    )


@cache
def _going_on(languages: frozenset[str]) -> Pattern:
    """Words by which a message of details goes on with the search before it, and what a course is called."""
    return Pattern(listed("ask.goes_on", tuple(languages)))


@cache
def _kinds(languages: frozenset[str], but: str = "") -> Pattern:
    """What kinds of offers are called and how people ask for them; "for parents" alone is no advice for parents."""
    tags, every = tuple(languages), [kind for kind in kinds.load() if kind != but]
    names = (words_in(tag).plain(f"kind.{kind}") for tag in tags for kind in every)
    typed = (
        entry for kind in every for how in ("kind", "only") for entry in listed(f"ask.{how}.{kind}", tags)
    )
    return Pattern(entry for entry in (*names, *typed) if _names_a_thing(entry.split(), languages))


def _names_a_thing(entry: Sequence[str], languages: frozenset[str]) -> bool:
    return len(entry) >= _PHRASE or any(not _adds_nothing(word.rstrip("*"), languages) for word in entry)


def _asks_for_the_same(
    understanding: Understanding, text: str, last: Mapping[str, Any], languages: frozenset[str]
) -> bool:
    """Whether a question for a German course changes one thing of the last one: "German B1".

    Elsewhere the words say what is looked for. With two details it asks anew, also where German courses were the subject before.
    """
    said = normalise(text).split()
    surely = understanding.intent is Intent.FIND_GERMAN_COURSE and understanding.confidence >= _SURE
    if not surely or last.get("topic") != Topic.GERMAN_COURSE or len(said) > _SHORT:
        return False
    one = len({entity.entity for entity in understanding.entities}) == 1
    return one and not _kinds(languages, "german_course").matches(said)


def _changed(last: Mapping[str, Any], details: Sequence[Entity]) -> Query:
    new: dict[str, Any] = {}
    for entity in details:
        new.setdefault(entity.entity, entity.value)
    known: dict[str, Any] = {name: new.get(name, last.get(name)) for name in _FILTERS}
    query = replace(restored(last), **known)
    return replace(query, location=None) if "place" in new else query


def restored(last: Mapping[str, Any]) -> Query:
    """The search that was remembered."""
    location = last.get("location")
    return Query(
        text=str(last.get("text", "")),
        topic=last.get("topic"),
        location=tuple(location) if location else None,
        **{name: last.get(name) for name in (*_FILTERS, *_TAPPED)},
    )


def remembered(query: Query, hits: list[str], first: int = 0) -> dict[str, Any]:
    """What is kept of a search for a quarter of an hour; `first` is how many hits stand before those that are shown."""
    return {
        "text": query.text,
        "topic": query.topic,
        "place": query.place,
        "level": query.level,
        "audience": query.audience,
        "childcare": query.childcare,
        "daytime": query.daytime,
        **{name: getattr(query, name) for name in _TAPPED},
        "location": list(query.location) if query.location else None,
        "hits": hits,
        "first": first,
    }


def _text(value: str | bool | None) -> str | None:
    return value if isinstance(value, str) else None


def _without_places(understanding: Understanding, text: str) -> str:
    """The words beside the place: it is a filter of its own, and a later "and in Haar?" must get rid of it."""
    rest = text
    for entity in sorted(understanding.entities, key=lambda found: -found.start):
        if entity.entity == "place":
            rest = rest[: entity.start] + " " + rest[entity.end :]
    return rest if normalise(rest) else text
