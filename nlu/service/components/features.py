"""What the topic classifier sees of a text: words and their pairs, pieces of words, shared concepts and their pairs."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from functools import lru_cache
from itertools import combinations, pairwise
from typing import Dict, List, Mapping, NamedTuple, Sequence, Tuple

import numpy as np

from i18n.text import Token, tokens
from nlu.service.components.phrases import PhraseIndex, pattern_of

WORD_WEIGHT = 0.4
PIECE_WEIGHT = 1.0
PIECE_LENGTHS = range(1, 6)
_CACHED_WORDS = 4_096
_LONGEST_CACHED = 24
Row = Tuple[np.ndarray, np.ndarray]
"""Columns and, beside each, its value."""
BLOCKS = 3
"""Words, pieces, concepts: each has its weight."""
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


class Counted(NamedTuple):
    """The features of many texts, one text after the other and in each one block after the other."""

    names: List[str]
    """The features by number."""
    found: np.ndarray
    """Numbers of features."""
    counts: np.ndarray
    """How often each of them occurs in its text."""
    sizes: np.ndarray
    """texts × blocks: how many features each block has."""


class Rows(NamedTuple):
    """A sparse matrix, row by row: those of row n stand from `ends[n]` up to, not including, `ends[n + 1]`."""

    columns: np.ndarray
    values: np.ndarray
    ends: np.ndarray


def count(texts: Sequence[str], concepts: Mapping[str, Sequence[str]]) -> Counted:
    """The features of each text; parts of the texts may be counted apart."""
    index = concept_index(concepts)
    numbers: Dict[str, int] = {}
    found, counts = array("i"), array("f")
    sizes = np.empty((len(texts), BLOCKS), dtype=np.int64)
    for row, text in enumerate(texts):
        for column, block in enumerate(_blocks(tokens(text), index)):
            found.extend([numbers.setdefault(name, len(numbers)) for name in block])
            counts.extend(block.values())
            sizes[row, column] = len(block)
    return Counted(
        list(numbers), np.frombuffer(found, dtype=np.int32), np.frombuffer(counts, dtype=np.float32), sizes
    )


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
        cls, parts: Sequence[Counted], concepts: Mapping[str, Sequence[str]], weight: float
    ) -> Tuple[Features, Rows]:
        """Learns which features occur and how rare each is; returns the rows of all texts, too, since finding their features takes longest."""
        numbers: Dict[str, int] = {}
        found = np.concatenate([_renumbered(part, numbers) for part in parts])
        counts = np.concatenate([part.counts for part in parts])
        sizes = np.concatenate([part.sizes for part in parts])
        # The commonest first: what is needed with every text then lies together in memory, in learning and in use.
        seen = np.bincount(found, minlength=len(numbers))
        names = sorted(numbers)
        by_name = np.fromiter((numbers[name] for name in names), dtype=np.int64, count=len(names))
        order = np.argsort(-seen[by_name], kind="stable")
        column_of = np.empty(len(names), dtype=np.int32)
        column_of[by_name[order]] = np.arange(len(names), dtype=np.int32)
        rarity = (np.log((1 + len(sizes)) / (1 + seen[by_name[order]])) + 1).astype(np.float32)
        columns = {names[place]: column for column, place in enumerate(order.tolist())}
        return cls(columns, rarity, concepts, weight), _rows(
            column_of[found], counts, sizes, rarity, (WORD_WEIGHT, PIECE_WEIGHT, weight)
        )

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


def _renumbered(part: Counted, numbers: Dict[str, int]) -> np.ndarray:
    """The part's features by the numbers that all parts share; new ones are numbered as they come."""
    shared = [numbers.setdefault(name, len(numbers)) for name in part.names]
    return np.array(shared, dtype=np.int32)[part.found]


def _rows(
    columns: np.ndarray, counts: np.ndarray, sizes: np.ndarray, rarity: np.ndarray, weights: Sequence[float]
) -> Rows:
    """As `Features._weighed` does for one text."""
    flat = sizes.ravel()
    values = (1 + np.log(counts)) * rarity[columns]
    of_block = np.repeat(np.arange(len(flat)), flat)
    lengths = np.sqrt(np.bincount(of_block, weights=values.astype(np.float64) ** 2, minlength=len(flat)))
    scale = np.tile(np.array(weights), len(sizes)) / np.where(lengths > 0, lengths, 1)
    ends = np.concatenate([[0], np.cumsum(sizes.sum(axis=1))])
    return Rows(columns, (values * scale[of_block]).astype(np.float32), ends)


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
