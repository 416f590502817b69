"""Where each offer stands: by topic and kind, then place; which of them a question may be about, and of very many the few worth a closer look."""

from __future__ import annotations

import heapq
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from offers import rules
from offers.places import RANK, Places
from offers.types import Kind, Offer, Query, Topic

MANY = 400
"""So many offers are looked at one by one; of more, the best by words, filters and place alone."""
KEPT = 200
SHELF_BITS = 20
"""An offer's number is that of its shelf, and on these bits its place there: the offers of a topic are a range of numbers."""

_MEMO_LIMIT = 2048
_SCOPES = 64


Spots = NDArray[np.intp]
Shares = NDArray[np.float64]
"""One for each of some spots, from 0 up."""


@dataclass(frozen=True, eq=False)
class Scope:
    """The offers that a question may be about: ranges of numbers, and how many stand on each shelf.

    In arrays they go by their spots, which are counted on from shelf to shelf, the ones too where nothing stands any more: `offsets` by
    shelf lead from numbers to spots, `shelf_of` from a spot to its shelf.
    """

    ranges: tuple[tuple[int, int], ...]
    counts: Mapping[int, int]
    offsets: Spots
    shelf_of: NDArray[np.int16]

    @cached_property
    def size(self) -> int:
        """How many offers there are."""
        return sum(self.counts.values())

    @property
    def span(self) -> int:
        """How many spots there are."""
        return len(self.shelf_of)

    def of(self, numbers: array[int]) -> array[int]:
        """Those of some numbers, in order, that are in the scope."""
        if not numbers:
            return numbers
        first, last = numbers[0], numbers[-1]
        if any(low <= first and last < high for low, high in self.ranges):
            return numbers
        found = array("I")
        for low, high in self.ranges:
            found.extend(numbers[bisect_left(numbers, low) : bisect_left(numbers, high)])
        return found

    def spots(self, numbers: Sequence[int]) -> Spots:
        """The spots of numbers that are in the scope."""
        found: Spots = np.array(numbers, np.intp)
        found += self.offsets[found >> SHELF_BITS]
        return found

    def numbers(self, spots: Spots) -> list[int]:
        """The numbers of spots."""
        found: list[int] = (spots - self.offsets[self.shelf_of[spots]]).tolist()
        return found

    def by_shelf(self, shares: Mapping[int, float]) -> Shares:
        """What some shelves share, as an array over all there are."""
        found = np.zeros(len(self.offsets))
        found[list(shares)] = list(shares.values())
        return found


