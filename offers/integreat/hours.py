"""Opening hours and dates of events as HSDS schedules; what repeats in a way that is not known here is left to whoever looks."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from offers import cells, dates, rules
from offers.errors import CellError
from offers.hsds.terms import Json
from offers.types import WEEKDAYS, Schedule

_ALWAYS = "2000-01-01"
"""Opening hours hold since nobody knows when; a day that moved with every edit would make them new hours each time."""
_DAY = {"opens_at": "00:00", "closes_at": "23:59"}
_MIDNIGHT = "00:00"
_NIGHT_OVER = "06:00"
"""What began on the day before and ends by then is still the same evening."""
_MOST = 730
_MOST_DATES = 60
_FREQUENCIES = {"DAILY": "WEEKLY", "WEEKLY": "WEEKLY", "MONTHLY": "MONTHLY"}
_SECONDS = re.compile(r"(?<=:[0-9]{2}):[0-9]{2}$")
_KNOWN = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYSETPOS", "UNTIL", "COUNT", "WKST"})


@dataclass(frozen=True)
class Span:
    """When an event takes place; the last day of one over several days is another."""

    first: date
    last: date
    opens_at: str
    closes_at: str
    only_weekdays: bool


def opening(days: object, link: str) -> tuple[list[Json], bool]:
    """A row for each stretch of hours with the days on which it holds, and whether some day is by appointment only."""
    found: dict[tuple[str, str], list[str]] = {}
    appointment = False
    for weekday, day in zip(WEEKDAYS, days if isinstance(days, list) else (), strict=False):
        if not isinstance(day, dict) or day.get("closed"):
            continue
        if day.get("appointmentOnly"):
            appointment = True
        elif day.get("allDay"):
            found.setdefault((_DAY["opens_at"], _DAY["closes_at"]), []).append(weekday)
        else:
            for hours in _slots(day):
                found.setdefault(hours, []).append(weekday)
    rows = [
        _filled({"valid_from": _ALWAYS, "freq": "WEEKLY", "byday": ",".join(some), "opens_at": opens, "closes_at": closes})
        for (opens, closes), some in found.items()
    ]  # fmt: skip
    return [row | ({"schedule_link": link} if link else {}) for row in rows], appointment


def _slots(day: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    slots = day.get("timeSlots")
    for slot in slots if isinstance(slots, list) else ():
        if isinstance(slot, dict) and (opens := clock(slot.get("start"))):
            yield opens, _end(clock(slot.get("end")))


def clock(value: object) -> str:
    """`HH:MM`, empty for what is no time; seconds say nothing."""
    try:
        return cells.clock(_SECONDS.sub("", str(value).partition(".")[0][:8]))
    except CellError:
        return ""


def _end(closes: str) -> str:
    """The end as a day of ours can say it: until midnight is until its last minute."""
    return _DAY["closes_at"] if closes == _MIDNIGHT else closes


def span(event: Mapping[str, Any]) -> Span | None:
    """When one event takes place; None where it has no day."""
    first, opens = _moment(event, "start")
    last, closes = _moment(event, "end")
    if first is None:
        return None
    if event.get("all_day") or not opens:
        opens, closes = _DAY["opens_at"], _DAY["closes_at"]
    last = max(last or first, first)
    if closes and closes < opens and closes <= _NIGHT_OVER and last - first == timedelta(days=1):
        last, closes = first, _end(closes)
    return Span(first, last, opens, closes if closes > opens else "", bool(event.get("only_weekdays")))


def _moment(event: Mapping[str, Any], name: str) -> tuple[date | None, str]:
    """Day and hour on a clock in Berlin; the plain fields are that already."""
    day = _date(event.get(f"{name}_date"))
    if day is not None:
        return day, clock(event.get(f"{name}_time"))
    try:
        moment = datetime.fromisoformat(str(event.get(name)))
        local = moment.astimezone(dates.BERLIN) if moment.tzinfo else moment
        return _date(f"{local:%Y-%m-%d}"), f"{local:%H:%M}"
    except (ValueError, OverflowError):
        return None, ""


def _date(value: object) -> date | None:
    try:
        return cells.day(str(value))
    except CellError:
        return None


def series(spans: list[Span], rule: str) -> list[Json] | None:
    """An event's dates: by its rule, else each of `spans`; None where the rule cannot be said here."""
    ordered = sorted(set(spans), key=lambda one: (one.first, one.opens_at))
    # Counted from the first date that is still listed, the end would move on with every import.
    counted = len(ordered) > 1 and "COUNT=" in rule.upper()
    if rule and not counted:
        row = _by_rule(ordered[0], rule)
        return [row] if row else None
    return [_single(one) for one in ordered[:_MOST_DATES]]


