"""What of a question is kept, and what a profile adds to one: pure functions."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from offers.types import Query, Topic

OF_SOMEBODY = ("place", "level", "audience", "childcare", "daytime", "weekday", "free", "spoken", "residence")
"""What is true of somebody whatever they look for; topic and words belong to one question."""
_ALL = ("text", "topic", *OF_SOMEBODY)
_CALLED = "called"
"""Under which name the words are stored since they are the catalogue's."""


def profile_of(query: Query) -> dict[str, Any]:
    """The filters that describe somebody; empty where none is chosen."""
    return {name: value for name in OF_SOMEBODY if (value := getattr(query, name)) is not None}


def with_profile(query: Query, filters: Mapping[str, Any]) -> Query:
    """The question with what the profile knows beyond it; what was asked for holds."""
    known = {name: filters[name] for name in OF_SOMEBODY if name in filters}
    missing = {name: value for name, value in known.items() if getattr(query, name) is None}
    if query.location is not None:
        missing.pop("place", None)
    if query.topic == Topic.SCHOOL:
        # A place in a kindergarten is looked for itself there: it has no childcare beside it.
        missing.pop("childcare", None)
    return replace(query, **missing)


def kept(query: Query) -> dict[str, Any]:
    """A question as it is stored, its words the catalogue's; a sent location is not kept."""
    found = {name: value for name in _ALL if (value := getattr(query, name)) not in (None, "")}
    return {_CALLED if name == "text" else name: value for name, value in found.items()}


def asked(stored: Mapping[str, Any]) -> Query:
    """The question that was stored."""
    text = {"text": stored[_CALLED]} if _CALLED in stored else {}
    return Query(**{name: stored[name] for name in _ALL if name in stored} | text)


def as_written(stored: Mapping[str, Any]) -> bool:
    """Whether the words are still those that somebody wrote."""
    return "text" in stored


def free_mark(taken: Collection[int], most: int) -> int | None:
    """The first colour that no other profile has."""
    return next((mark for mark in range(most) if mark not in taken), None)
