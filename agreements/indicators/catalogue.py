"""From the catalogue to figures: courses with childcare, offers that were checked, meetings held; nobody is meant, so nothing is hidden."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache

from agreements.indicators.rules import month, quarter
from agreements.indicators.types import Figure, Grouping, Indicator
from offers.meetings.types import Held
from offers.statistics.types import OfferFacts
from offers.types import Status, Topic

MONTHS = 12
"""So many months and quarters back, the one that runs included, what took place is counted."""
_RAN = (Status.PUBLISHED, Status.PAUSED, Status.ENDED)


def figures(offers: Sequence[OfferFacts], grouping: Grouping, today: date) -> list[Figure]:
    """The indicators about offers, groups in order."""
    match grouping:
        case Grouping.MONTH:
            return _by_time(offers, _months(today), month)
        case Grouping.QUARTER:
            return _by_time(offers, _months(today), quarter)
        case Grouping.PLACE:
            return _by(offers, lambda offer: offer.place, today)
        case Grouping.FIELD:
            return _by(offers, lambda offer: offer.field_of_action, today)
        case _:
            return _by(offers, lambda _offer: "", today)


def _by(offers: Sequence[OfferFacts], group: Callable[[OfferFacts], str], today: date) -> list[Figure]:
    """What is public now."""
    public = [offer for offer in offers if offer.status == Status.PUBLISHED]
    courses = [offer for offer in public if offer.topic == Topic.GERMAN_COURSE]
    now = quarter(today)
    return [
        *_shares(Indicator.CHILDCARE_COURSES, ((group(o), o.childcare == "yes") for o in courses)),
        *_shares(
            Indicator.OFFERS_CHECKED,
            ((group(o), any(quarter(day) == now for day in o.checks)) for o in public),
        ),
    ]


def _shares(indicator: Indicator, items: Iterable[tuple[str, bool]]) -> list[Figure]:
    found: dict[str, tuple[int, int]] = {}
    for name, holds in items:
        number, base = found.get(name, (0, 0))
        found[name] = (number + holds, base + 1)
    return [Figure(indicator, name, *found[name]) for name in sorted(found)]


def _by_time(
    offers: Sequence[OfferFacts], months: Sequence[date], group: Callable[[date], str]
) -> list[Figure]:
    """Courses that had dates then, and how many offers were confirmed then: how many were public at the time nobody knows."""
    ran = [offer for offer in offers if offer.topic == Topic.GERMAN_COURSE and offer.status in _RAN]
    found: list[Figure] = []
    for name in dict.fromkeys(group(day) for day in months):
        days = [day for day in months if group(day) == name]
        first, after = days[0], _month_after(days[-1], 1)
        held = [offer for offer in ran if _runs(offer, first, after)]
        if held:
            looked_after = sum(offer.childcare == "yes" for offer in held)
            found.append(Figure(Indicator.CHILDCARE_COURSES, name, looked_after, len(held)))
    checked = Counter(name for offer in offers for name in {group(day) for day in offer.checks})
    for name in dict.fromkeys(group(day) for day in months):
        if checked[name]:
            found.append(Figure(Indicator.OFFERS_CHECKED, name, checked[name], None))  # noqa: PERF401 -- beside the courses above
    return found


def meetings(held: Iterable[Held], grouping: Grouping) -> list[Figure]:
    """How many meetings took place; they belong to no field of action."""
    groups: Mapping[Grouping, Callable[[Held], str]] = {
        Grouping.ALL: lambda _one: "",
        Grouping.QUARTER: lambda one: quarter(one.on),
        Grouping.MONTH: lambda one: month(one.on),
        Grouping.PLACE: lambda one: one.place,
    }
    if grouping not in groups:
        return []
    found = Counter(groups[grouping](one) for one in held)
    return [Figure(Indicator.MEETINGS, name, found[name], None) for name in sorted(found)]


def since(today: date) -> date:
    """The first day of what is counted."""
    return _months(today)[0]


def _runs(offer: OfferFacts, first: date, after: date) -> bool:
    """Whether one of its series reaches into the time from one day until before another."""
    return any(begins < after and (ends is None or ends >= first) for begins, ends in offer.spans)


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
