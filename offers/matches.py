"""Which offers of a scope a word finds, and how surely, as arrays: a common word leads to tens of thousands; which words are meant is not known here."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from offers.shelves import Scope, Shares, Spots

NOWHERE: Spots = np.empty(0, np.intp)
NOTHING: Shares = np.empty(0)


@dataclass(frozen=True, eq=False)
class Matches:
    """How surely a word finds the offers of a scope, between 0 and 1: some by their own texts, each spot once, and all that stand on some shelves."""

    scope: Scope
    spots: Spots
    qualities: Shares
    shelves: Mapping[int, float]

    @property
    def best(self) -> float:
        """How surely the surest of them is found."""
        return max(float(self.qualities.max(initial=0.0)), *self.shelves.values(), 0.0)

    @cached_property
    def of_shelves(self) -> Shares:
        """How surely each shelf is found, by its number."""
        return self.scope.by_shelf(self.shelves)

    def at(self, spots: Spots) -> Shares:
        """How surely each of these offers is found."""
        if not len(self.spots):
            return self.of_shelves[self.scope.shelf_of[spots]] if self.shelves else np.zeros(len(spots))
        found = np.empty(self.scope.span)
        found[spots] = 0.0
        found[self.spots] = self.qualities
        own = found[spots]
        return np.maximum(own, self.of_shelves[self.scope.shelf_of[spots]]) if self.shelves else own

    def __bool__(self) -> bool:
        return bool(len(self.spots) or self.shelves)

    def rarity(self) -> float:
        """Inverse document frequency among the offers of the scope."""
        if not self:
            return 0.0
        frequency = self.qualities.sum()
        for shelf, quality in self.shelves.items():
            frequency += quality * self.scope.counts[shelf]
        if self.shelves and len(self.spots):
            of_shelf = self.of_shelves[self.scope.shelf_of[self.spots]]
            frequency -= np.minimum(self.qualities, of_shelf).sum()
        return rarity(float(frequency), self.scope.size)


def rarity(frequency: float, size: int) -> float:
    """Inverse document frequency; 0 for what nothing or nearly everything has."""
    return max(0.0, math.log((size + 1) / (frequency + 0.5))) if frequency else 0.0


def united(pieces: Sequence[tuple[Spots, Shares]], span: int) -> tuple[Spots, Shares]:
    """Every spot of several pieces once, with the most that one of them says of it; `span` is how many spots there are."""
    spots = np.concatenate([spots for spots, _ in pieces])
    most = np.empty(span)
    most[spots] = 0.0
    np.maximum.at(most, spots, np.concatenate([shares for _, shares in pieces]))
    spots = once(spots, span)
    return spots, most[spots]


def once(spots: Spots, span: int) -> Spots:
    """Some spots without those that come again."""
    order = np.arange(len(spots))
    of_spot = np.empty(span, np.intp)
    of_spot[spots] = order
    last: Spots = spots[of_spot[spots] == order]
    return last
