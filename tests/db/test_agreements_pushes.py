"""Pushes by hand, at night and late; news for the coordinator; what becomes of answers."""

from datetime import date, timedelta

import pytest

from agreements import errors
from agreements.types import HelpReason, MilestoneStatus, ReminderState
from delivery.types import Ambiguous, Unreachable
from people.types import Role
from tests.db.agreements_world import World, at, states

SOON = date(2027, 2, 4)


async def test_a_push_at_night_waits_for_the_morning(world: World) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, SOON)
    await world.send()
    world.now = at("2027-02-02 22:10")
    async with world.database.write() as tx:
        preview = await world.agreements.preview_push(tx, coordinator, milestone.id, world.now)
        assert (preview.language, preview.count, preview.goes_at) == ("en", 1, at("2027-02-03 08:00"))
        await world.agreements.push_now(tx, coordinator, milestone.id, world.now)
    await world.until("2027-02-03 07:59")
    assert world.pushed(person).count("reminder") == 0
    await world.until("2027-02-03 08:00")
    assert world.pushed(person).count("reminder") == 1


async def test_an_urgent_push_does_not_wait(world: World) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, SOON)
    world.now = at("2027-02-02 22:10")
    async with world.database.write() as tx:
        await world.agreements.push_now(tx, coordinator, milestone.id, world.now, urgent=True)
    await world.send()
    assert world.pushed(person).count("reminder") == 1


async def test_why_nobody_would_get_a_push(world: World) -> None:
    coordinator = await world.person(Role.COORDINATOR)
    client, person = await world.client(coordinator), await world.person()
    milestone = await world.milestone(coordinator, client, SOON)

    async def expect(error: type[Exception]) -> None:
        async with world.database.write() as tx:
            preview = await world.agreements.preview_push(tx, coordinator, milestone.id, world.now)
            assert (preview.count, preview.obstacle) == (0, error.key)  # type: ignore[attr-defined]
            with pytest.raises(error):
                await world.agreements.push_now(tx, coordinator, milestone.id, world.now)

    await expect(errors.ClientNotLinkedError)
    await world.link(coordinator, client, person, yes=False)
    await expect(errors.ClientRemindersOffError)
    async with world.database.write() as tx:
        await world.agreements.set_reminders(tx, person, True, world.now)
        await world.people.pause(tx, person, True)
    await expect(errors.ClientPausedError)
    async with world.database.write() as tx:
        await world.people.pause(tx, person, False)
        await world.people.mark_reachable(tx, person.id, reachable=False)
    await expect(errors.ClientUnreachableError)
    async with world.database.write() as tx:
        await world.people.mark_reachable(tx, person.id, reachable=True)
        await world.agreements.push_now(tx, coordinator, milestone.id, world.now)
    await expect(errors.AlreadyRemindedError)
    async with world.database.write() as tx:
        await world.agreements.drop_milestone(tx, coordinator, milestone.id, world.now)
    await expect(errors.MilestoneClosedError)


async def test_after_a_long_stop_the_late_is_listed_not_sent(world: World) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, SOON)
    appointment = await world.appointment(coordinator, client, "2027-02-04 14:00")
    await world.send()
    world.now = at("2027-02-06 09:01")
    await world.tick()
    await world.send()
    assert "reminder" not in world.pushed(person)
    assert [(await world.rows(item.id))[-1].state.value for item in (milestone, appointment)] == ["stale"] * 2
    assert len(world.refs(coordinator, "news")) == 3
    assert (await world.line(coordinator, client)).undelivered == 3


async def test_what_would_wait_past_the_appointment_is_listed_at_once(world: World) -> None:
    coordinator, client, person = await world.case()
    appointment = await world.appointment(coordinator, client, "2027-02-04 07:30")
    await world.send()
    world.now = at("2027-02-03 21:30")
    await world.tick()
    await world.send()
    assert states(await world.rows(appointment.id)) == ["stale"]
    await world.until("2027-02-04 09:00")
    assert "reminder" not in world.pushed(person)
    assert len(world.refs(coordinator, "news")) == 1


async def test_an_appointment_cancelled_late_is_told_even_at_night(world: World) -> None:
    coordinator, client, person = await world.case()
    appointment = await world.appointment(coordinator, client, "2027-02-04 07:30")
    await world.send()
    world.now = at("2027-02-03 22:00")
    async with world.database.write() as tx:
        await world.agreements.cancel_appointment(tx, coordinator, appointment.id, world.now)
    await world.send()
    assert world.pushed(person) == ["appointment", "appointment"]


