"""Working days of the office; when it is open at all is the district's business."""

from datetime import date, timedelta
from functools import cache

import holidays


@cache
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", subdiv="BY", years=year))


def is_working_day(day: date) -> bool:
    """Monday to Friday, but for Bavaria's public holidays."""
    return day.weekday() < 5 and day not in _public_holidays(day.year)


def next_working_day(day: date) -> date:
    """The first working day after `day`."""
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def working_days_since(first: date, today: date) -> int:
    """How many working days after `first` have begun by `today`."""
    count, day = 0, first
    while (day := next_working_day(day)) <= today:
        count += 1
    return count
