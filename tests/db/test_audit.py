"""Who looked at whose record: every way to a record is logged, and the log shows when somebody has been at it."""

import asyncio
import inspect
import sys
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from agreements.access import CaseAccess
from agreements.privacy.types import Limits
from db.crypto import Cipher, Keyring
from db.engine import Transaction
from db.tables.audit import access_chain, access_log
from people.audit.repository import AuditRepository
from people.audit.service import Trail
from people.audit.types import Anchor, Break, Capacity, Checked, Fault, Part, Row
from people.types import Permission, Role
from tests.architecture.source import calls_of, sources
from tests.db.agreements_world import World

RING = Keyring.generate()


@pytest.fixture
def cipher() -> Cipher:
    return Cipher(RING)


async def rows(world: World) -> list[Row]:
    async with world.database.read() as tx:
        return [row async for row in AuditRepository(Cipher(RING)).every(tx)]


async def check(world: World, anchor: Anchor | None = None, ring: Keyring = RING) -> Checked:
    trail = Trail(AuditRepository(Cipher(ring)), now=lambda: world.now)
    async with world.database.read() as tx:
        return await trail.check(tx, anchor)


def told(found: list[Row]) -> list[tuple[str, str, bool]]:
    return [(row.acted_as.value, row.part.value, row.change) for row in found]


# --- nothing is given out without a row


async def test_every_way_to_a_record_leaves_a_row(world: World) -> None:
    """A new method of the accessor fails here until somebody says how it is called."""
    coordinator, client, person = await world.case()
    access = CaseAccess(world.repository, world.people)
    ways: dict[str, Callable[[Transaction], Awaitable[object]]] = {
        "work_on": lambda tx: access.work_on(tx, coordinator, client.id, Part.NOTES),
        "by_case": lambda tx: access.by_case(tx, coordinator, client.case_number, Part.FILE, change=True),
        "caseload": lambda tx: access.caseload(tx, coordinator),
        "restricted": lambda tx: access.restricted(tx, coordinator),
        "own": lambda tx: access.own(tx, person, Part.APPOINTMENTS),
        "theirs": lambda tx: access.theirs(tx, person, client.id, Part.AGREEMENT),
    }

    async def moved(tx: Transaction) -> None:
        access.moved(tx, coordinator, client.id, Capacity.LEAD)

    async def shown(tx: Transaction) -> None:
        access.shown(tx, person, client.id)

    async def theirs_still(tx: Transaction) -> None:
        access.theirs_still(tx, coordinator, [client])

    async with world.database.write() as tx:
        await world.repository.change_client(tx, client.id, restriction_asked_at=world.now)
    ways |= {"moved": moved, "shown": shown, "theirs_still": theirs_still}
    public = {name for name, _ in inspect.getmembers(CaseAccess, inspect.isfunction) if name[0] != "_"}
    # What is closed and what is only stored have tests of their own: this case is open.
    assert public - {"may", "closed", "stored"} == set(ways)
    for name, way in ways.items():
        for opened in (world.database.read, world.database.write):
            world.now += timedelta(days=1)
            before = len(await rows(world))
            async with opened() as tx:
                await way(tx)
            added = (await rows(world))[before:]
            assert len(added) == 1, name
            assert added[0].at == world.now
            assert added[0].case_hash == Cipher(RING).blind("log case", client.id)
    parts = {part for _, part, _ in told(await rows(world))}
    assert {"notes", "file", "list", "appointments", "agreement", "team"} <= parts
    assert (await check(world)).whole


async def test_who_looks_through_closed_cases_leaves_a_row(world: World) -> None:
    coordinator, client, _ = await world.case()
    await world.client(coordinator)
    access = CaseAccess(world.repository, world.people)
    async with world.database.write() as tx:
        await world.agreements.end_case(tx, coordinator, client.id, world.now)
    before = len(await rows(world))
    async with world.database.read() as tx:
        assert [each.id for each in await access.closed(tx, coordinator)] == [client.id]
    [added] = (await rows(world))[before:]
    assert added.case_hash == Cipher(RING).blind("log case", client.id)
    assert told([added]) == [("coordinator", "list", False)]


async def test_a_case_that_is_only_stored_leaves_a_row_for_what_the_law_asks(world: World) -> None:
    coordinator, client, _ = await world.case()
    open_one = await world.client(coordinator)
    access = CaseAccess(world.repository, world.people)
    async with world.database.write() as tx:
        await world.repository.change_client(tx, client.id, restricted_at=world.now)
        found = await world.repository.clients_of(tx, coordinator.id, restricted=True)
    before = len(await rows(world))
    async with world.database.read() as tx:
        given = await access.stored(tx, coordinator, [*found, open_one])
    assert [each.id for each in given] == [client.id]
    [added] = (await rows(world))[before:]
    assert added.case_hash == Cipher(RING).blind("log case", client.id)
    assert told([added]) == [("coordinator", "erasure", False)]


