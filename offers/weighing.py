"""How much the words of a question speak for each offer and each kind of offer; filters, nearness and order are the search's business."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from offers.offer_texts import Found, OfferTexts
from offers.postings import Matches, rarity, weighed
from offers.search_texts import KEYWORD
from offers.shelves import KEPT, SHELF_BITS, Scope, Shelves
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
_ROUGHLY = 0.7
"""How much less than the first look says an offer may be worth: what its kind and its own texts both say counts twice there."""
_EVERY_WORD = 1.25
"""How much more an offer is worth in which each word is found, were it with slips, than one that has a single word as it is written."""
_ASKED = 4.0
_NEARLY = 0.7
_IN_PASSING = 0.38
_FEW, _LONG = 2, 4
"""So few words say nothing but what is looked for, and so long is the name of a thing."""


@dataclass(frozen=True)
class Asked:
    """A question, prepared: whose places are known and whose words are looked up."""

    query: Query
    place: str | None
    words: tuple[str, ...]
    delicate: frozenset[str]
    scope: Scope
    found: Mapping[str, Found]


@dataclass(frozen=True)
class Weighed:
    """The offers worth a closer look, and how much each word counts where it names or is said."""

    numbers: list[int]
    strong: Mapping[str, float]
    weak: Mapping[str, float]


class Weighing:
    """Weighs words against the offers of the catalogue."""

    def __init__(self, texts: OfferTexts, shelves: Shelves) -> None:
        self._texts = texts
        self._shelves = shelves
        self._offers = shelves.offers

    def best(self, asked: Asked, strong: Mapping[str, float], weak: Mapping[str, float]) -> list[int]:
        """The few hundred to which the words alone point best; without any by what else is asked for."""
        shelves: dict[int, float] = {}
        for word, found in asked.found.items():
            for shelf, quality in found.strong.shelves.items():
                shelves[shelf] = shelves.get(shelf, 0.0) + strong[word] * quality
        own = self._by_own_texts(asked, strong, weak, max(shelves.values(), default=0.0))
        for number in own if shelves else ():
            own[number] += shelves.get(number >> SHELF_BITS, 0.0)
        best = max(max(own.values(), default=0.0), max(shelves.values(), default=0.0))
        if not best:
            return self._shelves.nearest(asked.scope, asked.query, asked.place)
        if asked.query.topic is None:
            # Nothing that far behind is shown without a topic.
            least = best * OF_BEST * _ROUGHLY
            own = {number: score for number, score in own.items() if score >= least}
            shelves = {shelf: score for shelf, score in shelves.items() if score >= least}
        kept = self._shelves.best(own, shelves, asked.query, asked.place)
        if asked.query.topic is None or len(kept) >= KEPT:
            return kept
        # With a topic something is shown also where the words fit little.
        nearest = self._shelves.nearest(asked.scope, asked.query, asked.place)
        return list(dict.fromkeys((*kept, *nearest)))[:KEPT]

    @staticmethod
    def _by_own_texts(
        asked: Asked, strong: Mapping[str, float], weak: Mapping[str, float], of_shelf: float
    ) -> dict[int, float]:
        """How much the words speak for offers by the offers' own texts; `of_shelf` is the most that a shelf's speak for one.

        Without a topic, once all the words that are left cannot lead near the best, they only count for what the others found.
        """
        most = {w: max(f.strong.most * strong[w], f.weak.most * weak[w]) for w, f in asked.found.items()}
        left = sum(most.values())
        own: dict[int, float] = {}
        for word in sorted(most, key=lambda word: -most[word]):
            found, much, little = asked.found[word], strong[word], weak[word]
            least = max(own.values(), default=0.0) * OF_BEST * _ROUGHLY
            if asked.query.topic is None and left + of_shelf < least:
                for number in own:
                    own[number] += max(
                        much * found.strong.own.get(number, 0.0), little * found.weak.own.get(number, 0.0)
                    )
            else:
                fewer, own = sorted((own, weighed(found.strong, much, found.weak, little)), key=len)
                for number, worth in fewer.items():
                    own[number] = own.get(number, 0.0) + worth
            left -= most[word]
        return own

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

    def called(self, asked: Asked, near: Weighed) -> dict[str, float]:
        """The kinds that the words name completely, and how much these words weigh.

        A word that the whole topic shares still names a kind, but nobody who asks for a German course minds what the course is called.
        """
        said = self._texts.kinds_named(asked.words)
        weights = near.strong
        if said and asked.query.topic != Topic.GERMAN_COURSE:
            everything = self._shelves.everything()
            weights = {
                word: self._texts.named(word, everything).rarity(everything)
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

    def scores(self, asked: Asked, near: Weighed, called: Mapping[str, float]) -> dict[int, float]:
        """How much all words together speak for each offer, by what names it or what is said about it."""
        offers = self._offers
        scores = {number: called.get(offers[number].kind, 0.0) for number in near.numbers}
        for word, found in asked.found.items():
            strong, weak = near.strong[word], near.weak[word]
            for number in scores:
                scores[number] += max(strong * found.strong.of(number), weak * found.weak.of(number))
        if asked.query.topic is None and len(asked.found) > 1:
            for number in scores:
                if all(found.strong.of(number) or found.weak.of(number) for found in asked.found.values()):
                    scores[number] *= _EVERY_WORD
        for number in scores if asked.delicate else ():
            if offers[number].kind in asked.delicate:
                scores[number] += _ASKED
        return scores

    def evidence(
        self, asked: Asked, near: Weighed, called: Mapping[str, float], numbers: Iterable[int]
    ) -> dict[str, float]:
        """How surely the words name each kind of offer, by its name or by name and keywords of one of its offers."""
        evidence = dict.fromkeys(asked.delicate, _ASKED)
        for number in numbers:
            score = 0.0
            for word, found in asked.found.items():
                quality = found.strong.of(number)
                if quality >= _STRONG:
                    score += near.strong[word] * quality
            kind = self._offers[number].kind
            score += called.get(kind, 0.0) + _ASKED * (kind in asked.delicate)
            if score > evidence.get(kind, -1.0):
                evidence[kind] = score
        return evidence

    def surely_named(self, named: Matches) -> list[int]:
        """The offers that a word names at least as surely as a keyword does, in the order of their ids."""
        least = KEYWORD * INFLECTED
        own = [number for number, quality in named.own.items() if quality >= least]
        shelves = [shelf for shelf, quality in named.shelves.items() if quality >= least]
        numbers = {*own, *(number for shelf in shelves for number in self._shelves.on(shelf))}
        return sorted(numbers, key=lambda number: self._offers[number].id)

    def goes_by(self, asked: Asked, word: str) -> bool:
        """Whether something in the topic goes by this word."""
        found = asked.found[word]
        surely = ((found.strong, _NEARLY), (found.weak, _IN_PASSING))
        return any(
            quality >= least
            for matches, least in surely
            for qualities in (matches.own, matches.shelves)
            for quality in qualities.values()
        )


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
