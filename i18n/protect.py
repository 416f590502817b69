"""What a translation must leave as it is: found before, put back after, and counted; knows no translator."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_LEVEL = r"\b(?:A[12]|B[12]|C[12])(?:[.+-]\d|\+)?(?![\w])"
_LAW = (
    r"§+\s*\d+[a-z]?(?:\s*(?:Abs\.|Satz|Nr\.)\s*\d+[a-z]?)*(?:\s+[A-ZÄÖÜ][A-Za-zÄÖÜäöü]*(?:\s+[IVX]+\b)?)?"
    r"|\b(?:AufenthG|AsylG|AsylbLG|BAMF|BGB|StGB|BaföG|DSGVO|SGB(?:\s+[IVX]+)?)\b"
)
_STREET = (
    r"\b[A-ZÄÖÜ][\wäöüß.-]*(?:straße|strasse|str\.|platz|weg|allee|gasse|ring|damm|ufer|hof)\s+\d+\s?[a-zA-Z]?\b"
    r"|\b(?:(?:Alte|Neue|Obere|Untere|Große|Kleine)\s)?[A-ZÄÖÜ][\wäöüß.-]+\s(?:Straße|Strasse|Str\.|Platz|Weg|Allee|Gasse|Ring)\s+\d+\s?[a-zA-Z]?\b"
)
_PATTERNS = (
    r"https?://[^\s<>()]+[^\s<>().,;:!?]|\bwww\.[^\s<>()]+[^\s<>().,;:!?]",
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    _STREET,
    _LAW,
    # An amount, a time or a span of times, a date, a telephone number, any other number.
    r"(?:€\s*\d+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?\s*(?:€|Euro\b|EUR\b))",
    r"\b\d{1,2}[.:]\d{2}(?:\s*(?:-|–|bis)\s*\d{1,2}[.:]\d{2})?(?!\.\d)",
    r"\b\d{1,2}\.\s?\d{1,2}\.(?:\s?\d{2,4})?|\b\d{4}-\d{2}-\d{2}\b",
    r"\+?\d[\d /()-]{5,}\d",
    _LEVEL,
    r"\d+",
)
_SPAN = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS))
_MARK = re.compile(r"[⟦\[]\s*[⟦\[]?\s*(\d+)\s*[⟧\]]?\s*[⟧\]]")
_LEFT_OVER = re.compile("[⟦⟧]")
_LEAST, _MOST = 0.15, 6.0


class LostError(ValueError):
    """A translation lost or doubled something that it had to keep; the text says what."""


@dataclass(frozen=True)
class Masked:
    """A text with marks where something stands that is not translated, and what that is, in order."""

    source: str
    text: str
    kept: tuple[str, ...]

    @property
    def has_words(self) -> bool:
        """Whether anything is left to translate."""
        return any(char.isalpha() for char in _MARK.sub("", self.text))


def mask(text: str, names: Iterable[str] = (), glossary: Mapping[str, str] | None = None) -> Masked:
    """Mark what stays word for word: `names` (providers, places), numbers, addresses, laws; and the terms of the glossary.

    `glossary` says what stands for a German term in the other language; everything else comes back as it was.
    """
    wanted = glossary or {}
    pattern = _pattern(name for name in (*names, *wanted) if name.strip())
    kept: list[str] = []

    def marked(found: re.Match[str]) -> str:
        kept.append(wanted.get(found.group(), found.group()))
        return f"⟦{len(kept) - 1}⟧"

    return Masked(text, pattern.sub(marked, text), tuple(kept))


def spans(text: str, names: Iterable[str] = ()) -> list[tuple[int, int, bool]]:
    """Where something stands that a translation keeps: begin, end, and whether it is one of `names`; in order, none within another."""
    literal = frozenset(name for name in names if name.strip())
    found = _pattern(literal).finditer(text)
    return [(match.start(), match.end(), match.group() in literal) for match in found]


def lost(text: str, translated: str, names: Iterable[str] = ()) -> tuple[list[str], list[str]]:
    """What a translation that a person wrote does not keep: numbers, addresses, laws and the like, and beside them the names.

    Digits of another script and other spaces are the same.
    """
    have = _plain(translated)
    gone = [
        (text[begin:end], is_name)
        for begin, end, is_name in spans(text, names)
        if _plain(text[begin:end]) not in have
    ]
    kinds = ([span for span, is_name in gone if is_name is wanted] for wanted in (False, True))
    others, named = (list(dict.fromkeys(some)) for some in kinds)
    return others, named


def _plain(text: str) -> str:
    digits = (str(unicodedata.digit(char)) if char.isdecimal() else char for char in text)
    return " ".join("".join(digits).replace("–", "-").split())


def _pattern(literal: Iterable[str]) -> re.Pattern[str]:
    words = "|".join(
        rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(set(literal), key=lambda n: (-len(n), n))
    )
    return re.compile(f"{words}|{_SPAN.pattern}" if words else _SPAN.pattern)


def restore(masked: Masked, translated: str) -> str:
    """The translation with everything put back where its mark stands. Raises LostError when a mark is missing, doubled or strange."""
    seen: list[int] = []

    def back(found: re.Match[str]) -> str:
        # A translator may write the number in the digits of the other language.
        number = int("".join(str(unicodedata.digit(digit)) for digit in found.group(1)))
        if number >= len(masked.kept):
            raise LostError(f"mark {number} was never there")
        seen.append(number)
        return masked.kept[number]

    text = _MARK.sub(back, translated).strip()
    if sorted(seen) != list(range(len(masked.kept))):
        raise LostError(f"{len(masked.kept)} things to keep, {len(set(seen))} came back")
    if _LEFT_OVER.search(text):
        raise LostError("half a mark is left")
    if masked.source.strip() and not _LEAST <= len(text) / len(masked.source.strip()) <= _MOST:
        raise LostError("far too short or too long")
    # What stands between the marks holds no number of its own: one there was made up.
    invented = [char for char in _MARK.sub("", translated) if char.isdecimal()]
    if invented:
        raise LostError("a number was added")
    return text
