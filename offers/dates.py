"""When an offer takes place: series, holidays and clock changes, as aware times in Europe/Berlin."""

import heapq
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path

import yaml
from dateutil import rrule
from holidays.countries.germany import Germany

from i18n import dates as spoken
from offers import rules
from offers.types import DateException, Occurrence, Offer, Schedule
from people.house.types import OfficeWeek

BERLIN = spoken.BERLIN
DATA = Path(__file__).parent / "school_holidays.yml"
HORIZON = timedelta(days=400)
"""How far ahead dates are looked for: a series that pauses longer than a year is over."""
_WEEK = timedelta(weeks=1)
_SOON = timedelta(weeks=30)
_SURELY = {"none": 2 * _WEEK, "public": 6 * _WEEK, "school": 11 * _WEEK}
"""So long no weekly series pauses: the summer holidays, and a few public ones besides."""
_WEEKDAYS = dict(zip(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), rrule.weekdays, strict=True))


def today(now: datetime) -> date:
    """The day that it is in Berlin."""
    return now.astimezone(BERLIN).date()


@cache
def _school_holidays() -> tuple[tuple[date, date], ...]:
    rows = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return tuple((row["first"], row["last"]) for row in rows)


@cache
def _public_holidays(year: int) -> frozenset[date]:
    # The Assumption is a holiday where more Catholics live: in all of the district.
    return frozenset(Germany(subdiv="BY", years=year, categories=("public", "catholic")))


def is_public_holiday(day: date) -> bool:
    """Whether this day is a public holiday in Bavaria."""
    return day in _public_holidays(day.year)


def office_hours(day: date, week: OfficeWeek) -> tuple[time, time] | None:
    """From when until when somebody is in the office on this day, None where nobody is."""
    return None if is_public_holiday(day) else week[day.weekday()]


@lru_cache(maxsize=4096)
def is_school_holiday(day: date) -> bool:
    """Whether Bavarian schools are closed on this day; beyond the data file only public holidays are known."""
    return any(first <= day <= last for first, last in _school_holidays())


def skipped(schedule: Schedule, day: date) -> bool:
    """Whether the series pauses on this day."""
    if schedule.skip_holidays == "none":
        return False
    return is_public_holiday(day) or (schedule.skip_holidays == "school" and is_school_holiday(day))


def days(schedule: Schedule, first: date, last: date) -> Iterator[date]:
    """Every day of the series from `first` to `last`, days on which it pauses included."""
    start, end = max(first, schedule.valid_from), min(last, schedule.valid_to or last)
    if start > end:
        return
    if schedule.freq == "ONCE":
        if schedule.valid_from >= first:
            yield schedule.valid_from
        return
    series = rrule.rrule(
        rrule.WEEKLY if schedule.freq == "WEEKLY" else rrule.MONTHLY,
        dtstart=_aligned(schedule, start),
        until=datetime.combine(end, datetime.max.time()),
        interval=schedule.interval,
        byweekday=_byweekday(schedule),
        wkst=rrule.MO,
    )
    for found in series:
        if found.date() >= start:
            yield found.date()


def _byweekday(schedule: Schedule) -> list[rrule.weekday]:
    return [_WEEKDAYS[day](n) if n else _WEEKDAYS[day] for n, day in rules.parse_byday(schedule.byday)]


