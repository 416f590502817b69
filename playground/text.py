"""Telegram's view of text: UTF-16 lengths, cleaning, and the entities it finds by itself; no markup."""

import re
from collections.abc import Iterable

from playground.constants import TEXT_MAX
from playground.types import Json

_REMOVED = dict.fromkeys([0x0D, *range(0x2028, 0x202F)])
_BLANKED = dict.fromkeys([*range(9), *range(11, 13), *range(14, 32)], " ") | {9: " "}
_TABLE = _BLANKED | _REMOVED
_SPACES = " \n\t\u00a0\u200b\u2060\ufeff"

_PATTERNS = [
    (
        "url",
        re.compile(
            r"https?://[^\s<>\"]+|(?<![\w@./])(?:t\.me|www\.[\w-]+(?:\.[\w-]+)+)/?[^\s<>\"]*", re.ASCII
        ),
    ),
    ("email", re.compile(r"(?<![\w.])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")),
    ("mention", re.compile(r"(?<![\w@.])@[A-Za-z0-9_]{4,32}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w#])#\w*[^\W\d]\w*")),
    ("phone_number", re.compile(r"(?<![\w+])\+\d[\d ()/-]{5,18}\d(?!\w)")),
]


def utf16_length(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)


def clean(text: str) -> str:
    """As Telegram stores it: no control characters, no line or direction overrides, no lone surrogates."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.translate(_TABLE)


def trim(text: str, entities: Iterable[Json]) -> tuple[str, list[Json]]:
    """Cuts white space at both ends and moves the entities along; those that cover nothing are dropped."""
    stripped = text.lstrip(_SPACES)
    shift = utf16_length(text) - utf16_length(stripped)
    stripped = stripped.rstrip(_SPACES)
    end = utf16_length(stripped)
    kept = []
    for entity in entities:
        start = min(max(entity["offset"] - shift, 0), end)
        stop = min(max(entity["offset"] + entity["length"] - shift, 0), end)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    kept.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return stripped, kept


def detect(text: str, taken: Iterable[Json] = ()) -> list[Json]:
    """The entities Telegram finds by itself, none of them inside those that are there already."""
    spans = [(entity["offset"], entity["offset"] + entity["length"]) for entity in taken]
    bmp = all(char <= "\uffff" for char in text)
    found: list[Json] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            part = match.group().rstrip(".,;:!?)'»“”") if kind == "url" else match.group()
            start = match.start() if bmp else utf16_length(text[: match.start()])
            stop = start + utf16_length(part)
            if any(start < other_stop and other_start < stop for other_start, other_stop in spans):
                continue
            spans.append((start, stop))
            found.append({"type": kind, "offset": start, "length": stop - start})
    return sorted(found, key=lambda entity: entity["offset"])


def split(text: str, limit: int = TEXT_MAX) -> list[str]:
    """Splits as Telegram's own apps do when a person sends more than one message can hold."""
    parts: list[str] = []
    current: list[str] = []
    size = 0
    for char in text:
        width = 2 if char > "\uffff" else 1
        if size + width > limit:
            parts.append("".join(current))
            current, size = [], 0
        current.append(char)
        size += width
    parts.append("".join(current))
    return [part for part in parts if part.strip(_SPACES)]
