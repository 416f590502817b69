"""When the appointments of a series are: a rule of iCalendar for wall times, as pure functions."""

import re
from datetime import datetime, timedelta

WEEKS = (1, 2, 4)
TIMES = range(2, 27)
_RULE = re.compile(r"FREQ=WEEKLY;INTERVAL=(\d{1,2});COUNT=(\d{1,2})")


def rule(weeks: int, times: int) -> str:
    """The RRULE of every so many weeks, so many times. Raises ValueError."""
    if weeks not in WEEKS or times not in TIMES:
        raise ValueError(f"every {weeks} weeks, {times} times")
    return f"FREQ=WEEKLY;INTERVAL={weeks};COUNT={times}"


def occurrences(rule: str, first: datetime) -> list[datetime]:
    """The wall times of a rule, the first of which is given: the hour stays when the clocks change. Raises ValueError."""
    found = _RULE.fullmatch(rule)
    if found is None:
        raise ValueError(rule)
    weeks, times = int(found[1]), int(found[2])
    return [first + timedelta(weeks=weeks * number) for number in range(times)]
