"""Words that a mistyped word may have been meant to be; one slip at most, looked up without comparing with every word."""

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz.distance import DamerauLevenshtein

MIN_LETTERS = 5
MAX_LETTERS = 30


def _with_one_left_out(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


class Spelling:
    """Knows the words worth finding and, with `allow`, others that exist and are not slips of them."""

    def __init__(self) -> None:
        self._words: set[str] = set()
        self._other: frozenset[str] = frozenset()
        self._shortened: dict[str, list[str]] = defaultdict(list)

    def add(self, words: Iterable[str]) -> None:
        for word in words:
            if word in self._words or not MIN_LETTERS <= len(word) <= MAX_LETTERS:
                continue
            self._words.add(word)
            for shorter in _with_one_left_out(word):
                self._shortened[shorter].append(word)

    @property
    def allowed(self) -> frozenset[str]:
        """The words that `allow` had a reason to keep."""
        return self._other

    def allow(self, words: Iterable[str]) -> None:
        """These words mean themselves. Kept are only those that would else be slips of a word that was added before."""
        # One assignment: another thread may be looking.
        self._other = self._other.union(word for word in set(words) if self.near(word))

    def near(self, word: str) -> tuple[str, ...]:
        """The words one slip away from this one; none for a word that exists."""
        if not MIN_LETTERS <= len(word) <= MAX_LETTERS or word in self._words or word in self._other:
            return ()
        candidates = {
            known for shorter in _with_one_left_out(word) for known in self._shortened.get(shorter, ())
        }
        return tuple(
            sorted(
                known
                for known in candidates
                if known[0] == word[0] and DamerauLevenshtein.distance(known, word) <= 1
            )
        )
