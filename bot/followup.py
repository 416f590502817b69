"""What was asked a moment ago: "and in Haar?", "only evenings", "the second one"; pure functions."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from i18n.messages import Words
from i18n.text import normalise
from nlu.types import TOPICS, Intent, Understanding
from offers.types import Query

KIND = "search"
_TAPPED = ("weekday", "free", "spoken", "residence")
"""Filters that only buttons set."""
_SHORT = 5
_SURE = 0.7
_FILTERS = ("place", "level", "audience", "childcare", "daytime")
_ORDINALS = ("followup.first", "followup.second", "followup.third")


def ordinal(words: Words, text: str) -> int | None:
    """Which of the last hits a message such as "the second one" means, from 0; None when it says anything beside that.

    "Erste Hilfe" or "3 rooms" speak of something else: only words that add nothing may stand beside the number.
    """
    said = normalise(text).split()
    every = [_variants(words, key) for key in _ORDINALS]
    alone = {variant[0] for variants in every for variant in variants if len(variant) == 1}
    parts = {word for variants in every for variant in variants for word in variant} - alone
    beside = parts | {word for variant in _variants(words, "followup.beside") for word in variant}
    for number, variants in enumerate(every):
        if any(_is_all(said, variant, beside) for variant in variants):
            return number
    return None


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


def continues(understanding: Understanding, text: str, last: Mapping[str, Any]) -> bool:
    """Whether a message only narrows or moves the last search: it is short, names a filter, and is no wish of its own.

    Danger, an own appointment or a goal that is done may name a place or a level as well.
    """
    if understanding.intent not in TOPICS and understanding.intent is not Intent.OUT_OF_SCOPE:
        return False
    named = {entity.entity for entity in understanding.entities}
    if not named or len(normalise(text).split()) > _SHORT:
        return False
    surely = understanding.intent in TOPICS and understanding.confidence >= _SURE
    if not surely:
        return True
    # "German course B1 in Haar" asks anew, also when German courses were the subject before.
    return understanding.intent.value == f"find_{last.get('topic')}" and len(named) == 1


def merged(last: Mapping[str, Any], understanding: Understanding) -> Query:
    """The last search with what the new message changes."""
    new = {name: understanding.value(name) for name in _FILTERS}
    kept: dict[str, Any] = {name: new[name] if new[name] is not None else last.get(name) for name in _FILTERS}
    kept |= {name: last.get(name) for name in _TAPPED}
    location = last.get("location")
    moved = new["place"] is not None
    return Query(
        text=str(last.get("text", "")),
        topic=last.get("topic"),
        location=tuple(location) if location and not moved else None,
        **kept,
    )


def restored(last: Mapping[str, Any]) -> Query:
    """The search that was remembered."""
    location = last.get("location")
    return Query(
        text=str(last.get("text", "")),
        topic=last.get("topic"),
        location=tuple(location) if location else None,
        **{name: last.get(name) for name in (*_FILTERS, *_TAPPED)},
    )


def remembered(query: Query, hits: list[str]) -> dict[str, Any]:
    """What is kept of a search for a quarter of an hour."""
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
