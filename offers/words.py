"""How well words of a question match texts of offers: inflection, compounds, beginnings, misspellings; ranking is the search's business."""

import bisect
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from i18n.text import search_key, word_forms

_ENDINGS = ("en", "er", "es", "em", "e", "n", "s")
_LINKS = ("", "s", "es", "n", "en")
_SHORTEST_STEM = 4
_SHORTEST_PART = 4
_SHORTEST_HEAD = 3
_SHORTEST_FUZZY = 4
_MOST_NEIGHBOURS = 40
_MEMO_LIMIT = 4096
_LEAST_WEIGHT = 0.05

EXACT, BEGINS, ENDS, CONTINUES, PART, FUZZY = 1.0, 0.85, 0.8, 0.7, 0.8, 0.9
"""How much a match counts by the way it was found; where a part of a word matches, less the more is left over."""
_SURE = 0.58
_CUTOFF = 0.74

Matches = Mapping[int, float]
"""Quality between 0 and 1 by number of a text."""


@lru_cache(maxsize=_MEMO_LIMIT)
def stem(word: str) -> str:
    """A normalised word of Latin letters without its ending; others as they are."""
    if not word.isascii() or word.isdigit():
        return word
    while True:
        ending = next(
            (e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= _SHORTEST_STEM), None
        )
        if ending is None:
            return word
        word = word[: -len(ending)]


class TextIndex:
    """Which of many short texts a word is found in, and how surely."""

    def __init__(
        self,
        texts: Sequence[Iterable[tuple[str, float]]],
        stop: frozenset[str],
        vocabulary: frozenset[str] = frozenset(),
    ) -> None:
        """`texts` are fields with their weights, 0 to 1, each; `stop` are normalised words that are not indexed.

        `vocabulary` are further words that compounds may be made of.
        """
        self._stop = stop
        self._size = len(texts)
        split = [[(search_key(field).split(), weight) for field, weight in text] for text in texts]
        self._known = {word for text in split for words, _ in text for word in words}
        self._known = (self._known | vocabulary) - stop
        self._known |= {stem(word) for word in self._known}
        self._postings: dict[str, dict[int, float]] = {}
        # Offers say the same words over and over: what each is found under is worked out once.
        self._posted: dict[str, tuple[tuple[str, float], ...]] = {}
        for number, text in enumerate(split):
            for words, weight in text:
                for word in words:
                    self._add(number, word, weight)
        self._posted.clear()
        self._terms = sorted(self._postings)
        self._endings = sorted(term[::-1] for term in self._terms)
        self._alike: dict[tuple[bool, int], list[str]] = {}
        for term in self._terms:
            self._alike.setdefault((term.isascii(), len(term)), []).append(term)
        self._memo: dict[str, Matches] = {}

    def _add(self, number: int, word: str, weight: float) -> None:
        if word not in self._posted:
            whole = [] if word in self._stop else [(stem(form), 1.0) for form in word_forms(word)]
            parts = [(stem(part), PART) for part in self._parts(word)] if whole else []
            self._posted[word] = (*whole, *parts)
        for term, share in self._posted[word]:
            self._post(term, number, weight * share)

    def _post(self, term: str, number: int, weight: float) -> None:
        found = self._postings.setdefault(term, {})
        found[number] = max(weight, found.get(number, 0.0))

    def _parts(self, word: str) -> list[str]:
        """The known words that a compound is made of, none when it is no compound."""
        if not word.isascii() or word.isdigit():
            return []
        for cut in range(len(word) - _SHORTEST_HEAD, _SHORTEST_HEAD - 1, -1):
            head = word[cut:]
            left = self._left(word[:cut]) if head in self._known or stem(head) in self._known else None
            if left is not None:
                return [*(self._parts(left) or [left]), head]
        return []

    def _left(self, word: str) -> str | None:
        """The first part of a compound as a word of its own: without the linking letters, or a verb with its ending again."""
        for link in _LINKS:
            left = word[: len(word) - len(link)]
            if word.endswith(link) and len(left) >= _SHORTEST_PART and left in self._known:
                return left
        return next((word + ending for ending in ("en", "n") if word + ending in self._known), None)

    def lookup(self, word: str) -> Matches:
        """The texts in which a normalised word is found."""
        if word not in self._memo:
            if len(self._memo) >= _MEMO_LIMIT:
                self._memo.clear()
            self._memo[word] = self._lookup(word)
        return self._memo[word]

    def _lookup(self, word: str) -> Matches:
        found: dict[int, float] = {}
        for form in word_forms(word):
            for term, quality in self._near(stem(form)):
                _merge(found, self._postings[term], quality)
        parts = [self._postings.get(stem(part), {}) for part in self._parts(word)]
        weights = [rarity(part, range(self._size)) + _LEAST_WEIGHT for part in parts]
        for number in {number for part in parts for number in part}:
            pieces = (part.get(number, 0.0) * weight for part, weight in zip(parts, weights, strict=True))
            found[number] = max(PART * sum(pieces) / sum(weights), found.get(number, 0.0))
        if max(found.values(), default=0.0) < _SURE:
            for term, similarity in self._fuzzy(word):
                for near, quality in self._near(term):
                    _merge(found, self._postings[near], FUZZY * similarity**2 * quality)
        return found

    def terms(self, word: str) -> frozenset[str]:
        """What a normalised word may stand for: its stems, the parts it is made of, else words that are spelled nearly so or begin it."""
        stems, parts = self.stems(word), self.stems(*self._parts(word))
        if (stems | parts) & self._postings.keys():
            return stems | parts
        alike = frozenset(term for term, _ in self._fuzzy(word) if len(word) > _SHORTEST_FUZZY)
        return alike or frozenset(term[:cut] for term in stems for cut in self._shorter(term))

    def alternatives(self, word: str) -> tuple[frozenset[str], frozenset[str]]:
        """The stems of a normalised word, any of which is the word, and the parts that make it up together."""
        return self.stems(word), self.stems(*self._parts(word))

    @staticmethod
    def stems(*words: str) -> frozenset[str]:
        """All stems under which these words are found."""
        return frozenset(stem(form) for word in words for form in word_forms(word))

    def _shorter(self, term: str) -> list[int]:
        return [cut for cut in range(_SHORTEST_FUZZY, len(term)) if term[:cut] in self._postings]

    def _near(self, term: str) -> Iterable[tuple[str, float]]:
        if term in self._postings:
            yield term, EXACT
        if len(term) < _SHORTEST_STEM:
            return
        for longer in _starting(self._terms, term):
            yield longer, BEGINS * _share(term, longer)
        for reversed_term in _starting(self._endings, term[::-1]):
            yield reversed_term[::-1], ENDS * _share(term, reversed_term)
        for cut in self._shorter(term):
            yield term[:cut], CONTINUES * _share(term[:cut], term)

    def _fuzzy(self, word: str) -> Iterable[tuple[str, float]]:
        term = stem(word)
        # Four letters that are a whole word can be meant; four that are left of a longer one are near to too much.
        if len(term) < _SHORTEST_FUZZY or (len(term) == _SHORTEST_FUZZY and term != word):
            return
        reach = 1 if len(term) < 8 else 2
        for length in range(len(term) - reach, len(term) + reach + 1):
            for match, similarity, _ in process.extract(
                term,
                self._alike.get((term.isascii(), length), ()),
                scorer=OSA.normalized_similarity,
                score_cutoff=_CUTOFF,
                limit=12,
            ):
                yield match, similarity


