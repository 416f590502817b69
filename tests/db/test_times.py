"""Times of reminders that people choose for themselves, and coordinators for them: on both databases, through the real worker."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from agreements import rules
from agreements.reminding import wishing
from agreements.reminding.errors import AppointmentTimesError, MilestoneTimesError
from agreements.reminding.types import Often
from agreements.types import Milestone, ReminderState, Subject
from people.errors import NotFoundError
from people.types import Role
from tests.db.agreements_world import World, at

DUE = date(2027, 3, 10)


async def planned(world: World, subject_id: str) -> list[str]:
    """When the subject is going to be reminded of, in Berlin."""
    rows = [row for row in await world.rows(subject_id) if row.state is ReminderState.PLANNED]
    return [f"{rules.local_time(row.occurrence):%d.%m. %H:%M}" for row in rows]


async def test_hours_and_sundays_of_ones_own_hold_for_what_is_planned_and_for_what_is_sent(
    world: World,
) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, DUE)
    await world.send()
    usual = await planned(world, milestone.id)
    assert [at.split()[1] for at in usual] == ["09:00"] * len(usual)
    async with world.database.write() as tx:
        times = world.cases.times
        await times.choose_hours(tx, person, "2000-1600", world.now)
        await times.choose_sundays(tx, person, world.now, quiet=True)
        own = await times.own(tx, person)
    assert (own.quiet.sundays, wishing.hours_of(own.quiet)) == (True, "2000-1600")
    rows = [row for row in await world.rows(milestone.id) if row.state is ReminderState.PLANNED]
    assert rows
    assert not [row for row in rows if rules.is_quiet(row.occurrence, own.quiet)]
    assert {rules.local_time(row.occurrence).weekday() for row in rows} <= set(range(6))
    # News of a morning waits for the afternoon.
    tomorrow = rules.local_time(world.now).date() + timedelta(days=1)
    await world.until(f"{tomorrow} 10:00")
    before = world.pushed(person)
    await world.appointment(coordinator, client, "2027-03-02T10:00")
    await world.until(f"{tomorrow} 15:30")
    assert world.pushed(person) == before
    await world.until(f"{tomorrow} 16:30")
    assert world.pushed(person) == [*before, "appointment"]
    async with world.database.write() as tx:
        await world.cases.times.choose_hours(tx, person, "", world.now)
        await world.cases.times.choose_sundays(tx, person, world.now, quiet=False)
    assert (await planned(world, milestone.id)) == [
        at for at in usual if at in await planned(world, milestone.id)
    ]
    with pytest.raises(NotFoundError):
        async with world.database.write() as tx:
            await world.cases.times.choose_hours(tx, person, "0000-2300", world.now)


async def test_how_often_is_chosen_by_the_person(world: World) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, DUE)
    appointment = await world.appointment(coordinator, client, "2027-03-02T15:00")
    expected = {
        Often.ONCE: (["09.03. 09:00"], ["01.03. 18:00"]),
        Often.MORE: (
            ["24.02. 09:00", "03.03. 09:00", "07.03. 09:00", "10.03. 09:00"],
            ["27.02. 18:00", "01.03. 18:00", "02.03. 13:00"],
        ),
        Often.USUAL: (["24.02. 09:00", "07.03. 09:00", "10.03. 09:00"], ["01.03. 18:00", "02.03. 13:00"]),
    }
    for often, (of_milestone, of_appointment) in expected.items():
        async with world.database.write() as tx:
            await world.cases.times.choose_often(tx, person, often, world.now)
            assert (await world.cases.times.own(tx, person)).often is often
        assert await planned(world, milestone.id) == of_milestone
        assert await planned(world, appointment.id) == of_appointment


async def test_the_coordinator_sets_times_for_a_client_and_for_one_thing(world: World) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, DUE)
    other = await world.milestone(coordinator, client, DUE, "finish_german_course")
    appointment = await world.appointment(coordinator, client, "2027-03-02T15:00")
    times = world.cases.times
    both = {Subject.MILESTONE: "1d, 7d", Subject.APPOINTMENT: "-"}
    async with world.database.write() as tx:
        await times.remind_client(tx, coordinator, client.id, both, world.now)
        await times.remind_of(tx, coordinator, Subject.MILESTONE, milestone.id, "3d", world.now)
        assert (await times.own(tx, person)).often is None
        wishes = await times.of_client(tx, coordinator, client.id)
    assert wishes == {
        ("milestone", ""): "7d 1d", ("appointment", ""): "-", ("milestone", milestone.id): "3d",
    }  # fmt: skip
    assert await planned(world, milestone.id) == ["07.03. 09:00"]
    assert await planned(world, other.id) == ["03.03. 09:00", "09.03. 09:00"]
    assert await planned(world, appointment.id) == []
    async with world.database.write() as tx:
        await times.remind_of(tx, coordinator, Subject.MILESTONE, milestone.id, "", world.now)
        await times.remind_of(tx, coordinator, Subject.APPOINTMENT, appointment.id, "3h", world.now)
    assert await planned(world, milestone.id) == ["03.03. 09:00", "09.03. 09:00"]
    assert await planned(world, appointment.id) == ["02.03. 12:00"]
    stranger = await world.person(Role.COORDINATOR)
    for who, subject, text, error in (
        (coordinator, Subject.MILESTONE, "bald", MilestoneTimesError),
        (coordinator, Subject.APPOINTMENT, "1d 2d 3d 4d 5d", AppointmentTimesError),
        (stranger, Subject.MILESTONE, "1d", NotFoundError),
    ):
        thing = milestone.id if subject is Subject.MILESTONE else appointment.id
        with pytest.raises(error):
            async with world.database.write() as tx:
                await times.remind_of(tx, who, subject, thing, text, world.now)
    with pytest.raises(NotFoundError):
        async with world.database.write() as tx:
            await times.remind_client(tx, stranger, client.id, both, world.now)


@pytest.mark.parametrize(
    ("chosen_at", "choice", "told_at"),
    [
        ("2027-02-02 17:30", "1800-1000", "2027-02-02 17:30"),
        # Monday at 9 leaves an hour to get there, and at 8:30 it would not: then the wish gives way.
        ("2027-02-07 11:00", "su", "2027-02-08 08:00"),
        ("2027-02-07 11:01", "su", "2027-02-07 11:01"),
    ],
)
async def test_whatever_is_chosen_the_next_appointment_is_told_once(
    world: World, chosen_at: str, choice: str, told_at: str
) -> None:
    coordinator, client, person = await world.case()
    starts = {"17:30": "2027-02-03 09:00", "11:00": "2027-02-08 09:00", "11:01": "2027-02-08 08:30"}
    appointment = await world.appointment(coordinator, client, starts[chosen_at[-5:]])
    await world.until(chosen_at)
    before = world.pushed(person)
    assert [row.state for row in await world.rows(appointment.id)] == [ReminderState.PLANNED]

    async def choose() -> None:
        async with world.database.write() as tx:
            if choice == "su":
                await world.cases.times.choose_sundays(tx, person, world.now, quiet=True)
            else:
                await world.cases.times.choose_hours(tx, person, choice, world.now)

    await choose()
    await world.until(at(told_at) - timedelta(minutes=1))
    assert world.pushed(person) == before
    await world.tick()
    await world.until(told_at)
    await world.send()
    assert world.pushed(person) == [*before, "reminder"]
    # Whoever was told is not told again for choosing anew.
    await choose()
    await world.until(starts[chosen_at[-5:]])
    assert world.pushed(person) == [*before, "reminder"]


async def test_what_is_said_before_saving_are_the_times_that_are_planned(world: World) -> None:
    coordinator, client, person = await world.case()
    longer = {Subject.MILESTONE: "10d 2d", Subject.APPOINTMENT: "3d 5h"}
    async with world.database.write() as tx:
        await world.cases.times.remind_client(tx, coordinator, client.id, longer, world.now)
        await world.cases.times.choose_hours(tx, person, "2000-1600", world.now)
    for subject, later in (
        (await world.milestone(coordinator, client, DUE), {"due_on": DUE + timedelta(days=5)}),
        (
            await world.appointment(coordinator, client, "2027-03-02T15:00"),
            {"starts_at": at("2027-03-05 17:30"), "local": datetime(2027, 3, 5, 17, 30)},
        ),
    ):
        async with world.database.read() as tx:
            new = await world.reminders.times_of(tx, replace(subject, id="new"), world.now)
            moved = await world.reminders.times_of(tx, replace(subject, **later), world.now)
        assert [f"{rules.local_time(time):%d.%m. %H:%M}" for time in new] == await planned(world, subject.id)
        async with world.database.write() as tx:
            if isinstance(subject, Milestone):
                await world.agreements.move_milestone(tx, coordinator, subject.id, later["due_on"], world.now)
            else:
                await world.agreements.move_appointment(
                    tx, coordinator, subject.id, later["local"], world.now
                )
        assert new
        assert new != moved
        assert [f"{rules.local_time(time):%d.%m. %H:%M}" for time in moved] == await planned(
            world, subject.id
        )
