"""Which offers say a word, and how much it counts there; how words match is `vocabulary`, what is near or fits is the search's business."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from i18n.text import fold_latin, search_key
from offers.shelves import SHELF_BITS, Scope
from offers.vocabulary import PART, Vocabulary, stem

_MEMO_LIMIT = 4096
_LEAST_WEIGHT = 0.05
_SURE = 0.58
"""How surely a word must be found not to be taken for a misspelling."""
_UNLIKELY = 0.8
"""How much a misspelling counts where the word is found as it is written."""
_NOTHING: Mapping[int, float] = {}

Weighted = Iterable[tuple[str, float]]
"""Texts, each with how much a word of it counts."""


@dataclass
class Matches:
    """How surely offers are found by a word, between 0 and 1: by their own texts, by number, and with their whole shelf."""

    own: dict[int, float] = field(default_factory=dict)
    shelves: dict[int, float] = field(default_factory=dict)
    pieces: list[tuple[float, Sequence[int]]] = field(default_factory=list)
    """The same as `own`, by how surely, the surest last; a number may stand in several."""

    @property
    def most(self) -> float:
        """How surely the surest of them is found by its own texts."""
        return self.pieces[-1][0] if self.pieces else 0.0

    def of(self, number: int) -> float:
        """How surely this offer is found."""
        own = self.own.get(number, 0.0)
        if not self.shelves:
            return own
        return max(own, self.shelves.get(number >> SHELF_BITS, 0.0))

    def __bool__(self) -> bool:
        return bool(self.own or self.shelves)

    def rarity(self, scope: Scope) -> float:
        """Inverse document frequency among the offers that were looked through."""
        frequency = sum(self.own.values())
        for shelf, quality in self.shelves.items():
            frequency += quality * scope.counts.get(shelf, 0)
        if self.shelves:
            shared = ((quality, self.shelves.get(n >> SHELF_BITS, 0.0)) for n, quality in self.own.items())
            frequency -= sum(min(pair) for pair in shared)
        return rarity(frequency, scope.size)

    def rarity_among(self, numbers: Collection[int]) -> float:
        """The same among a few of them."""
        return rarity(sum(map(self.of, numbers)), len(numbers))


def rarity(frequency: float, size: int) -> float:
    """Inverse document frequency; 0 for what nothing or nearly everything has."""
    return max(0.0, math.log((size + 1) / (frequency + 0.5))) if frequency else 0.0


class Postings:
    """For each word and each weight that a text can have, the numbers of the offers, in order; the shelves' own texts apart."""

    def __init__(self, vocabulary: Vocabulary, stop: frozenset[str]) -> None:
        """`stop` are normalised words that are not indexed."""
        self._vocabulary = vocabulary
        self._stop = stop
        self._own: dict[str, dict[float, array[int]]] = {}
        self._shelves: dict[str, dict[int, float]] = {}
        self._memo: dict[tuple[str, Scope], Matches] = {}

    def words(self, texts: Weighted) -> dict[str, float]:
        """The words of some texts, each with the most it counts."""
        found: dict[str, float] = {}
        for text, weight in texts:
            for word in search_key(text).split():
                if found.get(word, 0.0) < weight and word not in self._stop:
                    found[word] = weight
        return found

    def shelve(self, shelf: int, words: Mapping[str, float]) -> None:
        """Let all offers of a shelf be found by these words."""
        for word, weight in words.items():
            self._shelves.setdefault(word, {})[shelf] = weight
        self._memo.clear()

    def add(self, number: int, words: Mapping[str, float]) -> None:
        """Let an offer be found by these words."""
        for word, weight in words.items():
            numbers = self._own.setdefault(word, {}).setdefault(weight, array("I"))
            if numbers and numbers[-1] > number:
                numbers.insert(bisect_left(numbers, number), number)
            else:
                numbers.append(number)
        self._memo.clear()

    def remove(self, number: int, words: Mapping[str, float]) -> None:
        """Undo an `add`."""
        for word, weight in words.items():
            numbers = self._own[word][weight]
            numbers.pop(bisect_left(numbers, number))
            if not numbers:
                del self._own[word][weight]
        self._memo.clear()

    def lookup(self, word: str, scope: Scope) -> Matches:
        """The offers of the scope in which a normalised word is found; umlauts as they were written."""
        key = (word, scope)
        if key not in self._memo:
            if len(self._memo) >= _MEMO_LIMIT:
                self._memo.clear()
            self._memo[key] = self._lookup(word, scope)
        return self._memo[key]

    def is_common(self, word: str, most: float) -> bool:
        """Whether more than so many offers say the word as it stands, without looking at them one by one."""
        shares = self._vocabulary.under(stem(fold_latin(word))).items()
        return any(
            quality * share * len(numbers) > most
            for said, quality in shares
            for share, numbers in self._own.get(said, {}).items()
        )

    def has(self, term: str) -> bool:
        """Whether a stem stands in any text."""
        return any(self._own.get(word) or word in self._shelves for word in self._vocabulary.under(term))

    def _lookup(self, word: str, scope: Scope) -> Matches:
        reading = self._vocabulary.read(word)
        pieces: list[tuple[float, array[int]]] = []
        found = Matches()
        best = max(
            self._collect(reading.meant, pieces, found),
            self._compound(reading.parts, scope, pieces, found),
        )
        likely = 1.0 if best < _SURE else _UNLIKELY
        self._collect({other: quality * likely for other, quality in reading.slips.items()}, pieces, found)
        _pour(pieces, found, scope)
        return found

    def _collect(
        self, words: Mapping[str, float], pieces: list[tuple[float, array[int]]], found: Matches
    ) -> float:
        """Gather where words stand; how surely the surest of them is found."""
        best = 0.0
        for word, quality in words.items():
            for weight, numbers in self._own.get(word, {}).items():
                pieces.append((quality * weight, numbers))
                best = max(best, quality * weight)
            for shelf, weight in self._shelves.get(word, _NOTHING).items():
                if quality * weight > found.shelves.get(shelf, 0.0):
                    found.shelves[shelf] = quality * weight
                best = max(best, quality * weight)
        return best

    def _compound(
        self, words: Sequence[str], scope: Scope, pieces: list[tuple[float, array[int]]], found: Matches
    ) -> float:
        """What is found by the parts of a compound: the more of them, and the rarer, the surer."""
        parts = [self._exactly(part, scope) for part in words]
        weights = [part.rarity(scope) + _LEAST_WEIGHT for part in parts]
        total = sum(weights)
        best = 0.0
        for shelf in {shelf for part in parts for shelf in part.shelves}:
            shares = (p.shelves.get(shelf, 0.0) * w for p, w in zip(parts, weights, strict=True))
            quality = PART * sum(shares) / total
            found.shelves[shelf] = max(quality, found.shelves.get(shelf, 0.0))
            best = max(best, quality)
        own: dict[float, array[int]] = {}
        for number in sorted({number for part in parts for number in part.own}):
            shares = (part.of(number) * w for part, w in zip(parts, weights, strict=True))
            quality = PART * sum(shares) / total
            own.setdefault(quality, array("I")).append(number)
        pieces.extend(own.items())
        return max(best, *own) if own else best

    def _exactly(self, part: str, scope: Scope) -> Matches:
        found = Matches()
        pieces: list[tuple[float, array[int]]] = []
        self._collect(self._vocabulary.under(stem(part)), pieces, found)
        _pour(pieces, found, scope)
        return found


def weighed(strong: Matches, weight: float, weak: Matches, weak_weight: float) -> dict[int, float]:
    """How much a word speaks for each offer by the offers' own texts, the one kind or the other; in bulk, for there may be many."""
    pieces = [(quality * weight, numbers) for quality, numbers in strong.pieces]
    pieces += [(quality * weak_weight, numbers) for quality, numbers in weak.pieces]
    pieces.sort(key=lambda piece: piece[0])
    found: dict[int, float] = {}
    for worth, numbers in pieces:
        found.update(dict.fromkeys(numbers, worth))
    return found


def _pour(pieces: list[tuple[float, array[int]]], found: Matches, scope: Scope) -> None:
    """Each offer with the surest of its matches: the surest come last and stay."""
    pieces.sort(key=lambda piece: piece[0])
    found.pieces = [(quality, here) for quality, numbers in pieces if (here := scope.of(numbers))]
    for quality, here in found.pieces:
        found.own.update(dict.fromkeys(here, quality))
    if found.shelves:
        found.shelves = {shelf: q for shelf, q in found.shelves.items() if shelf in scope.counts}
