"""Words that are one slip of the finger away from another: a letter left out, added or changed, or two swapped."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from rapidfuzz.distance import OSA

_NUMBER_BITS = 22
_HASH_MASK = (1 << 42) - 1
_MANY = 2_000
"""So many new words are sorted in at once; fewer are kept beside."""


class Slips:
    """Every word under itself and under what is left of it without one letter, as hashes: eight bytes for each.

    Two words are one slip apart only where one of these is the same for both, so a few look-ups find all that may be meant.
    """

    def __init__(self) -> None:
        self._words: list[str] = []
        self._sorted = array("Q")
        self._later: dict[int, list[int]] = {}

    def add(self, words: Iterable[str]) -> None:
        """Take in words that are not in yet."""
        first = len(self._words)
        self._words.extend(words)
        entries = [hash(left) & _HASH_MASK for word in self._words[first:] for left in _lefts(word)]
        numbers = (n for n in range(first, len(self._words)) for _ in _lefts(self._words[n]))
        if len(self._words) - first < _MANY:
            for key, number in zip(entries, numbers, strict=True):
                self._later.setdefault(key, []).append(number)
            return
        packed = [key << _NUMBER_BITS | number for key, number in zip(entries, numbers, strict=True)]
        packed.extend(self._sorted)
        packed.sort()
        self._sorted = array("Q", packed)

    def near(self, word: str) -> Iterator[str]:
        """The words that are one slip away, each once; not the word itself."""
        seen = set[int]()
        for left in _lefts(word):
            key = hash(left) & _HASH_MASK
            at = bisect_left(self._sorted, key << _NUMBER_BITS)
            while at < len(self._sorted) and self._sorted[at] >> _NUMBER_BITS == key:
                seen.add(self._sorted[at] & ((1 << _NUMBER_BITS) - 1))
                at += 1
            if key in self._later:
                seen.update(self._later[key])
        for number in sorted(seen):
            if OSA.distance(word, self._words[number], score_cutoff=1) == 1:
                yield self._words[number]


def _lefts(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}
