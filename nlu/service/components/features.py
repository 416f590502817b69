"""What the topic classifier sees of a text: words and their pairs, pieces of words, shared concepts and their pairs."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache
from itertools import combinations, pairwise
from typing import Dict, Iterable, List, Mapping, Sequence, Tuple

import numpy as np

from i18n.text import Token
from nlu.service.components.phrases import PhraseIndex, pattern_of

WORD_WEIGHT = 0.4
PIECE_WEIGHT = 1.0
PIECE_LENGTHS = range(1, 6)
_CACHED_WORDS = 4_096
_LONGEST_CACHED = 24
Row = Tuple[np.ndarray, np.ndarray]
"""Columns and, beside each, its value."""
_WORD, _PAIR, _PIECE, _CONCEPT, _CONCEPTS = "w ", "p ", "c ", "k ", "kk "


def pieces_of(word: str) -> Tuple[str, ...]:
    """All pieces of one to five letters of the word with a space before and behind it."""
    return _cached_pieces(word) if len(word) <= _LONGEST_CACHED else _pieces(word)


def _pieces(word: str) -> Tuple[str, ...]:
    padded = f" {word} "
    return tuple(
        _PIECE + padded[start : start + length]
        for length in PIECE_LENGTHS
        if length <= len(padded)
        for start in range(len(padded) - length + 1)
    )


_cached_pieces = lru_cache(maxsize=_CACHED_WORDS)(_pieces)


class Features:
    """A fitted vocabulary; `row` turns tokens into columns and values."""

    def __init__(
        self,
        columns: Dict[str, int],
        rarity: np.ndarray,
        concepts: Mapping[str, Sequence[str]],
        weight: float,
    ) -> None:
        """`rarity` is the inverse document frequency of each column; `concepts` are the entries of each concept."""
        self.columns = columns
        self.rarity = rarity
        self.concepts = concepts
        self.concept_weight = weight
        self._index = concept_index(concepts)

    @classmethod
    def fit(
        cls, texts: Iterable[Sequence[Token]], concepts: Mapping[str, Sequence[str]], weight: float
    ) -> Tuple[Features, List[Row]]:
        """Learns which features occur and how rare each is; returns each text's row, too, since finding its features takes longest."""
        index = concept_index(concepts)
        numbers: Dict[str, int] = {}
        counted = [[_counted(block, numbers) for block in _blocks(words, index)] for words in texts]
        names = sorted(numbers)
        column_of = np.empty(len(names), dtype=np.int32)
        for column, name in enumerate(names):
            column_of[numbers[name]] = column
        seen = np.zeros(len(names), dtype=np.int64)
        for blocks in counted:
            for found, _ in blocks:
                seen[column_of[found]] += 1
        rarity = (np.log((1 + len(counted)) / (1 + seen)) + 1).astype(np.float32)
        features = cls({name: column for column, name in enumerate(names)}, rarity, concepts, weight)
        return features, [
            features._weighed([(column_of[found], count) for found, count in blocks]) for blocks in counted
        ]

    def row(self, words: Sequence[Token]) -> Row:
        """Columns and values of a text; a feature that no training line has is left out."""
        blocks = []
        for block in _blocks(words, self._index):
            known = [(self.columns[name], count) for name, count in block.items() if name in self.columns]
            columns = np.array([column for column, _ in known], dtype=np.int32)
            blocks.append((columns, np.array([count for _, count in known], dtype=np.float32)))
        return self._weighed(blocks)

    def _weighed(self, blocks: Sequence[Row]) -> Row:
        """Each block gets the length of its weight, so that a long story weighs as much as one word."""
        columns, values = [], []
        weights = (WORD_WEIGHT, PIECE_WEIGHT, self.concept_weight)
        for (own, counts), weight in zip(blocks, weights, strict=True):
            if len(own):
                value = (1 + np.log(counts)) * self.rarity[own]
                columns.append(own)
                values.append(value * (weight / math.sqrt(float(value @ value))))
        if not columns:
            return np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32)
        return np.concatenate(columns), np.concatenate(values).astype(np.float32)


def _counted(block: Mapping[str, int], numbers: Dict[str, int]) -> Row:
    """A block's features by number, new ones numbered as they come, and how often each occurs."""
    found = [numbers.setdefault(name, len(numbers)) for name in block]
    return np.array(found, dtype=np.int32), np.array(list(block.values()), dtype=np.float32)


def concept_index(concepts: Mapping[str, Sequence[str]]) -> PhraseIndex[str]:
    """Entries of all languages together: what is learnt about a concept in one serves all."""
    return PhraseIndex((pattern_of(entry), name) for name, entries in concepts.items() for entry in entries)


def _blocks(words: Sequence[Token], index: PhraseIndex[str]) -> Tuple[Counter[str], ...]:
    plain = [token.text for token in words]
    whole = Counter(_WORD + word for word in plain)
    whole.update(_PAIR + one + " " + two for one, two in pairwise(plain))
    pieces: Counter[str] = Counter()
    for word in plain:
        pieces.update(pieces_of(word))
    concepts = Counter(_CONCEPT + str(hit.payload) for hit in index.find(words))
    concepts.update([_CONCEPTS + one + two for one, two in combinations(sorted(concepts), 2)])
    return whole, pieces, concepts
