"""Every SQL statement about feedback; an answer and who gave it never stand in one row."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from agreements.feedback.types import Answer, Counts
from agreements.placements.types import PlacementStatus
from db import upsert
from db.engine import Transaction
from db.tables.agreements import clients
from db.tables.circle import feedback_asks, feedback_wishes, offer_feedback, saved_offers
from db.tables.placements import placements


class FeedbackRepository:
    """Wishes, questions, counts."""

    async def wants(self, tx: Transaction, person_id: str) -> bool:
        table = feedback_wishes
        found = await tx.execute(select(table.c.person_id).where(table.c.person_id == person_id))
        return found.first() is not None

    async def set_wish(self, tx: Transaction, person_id: str, now: datetime, *, on: bool) -> None:
        await tx.execute(delete(feedback_wishes).where(feedback_wishes.c.person_id == person_id))
        if on:
            await tx.execute(insert(feedback_wishes).values(person_id=person_id, since=now))

    async def concerned(self, tx: Transaction) -> dict[tuple[str, str], datetime | None]:
        """Person and offer, for all who want to be asked and remember the offer or began there, and were not asked yet.

        With each pair since when the offer is remembered, None where the person began there.
        """
        wanting = select(feedback_wishes.c.person_id)
        kept = select(saved_offers).where(saved_offers.c.person_id.in_(wanting))
        joined = placements.join(clients, clients.c.id == placements.c.client_id)
        placed = (
            select(clients.c.person_id, placements.c.offer_id)
            .select_from(joined)
            .where(
                clients.c.person_id.in_(wanting),
                clients.c.ended_at.is_(None),
                placements.c.status == PlacementStatus.STARTED.value,
            )
        )
        asked = await tx.execute(select(feedback_asks.c.person_id, feedback_asks.c.offer_id))
        found: dict[tuple[str, str], datetime | None] = {
            (row.person_id, row.offer_id): row.saved_at for row in await tx.execute(kept)
        }
        found |= {(row.person_id, row.offer_id): None for row in await tx.execute(placed)}
        for row in asked:
            found.pop((row.person_id, row.offer_id), None)
        return found

    async def ask(self, tx: Transaction, ask_id: str, person_id: str, offer_id: str, now: datetime) -> None:
        await tx.execute(
            insert(feedback_asks).values(
                id=ask_id, person_id=person_id, offer_id=offer_id, asked_at=now, answered=False
            )
        )

    async def open_ask(self, tx: Transaction, person_id: str, ask_id: str) -> str | None:
        """The offer that the person was asked about and has not answered."""
        table = feedback_asks
        found = await tx.execute(
            select(table.c.offer_id).where(
                table.c.id == ask_id, table.c.person_id == person_id, table.c.answered.is_(False)
            )
        )
        return found.scalar_one_or_none()

    async def close(self, tx: Transaction, ask_id: str) -> bool:
        """Whether it was open until now."""
        table = feedback_asks
        closed = await tx.execute(
            update(table).where(table.c.id == ask_id, table.c.answered.is_(False)).values(answered=True)
        )
        return bool(closed.rowcount)

    async def count(self, tx: Transaction, offer_id: str, answer: Answer) -> None:
        await upsert.count(tx, offer_feedback, {"offer_id": offer_id, "answer": answer.value})

    async def counts(self, tx: Transaction, offer_id: str) -> Counts:
        table = offer_feedback
        rows = await tx.execute(select(table.c.answer, table.c.count).where(table.c.offer_id == offer_id))
        found = {row[0]: int(row[1]) for row in rows}
        return Counts(*(found.get(answer.value, 0) for answer in Answer))
