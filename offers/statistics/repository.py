"""Statements that count the catalogue: the database adds up, however many offers there are."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, and_, case, delete, distinct, func, insert, literal, or_, select

from db.engine import Transaction
from db.tables.offers import offer_checks, offers, schedules
from offers.statistics.types import Course, Periods, Public, Span
from offers.types import Status, Topic

_RAN = (Status.PUBLISHED.value, Status.PAUSED.value, Status.ENDED.value)
_COURSE = offers.c.topic == Topic.GERMAN_COURSE.value
_WITH_CHILDCARE = and_(_COURSE, offers.c.childcare == "yes")


class StatisticsRepository:
    """Nothing here is about people."""

    async def public(self, tx: Transaction, by: str | None, checked: tuple[date, date]) -> list[Public]:
        """What is public now, by a column of offers or None for all together, and confirmed from a day until before another."""
        group = literal("") if by is None else offers.c[by]
        looked_at = select(offer_checks.c.offer_id).where(_within(offer_checks.c.checked_on, checked))
        confirmed = or_(_within(offers.c.assured_date, checked), offers.c.id.in_(looked_at))
        columns = (group.label("name"), *map(_times, (confirmed, _COURSE, _WITH_CHILDCARE)), func.count())
        statement = select(*columns).where(offers.c.status == Status.PUBLISHED.value)
        if by is not None:
            statement = statement.group_by(group)
        return [
            Public(name, every, sure or 0, courses or 0, children or 0)
            for name, sure, courses, children, every in await tx.execute(statement)
        ]

    async def courses(self, tx: Transaction, since: date) -> list[Course]:
        """German courses that have dates on that day or later, those that are over included."""
        last = case((schedules.c.freq == "ONCE", schedules.c.valid_from), else_=schedules.c.valid_to)
        columns = offers.c.id, offers.c.childcare, schedules.c.valid_from, last.label("last")
        reaching = or_(last.is_(None), last >= since)
        rows = await tx.execute(
            select(*columns)
            .select_from(offers.join(schedules, schedules.c.offer_id == offers.c.id))
            .where(_COURSE, offers.c.status.in_(_RAN), reaching)
        )
        spans: dict[tuple[str, str], list[Span]] = defaultdict(list)
        for id_, childcare, first, ends in rows:
            spans[id_, childcare].append((first, ends))
        return [Course(childcare == "yes", some) for (_, childcare), some in spans.items()]

    async def confirmed(self, tx: Transaction, periods: Periods) -> dict[str, int]:
        """Of how many offers somebody said in each of these stretches of time that they are right; left out where of none."""
        looked_at = select(offer_checks.c.offer_id.label("id"), offer_checks.c.checked_on.label("day"))
        last = select(offers.c.id, offers.c.assured_date).where(offers.c.assured_date.is_not(None))
        days = looked_at.union_all(last).subquery()
        spans = list(periods.values())
        period = case(*((days.c.day < after, name) for name, (_, after) in periods.items()))
        within = _within(days.c.day, (spans[0][0], spans[-1][1]))
        named = select(days.c.id, period.label("period")).where(within).subquery()
        rows = await tx.execute(
            select(named.c.period, func.count(distinct(named.c.id))).group_by(named.c.period)
        )
        return {name: number for name, number in rows.all()}  # noqa: C416 -- rows are no pairs

    async def names(self, tx: Transaction, ids: Collection[str]) -> dict[str, str]:
        """What these offers are called; whatever is not in the catalogue any more is left out."""
        rows = await tx.execute(select(offers.c.id, offers.c.name).where(offers.c.id.in_(ids)))
        return {row.id: row.name for row in rows}

    async def checked(self, tx: Transaction, offer_id: str, day: date) -> None:
        """Somebody confirmed the offer on that day; a second time changes nothing."""
        await self.not_checked(tx, offer_id, day)
        await tx.execute(insert(offer_checks).values(offer_id=offer_id, checked_on=day))

    async def not_checked(self, tx: Transaction, offer_id: str, day: date) -> None:
        """It was a slip of the finger."""
        here = offer_checks.c.offer_id == offer_id, offer_checks.c.checked_on == day
        await tx.execute(delete(offer_checks).where(*here))


def _within(day: ColumnElement[date], span: tuple[date, date]) -> ColumnElement[bool]:
    return and_(day >= span[0], day < span[1])


def _times(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
