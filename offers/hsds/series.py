"""HSDS schedules as rows of ours: one that Lotse cannot hold, or only at another time or for longer, is none at all."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

from offers import cells, dates, rules
from offers.errors import CellError
from offers.hsds.fields import day, text
from offers.hsds.terms import Json
from offers.types import WEEKDAYS, Schedule

ALWAYS = date(2000, 1, 1)
"""Opening hours hold since nobody knows when; a day of reading would make them new hours each time."""
_LAST = date(2099, 12, 31)
_ONCE, _WEEKLY, _MONTHLY = "ONCE", "WEEKLY", "MONTHLY"
_UNKNOWN = ("byweekno", "bymonthday", "byyearday")
_MOST_DATES = 730
_MOST_INTERVAL = 52
_NOTE = 200
_MIDNIGHT = time(23, 59)
"""How 24:00 is said here."""
_CLOCK = re.compile(r"([0-9]{1,2}:[0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?\s*(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?")
_OFFSET = re.compile(r"([+-]?)([0-9]{1,2})(?::?([0-9]{2}))?")
_OURS = frozenset({timedelta(hours=1), timedelta(hours=2)})
"""How far Berlin is from UTC over the year."""


class _UnknownError(Exception):
    """These dates cannot be said here."""


def read(item: Json) -> dict[str, str] | None:
    """A schedule as a row of ours, but for what it says in Lotse's own attributes; None for one that cannot be said here."""
    try:
        found = _dates(item)
    except (_UnknownError, CellError, ValueError, OverflowError):
        return None
    return {
        "valid_from": found.valid_from.isoformat(),
        "valid_to": found.valid_to.isoformat() if found.valid_to else "",
        "freq": found.freq,
        "interval": str(found.interval),
        "byday": found.byday,
        "opens_at": found.opens_at,
        "closes_at": found.closes_at,
        "note": found.note,
    }


def _dates(item: Json) -> Schedule:
    if any(text(item, name) for name in _UNKNOWN):
        raise _UnknownError
    count = _whole(item, "count")
    freq, byday = text(item, "freq").upper(), _byday(item)
    freq = freq or (_WEEKLY if byday else _ONCE)
    if freq == _ONCE:
        return _at_home(item, _once(item, count))
    found = _series(item, freq, byday, count)
    # The one day of such a series is its last, too.
    return _at_home(item, _single(found.valid_to or found.valid_from) if count == 1 else found)


def _schedule(first: date, last: date | None, freq: str, interval: int, byday: str) -> Schedule:
    return Schedule(first, last, freq, interval, byday, "", "", "none", "")


def _single(only: date) -> Schedule:
    return _schedule(only, only, _ONCE, 1, "")


def _once(item: Json, count: int | None) -> Schedule:
    start = day(item, "dtstart")
    first = start or day(item, "valid_from")
    ends = [day(item, name) for name in ("valid_to", "until") if text(item, name)]
    if first is None or not ALWAYS <= first <= _LAST or count not in (None, 1):
        raise _UnknownError
    # Of a day that is named, the rest says how long that is so.
    named = start is not None and count == 1 and all(end and end >= start for end in ends)
    if not named and any(end != first for end in ends):
        raise _UnknownError
    return _single(first)


def _series(item: Json, freq: str, byday: str, count: int | None) -> Schedule:
    interval = _whole(item, "interval") or 1
    start = day(item, "dtstart")
    if not byday and freq == _WEEKLY and start:
        byday = WEEKDAYS[start.weekday()]
    _check_rule(item, freq, interval, byday)
    valid_from = day(item, "valid_from")
    first = start or valid_from
    if first is None:
        if interval > 1 or count is not None:
            # Nobody knows from when they would be counted.
            raise _UnknownError
        first = ALWAYS
    end = _end(item)
    if valid_from and valid_from < first and _first(valid_from, end, freq, interval, byday) == first:
        # Either day begins the same series; the earlier one says more.
        first = valid_from
    found = _schedule(first, end, freq, interval, byday)
    return _from(found, max(first, valid_from or first, ALWAYS), _counted(found, count))


def _first(start: date, end: date | None, freq: str, interval: int, byday: str) -> date:
    """The first date of a series that begins on this day."""
    return next(dates.days(_schedule(start, end, freq, interval, byday), start, end or _LAST), start)


