"""Every SQL statement about holds and about what is left of erased cases."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from agreements.holds.types import ErasedFor, Hold, HoldReason
from db import upsert
from db.among import among
from db.crypto import Cipher
from db.engine import Transaction
from db.tables.agreements import clients
from db.tables.holds import case_holds, tombstones


class HoldsRepository:
    """Holds by case; tombstones by a keyed hash of what was the case number."""

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher

    async def add(self, tx: Transaction, hold: Hold) -> None:
        await tx.execute(insert(case_holds).values(vars(hold) | {"reason": hold.reason.value}))

    async def holds(self, tx: Transaction, client_ids: Collection[str], today: date) -> dict[str, Hold]:
        """The hold of each case that has one, the one that lasts longest."""
        table = case_holds.c
        wanted = among(table.client_id, client_ids), table.lifted_at.is_(None), table.until >= today
        rows = await tx.execute(select(case_holds).where(*wanted).order_by(table.until))
        return {row.client_id: _hold(row) for row in rows}

    async def lift(self, tx: Transaction, client_id: str, by: str, now: datetime) -> None:
        open_ones = case_holds.c.client_id == client_id, case_holds.c.lifted_at.is_(None)
        await tx.execute(update(case_holds).where(*open_ones).values(lifted_at=now, lifted_by=by))

    async def bury(self, tx: Transaction, client_id: str, why: ErasedFor, day: date) -> None:
        """Keep that there was this case, before it is removed."""
        hashed = (await tx.execute(select(clients.c.case_hash).where(clients.c.id == client_id))).scalar_one()
        values = {"reason": why.value, "erased_on": day}
        await upsert.put(tx, tombstones, {"case_hash": self._stone(hashed)}, values)

    async def buried_on(self, tx: Transaction, case_number: str) -> date | None:
        """The day on which a case with this number was erased."""
        stone = self._stone(self._cipher.blind("case", case_number))
        found = await tx.execute(select(tombstones.c.erased_on).where(tombstones.c.case_hash == stone))
        return found.scalar()

    async def let_go(self, tx: Transaction, before: date) -> None:
        """Remove tombstones from before."""
        await tx.execute(delete(tombstones).where(tombstones.c.erased_on <= before))

    def _stone(self, case_hash: str) -> str:
        # Another hash than the one in the cases: a tombstone must not be matched with an old copy of that table without the key.
        return self._cipher.blind("tombstone", case_hash)


def _hold(row: Row[Any]) -> Hold:
    return Hold(row.id, row.client_id, HoldReason(row.reason), row.until, row.held_by, row.held_at)