GIVES_OUT = {"client", "client_by_case", "clients_of_person", "clients_by_id", "clients_of", "clients_about"}
"""What the repository gives a client's record out by."""
SHOWN_TO_NOBODY = {
    "agreements/clients.py: free_case_number": "whether a number is taken",
    "agreements/clients.py: link": "before the link is made; the link itself is noted",
    "agreements/clients.py: own_clients": "for which cases the chat stands, for the menu and for whose is asked",
    "agreements/clients.py: pictures_needed": "whether the chat that opens an invitation is the case's already",
    "agreements/appointments.py: tick_brought": "whose appointment it is; it is given out through the accessor",
    "agreements/sharing/service.py: open": "whether the helper is somebody else; what they see is noted as shown",
    "agreements/handover/service.py: _tell": "whom to tell",
    "agreements/handover/service.py: own_open": "which cases there are; each is then asked for through the accessor",
    "agreements/files/service.py: _write": "whether a number is taken",
    "agreements/transfer/incoming.py: _client": "whether there is the case; it is worked on through the accessor",
    "agreements/requests.py: offer_date_changed": "whom to tell; who asks sees a number",
    "agreements/day/service.py: _waits": "whether anything waits, for the digest",
    "agreements/day/service.py: _theirs": "which are only stored; what is to be deleted is asked for through the accessor",
    "agreements/day/service.py: _escalate": "whom to tell",
    "agreements/reminding/service.py: own": "one's own times, with nothing of a case but whether there is one",
    "agreements/reminding/service.py: choose_often": "which cases there are; each is then asked for through the accessor",
    "agreements/reminding/service.py: _keep": "which cases there are; each is then asked for through the accessor",
    "agreements/reminders.py: outcome": "whom to tell",
    "agreements/reminders.py: _settle": "whom to tell",
}


def test_nobody_passes_the_accessor_by() -> None:
    """A service that takes a client out of the repository itself stands above with its reason, or fails here."""
    found = {
        f"{source.name}: {function}"
        for source in sources()
        if source.name.startswith("agreements/") and source.name != "agreements/access.py"
        if not source.name.endswith("repository.py")
        for function, called in calls_of(source)
        if called in {f"{owner}.{name}" for owner in ("_repository", "_cases") for name in GIVES_OUT}
    }
    assert found == set(SHOWN_TO_NOBODY)


async def test_reading_and_changing_are_told_apart_and_one_transaction_says_it_once(world: World) -> None:
    coordinator, client, person = await world.case()
    before = len(await rows(world))
    async with world.database.write() as tx:
        await world.files.cells(tx, coordinator, client.id)
        await world.files.change(tx, coordinator, client.id, {"profession": "Koch"}, world.now)
        await world.files.record(tx, coordinator, client.id)
    async with world.database.read() as tx:
        await world.agreements.client_file(tx, coordinator, client.id)
    async with world.database.write() as tx:
        await world.agreements.own_milestones(tx, person)
    assert told((await rows(world))[before:]) == [
        ("coordinator", "file", True),
        ("coordinator", "case", False),
        ("client", "agreement", False),
    ]


async def test_a_deputy_is_named_as_one_and_a_stranger_leaves_nothing(world: World) -> None:
    coordinator, client, _ = await world.case()
    deputy = await world.person(Role.COORDINATOR)
    async with world.database.write() as tx:
        await world.team.add_deputy(tx, coordinator, deputy.id, world.now, client.id)
    other, _, _ = await world.case()
    before = len(await rows(world))
    async with world.database.read() as tx:
        await world.files.file(tx, deputy, client.id)
    with pytest.raises(Exception, match=r"error\.not_found"):
        async with world.database.read() as tx:
            await world.files.file(tx, other, client.id)
    assert told((await rows(world))[before:]) == [("deputy", "file", False)]


async def test_what_is_rolled_back_was_read_and_not_changed(world: World) -> None:
    coordinator, client, _ = await world.case()
    before = len(await rows(world))
    table = f"case_number;profession\n{client.case_number};Koch\n".encode()
    async with world.database.write() as tx:
        await world.transfer.import_tables(tx, coordinator, {"clients.csv": table}, world.now, dry_run=True)
    assert {change for _, _, change in told((await rows(world))[before:])} == {False}


