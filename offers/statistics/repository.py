"""Statements that read the catalogue for figures: columns instead of whole offers, however many there are."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import delete, insert, select

from db.engine import Transaction
from db.tables.offers import offer_checks, offers, schedules
from offers.statistics.types import OfferFacts, Span
from offers.types import Topic


class StatisticsRepository:
    """Nothing here is about people."""

    async def facts(self, tx: Transaction) -> list[OfferFacts]:
        """Every offer, drafts included; spans are read of German courses alone."""
        spans: dict[str, list[Span]] = defaultdict(list)
        courses = select(offers.c.id).where(offers.c.topic == Topic.GERMAN_COURSE.value)
        dated = select(schedules.c.offer_id, schedules.c.freq, schedules.c.valid_from, schedules.c.valid_to)
        for row in (await tx.execute(dated.where(schedules.c.offer_id.in_(courses)))).all():
            spans[row.offer_id].append(
                (row.valid_from, row.valid_from if row.freq == "ONCE" else row.valid_to)
            )
        checks: dict[str, set[date]] = defaultdict(set)
        for offer_id, day in (
            await tx.execute(select(offer_checks.c.offer_id, offer_checks.c.checked_on))
        ).all():
            checks[offer_id].add(day)
        table = offers.c
        columns = (
            table.id, table.topic, table.field_of_action, table.place, table.childcare, table.status,
            table.assured_date,
        )  # fmt: skip
        return [
            OfferFacts(*row[:6], tuple(spans.get(row[0], ())), _days(checks.get(row[0]), row[6]))
            for row in (await tx.execute(select(*columns))).all()
        ]

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


def _days(checked: set[date] | None, assured: date | None) -> frozenset[date]:
    if assured is None:
        return frozenset(checked or ())
    return frozenset((*checked, assured)) if checked else frozenset((assured,))
