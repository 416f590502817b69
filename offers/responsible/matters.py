"""What people need an office for, as the data file lists it, and which of it a question names; who is responsible is not said here."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml
from rapidfuzz.distance import OSA

from i18n.languages import LANGUAGES, SOURCE
from i18n.messages import listed, words
from i18n.text import search_key
from offers import kinds
from offers.responsible.types import Matter
from offers.types import Topic
from offers.words import Pattern

DATA = Path(__file__).parent / "matters.yml"
_OPEN = 5
"""So long a word may go on: Wohngeld, Wohngeldstelle."""
_BETWEEN = re.compile(r"[(),،፣]")
_MISSPELLED = 6
"""So long a word is recognised with a slip of the finger."""
_ALIKE = 0.85


@cache
def load(path: Path = DATA) -> Mapping[str, Matter]:
    """All matters by id, in the order of the file."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return MappingProxyType({row["id"]: _matter(row) for row in rows})


def _matter(row: Mapping[str, str]) -> Matter:
    own = (f"ask.matter.{row['id']}",) if row.get("own") else ()
    borrowed = (f"ask.kind.{kind}" for kind in row.get("kinds", ()))
    return Matter(row["id"], row["name"], (*own, *borrowed), tuple(row.get("instead_of", ())))


def named(text: str, language: str) -> tuple[str, ...]:
    """The matters that a question in this language names, in the order of the file.

    Words of other languages count only where those of its own and German ones name none: a Dari school is an Arabic office.
    """
    said = search_key(text).split()
    for languages in ((language, SOURCE), tuple(LANGUAGES)):
        found = [matter for matter, pattern in _patterns(languages).items() if pattern.matches(said)]
        found = found or _nearly(said, languages)
        if found:
            break
    unmeant = {other for matter in found for other in load()[matter].instead_of}
    return tuple(matter for matter in found if matter not in unmeant)


def offices_named(text: str) -> frozenset[str]:
    """The kinds of offices that a question calls by their names."""
    said = search_key(text).split()
    return frozenset(kind for kind, pattern in _offices().items() if pattern.matches(said))


def asks_who(text: str) -> bool:
    """Whether a question asks who is responsible, in any language."""
    return _who().matches(search_key(text).split())


def _nearly(said: list[str], languages: tuple[str, ...]) -> list[str]:
    """The matters of which a word is misspelled."""
    long = [word for word in said if len(word) >= _MISSPELLED]
    known = _single_words(languages)
    return [matter for matter, some in known.items() if any(_alike(word, some) for word in long)]


def _alike(word: str, known: tuple[str, ...]) -> bool:
    return any(OSA.normalized_similarity(word, other) >= _ALIKE for other in known)


def _words(matter: Matter, languages: tuple[str, ...]) -> list[str]:
    typed = [word for key in matter.lists for word in listed(key, languages)]
    return [*typed, *_called(matter.name, languages)]


@cache
def _patterns(languages: tuple[str, ...]) -> Mapping[str, Pattern]:
    return {matter.id: Pattern(map(_opened, _words(matter, languages))) for matter in load().values()}


@cache
def _single_words(languages: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    return {
        matter.id: tuple(
            search_key(word)
            for word in _words(matter, languages)
            if " " not in word and len(word) >= _MISSPELLED
        )
        for matter in load().values()
    }


@cache
def _who() -> Pattern:
    return Pattern(
        search_key(entry.rstrip("*")) + ("*" if entry.endswith("*") else "") for entry in listed("ask.office")
    )


@cache
def _offices() -> Mapping[str, Pattern]:
    return {
        kind.id: Pattern(map(_opened, (*kind.words, *_called(f"kind.{kind.id}", tuple(LANGUAGES)))))
        for kind in kinds.load().values()
        if kind.topic == Topic.OFFICE
    }


def _called(key: str, languages: tuple[str, ...]) -> list[str]:
    """What something is called on cards, each name by itself: `دائرة الأجانب (Ausländerbehörde)` are two."""
    said = [words(language).plain(key) for language in languages]
    return [part.strip() for name in said for part in _BETWEEN.split(name) if part.strip()]


def _opened(entry: str) -> str:
    said = search_key(entry)
    return f"{said}*" if entry.endswith("*") or len(said.split()[-1]) >= _OPEN else said
