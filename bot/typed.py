"""Dates and times as people type them, read strictly; what a day means for an agreement is decided elsewhere."""

import re
import unicodedata
from datetime import date, time

from i18n.bidi import strip_controls

_SEPARATOR = r"\s*[./\-٫،؍]\s*"
_GERMAN = re.compile(rf"(\d{{1,2}}){_SEPARATOR}(\d{{1,2}})(?:{_SEPARATOR}(\d{{4}}|\d{{2}})?)?")
_ISO = re.compile(rf"(\d{{4}}){_SEPARATOR}(\d{{1,2}}){_SEPARATOR}(\d{{1,2}})")
_TIME = re.compile(r"(\d{1,2})(?:\s*[:.٫h]\s*(\d{2}))?(?:\s*uhr(?:\s*(\d{2}))?)?")
_LONGEST = 40
# The 29th of February may be eight years away, around a century that has none.
_YEARS_AHEAD = 9


def parse_date(text: str, today: date) -> date | None:
    """`3.2.27`, `03.02.2027`, `3.2.`, `2027-02-03`, in any digits; without a year the next such day from `today` on.

    None for everything else, also for days that do not exist.
    """
    written = _western(text)
    iso = _ISO.fullmatch(written)
    if iso:
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    german = _GERMAN.fullmatch(written)
    if german is None:
        return None
    day, month, year = int(german[1]), int(german[2]), german[3]
    if year:
        return _day(int(year) + (2000 if len(year) == 2 else 0), month, day)
    coming = (_day(today.year + ahead, month, day) for ahead in range(_YEARS_AHEAD))
    return next((found for found in coming if found is not None and found >= today), None)


def parse_time(text: str) -> time | None:
    """`9`, `9:30`, `9.30`, `14 Uhr`, `14 Uhr 30`, in any digits; None for everything else."""
    found = _TIME.fullmatch(_western(text).casefold())
    if found is None or (found[2] and found[3]):
        return None
    hour, minute = int(found[1]), int(found[2] or found[3] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def parse_number(text: str) -> int | None:
    """A whole number from 0 in any digits, at most four of them; None for everything else."""
    written = _western(text)
    return int(written) if written.isascii() and written.isdigit() and len(written) < 5 else None


def _western(text: str) -> str:
    """The text with Western digits, without direction characters, which keyboards add unseen."""
    written = strip_controls(text)[: _LONGEST + 1]
    if len(written) > _LONGEST:
        return ""
    return "".join(
        str(unicodedata.digit(sign)) if unicodedata.category(sign) == "Nd" else sign for sign in written
    ).strip()


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
