"""The catalogue in memory and which offers answer a question best; how words match is `offer_texts`, what is shown is the edge's business."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from i18n.text import fold_latin, normalise
from offers import dates, fit, rules
from offers.offer_texts import OfferTexts
from offers.places import RANK, Places
from offers.search_texts import filter_words, stop_words
from offers.shelves import MANY, Shelves
from offers.types import FILTERS, Hit, Kind, Near, Occurrence, Offer, Query, SearchResult, Topic
from offers.vocabulary import alike
from offers.weighing import OF_BEST, Asked, Weighed, Weighing, most_of, named_alone
from offers.words import Pattern

_EVIDENCE, _COURSE_EVIDENCE = 0.5, 1.2
"""From when on words name a kind: in nearly every question for a German course some word fits some kind of course."""
_CLEARLY = 0.08
"""How much less an offer must be worth to come after whatever is free or near; another form of a word (`INFLECTED`) is not that much."""
_RELATED = 3.0
_OFTEN = 0.06
"""A word that names more of all offers than this is not that rare."""
_FAR_STEP_KM = 4
_UNSURE_KM = 8
"""So much farther may a checked offer be from where somebody stands than one that may be gone."""
_MOST_WORDS = 100
"""Nobody looks for something in more different words; somebody may want to keep the bot busy with them."""


@dataclass(frozen=True)
class _Found:
    number: int
    misses: frozenset[str]
    cost: int
    score: float
    near: Near | None
    distance: float | None


class OfferIndex:
    """All published offers; pure but for what it remembers of next dates."""

    def __init__(
        self,
        offers: Iterable[Offer],
        places: Places,
        kinds: Mapping[str, Kind],
        kind_names: Mapping[str, Sequence[str]],
        *,
        unconfirmed_for: timedelta,
    ) -> None:
        """`kind_names` are what each kind is called in every language; `unconfirmed_for` is how long after its last check an offer ranks like the others."""
        self.unconfirmed_for = unconfirmed_for
        self._places = places
        self._topics = {kind.id: kind.topic for kind in kinds.values()}
        self._delicate = {
            kind.id: Pattern((*kind.asked, *kind_names.get(kind.id, ())))
            for kind in kinds.values()
            if kind.delicate
        }
        self._any_delicate = Pattern(
            phrase for kind in self._delicate for phrase in (*kinds[kind].asked, *kind_names.get(kind, ()))
        )
        offers = list(offers)
        self._shelves = Shelves(places, kinds, ((offer.topic, offer.kind) for offer in offers))
        self._offers = self._shelves.offers
        self._texts = OfferTexts(self._shelves.kinds, kinds, kind_names)
        self._weighing = Weighing(self._texts, self._shelves)
        self._numbers: dict[str, int] = {}
        self._next: dict[int, tuple[datetime, Occurrence | None]] = {}
        self._goes_on: dict[int, date] = {}
        self.put(offers)

    def __len__(self) -> int:
        return len(self._offers)

    def takes(self, offers: Iterable[Offer]) -> bool:
        """Whether there is a place for each of these; where there is not, only a new index has one."""
        return all(map(self._shelves.knows, offers))

    def put(self, offers: Iterable[Offer]) -> None:
        """Take in offers that are new or have changed; what was found of them before is forgotten."""
        offers = list(offers)
        self.drop(offer.id for offer in offers)
        placed = {self._shelves.add(offer): offer for offer in offers}
        self._numbers |= {offer.id: number for number, offer in placed.items()}
        self._texts.add(dict(sorted(placed.items(), key=lambda item: item[0])))

    def drop(self, ids: Iterable[str]) -> None:
        """Forget offers; ids that are not known do no harm."""
        for offer_id in ids:
            number = self._numbers.pop(offer_id, None)
            if number is not None:
                self._texts.remove(number, self._offers[number])
                self._shelves.remove(number)
                self._next.pop(number, None)
                self._goes_on.pop(number, None)

    def search(self, query: Query, now: datetime, limit: int = 3) -> SearchResult:
        """The best `limit` offers. With a topic never none while the topic has offers; without one only what the words name."""
        asked = self._prepare(query)
        near = self._candidates(asked, now)
        if not near.numbers:
            return SearchResult((), 0, query)
        scores = self._running(asked, self._weighing.scores(asked, near), now)
        evidence = self._weighing.evidence(asked, near, scores)
        candidates: Collection[int] = scores
        if query.topic is None:
            candidates = named_alone(asked, scores, evidence, len(near.numbers))
        kinds = most_of(evidence, _COURSE_EVIDENCE if query.topic == Topic.GERMAN_COURSE else _EVIDENCE)
        if query.topic is None:
            kinds = frozenset(asked.delicate)
        elif self._weighing.says_only_unknown(asked):
            kinds = fit.NO_KIND
        found = [self._judge(asked, number, scores[number], kinds, now) for number in candidates]
        found = self._in_order(asked, found, limit, now)
        shown = _shown(found, limit)
        related = self._related(asked, now) if query.topic else None
        if related is not None:
            shown = [*shown[: limit - 1], related]
        hits = tuple(self._hit(item) for item in shown[:limit])
        return SearchResult(hits, max(len(hits), _total(found, shown[:limit])), query)

    def fitting(self, query: Query, now: datetime) -> list[Hit]:
        """Every offer that misses nothing of the question, the best first; without words and filters all there are."""
        asked = self._prepare(query)
        near = self._candidates(asked, now)
        if not near.numbers:
            return []
        scores, kinds = dict.fromkeys(near.numbers, 0.0), frozenset[str]()
        if asked.words:
            scores = self._weighing.scores(asked, near)
            kinds = most_of(self._weighing.evidence(asked, near, scores), _EVIDENCE)
        judged = (self._judge(asked, number, score, kinds, now) for number, score in scores.items())
        found = [item for item in judged if not item.cost]
        return [self._hit(item) for item in self._in_order(asked, found, len(found), now)]

    def kinds_named(self, query: Query) -> tuple[str, ...]:
        """The kinds of offers that the words of a question name, sorted; of its topic and delicate ones, others where there are none."""
        asked = self._prepare(query)
        named = self._texts.kinds_named(asked.words).keys() | asked.delicate
        meant = {kind for kind in named if kind in asked.delicate or self._topics.get(kind) == query.topic}
        return tuple(sorted(meant or named))

    def _prepare(self, query: Query) -> Asked:
        place = self._places.find(query.place) if query.place else None
        if place is None and query.location is not None:
            place = self._places.nearest(*query.location)
        written = normalise(query.text).split()[:_MOST_WORDS]
        said = [fold_latin(word) for word in written]
        delicate = frozenset[str]()
        if self._any_delicate.matches(said):
            delicate = frozenset(kind for kind, pattern in self._delicate.items() if pattern.matches(said))
        here = (
            {word for spelling in self._places.spellings(place.name) for word in spelling.split()}
            if place
            else set()
        )
        stop = stop_words(query.language)
        kept = [
            word
            for word in dict.fromkeys(said)
            if word not in stop and not alike(word, here) and not word.isdigit()
        ]
        for name, pattern in filter_words().items():
            if getattr(query, name) is not None:
                kept = [word for word in kept if not pattern.matches((word,))]
        scope = self._shelves.scope(query.topic, delicate)
        spelt = dict(zip(said, written, strict=True))
        found = {spelt[word]: self._texts.find(spelt[word], scope) for word in kept}
        return Asked(query, place.name if place else None, tuple(found), delicate, scope, found)

    def _candidates(self, asked: Asked, now: datetime) -> Weighed:
        """The offers that still take place, all where none does; of very many the few hundred that the words point to best.

        A word is common or rare among them, or among very many in the whole scope.
        """
        if asked.scope.size > MANY:
            return self._weighing.best(asked, lambda number: not self._ended(number, now))
        every = sorted(self._shelves.numbers(asked.scope))
        return self._weighing.among(asked, [n for n in every if not self._ended(n, now)] or every)

    def _running(self, asked: Asked, scores: dict[int, float], now: datetime) -> dict[int, float]:
        """The offers that still take place, all where none does; without a topic only those near the best by words."""
        if asked.query.topic is not None or not asked.words:
            return {n: score for n, score in scores.items() if not self._ended(n, now)} or scores
        kept: dict[int, float] = {}
        least = 0.0
        for number, score in sorted(scores.items(), key=lambda item: -item[1]):
            if score < least:
                break
            if not self._ended(number, now):
                least = least or score * OF_BEST
                kept[number] = score
        return kept or scores

    def _judge(self, asked: Asked, number: int, score: float, kinds: frozenset[str], now: datetime) -> _Found:
        offer, query = self._offers[number], asked.query
        near = self._places.nearness(asked.place, offer.place) if asked.place else None
        distance = None
        if query.location is not None:
            distance = self._places.distance_from(query.location, offer.place)
        elif near == "far" and asked.place:
            distance = self._places.distance_km(asked.place, offer.place)
        missed, cost = fit.misses(
            offer,
            query,
            kinds,
            now,
            far=near == "far" and query.location is None,
            ended=self._ended(number, now),
        )
        return _Found(number, missed, cost, score, near, distance)

    def _in_order(self, asked: Asked, found: list[_Found], limit: int, now: datetime) -> list[_Found]:
        """The best first, in full order as far as they are shown: the next date is looked up only where nothing else decides."""
        best = max((item.score for item in found), default=0.0) if asked.query.topic is None else 0.0
        keys = {item.number: (_behind(item.score, best), *self._key(asked, item, now)) for item in found}
        found = sorted(found, key=lambda item: keys[item.number])
        if limit < len(found):
            last = keys[found[limit - 1].number]
            limit += sum(keys[item.number] == last for item in found[limit:])

        def full(item: _Found) -> tuple[object, ...]:
            coming = self._upcoming(item.number, now)
            offer = self._offers[item.number]
            return (
                *keys[item.number],
                coming.starts_at.timestamp() if coming else float("inf"),
                offer.name,
                offer.id,
            )

        return [*sorted(found[:limit], key=full), *found[limit:]]

    def _key(self, asked: Asked, item: _Found, now: datetime) -> tuple[object, ...]:
        offer, query = self._offers[item.number], asked.query
        today = dates.today(now)
        deadline = offer.registration_deadline
        unsure = offer.assured_date is None or today - offer.assured_date > self.unconfirmed_for
        return (
            _cost_but_place(item),
            rules.is_full(offer) or (deadline is not None and deadline < today),
            item.cost,
            bool(query.audience) and query.audience not in offer.audience,
            # The next place is better than a closed door, as long as it is not far.
            unsure and query.location is None,
            _distance_rank(asked, item, unsure=unsure),
            unsure,
            bool(query.daytime) and not offer.schedules,
            bool(query.childcare) and offer.childcare != "yes",
            bool(offer.audience) and not query.audience,
            -round(item.score, 1),
            round(item.distance or 0.0),
        )

    def _related(self, asked: Asked, now: datetime) -> _Found | None:
        """An offer of another topic that a rare word names, when nothing in this topic goes by that word."""
        everything = self._shelves.everything()
        elsewhere = self._shelves.of_other_topics(str(asked.query.topic), asked.delicate)
        best: tuple[float, int] | None = None
        for word in asked.words:
            if self._texts.is_common(word, everything.size * _OFTEN) or self._weighing.goes_by(asked, word):
                continue
            named = self._texts.named(word, everything)
            weight = named.rarity()
            for number, quality in (
                self._weighing.surely_named(named, elsewhere) if weight >= _RELATED else ()
            ):
                worth = weight * quality
                if best is not None and worth <= best[0]:
                    break
                if not self._ended(number, now):
                    best = (worth, number)
        if best is None:
            return None
        found = self._judge(asked, best[1], best[0], frozenset(), now)
        return replace(found, misses=found.misses | {"topic"}, cost=found.cost + fit.COST["topic"])

    def _hit(self, item: _Found) -> Hit:
        misses = tuple(
            name for name in FILTERS if name in item.misses or (name == "topic" and "kind" in item.misses)
        )
        return Hit(self._offers[item.number], item.distance, item.near, misses)

    def _ended(self, number: int, now: datetime) -> bool:
        """Whether there is no date any more; that there are many more is remembered for the day, as every question asks it."""
        today = now.date()
        if self._goes_on.get(number) == today:
            return False
        offer = self._offers[number]
        if not offer.schedules or dates.surely_goes_on(offer, now):
            self._goes_on[number] = today
            return False
        return self._upcoming(number, now) is None

    def _upcoming(self, number: int, now: datetime) -> Occurrence | None:
        """The next date; remembered until it is over, because most questions ask on the same day."""
        known = self._next.get(number)
        if known is not None:
            since, coming = known
            if since <= now and (
                coming.ends_at.timestamp() > now.timestamp() if coming else since.date() == now.date()
            ):
                return coming
        coming = next(dates.upcoming(self._offers[number], now), None)
        self._next[number] = (now, coming)
        return coming


def _behind(score: float, best: float) -> int:
    """How far the words speak less for an offer than for the best one, coarsely; where a topic is known other things count first."""
    return int((best - score) / (best * _CLEARLY)) if best else 0


def _cost_but_place(item: _Found) -> int:
    """A free place farther away is worth more than a full course next door."""
    return item.cost - fit.COST["place"] * ("place" in item.misses)


def _shown(found: Sequence[_Found], limit: int) -> list[_Found]:
    """What is shown: with offers that miss nothing only such that miss little, else the next best."""
    if found and _cost_but_place(found[0]) == 0:
        return [item for item in found if item.cost <= fit.MILD][:limit]
    return [item for item in found if item.cost <= found[0].cost + fit.AT_MOST_WORSE][:limit]


def _total(found: Sequence[_Found], shown: Sequence[_Found]) -> int:
    most = max((item.cost for item in shown if "topic" not in item.misses), default=0)
    return sum(item.cost <= most for item in found)


def _distance_rank(asked: Asked, item: _Found, *, unsure: bool) -> tuple[int, int]:
    """How near, as coarsely as it matters to somebody who takes a bus or train; of what nobody confirms, how near it is worth."""
    if asked.query.location is not None and item.distance is not None:
        return (0, round(item.distance + _UNSURE_KM * unsure))
    steps = round((item.distance or 0.0) / _FAR_STEP_KM)
    return (RANK[item.near] if item.near else 0, steps)
