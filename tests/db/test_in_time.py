"""News that cannot wait reaches people with hours of their own, and what nobody got in time reaches the coordinator: on both databases."""

from datetime import date, datetime, timedelta

import pytest

from agreements.campaigns.types import Selection
from agreements.errors import AlreadyRemindedError
from agreements.types import Client, ReminderState
from delivery.types import OutboxState, Push
from people.types import Actor
from tests.db.agreements_world import World, at

EVENINGS, NOONS = "2000-1600", "1600-1200"
"""Quiet hours of those who want messages at 16-20, and at 12-16."""


async def choose(world: World, person: Actor, hours: str) -> None:
    async with world.database.write() as tx:
        await world.cases.times.choose_hours(tx, person, hours, world.now)


async def case_with_hours(world: World, hours: str) -> tuple[Actor, Client, Actor]:
    coordinator, client, person = await world.case()
    await choose(world, person, hours)
    return coordinator, client, person


async def helper_of(world: World, person: Actor, appointment_id: str) -> Actor:
    """Somebody with whom the person shares the appointment."""
    helper = await world.person()
    async with world.database.write() as tx:
        new = await world.cases.sharing.share(tx, person, appointment_id, world.now)
        await world.cases.sharing.open(tx, helper, new.code, world.now)
    return helper


async def test_who_wants_messages_in_the_evening_hears_of_a_cancellation_of_today(world: World) -> None:
    coordinator, client, person = await case_with_hours(world, EVENINGS)
    appointment = await world.appointment(coordinator, client, "2027-02-03 14:00")
    await world.until("2027-02-01 17:00")
    helper = await helper_of(world, person, appointment.id)
    await choose(world, helper, EVENINGS)
    await world.until("2027-02-03 09:00")
    before = world.pushed(person)
    async with world.database.write() as tx:
        await world.agreements.cancel_appointment(tx, coordinator, appointment.id, world.now)
    await world.send()
    assert world.pushed(person) == [*before, "appointment"]
    assert world.pushed(helper) == ["shared"]


@pytest.mark.parametrize("moved_to", [datetime(2027, 2, 3, 9), datetime(2027, 2, 20, 15)])
async def test_who_wants_messages_at_noon_hears_of_a_move_before_either_time(
    world: World, moved_to: datetime
) -> None:
    coordinator, client, person = await case_with_hours(world, NOONS)
    appointment = await world.appointment(coordinator, client, "2027-02-03 10:00")
    await world.until("2027-02-02 16:30")
    before = world.pushed(person)
    async with world.database.write() as tx:
        await world.agreements.move_appointment(tx, coordinator, appointment.id, moved_to, world.now)
    await world.send()
    assert world.pushed(person) == [*before, "appointment"]


async def test_hours_of_ones_own_give_way_in_the_morning_not_in_the_night(world: World) -> None:
    coordinator, client, person = await case_with_hours(world, EVENINGS)
    appointment = await world.appointment(coordinator, client, "2027-02-03 14:00")
    await world.until("2027-02-02 22:00")
    before = world.pushed(person)
    async with world.database.write() as tx:
        await world.agreements.cancel_appointment(tx, coordinator, appointment.id, world.now)
    await world.until("2027-02-03 07:30")
    assert world.pushed(person) == before
    await world.until("2027-02-03 08:00")
    assert world.pushed(person) == [*before, "appointment"]


@pytest.mark.parametrize("then", ["moved", "cancelled"])
async def test_what_replaces_news_that_could_not_wait_does_not_wait_either(world: World, then: str) -> None:
    coordinator, client, person = await case_with_hours(world, EVENINGS)
    appointment = await world.appointment(coordinator, client, "2027-02-03 14:00")
    await world.until("2027-02-02 17:00")
    helper = await helper_of(world, person, appointment.id)
    await choose(world, helper, EVENINGS)
    await world.until("2027-02-03 07:40", timedelta(minutes=10))
    before = world.pushed(person)
    first = datetime(2027, 2, 10, 14)
    async with world.database.write() as tx:
        await world.agreements.move_appointment(tx, coordinator, appointment.id, first, world.now)
    await world.until("2027-02-03 07:45", timedelta(minutes=5))
    async with world.database.write() as tx:
        if then == "moved":
            second = first + timedelta(days=1)
            await world.agreements.move_appointment(tx, coordinator, appointment.id, second, world.now)
        else:
            await world.agreements.cancel_appointment(tx, coordinator, appointment.id, world.now)
    await world.until("2027-02-03 07:55", timedelta(minutes=5))
    assert world.pushed(person) == before
    await world.until("2027-02-03 08:00", timedelta(minutes=5))
    assert world.pushed(person) == [*before, "appointment"]
    assert world.pushed(helper) == ["shared"]


