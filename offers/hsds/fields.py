"""One field of an HSDS object, whoever wrote it: as text that may be stored, as objects, as a cell of ours."""

import json
import math
import re
from datetime import date
from typing import Any

from offers import cells, csvfile
from offers.errors import CellError
from offers.hsds.terms import Json

_ESCAPED = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)")
_HALF = re.compile("[\ud800-\udfff]")
_LINES = re.compile("[\x0b\x0c\x85]")
_HIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""What `cells.cleaned` refuses."""
_DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?![0-9])")


def loaded(content: bytes) -> Any:
    """What a JSON file holds, without what could not be written again. Raises ValueError, RecursionError."""
    found = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number, parse_float=_finite)
    return _whole(found) if _ESCAPED.search(content) else found


def _no_number(said: str) -> None:
    """`NaN` and its like: no JSON, and no number."""


def _finite(said: str) -> float | None:
    number = float(said)
    return number if math.isfinite(number) else None


def _whole(value: Any) -> Any:
    """The same without halves of signs and zeros, which no database and no table takes."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value.replace("\x00", ""))
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(one) for name, one in value.items()}
    return value


def text(item: Json, name: str) -> str:
    """A field as text; what is none is empty."""
    value = item.get(name)
    plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return clean(str(value)).strip() if plain else ""


def clean(said: str, line: str = "\n") -> str:
    """Text without what nobody sees and with umlauts that were saved wrongly set right: what our tables take.

    `line` stands for the rarer ends of a line.
    """
    found = _LINES.sub(line, csvfile.mended(said.replace("\r\n", "\n").replace("\r", "\n")))
    while True:
        # What was set right, or lost a sign in the middle, may look broken again.
        found, before = _HIDDEN.sub("", csvfile.mended(found)), found
        if found == before:
            return found


def items(item: Json, name: str) -> list[Json]:
    """A field that holds objects, as far as it does."""
    value = item.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def object_(item: Json, name: str) -> Json:
    """A field that holds one object; empty where it does not."""
    value = item.get(name)
    return value if isinstance(value, dict) else {}


def fitting(read: cells.Reader, value: str) -> str:
    """The value if a cell of ours may hold it; a foreign entry loses a number rather than the whole file."""
    try:
        read(cells.cleaned(value))
    except CellError:
        return ""
    return value


def day(item: Json, name: str) -> date | None:
    """The day of a date or a moment (`2026-12-22T23:59:59Z`, `20261222`), however far away; None where it is none."""
    found = _DAY.match(text(item, name))
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
