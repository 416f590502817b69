"""A slip of the finger at the desk, on both databases: confirmed, dropped and cancelled, and as it was before."""

from datetime import date, timedelta

import pytest

from agreements import errors
from agreements.team.errors import NothingHandedOverError
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


async def test_cases_taken_back_are_no_hand_over_that_could_be_taken_back(world: World) -> None:
    coordinator, client, _ = await world.case()
    lead, other = await world.person(Role.LEAD), await world.person(Role.COORDINATOR)
    team = world.team
    async with world.database.write() as tx:
        done = await team.hand_over_of(tx, lead, coordinator.id, other.id, world.now)
        assert await team.fresh(tx, lead, world.now) == [done]
        await team.take_back(tx, lead, done.batch_id, world.now)
        assert await team.fresh(tx, lead, world.now) == []
        again = await team.hand_over_of(tx, lead, coordinator.id, other.id, world.now)
        assert await team.fresh(tx, lead, world.now) == [again], "the first was taken back"
        assert (await world.agreements.get_client(tx, other, client.id)).coordinator_id == other.id


async def test_a_case_that_came_back_and_went_once_more_went_once(world: World) -> None:
    coordinator, client, _ = await world.case()
    other, team = await world.person(Role.COORDINATOR), world.team
    later = [world.now + timedelta(hours=hours) for hours in range(3)]
    async with world.database.write() as tx:
        first = await team.hand_over(tx, coordinator, other.id, later[0], client_ids=[client.id])
        await team.hand_over(tx, other, coordinator.id, later[1], client_ids=[client.id])
        last = await team.hand_over(tx, coordinator, other.id, later[2], client_ids=[client.id])
        assert await team.fresh(tx, coordinator, later[2]) == [last]
        with pytest.raises(NothingHandedOverError):
            await team.take_back(tx, coordinator, first.batch_id, later[2])
        await team.take_back(tx, coordinator, last.batch_id, later[2])
        assert (await world.agreements.get_client(tx, coordinator, client.id)).id == client.id
