"""Where each offer stands: by topic and kind, then place; which of them a question may be about, and of very many the few worth a closer look."""

import heapq
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from offers import rules
from offers.places import RANK, Places
from offers.types import Kind, Offer, Query, Topic

MANY = 400
"""So many offers are looked at one by one; of more, the best by words, filters and place alone."""
KEPT = 200
SHELF_BITS = 20
"""An offer's number is that of its shelf, and on these bits its place there: the offers of a topic are a range of numbers."""

_MEMO_LIMIT = 2048


@dataclass(frozen=True, eq=False)
class Scope:
    """The offers that a question may be about: ranges of numbers, and how many stand on each shelf."""

    ranges: tuple[tuple[int, int], ...]
    counts: Mapping[int, int]
    size: int

    def of(self, numbers: Sequence[int]) -> Sequence[int]:
        """Those of some numbers, in order, that are in the scope."""
        if not numbers:
            return numbers
        first, last = numbers[0], numbers[-1]
        if any(low <= first and last < high for low, high in self.ranges):
            return numbers
        found: list[int] = []
        for low, high in self.ranges:
            found.extend(numbers[bisect_left(numbers, low) : bisect_left(numbers, high)])
        return found


class Shelves:
    """Offers by number. A shelf is a topic and a kind; the delicate ones stand behind all others."""

    def __init__(self, places: Places, kinds: Mapping[str, Kind], extra: Iterable[tuple[str, str]]) -> None:
        """`extra` are topics and kinds of offers, where they go together otherwise than in `kinds`."""
        self._places = places
        self._delicate = frozenset(kind.id for kind in kinds.values() if kind.unasked == "never")
        pairs = {(kind.topic, kind.id) for kind in kinds.values()} | set(extra)
        self._pairs = sorted(pairs, key=lambda pair: (pair[1] in self._delicate, *pair))
        self._shelf = {pair: number for number, pair in enumerate(self._pairs)}
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
        return [shelf for shelf, (_, here) in enumerate(self._pairs) if here == kind]

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
        for shelf in shelves:
            low, high = shelf << SHELF_BITS, (shelf + 1) << SHELF_BITS
            if ranges and ranges[-1][1] == low:
                low = ranges.pop()[0]
            ranges.append((low, high))
            counts[shelf] = self._counts[shelf]
        return Scope(tuple(ranges), counts, sum(counts.values()))

    def numbers(self, scope: Scope) -> list[int]:
        """All offers of a scope."""
        return [number for shelf in scope.counts for number in self.on(shelf)]

    def on(self, shelf: int) -> Iterator[int]:
        """The offers of a shelf."""
        return (number for here in self._at[shelf].values() for number in here)

    def may_be_shown(self, number: int, topic: str | None, asked: Set[str]) -> bool:
        """Whether an offer may come up when this topic and these delicate kinds are asked for."""
        return number >> SHELF_BITS in self.scope(None, asked).counts or (
            topic is not None and number >> SHELF_BITS in self.scope(topic, asked).counts
        )

    def best(
        self, scores: Mapping[int, float], shelf_scores: Mapping[int, float], query: Query, place: str | None
    ) -> list[int]:
        """The few hundred with the highest scores; of those alike, the ones that miss fewer filters, then the nearer.

        `shelf_scores` count for every offer of a shelf.
        """
        rough = {number: round(score, 1) for number, score in scores.items()}
        kept: list[int] = []
        levels = {round(score, 1) for score in shelf_scores.values()} | {0.0}
        last = heapq.nlargest(KEPT, rough.values())[-1] if len(rough) >= KEPT else 0.0
        by_score: dict[float, list[int]] = {}
        for number, score in rough.items():
            if score >= last:
                by_score.setdefault(score, []).append(number)
        for score in sorted({*by_score, *levels}, reverse=True):
            left = KEPT - len(kept)
            if left <= 0 or not score:
                break
            here = by_score.get(score, [])
            shelves = [s for s, of in shelf_scores.items() if round(of, 1) == score]
            more = (
                [n for n in self._nearest(shelves, left, query, place) if n not in rough] if shelves else []
            )
            kept += self._first([*here, *more], left, query, place)
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
            return heapq.nsmallest(count, numbers, key=lambda number: self.offers[number].id)

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