class Shelves:
    """Offers by number. A shelf is a topic and a kind; the delicate ones stand behind all others."""

    def __init__(self, places: Places, kinds: Mapping[str, Kind], extra: Iterable[tuple[str, str]]) -> None:
        """`extra` are topics and kinds of offers, where they go together otherwise than in `kinds`."""
        self._places = places
        self._delicate = frozenset(kind.id for kind in kinds.values() if kind.delicate)
        pairs = {(kind.topic, kind.id) for kind in kinds.values()} | set(extra)
        self._pairs = sorted(pairs, key=lambda pair: (pair[1] in self._delicate, *pair))
        self._shelf = {pair: number for number, pair in enumerate(self._pairs)}
        self._of_kind: dict[str, list[int]] = {}
        for shelf, (_, name) in enumerate(self._pairs):
            self._of_kind.setdefault(name, []).append(shelf)
        own: dict[str, set[str]] = {}
        for kind in kinds.values():
            own.setdefault(kind.topic, set()).add(kind.id)
        # Where everything of a topic is delicate, whoever asks for the topic asked for that.
        self._all_delicate = {topic for topic, names in own.items() if names <= self._delicate}
        self._next = [0] * len(self._pairs)
        self.offers: dict[int, Offer] = {}
        self._at: list[dict[str, list[int]]] = [{} for _ in self._pairs]
        self._counts = [0] * len(self._pairs)
        self._scopes: dict[tuple[str | None, frozenset[str]], Scope] = {}
        self._missed: dict[tuple[object, ...], int] = {}
        self._memo: dict[tuple[object, ...], list[int]] = {}

    @property
    def kinds(self) -> Iterator[tuple[int, str]]:
        """The number of each shelf and the kind of offer on it."""
        return enumerate(kind for _, kind in self._pairs)

    def of_kind(self, kind: str) -> list[int]:
        """The shelves on which a kind of offer stands."""
        return self._of_kind.get(kind, [])

    def knows(self, offer: Offer) -> bool:
        """Whether there is a shelf for this offer."""
        return (offer.topic, offer.kind) in self._shelf

    def add(self, offer: Offer) -> int:
        """Place an offer; its number."""
        shelf = self._shelf[offer.topic, offer.kind]
        number = shelf << SHELF_BITS | self._next[shelf]
        self._next[shelf] += 1
        self.offers[number] = offer
        self._at[shelf].setdefault(offer.place, []).append(number)
        self._counts[shelf] += 1
        self._scopes.clear()
        self._memo.clear()
        return number

    def remove(self, number: int) -> None:
        """Take an offer away."""
        shelf = number >> SHELF_BITS
        self._at[shelf][self.offers.pop(number).place].remove(number)
        self._counts[shelf] -= 1
        self._scopes.clear()
        self._memo.clear()

    def scope(self, topic: str | None, asked: Set[str]) -> Scope:
        """What may be shown of a topic, or of all, with the delicate kinds that were `asked` for."""
        key = (topic, frozenset(asked))
        if key not in self._scopes:
            if len(self._scopes) >= _SCOPES:
                self._scopes.clear()
            self._scopes[key] = self._scope(
                [
                    shelf
                    for shelf, (of, kind) in enumerate(self._pairs)
                    if kind in asked or self._plainly(of, kind, topic)
                ]
            )
        return self._scopes[key]

    def _plainly(self, of: str, kind: str, topic: str | None) -> bool:
        if topic is None:
            return kind not in self._delicate
        return of == topic and (kind not in self._delicate or topic in self._all_delicate)

    def everything(self) -> Scope:
        """All offers, the delicate ones too: for how rare a word is."""
        key = ("*", frozenset[str]())
        if key not in self._scopes:
            self._scopes[key] = self._scope(range(len(self._pairs)))
        return self._scopes[key]

    def _scope(self, shelves: Iterable[int]) -> Scope:
        ranges: list[tuple[int, int]] = []
        counts = {}
        offsets = np.zeros(len(self._pairs), np.intp)
        span = 0
        for shelf in shelves:
            low, high = shelf << SHELF_BITS, (shelf + 1) << SHELF_BITS
            if ranges and ranges[-1][1] == low:
                low = ranges.pop()[0]
            ranges.append((low, high))
            counts[shelf] = self._counts[shelf]
            offsets[shelf] = span - (shelf << SHELF_BITS)
            span += self._next[shelf]
        shelf_of = np.repeat(np.array(list(counts), np.int16), [self._next[shelf] for shelf in counts])
        return Scope(tuple(ranges), counts, offsets, shelf_of)

    def numbers(self, scope: Scope) -> list[int]:
        """All offers of a scope."""
        return [number for shelf in scope.counts for number in self.on(shelf)]

    def on(self, shelf: int) -> Iterator[int]:
        """The offers of a shelf."""
        return (number for here in self._at[shelf].values() for number in here)

    def of_other_topics(self, topic: str, asked: Set[str]) -> list[int]:
        """The shelves of other topics whose offers may come up when these delicate kinds are asked for."""
        return [shelf for shelf in self.scope(None, asked).counts if self._pairs[shelf][0] != topic]

    def best(
        self,
        scope: Scope,
        scored: tuple[Spots, Shares],
        of_shelves: Mapping[int, float],
        query: Query,
        place: str | None,
    ) -> list[int]:
        """The few hundred with the highest scores; of those alike, the ones that miss fewer filters, then the nearer.

        `scored` are spots, each once, with their scores; what is `of_shelves` holds for all others on a shelf.
        """
        spots, rough = scored[0], scored[1].round(1)
        levels = {shelf: round(score, 1) for shelf, score in of_shelves.items()}
        if len(rough) <= KEPT and not levels and rough.all():
            return scope.numbers(spots)
        last = np.partition(rough, -KEPT)[-KEPT] if len(rough) >= KEPT else 0.0
        top = rough >= last
        by_score: dict[float, list[int]] = {}
        for number, score in zip(scope.numbers(spots[top]), rough[top].tolist(), strict=True):
            by_score.setdefault(score, []).append(number)
        kept: list[int] = []
        for score in sorted({*by_score, *levels.values()}, reverse=True):
            left = KEPT - len(kept)
            if left <= 0 or not score:
                break
            shelves = [shelf for shelf, level in levels.items() if level == score]
            more = self._nearest(shelves, left, query, place) if shelves else []
            here = by_score.get(score, [])
            kept += self._first([*here, *_without(scope, more, spots)], left, query, place)
        return kept

    def nearest(self, scope: Scope, query: Query, place: str | None) -> list[int]:
        """The few hundred that miss the fewest filters and are the nearest."""
        return self._nearest(list(scope.counts), KEPT, query, place)

    def _nearest(self, shelves: Sequence[int], count: int, query: Query, place: str | None) -> list[int]:
        key = (tuple(shelves), count, place, query.level, query.audience, query.childcare)
        if key not in self._memo:
            if len(self._memo) >= _MEMO_LIMIT:
                self._memo.clear()
            self._memo[key] = self._by_nearness(shelves, count, query, place)
        return self._memo[key]

    def _by_nearness(self, shelves: Sequence[int], count: int, query: Query, place: str | None) -> list[int]:
        near: dict[int, list[str]] = {}
        for name in {name for shelf in shelves for name in self._at[shelf]}:
            near.setdefault(self._rank(place, name), []).append(name)
        found: list[int] = []
        rest: list[int] = []
        for rank in sorted(near):
            here = [n for name in near[rank] for shelf in shelves for n in self._at[shelf].get(name, ())]
            for number in here:
                (rest if self._misses(self.offers[number], query) else found).append(number)
            if len(found) >= count:
                return self._first(found, count, query, place)
        return [*found, *self._first(rest, count - len(found), query, place)]

    def _first(self, numbers: Collection[int], count: int, query: Query, place: str | None) -> list[int]:
        if len(numbers) <= count:
            return list(numbers)

        if not (place or query.level or query.audience or query.childcare):
            return [n for _, n in heapq.nsmallest(count, ((self.offers[n].id, n) for n in numbers))]

        def worth(number: int) -> tuple[int, int, str]:
            offer = self.offers[number]
            return self._misses(offer, query), self._rank(place, offer.place), offer.id

        return heapq.nsmallest(count, numbers, key=worth)

    def _rank(self, place: str | None, other: str) -> int:
        return RANK[self._places.nearness(place, other)] if place else 0

    def _misses(self, offer: Offer, query: Query) -> int:
        """How many of the filters that need no calendar an offer misses."""
        if not (query.level or query.audience or query.childcare):
            return 0
        key = (
            *(offer.topic, offer.level_min, offer.level_max, offer.audience, offer.childcare),
            *(query.level, query.audience, query.childcare),
        )
        if key not in self._missed:
            if len(self._missed) >= _MEMO_LIMIT:
                self._missed.clear()
            self._missed[key] = _missed(offer, query)
        return self._missed[key]


def _without(scope: Scope, numbers: list[int], spots: Spots) -> list[int]:
    """The numbers that have none of these spots."""
    if not numbers:
        return []
    there = np.zeros(scope.span, np.bool_)
    there[spots] = True
    return [
        number for number, is_there in zip(numbers, there[scope.spots(numbers)], strict=True) if not is_there
    ]


def _missed(offer: Offer, query: Query) -> int:
    taught = offer.topic == Topic.GERMAN_COURSE
    return (
        (
            bool(query.level)
            and rules.level_steps(str(query.level), offer.level_min, offer.level_max, taught=taught) > 0
        )
        + (bool(query.audience) and bool(offer.audience) and query.audience not in offer.audience)
        + (bool(query.childcare) and offer.childcare == "no")
    )