async def test_a_transaction_that_fails_leaves_nothing(world: World) -> None:
    coordinator, client, _ = await world.case()
    before = len(await rows(world))

    async def fail() -> None:
        async with world.database.write() as tx:
            await world.files.file(tx, coordinator, client.id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert len(await rows(world)) == before


async def test_a_list_is_a_row_a_day_for_each_case(world: World) -> None:
    coordinator, _, _ = await world.case()
    await world.client(coordinator)
    before = len(await rows(world))
    for hour in range(3):
        world.now += timedelta(hours=hour)
        async with world.database.read() as tx:
            await world.agreements.list_clients(tx, coordinator, world.now)
            await world.agreements.open_requests(tx, coordinator)
            await world.day.day(tx, coordinator, world.now)
    assert told((await rows(world))[before:]) == [("coordinator", "list", False)] * 2
    await world.client(coordinator)
    world.now += timedelta(minutes=1)
    async with world.database.read() as tx:
        await world.agreements.list_clients(tx, coordinator, world.now)
    added = told((await rows(world))[before + 2 :])
    assert added == [("coordinator", "case", True), ("coordinator", "list", False)]
    world.now += timedelta(days=1)
    async with world.database.read() as tx:
        await world.agreements.list_clients(tx, coordinator, world.now)
    assert len(await rows(world)) == before + 2 + 2 + 3


async def test_the_morning_digest_is_no_look(world: World) -> None:
    coordinator, client, _ = await world.case()
    await world.milestone(coordinator, client, date(2027, 2, 2))
    before = len(await rows(world))
    world.now = world.now.replace(day=2, hour=7, minute=5)
    async with world.database.write() as tx:
        await world.day.change_settings(tx, coordinator, digest=True)
        assert await world.day.tick(tx, world.now) == 1
    assert len(await rows(world)) == before


# --- the chain


async def _filled(world: World, count: int = 6) -> Anchor:
    for number in range(count):
        async with world.database.write() as tx:
            world.trail.note(tx, "me", Capacity.COORDINATOR, f"case{number}", Part.FILE)
    found = await check(world)
    assert found.whole
    assert found.rows == count
    assert found.anchor is not None
    return found.anchor


async def _as_the_owner(world: World, *statements: Any) -> None:
    """Past the triggers, as somebody who owns the database can."""
    sqlite = world.database.is_sqlite
    async with world.database.write() as tx:
        if sqlite:
            await tx.execute(text("DROP TRIGGER access_log_never_changes"))
            await tx.execute(text("DROP TRIGGER access_log_only_grows"))
        else:
            await tx.execute(text("ALTER TABLE access_log DISABLE TRIGGER USER"))
        for statement in statements:
            await tx.execute(statement)


async def test_the_database_refuses_to_change_it(world: World) -> None:
    await _filled(world)
    for statement in (
        update(access_log).where(access_log.c.seq == 3).values(part="notes"),
        delete(access_log).where(access_log.c.seq == 3),
        delete(access_log),
    ):
        with pytest.raises(DBAPIError, match="only grows"):
            async with world.database.write() as tx:
                await tx.execute(statement)
    assert (await check(world)).rows == 6


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"part": "notes"}, 3),
        ({"change": True}, 3),
        ({"actor_hash": "0" * 32}, 6),
        ({"case_hash": "0" * 32}, 1),
        ({"acted_as": "deputy"}, 4),
        ({"link": "0" * 64}, 2),
    ],
)
async def test_an_edited_row_is_seen(world: World, change: dict[str, Any], where: int) -> None:
    await _filled(world)
    await _as_the_owner(world, update(access_log).where(access_log.c.seq == where).values(change))
    assert Break(where, Fault.CHANGED) in (await check(world)).breaks


async def test_another_time_is_seen(world: World) -> None:
    await _filled(world)
    later = world.now + timedelta(seconds=1)
    await _as_the_owner(world, update(access_log).where(access_log.c.seq == 5).values(at=later))
    assert (await check(world)).breaks == (Break(5, Fault.CHANGED),)


async def test_a_deleted_row_is_seen(world: World) -> None:
    await _filled(world)
    await _as_the_owner(world, delete(access_log).where(access_log.c.seq.in_([1, 4])))
    assert (await check(world)).breaks == (Break(2, Fault.MISSING), Break(5, Fault.MISSING))


async def test_a_row_put_in_is_seen(world: World) -> None:
    await _filled(world)
    async with world.database.read() as tx:
        last = dict((await tx.execute(select(access_log).where(access_log.c.seq == 6))).mappings().one())
    async with world.database.write() as tx:
        await tx.execute(insert(access_log).values({**last, "seq": 7}))
    assert (await check(world)).breaks == (Break(7, Fault.CHANGED), Break(7, Fault.CUT))


