"""From the catalogue to figures: courses with childcare, offers that were checked, meetings held; nobody is meant, so nothing is hidden."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache

from agreements.indicators.rules import month, quarter
from agreements.indicators.types import Figure, Grouping, Indicator
from agreements.rules import months_later
from offers.meetings.types import Held
from offers.statistics.types import Course, Periods, Public

MONTHS = 12
"""So many months and quarters back, the one that runs included, what took place is counted."""
WITHIN_A_YEAR = frozenset({Grouping.ALL, Grouping.PLACE})
"""Where what took place is counted over the last twelve months, to the day: an aim is held against it, whatever month it is."""
COLUMNS: Mapping[Grouping, str | None] = {
    Grouping.ALL: None,
    Grouping.PLACE: "place",
    Grouping.FIELD: "field_of_action",
}
"""By which column of offers what is public now is grouped."""


def now(public: Iterable[Public]) -> list[Figure]:
    """What is public now: German courses with childcare, and offers that were checked; groups in order."""
    groups = sorted(public)
    courses = [
        (Indicator.CHILDCARE_COURSES, group.group, group.with_childcare, group.courses) for group in groups
    ]
    checked = [(Indicator.OFFERS_CHECKED, group.group, group.checked, group.offers) for group in groups]
    return [Figure(*said) for said in (*courses, *checked) if said[-1]]


def over_time(periods: Periods, courses: Sequence[Course], confirmed: Mapping[str, int]) -> list[Figure]:
    """Courses that had dates then, and how many offers were confirmed then: how many were public at the time nobody knows."""
    begins, ends = [first for first, _ in periods.values()], [after for _, after in periods.values()]
    held, looked_after = [0] * len(periods), [0] * len(periods)
    for course in courses:
        for number in _touched(course, begins, ends):
            held[number] += 1
            looked_after[number] += course.with_childcare
    ran = zip(periods, looked_after, held, strict=True)
    checked = [(name, confirmed[name]) for name in periods if name in confirmed]
    return [
        *(Figure(Indicator.CHILDCARE_COURSES, name, some, every) for name, some, every in ran if every),
        *(Figure(Indicator.OFFERS_CHECKED, name, number, None) for name, number in checked),
    ]


def periods(grouping: Grouping, today: date) -> Periods:
    """The months or quarters that are counted, the oldest first; none where it is not time by which figures are broken down."""
    name = {Grouping.MONTH: month, Grouping.QUARTER: quarter}.get(grouping)
    found: dict[str, tuple[date, date]] = {}
    if name is not None:
        for first in _months(today):
            begins, _ = found.get(name(first), (first, first))
            found[name(first)] = begins, _month_after(first, 1)
    return found


def this_quarter(today: date) -> tuple[date, date]:
    """From its first day until before the next."""
    first = today.replace(day=1)
    first = _month_after(first, -((first.month - 1) % 3))
    return first, _month_after(first, 3)


def quarter_before(today: date) -> tuple[date, date]:
    """The quarter before the one that runs, from its first day until before the next."""
    first, _ = this_quarter(today)
    return _month_after(first, -3), first


def meetings(held: Iterable[Held], grouping: Grouping, today: date) -> list[Figure]:
    """How many meetings took place: by quarter and month in whole quarters, else in the last twelve months; they belong to no field of action."""
    groups: Mapping[Grouping, Callable[[Held], str]] = {
        Grouping.ALL: lambda _one: "",
        Grouping.QUARTER: lambda one: quarter(one.on),
        Grouping.MONTH: lambda one: month(one.on),
        Grouping.PLACE: lambda one: one.place,
    }
    if grouping not in groups:
        return []
    year = months_later(today, -MONTHS) + timedelta(days=1)
    first = year if grouping in WITHIN_A_YEAR else _months(today)[0]
    found = Counter(groups[grouping](one) for one in held if one.on >= first)
    return [Figure(Indicator.MEETINGS, name, found[name], None) for name in sorted(found)]


def since(today: date) -> date:
    """The first day of what is counted."""
    return min(_months(today)[0], months_later(today, -MONTHS))


def _touched(course: Course, begins: Sequence[date], ends: Sequence[date]) -> set[int]:
    """Into which stretches of time, by their numbers, one of its series reaches."""
    found: set[int] = set()
    for first, last in course.spans:
        until = len(begins) if last is None else bisect_right(begins, last)
        found.update(range(bisect_right(ends, first), until))
    return found


def _months(today: date) -> list[date]:
    """The first days of the last months, the oldest first; they begin with a whole quarter."""
    first = _month_after(today.replace(day=1), 1 - MONTHS)
    while first.month % 3 != 1:
        first = _month_after(first, -1)
    months = [first]
    while months[-1] < today.replace(day=1):
        months.append(_month_after(months[-1], 1))
    return months


@cache
def _month_after(first: date, number: int) -> date:
    year, index = divmod(first.year * 12 + first.month - 1 + number, 12)
    return date(year, index + 1, 1)
