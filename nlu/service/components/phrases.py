"""Finding known word sequences in a tokenised text; what a sequence stands for is the caller's business."""

from __future__ import annotations

from typing import Dict, Generic, Iterable, Iterator, List, NamedTuple, Sequence, Tuple, TypeVar

from i18n.text import Token, normalise, word_forms

Payload = TypeVar("Payload")
Pattern = Tuple[Tuple[str, bool], ...]  # (word, does a prefix suffice) for each word
MIN_STEM = 2
REMEMBERED_WORDS = 4_096
LONGEST_REMEMBERED = 24


class Hit(NamedTuple):
    """Tokens `first` up to, not including, `end` match an entry; `whole` says that no word had to be cut for it."""

    payload: object
    first: int
    end: int
    whole: bool


def pattern_of(entry: str) -> Pattern:
    """The words of a lexicon entry, normalised; a word written with a final `*` matches by prefix."""
    if "*" not in entry:
        return tuple((word, False) for word in normalise(entry).split())
    found: List[Tuple[str, bool]] = []
    for piece in entry.split():
        words = normalise(piece).split()
        stem = piece.endswith("*") and bool(words) and len(words[-1]) >= MIN_STEM
        found += [(word, stem and index == len(words) - 1) for index, word in enumerate(words)]
    return tuple(found)


def _match(form: str, word: str, stem: bool) -> bool:
    return form.startswith(word) if stem else form == word


class PhraseIndex(Generic[Payload]):
    """Entries by their first word; finding costs a few look-ups for each token however many entries there are."""

    def __init__(self, entries: Iterable[Tuple[Pattern, Payload]] = ()) -> None:
        self._whole: Dict[str, List[Tuple[Pattern, Payload]]] = {}
        self._stems: Dict[str, List[Tuple[Pattern, Payload]]] = {}
        self._longest_stem = 0
        self._remembered: Dict[str, List[Tuple[Pattern, Payload, bool]]] = {}
        for pattern, payload in entries:
            self.add(pattern, payload)

    def add(self, pattern: Pattern, payload: Payload) -> None:
        """An empty pattern matches nothing and is left out."""
        if pattern:
            word, stem = pattern[0]
            self._remembered.clear()
            self._longest_stem = max(self._longest_stem, len(word) * stem)
            (self._stems if stem else self._whole).setdefault(word, []).append((pattern[1:], payload))

    def find(self, words: Sequence[Token]) -> Iterator[Hit]:
        """Every entry at every position, overlapping ones as well, each payload once for each span."""
        forms = [word_forms(token.text) for token in words]
        for first in range(len(words)):
            seen = set()
            for rest, payload, whole in self._starting(words[first].text, forms[first]):
                end = first + 1 + len(rest)
                if end > len(words) or (payload, end) in seen:
                    continue
                if all(
                    any(_match(form, word, stem) for form in forms[first + 1 + offset])
                    for offset, (word, stem) in enumerate(rest)
                ):
                    seen.add((payload, end))
                    yield Hit(payload, first, end, whole)

    def _starting(self, word: str, forms: Sequence[str]) -> List[Tuple[Pattern, Payload, bool]]:
        """What can begin with a word; remembered for short ones, as most words come again."""
        found = self._remembered.get(word)
        if found is None:
            found = list(self._look_up(forms))
            if len(word) <= LONGEST_REMEMBERED:
                if len(self._remembered) >= REMEMBERED_WORDS:
                    self._remembered.clear()
                self._remembered[word] = found
        return found

    def _look_up(self, forms: Sequence[str]) -> Iterator[Tuple[Pattern, Payload, bool]]:
        for number, form in enumerate(forms):
            for rest, payload in self._whole.get(form, ()):
                yield rest, payload, number == 0
            for length in range(MIN_STEM, min(len(form), self._longest_stem) + 1):
                for rest, payload in self._stems.get(form[:length], ()):
                    yield rest, payload, number == 0 and length == len(form)
