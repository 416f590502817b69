"""Settings of the house on both databases: changed by administrators, audited, and followed by everything that asks."""

from collections.abc import Callable
from datetime import date

import pytest

from offers.freshness import FreshnessService
from offers.repository import OffersRepository
from people.errors import NotAllowedError
from people.house.errors import SettingsInvalidError
from people.house.repository import HouseRepository
from people.house.service import HouseService
from people.house.types import Setting
from people.types import Role
from tests.catalogue import sample_files
from tests.db.agreements_world import World, at


async def test_a_change_is_written_down_and_reaches_another_process(
    world: World, new_id: Callable[[], str]
) -> None:
    admin, house = await world.person(Role.ADMINISTRATOR), world.people.house
    other = HouseService(HouseRepository(), new_id=new_id, defaults={Setting.GRACE_DAYS: "10"})
    assert other.current.grace_days == 10
    async with world.database.write() as tx:
        given = {Setting.QUIET_HOURS: "22:00 - 7:00", Setting.GRACE_DAYS: "30", Setting.REVIEW_DAYS: ""}
        assert await house.change(tx, admin, given, world.now) == 2
        assert await house.change(tx, admin, given, world.now) == 0
    async with world.database.read() as tx:
        await other.refresh(tx)
        lines = {line.setting: line.value for line in await other.look(tx, admin)}
        changes = await other.changes(tx, admin)
    assert (other.current.grace_days, f"{other.current.night[0]:%H}") == (30, "22")
    assert lines[Setting.QUIET_HOURS] == "22:00-07:00"
    assert {(c.setting, c.before, c.after, c.changed_by) for c in changes} == {
        (Setting.QUIET_HOURS, "", "22:00-07:00", admin.id), (Setting.GRACE_DAYS, "", "30", admin.id),
    }  # fmt: skip
    async with world.database.write() as tx:
        await house.change(tx, admin, {Setting.GRACE_DAYS: ""}, world.now)
        await other.refresh(tx)
    assert other.current.grace_days == 10, "empty goes back to the default"


async def test_what_does_not_fit_changes_nothing(world: World) -> None:
    admin = await world.person(Role.ADMINISTRATOR)
    async with world.database.write() as tx:
        with pytest.raises(SettingsInvalidError) as refused:
            await world.people.house.change(
                tx, admin, {Setting.QUIET_HOURS: "9-5", Setting.GRACE_DAYS: "30"}, world.now
            )
        assert set(refused.value.wrong) == {Setting.QUIET_HOURS}
        assert await world.people.house.changes(tx, admin) == []


async def test_only_administrators_set_and_see(world: World) -> None:
    for role in (Role.COORDINATOR, Role.LEAD, Role.REVIEWER, Role.VOLUNTEER):
        actor = await world.person(role)
        async with world.database.write() as tx:
            for call in (
                world.people.house.look(tx, actor),
                world.people.house.changes(tx, actor),
                world.people.house.role_changes(tx, actor),
                world.people.house.change(tx, actor, {}, world.now),
            ):
                with pytest.raises(NotAllowedError):
                    await call
    admin = await world.person(Role.ADMINISTRATOR)
    async with world.database.read() as tx:
        given = await world.people.house.role_changes(tx, admin)
    assert {change.role for change in given} >= {"coordinator", "lead", "administrator"}


async def test_reminders_and_pushes_follow(world: World) -> None:
    coordinator, client, _ = await world.case()
    admin = await world.person(Role.ADMINISTRATOR)
    async with world.database.write() as tx:
        given = {Setting.MILESTONE_REMINDERS: "7d 1d", Setting.QUIET_HOURS: "20:00-10:00"}
        await world.people.house.change(tx, admin, given, world.now)
        await world.people.house.refresh(tx)
    milestone = await world.milestone(coordinator, client, date(2027, 3, 1))
    rows = await world.rows(milestone.id)
    # What would fall into the night, at nine, is said on the evening before.
    assert [row.occurrence for row in rows] == [at("2027-02-21 19:00"), at("2027-02-27 19:00")]


async def test_offers_fall_due_by_the_cycle(world: World) -> None:
    admin = await world.person(Role.ADMINISTRATOR)
    freshness = FreshnessService(OffersRepository(), world.people.house)
    async with world.database.write() as tx:
        await world.offers.import_tables(tx, sample_files(), world.now, dry_run=False)
        before = len(await freshness.due(tx, world.now))
        await world.people.house.change(tx, admin, {Setting.REVIEW_DAYS: "730"}, world.now)
        await world.people.house.refresh(tx)
        assert before > len(await freshness.due(tx, world.now)) == 0
