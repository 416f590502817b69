"""The words of entries that may be the same."""

from dataclasses import dataclass

from offers.types import Offer


@dataclass(frozen=True)
class Pair:
    """Two entries that are probably the same, the one that should stay first; `likeness` is from 0 to 1."""

    first: Offer
    second: Offer
    likeness: float
    reasons: tuple[str, ...]
    """Why: `provider`, `place`, `contact`, `dates`, `name`."""


@dataclass(frozen=True)
class Merged:
    """The entry that stayed and the one that ended and points to it."""

    kept: Offer
    ended: Offer
