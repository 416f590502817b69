"""How much the words of a question speak for each offer and each kind of offer; filters, nearness and order are the search's business."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offers.matches import NOWHERE, Matches, once, rarity
from offers.offer_texts import Found, OfferTexts
from offers.search_texts import KEYWORD
from offers.shelves import KEPT, Scope, Shares, Shelves, Spots
from offers.types import Query, Topic
from offers.vocabulary import INFLECTED

OF_BEST = 0.6
_STRONG = 0.5
"""How surely a word must be found in name, kind or keywords to say what is looked for."""
_NAMED_SURELY = 1.5
_SPOKEN_OF = 0.6
"""How much of the rarest word there can be must be found in one offer before words alone lead to it."""
_AS_RARE = 1000
"""Among more offers a word need not be rarer to lead to one."""
_ALL_OVER = 0.7
"""How much less than the best of all offers the best of those may be worth that still take place."""
_TRIED = 20
"""So many of the best are looked at for one that still takes place."""
_EVERY_WORD = 1.25
"""How much more an offer is worth in which each word is found, were it with slips, than one that has a single word as it is written."""
_ASKED = 4.0
_NEARLY = 0.7
_IN_PASSING = 0.38
_FEW, _LONG = 2, 4
"""So few words say nothing but what is looked for, and so long is the name of a thing."""


@dataclass(frozen=True)
class Asked:
    """A question, prepared: whose spots are known and whose words are looked up."""

    query: Query
    place: str | None
    words: tuple[str, ...]
    delicate: frozenset[str]
    scope: Scope
    found: Mapping[str, Found]


@dataclass(frozen=True)
class Looked:
    """How surely each word, row by row, finds some offers: by what names them, and by what is said about them; and the shelf of each."""

    shelves: NDArray[np.int16]
    strong: Shares
    weak: Shares


@dataclass(frozen=True)
class Weights:
    """How much each word counts where it names or is said, in columns of one, and the kinds that words name completely."""

    strong: Shares
    weak: Shares
    called: Mapping[str, float]


@dataclass(frozen=True)
class Weighed:
    """The offers worth a closer look."""

    numbers: list[int]
    looked: Looked
    weights: Weights


class Weighing:
    """Weighs words against the offers of the catalogue."""

    def __init__(self, texts: OfferTexts, shelves: Shelves) -> None:
        self._texts = texts
        self._shelves = shelves

    def among(self, asked: Asked, numbers: list[int]) -> Weighed:
        """A few offers, all worth a closer look; a word is common or rare among them."""
        looked = _look(asked, asked.scope.spots(numbers))
        strong, weak = (
            [rarity(frequency, len(numbers)) for frequency in found.sum(axis=1).tolist()]
            for found in (looked.strong, looked.weak)
        )
        return Weighed(numbers, looked, self._weights(asked, strong, weak))

    def best(self, asked: Asked, goes_on: Callable[[int], bool]) -> Weighed:
        """Of very many the few hundred to which the words point best; a word is common or rare among all."""
        strong = [found.strong.rarity() for found in asked.found.values()]
        weights = self._weights(asked, strong, [found.weak.rarity() for found in asked.found.values()])
        numbers = self._pointed_at(asked, weights, goes_on)
        if numbers is None or (asked.query.topic is not None and len(numbers) < KEPT):
            # With a topic something is shown also where the words fit little, without words what else is asked for.
            nearest = self._shelves.nearest(asked.scope, asked.query, asked.place)
            numbers = list(dict.fromkeys((*(numbers or ()), *nearest)))[:KEPT]
        return Weighed(numbers, _look(asked, asked.scope.spots(numbers)), weights)

    def _weights(self, asked: Asked, strong: Sequence[float], weak: Sequence[float]) -> Weights:
        called = self._called(asked, dict(zip(asked.found, strong, strict=True)))
        return Weights(np.array(strong).reshape(-1, 1), np.array(weak).reshape(-1, 1), called)

    def _pointed_at(self, asked: Asked, weights: Weights, goes_on: Callable[[int], bool]) -> list[int] | None:
        """The few hundred with the highest scores; None when the words speak for nothing."""
        scope = asked.scope
        found = [matches.spots for of in asked.found.values() for matches in (of.strong, of.weak)]
        spots = once(np.concatenate([NOWHERE, *found]), scope.span)
        scores = self._scores(asked, _look(asked, spots), weights)
        of_shelves = self._of_whole_shelves(asked, weights)
        best = max(scores.max(initial=0.0), *of_shelves.values(), 0.0)
        if not best:
            return None
        if asked.query.topic is None:
            # Nothing that far behind is shown without a topic.
            sure = _best_that_goes_on(scope, spots, scores, goes_on)
            least = OF_BEST * max(sure, _ALL_OVER * best)
            spots, scores = spots[scores >= least], scores[scores >= least]
            of_shelves = {shelf: score for shelf, score in of_shelves.items() if score >= least}
        return self._shelves.best(scope, (spots, scores), of_shelves, asked.query, asked.place)

    def _of_whole_shelves(self, asked: Asked, weights: Weights) -> dict[int, float]:
        """How much the words speak for offers on some shelves whose own texts say none of them."""
        said = {shelf for of in asked.found.values() for shelf in (*of.strong.shelves, *of.weak.shelves)}
        kinds = (*weights.called, *asked.delicate)
        said.update(shelf for kind in kinds for shelf in self._shelves.of_kind(kind))
        if not said:
            return {}
        shelves = np.array(sorted(said & asked.scope.counts.keys()), np.int16)
        strong = _rows([found.strong.of_shelves[shelves] for found in asked.found.values()], len(shelves))
        weak = _rows([found.weak.of_shelves[shelves] for found in asked.found.values()], len(shelves))
        scores = self._scores(asked, Looked(shelves, strong, weak), weights)
        return dict(zip(shelves.tolist(), scores.tolist(), strict=True))

    def says_only_unknown(self, asked: Asked) -> bool:
        """Whether what is looked for has a name that the catalogue does not know: tennis, say. Few know Latin fillers of other languages."""
        everything = self._shelves.everything()
        return 0 < len(asked.words) <= _FEW and all(
            word.isascii()
            and len(word) >= _LONG
            and not asked.found[word]
            and not self._texts.find(word, everything)
            for word in asked.words
        )

    def _called(self, asked: Asked, weights: Mapping[str, float]) -> dict[str, float]:
        """The kinds that the words name completely, and how much these words weigh.

        A word that the whole topic shares still names a kind, but nobody who asks for a German course minds what the course is called.
        """
        said = self._texts.kinds_named(asked.words)
        if said and asked.query.topic != Topic.GERMAN_COURSE:
            everything = self._shelves.everything()
            weights = {
                word: self._texts.named(word, everything).rarity()
                for word in frozenset[str]().union(*said.values())
            }
        if asked.query.topic is None:
            # Nothing but the words says what is meant, and the one may be a slip.
            return {
                kind: sum(weights[w] * self._surely(asked.found[w].strong, kind) for w in words)
                for kind, words in said.items()
            }
        return {kind: sum(weights[word] for word in words) for kind, words in said.items()}

    def _surely(self, named: Matches, kind: str) -> float:
        return max((named.shelves.get(shelf, 0.0) for shelf in self._shelves.of_kind(kind)), default=0.0)

    def scores(self, asked: Asked, near: Weighed) -> dict[int, float]:
        """How much all words together speak for each offer, by what names it or what is said about it."""
        scores = self._scores(asked, near.looked, near.weights)
        return dict(zip(near.numbers, scores.tolist(), strict=True))

    def _scores(self, asked: Asked, looked: Looked, weights: Weights) -> Shares:
        scores: Shares = np.maximum(weights.strong * looked.strong, weights.weak * looked.weak).sum(axis=0)
        if weights.called:
            scores += self._of_kinds(asked, weights.called)[looked.shelves]
        if asked.query.topic is None and len(asked.found) > 1:
            scores[np.maximum(looked.strong, looked.weak).all(axis=0)] *= _EVERY_WORD
        if asked.delicate:
            scores += self._of_kinds(asked, dict.fromkeys(asked.delicate, _ASKED))[looked.shelves]
        return scores

    def _of_kinds(self, asked: Asked, kinds: Mapping[str, float]) -> Shares:
        """What holds for some kinds, by shelf."""
        return asked.scope.by_shelf(
            {shelf: worth for kind, worth in kinds.items() for shelf in self._shelves.of_kind(kind)}
        )

    def evidence(self, asked: Asked, near: Weighed, numbers: Collection[int]) -> dict[str, float]:
        """How surely the words name each kind of offer, by its name or by name and keywords of one of its offers."""
        looked, called = near.looked, near.weights.called
        surely = np.where(looked.strong >= _STRONG, looked.strong, 0.0)
        scores = (near.weights.strong * surely).sum(axis=0).tolist()
        evidence = dict.fromkeys(asked.delicate, _ASKED)
        for number, score in zip(near.numbers, scores, strict=True):
            if number in numbers:
                kind = self._shelves.offers[number].kind
                total = score + called.get(kind, 0.0) + _ASKED * (kind in asked.delicate)
                if total > evidence.get(kind, -1.0):
                    evidence[kind] = total
        return evidence

    def surely_named(self, named: Matches, shelves: Collection[int]) -> Iterator[tuple[int, float]]:
        """The offers on some shelves that a word names at least as surely as a keyword does, the surest first, then in the order of their ids."""
        scope, least = named.scope, KEYWORD * INFLECTED
        whole = [shelf for shelf, quality in named.shelves.items() if quality >= least]
        on_them = scope.spots([number for shelf in whole for number in self._shelves.on(shelf)])
        spots = once(np.concatenate([named.spots[named.qualities >= least], on_them]), scope.span)
        spots = spots[scope.by_shelf(dict.fromkeys(shelves, 1.0))[scope.shelf_of[spots]] > 0]
        qualities = named.at(spots)
        for quality in sorted(set(qualities.tolist()), reverse=True):
            alike = scope.numbers(spots[qualities == quality])
            for number in sorted(alike, key=lambda number: self._shelves.offers[number].id):
                yield number, quality

    def goes_by(self, asked: Asked, word: str) -> bool:
        """Whether something in the topic goes by this word."""
        found = asked.found[word]
        return found.strong.best >= _NEARLY or found.weak.best >= _IN_PASSING


def _look(asked: Asked, spots: Spots) -> Looked:
    return Looked(
        asked.scope.shelf_of[spots],
        _rows([found.strong.at(spots) for found in asked.found.values()], len(spots)),
        _rows([found.weak.at(spots) for found in asked.found.values()], len(spots)),
    )


def _rows(rows: list[Shares], length: int) -> Shares:
    return np.array(rows) if rows else np.empty((0, length))


def _best_that_goes_on(scope: Scope, spots: Spots, scores: Shares, goes_on: Callable[[int], bool]) -> float:
    """The highest score of an offer that still takes place; 0 when that is none of the very best."""
    for _ in range(min(_TRIED, len(scores))):
        at = int(scores.argmax())
        if goes_on(*scope.numbers(spots[at : at + 1])):
            return float(scores[at])
        scores = scores.copy()
        scores[at] = 0.0
    return 0.0


def most_of(evidence: Mapping[str, float], least: float) -> frozenset[str]:
    """The kinds that the words name; none when they name none in particular."""
    best = max(evidence.values(), default=0.0)
    if best < least:
        return frozenset()
    return frozenset(kind for kind, score in evidence.items() if score >= best * OF_BEST)


def named_alone(
    asked: Asked, scores: Mapping[int, float], evidence: Mapping[str, float], among: int
) -> list[int]:
    """Without a topic: the offers that the words name, or all when there are no words and only filters."""
    query = asked.query
    if not asked.words:
        filtered = asked.place or query.level or query.audience or query.childcare or query.daytime
        return list(scores) if filtered else []
    best = max(scores.values())
    rarest = rarity(1.0, max(among, min(asked.scope.size, _AS_RARE)))
    if max(evidence.values()) < _NAMED_SURELY and best < _SPOKEN_OF * rarest:
        return []
    return [number for number, score in scores.items() if score >= best * OF_BEST]
