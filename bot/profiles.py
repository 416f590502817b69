"""For whom somebody asks: for somebody else, perhaps with a profile in use; kept as drafts that end by themselves. Pure functions."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from offers.saved import rules
from offers.types import Query
from people.types import Draft

KIND = "profile"
OTHER = "other"
"""The draft of whoever said that they ask for somebody else; it holds nothing about anybody."""
LIFE = timedelta(hours=1)
"""So long it holds: nobody asks for the next family, or for themselves, with it by accident."""


def in_use(drafts: Mapping[str, Draft]) -> Mapping[str, Any] | None:
    """`mark` and `filters` of the profile in use."""
    draft = drafts.get(KIND)
    return draft.data if draft is not None else None


def applied(query: Query, drafts: Mapping[str, Draft]) -> Query:
    """The question with what the profile in use knows beyond it."""
    profile = in_use(drafts)
    return rules.with_profile(query, profile["filters"]) if profile is not None else query


def for_somebody_else(drafts: Mapping[str, Draft]) -> bool:
    """Whether what is asked now is not the person's own wish."""
    return OTHER in drafts or KIND in drafts
