"""The words of this folder: an offer as far as it is counted."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

Span = tuple[date, date | None]
"""From when until when a series has dates, both days included; None is without end."""


class OfferFacts(NamedTuple):
    """What is counted of an offer; `checks` are the days on which somebody confirmed it, as far as they are known."""

    id: str
    topic: str
    field_of_action: str
    place: str
    childcare: str
    status: str
    spans: Sequence[Span] = ()
    checks: frozenset[date] = frozenset()