def _single(one: Span) -> Json:
    hours = {"opens_at": one.opens_at, "closes_at": one.closes_at}
    first, last = one.first.isoformat(), one.last.isoformat()
    if one.first == one.last:
        return _filled({"valid_from": first, "valid_to": first, "dtstart": first, "count": 1, **hours})
    byday = WEEKDAYS[:5] if one.only_weekdays else WEEKDAYS
    return _filled(
        {"valid_from": first, "valid_to": last, "freq": "WEEKLY", "byday": ",".join(byday), **hours}
    )


def _by_rule(one: Span, rule: str) -> Json | None:
    """The rule as a row; it may begin with RRULE: and stand below a DTSTART."""
    line = next((line for line in rule.split() if "FREQ=" in line), "").removeprefix("RRULE:").upper()
    parts = dict(part.split("=", 1) for part in line.split(";") if "=" in part)
    freq, every = parts.get("FREQ", ""), parts.get("INTERVAL", "1")
    byday = _byday(freq, parts, one)
    known = freq in _FREQUENCIES and parts.keys() <= _KNOWN and every.isascii() and every.isdecimal()
    if not known or not byday or not 1 <= int(every[:3]) <= 52 or (freq == "DAILY" and every != "1"):
        return None
    try:
        last = _last(
            Schedule(one.first, None, _FREQUENCIES[freq], int(every), byday, one.opens_at, "", "none", ""),
            parts,
        )
    except (CellError, ValueError):
        return None
    return _filled(
        {
            "valid_from": one.first.isoformat(),
            "valid_to": last.isoformat() if last else "",
            "freq": _FREQUENCIES[freq],
            "interval": int(every),
            "byday": byday,
            "opens_at": one.opens_at,
            "closes_at": one.closes_at,
        }
    )  # fmt: skip


def _byday(freq: str, parts: Mapping[str, str], one: Span) -> str:
    """The weekdays as a row of ours has them; empty for a rule that has no such."""
    said = parts.get("BYDAY", "").replace("+", "")
    if freq == "MONTHLY":
        said = ",".join(f"{parts.get('BYSETPOS', '')}{day}" for day in said.split(",")) if said else ""
    elif freq == "DAILY":
        said = said or ",".join(WEEKDAYS[:5] if one.only_weekdays else WEEKDAYS)
    else:
        said = said or WEEKDAYS[one.first.weekday()]
    try:
        numbered = [number != 0 for number, _ in rules.parse_byday(cells.byday(said))] if said else []
    except CellError:
        return ""
    fits = all(numbered) if freq == "MONTHLY" else not any(numbered)
    # The second of Mondays and Tuesdays together is neither the second Monday nor the second Tuesday.
    several = "BYSETPOS" in parts and (len(numbered) > 1 or freq != "MONTHLY")
    return said if fits and not several else ""


def _last(schedule: Schedule, parts: Mapping[str, str]) -> date | None:
    """The last day; None where it goes on. Raises CellError, ValueError."""
    if until := parts.get("UNTIL"):
        return max(cells.day(f"{until[:4]}-{until[4:6]}-{until[6:8]}"), schedule.valid_from)
    if "COUNT" not in parts:
        return None
    count = int(parts["COUNT"][:4])
    if not 1 <= count <= _MOST:
        raise ValueError(count)
    every = dates.days(schedule, schedule.valid_from, date(2099, 12, 31))
    return max(islice(every, count), default=schedule.valid_from)


def _filled(row: Json) -> Json:
    return {name: value for name, value in row.items() if value != ""}
