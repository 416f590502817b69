"""From cases to figures that say nothing about anybody: pure functions."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from agreements.files.rules import EDUCATION_MONTHS, months_later, recorded_in_time
from agreements.files.types import Gender, Record
from agreements.indicators import hiding
from agreements.indicators.types import Count, Figure, Grouping, Indicator, Judged, Light, RoadmapGoal

WORK = "work"
_DATED = frozenset({Grouping.ALL, Grouping.QUARTER, Grouping.MONTH, Grouping.PLACE})
GROUPINGS: Mapping[Indicator, frozenset[Grouping]] = {
    Indicator.PLACEMENTS: frozenset(Grouping),
    Indicator.COMPETENCE_OFFERED: _DATED,
    Indicator.COMPETENCE_DONE: _DATED,
    Indicator.EDUCATION_IN_TIME: _DATED,
    Indicator.PLACED_IN_WORK: frozenset({Grouping.ALL, Grouping.PLACE}),
    Indicator.WOMEN: frozenset({Grouping.ALL, Grouping.PLACE}),
}
"""By what each indicator about people can be broken down."""


DUE_SOON = timedelta(days=92)
NEARLY = 0.75


@dataclass(frozen=True)
class Case:
    """What indicators know of a client."""

    place: str
    record: Record


@dataclass(frozen=True)
class Start:
    """A placement that began: whose, when, in which field of action."""

    case: Case
    on: date
    field: str


class _Seen(NamedTuple):
    """One thing that is counted of a client; `holds` is None where it is no share."""

    case: Case
    on: date | None = None
    field: str = ""
    holds: bool | None = None


def figures(
    cases: Iterable[Case], starts: Iterable[Start], grouping: Grouping, today: date, order: hiding.Order
) -> list[Figure]:
    """Every indicator about people that can be broken down so, groups in order; `order` as in `hiding.suppressed`."""
    found = []
    for indicator, seen in _indicators(list(cases), list(starts), today):
        if grouping in GROUPINGS[indicator]:
            for group, count in sorted(_shown(seen, grouping, order).items()):
                number, base = (count.number, count.base) if count else (None, None)
                found.append(Figure(indicator, group, number, base))
    return found


def judged(goal: RoadmapGoal, figure: Figure | None, today: date) -> Judged:
    """How a goal stands; what a lead said goes before what the figures say."""
    value = reached(figure)
    computed = light(goal, value, today)
    is_share = figure is not None and figure.base is not None
    return Judged(goal, value, is_share, computed, Light(goal.light) if goal.light else computed)


def reached(figure: Figure | None) -> int | None:
    """A figure as a goal's aim is given: whole per cent that are reached, or a number; None where it is hidden."""
    if figure is None or figure.number is None:
        return None
    if figure.base is None:
        return figure.number
    return 100 * figure.number // figure.base if figure.base else None


def light(goal: RoadmapGoal, value: int | None, today: date) -> Light:
    """What the figures say of a goal.

    Green: the aim is reached. Red: the deadline is over, or comes within a quarter of a year while less than three quarters of the aim are
    reached. Yellow: on the way. Open: there is no aim, or nothing that could be held against it.
    """
    if goal.aim is None or value is None:
        return Light.OPEN
    if value >= goal.aim:
        return Light.GREEN
    if goal.deadline is None:
        return Light.YELLOW
    if goal.deadline < today or (goal.deadline - today <= DUE_SOON and value < NEARLY * goal.aim):
        return Light.RED
    return Light.YELLOW


def last_quarters(last: str, number: int) -> list[str]:
    """So many quarters up to `last`, the oldest first."""
    year, _, position = last.partition("-Q")
    end = int(year) * 4 + int(position) - 1
    return [f"{index // 4}-Q{index % 4 + 1}" for index in range(end - number + 1, end + 1)]


@cache
def quarter(day: date) -> str:
    """The quarter of the year that a day is in: `2027-Q1`."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


@cache
def month(day: date) -> str:
    """The month that a day is in: `2027-01`."""
    return f"{day:%Y-%m}"


def _shown(seen: Sequence[_Seen], grouping: Grouping, order: hiding.Order) -> Mapping[str, Count | None]:
    if grouping is Grouping.MONTH:
        by_quarter: dict[str, list[_Seen]] = defaultdict(list)
        for one in seen:
            by_quarter[_GROUPS[Grouping.QUARTER](one)].append(one)
        months = {name: _counts(some, grouping) for name, some in by_quarter.items()}
        return hiding.suppressed_parts(months, order)
    groups = _counts(seen, grouping)
    if grouping is Grouping.ALL:
        return {name: None if hiding.is_small(count) else count for name, count in groups.items()}
    return hiding.suppressed(groups, order)


def _counts(seen: Sequence[_Seen], grouping: Grouping) -> dict[str, Count]:
    group = _GROUPS[grouping]
    return hiding.counts([(group(one), one.case.record.client_id, one.holds) for one in seen])


def _indicators(
    cases: Sequence[Case], starts: Sequence[Start], today: date
) -> Iterator[tuple[Indicator, list[_Seen]]]:
    yield Indicator.PLACEMENTS, [_Seen(start.case, start.on, start.field) for start in starts]
    offered = [(case, case.record.competence_offered_on) for case in cases]
    yield Indicator.COMPETENCE_OFFERED, [_Seen(case, on) for case, on in offered if on]
    done = [(case, case.record.competence_done_on) for case in cases]
    yield Indicator.COMPETENCE_DONE, [_Seen(case, on) for case, on in done if on]
    due = [case for case in cases if _counts_for_education(case.record, today)]
    yield (
        Indicator.EDUCATION_IN_TIME,
        [_Seen(c, c.record.allocated_on, holds=bool(recorded_in_time(c.record))) for c in due],
    )
    placed = {start.case.record.client_id for start in starts if start.field == WORK}
    able = [case for case in cases if _may_work(case.record, today)]
    yield Indicator.PLACED_IN_WORK, [_Seen(c, holds=c.record.client_id in placed) for c in able]
    said = [case for case in cases if case.record.gender is not None]
    yield Indicator.WOMEN, [_Seen(case, holds=case.record.gender is Gender.WOMAN) for case in said]


def _counts_for_education(record: Record, today: date) -> bool:
    """Who was recorded in time counts at once, who was not when the three months are over."""
    in_time = recorded_in_time(record)
    if in_time is None or record.allocated_on is None:
        return False
    return in_time or months_later(record.allocated_on, EDUCATION_MONTHS) < today


def _may_work(record: Record, today: date) -> bool:
    since = record.labour_access_on
    return record.working_age is True and since is not None and since <= today


_GROUPS: Mapping[Grouping, Callable[[_Seen], str]] = {
    Grouping.ALL: lambda _seen: "",
    Grouping.MONTH: lambda seen: month(seen.on) if seen.on else "",
    Grouping.QUARTER: lambda seen: quarter(seen.on) if seen.on else "",
    Grouping.PLACE: lambda seen: seen.case.place,
    Grouping.FIELD: lambda seen: seen.field,
}
