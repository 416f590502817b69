"""The catalogues as files: what each language says, whether somebody who grew up with it has read it, and what is wrong with it."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po

from i18n.languages import FALLBACK, LANGUAGES, SOURCE

LOCALE = Path(__file__).parent / "locale"
STAFF = frozenset({"cl", "ms", "ap", "rq", "iv", "date", "news", "import", "fr", "ed", "rv", "cw", "desk"})
"""The families of ids that are read only by people who work for the district, whose language of work is German; English is there for reviewers."""
REVIEWED = "X-Native-Review"
"""The header of a catalogue that says `yes` once somebody who grew up with the language has read all of it."""
WORD_LISTS = "ask."
"""Not read but typed: how people ask for a kind of offer, what says nothing, what is only a filter."""
SLOT = re.compile(r"\{(\w+)[^}]*\}")
_NONE: Mapping[str, list[str]] = MappingProxyType({})
_WORD = re.compile(r"[^\W\d_]{2,}")
# One word may well be the same in two languages: "Logbuch", "Jobcenter", "PDF".
_SAME_WORDS = 3


@dataclass(frozen=True, slots=True)
class Status:
    """How far a language is: of `wanted` texts `said` are there."""

    language: str
    wanted: int
    said: int
    reviewed: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with one text: `kind` is missing, unknown, slots, plurals or untranslated."""

    language: str
    key: str
    kind: str
    detail: str = ""


@cache
def catalogue(language: str) -> Catalog:
    """The catalogue of a language as Babel reads it."""
    with path(language).open("rb") as file:
        return read_po(file, locale=LANGUAGES[language].locale)


def path(language: str) -> Path:
    """The file of a language's catalogue."""
    return LOCALE / language / "LC_MESSAGES" / "lotse.po"


@cache
def texts(language: str) -> dict[str, tuple[str, ...]]:
    """Id → its text, or its plural forms."""
    return _texts(catalogue(language))


def _texts(found: Catalog) -> dict[str, tuple[str, ...]]:
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (
            (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        )
        for message in found
        if message.id
    }


def sentences(language: str) -> Iterator[str]:
    """Everything the language says, without the slots and the lists of search words, where other languages' words stand too."""
    for key, forms in texts(language).items():
        if not key.startswith(WORD_LISTS):
            yield from (SLOT.sub(" ", form) for form in forms if form)


def all_sentences() -> Iterator[tuple[str, str]]:
    """Everything that every language says, as (language, text)."""
    for language in LANGUAGES:
        yield from ((language, text) for text in sentences(language))


def is_reviewed(language: str) -> bool:
    """Whether the header says that a native speaker has read the catalogue."""
    # Babel keeps its own headers only, so the line is looked for in the file.
    return f'"{REVIEWED}: yes\\n"' in _head(language)


def _head(language: str) -> str:
    return path(language).read_text("utf-8").partition("\n\n")[0]


def wanted(language: str) -> list[str]:
    """The ids that this language must say: all of them in German and English, elsewhere those that clients and volunteers read."""
    return [key for key in texts(FALLBACK) if language in {SOURCE, FALLBACK} or not is_for_staff(key)]


def is_for_staff(key: str) -> bool:
    """Whether only people who work for the district read the text of this id."""
    return key.partition(".")[0] in STAFF


def status(language: str) -> Status:
    """How far this language is."""
    spoken, keys = texts(language), wanted(language)
    said = sum(all(spoken.get(key) or ("",)) for key in keys)
    return Status(language, len(keys), said, is_reviewed(language))


def problems(language: str) -> Iterator[Problem]:
    """Everything in a catalogue that a person would stumble over, in the order of the English one."""
    spoken, english = texts(language), texts(FALLBACK)
    needed = catalogue(language).num_plurals
    for key in wanted(language):
        if not all(spoken.get(key) or ("",)):
            yield Problem(language, key, "missing")
    for key, forms in spoken.items():
        if key not in english:
            yield Problem(language, key, "unknown")
            continue
        if len(english[key]) > 1 and len(forms) != needed:
            yield Problem(language, key, "plurals", f"{len(forms)} of {needed}")
        yield from _of_text(language, key, forms, english[key])


