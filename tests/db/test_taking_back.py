"""A slip of the finger at the desk, on both databases: confirmed, dropped and cancelled, and as it was before."""

from datetime import date

import pytest

from agreements import errors
from agreements.types import AppointmentStatus, HelpReason, MilestoneStatus
from people.errors import NotFoundError
from people.types import Role
from tests.db.agreements_world import World, at

FEB = date(2027, 2, 20)


async def test_what_was_confirmed_by_mistake_waits_again_and_its_history_says_both(world: World) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, FEB)
    async with world.database.write() as tx:
        case = world.agreements
        with pytest.raises(errors.StepNotPossibleError):
            await case.reopen_milestone(tx, coordinator, milestone.id, world.now)
        done = MilestoneStatus.REPORTED_DONE
        said = await case.report(tx, person, milestone.id, done, None, world.now)
    await world.until("2027-02-01 10:05")
    async with world.database.write() as tx:
        await case.confirm_milestone(tx, coordinator, milestone.id, world.now)
        assert await case.open_requests(tx, coordinator) == []
    # On the next day: of two pushes a day, what is new in an agreement is not the third.
    await world.until("2027-02-02 10:00")
    told = world.pushed(person)
    async with world.database.write() as tx:
        again = await case.reopen_milestone(tx, coordinator, milestone.id, world.now)
        [line] = await case.open_requests(tx, coordinator)
        steps = [event.status.value for event in await case.milestone_events(tx, coordinator, milestone.id)]
        # What the client said counts as before, and is answered once more when it is true.
        answer = (await case.own_answer(tx, person, said.request.id)).answer
    assert (again.status, line.request.id, answer) == (done, said.request.id, None)
    assert steps == ["open", "reported_done", "confirmed", "reported_done"]
    await world.until("2027-02-02 10:30")
    assert world.pushed(person)[len(told) :] == ["milestone"], "who was praised hears that there is news"
    async with world.database.write() as tx:
        await case.confirm_milestone(tx, coordinator, milestone.id, world.now)
        assert await case.open_requests(tx, coordinator) == []


async def test_what_was_dropped_by_mistake_is_reminded_of_again(world: World) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, FEB)
    before = [row.occurrence for row in await world.rows(milestone.id)]
    case = world.agreements
    async with world.database.write() as tx:
        await case.report(
            tx, person, milestone.id, MilestoneStatus.NEEDS_HELP, HelpReason.CHILDCARE, world.now
        )
    await world.until("2027-02-01 10:05")
    async with world.database.write() as tx:
        await case.drop_milestone(tx, coordinator, milestone.id, world.now)
        assert await case.own_milestones(tx, person) == []
    await world.until("2027-02-01 10:10")
    async with world.database.write() as tx:
        again = await case.reopen_milestone(tx, coordinator, milestone.id, world.now)
        [line] = await case.open_requests(tx, coordinator)
    assert again.status is MilestoneStatus.NEEDS_HELP
    assert line.request.reason is HelpReason.CHILDCARE
    planned = [row.occurrence for row in await world.rows(milestone.id) if row.state.value == "planned"]
    assert planned == before
    stranger = await world.person(Role.COORDINATOR)
    async with world.database.write() as tx:
        await case.drop_milestone(tx, coordinator, milestone.id, world.now)
        with pytest.raises(NotFoundError):
            await case.reopen_milestone(tx, stranger, milestone.id, world.now)


async def test_what_was_cancelled_by_mistake_takes_place_and_the_client_hears_of_it(world: World) -> None:
    coordinator, client, person = await world.case()
    made = await world.appointment(coordinator, client, "2027-02-10 14:00")
    case = world.agreements
    await world.send()
    async with world.database.write() as tx:
        with pytest.raises(errors.AppointmentOverError):
            await case.restore_appointment(tx, coordinator, made.id, world.now)
        await case.cancel_appointment(tx, coordinator, made.id, world.now)
    await world.until("2027-02-01 10:05")
    told = world.pushed(person)
    await world.until("2027-02-01 10:10")
    async with world.database.write() as tx:
        again = await case.restore_appointment(tx, coordinator, made.id, world.now)
        assert await case.own_appointments(tx, person, world.now) == [again]
    assert again.status is AppointmentStatus.PLANNED
    planned = [row.occurrence for row in await world.rows(made.id) if row.state.value == "planned"]
    assert planned == [at("2027-02-09 18:00"), at("2027-02-10 12:00")]
    await world.until("2027-02-01 10:15")
    assert world.pushed(person)[len(told) :] == ["appointment"]


async def test_a_wish_not_to_come_waits_again(world: World) -> None:
    coordinator, client, person = await world.case()
    made = await world.appointment(coordinator, client, "2027-02-10 14:00")
    case = world.agreements
    async with world.database.write() as tx:
        asked = await case.request_cancel(tx, person, made.id, HelpReason.CHILDCARE, world.now)
    await world.until("2027-02-01 10:05")
    async with world.database.write() as tx:
        await case.cancel_appointment(tx, coordinator, made.id, world.now)
    await world.until("2027-02-01 10:10")
    async with world.database.write() as tx:
        again = await case.restore_appointment(tx, coordinator, made.id, world.now)
        [line] = await case.open_requests(tx, coordinator)
    assert again.status is AppointmentStatus.CANCEL_REQUESTED
    assert line.request.id == asked.request.id
    world.now = at("2027-02-10 14:00")
    async with world.database.write() as tx:
        with pytest.raises(errors.AppointmentOverError):
            await case.restore_appointment(tx, coordinator, made.id, world.now)