async def test_unanswered_and_what_was_said_last(world: World) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, SOON)
    await world.until("2027-02-04 20:00")
    assert (await world.line(coordinator, client)).unanswered == 0
    world.now = at("2027-02-05 10:00")
    assert await world.repeat() == 1
    line = await world.line(coordinator, client)
    assert (line.unanswered, line.overdue) == (0, 1)
    assert world.pushed(person)[-1] == "again"
    world.now = at("2027-02-06 11:00")
    assert await world.repeat() == 0
    line = await world.line(coordinator, client)
    assert (line.unanswered, line.overdue) == (1, 1)
    world.now = at("2027-02-09 11:00")
    assert await world.repeat() == 0
    assert world.pushed(person).count("again") == 1
    async with world.database.write() as tx:
        await world.agreements.report(tx, person, milestone.id, MilestoneStatus.NEEDS_TIME, None, world.now)
    line = await world.line(coordinator, client)
    assert line.unanswered == 0
    async with world.database.read() as tx:
        events = await world.agreements.milestone_events(tx, coordinator, milestone.id)
    assert events[-1].status is MilestoneStatus.NEEDS_TIME


async def test_an_answer_takes_back_the_repeat_that_has_not_left(world: World) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, SOON)
    await world.until("2027-02-04 09:00")
    world.now = at("2027-02-05 10:00")
    async with world.database.write() as tx:
        assert await world.reminders.repeat(tx, world.now) == 1
    await world.tick()
    async with world.database.write() as tx:
        await world.agreements.report(tx, person, milestone.id, MilestoneStatus.NEEDS_TIME, None, world.now)
    await world.until("2027-02-05 12:00")
    assert "again" not in world.pushed(person)
    assert states(await world.rows(milestone.id)) == ["answered", "cancelled"]


async def test_an_answered_request_is_no_news(world: World) -> None:
    coordinator, _, person = await world.case()
    async with world.database.write() as tx:
        receipt = await world.agreements.ask_human(tx, person, None, world.now)
        await world.agreements.answer(tx, coordinator, receipt.request.id, "i_will_call_you", {}, world.now)
    await world.send()
    assert world.pushed(coordinator) == []
    assert world.pushed(person) == ["answer"]


async def test_an_answer_that_does_not_arrive_is_told(world: World) -> None:
    coordinator, client, person = await world.case()
    async with world.database.write() as tx:
        receipt = await world.agreements.ask_human(tx, person, None, world.now)
        await world.agreements.answer(tx, coordinator, receipt.request.id, "i_will_call_you", {}, world.now)
    world.courier.results = [Unreachable()]
    await world.send()
    assert world.refs(coordinator, "news") == [client.id]


async def test_appointments_that_are_over_are_done(world: World) -> None:
    coordinator, client, person = await world.case()
    appointment = await world.appointment(coordinator, client, "2027-02-04 14:00")
    world.now = at("2027-02-04 14:10")
    async with world.database.read() as tx:
        assert len(await world.agreements.own_appointments(tx, person, world.now)) == 1
    world.now = at("2027-02-05 09:00")
    await world.tick()
    async with world.database.read() as tx:
        found = await world.agreements.appointment(tx, coordinator, appointment.id)
        assert found.status.value == "done"
        assert await world.agreements.own_appointments(tx, person, world.now) == []


@pytest.mark.parametrize("behind", ["confirmed", "other_person", "no_consent", "reminder_gone"])
async def test_the_last_look_before_sending_sees_what_nobody_announced(world: World, behind: str) -> None:
    coordinator, client, person = await world.case()
    due = [
        await world.milestone(coordinator, client, SOON),
        await world.milestone(coordinator, client, SOON, "look_for_flat"),
    ]
    other = await world.person()
    await world.send()
    world.now = at("2027-02-04 09:00")
    await world.tick()
    rows = {row.state: row for item in due for row in await world.rows(item.id)}
    lead, held = rows[ReminderState.QUEUED], rows[ReminderState.HELD]
    async with world.database.write() as tx:
        match behind:
            case "confirmed":
                status = MilestoneStatus.CONFIRMED
                await world.repository.change_milestone(tx, lead.subject_id, world.now, status, SOON)
            case "other_person":
                await world.repository.change_client(tx, client.id, person_id=other.id)
            case "no_consent":
                await world.repository.change_client(tx, client.id, reminders=False)
            case _:
                await world.repository.remove_reminder(tx, lead.id)
    await world.send()
    assert "reminder" not in world.pushed(person)
    await world.tick()
    await world.send()
    expected = [held.id] if behind == "confirmed" else []
    assert world.refs(person, "reminder") == expected


async def test_what_was_merged_shares_the_fate_of_its_message(world: World) -> None:
    coordinator, client, _ = await world.case()
    due = [
        await world.milestone(coordinator, client, SOON),
        await world.milestone(coordinator, client, SOON, "look_for_flat"),
    ]
    await world.send()
    world.now = at("2027-02-04 09:00")
    await world.tick()
    world.courier.results = [Ambiguous(), Ambiguous()]
    await world.send()
    assert [states(await world.rows(item.id)) for item in due] == [["unknown"], ["unknown"]]
    assert (await world.line(coordinator, client)).undelivered == 2


