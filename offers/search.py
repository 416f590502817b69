"""The catalogue in memory and which offers answer a question best; how words match is `words`, what is shown is the edge's business."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain

from i18n.text import search_key
from offers import dates, fit, rules
from offers.places import RANK, Places
from offers.search_texts import KEYWORD, body, named, search_words
from offers.shelves import MANY, Shelves
from offers.types import FILTERS, Hit, Kind, Near, Occurrence, Offer, Query, SearchResult, Topic
from offers.words import Names, Pattern, TextIndex, alike, rarity

UNCONFIRMED_FOR = timedelta(days=rules.REVIEW_DAYS + 60)
_STRONG = 0.5
"""How surely a word must be found in name, kind or keywords to say what is looked for."""
_EVIDENCE, _COURSE_EVIDENCE = 0.5, 1.2
"""From when on words name a kind: in nearly every question for a German course some word fits some kind of course."""
_NAMED_SURELY = 1.5
_SPOKEN_OF = 0.6
"""How much of the rarest word there can be must be found in one offer before words alone lead to it."""
_OF_BEST = 0.6
_ASKED = 4.0
_RELATED = 3.0
_NEARLY = 0.7
_IN_PASSING = 0.38
_FAR_STEP_KM = 4
_MOST_WORDS = 100
"""Nobody looks for something in more different words; somebody may want to keep the bot busy with them."""
_FEW, _LONG = 2, 4
"""So few words say nothing but what is looked for, and so long is the name of a thing."""


@dataclass(frozen=True)
class _Asked:
    """A question, prepared: whose places are known and whose words are weighed."""

    query: Query
    place: str | None
    words: tuple[str, ...]
    delicate: frozenset[str]


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
        unconfirmed_for: timedelta = UNCONFIRMED_FOR,
    ) -> None:
        """`kind_names` are what each kind is called in every language; `unconfirmed_for` is how long after its last check an offer is recommended yet."""
        self._unconfirmed_for = unconfirmed_for
        self._offers = tuple(offers)
        self._places = places
        self._kinds = kinds
        self._delicate = {
            kind.id: Pattern((*kind.asked, *kind_names.get(kind.id, ())))
            for kind in kinds.values()
            if kind.unasked == "never"
        }
        stop, self._filter_words = search_words()
        called = {kind.id: (*kind_names.get(kind.id, ()), *kind.words) for kind in kinds.values()}
        names = [
            named(offer, kind_names.get(offer.kind, ()), kinds.get(offer.kind)) for offer in self._offers
        ]
        bodies = [body(offer) for offer in self._offers]
        vocabulary = frozenset(
            word for text, _ in chain(*names, *bodies) for word in search_key(text).split()
        )
        self._strong = TextIndex(names, stop, vocabulary)
        self._weak = TextIndex(bodies, stop, vocabulary)
        self._shelves = Shelves(self._offers, places, kinds)
        self._names = Names(called, self._strong, stop)
        self._stop = stop
        self._next: dict[int, tuple[datetime, Occurrence | None]] = {}

    def search(self, query: Query, now: datetime, limit: int = 3) -> SearchResult:
        """The best `limit` offers. With a topic never none while the topic has offers; without one only what the words name."""
        asked = self._prepare(query)
        candidates, scope = self._candidates(asked, now)
        if not candidates:
            return SearchResult((), 0, query)
        weights = {word: rarity(self._strong.lookup(word), scope) for word in asked.words}
        called = self._called(asked, weights)
        scores = self._scores(asked, weights, called, candidates, scope)
        evidence = self._evidence(asked, weights, called, candidates)
        if query.topic is None:
            candidates = _named_alone(asked, scores, evidence)
        kinds = _most_of(evidence, _COURSE_EVIDENCE if query.topic == Topic.GERMAN_COURSE else _EVIDENCE)
        if self._says_only_unknown(asked):
            kinds = fit.NO_KIND
        found = [self._judge(asked, number, scores[number], kinds, now) for number in candidates]
        found.sort(key=lambda item: self._key(asked, item, now))
        shown = _shown(found, limit)
        related = self._related(asked, now) if query.topic else None
        if related is not None:
            shown = [*shown[: limit - 1], related]
        hits = tuple(self._hit(item) for item in shown[:limit])
        return SearchResult(hits, max(len(hits), _total(found, shown[:limit])), query)

    def fitting(self, query: Query, now: datetime) -> list[Hit]:
        """Every offer that misses nothing of the question, the best first; without words and filters all there are."""
        asked = self._prepare(query)
        candidates, scope = self._candidates(asked, now)
        if not candidates:
            return []
        scores, kinds = dict.fromkeys(candidates, 0.0), frozenset[str]()
        if asked.words:
            weights = {word: rarity(self._strong.lookup(word), scope) for word in asked.words}
            called = self._called(asked, weights)
            scores = self._scores(asked, weights, called, candidates, scope)
            evidence = self._evidence(asked, weights, called, candidates)
            kinds = _most_of(evidence, _EVIDENCE)
        found = [self._judge(asked, number, scores[number], kinds, now) for number in candidates]
        return [
            self._hit(item) for item in sorted(found, key=lambda f: self._key(asked, f, now)) if not item.cost
        ]

    def _prepare(self, query: Query) -> _Asked:
        place = self._places.find(query.place) if query.place else None
        if place is None and query.location is not None:
            place = self._places.nearest(*query.location)
        words = tuple(dict.fromkeys(search_key(query.text).split()))[:_MOST_WORDS]
        delicate = frozenset(kind for kind, pattern in self._delicate.items() if pattern.matches(words))
        said = (
            {word for spelling in self._places.spellings(place.name) for word in spelling.split()}
            if place
            else set()
        )
        kept = [
            word for word in words if word not in self._stop and not alike(word, said) and not word.isdigit()
        ]
        for name in ("daytime", "childcare", "level", "audience"):
            if getattr(query, name) is not None:
                kept = [word for word in kept if not self._filter_words[name].matches((word,))]
        return _Asked(query, place.name if place else None, tuple(kept), delicate)

    def _candidates(self, asked: _Asked, now: datetime) -> tuple[list[int], Collection[int]]:
        """The offers that still take place; all where none does. Beside them those among which a word is common or rare."""
        open_, scope = self._shelves.open(asked.query.topic, asked.delicate)
        few: Sequence[int] = open_
        if len(open_) > MANY:
            rough = self._rough(asked, scope) if asked.words else None
            few = self._shelves.best(scope, rough or None, asked.query, asked.place)
        running = [number for number in few if not self._ended(number, now)] or list(few)
        return running, (scope if few is not open_ else frozenset(running))

    def _rough(self, asked: _Asked, scope: Collection[int]) -> dict[int, float]:
        """How well the words alone point to each offer that has one of them."""
        found: dict[int, float] = {}
        for word in asked.words:
            for matches in (self._strong.lookup(word), self._weak.lookup(word)):
                weight = rarity(matches, scope)
                for number, quality in matches.items() if weight else ():
                    if number in scope:
                        found[number] = found.get(number, 0.0) + weight * quality
        return found

    def _says_only_unknown(self, asked: _Asked) -> bool:
        """Whether what is looked for has a name that the catalogue does not know: tennis, say. Few know Latin fillers of other languages."""
        return 0 < len(asked.words) <= _FEW and all(
            word.isascii()
            and len(word) >= _LONG
            and not self._strong.lookup(word)
            and not self._weak.lookup(word)
            for word in asked.words
        )

    def _called(self, asked: _Asked, weights: Mapping[str, float]) -> dict[str, float]:
        """The kinds that the words name completely, and how much these words weigh.

        A word that the whole topic shares still names a kind, but nobody who asks for a German course minds what the course is called.
        """
        said = self._names.said(asked.words)
        if asked.query.topic != Topic.GERMAN_COURSE:
            weights = {
                word: rarity(self._strong.lookup(word), range(len(self._offers))) for word in asked.words
            }
        return {kind: sum(weights[word] for word in words) for kind, words in said.items()}

    def _scores(
        self,
        asked: _Asked,
        weights: Mapping[str, float],
        called: Mapping[str, float],
        candidates: Sequence[int],
        scope: Collection[int],
    ) -> dict[int, float]:
        scores = {number: called.get(self._offers[number].kind, 0.0) for number in candidates}
        for word in asked.words:
            strong, weak = self._strong.lookup(word), self._weak.lookup(word)
            weak_weight = rarity(weak, scope)
            for number in candidates:
                scores[number] += max(
                    weights[word] * strong.get(number, 0.0), weak_weight * weak.get(number, 0.0)
                )
        for number in candidates:
            if self._offers[number].kind in asked.delicate:
                scores[number] += _ASKED
        return scores

    def _evidence(
        self,
        asked: _Asked,
        weights: Mapping[str, float],
        called: Mapping[str, float],
        candidates: Sequence[int],
    ) -> dict[str, float]:
        """How surely the words name each kind of offer, by its name or by name and keywords of one of its offers."""
        evidence = dict.fromkeys(asked.delicate, _ASKED)
        for number in candidates:
            score = sum(
                weights[word] * quality
                for word in asked.words
                if (quality := self._strong.lookup(word).get(number, 0.0)) >= _STRONG
            )
            kind = self._offers[number].kind
            evidence[kind] = max(score + called.get(kind, 0.0), evidence.get(kind, 0.0))
        return evidence

    def _judge(
        self, asked: _Asked, number: int, score: float, kinds: frozenset[str], now: datetime
    ) -> _Found:
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

    def _key(self, asked: _Asked, item: _Found, now: datetime) -> tuple[object, ...]:
        offer, query = self._offers[item.number], asked.query
        coming = self._upcoming(item.number, now)
        today = now.astimezone(dates.BERLIN).date()
        deadline = offer.registration_deadline
        return (
            _cost_but_place(item),
            rules.is_full(offer) or (deadline is not None and deadline < today),
            item.cost,
            bool(query.audience) and query.audience not in offer.audience,
            _distance_rank(asked, item),
            offer.assured_date is not None and today - offer.assured_date > self._unconfirmed_for,
            bool(query.daytime) and not offer.schedules,
            bool(query.childcare) and offer.childcare != "yes",
            bool(offer.audience) and not query.audience,
            -round(item.score, 1),
            round(item.distance or 0.0),
            coming.starts_at.timestamp() if coming else float("inf"),
            offer.name,
            offer.id,
        )

    def _related(self, asked: _Asked, now: datetime) -> _Found | None:
        """An offer of another topic that a rare word names, when nothing in this topic goes by that word."""
        topic = asked.query.topic
        everything = range(len(self._offers))
        best: tuple[float, int] | None = None
        for word in asked.words:
            named = self._strong.lookup(word)
            weight = rarity(named, everything)
            if weight < _RELATED or self._goes_by(word, topic):
                continue
            for number, quality in named.items():
                offer = self._offers[number]
                if (
                    quality < KEYWORD
                    or offer.topic == topic
                    or not self._shelves.may_be_shown(number, topic, asked.delicate)
                ):
                    continue
                if (best is None or weight * quality > best[0]) and not self._ended(number, now):
                    best = (weight * quality, number)
        if best is None:
            return None
        found = self._judge(asked, best[1], best[0], frozenset(), now)
        return replace(found, misses=found.misses | {"topic"}, cost=found.cost + fit.COST["topic"])

    def _goes_by(self, word: str, topic: str | None) -> bool:
        """Whether something in the topic goes by this word."""
        surely = ((self._strong.lookup(word), _NEARLY), (self._weak.lookup(word), _IN_PASSING))
        return any(
            quality >= least and self._offers[number].topic == topic
            for matches, least in surely
            for number, quality in matches.items()
        )

    def _hit(self, item: _Found) -> Hit:
        misses = tuple(
            name for name in FILTERS if name in item.misses or (name == "topic" and "kind" in item.misses)
        )
        return Hit(self._offers[item.number], item.distance, item.near, misses)

    def _ended(self, number: int, now: datetime) -> bool:
        return bool(self._offers[number].schedules) and self._upcoming(number, now) is None

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


def _most_of(evidence: Mapping[str, float], least: float) -> frozenset[str]:
    """The kinds that the words name; none when they name none in particular."""
    best = max(evidence.values(), default=0.0)
    if best < least:
        return frozenset()
    return frozenset(kind for kind, score in evidence.items() if score >= best * _OF_BEST)


def _named_alone(asked: _Asked, scores: Mapping[int, float], evidence: Mapping[str, float]) -> list[int]:
    """Without a topic: the offers that the words name, or all when there are no words and only filters."""
    query = asked.query
    if not asked.words:
        filtered = asked.place or query.level or query.audience or query.childcare or query.daytime
        return list(scores) if filtered else []
    best = max(scores.values())
    rarest = rarity({0: 1.0}, range(len(scores)))
    if max(evidence.values()) < _NAMED_SURELY and best < _SPOKEN_OF * rarest:
        return []
    return [number for number, score in scores.items() if score >= best * _OF_BEST]


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


def _distance_rank(asked: _Asked, item: _Found) -> tuple[int, int]:
    """How near, as coarsely as it matters to somebody who takes a bus or train."""
    if asked.query.location is not None and item.distance is not None:
        return (0, round(item.distance))
    steps = round((item.distance or 0.0) / _FAR_STEP_KM)
    return (RANK[item.near] if item.near else 0, steps)
