"""The profile in use: kept as a draft that ends by itself, filled into questions, shown by its colour; pure functions."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from offers.saved import rules
from offers.types import Query
from people.types import Draft

KIND = "profile"
LIFE = timedelta(hours=1)
"""So long a profile stays in use: nobody asks for the next family with it by accident."""


def in_use(drafts: Mapping[str, Draft]) -> Mapping[str, Any] | None:
    """`mark` and `filters` of the profile in use."""
    draft = drafts.get(KIND)
    return draft.data if draft is not None else None


def applied(query: Query, drafts: Mapping[str, Draft]) -> Query:
    """The question with what the profile in use knows beyond it."""
    profile = in_use(drafts)
    return rules.with_profile(query, profile["filters"]) if profile is not None else query