async def test_what_can_wait_for_the_own_hours_does(world: World) -> None:
    coordinator, client, person = await case_with_hours(world, EVENINGS)
    appointment = await world.appointment(coordinator, client, "2027-02-05 14:00")
    await world.until("2027-02-03 09:00")
    before = world.pushed(person)
    async with world.database.write() as tx:
        await world.agreements.cancel_appointment(tx, coordinator, appointment.id, world.now)
    await world.until("2027-02-03 15:30")
    assert world.pushed(person) == before
    await world.until("2027-02-03 16:00")
    assert world.pushed(person) == [*before, "appointment"]


async def test_a_date_of_an_offer_reaches_who_keeps_it_within_their_quiet_hours(world: World) -> None:
    keeper = await world.person()
    await choose(world, keeper, EVENINGS)
    async with world.database.write() as tx:
        pushes = world.agreements._pushes
        until = at("2027-02-01 14:00")
        await pushes.tell_guest(tx, keeper.id, "date", world.now, push=Push.OFFER_DATE, not_after=until)
    await world.send()
    assert world.pushed(keeper) == ["offer_date"]


async def test_the_coordinator_hears_of_news_that_came_too_late(world: World) -> None:
    coordinator, client, person = await world.case()
    until = at("2027-02-01 14:00")
    async with world.database.write() as tx:
        pushes = world.agreements._pushes
        await pushes.tell_client(tx, client, Push.APPOINTMENT, "ref", world.now, not_after=until)
    # Chosen after the news was written, and before it left.
    await choose(world, person, EVENINGS)
    await world.send()
    assert world.pushed(person) == []
    assert world.refs(coordinator, "news") == [client.id]
    async with world.database.read() as tx:
        assert (await world.delivery.counts(tx)).outbox[OutboxState.STALE.value] == 1


async def test_previews_say_when_it_reaches_those_with_hours_of_their_own(world: World) -> None:
    coordinator, client, _ = await case_with_hours(world, EVENINGS)
    milestone = await world.milestone(coordinator, client, date(2027, 2, 20))
    expected = at("2027-02-01 16:00")
    come = {"date": "2027-02-08", "time": "10:00"}
    async with world.database.write() as tx:
        one = await world.agreements.preview_push(tx, coordinator, milestone.id, world.now)
        many = await world.campaigns.preview(tx, coordinator, Selection(), "please_come", come, world.now)
    assert (one.goes_at, many.goes_at) == (expected, expected)
    other = await world.person()
    await world.link(coordinator, await world.client(coordinator), other)
    async with world.database.write() as tx:
        many = await world.campaigns.preview(tx, coordinator, Selection(), "please_come", come, world.now)
    assert many.goes_at == world.now, "the first of several gets it now"


async def two_pushes(world: World, coordinator: Actor, client: Client, day: str) -> None:
    """What somebody gets two of a day, about something else."""
    async with world.database.write() as tx:
        for number in (1, 2):
            await world.agreements._pushes.tell_client(
                tx, client, Push.OFFER_DATE, f"{day}-{number}", world.now
            )
    await world.send()


