"""Every SQL statement about shared appointments; a code is found by its keyed hash."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update

from agreements.sharing.types import Share
from db.crypto import Cipher
from db.engine import Transaction
from db.tables.agreements import appointment_shares, appointments


class SharingRepository:
    """Shares from their making to their end."""

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher

    async def add(self, tx: Transaction, share: Share, code: str) -> None:
        hashed = self._cipher.blind("share", code)
        await tx.execute(insert(appointment_shares).values(**vars(share), token_hash=hashed))

    async def by_code(self, tx: Transaction, code: str) -> Share | None:
        return await self._one(tx, appointment_shares.c.token_hash == self._cipher.blind("share", code))

    async def share(self, tx: Transaction, share_id: str) -> Share | None:
        return await self._one(tx, appointment_shares.c.id == share_id)

    async def of_appointment(self, tx: Transaction, appointment_id: str) -> Share | None:
        """The one that has not ended."""
        table = appointment_shares
        return await self._one(tx, (table.c.appointment_id == appointment_id) & table.c.ended_at.is_(None))

    async def open(self, tx: Transaction, share_id: str, helper_id: str, now: datetime) -> bool:
        """Give it to whoever came first; False when another was quicker."""
        table = appointment_shares
        free = (table.c.id == share_id) & table.c.opened_at.is_(None) & table.c.ended_at.is_(None)
        taken = await tx.execute(update(table).where(free).values(helper_id=helper_id, opened_at=now))
        return bool(taken.rowcount == 1)

    async def end(self, tx: Transaction, appointment_id: str, now: datetime) -> None:
        table = appointment_shares
        live = (table.c.appointment_id == appointment_id) & table.c.ended_at.is_(None)
        await tx.execute(update(table).where(live).values(ended_at=now))

    async def end_of_client(self, tx: Transaction, client_id: str, now: datetime) -> None:
        table = appointment_shares
        theirs = select(appointments.c.id).where(appointments.c.client_id == client_id)
        live = table.c.appointment_id.in_(theirs) & table.c.ended_at.is_(None)
        await tx.execute(update(table).where(live).values(ended_at=now))

    async def _one(self, tx: Transaction, which: ColumnElement[bool]) -> Share | None:
        row: Any = (await tx.execute(select(appointment_shares).where(which))).first()
        if row is None:
            return None
        return Share(row.id, row.appointment_id, row.helper_id, row.created_at, row.opened_at, row.ended_at)
