"""Words that are one slip of the finger away from another: a letter left out, added or changed, or two swapped."""

from collections.abc import Iterable, Iterator

import numpy as np
from rapidfuzz.distance import OSA

_NUMBER_BITS = 22
_NUMBER_MASK = (1 << _NUMBER_BITS) - 1
_HASH_MASK = (1 << 42) - 1
_MANY = 2_000
"""So many new words are sorted in at once; fewer are kept beside."""
_MEMO_LIMIT = 4096


class Slips:
    """Every word under itself and under what is left of it without one letter, as hashes: eight bytes for each.

    Two words are one slip apart only where one of these is the same for both, so a few look-ups find all that may be meant.
    """

    def __init__(self) -> None:
        self._words: list[str] = []
        self._sorted = np.empty(0, np.uint64)
        self._later: dict[int, list[int]] = {}
        self._memo: dict[str, tuple[str, ...]] = {}

    def add(self, words: Iterable[str]) -> None:
        """Take in words that are not in yet."""
        first = len(self._words)
        self._words.extend(words)
        self._memo.clear()
        entries = (
            _key(left) | number
            for number, word in enumerate(self._words[first:], first)
            for left in _lefts(word)
        )
        if len(self._words) - first < _MANY:
            for entry in entries:
                self._later.setdefault(entry & ~_NUMBER_MASK, []).append(entry & _NUMBER_MASK)
            return
        self._sorted = np.concatenate([self._sorted, np.fromiter(entries, np.uint64)])
        self._sorted.sort()

    def near(self, word: str) -> tuple[str, ...]:
        """The words that are one slip away, each once; not the word itself."""
        if word not in self._memo:
            if len(self._memo) >= _MEMO_LIMIT:
                self._memo.clear()
            numbers = sorted(set(self._under([_key(left) for left in _lefts(word)])))
            others = (self._words[number] for number in numbers)
            self._memo[word] = tuple(o for o in others if OSA.distance(word, o, score_cutoff=1) == 1)
        return self._memo[word]

    def _under(self, keys: list[int]) -> Iterator[int]:
        sought = np.array(keys, np.uint64)
        firsts = self._sorted.searchsorted(sought)
        ends = self._sorted.searchsorted(sought | np.uint64(_NUMBER_MASK), "right")
        for key, first, end in zip(keys, firsts.tolist(), ends.tolist(), strict=True):
            if first < end:
                yield from (self._sorted[first:end] & np.uint64(_NUMBER_MASK)).tolist()
            if self._later:
                yield from self._later.get(key, ())


def _key(left: str) -> int:
    """What a word or the rest of one is found under, in front of the bits for the number of a word."""
    return (hash(left) & _HASH_MASK) << _NUMBER_BITS


def _lefts(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}
