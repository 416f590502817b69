"""What becomes of cancelled and moved dates when the series that they belong to change, and whom that concerns; pure functions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import takewhile

from offers import dates, rules
from offers.types import DateException, Offer, Schedule, Status

_COMPARED = 8
"""So many coming dates somebody may have in mind."""


def carried(before: Offer, schedules: Sequence[Schedule], now: datetime) -> tuple[DateException, ...]:
    """The exceptions that go on with new series.

    A day that was cancelled or moved stays so when only its hour changes; one that the new series do not have is over.
    """
    today = dates.today(now)
    found: dict[tuple[date, str], DateException] = {}
    for exception in before.exceptions:
        hour = _hour(before.schedules, schedules, exception, today)
        if hour is not None:
            found[exception.day, hour] = replace(exception, opens_at=hour)
    return tuple(found[key] for key in sorted(found))


def news(before: Offer, after: Offer, now: datetime) -> tuple[DateException | None, ...]:
    """What whoever meant to come has to know: None where it is the offer as a whole, else the moved dates, not over yet, that only one of the two has."""
    if is_other(before, after, now):
        return (None,)
    said = [{_place(e): e for e in offer.exceptions} for offer in (before, after)]
    changed = sorted(said[0].keys() ^ said[1].keys())
    return tuple(
        exception for key in changed for exception in [(said[0] | said[1])[key]] if _ahead(exception, now)
    )


def is_other(before: Offer, after: Offer, now: datetime) -> bool:
    """Whether the offer pauses, has ended or goes on, or coming dates of its series are no more; one that is or was a draft is nobody's yet."""
    states = {before.status, after.status}
    if len(states) > 1 or states != {Status.PUBLISHED.value}:
        return len(states) > 1 and Status.DRAFT.value not in states
    if before.schedules == after.schedules:
        return False
    known = dates.next_dates(before, now, _COMPARED)
    if not known:
        return False
    until = known[-1].starts_at
    there = takewhile(lambda found: found.starts_at <= until, dates.upcoming(after, now))
    times = {(found.starts_at, found.ends_at) for found in there}
    return any((found.starts_at, found.ends_at) not in times for found in known)


def of(offer: Offer, day: date, opens_at: str) -> DateException | None:
    """What became of a date; of one whose hour changed since, what became of its day."""
    here = [e for e in offer.exceptions if e.day == day]
    exact = next((e for e in here if e.opens_at == opens_at), None)
    return exact or (next(iter(here), None) if not takes_place(offer, day, opens_at) else None)


def takes_place(offer: Offer, day: date, opens_at: str) -> bool:
    """Whether a series says this date."""
    return any(dates.says(schedule, day, opens_at) for schedule in offer.schedules)


def _hour(
    before: Sequence[Schedule], after: Sequence[Schedule], exception: DateException, today: date
) -> str | None:
    """At which hour the new series say the day of an exception; None where they do not."""
    old, new = (_hours(schedules, exception.day, today) for schedules in (before, after))
    if exception.opens_at in new:
        return exception.opens_at
    gone, added = (old | {exception.opens_at}) - new, new - old
    if not added:
        return None
    nearest = min(sorted(added), key=lambda hour: _apart(hour, exception.opens_at))
    # Where two dates of a day became one, it stands for the nearer of them.
    closest = min(sorted(gone), key=lambda hour: _apart(hour, nearest))
    return nearest if closest == exception.opens_at else None


def _hours(schedules: Sequence[Schedule], day: date, today: date) -> set[str]:
    reaching = (_reaching(schedule, day) if day < today else schedule for schedule in schedules)
    return {schedule.opens_at for schedule in reaching if day in set(dates.days(schedule, day, day))}


def _reaching(schedule: Schedule, day: date) -> Schedule:
    """The series as if it had begun by that day: dates typed anew begin today, and a past one may have been moved ahead."""
    if schedule.freq != "WEEKLY" or schedule.valid_from <= day:
        return schedule
    rhythm = timedelta(weeks=schedule.interval)
    periods = -(-(schedule.valid_from - day) // rhythm)
    return replace(schedule, valid_from=schedule.valid_from - periods * rhythm)


def _apart(one: str, other: str) -> int:
    first, second = (rules.clock(text) for text in (one, other))
    return abs(first.hour * 60 + first.minute - second.hour * 60 - second.minute)


def _place(exception: DateException) -> tuple[date, str, str, str]:
    """A moved date without the hour it was planned at, which may change alone."""
    to = exception.moved_to.isoformat() if exception.moved_to else ""
    return exception.day, to, exception.moved_opens_at, exception.moved_closes_at


def _ahead(exception: DateException, now: datetime) -> bool:
    moved = dates.moved_date(exception)
    return moved is not None and moved.ends_at >= now
