"""Working days and hours of the office."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from agreements import rules
from offers.dates import is_public_holiday, office_hours
from people.house.types import OfficeWeek


def is_working_day(day: date) -> bool:
    """Monday to Friday, but for the district's public holidays."""
    return day.weekday() < 5 and not is_public_holiday(day)


def next_working_day(day: date) -> date:
    """The first working day after `day`."""
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def is_office_day(day: date, week: OfficeWeek) -> bool:
    """Whether somebody is in the office on this day."""
    return office_hours(day, week) is not None


def next_office_day(day: date, week: OfficeWeek) -> date:
    """The first day after `day` on which somebody is in the office."""
    day += timedelta(days=1)
    while not is_office_day(day, week):
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=1024)
def office_days_since(first: date, today: date, week: OfficeWeek) -> int:
    """How many office days after `first` have begun by `today`."""
    count, day = 0, first
    while (day := next_office_day(day, week)) <= today:
        count += 1
    return count


def answer_by(asked_at: datetime, week: OfficeWeek, away_until: date | None = None) -> date:
    """By when somebody who asked then is promised an answer; where nobody is there until a day, on the first office day after it."""
    if away_until is not None and away_until >= rules.today(asked_at):
        return next_office_day(away_until, week)
    return answer_day(asked_at, week)


def answer_day(asked_at: datetime, week: OfficeWeek) -> date:
    """By when somebody who asked then has an answer: one office day after the one on which it was there in time to be read."""
    asked = rules.local_time(asked_at)
    read = asked.date()
    hours = office_hours(read, week)
    if hours is None or asked.time() >= hours[1]:
        read = next_office_day(read, week)
    return next_office_day(read, week)
