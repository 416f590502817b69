"""Every SQL statement about what clients say to their agreement."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from agreements.replies.types import AgreementReply
from agreements.sealing import Sealing
from db.engine import Transaction
from db.tables.goals import agreement_replies

_TABLE = "agreement_replies"


class RepliesRepository(Sealing):
    """One row for each version that the client has seen."""

    async def reply(self, tx: Transaction, agreement_id: str) -> AgreementReply | None:
        table = agreement_replies
        row = (await tx.execute(select(table).where(table.c.agreement_id == agreement_id))).first()
        if row is None:
            return None
        mark = self._open(_TABLE, "mark_sealed", row.agreement_id, row.mark_sealed)
        times = row.seen_at, row.confirmed_at, row.change_at
        return AgreementReply(row.agreement_id, *times, mark=mark, language=row.language)

    async def keep(self, tx: Transaction, agreement_id: str, now: datetime, **values: Any) -> None:
        """`confirmed_at` or `change_at`, `mark` and `language`; without any, that it was seen."""
        table = agreement_replies
        if "mark" in values:
            values["mark_sealed"] = self._seal(_TABLE, "mark_sealed", agreement_id, values.pop("mark"))
        if await self.reply(tx, agreement_id) is None:
            await tx.execute(insert(table).values(agreement_id=agreement_id, seen_at=now, **values))
        elif values:
            await tx.execute(update(table).where(table.c.agreement_id == agreement_id).values(**values))
