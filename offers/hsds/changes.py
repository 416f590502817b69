"""What another directory says as it did the last time: over that, what coordinators put right since stays."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from offers.hsds import fields, reading
from offers.types import Offer

_ELSEWHERE = {"id", "external_id", "provider", "exceptions", "texts", "original"}
_FIELDS = tuple(field.name for field in dataclasses.fields(Offer) if field.name not in _ELSEWHERE)


def unchanged(before: Mapping[str, Any], now: Offer) -> frozenset[str]:
    """Fields of an offer that its entry (`now.original`) says as the entry before did."""
    then = reading.read_one(dict(before))
    if then is None:
        return frozenset()
    same = {name for name in _FIELDS if getattr(then, name) == getattr(now, name)}
    # Either is read as a draft, also the one that was in use then and is not any more.
    if fields.text(dict(now.original or {}), "status") != fields.text(dict(before), "status"):
        same -= {"status"}
    return frozenset(same)
