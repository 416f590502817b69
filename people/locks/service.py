"""Use cases about the picture lock of a chat."""

from collections.abc import Callable
from datetime import datetime

from db.engine import Transaction
from people.errors import NotFoundError
from people.locks import rules
from people.locks.repository import LockRepository
from people.locks.types import Lock
from people.types import Actor


class PictureLocks:
    """Never commits: `tx` is the caller's unit of work. Pictures are digits from 0 to 8, as `rules.taps` reads them."""

    def __init__(self, repository: LockRepository, *, new_salt: Callable[[], str]) -> None:
        self._repository = repository
        self._new_salt = new_salt

    async def has(self, tx: Transaction, actor: Actor) -> bool:
        """Whether the chat has a lock."""
        return await self._repository.get(tx, actor.id) is not None

    async def shut(self, tx: Transaction, actor: Actor, now: datetime) -> bool:
        """Whether the pictures must be tapped before details are shown."""
        lock = await self._repository.get(tx, actor.id)
        return lock is not None and not _open(lock, now)

    def proposed(self, pictures: str) -> dict[str, str]:
        """What a dialogue keeps of pictures that are to be tapped once more: their salted hash."""
        salt = self._new_salt()
        return {"salt": salt, "hashed": self._repository.hashed(salt, pictures)}

    async def put(
        self, tx: Transaction, actor: Actor, proposed: dict[str, str], pictures: str, now: datetime
    ) -> bool:
        """Lock the chat with the pictures that were proposed; False when these are others. Raises NotFoundError while it is shut."""
        if await self.shut(tx, actor, now):
            raise NotFoundError
        fresh = Lock(proposed["salt"], proposed["hashed"], 0, None, None)
        if not self._repository.fits(fresh, pictures):
            return False
        until = now + rules.OPEN_FOR
        await self._repository.put(tx, actor.id, fresh.salt, fresh.hashed, until, now)
        return True

    async def waits_until(self, tx: Transaction, actor: Actor, now: datetime) -> datetime | None:
        """Until when nobody can try, after too many wrong tries."""
        lock = await self._repository.get(tx, actor.id)
        waits = lock.waits_until if lock else None
        return waits if waits is not None and waits > now else None

    async def unlock(self, tx: Transaction, actor: Actor, pictures: str, now: datetime) -> bool:
        """Open the lock for a while; a wrong try, and one that comes too early, is False. Wrong ones are counted. Raises NotFoundError."""
        lock = await self._repository.get(tx, actor.id)
        if lock is None:
            raise NotFoundError
        if lock.waits_until is not None and lock.waits_until > now:
            return False
        if self._repository.fits(lock, pictures):
            until = now + rules.OPEN_FOR
            await self._repository.change(tx, actor.id, wrong=0, waits_until=None, open_until=until)
            return True
        wait = rules.wait_after(lock.wrong + 1)
        await self._repository.change(
            tx,
            actor.id,
            wrong=lock.wrong + 1,
            waits_until=now + wait if wait else None,
            open_until=None,
        )
        return False

    async def remove(self, tx: Transaction, actor: Actor, now: datetime) -> None:
        """Take the lock away. Raises NotFoundError while it is shut."""
        if await self.shut(tx, actor, now):
            raise NotFoundError
        await self._repository.drop(tx, actor.id)

    async def forgotten(self, tx: Transaction, actor: Actor) -> None:
        """Take the lock away because the coordinator linked the chat anew, which only they can."""
        await self._repository.drop(tx, actor.id)


def _open(lock: Lock, now: datetime) -> bool:
    # A clock that was set back must not leave it open for long.
    return lock.open_until is not None and now < lock.open_until <= now + 2 * rules.OPEN_FOR
