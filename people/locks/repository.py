"""Every SQL statement about picture locks; the pictures themselves are never written."""

import hmac
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from db.crypto import Cipher
from db.engine import Transaction
from db.tables.people import picture_locks
from people.locks.types import Lock


class LockRepository:
    """One lock for a person, or none. The hash is salted and keyed: without the key file a copy of the table tells nothing."""

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher

    def hashed(self, salt: str, pictures: str) -> str:
        """The salted hash of tapped pictures."""
        return self._cipher.blind("picture_lock", f"{salt}:{pictures}")

    def fits(self, lock: Lock, pictures: str) -> bool:
        """Whether these are the pictures of the lock."""
        return hmac.compare_digest(lock.hashed, self.hashed(lock.salt, pictures))

    async def get(self, tx: Transaction, person_id: str) -> Lock | None:
        row = (await tx.execute(select(picture_locks).where(picture_locks.c.person_id == person_id))).first()
        return Lock(row.salt, row.pictures_hash, row.wrong, row.waits_until, row.open_until) if row else None

    async def put(
        self, tx: Transaction, person_id: str, salt: str, hashed: str, open_until: datetime, now: datetime
    ) -> None:
        await self.drop(tx, person_id)
        values = {"salt": salt, "pictures_hash": hashed, "wrong": 0, "open_until": open_until, "made_at": now}
        await tx.execute(insert(picture_locks).values(person_id=person_id, **values))

    async def change(
        self,
        tx: Transaction,
        person_id: str,
        *,
        wrong: int,
        waits_until: datetime | None,
        open_until: datetime | None,
    ) -> None:
        values = {"wrong": wrong, "waits_until": waits_until, "open_until": open_until}
        await tx.execute(update(picture_locks).where(picture_locks.c.person_id == person_id).values(**values))

    async def drop(self, tx: Transaction, person_id: str) -> None:
        await tx.execute(delete(picture_locks).where(picture_locks.c.person_id == person_id))
