"""Finding many phrases in a text at once; what a phrase stands for is the caller's business.

The trained model has an index of its own (nlu/service/components/phrases.py): there a `*` behind a single letter stands for nothing, and a word has only the spelling it is written in.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar

from i18n.text import fold_latin, normalise, word_forms

# Letters that no normalised word ends with; stands for the star while the phrase is normalised.
_STAR = "qzq"
_ARTICLE = "ال"

T = TypeVar("T")
S = TypeVar("S")

Forms = Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """`value` was found in words `start` to `end` (exclusive)."""

    value: T
    start: int
    end: int
    letters: int


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of a phrase: any of these spellings, whole or as a beginning."""

    spellings: tuple[str, ...]
    is_prefix: bool

    def fits(self, forms: tuple[str, ...]) -> bool:
        if self.is_prefix:
            return any(form.startswith(spelling) for form in forms for spelling in self.spellings)
        return any(form in self.spellings for form in forms)


def _word(written: str) -> _Word | None:
    is_prefix = written.endswith(_STAR)
    stem = written.removesuffix(_STAR)
    if not stem:
        return None
    spellings = {stem: None, fold_latin(stem): None}
    if stem.startswith(_ARTICLE) and len(stem) >= 5:
        spellings[stem[len(_ARTICLE) :]] = None
    return _Word(tuple(spellings), is_prefix)


@lru_cache(maxsize=16)  # a phrase goes into an index and, right after, its spellings into another
def compile_phrase(phrase: str) -> tuple[_Word, ...]:
    """The words of a phrase; one that ends in `*` stands for all words beginning so."""
    words = (_word(written) for written in normalise(phrase.replace("*", _STAR)).split())
    return tuple(word for word in words if word is not None)


def spellings(phrase: str) -> Iterator[str]:
    """Every spelling of every word of a phrase, of an open one its beginning."""
    for word in compile_phrase(phrase):
        yield from word.spellings


def text_forms(words: Iterable[str]) -> list[tuple[str, ...]]:
    """What `PhraseIndex.find` reads: every word with the forms it may be looked up under."""
    return [word_forms(word) for word in words]


@dataclass(slots=True)
class _Entry(Generic[T]):
    words: tuple[_Word, ...]
    value: T
    letters: int = field(init=False)

    def __post_init__(self) -> None:
        self.letters = sum(len(word.spellings[0]) for word in self.words)


class PhraseIndex(Generic[T]):
    """Phrases by their first word: looking up costs by the length of the text, hardly by the number of phrases."""

    def __init__(self) -> None:
        self._entries: list[_Entry[T]] = []
        self._whole: dict[str, list[_Entry[T]]] = {}
        self._beginnings: dict[str, list[_Entry[T]]] = {}
        self._lengths: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self._entries)

    def add(self, phrase: str, value: T) -> None:
        words = compile_phrase(phrase)
        if words:
            self._put(words, value)

    def take(self, other: "PhraseIndex[S]", label: Callable[[S], T]) -> None:
        """All phrases of another index, each with what `label` makes of its value: one search then does for both."""
        for words, value in other.phrases():
            self._put(words, label(value))

    def phrases(self) -> Iterator[tuple[tuple[_Word, ...], T]]:
        """Every phrase, compiled, with its value."""
        return ((entry.words, entry.value) for entry in self._entries)

    def _put(self, words: tuple[_Word, ...], value: T) -> None:
        first, entry = words[0], _Entry(words, value)
        self._entries.append(entry)
        table = self._beginnings if first.is_prefix else self._whole
        for spelling in first.spellings:
            table.setdefault(spelling, []).append(entry)
        lengths = {len(spelling) for spelling in first.spellings} if first.is_prefix else set()
        if not lengths.issubset(self._lengths):
            self._lengths = tuple(sorted({*self._lengths, *lengths}))

    def find(self, forms: Forms) -> Iterator[Match[T]]:
        """Every phrase in the text; one value may come several times."""
        for start, word in enumerate(forms):
            for entry in self._starting(word):
                end = start + len(entry.words)
                if end > len(forms):
                    continue
                if all(part.fits(forms[start + place]) for place, part in enumerate(entry.words[1:], 1)):
                    yield Match(entry.value, start, end, entry.letters)

    def _starting(self, forms: tuple[str, ...]) -> Iterator[_Entry[T]]:
        for form in forms:
            yield from self._whole.get(form, ())
            for length in self._lengths:
                if length > len(form):
                    break
                yield from self._beginnings.get(form[:length], ())