class Names:
    """Which of many names a question says completely, in whatever order and form."""

    def __init__(self, names: Mapping[str, Iterable[str]], index: TextIndex, stop: frozenset[str]) -> None:
        """`names` are several ways to call each thing."""
        self._index = index
        self._names = [
            (thing, tuple(index.alternatives(word) for word in words))
            for thing, called in names.items()
            for name in called
            if (words := [word for word in search_key(name).split() if word not in stop])
        ]
        self._whole = frozenset[str]().union(*(stems for _, name in self._names for stems, _ in name))

    def said(self, words: Sequence[str]) -> dict[str, frozenset[str]]:
        """The things that are named, each with those of the `words` that name it best."""
        terms = {word: self._terms(word) for word in words}
        everything = frozenset[str]().union(*terms.values())
        found: dict[str, frozenset[str]] = {}
        for thing, name in self._names:
            if all(stems & everything or (parts and parts <= everything) for stems, parts in name):
                spoken = frozenset[str]().union(*(stems | parts for stems, parts in name))
                said = frozenset(word for word, known in terms.items() if known & spoken)
                if len(said) > len(found.get(thing, ())):
                    found[thing] = said
        return found

    def _terms(self, word: str) -> frozenset[str]:
        # A dentist is a kind of its own, not a doctor whose word happens to end like that.
        whole = self._index.stems(word) & self._whole
        return whole or self._index.terms(word)


def _share(shorter: str, longer: str) -> float:
    return math.sqrt(len(shorter) / len(longer))


def _starting(terms: Sequence[str], prefix: str) -> Sequence[str]:
    first = bisect.bisect_left(terms, prefix)
    found = []
    for term in terms[first : first + _MOST_NEIGHBOURS]:
        if not term.startswith(prefix):
            break
        if term != prefix:
            found.append(term)
    return found


def _merge(into: dict[int, float], postings: Matches, quality: float) -> None:
    for number, weight in postings.items():
        into[number] = max(weight * quality, into.get(number, 0.0))


def alike(word: str, others: Iterable[str]) -> bool:
    """Whether a word is one of the others, or one of them with a slip of the finger."""
    return any(
        word == other
        or (
            min(len(word), len(other)) >= _SHORTEST_PART and OSA.normalized_similarity(word, other) >= _CUTOFF
        )
        for other in others
    )


def rarity(matches: Matches, among: Collection[int]) -> float:
    """Inverse document frequency of a word among these texts; 0 for one that nearly all of them have.

    `among` is a set or a range: of it and the matches the smaller one is gone through.
    """
    if not matches:
        return 0.0
    if len(matches) <= len(among):
        frequency = sum(quality for number, quality in matches.items() if number in among)
    else:
        frequency = sum(matches.get(number, 0.0) for number in among)
    return max(0.0, math.log((len(among) + 1) / (frequency + 0.5)))


class Pattern:
    """Words and phrases, in which a trailing `*` matches the beginning of a word, sought in normalised text."""

    def __init__(self, entries: Iterable[str]) -> None:
        phrases = [[(search_key(w.rstrip("*")), w.endswith("*")) for w in entry.split()] for entry in entries]
        self._phrases = [phrase for phrase in phrases if phrase and all(text for text, _ in phrase)]

    def matches(self, words: Sequence[str]) -> bool:
        """Whether one of the entries occurs in these normalised words."""
        forms = [word_forms(word) for word in words]
        return any(self._at(phrase, forms, start) for phrase in self._phrases for start in range(len(forms)))

    @staticmethod
    def _at(phrase: Sequence[tuple[str, bool]], forms: Sequence[tuple[str, ...]], start: int) -> bool:
        if start + len(phrase) > len(forms):
            return False
        return all(
            any(form.startswith(text) if open_ else form == text for form in forms[start + i])
            for i, (text, open_) in enumerate(phrase)
        )
