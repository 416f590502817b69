"""What lies on the disk: nothing that somebody said or is, in any column, file or write-ahead log; cells that cannot be moved."""

import os
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, Table, select, update

from agreements.campaigns.types import Selection
from agreements.files.types import Channel
from agreements.types import Client
from db.crypto import Cipher, Keyring, SealBrokenError
from db.engine import Database
from db.tables import metadata
from db.tables.delivery import inbox, outbox
from db.tables.people import drafts, persons
from delivery.types import Incoming, Kind
from people.types import Actor, Role
from tests.db.agreements_world import World
from tests.db.delivery_world import Office

CHAT = 918_273_645
CANARIES = ("Canary", "Kanarienvogel", "LM-CANARY", str(CHAT), "КАНАРЕЙКА", "كناري")


@pytest.fixture
def office(database: Database, cipher: Cipher, new_id: Callable[[], str]) -> Office:
    return Office(database, cipher, new_id)


def spellings(texts: Iterable[str]) -> list[bytes]:
    return [
        form
        for text in texts
        for form in (
            text.encode(),
            text.encode("utf-16-le"),
            text.encode("unicode_escape"),
            text.lower().encode(),
        )
    ]


async def fill(database: Database, cipher: Cipher, new_id: Callable[[], str]) -> None:
    """One person through everything that takes in what people say."""
    office = Office(database, cipher, new_id)
    said = " ".join(CANARIES)
    async with database.write() as tx:
        person = await office.people.meet(tx, CHAT, "de", office.now)
        await office.people.put_draft(tx, person, "search", "hits", {"said": said}, office.now)
        await office.box.receive(tx, [Incoming(1, CHAT, "text", {"text": said})], office.now)
    message = await office.push(person, "push")
    async with database.write() as tx:
        await tx.execute(
            update(outbox)
            .where(outbox.c.id == message)
            .values(payload_sealed=cipher.seal("outbox", "payload_sealed", message, f'{{"text": "{said}"}}'))
        )
    await office.reply(person, "reply")
    world = World(database, cipher, new_id)
    coordinator = await world.person(Role.COORDINATOR)
    client = await world.link(coordinator, await world.client(coordinator, "LM-CANARY"), await world.person())
    await world.milestone(coordinator, client, date(2027, 2, 20))
    await record(world, coordinator, client, said)


async def record(world: World, coordinator: Actor, client: Client, said: str) -> None:
    """Everything that staff write about a client."""
    async with world.database.write() as tx:
        cells = {"call_name": said[:60], "profession": said[:100], "case_number": "LM-CANARY2"}
        await world.files.change(tx, coordinator, client.id, cells, world.now)
        await world.goals.add_goal(tx, coordinator, client.id, "find_work", world.now, words=said[:300])
        await world.goals.sign(tx, coordinator, client.id, world.now.date(), world.now)
        slots = {"place": "Canary", "date": "2027-03-01", "time": "10:00"}
        await world.campaigns.send(tx, coordinator, Selection(), "event_in", slots, world.now)
        note = await world.files.add_note(tx, coordinator, client.id, said, world.now)
        await world.files.correct_note(tx, coordinator, note.id, said * 2, world.now)
        today = world.now.date()
        await world.files.add_contact(tx, coordinator, client.id, Channel.PHONE, today, said, world.now)


async def test_no_column_shows_what_somebody_said(
    database: Database, cipher: Cipher, new_id: Callable[[], str]
) -> None:
    await fill(database, cipher, new_id)
    filled = 0
    async with database.read() as tx:
        for table in metadata.tables.values():
            for row in await tx.execute(select(table)):
                filled += 1
                cells = b"\n".join(
                    bytes(cell) if isinstance(cell, bytes | memoryview) else repr(cell).encode()
                    for cell in row
                )
                assert not [canary for canary in spellings(CANARIES) if canary in cells], table.name
    assert filled > 10


async def test_no_file_holds_what_somebody_said(
    sqlite_url: str, cipher: Cipher, new_id: Callable[[], str], tmp_path: Path
) -> None:
    database = Database(sqlite_url)
    await fill(database, cipher, new_id)
    async with database.write() as tx:
        # The same word in plain, to know that the search below would find it.
        await tx.execute(update(outbox).where(outbox.c.dedup_key == "push").values(reason="Zeisig"))
    wal = tmp_path / "lotse.db-wal"
    assert b"Zeisig" in wal.read_bytes()
    _clean(tmp_path)
    async with database.engine.connect() as connection:
        await connection.exec_driver_sql("ROLLBACK")
        await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert wal.stat().st_size == 0
    assert b"Zeisig" in (tmp_path / "lotse.db").read_bytes()
    _clean(tmp_path)
    await database.close()


