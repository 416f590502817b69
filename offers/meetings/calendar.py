"""When meetings take place: the dates of a series with what became of them, the rule behind a rhythm, and one date as a calendar file."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from icalendar import Event

from offers import dates, rules
from offers import ics as files
from offers.meetings.types import Change, Meeting, MeetingDate, Rhythm
from offers.types import WEEKDAYS, Schedule

_DAYS_OF_WEEKS = 7
_LAST = 5
"""A fifth weekday is not in every month: then the last one is meant."""
ROOM = timedelta(days=28)
"""So far may a date be moved: it is looked for as many days around."""


def schedule(first: date, opens_at: str, rhythm: Rhythm) -> Schedule:
    """The series that begins on that day; meetings pause on public holidays, unless it is a single day."""
    if rhythm is Rhythm.ONCE:
        return Schedule(first, first, "ONCE", 1, "", opens_at, "", "none", "")
    weekday = WEEKDAYS[first.weekday()]
    if rhythm is Rhythm.MONTHLY:
        number = (first.day - 1) // _DAYS_OF_WEEKS + 1
        byday = f"{-1 if number == _LAST else number}{weekday}"
        return Schedule(first, None, "MONTHLY", 1, byday, opens_at, "", "public", "")
    interval = 2 if rhythm is Rhythm.FORTNIGHTLY else 1
    return Schedule(first, None, "WEEKLY", interval, weekday, opens_at, "", "public", "")


def rhythm(found: Schedule) -> Rhythm:
    """How often a series takes place."""
    if found.freq == "ONCE":
        return Rhythm.ONCE
    if found.freq == "MONTHLY":
        return Rhythm.MONTHLY
    return Rhythm.FORTNIGHTLY if found.interval > 1 else Rhythm.WEEKLY


def between(
    meeting: Meeting, changes: Mapping[date, Change], first: date, last: date
) -> Iterator[MeetingDate]:
    """Every date that takes place, or was to take place, on a day from `first` to `last`; not in order where dates were moved."""
    for day in dates.days(meeting.schedule, first - ROOM, last + ROOM):
        found = one(meeting, changes.get(day, Change(day)))
        if found is not None and first <= found.starts_at.date() <= last:
            yield found


def one(meeting: Meeting, change: Change) -> MeetingDate | None:
    """The date of that day, None where the series knows no such day."""
    day = change.day
    said = day in set(dates.days(meeting.schedule, day, day)) and not dates.skipped(meeting.schedule, day)
    if not said and change == Change(day):
        return None
    planned_at = dates.at(day, meeting.schedule.opens_at)
    moved = change.moved_to is not None
    starts_at = dates.at(change.moved_to, change.moved_opens_at) if change.moved_to else planned_at
    return MeetingDate(meeting, change, planned_at, starts_at if moved else planned_at)


def ics(found: MeetingDate, title: str, now: datetime) -> bytes:
    """One date under `title`; a second file for the same date, made later, replaces the first."""
    event = Event()
    event.add("uid", f"{found.meeting.id}-{found.day:%Y%m%d}@lotse")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", found.starts_at)
    event.add("summary", title)
    event.add("location", ", ".join(filter(None, (found.meeting.location, found.meeting.place))))
    event.add("status", "CANCELLED" if found.change.cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    calendar = files.begun()
    calendar.add_component(event)
    start = found.starts_at.date()
    return files.packed(calendar, start, start)


def valid_clock(text: str) -> bool:
    """Whether it is `HH:MM`."""
    try:
        return f"{rules.clock(text):%H:%M}" == text
    except ValueError:
        return False
