"""Which offers a question may be about at all, and of very many the few hundred worth a closer look; what fits best is the search's business."""

import heapq
from collections.abc import Collection, Mapping, Sequence, Set

from offers import rules
from offers.places import RANK, Places
from offers.types import Kind, Offer, Query, Topic

MANY = 400
"""So many offers are looked at one by one; of more, the best by words, filters and place alone."""
KEPT = 200
_MEMO_LIMIT = 512


class Shelves:
    """Offers by number, sorted by topic and kind."""

    def __init__(self, offers: Sequence[Offer], places: Places, kinds: Mapping[str, Kind]) -> None:
        self._offers = offers
        self._places = places
        self._delicate = frozenset(kind.id for kind in kinds.values() if kind.unasked == "never")
        self._of_kind: dict[str, list[int]] = {}
        plain: dict[str | None, list[int]] = {None: []}
        every: dict[str, list[int]] = {}
        for number, offer in enumerate(offers):
            self._of_kind.setdefault(offer.kind, []).append(number)
            every.setdefault(offer.topic, []).append(number)
            if offer.kind not in self._delicate:
                plain.setdefault(offer.topic, []).append(number)
                plain[None].append(number)
        # Where everything of a topic is delicate, whoever asks for the topic asked for that.
        for topic, numbers in every.items():
            own = {kind.id for kind in kinds.values() if kind.topic == topic}
            if own <= self._delicate:
                plain[topic] = numbers
        self._open = plain
        self._sets = {topic: frozenset(numbers) for topic, numbers in plain.items()}
        self._memo: dict[tuple[object, ...], list[int]] = {}

    def open(self, topic: str | None, asked: Set[str]) -> tuple[Sequence[int], Collection[int]]:
        """What may be shown of a topic, or of all, with the delicate kinds that were `asked` for: in order, and to look up in."""
        numbers = self._open.get(topic, [])
        scope: Collection[int] = self._sets.get(topic, frozenset())
        more = [n for kind in sorted(asked) for n in self._of_kind.get(kind, ()) if n not in scope]
        if not more:
            return numbers, scope
        return sorted([*numbers, *more]), frozenset((*numbers, *more))

    def may_be_shown(self, number: int, topic: str | None, asked: Set[str]) -> bool:
        """Whether an offer may come up when this topic and these delicate kinds are asked for."""
        offer = self._offers[number]
        if offer.kind not in self._delicate or offer.kind in asked:
            return True
        return offer.topic == topic and number in self._sets.get(topic, ())

    def best(
        self, scope: Collection[int], scores: Mapping[int, float] | None, query: Query, place: str | None
    ) -> list[int]:
        """The few hundred of `scope` worth a closer look: by words first where there are scores, then filters, then nearness."""
        if scores is not None:
            return self._largest(scores, scores, query, place)
        key: tuple[object, ...] = (
            len(scope),
            query.topic,
            place,
            query.level,
            query.audience,
            query.childcare,
        )
        if key not in self._memo:
            if len(self._memo) >= _MEMO_LIMIT:
                self._memo.clear()
            self._memo[key] = self._largest(scope, {}, query, place)
        return self._memo[key]

    def _largest(
        self, numbers: Collection[int], scores: Mapping[int, float], query: Query, place: str | None
    ) -> list[int]:
        near = (
            {other.name: -RANK[self._places.nearness(place, other.name)] for other in self._places}
            if place
            else {}
        )
        filtered = bool(query.level or query.audience or query.childcare)

        def worth(number: int) -> tuple[float, int, int, int]:
            offer = self._offers[number]
            fits = -_missed(offer, query) if filtered else 0
            return round(scores.get(number, 0.0), 1), fits, near.get(offer.place, 0), -number

        return sorted(heapq.nlargest(KEPT, numbers, key=worth))


def _missed(offer: Offer, query: Query) -> int:
    """How many of the filters that need no calendar an offer misses."""
    taught = offer.topic == Topic.GERMAN_COURSE
    return (
        (
            bool(query.level)
            and rules.level_steps(str(query.level), offer.level_min, offer.level_max, taught=taught) > 0
        )
        + (bool(query.audience) and bool(offer.audience) and query.audience not in offer.audience)
        + (bool(query.childcare) and offer.childcare == "no")
    )
