"""What is written around the sends, many rows in one commit: whoever comes while one commit is under way shares the next."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from db.engine import Database, StorageBusyError, Transaction
from delivery import rules
from delivery.elsewhere import Elsewhere
from delivery.measures import BROKEN_OFF, SENDS
from delivery.service import DeliveryService
from delivery.types import (
    WAITING_STATES,
    Cancel,
    Go,
    Kind,
    OutboxItem,
    OutboxState,
    Postpone,
    Result,
    Sent,
    Unreachable,
)
from people.service import PeopleService
from people.types import Address

log = structlog.get_logger(__name__)

# Those whom one commit woke come back this many turns of the loop after the first of them: they share the next one.
_TURNS = 5


@dataclass(frozen=True)
class Departure:
    """A message whose row is committed as `sending`, and where it goes."""

    item: OutboxItem
    address: Address | None


@dataclass(eq=False)
class _Entry:
    item: OutboxItem
    result: Result | None
    # When it happened: several are written later, and a pause counts from here.
    at: datetime
    done: asyncio.Future[object]


class Ledger:
    """Starts and ends of sends. Nothing may be sent before `start` has returned: then the commit that says so is done."""

    def __init__(
        self,
        database: Database,
        delivery: DeliveryService,
        people: PeopleService,
        *,
        elsewhere: Elsewhere,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._delivery = delivery
        self._people = people
        self._elsewhere = elsewhere
        self._now = now
        self._waiting: list[_Entry] = []
        # SQLite writes one transaction at a time; beside PostgreSQL's work on one the next is put together.
        self._turn = asyncio.Semaphore(1 if database.is_sqlite else 2)

    async def start(self, item: OutboxItem) -> Departure | None:
        """Look again whether a leased message is wanted, and commit that it is being sent; None when it is not to be."""
        try:
            found = await self._share(item, None, self._now())
        except StorageBusyError:
            raise
        except Exception as error:  # noqa: BLE001 -- ended by it, the process would meet it again
            # Nothing was sent: the row is leased and comes again.
            _broke_off("start", item, error)
            return None
        return found if isinstance(found, Departure) else None

    async def settle(self, item: OutboxItem, result: Result, at: datetime) -> OutboxState | None:
        """Commit what a send ended in at `at`; `item.attempts` counts that send. None when the row was taken over meanwhile."""
        SENDS.labels(item.kind.value, type(result).__name__.lower()).inc()
        try:
            found = await self._share(item, result, at)
        except StorageBusyError:
            raise
        except Exception as error:  # noqa: BLE001 -- as above
            # The row stays as being sent, and is looked at as what a dead process left.
            _broke_off("settle", item, error)
            return None
        return found if isinstance(found, OutboxState) else None

    async def _share(self, item: OutboxItem, result: Result | None, at: datetime) -> object:
        entry = _Entry(item, result, at, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        async with self._turn:
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            if entry in self._waiting:
                entries, self._waiting = self._waiting, []
                await self._write_all(entries)
        # Shielded, because whoever writes for several must find the future whole.
        return await asyncio.shield(entry.done)

    async def _write_all(self, entries: Sequence[_Entry]) -> None:
        """All in one commit; where that breaks off, each in one of its own, so that one row is nobody else's trouble."""
        parts = [entries]
        try:
            while parts:
                part = parts.pop()
                try:
                    await self._write(part)
                except Exception as error:  # noqa: BLE001 -- goes to whoever waits for it
                    if len(part) == 1 or isinstance(error, StorageBusyError):
                        _fail(part, error)
                    else:
                        parts += [[entry] for entry in reversed(part)]
        except BaseException as error:
            _fail([entry for entry in entries if not entry.done.done()], error)
            raise

    async def _write(self, entries: Sequence[_Entry]) -> None:
        async with self._database.write() as tx:
            now = self._now()
            settled = await self._settle(tx, [entry for entry in entries if entry.result], now)
            started = await self._start(tx, [entry.item for entry in entries if not entry.result], now)
        for entry in entries:
            entry.done.set_result((settled if entry.result else started).get(entry.item.id))

    async def _settle(
        self, tx: Transaction, entries: Sequence[_Entry], now: datetime
    ) -> dict[str, OutboxState | None]:
        sent = {entry.item.id: entry.result.message_id for entry in entries if isinstance(entry.result, Sent)}
        arrived = await self._delivery.arrived(tx, sent, now) if sent else frozenset()
        found: dict[str, OutboxState | None] = {}
        for entry in entries:
            item, result = entry.item, entry.result
            if result is None or isinstance(result, Sent):
                found[item.id] = OutboxState.SENT if item.id in arrived else None
                continue
            found[item.id] = await self._delivery.settle(tx, item, result, entry.at)
            if isinstance(result, Unreachable):
                await self._people.mark_reachable(tx, item.person_id, reachable=False)
                await self._delivery.cancel_pushes(tx, item.person_id, "unreachable", now)
        ended = [
            (entry.item, state)
            for entry in entries
            if entry.item.kind is Kind.PUSH
            and (state := found[entry.item.id]) is not None
            and state not in WAITING_STATES
        ]
        if ended:
            await self._elsewhere.outcome(tx, ended, now)
        for entry in entries:
            _say(entry.item, found[entry.item.id])
        return found

    async def _start(
        self, tx: Transaction, items: Sequence[OutboxItem], now: datetime
    ) -> dict[str, Departure]:
        if not items:
            return {}
        addresses = await self._people.addresses(tx, {item.person_id for item in items})
        wanted = await self._still_wanted(tx, items, addresses, now)
        started = await self._delivery.start_sending(tx, wanted, now) if wanted else frozenset()
        return {
            item.id: Departure(replace(item, attempts=item.attempts + 1), addresses.get(item.person_id))
            for item in wanted
            if item.id in started
        }

    async def _still_wanted(
        self,
        tx: Transaction,
        items: Sequence[OutboxItem],
        addresses: Mapping[str, Address],
        now: datetime,
    ) -> list[OutboxItem]:
        ends = {item.id: rules.refusal(item, addresses.get(item.person_id), now) for item in items}
        asked = [item for item in items if item.kind is Kind.PUSH and ends[item.id] is None]
        verdicts = await self._elsewhere.recheck(tx, asked, now) if asked else {}
        wanted: list[OutboxItem] = []
        dropped: list[tuple[OutboxItem, OutboxState]] = []
        shown: dict[str, OutboxItem] = {}
        for item in items:
            end = ends[item.id]
            match verdicts.get(item.id):
                case Cancel(reason=reason, stale=stale):
                    end = (OutboxState.STALE if stale else OutboxState.CANCELLED, reason)
                case Postpone(until=until):
                    await self._delivery.postpone(tx, item, until, now)
                    continue
                case Go(more=more) if more:
                    shown[item.id] = replace(item, content={**item.content, **more})
            if end is None:
                wanted.append(shown.get(item.id, item))
            elif await self._delivery.drop(tx, item, *end, now):
                dropped.append((item, end[0]))
        if dropped:
            await self._elsewhere.outcome(tx, dropped, now)
        return wanted


def _fail(entries: Sequence[_Entry], error: BaseException) -> None:
    for entry in entries:
        entry.done.set_exception(error)
        # Whoever was cancelled meanwhile does not ask any more.
        entry.done.exception()


def _broke_off(step: str, item: OutboxItem, error: Exception) -> None:
    log.error("delivery.broken_off", step=step, outbox=item.id, exc_info=error)
    BROKEN_OFF.labels(step).inc()


def _say(item: OutboxItem, state: OutboxState | None) -> None:
    # Replies are many and seen by whoever waits for them; pushes are what an operator is asked about.
    say = log.debug if item.kind is Kind.REPLY and state is OutboxState.SENT else log.info
    ended = state.value if state else "taken_over"
    say("delivery.settled", outbox=item.id, kind=item.kind.value, state=ended, attempt=item.attempts)
