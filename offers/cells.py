"""Reading one cell of a table: text in, a checked value out or a CellError; nothing in a cell is ever evaluated."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import phonenumbers

from offers import places, rules
from offers.errors import CellError

Reader = Callable[[str], Any]
"""Takes a trimmed cell that is not empty."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_GERMAN_DATE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00)?")
_NUMBER = re.compile(r"[0-9]{1,9}")
_AMOUNT = re.compile(r"([0-9]{1,6})(?:[.,]([0-9]{1,2}))?")
_PHONE = re.compile(r"[+(]?[0-9][0-9 ()/+-]{2,38}")
_PREFIXES = ("0", "(0", "+")
_TOO_LONG_FOR_SHORT = 7
_EMAIL = re.compile(r"[^\s@<>\",;:]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:[/?#][^\s<>\"]*)?")
_POSTAL_CODE = re.compile(r"[0-9]{5}")
# They turn the order of everything after them around, far beyond the text that holds them.
_ISOLATES = frozenset("\u2066\u2067\u2068\u2069")
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e") | _ISOLATES
FORMULA_SIGNS = "=+-@"
"""A spreadsheet computes a cell that begins so; where it is only text, an apostrophe stands before it."""
_SHOWN = 60
_BYDAY_LIMIT = 40


def shown(value: str) -> str:
    """A cell as far as a message repeats it: one line, and never long."""
    line = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in value)
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def cleaned(cell: str, *, lines: bool = False) -> str:
    """The cell as it is kept: composed letters, no space around it, line ends as spaces (or as they are, with `lines`)."""
    text = unicodedata.normalize("NFC", cell.replace("\r\n", "\n").replace("\r", "\n"))
    if text.startswith("'") and text[1:2] and text[1] in FORMULA_SIGNS:
        text = text[1:]
    text = "\n".join(" ".join(line.split(" ")) for line in text.replace("\t", " ").split("\n")).strip()
    for char in text:
        if (unicodedata.category(char) in {"Cc", "Cs"} and char != "\n") or char in _BIDI:
            raise CellError("import.control")
    return text if lines else " ".join(text.split("\n"))


def typed(line: str) -> str:
    """A line that somebody wrote, as it is kept. Raises CellError.

    Lotse puts isolates around names and places on its cards: whoever copies one brings them along, and they are dropped.
    """
    return cleaned("".join(char for char in line if char not in _ISOLATES))


def text(limit: int) -> Reader:
    """Plain text of at most `limit` characters."""

    def read(cell: str) -> str:
        if len(cell) > limit:
            raise CellError("import.too_long", limit=limit)
        return cell

    return read


def one_of(allowed: Sequence[str]) -> Reader:
    """One code of a closed list."""

    def read(cell: str) -> str:
        if cell not in allowed:
            raise CellError("import.not_one_of", value=shown(cell), allowed=_listed(allowed))
        return cell

    return read


def several_of(allowed: Sequence[str]) -> Reader:
    """Codes of a closed list, separated by commas."""
    read_one = one_of(allowed)

    def read(cell: str) -> tuple[str, ...]:
        return _distinct([read_one(part) for part in _parts(cell)])

    return read


def words(limit: int) -> Reader:
    """Free words or phrases, separated by commas."""

    def read(cell: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_parts(text(limit)(cell))))

    return read


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(",") if part.strip()]


def _distinct(parts: list[str]) -> tuple[str, ...]:
    for index, part in enumerate(parts):
        if part in parts[:index]:
            raise CellError("import.double_value", value=shown(part))
    return tuple(parts)


def _listed(allowed: Sequence[str]) -> str:
    return ", ".join(allowed) if len(allowed) <= 40 else ", ".join(allowed[:40]) + " …"


def identifier(cell: str) -> str:
    """The id of a row."""
    return _matching(_ID, cell, "import.bad_id")


def phone(cell: str) -> str:
    """A telephone number as it is written, of a length that can be dialled from Germany."""
    text = _matching(_PHONE, cell, "import.bad_phone")
    # Excel takes the first zero off what it takes for a number; emergency numbers and the like are shorter.
    if not text.startswith(_PREFIXES) and len(re.sub(r"\D", "", text)) >= _TOO_LONG_FOR_SHORT:
        raise CellError("import.phone_prefix", value=shown(text))
    if not _can_be_dialled(text):
        raise CellError("import.bad_phone", value=shown(text))
    return text


