"""Use cases about what stands on phones, which somebody else may hold."""

from collections.abc import Callable
from datetime import datetime, timedelta

from db.engine import Transaction
from delivery.repository import OutboxRepository
from delivery.tidying.repository import TidyRepository
from delivery.types import Kind, Outgoing, Push

DELETED_WITHIN = timedelta(hours=47, minutes=55)
"""Telegram lets a bot delete what is younger than two days; the wish itself takes a moment to get there."""
_DELETED_AT_ONCE = 100
_CLOSED_AT_ONCE = 200


class Tidying:
    """Puts into the outbox what takes messages back. Never commits: `tx` is the caller's unit of work."""

    def __init__(
        self, repository: TidyRepository, outbox: OutboxRepository, *, new_id: Callable[[], str]
    ) -> None:
        self._repository = repository
        self._outbox = outbox
        self._new_id = new_id

    async def close(self, tx: Transaction, now: datetime, *, after: timedelta) -> int:
        """Close the messages that have shown details for so long, none where that is no time at all; returns how many."""
        if not after:
            return 0
        found = await self._repository.open_since(tx, now - after, _CLOSED_AT_ONCE)
        for each in found:
            content = {"push": Push.CLOSED.value, "ref": each.opens, "message": each.message_id}
            key = f"{_closing(each.person_id, each.message_id)}{each.id}"
            await self._add(tx, Outgoing(key, each.person_id, Kind.TIDY, content, now), now)
        await self._repository.closed(tx, [each.id for each in found])
        return len(found)

    async def changed(self, tx: Transaction, person_id: str, message_id: int, now: datetime) -> None:
        """The message is about to show something else: what was to close it does not."""
        await self._repository.changed(tx, person_id, message_id)
        await self._outbox.cancel(tx, _closing(person_id, message_id), "replaced", now)

    async def delete_newest(self, tx: Transaction, person_id: str, now: datetime) -> int:
        """Delete what came to a person's chat and may still be deleted; returns how many messages."""
        numbers = await self._repository.newest(tx, person_id, now - DELETED_WITHIN)
        for start in range(0, len(numbers), _DELETED_AT_ONCE):
            some = numbers[start : start + _DELETED_AT_ONCE]
            content = {"method": "deleteMessages", "message_ids": some}
            key = f"delete:{person_id}:{self._new_id()}"
            await self._add(tx, Outgoing(key, person_id, Kind.TIDY, content, now), now)
            await self._repository.gone(tx, person_id, some)
        return len(numbers)

    async def _add(self, tx: Transaction, message: Outgoing, now: datetime) -> None:
        await self._outbox.add(tx, message, self._new_id(), now)


def _closing(person_id: str, message_id: int) -> str:
    return f"close:{person_id}:{message_id}:"
