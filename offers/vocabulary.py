"""The words of the catalogue: inflection, compounds, beginnings, misspellings; which offers say them is `postings`' business."""

import math
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from i18n.text import fold_latin, word_forms
from offers.slips import Slips

_ENDINGS = ("en", "er", "es", "em", "e", "n", "s")
_LINKS = ("", "s", "es", "n", "en")
_SHORTEST_STEM = 4
_SHORTEST_PART = 4
_SHORTEST_HEAD = 3
_SHORTEST_FUZZY = 4
_TWO_SLIPS = 8
_MOST_NEIGHBOURS = 60
_MANY = 200
"""So many new words are sorted in, and all compounds read anew, at once."""
_MEMO_LIMIT = 4096

EXACT, BEGINS, ENDS, CONTINUES, PART, FUZZY = 1.0, 0.85, 0.8, 0.7, 0.8, 0.95
"""How much a match counts by the way it was found; where a part of a word matches, less the more is left over."""
INFLECTED = 0.95
"""How much less another form of a word counts than the very word."""
_SHORT_STEM = 0.75
"""How much less a slip counts in a word of which a short one is left without its ending."""
_OTHER_FIRST = 0.9
"""How much less a slip counts in the first letter, which people rarely miss."""
_CUTOFF = 0.74

Words = dict[str, float]
"""Words as they stand in texts, and how surely each is meant, 0 to 1."""


