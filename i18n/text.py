"""Normalised forms of what people write, for search, understanding and its service; no words for people and no language names here."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

__all__ = [
    "Token",
    "clitic_variants",
    "fold_latin",
    "normalise",
    "search_key",
    "shorten",
    "tokens",
    "utf16_length",
    "word_forms",
]

_APOSTROPHES = "'’‘ʼʻʽʹʾʿ´`′＇՚‛"
_MEMO_LIMIT = 8192
_SPLIT_LIMIT = 48


class Token(NamedTuple):
    """One normalised word; `start` and `end` count code points of the text as it was written."""

    text: str
    start: int
    end: int


def _ranges(*pairs: tuple[int, int]) -> frozenset[int]:
    return frozenset(code for first, last in pairs for code in range(first, last + 1))


_DROPPED_MARKS = _ranges(
    (0x0300, 0x036F),  # Latin, Greek and Cyrillic accents; the letters that need theirs are composed by NFKC
    (0x0483, 0x0489),
    (0x0591, 0x05C7),  # Hebrew points
    (0x0610, 0x061A),  # Arabic signs and harakat
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06DC),
    (0x06DF, 0x06E4),
    (0x06E7, 0x06ED),
    (0x08D3, 0x08FF),
    (0x135D, 0x135F),  # Ethiopic
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFE20, 0xFE2F),
    (0xE0100, 0xE01EF),
)


def _ethiopic_letters() -> dict[int, str]:
    """Rows of letters of one sound, or of one that Tigrinya writes two ways, to one row, all seven vowels of each.

    In the rows of ሀ and አ the first vowel and the fourth sound alike; the rounded letters go where people write them without the rounding.
    """
    rows = {
        0x1210: 0x1200,  # ሐ ሀ
        0x1280: 0x1200,  # ኀ ሀ
        0x1220: 0x1230,  # ሠ ሰ
        0x1250: 0x1240,  # ቐ ቀ
        0x12B8: 0x12A8,  # ኸ ከ
        0x12D0: 0x12A0,  # ዐ አ
        0x1340: 0x1338,  # ፀ ጸ
    }
    table = {variant + vowel: chr(base + vowel) for variant, base in rows.items() for vowel in range(7)}
    table |= {row + 3: "ሀ" for row in (0x1200, 0x1210, 0x1280)}
    table |= {row + 3: "አ" for row in (0x12A0, 0x12D0)}
    rounded = {
        "ቆ": "ቈቘ",
        "ቁ": "ቍቝ",
        "ቊ": "ቚ",
        "ቋ": "ቛ",
        "ቌ": "ቜ",
        "ኮ": "ኰዀ",
        "ኩ": "ኵዅ",
        "ኲ": "ዂ",
        "ኳ": "ዃ",
        "ኴ": "ዄ",
        "ጎ": "ጐ",
        "ጉ": "ጕ",
        "ሆ": "ኈ",
        "ሁ": "ኍ",
    }
    return table | {ord(letter): base for base, letters in rounded.items() for letter in letters}


def _letters() -> dict[int, str]:
    """Letter variants that people type for one another, each to one representative."""
    groups = {
        "ا": "أإآٱٲٳ",
        "ه": "ةۀہۂۃھەۿ",
        "ي": "ىیےۓېۍێئۑٸ",
        "ك": "کڪڬ",
        "گ": "ګڰ",
        "و": "ؤۆۇۈۉۊۋ",
        "ر": "ڕ",
        "ل": "ڵڶ",
        "ن": "ںڻ",
        "": "ءـ\u0674",
        "i": "ı",
        "o": "ø",
        "d": "đð",
        "l": "ł",
        "h": "ħ",
        "t": "ŧ",
        "ae": "æ",
        "oe": "œ",
        "th": "þ",
        "е": "ё",
        "г": "ґ",
        "и": "ѝ",
        " sos ": "🆘",
    }
    table = {ord(letter): base for base, letters in groups.items() for letter in letters}
    table |= _ethiopic_letters()
    table[0x200C] = " "  # ZWNJ parts what is also written apart; the verb prefix is joined again below
    return table


_LETTERS = _letters()


def _folded(code: int) -> str:
    if code in _LETTERS:
        return _LETTERS[code]
    char = chr(code)
    category = unicodedata.category(char)
    if code in _DROPPED_MARKS or category == "Cf":
        return ""
    if category[0] in "PSZ" or category in {"Cc", "Cs", "Cn", "Co"}:
        return " "
    if category == "Nd":
        return str(unicodedata.digit(char))
    # Cyrillic letters with a mark are letters of their own
    accented = category[0] == "L" and (code < 0x0400 or 0x0530 <= code < 0x0900 or 0x1E00 <= code < 0x2000)
    return unicodedata.normalize("NFD", char)[0] if accented else char


class _Table(dict[int, str]):
    """Fills itself on demand; the bound keeps a flood of rare characters from growing it."""

    def __missing__(self, code: int) -> str:
        value = _folded(code)
        if len(self) < _MEMO_LIMIT:
            self[code] = value
        return value


_TABLE = _Table()
_ANY_APOSTROPHE = re.compile(f"[{_APOSTROPHES}]+")
_WORD_END = re.compile(r"[^\W_]*\Z")
_WORD_START = re.compile(r"[^\W_]*")
_ELISIONS = frozenset("cdjlmnst") | {"qu", "jusqu", "lorsqu", "puisqu", "quelqu"}
_CONTRACTIONS = frozenset({"t", "s", "m", "re", "ve", "ll", "d"})
_RUN = re.compile(r"([^\W\d_])\1\1+")
_VERB_PREFIX = re.compile(r"(?<![^ ])(ن?مي) (?=[^ ي])")
_SPELLED_UMLAUT = re.compile(r"(?<![aeiouy])(?<!q)([aou])e(?=[b-df-hj-np-tv-z])")


def _glue(before: str, after: str) -> str:
    """Within a word the sign is dropped; after an elided article or before a case ending it parts two words."""
    left = _WORD_END.findall(before[-8:])[0]
    right = _WORD_START.findall(after[:8])[0]
    if not left or not right:
        return " "
    parts = (
        left.isascii()
        and left.isalpha()
        and right not in _CONTRACTIONS
        and (left in _ELISIONS or len(left) >= 4)
    )
    return " " if parts else ""


def _apostrophes(text: str) -> str:
    pieces = _ANY_APOSTROPHE.split(text)
    joined = [pieces[0]]
    for before, after in pairwise(pieces):
        joined += (_glue(before, after), after)
    return "".join(joined)


def _once(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.replace("´", "'"))
    text = text.casefold()
    if _ANY_APOSTROPHE.search(text):
        text = _apostrophes(text)
    text = _RUN.sub(r"\1", " ".join(text.translate(_TABLE).split()))
    if "مي " in text:
        text = _VERB_PREFIX.sub(r"\1", text)
    return text


def normalise(text: str) -> str:
    """Lower case, one form per letter and digit, no marks, punctuation or runs of a letter, words parted by one space."""
    result = _once(text)
    if result.isascii() or unicodedata.is_normalized("NFKC", result):
        return result
    return _once(result)  # dropping a mark can bring two composing letters together


_SEPARATOR, _CORE, _GLUE, _MARK = range(4)


@lru_cache(maxsize=_MEMO_LIMIT)
def _class(char: str) -> int:
    if char in _APOSTROPHES or unicodedata.category(char) == "Cf":
        return _GLUE
    folded = normalise(char)
    if folded:
        return _CORE
    return _SEPARATOR if char.isspace() or _TABLE[ord(char)] == " " else _MARK


def _pieces(text: str) -> list[tuple[int, int]]:
    """Spans between separators, without the signs at their edges."""
    spans: list[tuple[int, int]] = []
    start = end = -1
    for index, char in enumerate(text):
        kind = _class(char)
        if kind == _CORE or (kind == _MARK and start >= 0):
            start = index if start < 0 else start
            end = index + 1
        elif kind == _SEPARATOR and start >= 0:
            spans.append((start, end))
            start = -1
    if start >= 0:
        spans.append((start, end))
    return spans


def _words_of(piece: str, words: list[str], offset: int) -> list[Token]:
    """Tokens of a piece that normalises to several words, each with its own span where one can be told."""
    found: list[Token] = []
    rest = piece
    while len(words) > 1 and len(piece) <= _SPLIT_LIMIT:
        cut = next(
            (
                i
                for i in range(1, len(rest))
                if normalise(rest[:i]) == words[0] and normalise(rest[i:]) == " ".join(words[1:])
            ),
            0,
        )
        if not cut:
            break
        found.append(Token(words[0], offset, offset + cut))
        while _class(rest[cut]) != _CORE:
            cut += 1
        offset, rest, words = offset + cut, rest[cut:], words[1:]
    return found + [Token(word, offset, offset + len(rest)) for word in words]


def tokens(text: str) -> list[Token]:
    """The words of `normalise(text)`, each with its place in `text`."""
    found: list[Token] = []
    for start, end in _pieces(text):
        piece = text[start:end]
        words = normalise(piece).split()
        fresh = [Token(words[0], start, end)] if len(words) == 1 else _words_of(piece, words, start)
        for token in fresh:
            previous = found[-1] if found else None
            if previous and token.text[0] != "ي" and (previous.text.endswith("مي") and _joins(previous.text)):
                found[-1] = Token(previous.text + token.text, previous.start, token.end)
            else:
                found.append(token)
    return found


def _joins(word: str) -> bool:
    while word.startswith(("مي", "نمي")):
        word = word[2:] if word.startswith("مي") else word[3:]
        if not word:
            return True
    return False


# Longest first; what stays must be a word of its own, so single letters ask for more of it.
_CLITICS = tuple(
    sorted(
        (
            "وبال",
            "فبال",
            "وكال",
            "ولل",
            "وال",
            "فال",
            "بال",
            "كال",
            "عال",
            "هال",
            "لل",
            "ال",
            "وب",
            "ول",
            "وف",
            "فب",
            "نمي",
            "مي",
            *"وفبلك",
        ),
        key=len,
        reverse=True,
    )
)

# What Tigrinya and Amharic write onto the front of a word: prepositions, the relative sign, the sign of purpose.
_ETHIOPIC_CLITICS = ("እንደ", "ስለ", "ወደ", "ናብ", "ካብ", "ናይ", "አብ", "ንክ", *"ንብዝክከበለየ")
_ETHIOPIC_REST = 3


def clitic_variants(word: str) -> tuple[str, ...]:
    """The normalised word, then what is left of it when conjunctions, prepositions and articles written onto it are taken off."""
    if word and "ا" <= word[0] <= "ي":
        clitics, least = _CLITICS, 2
    elif word and "ሀ" <= word[0] <= "ፚ":
        clitics, least = _ETHIOPIC_CLITICS, _ETHIOPIC_REST
    else:
        return (word,)
    found = [word]
    for clitic in clitics:
        rest = word[len(clitic) :]
        if word.startswith(clitic) and len(rest) >= (3 if len(clitic) == 1 else least) and rest not in found:
            found.append(rest)
    return tuple(found)


def fold_latin(word: str) -> str:
    """ae, oe, ue between consonants or at the start to a, o, u, so that spelled-out umlauts meet the written ones."""
    return _SPELLED_UMLAUT.sub(r"\1", word) if "e" in word and word.isascii() else word


@lru_cache(maxsize=_MEMO_LIMIT)
def word_forms(word: str) -> tuple[str, ...]:
    """All forms under which a normalised word may be looked up, itself first."""
    if word.isascii():
        folded = fold_latin(word)
        return (word,) if folded == word else (word, folded)
    return clitic_variants(word)


def search_key(text: str) -> str:
    """`normalise` with spelled-out umlauts folded as well: index and question go through this one."""
    return " ".join([fold_latin(word) for word in normalise(text).split()])


def utf16_length(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text) + sum(char > "\uffff" for char in text) if not text.isascii() else len(text)


def shorten(text: str, limit: int) -> str:
    """At most `limit` code points, cut at a space where one is near."""
    if len(text) <= limit:
        return text
    cut = text.rfind(" ", max(0, limit - 40), limit + 1)
    return text[: cut if cut > 0 else limit]