def _check_rule(item: Json, freq: str, interval: int, byday: str) -> None:
    numbered = [number != 0 for number, _ in rules.parse_byday(cells.byday(byday))] if byday else []
    fits = not any(numbered) if freq == _WEEKLY else all(numbered)
    if freq not in (_WEEKLY, _MONTHLY) or not numbered or not fits or not 1 <= interval <= _MOST_INTERVAL:
        raise _UnknownError
    # Which days are the same week depends on where it begins.
    if interval > 1 and len(numbered) > 1 and text(item, "wkst").upper() not in ("", "MO"):
        raise _UnknownError


def _counted(found: Schedule, count: int | None) -> date | None:
    """The last day of so many, or an earlier end that is said."""
    if count is None:
        return found.valid_to
    if not 1 <= count <= _MOST_DATES:
        raise _UnknownError
    every = list(islice(dates.days(found, found.valid_from, found.valid_to or _LAST), count))
    if not every:
        raise _UnknownError
    return every[-1]


def _from(found: Schedule, first: date, last: date | None) -> Schedule:
    """The series from a later day on, in the rhythm in which it began."""
    begins = first
    if first > found.valid_from and found.interval > 1:
        next_ = next(dates.days(found, first, last or _LAST), None)
        if next_ is None:
            raise _UnknownError
        begins = first if _same_period(found.freq, first, next_) else next_
    if begins > _LAST or (last and last < begins):
        raise _UnknownError
    return _schedule(begins, last, found.freq, found.interval, found.byday)


def _same_period(freq: str, one: date, other: date) -> bool:
    if freq == _WEEKLY:
        return one.isocalendar()[:2] == other.isocalendar()[:2]
    return (one.year, one.month) == (other.year, other.month)


def _end(item: Json) -> date | None:
    """The earlier one of both ends; so far away that nobody plans for it is none."""
    ends = []
    for name in ("valid_to", "until"):
        found = day(item, name)
        if found is None and text(item, name):
            raise _UnknownError
        if found and found <= _LAST:
            ends.append(found)
    return min(ends, default=None)


def _whole(item: Json, name: str) -> int | None:
    said = text(item, name).removesuffix(".0")
    if not said:
        return None
    value: int = cells.number(0, 1_000_000)(said)
    return value


def _byday(item: Json) -> str:
    said = item.get("byday")
    listed = ",".join(map(str, said)) if isinstance(said, list) else text(item, "byday")
    parts = (part.strip().removeprefix("+") for part in re.split("[,;]", listed.upper()))
    return ",".join(dict.fromkeys(part for part in parts if part))


def _at_home(item: Json, found: Schedule) -> Schedule:
    """With its hours on a clock in Berlin, by what that shows on the first day."""
    first = _first(found.valid_from, found.valid_to, found.freq, found.interval, found.byday)
    opens = _clock(text(item, "opens_at"))
    if opens is None or text(item, "opens_at").startswith("24"):
        raise _UnknownError
    closes = _clock(text(item, "closes_at"))
    if closes and closes[0] == time(0) and opens[0] > time(0):
        closes = _MIDNIGHT, closes[1]
    said = text(item, "timezone").removesuffix(".0")
    starts, *end = (_moved(first, clock, zone or said) for clock, zone in filter(None, (opens, closes)))
    if starts.date() != first:
        if found.freq != _ONCE:
            raise _UnknownError
        found = _single(starts.date())
    return replace(
        found,
        opens_at=f"{starts:%H:%M}",
        closes_at="".join(f"{one:%H:%M}" for one in end if one > starts and one.date() == starts.date()),
        note=(text(item, "notes") or text(item, "description"))[:_NOTE],
    )


def _clock(said: str) -> tuple[time, str] | None:
    """The time and the zone that stands with it; None where nothing is said."""
    if not said:
        return None
    found = _CLOCK.fullmatch(said)
    if found is None:
        raise _UnknownError
    return _MIDNIGHT if found[1] == "24:00" else rules.clock(cells.clock(found[1])), found[2] or ""


def _moved(first: date, clock: time, zone: str) -> datetime:
    """This time of that day in Berlin; what says no zone is Berlin's."""
    of = _zone(zone)
    # Hours that always held have no first day whose summer time could count.
    if isinstance(of, timezone) and first < ALWAYS + timedelta(weeks=1):
        if of.utcoffset(None) not in _OURS:
            raise _UnknownError
        of = dates.BERLIN
    return datetime.combine(first, clock, of).astimezone(dates.BERLIN)


def _zone(said: str) -> tzinfo:
    if said in ("", "Europe/Berlin"):
        return dates.BERLIN
    if said in ("Z", "UTC"):
        return UTC
    found = _OFFSET.fullmatch(said)
    if found is None:
        if said not in available_timezones():
            raise _UnknownError
        return ZoneInfo(said)
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(-offset if found[1] == "-" else offset)
