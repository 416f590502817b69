"""From cases to figures that say nothing about anybody: pure functions."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from agreements.files.rules import education_until
from agreements.files.types import Case, Gender
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


PARTS: Mapping[Indicator, Indicator] = {Indicator.COMPETENCE_DONE: Indicator.COMPETENCE_OFFERED}
"""Indicators whose people are among those of another: the difference of the two speaks of people as well."""
DUE_SOON = timedelta(days=92)
NEARLY = 0.75


class Start(NamedTuple):
    """A placement that began: whose, where they live, in which field of action, when."""

    client_id: str
    place: str
    field: str
    on: date


_Group = Callable[[str, str, date | None], str]
"""The group of something by its place, its field of action and its day."""


def figures(
    cases: Sequence[Case], starts: Sequence[Start], grouping: Grouping, today: date, order: hiding.Order
) -> list[Figure]:
    """Every indicator about people that can be broken down so, groups in order; `order` as in `hiding.suppressed`."""
    seen = {
        indicator: look(cases, starts, today, _GROUPS[grouping])
        for indicator, look in _LOOKS.items()
        if grouping in GROUPINGS[indicator]
    }
    found = []
    for indicator, groups in _all_shown(seen, grouping, order).items():
        for group, count in sorted(groups.items()):
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


def _all_shown(
    seen: Mapping[Indicator, Mapping[str, Count]], grouping: Grouping, order: hiding.Order
) -> dict[Indicator, Mapping[str, Count | None]]:
    """What is shown of each, so that nothing can be taken from two of them either.

    By quarter and month a part and its whole go by days of their own: their difference there is nobody in particular.
    """
    found = {indicator: _shown(groups, grouping, order) for indicator, groups in seen.items()}
    for part, whole in PARTS.items():
        if part not in seen or whole not in seen:
            continue
        if grouping is Grouping.PLACE:
            found[part], found[whole] = hiding.suppressed_pair(seen[part], seen[whole], order)
        elif hiding.tells_of_few(seen[part], seen[whole]):
            found[part] = dict.fromkeys(seen[part]) if grouping is Grouping.ALL else {}
    return found


def _shown(
    groups: Mapping[str, Count], grouping: Grouping, order: hiding.Order
) -> Mapping[str, Count | None]:
    if grouping is Grouping.ALL:
        return {name: None if hiding.is_small(count) else count for name, count in groups.items()}
    if grouping is not Grouping.MONTH:
        return hiding.suppressed(groups, order)
    months: dict[str, dict[str, Count]] = defaultdict(dict)
    for name, count in groups.items():
        months[quarter(date.fromisoformat(f"{name}-01")) if name else ""][name] = count
    return hiding.suppressed_parts(months, order)


_Counts = dict[str, Count]


def _placements(_cases: Sequence[Case], starts: Sequence[Start], _today: date, group: _Group) -> _Counts:
    return hiding.counts_of((group(place, field, on), client_id) for client_id, place, field, on in starts)


def _offered(cases: Sequence[Case], _starts: Sequence[Start], _today: date, group: _Group) -> _Counts:
    return hiding.counts(
        (group(place, "", record.competence_offered_on), None)
        for place, record in cases
        if record.competence_offered_on
    )


def _done(cases: Sequence[Case], _starts: Sequence[Start], _today: date, group: _Group) -> _Counts:
    return hiding.counts(
        (group(place, "", record.competence_done_on), None)
        for place, record in cases
        if record.competence_done_on
    )


def _in_time(cases: Sequence[Case], _starts: Sequence[Start], today: date, group: _Group) -> _Counts:
    """Everybody counts once their three months are over: were who is early counted at once, few but successes would be seen at first."""
    return hiding.counts(
        (
            group(place, "", record.allocated_on),
            (on := record.education_recorded_on) is not None and on <= until,
        )
        for place, record in cases
        if (until := education_until(record)) is not None and until < today
    )


def _in_work(cases: Sequence[Case], starts: Sequence[Start], today: date, group: _Group) -> _Counts:
    placed = {start.client_id for start in starts if start.field == WORK}
    return hiding.counts(
        (group(place, "", None), record.client_id in placed)
        for place, record in cases
        if record.working_age is True and (since := record.labour_access_on) is not None and since <= today
    )


def _women(cases: Sequence[Case], _starts: Sequence[Start], _today: date, group: _Group) -> _Counts:
    return hiding.counts(
        (group(place, "", None), record.gender is Gender.WOMAN)
        for place, record in cases
        if record.gender is not None
    )


_LOOKS: Mapping[Indicator, Callable[[Sequence[Case], Sequence[Start], date, _Group], _Counts]] = {
    Indicator.PLACEMENTS: _placements,
    Indicator.COMPETENCE_OFFERED: _offered,
    Indicator.COMPETENCE_DONE: _done,
    Indicator.EDUCATION_IN_TIME: _in_time,
    Indicator.PLACED_IN_WORK: _in_work,
    Indicator.WOMEN: _women,
}


_GROUPS: Mapping[Grouping, _Group] = {
    Grouping.ALL: lambda _place, _field, _on: "",
    Grouping.MONTH: lambda _place, _field, on: month(on) if on else "",
    Grouping.QUARTER: lambda _place, _field, on: quarter(on) if on else "",
    Grouping.PLACE: lambda place, _field, _on: place,
    Grouping.FIELD: lambda _place, field, _on: field,
}