def _can_be_dialled(text: str) -> bool:
    try:
        number = phonenumbers.parse(text, "DE")
    except phonenumbers.NumberParseException:
        return False
    reason = phonenumbers.is_possible_number_with_reason(number)
    short = phonenumbers.is_possible_short_number_for_region(number, "DE")
    return reason == phonenumbers.ValidationResult.IS_POSSIBLE or short


def dialled(phone: str) -> str:
    """A telephone number as a link says it; empty where it is none."""
    try:
        number = phonenumbers.parse(phone, "DE")
    except phonenumbers.NumberParseException:
        return ""
    short = str(number.national_number)
    # Only as it is typed: 089 233-0 is no short number, though it has six digits after its 0.
    if re.sub(r"\D", "", phone) == short and phonenumbers.is_possible_short_number_for_region(number, "DE"):
        return short
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(cell: str) -> str:
    """An e-mail address."""
    return _matching(_EMAIL, cell, "import.bad_email", 200)


def url(cell: str) -> str:
    """A web address; no other scheme, since it becomes a link."""
    return _matching(_URL, cell, "import.bad_url", 300)


def postal_code(cell: str) -> str:
    """Five digits."""
    if _POSTAL_CODE.fullmatch(cell) is None:
        raise CellError("import.bad_number", value=shown(cell), low="00000", high="99999")
    return cell


def _matching(pattern: re.Pattern[str], cell: str, key: str, limit: int = 120) -> str:
    if len(cell) > limit or pattern.fullmatch(cell) is None:
        raise CellError(key, value=shown(cell))
    return cell


def place(cell: str) -> str:
    """A place of the district under its own name."""
    found = places.load().find(cell)
    if found is None:
        raise CellError("import.unknown_place", value=shown(cell))
    return found.name


def place_or_text(cell: str) -> str:
    """A place of the district under its own name, or what is written, which may be elsewhere."""
    found = places.load().find(cell)
    return found.name if found else text(60)(cell)


def places_or(word: str) -> Reader:
    """Places of the district under their own names, separated by commas, and the one word that stands for several."""

    def read(cell: str) -> tuple[str, ...]:
        return _distinct([part if part == word else place(part) for part in _parts(cell)])

    return read


def day(cell: str) -> date:
    """`31.07.2027` or `2027-07-31`."""
    german, iso = _GERMAN_DATE.fullmatch(cell), _ISO_DATE.fullmatch(cell)
    year, month, day_of_month = (
        (german[3], german[2], german[1]) if german else iso.groups() if iso else ("0",) * 3
    )
    try:
        found = date(int(year), int(month), int(day_of_month))
    except ValueError:
        raise CellError("import.bad_date", value=shown(cell)) from None
    if not 2000 <= found.year <= 2099:
        raise CellError("import.bad_date", value=shown(cell))
    return found


def clock(cell: str) -> str:
    """`8:30`, `08:30` or `08:30:00`, as `08:30`."""
    match = _TIME.fullmatch(cell)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise CellError("import.bad_time", value=shown(cell))
    return f"{int(match[1]):02}:{match[2]}"


def number(low: int, high: int) -> Reader:
    """A whole number within bounds."""

    def read(cell: str) -> int:
        if _NUMBER.fullmatch(cell) is None or not low <= int(cell) <= high:
            raise CellError("import.bad_number", value=shown(cell), low=low, high=high)
        return int(cell)

    return read


def amount(cell: str) -> Decimal:
    """Euros with a decimal comma or point."""
    match = _AMOUNT.fullmatch(cell)
    if match is None:
        raise CellError("import.bad_amount", value=shown(cell))
    return Decimal(f"{match[1]}.{(match[2] or '0'):0<2}")


def byday(cell: str) -> str:
    """Weekdays of a series, `MO,WE` or `1TU`."""
    joined = ",".join(_parts(cell.upper()))
    try:
        found = rules.parse_byday(joined)
    except ValueError:
        raise CellError("import.bad_byday", value=shown(cell)) from None
    _distinct([f"{number or ''}{weekday}" for number, weekday in found])
    if len(joined) > _BYDAY_LIMIT:
        raise CellError("import.too_long", limit=_BYDAY_LIMIT)
    return joined
