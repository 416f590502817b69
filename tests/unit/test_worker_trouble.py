"""The sending loop where what it asks or tells breaks off for one message: the others leave, and the process goes on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime

import pytest
from sqlalchemy import text, update

from db.crypto import Cipher
from db.engine import Database, Transaction
from db.tables.delivery import outbox
from db.tables.people import persons
from delivery.types import OutboxItem, OutboxState, Verdict
from delivery.worker import DeliveryWorker
from people.types import Actor
from tests.db.delivery_world import Office

BROKEN = "push:broken"


@pytest.fixture
async def office(database_url: str, cipher: Cipher, new_id: Callable[[], str]) -> AsyncIterator[Office]:
    database = Database(database_url)
    yield Office(database, cipher, new_id)
    await database.close()


async def queued(office: Office) -> Actor:
    """Three messages to three people, of which the second is the broken one's."""
    people = [await office.person() for _ in range(3)]
    for person, key in zip(people, ("push:one", BROKEN, "push:two"), strict=True):
        await office.push(person, key)
    return people[1]


async def looped(office: Office, worker: DeliveryWorker, *, until: int) -> None:
    """The loop as the process runs it, until so many left."""
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        loop = group.create_task(worker.run())
        while len(office.courier.carried) < until:
            await asyncio.sleep(0.01)
        # A look more, for what would end the process.
        await asyncio.sleep(0.05)
        assert not loop.done()
        loop.cancel()


async def broken_sql(tx: Transaction) -> None:
    """What takes the whole transaction with it on PostgreSQL."""
    await tx.execute(text("SELECT nothing FROM nowhere"))


async def test_what_cannot_be_judged_waits_and_the_others_leave(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def recheck(tx: Transaction, items: Sequence[OutboxItem], now: datetime) -> dict[str, Verdict]:
        if any(item.dedup_key == BROKEN for item in items):
            await broken_sql(tx)
        return {}

    monkeypatch.setattr(office, "recheck", recheck)
    await queued(office)
    await looped(office, office.worker(), until=2)
    assert sorted(office.courier.keys) == ["push:one", "push:two"]
    assert await office.states() == {"push:one": "sent", BROKEN: "due", "push:two": "sent"}


async def test_what_nobody_could_be_told_of_is_sent_once_all_the_same(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    async def outcome(
        tx: Transaction, ended: Sequence[tuple[OutboxItem, OutboxState]], now: datetime
    ) -> None:
        if any(item.dedup_key == BROKEN for item, _ in ended):
            await broken_sql(tx)
        told.extend(item.dedup_key for item, _ in ended)

    monkeypatch.setattr(office, "outcome", outcome)
    await queued(office)
    await looped(office, office.worker(), until=3)
    assert sorted(office.courier.keys) == sorted([BROKEN, "push:one", "push:two"])
    assert set((await office.states()).values()) == {"sent"}
    assert sorted(told) == ["push:one", "push:two"]


async def test_a_process_starts_again_where_nobody_can_be_told_what_the_last_one_left(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def outcome(
        tx: Transaction, ended: Sequence[tuple[OutboxItem, OutboxState]], now: datetime
    ) -> None:
        await broken_sql(tx)

    await queued(office)
    async with office.database.write() as tx:
        items = await office.box.lease_due(tx, office.now, 9)
        await office.box.start_sending(tx, items, office.now)
        await tx.execute(update(outbox).values(attempts=2))
    monkeypatch.setattr(office, "outcome", outcome)
    await office.worker().recover(own=True)
    assert set((await office.states()).values()) == {"unknown"}


async def test_one_person_whose_chat_cannot_be_read_holds_up_nobody(office: Office) -> None:
    broken = await queued(office)
    async with office.database.write() as tx:
        await tx.execute(update(persons).where(persons.c.id == broken.id).values(chat_sealed=b"\x01torn"))
    await looped(office, office.worker(), until=2)
    assert sorted(office.courier.keys) == ["push:one", "push:two"]
    assert (await office.states())[BROKEN] == "due"


async def test_a_message_that_cannot_be_read_holds_up_nobody(office: Office) -> None:
    await queued(office)
    async with office.database.write() as tx:
        await tx.execute(
            update(outbox).where(outbox.c.dedup_key == BROKEN).values(payload_sealed=b"\x01torn")
        )
    await looped(office, office.worker(), until=3)
    # The courier of the bot refuses it, since it says nothing.
    assert {item.dedup_key: dict(item.content) for item in office.courier.carried}[BROKEN] == {}