async def test_a_tail_cut_off_is_seen(world: World) -> None:
    anchor = await _filled(world)
    await _as_the_owner(world, delete(access_log).where(access_log.c.seq > 4))
    assert (await check(world)).breaks == (Break(4, Fault.CUT),)
    # The end of an older copy of the database would make it fit again; the anchor knows better.
    async with world.database.write() as tx:
        await tx.execute(delete(access_chain))
        row = (await tx.execute(select(access_log).where(access_log.c.seq == 4))).one()
        proof = Cipher(RING).link(f"head\n4\n{row.link}\n{row.key_id}", row.key_id)
        values = {"name": "head", "seq": 4, "link": row.link, "key_id": row.key_id, "proof": proof}
        await tx.execute(insert(access_chain).values(values))
    assert (await check(world)).whole
    assert (await check(world, anchor)).breaks == (Break(4, Fault.CUT),)
    await _as_the_owner_again(world)
    assert (await check(world, anchor)).breaks == (Break(6, Fault.CHANGED),)


async def _as_the_owner_again(world: World) -> None:
    """As many rows as there were, but others."""
    for number in range(2):
        async with world.database.write() as tx:
            world.trail.note(tx, "me", Capacity.COORDINATOR, f"other{number}", Part.FILE)


async def test_everything_gone_is_seen(world: World) -> None:
    anchor = await _filled(world)
    await _as_the_owner(world, delete(access_log), delete(access_chain))
    assert (await check(world)).whole, "an empty database is no broken one"
    assert (await check(world, anchor)).breaks == (Break(0, Fault.CUT),)


async def test_what_is_old_goes_and_the_rest_can_still_be_checked(world: World) -> None:
    repository, days = AuditRepository(Cipher(RING)), Limits().access_log
    await _filled(world, 4)
    anchor = (await check(world)).anchor
    for _ in range(2):
        before = world.now
        world.now += timedelta(days=days, minutes=1)
        await _later(world)
        async with world.database.write() as tx:
            await repository.let_go(tx, world.now - timedelta(days=days))
        assert {row.at for row in await rows(world)} == {world.now}
        assert before < world.now
        assert (await check(world, anchor)).whole
    async with world.database.write() as tx:
        await tx.execute(update(access_chain).where(access_chain.c.name == "start").values(seq=1))
    assert Fault.START in {found.fault for found in (await check(world)).breaks}


async def _later(world: World) -> None:
    async with world.database.write() as tx:
        world.trail.note(tx, "me", Capacity.DEPUTY, "case", Part.FILE)
        world.trail.note(tx, "you", Capacity.DEPUTY, "case", Part.FILE)


async def test_a_new_key_leaves_old_rows_readable(world: World) -> None:
    await _filled(world, 3)
    rotated = RING.with_new_key()
    trail = Trail(AuditRepository(Cipher(rotated)), now=lambda: world.now)
    world.database.ends_with(trail)
    async with world.database.write() as tx:
        trail.note(tx, "me", Capacity.COORDINATOR, "case9", Part.FILE)
    assert [row.key_id for row in await rows(world)] == [1, 1, 1, 2]
    assert (await check(world, ring=rotated)).whole
    assert (await check(world, ring=Keyring.from_json(rotated.to_json()))).whole
    lost = rotated.without((), [1])
    assert (await check(world, ring=lost)).breaks == tuple(Break(seq, Fault.KEY) for seq in (1, 2, 3))


def test_a_key_file_from_before_the_chain_has_a_key_for_it() -> None:
    old = Keyring(RING.keys, RING.index)
    assert old.chain == Keyring(RING.keys, RING.index).chain
    assert set(old.chain) == {0}
    assert set(old.with_new_key().chain) == {0, 1}
    assert old.chain[0] not in (RING.index, *RING.keys.values())


async def test_two_processes_make_one_chain(world: World) -> None:
    times, writers = 40, 2
    command = [sys.executable, "-m", "tests.db.audit_writer", world.database.url, str(times)]

    async def run() -> int:
        process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)
        await process.communicate(RING.to_json().encode())
        return process.returncode or 0

    assert await asyncio.gather(*(run() for _ in range(writers))) == [0] * writers
    found = await check(world)
    assert found.breaks == ()
    assert found.rows == times * writers * 2


async def test_staff_without_a_case_leave_no_row(world: World) -> None:
    lead = await world.person(Role.LEAD)
    await world.case()
    before = len(await rows(world))
    async with world.database.read() as tx:
        await world.team.numbers(tx, lead, world.now)
    world.people.accessor.require(lead, Permission.SEE_TEAM)
    assert len(await rows(world)) == before