@dataclass(frozen=True)
class Reading:
    """What a word of a question may stand for: words that it is or shares its beginning or end with, its parts, what it may be a misspelling of."""

    meant: Words
    parts: Sequence[str]
    slips: Words


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A normalised word of Latin letters without its ending; others as they are."""
    if not word.isascii() or word.isdigit():
        return word
    while len(word) > _SHORTEST_STEM:
        ending = next(
            (e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= _SHORTEST_STEM), None
        )
        if ending is None:
            return word
        word = word[: -len(ending)]
    return word


def stems(*words: str) -> frozenset[str]:
    """All stems under which these words are found."""
    return frozenset(stem(form) for word in words for form in word_forms(word))


class Vocabulary:
    """Every word that is said in the catalogue; it only grows."""

    def __init__(self, no_parts: frozenset[str] = frozenset()) -> None:
        """`no_parts` are words that no compound is made of."""
        self._no_parts = no_parts
        self._words: dict[str, tuple[str, ...]] = {}
        # All of them as one text, each in lines of its own: to go through it is quicker than to look at each.
        self._text = "\n"
        self._known: set[str] = set()
        self._terms: dict[str, Words] = {}
        self._sorted: list[str] = []
        self._reversed: list[str] = []
        self._alike: dict[tuple[bool, int], list[str]] = {}
        self._slips = Slips()
        self._readings: dict[str, Reading] = {}

    def learn(self, words: Iterable[str]) -> frozenset[str]:
        """Take in normalised words; the ones whose compounds read differently now, and the new ones."""
        new = sorted({word for word in words if word not in self._words})
        if not new:
            return frozenset()
        grown = {*new, *map(stem, new)} - self._known
        self._slips.add(sorted(grown))
        self._known |= grown
        self._readings.clear()
        before = len(self._terms)
        old = self._touched(grown) if len(new) < _MANY else list(self._words)
        self._text += "".join(f"{word}\n" for word in new)
        changed = [word for word in (*old, *new) if self._write_down(word)]
        if len(self._terms) > before:
            self._sort(before)
        return frozenset(changed)

    def _touched(self, grown: Iterable[str]) -> list[str]:
        """The words that a new one may be a part of; verbs lose their ending in front of another word."""
        every = self._text
        found: set[str] = set()
        for word in grown:
            piece = word[: max(_SHORTEST_HEAD, len(word) - 2)]
            at = every.find(piece) if len(piece) >= _SHORTEST_HEAD else -1
            while at >= 0:
                end = every.index("\n", at)
                found.add(every[every.rindex("\n", 0, at) + 1 : end])
                at = every.find(piece, end)
        return sorted(found)

    def _write_down(self, word: str) -> bool:
        """Write down what a word is found under; False where nothing changed."""
        parts = tuple(self.parts(word))
        if self._words.get(word) == parts:
            return False
        for part in self._words.get(word, ()):
            self._terms[stem(part)].pop(word, None)
        self._words[word] = parts
        for part in parts:
            self._terms.setdefault(stem(part), {})[word] = PART
        for term in stems(word):
            self._terms.setdefault(term, {})[word] = EXACT
        return True

    def _sort(self, before: int) -> None:
        new = list(self._terms)[before:]
        for term in new:
            self._alike.setdefault((term.isascii(), len(term)), []).append(term)
        if len(new) < _MANY:
            for term in new:
                insort(self._sorted, term)
                insort(self._reversed, term[::-1])
            return
        self._sorted = sorted(self._terms)
        self._reversed = sorted(term[::-1] for term in self._terms)

    def parts(self, word: str) -> list[str]:
        """The known words that a compound is made of, none when it is no compound."""
        if not word.isascii() or word.isdigit():
            return []
        for cut in range(len(word) - _SHORTEST_HEAD, _SHORTEST_HEAD - 1, -1):
            head = word[cut:]
            left = self._left(word[:cut]) if self._is_part(head) or self._is_part(stem(head)) else None
            if left is not None:
                return [*(self.parts(left) or [left]), head]
        return []

    def _left(self, word: str) -> str | None:
        """The first part of a compound as a word of its own: without the linking letters, or a verb with its ending again."""
        for link in _LINKS:
            left = word[: len(word) - len(link)]
            if word.endswith(link) and len(left) >= _SHORTEST_PART and self._is_part(left):
                return left
        return next((word + ending for ending in ("en", "n") if self._is_part(word + ending)), None)

    def _is_part(self, word: str) -> bool:
        return word in self._known and word not in self._no_parts

    def under(self, term: str) -> Mapping[str, float]:
        """The words that are found under a stem."""
        return self._terms.get(term, {})

    def read(self, word: str) -> Reading:
        """What a normalised word may stand for, its umlauts as they were written; several lists are asked for the same word."""
        if word not in self._readings:
            if len(self._readings) >= _MEMO_LIMIT:
                self._readings.clear()
            key = fold_latin(word)
            slips = self.misspelt(key)
            if word != key:
                # A slip may make what looks like an umlaut: "claer" for "clear".
                _merge(slips, self.misspelt(word), 1.0)
                slips.pop(key, None)
            self._readings[word] = Reading(self.meant(key), self.parts(key), slips)
        return self._readings[word]

    def meant(self, word: str) -> Words:
        """The words that a normalised word is, in whatever form, or shares its beginning or end with."""
        found: Words = {}
        for form in word_forms(word):
            for term, quality in self._near(stem(form)):
                _merge(found, self._terms[term], quality, form if quality == EXACT else None)
        return found

    def misspelt(self, word: str) -> Words:
        """The words of which a normalised word may be a misspelling."""
        found: Words = {}
        term = stem(word)
        short = len(term) <= _SHORTEST_FUZZY
        # What is left of a longer word is near to too much.
        whole = self._slips.near(word)
        for other in {*whole, *(() if short else self._slips.near(term))}:
            sure = _slipped(word, other)
            if other not in whole:
                sure *= INFLECTED
            if short and term != word:
                sure *= _SHORT_STEM
            _merge(found, self._terms.get(other) or self._terms.get(stem(other)) or {}, sure, other)
        found.pop(word, None)
        if not found and not any(stem(form) in self._terms for form in word_forms(word)):
            for other, similarity in self._two_slips(term):
                for near, quality in self._near(other):
                    _merge(found, self._terms[near], FUZZY * similarity**2 * quality)
        return found

    def _two_slips(self, term: str) -> Iterator[tuple[str, float]]:
        if len(term) < _TWO_SLIPS:
            return
        for length in range(len(term) - 2, len(term) + 3):
            for match, similarity, _ in process.extract(
                term,
                self._alike.get((term.isascii(), length), ()),
                scorer=OSA.normalized_similarity,
                score_cutoff=_CUTOFF,
                limit=12,
            ):
                yield match, similarity

    def terms_like(self, word: str) -> list[str]:
        """The stems that a misspelt word may stand for."""
        term = stem(word)
        if len(term) <= _SHORTEST_FUZZY and term != word:
            return []
        one = [other for other in self._slips.near(term) if other in self._terms]
        return one or [other for other, _ in self._two_slips(term)]

    def shorter(self, term: str) -> list[str]:
        """The stems that a longer one begins with, the shortest first."""
        return [term[:cut] for cut in range(_SHORTEST_FUZZY, len(term)) if term[:cut] in self._terms]

    def _near(self, term: str) -> Iterator[tuple[str, float]]:
        if term in self._terms:
            yield term, EXACT
        if len(term) < _SHORTEST_STEM:
            return
        for longer in _starting(self._sorted, term):
            yield longer, BEGINS * _share(term, longer)
        for backwards in _starting(self._reversed, term[::-1]):
            yield backwards[::-1], ENDS * _share(term, backwards)
        for shorter in self.shorter(term):
            yield shorter, CONTINUES * _share(shorter, term)


def _slipped(word: str, other: str) -> float:
    """How surely a word is another one with a slip: the surer, the longer it is.

    A letter left out or two swapped leave little to guess, a wrong one or one too many may be any.
    """
    swapped = len(word) == len(other) and sorted(word) == sorted(other)
    letters = len(word) + (swapped or len(word) < len(other))
    sure = FUZZY * (1 - 1 / letters) ** 2
    return sure if swapped or word[0] == other[0] else sure * _OTHER_FIRST


def _share(shorter: str, longer: str) -> float:
    return math.sqrt(len(shorter) / len(longer))


def _starting(terms: Sequence[str], prefix: str) -> Iterator[str]:
    first = bisect_left(terms, prefix)
    for at in range(first, min(first + _MOST_NEIGHBOURS, len(terms))):
        if not terms[at].startswith(prefix):
            return
        if terms[at] != prefix:
            yield terms[at]


def _merge(into: Words, words: Mapping[str, float], quality: float, very: str | None = None) -> None:
    """Add words with what each counts; where a `very` word is meant, other forms of it count less."""
    for word, share in words.items():
        worth = share * quality * (INFLECTED if very and word != very else 1.0)
        if into.get(word, 0.0) < worth:
            into[word] = worth


def alike(word: str, others: Iterable[str]) -> bool:
    """Whether a word is one of the others, or one of them with a slip of the finger."""
    return any(
        word == other
        or (
            min(len(word), len(other)) >= _SHORTEST_PART and OSA.normalized_similarity(word, other) >= _CUTOFF
        )
        for other in others
    )
