"""From cases to figures that say nothing about anybody: pure functions."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from agreements.files.rules import EDUCATION_MONTHS, months_later, recorded_in_time
from agreements.files.types import Gender, Record
from agreements.indicators.types import Count, Figure, Grouping, Indicator

K = 5
"""Fewer people than this are never shown, nor can they be worked out from what is."""
WORK = "work"


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


def suppressed(groups: Mapping[str, Count], k: int = K) -> dict[str, Count | None]:
    """The groups with None for those that speak of few people; where only one is hidden, the next smallest hides it."""
    found = {name: None if _small(count, k) else count for name, count in groups.items()}
    hidden = [name for name, count in found.items() if count is None]
    rest = sorted((_size(groups[name]), name) for name, count in found.items() if count is not None)
    # The sum of all is known, so one hidden group alone could be taken from it.
    if len(hidden) == 1 and rest:
        found[rest[0][1]] = None
    return found


def figures(
    cases: Iterable[Case], starts: Iterable[Start], grouping: Grouping, today: date, k: int = K
) -> list[Figure]:
    """Every indicator that can be broken down so, groups in order."""
    found = []
    for indicator, counts in _counts(list(cases), list(starts), grouping, today):
        for group, count in sorted(suppressed(counts, k).items()):
            number, base = (count.number, count.base) if count else (None, None)
            found.append(Figure(indicator, group, number, base))
    return found


def _small(count: Count, k: int) -> bool:
    parts = [count.people] if count.base is None else [count.base, count.number, count.base - count.number]
    return any(0 < part < k for part in parts)


def _size(count: Count) -> int:
    return count.people


def _counts(
    cases: list[Case], starts: list[Start], grouping: Grouping, today: date
) -> Iterator[tuple[Indicator, dict[str, Count]]]:
    dated: Mapping[Indicator, Callable[[Record], date | None]] = {
        Indicator.COMPETENCE_OFFERED: lambda record: record.competence_offered_on,
        Indicator.COMPETENCE_DONE: lambda record: record.competence_done_on,
    }
    yield (
        Indicator.PLACEMENTS,
        _numbers((_group_of_start(grouping, s), s.case.record.client_id) for s in starts),
    )
    if grouping is Grouping.FIELD:
        return
    for indicator, on in dated.items():
        having = [case for case in cases if on(case.record)]
        yield indicator, _numbers((_group(grouping, c, on(c.record)), c.record.client_id) for c in having)
    due = [case for case in cases if _counts_for_education(case.record, today)]
    yield (
        Indicator.EDUCATION_IN_TIME,
        _shares(
            (_group(grouping, case, case.record.allocated_on), bool(recorded_in_time(case.record)))
            for case in due
        ),
    )
    if grouping is Grouping.MONTH:
        return
    placed = {start.case.record.client_id for start in starts if start.field == WORK}
    able = [case for case in cases if _may_work(case.record, today)]
    yield (
        Indicator.PLACED_IN_WORK,
        _shares((_group(grouping, case, None), case.record.client_id in placed) for case in able),
    )
    said = [case for case in cases if case.record.gender is not None]
    women = ((_group(grouping, case, None), case.record.gender is Gender.WOMAN) for case in said)
    yield Indicator.WOMEN, _shares(women)


def _counts_for_education(record: Record, today: date) -> bool:
    """Who was recorded in time counts at once, who was not when the three months are over."""
    in_time = recorded_in_time(record)
    if in_time is None or record.allocated_on is None:
        return False
    return in_time or months_later(record.allocated_on, EDUCATION_MONTHS) < today


def _may_work(record: Record, today: date) -> bool:
    since = record.labour_access_on
    return record.working_age is True and since is not None and since <= today


def _group(grouping: Grouping, case: Case, on: date | None) -> str:
    match grouping:
        case Grouping.MONTH:
            return _month(on) if on else ""
        case Grouping.PLACE:
            return case.place
        case _:
            return ""


def _month(on: date) -> str:
    return f"{on:%Y-%m}"


def _group_of_start(grouping: Grouping, start: Start) -> str:
    return start.field if grouping is Grouping.FIELD else _group(grouping, start.case, start.on)


def _numbers(items: Iterable[tuple[str, str]]) -> dict[str, Count]:
    """Groups with whom each speaks of: six courses of one person speak of one person."""
    found: dict[str, list[str]] = defaultdict(list)
    for group, client_id in items:
        found[group].append(client_id)
    return {group: Count(len(ids), None, len(set(ids))) for group, ids in found.items()}


def _shares(items: Iterable[tuple[str, bool]]) -> dict[str, Count]:
    numbers: dict[str, int] = defaultdict(int)
    bases: dict[str, int] = defaultdict(int)
    for group, holds in items:
        bases[group] += 1
        numbers[group] += holds
    return {group: Count(numbers[group], base, base) for group, base in bases.items()}
