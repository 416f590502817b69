"""What the file of the last import said of an offer, worked out from what is stored, and what was changed here since; pure functions."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from itertools import product
from typing import Any

from offers.hsds import reading
from offers.rows import offer_hash
from offers.types import Offer

_ELSEWHERE = {"id", "external_id", "provider", "exceptions", "texts", "original"}
FIELDS = tuple(field.name for field in fields(Offer) if field.name not in _ELSEWHERE)
"""What somebody may change here, and a file may say anew."""
_REVIEWED = ("status", "assured_date")
"""What a review changes and no version of the offer tells."""


def last_read(
    row: Offer,
    unsaid: Collection[str],
    there: Sequence[Offer],
    original: Mapping[str, Any] | None,
    row_hash: str,
) -> Offer | None:
    """The row of the import before this `row`, by its hash; `there` is the offer as it is and as it was, the latest first. None where no one has it."""
    silent = {name: getattr(row, name) for name in {*unsaid} & {*FIELDS}} | {"texts": row.texts}
    reviewed: dict[str, Any] = {name: getattr(row, name) for name in _REVIEWED}
    for one in _candidates(there, original):
        for more in ({}, reviewed):
            read = replace(one, **silent | more)
            if offer_hash(read) == row_hash:
                return read
    return None


def _candidates(there: Sequence[Offer], original: Mapping[str, Any] | None) -> Iterator[Offer]:
    originals = (None, original) if original else (None,)
    for one, entry in product(there, originals):
        yield replace(one, original=entry)
    if original and (entry_read := reading.read_one(dict(original))):
        yield entry_read


def same(one: Offer, other: Offer) -> frozenset[str]:
    """Fields in which they are alike."""
    return frozenset(name for name in FIELDS if getattr(one, name) == getattr(other, name))


def changed_here(stored: Offer, before: Offer | None, versions: Sequence[Offer]) -> frozenset[str]:
    """Fields that somebody changed since the last import; where that is not known, those that were ever changed."""
    known = [before] if before else versions
    return frozenset(FIELDS) - frozenset(FIELDS).intersection(*(same(stored, one) for one in known))
