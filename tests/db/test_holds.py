"""What must be kept is kept, and what was erased does not come back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from agreements.errors import NotLinkedError
from agreements.files.rules import draft_kind
from agreements.holds.errors import CaseHeldError, HoldUntilError
from agreements.holds.types import HoldReason
from agreements.privacy.service import PrivacyService
from agreements.privacy.types import Limits
from db.tables.holds import tombstones
from people.errors import NotFoundError
from people.types import Actor
from tests.db.agreements_world import World

KEPT = Limits()


async def _import(world: World, coordinator: Actor, number: str) -> list[str]:
    table = f"case_number;language\n{number};ar\n".encode()
    async with world.database.write() as tx:
        report = await world.transfer.import_tables(
            tx, coordinator, {"clients.csv": table}, world.now, dry_run=False
        )
    return [error.message.key for error in report.errors]


async def test_a_held_case_is_not_erased_and_a_released_one_is(world: World) -> None:
    coordinator, client, person = await world.case()
    other, _, _ = await world.case()
    until = date(2027, 6, 30)
    async with world.database.write() as tx:
        with pytest.raises(NotFoundError):
            await world.cases.holds.hold(tx, other, client.id, HoldReason.COURT, until, world.now)
        for wrong in (date(2027, 1, 31), date(2040, 1, 1)):
            with pytest.raises(HoldUntilError):
                await world.cases.holds.hold(tx, coordinator, client.id, HoldReason.COURT, wrong, world.now)
        await world.cases.holds.hold(tx, coordinator, client.id, HoldReason.COURT, until, world.now)
    async with world.database.write() as tx:
        with pytest.raises(CaseHeldError) as refused:
            await world.cases.holds.erase(tx, coordinator, client.id, world.now)
    assert "30. Juni 2027" in str(refused.value.message.params["day"])
    async with world.database.write() as tx:
        await world.cases.holds.lift(tx, coordinator, client.id, world.now)
        assert await world.cases.holds.hold_of(tx, coordinator, client.id, world.now) is None
        await world.cases.holds.erase(tx, coordinator, client.id, world.now)
        with pytest.raises(NotFoundError):
            await world.agreements.get_client(tx, coordinator, client.id)
        with pytest.raises(NotLinkedError):
            await world.agreements.own_client(tx, person)


async def test_with_an_erased_case_goes_what_was_typed_of_its_interview(world: World) -> None:
    coordinator, client, _ = await world.case()
    kept = await world.client(coordinator)
    async with world.database.write() as tx:
        for case in (client, kept):
            kind = draft_kind(case.id)
            await world.people.put_draft(tx, coordinator, kind, "typing", {"call_name": "Amira"}, world.now)
        await world.cases.holds.erase(tx, coordinator, client.id, world.now)
    async with world.database.read() as tx:
        assert await world.people.draft(tx, coordinator, draft_kind(client.id), world.now) is None
        assert await world.people.draft(tx, coordinator, draft_kind(kept.id), world.now)


async def test_an_erased_case_does_not_come_back_by_an_import(world: World) -> None:
    coordinator, client, _ = await world.case()
    async with world.database.write() as tx:
        await world.cases.holds.erase(tx, coordinator, client.id, world.now)
    assert await _import(world, coordinator, client.case_number.lower()) == ["cw.error.erased"]
    assert await _import(world, coordinator, "LM-OTHER") == []
    async with world.database.read() as tx:
        [stone] = (await tx.execute(select(tombstones))).all()
    assert (stone.reason, stone.erased_on) == ("wish", date(2027, 2, 1))
    assert client.case_number not in stone.case_hash
    # Whoever opens it by hand knows what they do.
    await world.client(coordinator, client.case_number)
    async with world.database.write() as tx:
        assert not (
            await world.transfer.import_tables(
                tx,
                coordinator,
                {"clients.csv": f"case_number;profession\n{client.case_number};Koch\n".encode()},
                world.now,
                dry_run=False,
            )
        ).errors


async def test_the_night_lets_held_cases_be_and_leaves_a_tombstone_of_the_others(
    world: World, privacy: PrivacyService
) -> None:
    coordinator, held, person = await world.case()
    gone = await world.client(coordinator)
    until = world.now.date() + timedelta(days=KEPT.closed_cases + 100)
    async with world.database.write() as tx:
        await world.cases.holds.hold(tx, coordinator, held.id, HoldReason.MONEY, until, world.now)
        [(_, hold)] = await privacy.own_holds(tx, person, world.now)
        assert hold is not None
        assert (hold.reason, hold.until) == (HoldReason.MONEY, until)
        for client in (held, gone):
            await world.agreements.end_case(tx, coordinator, client.id, world.now)
    start = world.now
    world.now = start + timedelta(days=KEPT.closed_cases, minutes=1)
    async with world.database.write() as tx:
        await privacy.purge(tx, world.now)
        assert (await world.agreements.get_client(tx, coordinator, held.id)).id == held.id
        with pytest.raises(NotFoundError):
            await world.agreements.get_client(tx, coordinator, gone.id)
    assert await _import(world, coordinator, gone.case_number) == ["cw.error.erased"]
    world.now = start + timedelta(days=KEPT.closed_cases + 102)
    async with world.database.write() as tx:
        await privacy.purge(tx, world.now)
        with pytest.raises(NotFoundError):
            await world.agreements.get_client(tx, coordinator, held.id)
    world.now += timedelta(days=KEPT.tombstones + 1)
    async with world.database.write() as tx:
        await privacy.purge(tx, world.now)
        assert (await tx.execute(select(tombstones))).all() == []