def _aligned(schedule: Schedule, start: date) -> datetime:
    """Where the rule may begin without losing its rhythm, so that an old series costs no more than a young one."""
    origin = schedule.valid_from
    if schedule.freq == "WEEKLY":
        monday = origin - timedelta(days=origin.weekday())
        periods = (start - monday).days // 7 // schedule.interval
        aligned = monday + timedelta(weeks=periods * schedule.interval)
    else:
        months = (start.year - origin.year) * 12 + start.month - origin.month
        month = origin.month - 1 + months // schedule.interval * schedule.interval
        aligned = date(origin.year + month // 12, month % 12 + 1, 1)
    return datetime.combine(aligned, datetime.min.time())


def at(day: date, clock: str) -> datetime:
    """A time on a wall clock in Berlin; one that the change to summer time leaves out is moved by the missing hour."""
    local = datetime.combine(day, rules.clock(clock), tzinfo=BERLIN)
    return datetime.fromtimestamp(local.timestamp(), tz=BERLIN)


def occurrences(schedule: Schedule, now: datetime) -> Iterator[Occurrence]:
    """What is not over yet at `now`, in order; at most `HORIZON` ahead."""
    first = today(now)
    for day in days(schedule, first, first + HORIZON):
        if skipped(schedule, day):
            continue
        start, end = _hours(schedule, day)
        if end.timestamp() > now.timestamp() or start == end >= now:
            yield Occurrence(start, end, schedule.note)


def _hours(schedule: Schedule, day: date) -> tuple[datetime, datetime]:
    start = at(day, schedule.opens_at)
    return start, max(start, at(day, schedule.closes_at)) if schedule.closes_at else start


def upcoming(offer: Offer, now: datetime) -> Iterator[Occurrence]:
    """The next dates of an offer over all its series, in order; cancelled ones left out, moved ones when they now are."""
    gone = {at(exception.day, exception.opens_at).timestamp() for exception in offer.exceptions}
    series = heapq.merge(
        *(occurrences(schedule, now) for schedule in offer.schedules),
        key=lambda found: found.starts_at.timestamp(),
    )
    kept = (found for found in series if found.starts_at.timestamp() not in gone) if gone else series
    moved = sorted(
        (found for found in map(moved_date, offer.exceptions) if found and found.ends_at >= now),
        key=lambda found: found.starts_at.timestamp(),
    )
    return heapq.merge(kept, moved, key=lambda found: found.starts_at.timestamp()) if moved else kept


def moved_date(exception: DateException) -> Occurrence | None:
    """When a moved date takes place; None for a cancelled one."""
    if exception.moved_to is None:
        return None
    start = at(exception.moved_to, exception.moved_opens_at)
    end = at(exception.moved_to, exception.moved_closes_at) if exception.moved_closes_at else start
    return Occurrence(start, max(start, end))


def next_dates(offer: Offer, now: datetime, count: int) -> tuple[Occurrence, ...]:
    """The next `count` dates; the same time twice is one."""
    found: dict[float, Occurrence] = {}
    for occurrence in islice(upcoming(offer, now), count * max(1, len(offer.schedules))):
        found.setdefault(occurrence.starts_at.timestamp(), occurrence)
        if len(found) == count:
            break
    return tuple(found.values())


def surely_goes_on(offer: Offer, now: datetime) -> bool:
    """Whether a weekly series has so long to run that no holidays and cancelled dates can use it up; False says nothing."""
    day = now.date()
    return any(
        schedule.freq == "WEEKLY"
        and schedule.interval == 1
        and (
            schedule.valid_to is None
            or schedule.valid_to - max(schedule.valid_from, day)
            > _SURELY[schedule.skip_holidays] + _WEEK * len(offer.exceptions)
        )
        and schedule.valid_from - day < _SOON
        for schedule in offer.schedules
    )


def ended(offer: Offer, now: datetime) -> bool:
    """Whether the offer had dates and has none any more; one without dates goes by appointment."""
    return bool(offer.schedules) and next(upcoming(offer, now), None) is None


def says(schedule: Schedule, day: date, opens_at: str) -> bool:
    """Whether the series has this day at this hour, whatever became of it."""
    return schedule.opens_at == opens_at and day in set(days(schedule, day, day))


def planned(offer: Offer, day: date, opens_at: str) -> Occurrence:
    """A date as its series says it, or only its beginning where none does."""
    start = at(day, opens_at)
    ends = [_hours(s, day)[1] for s in offer.schedules if says(s, day, opens_at)]
    return Occurrence(start, max(ends, default=start))


def is_planned(offer: Offer, found: Occurrence) -> bool:
    """Whether a date is as one of the series says it, with its hours, and not one that was moved there."""
    day = today(found.starts_at)
    return any(
        day in set(days(schedule, day, day)) and _hours(schedule, day) == (found.starts_at, found.ends_at)
        for schedule in offer.schedules
    )


def last_use(day: date, opens_at: str, *offers: Offer) -> datetime:
    """Until when news of a changed date helps: whoever does not know it would come to the old time, or miss the new one.

    `offers` are the offer before and after the change: a date may have been moved already.
    """
    old = at(day, opens_at)
    moved = [
        moved_date(e) for offer in offers for e in offer.exceptions if (e.day, e.opens_at) == (day, opens_at)
    ]
    return max([old, *(one.starts_at for one in moved if one)])
