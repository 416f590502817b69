"""From what is typed to settings that hold, and why something does not fit: pure functions."""

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from people.house.types import House, OfficeWeek, Setting

MOST_OFFSETS = 4
LONGEST_NIGHT = timedelta(hours=14)
REVIEW_DAYS, GRACE_DAYS = range(14, 731), range(3651)
_UNITS: Mapping[str, range] = {"d": range(61), "h": range(1, 24)}
_OFFSET = re.compile(r"([0-9]{1,2})([dh])")
_HOURS = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*[-–]\s*([0-9]{1,2}):([0-9]{2})")

# Written as on a German door; English beginnings are read as well.
_DAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
_DAY_OF = {
    **{name.casefold(): number for number, name in enumerate(_DAYS)},
    **{name: number for number, name in enumerate(("mo", "tu", "we", "th", "fr", "sa", "su"))},
}
_OPEN = re.compile(r"([a-z]{2})\s*(?:[-–]\s*([a-z]{2}))?\s+(\S.*)", re.IGNORECASE)


def offsets(code: str) -> tuple[timedelta, ...]:
    """How long before to remind, as it is stored: `14d 3d 0d`, `1d 2h`; `-` is never. Raises ValueError."""
    found: list[timedelta] = []
    for part in code.split() if code != "-" else ():
        number, unit = int(part[:-1]), part[-1:]
        if unit not in _UNITS or number not in _UNITS[unit]:
            raise ValueError(code)
        found.append(timedelta(days=number) if unit == "d" else timedelta(hours=number))
    if len(found) > MOST_OFFSETS or len(set(found)) < len(found):
        raise ValueError(code)
    return tuple(found)


def written(setting: Setting, text: str) -> str:
    """A value in its one spelling. Raises ValueError where it does not fit."""
    text = " ".join(text.split())
    if setting is Setting.QUIET_HOURS:
        start, end = _night(text)
        return f"{start:%H:%M}-{end:%H:%M}"
    if setting in (Setting.MILESTONE_REMINDERS, Setting.APPOINTMENT_REMINDERS):
        parts = text.replace(",", " ").lower().split()
        if not parts or not all(_OFFSET.fullmatch(part) for part in parts):
            raise ValueError(text)
        # Refuses too many, and the same one twice.
        offsets(" ".join(parts))
        return " ".join(sorted(parts, key=lambda part: offsets(part)[0], reverse=True))
    if setting is Setting.OFFICE_HOURS:
        return _door(_office(text))
    number = int(text)
    if number not in (REVIEW_DAYS if setting is Setting.REVIEW_DAYS else GRACE_DAYS):
        raise ValueError(text)
    return str(number)


def house(values: Mapping[Setting, str]) -> House:
    """The settings out of their spellings; what is not given is as usual. Raises ValueError."""
    reads: Mapping[Setting, tuple[str, Callable[[str], Any]]] = {
        Setting.QUIET_HOURS: ("night", _night),
        Setting.MILESTONE_REMINDERS: ("milestone_offsets", offsets),
        Setting.APPOINTMENT_REMINDERS: ("appointment_offsets", offsets),
        Setting.REVIEW_DAYS: ("review_days", int),
        Setting.GRACE_DAYS: ("grace_days", int),
        Setting.OFFICE_HOURS: ("office", _office),
    }
    return replace(House(), **{reads[name][0]: reads[name][1](text) for name, text in values.items() if text})


def _office(text: str) -> OfficeWeek:
    """`Mo-Do 8:00-16:00, Fr 8:00-12:00`, each day once."""
    week: list[tuple[time, time] | None] = [None] * len(_DAYS)
    for part in text.split(","):
        found = _OPEN.fullmatch(part.strip())
        if found is None or (first := _DAY_OF.get(found[1].casefold())) is None:
            raise ValueError(text)
        last = _DAY_OF.get((found[2] or found[1]).casefold(), -1)
        opens, closes = _hours(found[3])
        if last < first or opens >= closes or any(week[first : last + 1]):
            raise ValueError(text)
        week[first : last + 1] = [(opens, closes)] * (last + 1 - first)
    return tuple(week)


def _door(week: OfficeWeek) -> str:
    """Days that follow each other and open alike share an entry."""
    parts: list[str] = []
    for hours, days in itertools.groupby(range(len(week)), key=lambda day: week[day]):
        if hours is not None:
            named = [_DAYS[day] for day in days]
            opens, closes = hours
            parts.append(f"{'-'.join(dict.fromkeys((named[0], named[-1])))} {opens:%H:%M}-{closes:%H:%M}")
    return ", ".join(parts)


def _hours(text: str) -> tuple[time, time]:
    found = _HOURS.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))


def _night(text: str) -> tuple[time, time]:
    start, end = _hours(text)
    day = date(2027, 1, 4)
    length = datetime.combine(day, end) - datetime.combine(day, start)
    if length <= timedelta():
        length += timedelta(days=1)
    # Somebody must be reachable long enough for everything that is due on a day.
    if start == end or length > LONGEST_NIGHT:
        raise ValueError(text)
    return start, end
