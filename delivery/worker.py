"""The loop that sends what is due; what a message looks like and how it travels is the courier's business."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from weakref import WeakValueDictionary

import structlog

from db.engine import Database, StorageBusyError
from delivery.elsewhere import Elsewhere, Recheck
from delivery.ledger import Departure, Ledger
from delivery.measures import BROKEN_OFF
from delivery.pace import Pace
from delivery.rests import Rests
from delivery.service import DeliveryService, Outcome
from delivery.types import Kind, NotSent, OutboxItem, Rejected, Result, Sent
from people.service import PeopleService
from people.types import Address

log = structlog.get_logger(__name__)

IN_FLIGHT = 64
CALM_SECONDS = 2.0
_SOON = 1.0
"""A rest that is over so soon is waited for: what is put off comes after what follows it."""
_BATCH = 192
_STORAGE_PATIENCE = 60


class Courier(Protocol):
    """Carries one message to one person. Never raises for what the network or Telegram does: that is a Result."""

    async def send(self, address: Address, item: OutboxItem) -> Result: ...


class DeliveryWorker:
    """Sends due messages: lease, re-check, commit `sending`, send, commit the result.

    Every process has one; only the elected sender's takes anything out of the outbox. `pace` None is for tests and measurements.
    What may have arrived already is sent again only after `calm` seconds of life: a process that dies again and again
    would use up the second attempt without a message having left. As many as are `in_flight`, which the pace keeps few,
    are in doubt after a death.
    """

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
        pace: Pace | None = None,
        calm: float = CALM_SECONDS,
        in_flight: int = IN_FLIGHT,
    ) -> None:
        self._database = database
        self._delivery = delivery
        self._people = people
        self._courier = courier
        elsewhere = Elsewhere(recheck, outcome)
        self._outcome = elsewhere.outcome
        self._ledger = Ledger(database, delivery, people, elsewhere=elsewhere, now=now)
        self._now = now
        self._tick = tick
        self._pace = pace
        self._calm = calm
        self._born: float | None = None
        self._free = asyncio.Semaphore(in_flight)
        self._wake = asyncio.Event()
        self._rests = Rests()
        # Two messages on their way to one person could overtake each other.
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._sender = False
        self._in_hand: set[str] = set()

    def wake(self) -> None:
        """Look at the table now."""
        self._wake.set()

    async def run(self) -> None:
        """Send what is due until cancelled; a busy database is waited for. What is in flight then comes to its end first."""
        stopped = False
        async with asyncio.TaskGroup() as group:
            try:
                await self._keep_sending(group)
            except asyncio.CancelledError:
                stopped = True
        if stopped:
            await self._leave()
            raise asyncio.CancelledError

    async def recover(self, *, own: bool = False) -> None:
        """Take back what dead processes held; with `own`, at the start, all that this process's name holds."""
        async with self._database.write() as tx:
            await self._delivery.recover(tx, self._now(), own=own, outcome=self._outcome)

    async def be_sender(self) -> bool:
        """Ask for the sender's place, or renew it: whoever has it plans and sends the pushes of all processes."""
        now = self._now()
        async with self._database.read() as tx:
            known = await self._delivery.is_sender(tx, now)
        if known is self._sender:
            return known
        async with self._database.write() as tx:
            held = await self._delivery.hold_sender(tx, now, new=not self._sender)
        self._now_sender(held)
        return held

    async def step(self) -> int:
        """Recover orphans and send one batch, one message after the other; returns how many were looked at."""
        items = await self._take_up()
        for item in items:
            await self._turn(item)
            await self._one(item)
        return len(items)

    def take_in_hand(self, items: Iterable[OutboxItem]) -> None:
        """These are about to be committed as `sending` by whoever calls `send_now` next: a clock that jumps makes no orphans of them."""
        self._in_hand.update(item.id for item in items)

    def let_go(self, items: Iterable[OutboxItem]) -> None:
        """These are sent, or were not committed after all."""
        self._in_hand.difference_update(item.id for item in items)

    async def send_now(self, item: OutboxItem, address: Address | None = None) -> None:
        """Send a message whose row is committed as `sending` already, unless it waited so long that it was taken over.

        With `address` nothing is asked any more: the row was taken in hand and committed a moment ago.
        While Telegram wants a rest, or the person was told a lot just now, it is left to the loop: whoever calls has other people
        to serve, and the row's lease would run out.
        """
        if self._must_wait(item):
            at = self._now()
            later = (self._rests.put_off(item.person_id, at) - at).total_seconds()
            await self._record(item, NotSent(later), at)
            return
        with self._holding(item):
            if address is None:
                async with self._database.read() as tx:
                    if not await self._delivery.still_sending(tx, item):
                        return
                    address = await self._people.address(tx, item.person_id)
            await self._send(Departure(item, address))

    async def _keep_sending(self, group: asyncio.TaskGroup) -> None:
        while True:
            items: Sequence[OutboxItem] = ()
            try:
                items = await self._take_up()
            except StorageBusyError:
                log.warning("delivery.storage_busy")
            except Exception:
                # Ended by it, the process would meet the same again when it starts anew, and answer nobody meanwhile.
                log.exception("delivery.broken_off", step="look")
                BROKEN_OFF.labels("look").inc()
            for item in items:
                await self._free.acquire()
                await self._turn(item)
                group.create_task(self._in_flight(item))
            if not items:
                await self._rest()

    async def _in_flight(self, item: OutboxItem) -> None:
        try:
            await self._one(item)
        except StorageBusyError:
            # Nothing was sent: the row is leased and comes again.
            log.warning("delivery.storage_busy", outbox=item.id)
        finally:
            self._free.release()

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._tick):
                await self._wake.wait()
        self._wake.clear()

    async def _take_up(self) -> list[OutboxItem]:
        """What this process may send now: nothing, unless it is the sender; of each person one push at a time."""
        now = self._now()
        if not await self._anything(now):
            return []
        async with self._database.write() as tx:
            await self._delivery.recover(tx, now, outcome=self._outcome, in_hand=self._in_hand)
            held = await self._delivery.hold_sender(tx, now, new=not self._sender)
            items = await self._delivery.lease_due(tx, now, _BATCH, doubtful=self._is_calm()) if held else []
            later = self._too_soon(items, now)
            if later:
                await self._delivery.put_back(tx, later)
        self._now_sender(held)
        return [item for item in items if item.id not in later]

    async def _anything(self, now: datetime) -> bool:
        """A look that writes nothing and locks nobody out: most of the time there is nothing to do."""
        async with self._database.read() as tx:
            if await self._delivery.is_sender(tx, now) is not self._sender:
                return True
            return await self._delivery.anything_to_send(
                tx, now, sender=self._sender, doubtful=self._is_calm()
            )

    def _is_calm(self) -> bool:
        now = asyncio.get_running_loop().time()
        if self._born is None:
            self._born = now
        return now - self._born >= self._calm

    def _too_soon(self, items: Sequence[OutboxItem], now: datetime) -> dict[str, datetime]:
        """When the pushes fall due that would come too quickly after another to the same person."""
        later: dict[str, datetime] = {}
        if self._pace is None:
            return later
        waits: dict[str, float] = {}
        for item in items:
            if item.kind is Kind.REPLY:
                continue
            wait = waits.get(item.person_id, self._pace.wait_for(item.person_id))
            if wait > 0:
                later[item.id] = now + timedelta(seconds=wait)
            waits[item.person_id] = wait + self._pace.chat_apart
        return later

    async def _turn(self, item: OutboxItem) -> None:
        """Wait until something may leave: for Telegram's pause to be over, and a push for its moment."""
        while (pause := self._rests.of_all()) > 0:  # noqa: ASYNC110 -- a later refusal may make it longer
            await asyncio.sleep(pause)
        if item.kind is Kind.PUSH and self._pace is not None:
            await self._pace.turn()

    def _must_wait(self, item: OutboxItem) -> bool:
        """Whether a reply may not leave now: it would be refused, overtake others, or be one too many at once."""
        if self._rests.waits_for(item.person_id):
            return True
        return self._pace is not None and not self._pace.takes_one_more(item.person_id)

    async def _one(self, item: OutboxItem) -> None:
        async with self._lanes.setdefault(item.person_id, asyncio.Lock()):
            rest = self._rests.of(item.person_id)
            if rest > _SOON:
                async with self._database.write() as tx:
                    await self._delivery.put_back(
                        tx, {item.id: self._rests.put_off(item.person_id, self._now())}
                    )
                return
            if rest > 0:
                await asyncio.sleep(rest)
            await self._start_and_send(item)

    async def _start_and_send(self, item: OutboxItem) -> None:
        with self._holding(item):
            departure = await self._ledger.start(item)
            if departure is not None:
                await self._send(departure)

    @contextlib.contextmanager
    def _holding(self, item: OutboxItem) -> Iterator[None]:
        self._in_hand.add(item.id)
        try:
            yield
        finally:
            self._in_hand.discard(item.id)

    async def _send(self, departure: Departure) -> None:
        """Send and keep what came of it; when Telegram wants a rest, nobody of this process sends to this person for a while, or to anybody."""
        item, address = departure.item, departure.address
        if self._pace is not None:
            if item.kind is Kind.PUSH:
                await self._pace.spread()
            self._pace.told(item.person_id)
        began = asyncio.get_running_loop().time()
        result: Result = (
            Rejected("person_gone") if address is None else await self._courier.send(address, item)
        )
        at = self._now()
        if isinstance(result, Sent):
            self._rests.arrived(began)
        if isinstance(result, NotSent) and result.limited:
            self._rests.refused(item.person_id, result.retry_after, at)
        await self._record(item, result, at)

    async def _record(self, item: OutboxItem, result: Result, at: datetime) -> None:
        """Keep what a send ended in, also when the database is out of reach for a minute: the message may be out."""
        for patience in range(_STORAGE_PATIENCE, -1, -1):
            try:
                await self._ledger.settle(item, result, at)
            except StorageBusyError:
                if not patience:
                    raise
                log.warning("delivery.storage_busy", outbox=item.id)
                await asyncio.sleep(1)
            else:
                return

    def _now_sender(self, held: bool) -> None:
        if held != self._sender:
            log.info("delivery.sender", owner=self._delivery.owner, held=held)
        self._sender = held

    async def _leave(self) -> None:
        with contextlib.suppress(StorageBusyError):
            async with self._database.write() as tx:
                await self._delivery.leave(tx)