def _clean(folder: Path) -> None:
    files = sorted(folder.glob("lotse.db*"))
    assert files
    for file in files:
        content = file.read_bytes()
        assert not [canary for canary in spellings(CANARIES) if canary in content], file.name


async def test_what_is_deleted_is_overwritten(
    sqlite_url: str, cipher: Cipher, new_id: Callable[[], str], tmp_path: Path
) -> None:
    database = Database(sqlite_url)
    office = Office(database, cipher, new_id)
    person = await office.person()
    message = await office.push(person, "push")
    async with database.write() as tx:
        await tx.execute(update(outbox).where(outbox.c.id == message).values(reason="Zeisig" * 10))
    async with database.write() as tx:
        await office.people.forget(tx, person.id)
    async with database.engine.connect() as connection:
        await connection.exec_driver_sql("ROLLBACK")
        await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    await database.close()
    assert b"Zeisig" not in (tmp_path / "lotse.db").read_bytes()


SEALED = [
    (table, column.name)
    for table in metadata.tables.values()
    for column in table.columns
    if isinstance(column.type, LargeBinary)
]


@pytest.mark.parametrize(("table", "column"), SEALED, ids=lambda part: getattr(part, "name", part))
def test_sealed_columns_say_so_in_their_name(table: Table, column: str) -> None:
    assert column.endswith("_sealed")


async def test_an_address_moved_to_another_person_does_not_open(office: Office) -> None:
    victim, thief = await office.person(), await office.person()
    async with office.database.write() as tx:
        stolen = (await tx.execute(select(persons.c.chat_sealed).where(persons.c.id == victim.id))).scalar()
        await tx.execute(update(persons).where(persons.c.id == thief.id).values(chat_sealed=stolen))
        assert await office.people.address(tx, victim.id) is not None
        with pytest.raises(SealBrokenError):
            await office.people.address(tx, thief.id)


async def test_a_draft_moved_to_another_person_does_not_open(office: Office) -> None:
    one, two = await office.person(), await office.person()
    async with office.database.write() as tx:
        for person in (one, two):
            await office.people.put_draft(tx, person, "search", "hits", {"of": person.id}, office.now)
        sealed = (await tx.execute(select(drafts.c.data_sealed).where(drafts.c.person_id == one.id))).scalar()
        await tx.execute(update(drafts).where(drafts.c.person_id == two.id).values(data_sealed=sealed))
        with pytest.raises(SealBrokenError):
            await office.people.draft(tx, two, "search", office.now)
        with pytest.raises(SealBrokenError):
            await office.people.drafts(tx, two, office.now)


async def test_what_one_said_moved_to_another_update_does_not_open(office: Office) -> None:
    await office.receive((1, 7), (2, 8))
    async with office.database.write() as tx:
        sealed = (await tx.execute(select(inbox.c.payload_sealed).where(inbox.c.update_id == 1))).scalar()
        await tx.execute(update(inbox).where(inbox.c.update_id == 2).values(payload_sealed=sealed))
    with pytest.raises(SealBrokenError):
        await office.claim()


async def test_a_message_moved_to_another_row_does_not_open(office: Office) -> None:
    person = await office.person()
    one, two = await office.push(person, "one"), await office.push(person, "two", kind=Kind.REPLY)
    async with office.database.write() as tx:
        sealed = (await tx.execute(select(outbox.c.payload_sealed).where(outbox.c.id == one))).scalar()
        await tx.execute(update(outbox).where(outbox.c.id == two).values(payload_sealed=sealed))
    # It says nothing and is refused when it is to be sent; the other one leaves.
    assert {item.id: dict(item.content) for item in await office.lease()} == {one: {"text": "one"}, two: {}}


async def test_a_new_key_reads_the_old_rows_and_a_wrong_one_finds_nobody(
    database: Database, new_id: Callable[[], str]
) -> None:
    ring = Keyring.generate()
    old = Office(database, Cipher(ring), new_id)
    person = await old.person()
    await old.push(person, "old")
    rotated = Keyring({**ring.keys, 2: os.urandom(32)}, ring.index)
    new = Office(database, Cipher(rotated), new_id)
    await new.push(person, "new")
    assert {item.content["text"] for item in await new.lease()} == {"old", "new"}
    async with database.read() as tx:
        assert await new.people.find(tx, 1000) == person
        sealed = (await tx.execute(select(outbox.c.payload_sealed).order_by(outbox.c.dedup_key))).scalars()
        assert [value[0] for value in sealed] == [2, 1]
    wrong = Office(database, Cipher(Keyring.generate()), new_id)
    async with database.read() as tx:
        assert await wrong.people.find(tx, 1000) is None
        with pytest.raises(SealBrokenError) as caught:
            await wrong.people.address(tx, person.id)
    assert "1000" not in str(caught.value)
