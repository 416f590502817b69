"""The loop that sends what is due; what a message looks like and how it travels is the courier's business."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import structlog
from aiolimiter import AsyncLimiter

from db.engine import Database, StorageBusyError, Transaction
from delivery import rules
from delivery.service import DeliveryService, Outcome
from delivery.types import (
    Cancel,
    Kind,
    NotSent,
    OutboxItem,
    OutboxState,
    Postpone,
    Rejected,
    Result,
    Unreachable,
    Verdict,
)
from people.service import PeopleService
from people.types import Address

log = structlog.get_logger(__name__)

PUSHES_A_SECOND = 25
LONGEST_PAUSE = 60.0
_APART = 0.0002
_BATCH = 50
_TO_BE_SENT = (OutboxState.DUE, OutboxState.AMBIGUOUS)


class Courier(Protocol):
    """Carries one message to one person. Never raises for what the network or Telegram does: that is a Result."""

    async def send(self, address: Address, item: OutboxItem) -> Result: ...


Recheck = Callable[[Transaction, OutboxItem, datetime], Awaitable[Verdict]]
"""Asked right before a push goes out: is it still wanted?"""


class DeliveryWorker:
    """Sends due messages: lease, re-check, commit `sending`, send, commit the result. One per process."""

    def __init__(
        self,
        database: Database,
        delivery: DeliveryService,
        people: PeopleService,
        courier: Courier,
        *,
        recheck: Recheck,
        outcome: Outcome,
        now: Callable[[], datetime],
        tick: float = 1.0,
    ) -> None:
        self._database = database
        self._delivery = delivery
        self._people = people
        self._courier = courier
        self._recheck = recheck
        self._outcome = outcome
        self._now = now
        self._tick = tick
        self._limit = AsyncLimiter(PUSHES_A_SECOND, 1)
        self._wake = asyncio.Event()
        self._paused_until = 0.0

    def wake(self) -> None:
        """Look at the table now."""
        self._wake.set()

    async def run(self) -> None:
        """Send what is due until cancelled; a busy database is waited for."""
        while True:
            try:
                if await self.step():
                    continue
            except StorageBusyError:
                log.warning("delivery.storage_busy")
            try:
                async with asyncio.timeout(self._tick):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()

    async def recover(self, *, own: bool = False) -> None:
        """Take back what dead processes held; with `own`, at the start, all that this process's name holds."""
        async with self._database.write() as tx:
            await self._delivery.recover(tx, self._now(), own=own, outcome=self._outcome)

    async def step(self) -> int:
        """Recover orphans and send one batch; returns how many messages were looked at."""
        now = self._now()
        async with self._database.write() as tx:
            await self._delivery.recover(tx, now, outcome=self._outcome)
            items = await self._delivery.lease_due(tx, now, _BATCH)
        for item in items:
            await self._one(item)
        return len(items)

    async def send_now(self, item: OutboxItem) -> None:
        """Send a message whose row is committed as `sending` already, unless it waited so long that it was taken over.

        While Telegram wants a pause it is left to the loop: whoever calls has other people to serve, and the row's lease would run out.
        """
        pause = self._paused_until - asyncio.get_running_loop().time()
        if pause > 0:
            # Each a little later than the one before: the loop sends them in the order in which they were written.
            self._paused_until += _APART
            await self._record(item, NotSent(pause + _APART))
            return
        async with self._database.read() as tx:
            if not await self._delivery.still_sending(tx, item):
                return
            address = await self._people.address(tx, item.person_id)
        await self._send(item, address)

    async def _one(self, item: OutboxItem) -> None:
        pause = self._paused_until - asyncio.get_running_loop().time()
        if pause > 0:
            await asyncio.sleep(pause)
        now = self._now()
        async with self._database.write() as tx:
            address = await self._people.address(tx, item.person_id)
            if not await self._still_wanted(tx, item, address, now):
                return
            if not await self._delivery.start_sending(tx, item, now):
                return
        if item.kind is Kind.PUSH:
            await self._limit.acquire()
        await self._send(replace(item, attempts=item.attempts + 1), address)

    async def _still_wanted(
        self, tx: Transaction, item: OutboxItem, address: Address | None, now: datetime
    ) -> bool:
        end = rules.refusal(item, address, now)
        if end is None and item.kind is Kind.PUSH:
            match await self._recheck(tx, item, now):
                case Cancel(reason=reason):
                    end = (OutboxState.CANCELLED, reason)
                case Postpone(until=until):
                    await self._delivery.postpone(tx, item, until, now)
                    return False
        if end is None:
            return True
        state, reason = end
        if await self._delivery.drop(tx, item, state, reason, now):
            await self._outcome(tx, item, state, now)
        return False

    async def _send(self, item: OutboxItem, address: Address | None) -> None:
        """Send and keep what came of it; when Telegram wants nothing more from us for a while, nobody of this process sends."""
        result: Result = (
            Rejected("person_gone") if address is None else await self._courier.send(address, item)
        )
        await self._record(item, result)
        if isinstance(result, NotSent) and result.everybody:
            until = asyncio.get_running_loop().time() + min(result.retry_after, LONGEST_PAUSE)
            self._paused_until = max(self._paused_until, until)

    async def _record(self, item: OutboxItem, result: Result) -> None:
        now = self._now()
        async with self._database.write() as tx:
            state = await self._delivery.settle(tx, item, result, now)
            if isinstance(result, Unreachable):
                await self._people.mark_reachable(tx, item.person_id, reachable=False)
                await self._delivery.cancel_pushes(tx, item.person_id, "unreachable", now)
            if item.kind is Kind.PUSH and state is not None and state not in _TO_BE_SENT:
                await self._outcome(tx, item, state, now)
        # Replies are many and seen by whoever waits for them; pushes are what an operator is asked about.
        say = log.debug if item.kind is Kind.REPLY and state is OutboxState.SENT else log.info
        ended = state.value if state else "taken_over"
        say("delivery.settled", outbox=item.id, kind=item.kind.value, state=ended, attempt=item.attempts)