@pytest.mark.parametrize(("due", "goes_at"), [(20, "2027-02-02 08:00"), (1, "2027-02-01 10:30")])
async def test_remind_now_says_that_it_goes_tomorrow_and_goes_once(
    world: World, due: int, goes_at: str
) -> None:
    coordinator, client, person = await world.case()
    world.now = at("2027-02-01 08:00")
    milestone = await world.milestone(coordinator, client, date(2027, 2, due))
    await world.until("2027-02-01 09:30")
    await two_pushes(world, coordinator, client, "monday")
    world.now = at("2027-02-01 10:30")
    before = world.pushed(person).count("reminder")
    async with world.database.write() as tx:
        preview = await world.agreements.preview_push(tx, coordinator, milestone.id, world.now)
        assert (preview.count, preview.goes_at) == (1, at(goes_at))
        await world.agreements.push_now(tx, coordinator, milestone.id, world.now)
    await world.until(at(goes_at) - timedelta(minutes=1), timedelta(hours=2))
    async with world.database.write() as tx:
        preview = await world.agreements.preview_push(tx, coordinator, milestone.id, world.now)
        assert preview.obstacle == AlreadyRemindedError.key
    await world.send()
    await world.until("2027-02-02 20:00")
    assert world.pushed(person).count("reminder") == before + 1


async def test_what_is_agreed_after_two_pushes_about_other_things_is_told_the_next_day(world: World) -> None:
    coordinator, client, person = await world.case()
    await two_pushes(world, coordinator, client, "monday")
    milestone = await world.milestone(coordinator, client, date(2027, 3, 20))
    await world.until("2027-02-01 20:00")
    assert world.pushed(person) == ["offer_date", "offer_date"]
    await world.until("2027-02-02 08:00")
    assert world.refs(person, "milestone") == [milestone.id]
    await two_pushes(world, coordinator, client, "tuesday")
    async with world.database.write() as tx:
        await world.agreements.move_milestone(tx, coordinator, milestone.id, date(2027, 3, 25), world.now)
    await world.until("2027-02-02 20:00")
    assert world.refs(person, "milestone") == [milestone.id]
    await world.until("2027-02-03 08:00")
    assert world.refs(person, "milestone") == [milestone.id] * 2


async def test_what_one_push_has_said_meanwhile_the_next_does_not_say_again(world: World) -> None:
    coordinator, client, person = await world.case()
    for day in range(20, 25):
        await world.milestone(coordinator, client, date(2027, 3, day))
        await world.send()
    await world.until("2027-02-01 20:00")
    assert world.pushed(person) == ["milestone"] * 2
    await world.until("2027-02-02 20:00")
    assert world.pushed(person) == ["milestone"] * 4
    await world.until("2027-02-03 20:00")
    assert world.pushed(person) == ["milestone"] * 4


@pytest.mark.parametrize(("due", "told_on"), [("2027-02-04", "2027-02-04"), ("2027-02-07", "2027-02-05")])
async def test_a_reminder_of_what_is_due_today_is_not_put_off_to_tomorrow(
    world: World, due: str, told_on: str
) -> None:
    coordinator, client, person = await world.case()
    await world.milestone(coordinator, client, date.fromisoformat(due))
    await world.until("2027-02-04 08:30")
    await two_pushes(world, coordinator, client, "today")
    await world.until("2027-02-04 20:00")
    assert world.pushed(person).count("reminder") == (told_on == "2027-02-04")
    await world.until("2027-02-05 20:00")
    assert world.pushed(person).count("reminder") == 1


async def test_a_goal_of_today_does_not_wait_behind_another_that_waits_for_tomorrow(world: World) -> None:
    coordinator, client, person = await world.case()
    far = await world.milestone(coordinator, client, date(2027, 2, 20))
    today = await world.milestone(coordinator, client, date(2027, 2, 4), "look_for_flat")
    await world.until("2027-02-04 08:30")
    await two_pushes(world, coordinator, client, "today")
    async with world.database.write() as tx:
        await world.agreements.push_now(tx, coordinator, far.id, world.now)
    await world.send()
    assert "reminder" not in world.pushed(person)
    await world.until("2027-02-04 09:00")
    assert [row.state for row in await world.rows(today.id)] == [ReminderState.SENT]
    assert world.pushed(person).count("reminder") == 1


async def test_nor_is_it_put_off_because_of_one_that_is_overdue(world: World) -> None:
    coordinator, client, person = await world.case()
    overdue = await world.milestone(coordinator, client, date(2027, 2, 2))
    today = await world.milestone(coordinator, client, date(2027, 2, 4), "look_for_flat")
    await world.until("2027-02-04 08:30")
    await two_pushes(world, coordinator, client, "today")
    world.now = at("2027-02-04 08:59")
    async with world.database.write() as tx:
        await world.agreements.push_now(tx, coordinator, overdue.id, world.now)
    before = world.pushed(person).count("reminder")
    await world.until("2027-02-04 09:00", timedelta(minutes=1))
    assert world.pushed(person).count("reminder") == before + 1
    assert (await world.rows(today.id))[-1].state is ReminderState.SENT


