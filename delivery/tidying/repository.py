"""Every SQL statement about messages that stand on a phone and are taken back."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select, update

from db.among import among
from db.engine import Transaction
from db.tables.delivery import outbox
from delivery.tidying.types import Standing
from delivery.types import OutboxState


class TidyRepository:
    """Messages by the number that Telegram gave them; one that was changed has several rows with the same number."""

    async def open_since(self, tx: Transaction, before: datetime, limit: int) -> list[Standing]:
        """Messages that show details and arrived before, the oldest first."""
        table = outbox.c
        shown = table.opens.is_not(None), table.message_id.is_not(None)
        rows = await tx.execute(
            select(table.id, table.person_id, table.message_id, table.opens)
            .where(*shown, table.state == OutboxState.SENT.value, table.finished_at <= before)
            .order_by(table.finished_at)
            .limit(limit)
        )
        return [Standing(row.id, row.person_id, row.message_id, row.opens) for row in rows]

    async def closed(self, tx: Transaction, ids: Collection[str]) -> None:
        """These rows show nothing any more that would have to be closed."""
        await tx.execute(update(outbox).where(among(outbox.c.id, ids)).values(opens=None))

    async def changed(self, tx: Transaction, person_id: str, message_id: int) -> None:
        """The message shows something else from now on."""
        row = outbox.c.person_id == person_id, outbox.c.message_id == message_id
        await tx.execute(update(outbox).where(*row).values(opens=None))

    async def newest(self, tx: Transaction, person_id: str, since: datetime) -> list[int]:
        """Numbers of the messages that came to a person since then, and not before, the oldest first."""
        table = outbox.c
        rows = await tx.execute(
            select(table.message_id)
            .where(table.person_id == person_id, table.message_id.is_not(None))
            .group_by(table.message_id)
            .having(func.min(table.finished_at) >= since)
            .order_by(table.message_id)
        )
        return [int(number) for number in rows.scalars()]

    async def gone(self, tx: Transaction, person_id: str, message_ids: Collection[int]) -> None:
        """These messages are being deleted: nothing is left of them to close, or to delete another time."""
        theirs = outbox.c.person_id == person_id, outbox.c.message_id.in_(message_ids)
        await tx.execute(update(outbox).where(*theirs).values(opens=None, message_id=None))
