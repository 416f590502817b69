"""Every SQL statement about what clients say to their agreement."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from agreements.replies.types import AgreementReply
from db.engine import Transaction
from db.tables.goals import agreement_replies


class RepliesRepository:
    """One row for each version that the client has seen."""

    async def reply(self, tx: Transaction, agreement_id: str) -> AgreementReply | None:
        table = agreement_replies
        row = (await tx.execute(select(table).where(table.c.agreement_id == agreement_id))).first()
        return AgreementReply(row.agreement_id, row.seen_at, row.confirmed_at, row.change_at) if row else None

    async def keep(self, tx: Transaction, agreement_id: str, now: datetime, **values: Any) -> None:
        """`confirmed_at` or `change_at`; without either, that it was seen."""
        table = agreement_replies
        if await self.reply(tx, agreement_id) is None:
            await tx.execute(insert(table).values(agreement_id=agreement_id, seen_at=now, **values))
        elif values:
            await tx.execute(update(table).where(table.c.agreement_id == agreement_id).values(**values))
