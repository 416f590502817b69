"""What a changed row of an import makes of the offer that is stored, as a pure function."""

from collections.abc import Collection
from dataclasses import replace

from offers import places
from offers.types import Offer, Status

_TOGETHER = (
    ("topic", "kind"),
    ("address_1", "postal_code"),
    ("level_min", "level_max"),
    ("cost", "cost_amount"),
    ("capacity", "free_places"),
)
"""Fields that only say something with each other: both are the file's, or both stay."""


def over(stored: Offer, found: Offer, unsaid: Collection[str]) -> Offer:
    """The row as it was read; fields that it does not say (`unsaid`) hold what is stored."""
    torn = {name for pair in _TOGETHER if not set(pair) <= set(unsaid) for name in pair}
    merged = replace(found, **{name: getattr(stored, name) for name in set(unsaid) - torn})
    if merged.status != Status.DRAFT and places.load().find(merged.place) is None:
        # It moved out of the district, where nobody could find it: somebody looks at it first.
        return replace(merged, status=Status.DRAFT.value)
    return merged
