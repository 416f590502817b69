"""The reminder engine on both databases, through the real delivery worker: planned, merged, checked again, sent, followed."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from agreements import rules
from agreements.types import HelpReason, MilestoneStatus, ReminderState
from db.crypto import Cipher
from db.engine import Database
from delivery.types import Ambiguous, NotSent, OutboxState, Rejected, Unreachable
from people.errors import NotFoundError
from people.types import Actor, Role
from tests.db.agreements_world import World, at, states

SOON = date(2027, 2, 4)


async def test_whole_life_of_a_reminder(world: World) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, SOON)
    await world.until("2027-02-04 08:30")
    assert world.pushed(person) == ["milestone"]
    await world.until("2027-02-04 09:00")
    assert world.pushed(person) == ["milestone", "reminder"]
    reminder_id = world.refs(person, "reminder")[0]
    assert states(await world.rows(milestone.id)) == ["sent"]
    async with world.database.write() as tx:
        opened = await world.reminders.open(tx, person, reminder_id, world.now)
        assert [found.id for found in opened.milestones] == [milestone.id]
        assert opened.reminder.state is ReminderState.OPENED
        receipt = await world.agreements.report(
            tx, person, milestone.id, MilestoneStatus.NEEDS_HELP, HelpReason.PAPER, world.now
        )
    await world.send()
    assert world.refs(coordinator, "news") == [receipt.request.id]
    row = (await world.rows(milestone.id))[0]
    assert (row.state, row.opened_at, row.answered_at) == (ReminderState.ANSWERED, world.now, world.now)
    assert (await world.line(coordinator, client)).calls == 1


async def test_due_today_is_told_at_once_and_not_twice(world: World) -> None:
    coordinator, client, person = await world.case()
    await world.milestone(coordinator, client, rules.today(world.now))
    await world.tick()
    await world.send()
    assert world.pushed(person) == ["reminder"]
    async with world.database.write() as tx:
        await world.agreements.set_reminders(tx, person, False, world.now)
        await world.agreements.set_reminders(tx, person, True, world.now)
    await world.until("2027-02-01 12:00")
    assert world.pushed(person) == ["reminder"]


async def test_a_second_tick_changes_nothing(world: World) -> None:
    coordinator, client, person = await world.case()
    await world.milestone(coordinator, client, SOON)
    world.now = at("2027-02-04 09:00")
    assert await world.tick() == 1
    assert await world.tick() == 0
    await world.send()
    assert world.pushed(person).count("reminder") == 1


async def test_two_tickers_at_once_send_once(world: World) -> None:
    coordinator, client, person = await world.case()
    await world.milestone(coordinator, client, SOON)
    await world.milestone(coordinator, client, SOON, "look_for_flat")
    await world.send()
    world.now = at("2027-02-04 09:00")
    await asyncio.gather(world.tick(), world.tick(), world.tick())
    await world.send()
    assert world.pushed(person).count("reminder") == 1


async def test_several_due_at_once_become_one_message(world: World) -> None:
    coordinator, client, person = await world.case()
    first = await world.milestone(coordinator, client, SOON)
    second = await world.milestone(coordinator, client, SOON, "look_for_flat")
    appointment = await world.appointment(coordinator, client, "2027-02-04 11:00")
    await world.until("2027-02-04 09:00")
    assert (
        world.pushed(person).count("reminder") == 2
    )  # the appointment's own evening before, and one for all
    rows = [(await world.rows(item.id))[-1] for item in (first, second, appointment)]
    assert states(rows) == ["sent"] * 3
    async with world.database.write() as tx:
        opened = await world.reminders.open(tx, person, world.refs(person, "reminder")[-1], world.now)
    assert {found.id for found in opened.milestones} == {first.id, second.id}
    assert [found.id for found in opened.appointments] == [appointment.id]
    rows = [(await world.rows(item.id))[-1] for item in (first, second, appointment)]
    assert states(rows) == ["opened"] * 3


async def test_within_the_hour_an_unopened_message_shows_the_next_goal_too(world: World) -> None:
    coordinator, client, person = await world.case()
    world.now = at("2027-02-04 08:20")
    first = await world.milestone(coordinator, client, SOON)
    async with world.database.write() as tx:
        await world.agreements.push_now(tx, coordinator, first.id, world.now)
    await world.send()
    second = await world.milestone(coordinator, client, SOON, "look_for_flat")
    await world.until("2027-02-04 09:00", timedelta(minutes=10))
    assert world.pushed(person).count("reminder") == 1
    async with world.database.write() as tx:
        opened = await world.reminders.open(tx, person, world.refs(person, "reminder")[0], world.now)
    assert {found.id for found in opened.milestones} == {first.id, second.id}


async def test_two_reminders_of_one_goal_in_one_message_are_repeated_once(world: World) -> None:
    coordinator, client, person = await world.case()
    async with world.database.write() as tx:
        await world.cases.times.choose_hours(tx, person, "1800-1000", world.now)
    world.now = at("2027-02-02 09:20")
    goal = await world.milestone(coordinator, client, rules.today(world.now))
    world.now = at("2027-02-02 09:25")
    async with world.database.write() as tx:
        await world.agreements.push_now(tx, coordinator, goal.id, world.now)
    await world.until("2027-02-02 10:05", timedelta(minutes=5))
    assert states(await world.rows(goal.id)) == ["sent", "sent"]
    assert world.pushed(person).count("reminder") == 1
    world.now = at("2027-02-03 10:30")
    assert await world.repeat() == 1
    world.now = at("2027-02-04 11:00")
    assert await world.repeat() == 0
    assert world.pushed(person).count("again") == 1


async def test_the_same_answer_once_more_ends_the_repeat_too(world: World) -> None:
    """Else who has said "more time" twice reads that there was no answer."""
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, SOON)
    for moment, is_new in (("2027-02-03 12:00", True), ("2027-02-04 10:00", False)):
        await world.until(moment)
        async with world.database.write() as tx:
            said = MilestoneStatus.NEEDS_TIME
            receipt = await world.agreements.report(tx, person, milestone.id, said, None, world.now)
        assert receipt.new is is_new
    assert "sent" in states(await world.rows(milestone.id)) or "answered" in states(
        await world.rows(milestone.id)
    )
    await world.until("2027-02-06 12:00")
    assert await world.repeat() == 0


@pytest.mark.parametrize("answered", ["lead", "nothing"])
async def test_what_shared_a_message_is_repeated_and_counted_like_any_other(
    world: World, answered: str
) -> None:
    coordinator, client, person = await world.case()
    goals = [
        await world.milestone(coordinator, client, SOON),
        await world.milestone(coordinator, client, SOON, "look_for_flat"),
    ]
    await world.until("2027-02-04 09:00")
    rows = [row for goal in goals for row in await world.rows(goal.id)]
    assert states(rows) == ["sent", "sent"]
    first = next(row for row in rows if row.lead_id is None)
    if answered == "lead":
        async with world.database.write() as tx:
            needs = MilestoneStatus.NEEDS_TIME
            await world.agreements.report(tx, person, first.subject_id, needs, None, world.now)
    left = [goal.id for goal in goals if answered == "nothing" or goal.id != first.subject_id]
    world.now = at("2027-02-05 10:00")
    assert await world.repeat() == len(left)
    assert world.pushed(person).count("again") == 1
    world.now = at("2027-02-06 11:00")
    assert await world.repeat() == 0
    assert (await world.line(coordinator, client)).unanswered == len(left)
    async with world.database.write() as tx:
        opened = await world.reminders.open(tx, person, world.refs(person, "again")[0], world.now)
    assert {goal.id for goal in opened.milestones} == set(left)


async def test_what_is_shown_by_a_message_that_has_left_is_sent_too(world: World) -> None:
    coordinator, client, _ = await world.case()
    world.now = at("2027-02-04 08:20")
    first = await world.milestone(coordinator, client, SOON)
    async with world.database.write() as tx:
        await world.agreements.push_now(tx, coordinator, first.id, world.now)
    await world.send()
    others = [
        await world.milestone(coordinator, client, SOON, phrase)
        for phrase in ("look_for_flat", "find_doctor")
    ]
    await world.until("2027-02-04 09:00", timedelta(minutes=10))
    rows = [(await world.rows(goal.id))[-1] for goal in others]
    lead = next(row for row in await world.rows(first.id) if row.state is ReminderState.SENT)
    assert [(row.state, row.lead_id) for row in rows] == [(ReminderState.SENT, lead.id)] * 2


async def test_what_was_merged_goes_alone_when_the_first_is_done(world: World) -> None:
    coordinator, client, person = await world.case()
    both = [
        await world.milestone(coordinator, client, SOON),
        await world.milestone(coordinator, client, SOON, "look_for_flat"),
    ]
    await world.send()
    world.now = at("2027-02-04 09:00")
    await world.tick()
    rows = {row.state: row for item in both for row in await world.rows(item.id)}
    lead, held = rows[ReminderState.QUEUED], rows[ReminderState.HELD]
    async with world.database.write() as tx:
        await world.agreements.report(
            tx, person, lead.subject_id, MilestoneStatus.REPORTED_DONE, None, world.now
        )
    await world.until("2027-02-04 09:05", timedelta(minutes=1))
    assert world.refs(person, "reminder") == [held.id]
    assert states(await world.rows(lead.subject_id)) == ["cancelled"]


@pytest.mark.parametrize("what", ["done", "dropped", "moved", "no_consent", "unlinked", "paused"])
async def test_what_is_not_wanted_any_more_does_not_leave(world: World, what: str) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, SOON)
    world.now = at("2027-02-04 09:00")
    await world.tick()
    async with world.database.write() as tx:
        match what:
            case "done":
                await world.agreements.confirm_milestone(tx, coordinator, milestone.id, world.now)
            case "dropped":
                await world.agreements.drop_milestone(tx, coordinator, milestone.id, world.now)
            case "moved":
                await world.agreements.move_milestone(
                    tx, coordinator, milestone.id, SOON + timedelta(days=60), world.now
                )
            case "no_consent":
                await world.agreements.set_reminders(tx, person, False, world.now)
            case "unlinked":
                await world.agreements.unlink(tx, coordinator, client.id, world.now)
            case _:
                await world.people.pause(tx, person, True)
    await world.until("2027-02-04 18:00")
    assert "reminder" not in world.pushed(person)
    expected = {"unlinked": ["unreachable"], "moved": ["cancelled"] + ["planned"] * 3}
    assert states(await world.rows(milestone.id)) == expected.get(what, ["cancelled"])


async def test_a_new_chat_gets_what_the_old_one_did_not(world: World) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, SOON)
    world.now = at("2027-02-04 09:00")
    await world.tick()
    other = await world.person()
    await world.link(coordinator, client, other)
    await world.until("2027-02-04 10:00")
    assert "reminder" not in world.pushed(person)
    assert len(world.refs(other, "reminder")) == 1
    async with world.database.write() as tx:
        opened = await world.reminders.open(tx, other, world.refs(other, "reminder")[0], world.now)
    assert [found.id for found in opened.milestones] == [milestone.id]


async def test_what_stands_in_the_old_chat_shows_nothing_to_the_new_one(world: World) -> None:
    coordinator, client, person = await world.case()
    world.now = at("2027-02-04 08:20")
    first = await world.milestone(coordinator, client, SOON)
    async with world.database.write() as tx:
        await world.agreements.push_now(tx, coordinator, first.id, world.now)
    await world.send()
    assert world.pushed(person).count("reminder") == 1
    second = await world.milestone(coordinator, client, SOON, "look_for_flat")
    world.now = at("2027-02-04 08:40")
    other = await world.person()
    await world.link(coordinator, client, other)
    await world.until("2027-02-04 09:00", timedelta(minutes=10))
    assert world.pushed(other).count("reminder") == 1
    async with world.database.write() as tx:
        opened = await world.reminders.open(tx, other, world.refs(other, "reminder")[0], world.now)
    assert second.id in {found.id for found in opened.milestones}


async def test_without_a_chat_it_is_on_the_call_list(world: World) -> None:
    coordinator = await world.person(Role.COORDINATOR)
    client = await world.client(coordinator)
    milestone = await world.milestone(coordinator, client, SOON)
    await world.until("2027-02-04 09:00")
    assert states(await world.rows(milestone.id)) == ["unreachable"]
    line = await world.line(coordinator, client)
    assert (line.undelivered, line.unreachable) == (1, True)


async def test_a_blocked_bot_ends_everything_under_way_and_tells_the_coordinator(world: World) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, SOON)
    await world.send()
    appointment = await world.appointment(coordinator, client, "2027-02-04 13:00")
    await world.until("2027-02-03 18:00")
    assert world.pushed(person) == ["milestone", "appointment", "reminder"]
    world.courier.results = [Unreachable()]
    await world.until("2027-02-04 12:00")
    assert [(await world.rows(item.id))[-1].state.value for item in (milestone, appointment)] == [
        "unreachable"
    ] * 2
    assert world.pushed(person).count("reminder") == 2
    assert len(world.refs(coordinator, "news")) == 1
    line = await world.line(coordinator, client)
    assert (line.unreachable, line.undelivered) == (True, 2)
    async with world.database.write() as tx:
        news = await world.agreements.news(tx, coordinator, world.refs(coordinator, "news")[0], world.now)
        assert news.reminder is not None
        assert news.reminder.subject_id == milestone.id


async def test_nobody_knows_twice_is_unknown_and_listed(world: World) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, SOON)
    await world.send()
    world.courier.results = [Ambiguous(), Ambiguous()]
    await world.until("2027-02-04 10:00")
    assert world.pushed(person).count("reminder") == 2
    assert states(await world.rows(milestone.id)) == ["unknown"]
    assert len(world.refs(coordinator, "news")) == 1
    assert (await world.line(coordinator, client)).undelivered == 1
    async with world.database.write() as tx:
        await world.reminders.open(tx, person, world.refs(person, "reminder")[0], world.now)
    assert (await world.line(coordinator, client)).undelivered == 0


async def test_a_message_whose_process_died_twice_is_found_by_the_ticker(world: World) -> None:
    coordinator, client, _ = await world.case()
    milestone = await world.milestone(coordinator, client, SOON)
    await world.send()
    world.now = at("2027-02-04 09:00")
    await world.tick()
    for _ in range(2):
        async with world.database.write() as tx:
            (item,) = await world.delivery.lease_due(tx, world.now, 10)
            assert await world.delivery.start_sending(tx, [item], world.now)
        world.now += timedelta(minutes=2)
        async with world.database.write() as tx:
            recovered = await world.delivery.recover(tx, world.now)
        assert list(recovered) == [item.id]
    assert recovered[item.id] is OutboxState.UNKNOWN
    assert states(await world.rows(milestone.id)) == ["queued"]
    await world.tick()
    await world.send()
    assert states(await world.rows(milestone.id)) == ["unknown"]
    assert len(world.refs(coordinator, "news")) == 1


async def test_telegram_says_wait_and_then_it_goes(world: World) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, SOON)
    await world.send()
    world.courier.results = [NotSent(30.0)]
    await world.until("2027-02-04 09:00")
    assert states(await world.rows(milestone.id)) == ["queued"]
    await world.until("2027-02-04 09:01")
    assert states(await world.rows(milestone.id)) == ["sent"]
    assert world.pushed(person).count("reminder") == 2


async def test_what_telegram_refuses_counts_as_not_reached(world: World) -> None:
    coordinator, client, _ = await world.case()
    milestone = await world.milestone(coordinator, client, SOON)
    await world.send()
    world.courier.results = [Rejected("bad")]
    await world.until("2027-02-04 09:00")
    assert states(await world.rows(milestone.id)) == ["unreachable"]


@pytest.mark.parametrize("seed", range(3))
async def test_random_clocks_lose_nothing_and_wake_nobody(
    sqlite_url: str, cipher: Cipher, new_id: Callable[[], str], seed: int
) -> None:
    chance = random.Random(seed)
    database = Database(sqlite_url)
    world = World(database, cipher, new_id)
    world.now = at("2027-03-20 10:00")
    coordinator, client, _ = await world.case()
    subjects: list[str] = []
    starts: dict[str, datetime] = {}
    for _ in range(12):
        day = date(2027, 3, 22) + timedelta(days=chance.randrange(12))
        subjects.append((await world.milestone(coordinator, client, day)).id)
        start = datetime(day.year, day.month, day.day, chance.randrange(7, 23), chance.choice((0, 30)))
        made = await world.appointment(coordinator, client, start.isoformat())
        subjects.append(made.id)
        starts[made.id] = made.starts_at
    sent: list[tuple[str, datetime]] = []
    while world.now < at("2027-04-12 12:00"):
        world.now += timedelta(minutes=chance.choice((1, 20, 60, 240, 900, -60, -600)))
        before = len(world.courier.carried)
        await world.tick()
        await world.send()
        sent += [
            (str(item.content["ref"]), world.now)
            for _, item in world.courier.carried[before:]
            if item.content["push"] == "reminder"
        ]
    world.now = at("2027-04-12 12:00")
    await world.tick()
    await world.send()
    assert len(sent) > 5
    rows = {row.id: row for subject in subjects for row in await world.rows(subject)}
    assert max(Counter(ref for ref, _ in sent).values()) == 1
    assert all(not rules.is_quiet(moment) for _, moment in sent)
    for ref, moment in sent:
        row = rows[ref]
        assert row.occurrence - timedelta(minutes=1) <= moment <= row.not_after
        assert moment <= starts.get(row.subject_id, moment)
    waiting = [row for row in rows.values() if row.state.value in ("planned", "queued")]
    assert waiting == []
    shown = {ref for ref, _ in sent}
    held = [row for row in rows.values() if row.lead_id is not None]
    assert all(row.lead_id in shown for row in held)
    assert {row.state for row in held} <= {ReminderState.SENT}
    assert {row.state for row in rows.values() if row.id in shown} == {ReminderState.SENT}
    listed = [row for row in rows.values() if row.state is ReminderState.STALE]
    assert len(sent) + len(held) + len(listed) == len(rows)
    assert Counter(world.refs(coordinator, "news")).keys() == {row.id for row in listed}
    await database.close()


async def test_only_the_person_opens_their_reminder(world: World) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, SOON)
    await world.until("2027-02-04 09:00")
    ref = world.refs(person, "reminder")[0]

    async def opens(actor: Actor) -> bool:
        async with world.database.write() as tx:
            try:
                await world.reminders.open(tx, actor, ref, world.now)
            except NotFoundError:
                return False
        return True

    assert [await opens(actor) for actor in (coordinator, await world.person())] == [False, False]
    assert states(await world.rows(milestone.id)) == ["sent"]
    assert await opens(person)


_TO_COME = """
INSERT INTO reminders (id, client_id, subject, subject_id, occurrence, not_after, urgent, state, again)
SELECT :client || n, :client, 'milestone', :client || n, '2030-06-01 09:00:00', '2030-06-03 09:00:00', :no, 'planned', :no
FROM (WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 200) SELECT n FROM s) AS numbers
"""
_EXPLAIN = {"sqlite": ("EXPLAIN QUERY PLAN", "SCAN reminders"), "postgresql": ("EXPLAIN", "Seq Scan on reminders")}  # fmt: skip


async def test_what_is_still_to_come_is_not_read_for_what_is_due(world: World) -> None:
    """SQLite's statistics know what a state has in the mean: with nearly all in one, it read the whole table for the few in another."""
    coordinator, client, person = await world.case()
    await world.milestone(coordinator, client, SOON)
    others = [await world.client(coordinator) for _ in range(100)]
    async with world.database.write() as tx:
        for other in others:
            await tx.execute(text(_TO_COME), {"client": other.id, "no": False})
    async with world.database.write() as tx:
        await tx.execute(text("ANALYZE"))
    asked: dict[str, Any] = {}

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if not many and statement.startswith(("SELECT", "UPDATE")):
            asked[statement] = parameters

    engine = world.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    await world.until("2027-02-04 09:30")
    await world.until("2027-02-05 10:00", timedelta(hours=6))
    await world.repeat()
    event.remove(engine, "before_cursor_execute", note)
    assert world.pushed(person) == ["milestone", "reminder", "again"]
    assert sum("reminders" in statement for statement in asked) > 5
    explain, scan = _EXPLAIN[engine.dialect.name]
    async with world.database.write() as tx:
        plans = {
            statement: "\n".join(
                str(row) for row in await tx.exec_driver_sql(f"{explain} {statement}", parameters)
            )
            for statement, parameters in asked.items()
        }
    assert [statement for statement, plan in plans.items() if scan in plan] == []
