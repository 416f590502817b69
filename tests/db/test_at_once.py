"""Two people who change the same thing in the same moment: on both databases, neither undoes the other."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime

import pytest

from agreements.types import AppointmentStatus, MilestoneStatus, Receipt
from db.crypto import Cipher
from db.engine import Database
from offers.statistics.repository import StatisticsRepository
from tests.db.agreements_world import World, at

SOON, LATER = date(2027, 2, 4), date(2027, 3, 1)
# Long enough for a second transaction to come as far as it comes beside one that is not over.
_MEANWHILE = 0.3


@pytest.fixture
def world(database: Database, cipher: Cipher, new_id: Callable[[], str]) -> World:
    return World(database, cipher, new_id)


async def test_two_who_are_the_first_to_miss_something_are_both_counted(database: Database) -> None:
    statistics, gap = StatisticsRepository(), ("uk", "german_course", "Haar", "childcare")

    async def count() -> None:
        async with database.write() as tx:
            await statistics.count_gap(tx, gap, LATER)

    async with asyncio.TaskGroup() as beside, database.write() as tx:
        await statistics.count_gap(tx, gap, SOON)
        beside.create_task(count())
        await asyncio.sleep(_MEANWHILE)
    async with database.read() as tx:
        [found] = await statistics.gaps(tx, 1)
    assert (found.count, found.last_on) == (2, LATER)


async def test_a_tap_of_the_client_does_not_undo_the_new_day_of_a_goal(world: World) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, SOON)

    async def tap() -> Receipt:
        async with world.database.write() as tx:
            needs = MilestoneStatus.NEEDS_TIME
            return await world.agreements.report(tx, person, milestone.id, needs, None, world.now)

    async with asyncio.TaskGroup() as beside, world.database.write() as tx:
        await world.agreements.move_milestone(tx, coordinator, milestone.id, LATER, world.now)
        beside.create_task(tap())
        await asyncio.sleep(_MEANWHILE)
    async with world.database.read() as tx:
        found = await world.agreements.milestone(tx, coordinator, milestone.id)
    assert (found.due_on, found.status) == (LATER, MilestoneStatus.NEEDS_TIME)


async def test_a_tap_of_the_client_does_not_undo_the_new_time_of_an_appointment(world: World) -> None:
    coordinator, client, person = await world.case()
    appointment = await world.appointment(coordinator, client, "2027-02-04 14:00")

    async def tap() -> Receipt:
        async with world.database.write() as tx:
            return await world.agreements.request_cancel(tx, person, appointment.id, None, world.now)

    async with asyncio.TaskGroup() as beside, world.database.write() as tx:
        to = datetime(2027, 3, 1, 10)
        await world.agreements.move_appointment(tx, coordinator, appointment.id, to, world.now)
        beside.create_task(tap())
        await asyncio.sleep(_MEANWHILE)
    async with world.database.read() as tx:
        found = await world.agreements.appointment(tx, coordinator, appointment.id)
    assert (found.starts_at, found.status) == (at("2027-03-01 10:00"), AppointmentStatus.CANCEL_REQUESTED)