def _of_text(language: str, key: str, forms: tuple[str, ...], english: tuple[str, ...]) -> Iterator[Problem]:
    expected = set(SLOT.findall(english[-1]))
    for form in filter(None, forms):
        found = set(SLOT.findall(form))
        # A plural form may leave the number out: "one place", "zwei Orte".
        if found | {"count"} != expected | {"count"}:
            yield Problem(language, key, "slots", ", ".join(sorted(found ^ expected)))
        if (
            language != FALLBACK
            and form in english
            and len(_WORD.findall(SLOT.sub(" ", form))) >= _SAME_WORDS
        ):
            yield Problem(language, key, "untranslated", form)


class TakeError(ValueError):
    """A file of translations cannot be used; the text says why."""


def missing(language: str) -> bytes:
    """A catalogue of only those texts that the language lacks, with the English ones as comments, for a translator."""
    spoken = texts(language)
    lacking = {key: () for key in wanted(language) if not all(spoken.get(key) or ("",))}
    return file(language, lacking)


def take(language: str, content: bytes) -> int:
    """Put the texts of a translator's file into the catalogue; returns how many changed. Ids of English only; nothing else is touched."""
    try:
        taken = read_po(io.BytesIO(content), locale=LANGUAGES[language].locale, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        raise TakeError(str(error)) from error
    said = _texts(taken)
    if not any(map(any, said.values())):
        raise TakeError("there is no text in it")
    strange = sorted(said.keys() - texts(FALLBACK).keys() if language != FALLBACK else ())
    if strange:
        raise TakeError(f"unknown ids: {', '.join(strange[:10])}")
    before = texts(language)
    changed = {key: forms for key, forms in said.items() if all(forms) and forms != before.get(key)}
    if changed:
        _write(language, {**before, **changed}, _notes(taken) if language == FALLBACK else {})
    return len(changed)


def sync(language: str) -> None:
    """Write a catalogue anew: every id of the English one in its order, what is said kept, what English does not know dropped."""
    spoken = texts(language)
    _write(language, {key: spoken.get(key, ()) for key in texts(FALLBACK)})


def _write(
    language: str, said: Mapping[str, tuple[str, ...]], notes: Mapping[str, list[str]] = _NONE
) -> None:
    path(language).write_bytes(file(language, said, notes))
    catalogue.cache_clear()
    texts.cache_clear()


def file(
    language: str, said: Mapping[str, tuple[str, ...]], new_notes: Mapping[str, list[str]] = _NONE
) -> bytes:
    """A catalogue as it is written: the header as it stands, texts by id, the English ones and notes for translators above them."""
    notes = {**_notes(catalogue(FALLBACK)), **new_notes}
    english = said if language == FALLBACK else texts(FALLBACK)
    count = catalogue(language).num_plurals
    made = Catalog(locale=LANGUAGES[language].locale)
    for key in sorted(said):
        plural = len(english[key]) > 1
        forms = said[key] if any(said[key]) else ("",) * count
        made.add(
            (key, key) if plural else key,
            forms if plural else forms[0],
            auto_comments=[
                *([] if language == FALLBACK else [f"English: {english[key][-1]}"]),
                *notes.get(key, []),
            ],
        )
    body = io.BytesIO()
    write_po(body, made, width=0, omit_header=True)
    return _head(language).encode() + b"\n\n" + body.getvalue()


def _notes(found: Catalog) -> dict[str, list[str]]:
    """What a catalogue tells translators about its texts, by id."""
    return {
        message.id if isinstance(message.id, str) else message.id[0]: list(message.auto_comments)
        for message in found
        if message.id and message.auto_comments
    }