async def test_what_waits_when_a_chat_is_blocked_is_not_reached_either(world: World) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, SOON)
    async with world.database.write() as tx:
        receipt = await world.agreements.ask_human(tx, person, None, world.now)
        await world.agreements.answer(tx, coordinator, receipt.request.id, "i_will_call_you", {}, world.now)
        await world.agreements.push_now(tx, coordinator, milestone.id, world.now)
    world.courier.results = [Unreachable()]
    await world.send()
    await world.tick()
    assert states(await world.rows(milestone.id)) == ["unreachable", "planned"]
    assert (await world.line(coordinator, client)).unreachable


@pytest.mark.parametrize("away", ["blocked", "paused"])
async def test_what_was_missed_is_told_to_whoever_comes_back(world: World, away: str) -> None:
    coordinator, client, person = await world.case()
    cancelled = await world.appointment(coordinator, client, "2027-02-04 14:00")
    over = await world.appointment(coordinator, client, "2027-02-02 14:00")
    await world.send()
    async with world.database.write() as tx:
        receipt = await world.agreements.ask_human(tx, person, None, world.now)
        told = await world.agreements.ask_human(tx, person, HelpReason.MONEY, world.now)
        await world.agreements.answer(tx, coordinator, told.request.id, "i_will_call_you", {}, world.now)
    await world.until("2027-02-01 11:00")
    async with world.database.write() as tx:
        if away == "paused":
            await world.people.pause(tx, person, True)
        else:
            await world.people.mark_reachable(tx, person.id, reachable=False)
        for appointment in (cancelled, over):
            await world.agreements.cancel_appointment(tx, coordinator, appointment.id, world.now)
        await world.agreements.answer(tx, coordinator, receipt.request.id, "i_will_call_you", {}, world.now)
    await world.until("2027-02-03 09:00", timedelta(hours=1))
    before = len(world.courier.carried)
    for _ in range(2):
        async with world.database.write() as tx:
            await world.people.pause(tx, person, False)
            await world.people.mark_reachable(tx, person.id, reachable=True)
            await world.agreements.is_back(tx, person, world.now)
        await world.send()
    told_now = [(item.content["push"], item.content["ref"]) for _, item in world.courier.carried[before:]]
    assert sorted(told_now) == [("answer", receipt.request.id), ("appointment", cancelled.id)]


async def test_the_coordinator_hears_of_a_block_before_anything_is_lost(world: World) -> None:
    coordinator, client, person = await world.case()
    async with world.database.write() as tx:
        await world.people.mark_reachable(tx, person.id, reachable=False)
        await world.agreements.went_away(tx, person, world.now)
    await world.send()
    assert world.refs(coordinator, "news") == [client.id]


@pytest.mark.parametrize("about", ["request", "reminder", "client", "milestone", "agreement"])
async def test_news_reaches_whoever_holds_the_case_now(world: World, about: str) -> None:
    coordinator, client, person = await world.case()
    colleague = await world.person(Role.COORDINATOR)
    milestone = await world.milestone(coordinator, client, SOON)
    async with world.database.write() as tx:
        refs = {
            "request": (await world.agreements.ask_human(tx, person, None, world.now)).request.id,
            "reminder": (await world.repository.reminders(tx, subject_id=milestone.id))[0].id,
            "client": client.id,
            "milestone": milestone.id,
            "agreement": milestone.agreement_id,
        }
        if about != "request":
            await world.agreements._pushes.tell_coordinator(tx, client, refs[about], world.now)
        await world.team.hand_over(tx, coordinator, colleague.id, world.now)
    await world.send()
    assert world.refs(coordinator, "news") == []
    assert refs[about] in world.refs(colleague, "news")
    async with world.database.write() as tx:
        assert (await world.agreements.news(tx, colleague, refs[about], world.now)).client.id == client.id


async def test_a_yes_plans_appointments_anew(world: World) -> None:
    coordinator, client, person = await world.case()
    appointment = await world.appointment(coordinator, client, "2027-02-10 14:00")
    async with world.database.write() as tx:
        await world.agreements.set_reminders(tx, person, False, world.now)
    await world.until("2027-02-09 19:00", timedelta(hours=1))
    assert states(await world.rows(appointment.id)) == ["cancelled", "planned"]
    async with world.database.write() as tx:
        await world.agreements.set_reminders(tx, person, True, world.now)
    await world.until("2027-02-10 12:00", timedelta(hours=1))
    assert states(await world.rows(appointment.id)) == ["cancelled", "sent"]
