"""Which offers say a word, and how much it counts there; how words match is `vocabulary`, what is near or fits is the search's business."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np

from i18n.text import fold_latin, search_key
from offers.matches import NOTHING, NOWHERE, Matches, once, united
from offers.shelves import Scope, Shares, Spots
from offers.vocabulary import PART, Vocabulary, stem

_MEMO_LIMIT = 4096
_MEMO_SPOTS = 1_000_000
"""So many spots, of 16 bytes each, are remembered at most."""
_LEAST_WEIGHT = 0.05
_SURE = 0.58
"""How surely a word must be found not to be taken for a misspelling."""
_UNLIKELY = 0.8
"""How much a misspelling counts where the word is found as it is written."""
_NO_SHELVES: Mapping[int, float] = {}
_NO_NUMBERS: Mapping[float, array[int]] = {}

Weighted = Iterable[tuple[str, float]]
"""Texts, each with how much a word of it counts."""


class Postings:
    """For each word and each weight that a text can have, the numbers of the offers, in order; the shelves' own texts apart."""

    def __init__(self, vocabulary: Vocabulary, stop: frozenset[str]) -> None:
        """`stop` are normalised words that are not indexed."""
        self._vocabulary = vocabulary
        self._stop = stop
        self._own: dict[str, dict[float, array[int]]] = {}
        self._shelves: dict[str, dict[int, float]] = {}
        self._memo: dict[tuple[str, Scope], Matches] = {}
        self._remembered = 0

    def words(self, texts: Weighted) -> dict[str, float]:
        """The words of some texts, each with the most it counts."""
        found: dict[str, float] = {}
        for text, weight in texts:
            for word in _read(text):
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
            found = self._lookup(word, scope)
            self._remembered += len(found.spots)
            if len(self._memo) >= _MEMO_LIMIT or self._remembered > _MEMO_SPOTS:
                self._memo.clear()
                self._remembered = len(found.spots)
            self._memo[key] = found
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
        found = _Gathered(scope)
        best = max(self._collect(reading.meant, found), self._compound(reading.parts, found))
        likely = 1.0 if best < _SURE else _UNLIKELY
        self._collect({other: quality * likely for other, quality in reading.slips.items()}, found)
        return found.matches()

    def _collect(self, words: Mapping[str, float], found: _Gathered) -> float:
        """Gather where words stand; how surely the surest of them is found, in whatever scope."""
        best = 0.0
        for word, quality in words.items():
            for weight, numbers in self._own.get(word, _NO_NUMBERS).items():
                found.add(numbers, quality * weight)
                best = max(best, quality * weight)
            for shelf, weight in self._shelves.get(word, _NO_SHELVES).items():
                found.shelve(shelf, quality * weight)
                best = max(best, quality * weight)
        return best

    def _compound(self, words: Sequence[str], found: _Gathered) -> float:
        """What is found by the parts of a compound: the more of them, and the rarer, the surer."""
        if not words:
            return 0.0
        scope = found.scope
        parts = [self._exactly(part, scope) for part in words]
        weights = [part.rarity() + _LEAST_WEIGHT for part in parts]
        share = PART / sum(weights)
        of_shelves = np.zeros_like(parts[0].of_shelves)
        spots = once(np.concatenate([part.spots for part in parts]), scope.span)
        qualities = np.zeros(len(spots))
        for part, weight in zip(parts, weights, strict=True):
            of_shelves += part.of_shelves * (weight * share)
            qualities += part.at(spots) * (weight * share)
        for shelf in of_shelves.nonzero()[0].tolist():
            found.shelve(shelf, float(of_shelves[shelf]))
        found.pieces.append((spots, qualities))
        return float(max(qualities.max(initial=0.0), of_shelves.max(initial=0.0)))

    def _exactly(self, part: str, scope: Scope) -> Matches:
        found = _Gathered(scope)
        self._collect(self._vocabulary.under(stem(part)), found)
        return found.matches()


@lru_cache(maxsize=512)
def _read(text: str) -> tuple[str, ...]:
    """The words of a text, normalised. Of an offer that changes most texts are as they were: they are forgotten and taken in again."""
    return tuple(search_key(text).split())


class _Gathered:
    """What a word leads to in a scope, as it is gathered list by list."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.pieces: list[tuple[Spots, Shares]] = []
        self._numbers = array("I")
        self._lengths: list[int] = []
        self._qualities: list[float] = []
        self._shelves: dict[int, float] = {}

    def add(self, numbers: array[int], quality: float) -> None:
        """Offers, by numbers in order."""
        here = self.scope.of(numbers)
        if here:
            self._numbers.extend(here)
            self._lengths.append(len(here))
            self._qualities.append(quality)

    def shelve(self, shelf: int, quality: float) -> None:
        """A whole shelf."""
        if shelf in self.scope.counts and quality > self._shelves.get(shelf, 0.0):
            self._shelves[shelf] = quality

    def matches(self) -> Matches:
        """All of it, each offer with the surest of its matches."""
        if self._lengths:
            own = self.scope.spots(self._numbers), np.repeat(self._qualities, self._lengths)
            self.pieces.append(own)
        if not self.pieces:
            return Matches(self.scope, NOWHERE, NOTHING, self._shelves)
        alone = len(self.pieces) == 1 and len(self._lengths) < 2
        spots, qualities = self.pieces[0] if alone else united(self.pieces, self.scope.span)
        return Matches(self.scope, spots, qualities, self._shelves)
