"""Words that are one slip of the finger away from another: a letter left out, added or changed, or two swapped."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable

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
        self._sorted = array("Q")
        self._later: dict[int, list[int]] = {}
        self._memo: dict[str, tuple[str, ...]] = {}

    def add(self, words: Iterable[str]) -> None:
        """Take in words that are not in yet."""
        first = len(self._words)
        self._words.extend(words)
        self._memo.clear()
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

    def near(self, word: str) -> tuple[str, ...]:
        """The words that are one slip away, each once; not the word itself."""
        if word not in self._memo:
            if len(self._memo) >= _MEMO_LIMIT:
                self._memo.clear()
            numbers = sorted({number for left in _lefts(word) for number in self._under(left)})
            others = (self._words[number] for number in numbers)
            self._memo[word] = tuple(o for o in others if OSA.distance(word, o, score_cutoff=1) == 1)
        return self._memo[word]

    def _under(self, left: str) -> list[int]:
        key = hash(left) & _HASH_MASK
        found = list(self._later.get(key, ()))
        at = bisect_left(self._sorted, key << _NUMBER_BITS)
        while at < len(self._sorted) and self._sorted[at] >> _NUMBER_BITS == key:
            found.append(self._sorted[at] & _NUMBER_MASK)
            at += 1
        return found


def _lefts(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}
