"""Decisions about offers as pure functions: levels, times of day, ids, weekdays; no calendar and no storage."""

import hashlib
import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from offers.types import DAYTIMES, LEVELS, WEEKDAYS, Offer, Query, Schedule

_TICK = timedelta(microseconds=1)
_OPENING_HOURS = 4 * 60
_NOTICEABLE = 60
_NOON, _EVENING = 12 * 60, 17 * 60
_BYDAY = re.compile(r"([1-5]|-1)?(MO|TU|WE|TH|FR|SA|SU)")


def next_moment(latest: datetime | None, now: datetime) -> datetime:
    """When a change is written: now, or the next tick after the last one, so that each moves the stamp that others follow."""
    return max(now, latest + _TICK) if latest else now


def stable_id(kind: str, external_id: str) -> str:
    """The id of an imported row: the same for the same row in every import and every database."""
    return hashlib.sha256(f"{kind}:{external_id}".encode()).hexdigest()[:16]


def parse_byday(byday: str) -> tuple[tuple[int, str], ...]:
    """`MO,WE` or `1TU,-1FR` as pairs of number and weekday, number 0 for every week. Raises ValueError."""
    found = []
    for part in byday.split(","):
        match = _BYDAY.fullmatch(part.strip())
        if match is None:
            raise ValueError(part)
        found.append((int(match[1] or 0), match[2]))
    return tuple(found)


def clock(text: str) -> time:
    """`HH:MM` as a time."""
    return time.fromisoformat(text)


def daytimes(schedule: Schedule) -> frozenset[str]:
    """When on a day: a course belongs to the time it begins, opening hours to every part of the day they reach into."""
    start = _minutes(schedule.opens_at)
    end = _minutes(schedule.closes_at) if schedule.closes_at else start
    parts = {"morning": (0, _NOON), "afternoon": (_NOON, _EVENING), "evening": (_EVENING, 24 * 60)}
    found = {name for name, (first, last) in parts.items() if first <= start < last}
    if end - start >= _OPENING_HOURS:
        found |= {n for n, (a, b) in parts.items() if min(end, b) - max(start, a) >= _NOTICEABLE}
    if weekdays(schedule) & {"SA", "SU"}:
        found.add("weekend")
    return frozenset(found) & frozenset(DAYTIMES)


def _minutes(text: str) -> int:
    value = clock(text)
    return value.hour * 60 + value.minute


def weekdays(schedule: Schedule) -> set[str]:
    """The days of the week on which it takes place."""
    if schedule.byday:
        return {day for _, day in parse_byday(schedule.byday)}
    return {WEEKDAYS[schedule.valid_from.weekday()]}


def level_steps(level: str, low: str | None, high: str | None, *, taught: bool) -> int:
    """How many levels somebody who asks with this level is away from being right there; 0 fits.

    Where a language is taught, the level asked for must lie between `low` and `high`; elsewhere they say what a person should
    know already, so only too little is in the way.
    """
    if level not in LEVELS or (low is None and high is None):
        return 0
    asked = LEVELS.index(level)
    lowest, highest = LEVELS.index(low or high or level), LEVELS.index(high or low or level)
    if asked < lowest:
        return lowest - asked
    return asked - highest if taught and asked > highest else 0


def is_full(offer: Offer) -> bool:
    """Whether no place is free."""
    return offer.free_places == 0


def with_filter(query: Query, name: str, value: str | bool | None) -> Query:
    """The question with one filter set, or taken away by None; a named place takes the place of a sent one."""
    changed: dict[str, Any] = {name: value}
    if name == "place":
        changed["location"] = None
    return replace(query, **changed)
