"""What a person is told about who looked at their record, and from when on something has been kept too long: pure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from agreements.privacy.types import Seen
from agreements.rules import today
from people.audit.types import Capacity, Part, Row


def seen(rows: Sequence[Row]) -> Seen:
    """The access log of one case as it is told to its person."""
    days: dict[date, list[Capacity]] = {}
    for row in sorted(rows, key=lambda row: row.seq, reverse=True):
        if row.part is not Part.LIST:
            capacities = days.setdefault(today(row.at), [])
            if row.acted_as not in capacities:
                capacities.append(row.acted_as)
    return Seen(tuple(days.items()), len({today(row.at) for row in rows if row.part is Part.LIST}))


def limit(now: datetime, days: int) -> datetime:
    """What is older than this has been kept for so many days."""
    return now - timedelta(days=days)