async def test_nor_is_one_that_is_shown_by_the_reminder_of_something_else(world: World) -> None:
    coordinator, client, person = await world.case()
    # Three days before the one, on the day of the other; which of them leads is chance.
    for day in (7, 4):
        await world.milestone(coordinator, client, date(2027, 2, day))
        await world.milestone(coordinator, client, date(2027, 2, day), "look_for_flat")
    await world.until("2027-02-04 08:30")
    await two_pushes(world, coordinator, client, "today")
    await world.until("2027-02-04 09:00")
    assert world.pushed(person).count("reminder") == 1


async def test_the_reminder_of_an_early_appointment_does_not_wait_for_that_morning(world: World) -> None:
    coordinator, client, person = await world.case()
    early = await world.appointment(coordinator, client, "2027-02-03 08:20")
    late = await world.appointment(coordinator, client, "2027-02-05 14:00")
    await world.until("2027-02-02 08:30")
    await two_pushes(world, coordinator, client, "tuesday")
    await world.until("2027-02-02 18:00")
    assert world.pushed(person).count("reminder") == 1
    assert [row.state for row in await world.rows(early.id)] == [ReminderState.SENT]
    await world.until("2027-02-04 08:30")
    await two_pushes(world, coordinator, client, "thursday")
    await world.until("2027-02-04 20:00")
    assert world.pushed(person).count("reminder") == 1, "for this one the next morning is early enough"
    await world.until("2027-02-05 08:00")
    assert world.pushed(person).count("reminder") == 2
    assert (await world.rows(late.id))[0].state is ReminderState.SENT


async def test_nor_does_a_changed_date_of_an_offer_that_begins_early(world: World) -> None:
    coordinator, client, person = await world.case()
    await two_pushes(world, coordinator, client, "monday")
    async with world.database.write() as tx:
        for ref, begins in (("early", "2027-02-02 08:30"), ("late", "2027-02-02 14:00")):
            pushes, until = world.agreements._pushes, at(begins)
            await pushes.tell_client(tx, client, Push.OFFER_DATE, ref, world.now, not_after=until)
    await world.send()
    assert world.refs(person, "offer_date")[2:] == ["early"]
    await world.until("2027-02-02 08:00")
    assert world.refs(person, "offer_date")[2:] == ["early", "late"]


async def test_whoever_comes_along_hears_of_a_cancellation_that_is_an_answer(world: World) -> None:
    coordinator, client, person = await world.case()
    appointment = await world.appointment(coordinator, client, "2027-02-03 14:00")
    helper = await helper_of(world, person, appointment.id)
    await world.send()
    before = world.pushed(person)
    async with world.database.write() as tx:
        asked = await world.agreements.request_cancel(tx, person, appointment.id, None, world.now)
        await world.agreements.answer(
            tx, coordinator, asked.request.id, "appointment_cancelled_ok", {}, world.now
        )
    await world.send()
    assert world.pushed(helper) == ["shared"]
    assert world.pushed(person) == [*before, "answer"]


@pytest.mark.parametrize("said", ["appointment_stays", "appointment_cancelled_ok", "i_will_call_you"])
async def test_what_is_answered_about_an_appointment_arrives_before_it(world: World, said: str) -> None:
    coordinator, client, person = await case_with_hours(world, EVENINGS)
    appointment = await world.appointment(coordinator, client, "2027-02-03 14:00")
    await world.until("2027-02-02 17:00")
    async with world.database.write() as tx:
        asked = await world.agreements.request_cancel(tx, person, appointment.id, None, world.now)
    await world.until("2027-02-03 09:00")
    before = world.pushed(person)
    async with world.database.write() as tx:
        await world.agreements.answer(tx, coordinator, asked.request.id, said, {}, world.now)
    await world.send()
    assert world.pushed(person) == [*before, "answer"]
