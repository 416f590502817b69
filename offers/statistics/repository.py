"""Statements that count the catalogue: the database adds up, however many offers there are."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal,
    or_,
    select,
)

from db import upsert
from db.among import among
from db.engine import Transaction
from db.tables.offers import offer_checks, offer_merges, offers, schedules, search_gaps
from offers.statistics.types import Course, Periods, Public, Span
from offers.types import Gap, Status, Topic

_RAN = (Status.PUBLISHED.value, Status.PAUSED.value, Status.ENDED.value)
_COURSE = offers.c.topic == Topic.GERMAN_COURSE.value
_WITH_CHILDCARE = and_(_COURSE, offers.c.childcare == "yes")
_GAP = (search_gaps.c.language, search_gaps.c.topic, search_gaps.c.place, search_gaps.c.lacking)


class StatisticsRepository:
    """Nothing here is about people."""

    async def public(self, tx: Transaction, by: str | None, checked: tuple[date, date]) -> list[Public]:
        """What is public now, by a column of offers or None for all together, and confirmed from a day until before another."""
        rows = await tx.execute(_public(by), dict(zip(("first", "after"), checked, strict=True)))
        return [
            Public(name, every, sure or 0, courses or 0, children or 0)
            for name, sure, courses, children, every in rows
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
        for id_, childcare, first, ends in rows.all():
            spans[id_, childcare].append((first, ends))
        return [Course(childcare == "yes", some) for (_, childcare), some in spans.items()]

    async def confirmed(self, tx: Transaction, periods: Periods) -> dict[str, int]:
        """Of how many offers somebody said in each of these stretches of time that they are right; left out where of none."""
        names, ends = list(periods), [after for _, after in periods.values()]
        whole = next(iter(periods.values()))[0], ends[-1]

        def name(day: date | None) -> str | None:
            return names[bisect_right(ends, day)] if day and whole[0] <= day < whole[1] else None

        last = offers.c.assured_date
        of_days = select(last, func.count()).where(_within(last, whole)).group_by(last)
        found = Counter[str | None]()
        for day, number in await tx.execute(of_days):
            found[name(day)] += number
        # What an offer was confirmed before counts where that was not in the same stretch of time.
        before = select(offer_checks.c.offer_id, offer_checks.c.checked_on, last).join(offers)
        others = _within(offer_checks.c.checked_on, whole), last.is_distinct_from(offer_checks.c.checked_on)
        rows = (await tx.execute(before.where(*others))).all()
        found.update(
            when for _, when in {(id_, name(day)) for id_, day, newest in rows if name(day) != name(newest)}
        )
        return {when: found[when] for when in names if found[when]}

    async def names(self, tx: Transaction, ids: Collection[str]) -> dict[str, str]:
        """What these offers are called; whatever is not in the catalogue any more is left out."""
        rows = await tx.execute(select(offers.c.id, offers.c.name).where(among(offers.c.id, ids)))
        return {row.id: row.name for row in rows}

    async def unlisted(self, tx: Transaction, text: str, limit: int) -> dict[str, str]:
        """Names by id of entries that are not public and have these words in their name, but for those that went on as another."""
        hidden = (
            offers.c.status != Status.PUBLISHED.value,
            offers.c.id.not_in(select(offer_merges.c.offer_id)),
        )
        asked = select(offers.c.id, offers.c.name).where(
            *hidden, offers.c.name.icontains(text, autoescape=True)
        )
        return {row.id: row.name for row in await tx.execute(asked.order_by(offers.c.name).limit(limit))}

    async def checked(self, tx: Transaction, offer_id: str, day: date) -> None:
        """Somebody confirmed the offer on that day; a second time changes nothing."""
        new = upsert.insert_into(tx, offer_checks).values(offer_id=offer_id, checked_on=day)
        await tx.execute(new.on_conflict_do_nothing())

    async def not_checked(self, tx: Transaction, offer_id: str, day: date) -> None:
        """It was a slip of the finger."""
        here = offer_checks.c.offer_id == offer_id, offer_checks.c.checked_on == day
        await tx.execute(delete(offer_checks).where(*here))

    async def count_gap(self, tx: Transaction, gap: tuple[str, str, str, str], day: date) -> None:
        """One more question that the catalogue could not meet; `gap` is language, topic, place and what it lacks."""
        key = dict(zip((column.name for column in _GAP), gap, strict=True))
        await upsert.count(tx, search_gaps, key, last_on=day)

    async def gaps(self, tx: Transaction, at_least: int) -> list[Gap]:
        """Gaps that were met at least so often, the most frequent first."""
        rows = await tx.execute(
            select(search_gaps, search_gaps.c.count.label("number"))
            .where(search_gaps.c.count >= at_least)
            .order_by(search_gaps.c.count.desc(), *_GAP)
        )
        return [Gap(r.language, r.topic, r.place, r.lacking, r.number, r.last_on) for r in rows]


@cache
def _public(by: str | None) -> Select[Any]:
    """Put together once: that takes half as long as it takes the database to count."""
    group = literal("") if by is None else offers.c[by]
    span = bindparam("first", type_=Date), bindparam("after", type_=Date)
    looked_at = select(offer_checks.c.offer_id).where(_within(offer_checks.c.checked_on, span))
    confirmed = or_(_within(offers.c.assured_date, span), offers.c.id.in_(looked_at))
    columns = (group.label("name"), *map(_times, (confirmed, _COURSE, _WITH_CHILDCARE)), func.count())
    statement = select(*columns).where(offers.c.status == Status.PUBLISHED.value)
    return statement if by is None else statement.group_by(group)


def _within(day: ColumnElement[date], span: tuple[Any, Any]) -> ColumnElement[bool]:
    return and_(day >= span[0], day < span[1])


def _times(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
