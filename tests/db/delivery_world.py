"""A post office for the tests of delivery: both boxes on a real database, several processes, a clock to turn, a courier that follows a script."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, select

from db.crypto import Cipher
from db.engine import Database, Transaction
from db.tables.delivery import inbox, outbox
from delivery.repository import InboxRepository, OutboxRepository
from delivery.service import DeliveryService
from delivery.types import (
    Go,
    InboxItem,
    Incoming,
    Kind,
    OutboxItem,
    OutboxState,
    Outgoing,
    Policy,
    Result,
    Sent,
    Verdict,
)
from delivery.worker import DeliveryWorker
from people.audit.repository import AuditRepository
from people.audit.service import Trail
from people.repository import PeopleRepository
from people.service import PeopleService
from people.types import Actor, Address

START = datetime(2027, 2, 1, 10, 0, tzinfo=UTC)


@dataclass
class Courier:
    """Carries nothing and remembers everything; `results` are given out first."""

    carried: list[OutboxItem] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)

    async def send(self, address: Address, item: OutboxItem) -> Result:
        self.carried.append(item)
        self.addresses.append(address)
        return self.results.pop(0) if self.results else Sent(len(self.carried))

    @property
    def keys(self) -> list[str]:
        return [item.dedup_key for item in self.carried]


class Office:
    """Services over one database; it is `now` in them. Each process has a name and a service of its own."""

    def __init__(self, database: Database, cipher: Cipher, new_id: Callable[[], str]) -> None:
        self.database = database
        self.now = START
        self.new_id = new_id
        self.cipher = cipher
        self.repository = PeopleRepository(cipher)
        self.people = PeopleService(
            self.repository,
            Trail(AuditRepository(cipher), now=lambda: self.now),
            new_id=new_id,
            new_code=new_id,
        )
        self.box = self.process("one")
        self.courier = Courier()
        self.verdicts: list[Verdict] = []
        self.told: list[tuple[str, OutboxState]] = []
        self._chats = itertools.count(1000)

    def process(self, name: str) -> DeliveryService:
        return DeliveryService(
            InboxRepository(self.cipher, self.people.chat_hash),
            OutboxRepository(self.cipher),
            owner=name,
            new_id=self.new_id,
        )

    def worker(self, box: DeliveryService | None = None) -> DeliveryWorker:
        return DeliveryWorker(
            self.database,
            box or self.box,
            self.people,
            self.courier,
            recheck=self.recheck,
            outcome=self.outcome,
            now=lambda: self.now,
            tick=0.01,
            calm=0,
        )

    async def recheck(
        self, tx: Transaction, items: Sequence[OutboxItem], now: datetime
    ) -> dict[str, Verdict]:
        return {item.id: self.verdicts.pop(0) if self.verdicts else Go() for item in items}

    async def outcome(
        self, tx: Transaction, ended: Sequence[tuple[OutboxItem, OutboxState]], now: datetime
    ) -> None:
        self.told += [(item.dedup_key, state) for item, state in ended]

    async def person(self) -> Actor:
        async with self.database.write() as tx:
            return await self.people.meet(tx, next(self._chats), "de", self.now)

    async def push(
        self,
        person: Actor,
        key: str,
        *,
        kind: Kind = Kind.PUSH,
        policy: Policy = Policy.REPEAT_ONCE,
        due_at: datetime | None = None,
        not_after: datetime | None = None,
        urgent: bool = False,
    ) -> str:
        message = Outgoing(key, person.id, kind, {"text": key}, due_at or self.now, policy, not_after, urgent)
        async with self.database.write() as tx:
            found = await self.box.enqueue(tx, message, self.now)
        assert found is not None
        return found

    async def reply(self, person: Actor, key: str) -> OutboxItem:
        message = Outgoing(key, person.id, Kind.REPLY, {"text": key}, self.now)
        async with self.database.write() as tx:
            found = await self.box.enqueue_reply(tx, message, self.now)
        assert found is not None
        return found

    async def lease(self, box: DeliveryService | None = None, limit: int = 50) -> list[OutboxItem]:
        async with self.database.write() as tx:
            return await (box or self.box).lease_due(tx, self.now, limit)

    async def start(self, item: OutboxItem, box: DeliveryService | None = None) -> bool:
        async with self.database.write() as tx:
            return item.id in await (box or self.box).start_sending(tx, [item], self.now)

    async def settle(self, item: OutboxItem, result: Result) -> OutboxState | None:
        async with self.database.write() as tx:
            if not isinstance(result, Sent):
                return await self.box.settle(tx, item, result, self.now)
            arrived = await self.box.arrived(tx, {item.id: result.message_id}, self.now)
            return OutboxState.SENT if item.id in arrived else None

    async def state_of(self, message_id: str) -> OutboxState | None:
        """What became of a message."""
        async with self.database.read() as tx:
            found = (await tx.execute(select(outbox.c.state).where(outbox.c.id == message_id))).scalar()
            return OutboxState(found) if found else None

    async def recover(
        self, box: DeliveryService | None = None, *, own: bool = False
    ) -> dict[str, OutboxState]:
        async with self.database.write() as tx:
            return dict(await (box or self.box).recover(tx, self.now, own=own, outcome=self.outcome))

    async def receive(self, *updates: tuple[int, int]) -> int:
        """Updates as pairs of id and chat."""
        items = [Incoming(number, chat, "text", {"text": f"said {number}"}) for number, chat in updates]
        async with self.database.write() as tx:
            return await self.box.receive(tx, items, self.now)

    async def claim(self, box: DeliveryService | None = None, limit: int = 16) -> list[InboxItem]:
        async with self.database.write() as tx:
            return await (box or self.box).claim_inbox(tx, self.now, limit)

    async def finish(self, item: InboxItem, box: DeliveryService | None = None) -> None:
        async with self.database.write() as tx:
            await (box or self.box).finish(tx, item, self.now)

    async def fail(self, item: InboxItem, box: DeliveryService | None = None) -> bool:
        async with self.database.write() as tx:
            return await (box or self.box).fail(tx, item, "ValueError", self.now)

    async def row(self, message_id: str) -> Row[Any]:
        async with self.database.read() as tx:
            return (await tx.execute(select(outbox).where(outbox.c.id == message_id))).one()

    async def rows(self) -> Sequence[Row[Any]]:
        async with self.database.read() as tx:
            return (await tx.execute(select(outbox).order_by(outbox.c.dedup_key))).all()

    async def update_row(self, update_id: int) -> Row[Any]:
        async with self.database.read() as tx:
            return (await tx.execute(select(inbox).where(inbox.c.update_id == update_id))).one()

    async def states(self) -> dict[str, str]:
        return {row.dedup_key: row.state for row in await self.rows()}
