"""A coordinator's day on both databases: what waits, worst first; digest and escalation; deputies, hand-over, team numbers."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update

from agreements import office, rules
from agreements.day.errors import SilentWeeksError
from agreements.day.types import LineKind
from agreements.errors import DueInPastError, DueTooFarError, StillCoordinatesError
from agreements.files.rules import draft_kind
from agreements.files.types import Channel
from agreements.goals import rules as goal_rules
from agreements.goals.errors import DutyOpenError
from agreements.holds.types import HoldReason
from agreements.team.errors import NotCoordinatorError, NothingHandedOverError, SameCoordinatorError
from agreements.team.service import FRESH
from agreements.types import Client, HelpReason, MilestoneStatus
from db.tables.agreements import requests
from people.audit.types import Capacity
from people.errors import NotAllowedError, NotFoundError
from people.types import Actor, Role
from tests.db.agreements_world import World, at


async def day(world: World, actor: Actor) -> list[tuple[LineKind, str]]:
    async with world.database.read() as tx:
        lines = await world.day.day(tx, actor, world.now)
    return [(line.kind, line.client.case_number) for line in lines]


async def tick(world: World) -> int:
    async with world.database.write() as tx:
        return await world.day.tick(tx, world.now)


async def test_a_quiet_case_says_nothing(world: World) -> None:
    coordinator, client, _ = await world.case()
    await world.milestone(coordinator, client, date(2027, 3, 20))
    assert await day(world, coordinator) == []


async def test_what_waits_comes_worst_first(world: World) -> None:
    coordinator, client, person = await world.case()
    paper = await world.client(coordinator, "PAPER")
    late = await world.milestone(coordinator, client, date(2027, 2, 2))
    soon = await world.milestone(coordinator, client, date(2027, 2, 12))
    await world.milestone(coordinator, paper, date(2027, 2, 15))
    async with world.database.write() as tx:
        await world.files.change(
            tx, coordinator, paper.id, {"allocated_on": "20.11.2026", "working_age": "yes"}, world.now
        )
        await world.goals.add_task(tx, coordinator, client.id, "i_register_you", date(2027, 2, 11), world.now)
        await world.agreements.wish(tx, person, "offer", world.now)
    world.now = at("2027-02-10 10:00")
    async with world.database.write() as tx:
        await world.agreements.ask_human(tx, person, HelpReason.PAPER, world.now)
        found = await world.day.day(tx, coordinator, world.now)
    case = client.case_number
    assert [(line.kind, line.client.case_number) for line in found] == [
        (LineKind.WISH, case),
        (LineKind.CALL, case),
        (LineKind.OVERDUE, case),
        (LineKind.DUE, case),
        (LineKind.TASK, case),
        (LineKind.CALL_LIST, "PAPER"),
        (LineKind.EDUCATION, "PAPER"),
    ]
    assert [line.stale for line in found][:3] == [7, 0, None]
    assert [line.subject_id for line in found][2:4] == [late.id, soon.id]
    assert found[-1].on == date(2027, 2, 20)
    async with world.database.write() as tx:
        await world.files.change(
            tx, coordinator, paper.id, {"education_recorded_on": "10.02.2027"}, world.now
        )
    assert (LineKind.EDUCATION, "PAPER") not in await day(world, coordinator)


async def test_a_reminder_without_an_answer_waits(world: World) -> None:
    coordinator, client, _ = await world.case()
    await world.milestone(coordinator, client, date(2027, 2, 18))
    await world.until("2027-02-16 12:00")
    assert await day(world, coordinator) == [(LineKind.UNANSWERED, client.case_number)]


async def test_however_far_ahead_the_day_is(world: World) -> None:
    coordinator, client, _ = await world.case()
    await world.milestone(coordinator, client, date(2027, 2, 20))
    await world.milestone(coordinator, client, date(2027, 2, 25))
    await world.until("2027-02-10 12:00")
    assert await day(world, coordinator) == [(LineKind.UNANSWERED, client.case_number)]


async def test_who_was_called_is_off_the_call_list_until_something_changes(world: World) -> None:
    coordinator = await world.person(Role.COORDINATOR)
    paper = await world.client(coordinator, "PAPER")
    one = await world.appointment(coordinator, paper, "2027-02-06T10:00")
    other = await world.milestone(coordinator, paper, date(2027, 2, 7))
    async with world.database.read() as tx:
        [line] = await world.day.day(tx, coordinator, world.now)
    assert (line.kind, line.about, line.on) == (LineKind.CALL_LIST, one, date(2027, 2, 6))
    async with world.database.write() as tx:
        today = rules.today(world.now)
        await world.files.add_contact(tx, coordinator, paper.id, Channel.PHONE, today, "", world.now)
    assert await day(world, coordinator) == []
    # What changed since the call has not been told yet; the rest has.
    world.now += timedelta(days=1)
    async with world.database.write() as tx:
        await world.agreements.move_milestone(tx, coordinator, other.id, date(2027, 2, 8), world.now)
    async with world.database.read() as tx:
        [line] = await world.day.day(tx, coordinator, world.now)
    assert (line.subject_id, line.on) == (other.id, date(2027, 2, 8))


async def test_silence_ends_with_a_contact(world: World) -> None:
    coordinator, client, _ = await world.case()
    world.now += timedelta(weeks=6)
    assert await day(world, coordinator) == [(LineKind.SILENT, client.case_number)]
    async with world.database.write() as tx:
        await world.day.change_settings(tx, coordinator, silent_weeks=8)
        for weeks in (-1, 53):
            with pytest.raises(SilentWeeksError):
                await world.day.change_settings(tx, coordinator, silent_weeks=weeks)
    assert await day(world, coordinator) == []
    world.now += timedelta(weeks=2)
    assert await day(world, coordinator) == [(LineKind.SILENT, client.case_number)]
    async with world.database.write() as tx:
        today = world.now.date()
        await world.files.add_contact(tx, coordinator, client.id, Channel.LETTER, today, "", world.now)
    assert await day(world, coordinator) == [(LineKind.SILENT, client.case_number)]
    async with world.database.write() as tx:
        await world.files.add_contact(tx, coordinator, client.id, Channel.PHONE, today, "", world.now)
    assert await day(world, coordinator) == []


async def test_the_digest_comes_at_eight_on_working_days_once_and_only_if_wanted(world: World) -> None:
    coordinator, _, person = await world.case()
    other = await world.person(Role.COORDINATOR)
    async with world.database.write() as tx:
        await world.day.change_settings(tx, other, digest=True)
        await world.agreements.ask_human(tx, person, None, world.now)
    world.now = at("2027-02-02 07:50")
    assert await tick(world) == 0
    async with world.database.write() as tx:
        await world.day.change_settings(tx, coordinator, digest=True)
    assert (await tick(world), await tick(world)) == (1, 0)
    await world.send()
    assert "day" not in world.pushed(coordinator)
    world.now = at("2027-02-02 08:00")
    await world.send()
    assert world.pushed(coordinator).count("day") == 1
    assert "day" not in world.pushed(other)
    world.now = at("2027-02-06 08:00")
    assert await tick(world) == 0, "Saturday"
    world.now = at("2027-02-08 12:30")
    assert await tick(world) == 0, "too late for a morning"


async def test_what_lies_for_two_working_days_reaches_deputy_and_lead(world: World) -> None:
    coordinator, client, person = await world.case()
    deputy, lead = await world.person(Role.COORDINATOR), await world.person(Role.LEAD)
    world.now = at("2027-02-05 15:00")
    async with world.database.write() as tx:
        assert await world.team.add_deputy(tx, coordinator, deputy.id, world.now) == 1
        await world.agreements.ask_human(tx, person, None, world.now)
    world.now = at("2027-02-08 09:00")
    await tick(world)
    await world.send()
    assert await day(world, deputy) == []
    assert "day" not in world.pushed(lead) + world.pushed(deputy)
    world.now = at("2027-02-09 09:00")
    await tick(world)
    await tick(world)
    await world.send()
    assert world.pushed(lead) == ["day"]
    assert world.pushed(deputy) == ["day"]
    assert await day(world, deputy) == [(LineKind.CALL, client.case_number)]
    async with world.database.read() as tx:
        numbers = await world.team.numbers(tx, lead, world.now)
    assert (numbers.clients, numbers.linked, numbers.waiting, numbers.stale) == (1, 1, 1, 1)
    assert numbers.caseloads == {coordinator.id: 1}
    assert numbers.stale_at == {coordinator.id: 1}


async def test_a_call_to_somebody_who_is_no_coordinator_any_more_is_everybodys_at_once(world: World) -> None:
    coordinator, client, person = await world.case()
    deputy, lead = await world.person(Role.COORDINATOR), await world.person(Role.LEAD)
    world.now = at("2027-02-05 15:00")
    async with world.database.write() as tx:
        await world.team.add_deputy(tx, coordinator, deputy.id, world.now)
        await world.people.set_roles(tx, coordinator.id, [], world.now, by=lead.id)
        await world.agreements.ask_human(tx, person, None, world.now)
    await tick(world)
    await world.send()
    assert (world.pushed(lead), world.pushed(deputy)) == (["day"], ["day"])
    assert await day(world, deputy) == [(LineKind.CALL, client.case_number)]


async def test_while_somebody_is_away_their_deputies_see_everything(world: World) -> None:
    coordinator, client, _ = await world.case()
    deputy = await world.person(Role.COORDINATOR)
    await world.milestone(coordinator, client, date(2027, 2, 2))
    async with world.database.write() as tx:
        await world.team.add_deputy(tx, coordinator, deputy.id, world.now, client.id)
    assert await day(world, deputy) == []
    async with world.database.write() as tx:
        await world.day.be_absent(tx, coordinator, date(2027, 2, 1), world.now)
    assert await day(world, deputy) == [(LineKind.DUE, client.case_number)]
    world.now += timedelta(days=1)
    assert await day(world, deputy) == []
    async with world.database.write() as tx:
        for slip, error in ((date(2020, 2, 10), DueInPastError), (date(2207, 2, 10), DueTooFarError)):
            with pytest.raises(error):
                await world.day.be_absent(tx, coordinator, slip, world.now)
        # The form of the settings sends what stands there along: an absence that is over is no slip.
        await world.day.be_absent(tx, coordinator, date(2027, 2, 1), world.now)


async def test_the_client_hears_who_answers_and_by_when_while_the_coordinator_is_away(world: World) -> None:
    coordinator, _, person = await world.case()
    deputy = await world.person(Role.COORDINATOR)

    async def ask(reason: HelpReason) -> tuple[bool, date]:
        async with world.database.write() as tx:
            receipt = await world.agreements.ask_human(tx, person, reason, world.now)
            waiting = await world.agreements.open_requests(tx, coordinator)
        read = {line.request.id: line.answer_by for line in waiting}
        assert read[receipt.request.id] == receipt.answer_by, "the coordinator reads what the client was told"
        return receipt.deputy, receipt.answer_by

    assert await ask(HelpReason.PAPER) == (False, date(2027, 2, 2))
    async with world.database.write() as tx:
        # Away until Friday, and nobody stands in: the Monday after is promised.
        await world.day.be_absent(tx, coordinator, date(2027, 2, 5), world.now)
    assert await ask(HelpReason.MONEY) == (False, date(2027, 2, 8))
    async with world.database.write() as tx:
        await world.team.add_deputy(tx, coordinator, deputy.id, world.now)
    assert await ask(HelpReason.LANGUAGE) == (True, date(2027, 2, 2))
    world.now = at("2027-02-06 10:00")
    # Asked on a Saturday, read on Monday.
    assert await ask(HelpReason.CHILDCARE) == (False, date(2027, 2, 9))
    world.now = at("2027-02-10 16:00")
    # Asked on a Wednesday after hours, read on Thursday.
    assert await ask(HelpReason.ILLNESS) == (False, date(2027, 2, 12))


async def test_what_a_client_was_promised_holds_whatever_becomes_of_the_coordinator(world: World) -> None:
    coordinator, _, person = await world.case()
    deputy = await world.person(Role.COORDINATOR)

    async def told() -> date:
        async with world.database.write() as tx:
            return (await world.agreements.ask_human(tx, person, HelpReason.PAPER, world.now)).answer_by

    async def read() -> list[date | None]:
        async with world.database.write() as tx:
            waiting = await world.agreements.open_requests(tx, coordinator)
            shown = [
                await world.agreements.request(tx, coordinator, w.request.id, world.now) for w in waiting
            ]
        assert [line.answer_by for line in waiting] == [line.answer_by for line in shown]
        return [line.answer_by for line in waiting]

    promised = date(2027, 2, 2)
    assert await told() == promised
    async with world.database.write() as tx:
        await world.day.be_absent(tx, coordinator, date(2027, 2, 5), world.now)
    assert (await told(), await read()) == (promised, [promised]), "away since, which the client was not told"
    async with world.database.write() as tx:
        await world.team.add_deputy(tx, coordinator, deputy.id, world.now)
        await world.day.be_absent(tx, coordinator, None, world.now)
    world.now = at("2027-02-03 10:00")
    assert await told() == date(2027, 2, 4), "nobody is told a day that is over"
    assert await read() == [promised], "and it stays late"
    async with world.database.write() as tx:
        await tx.execute(update(requests).values(answer_by=None))
        await world.team.remove_deputy(tx, coordinator, deputy.id)
        await world.day.be_absent(tx, coordinator, date(2027, 2, 5), world.now)
    assert await read() == [date(2027, 2, 8)], "asked before days were kept"


async def test_a_caseload_is_handed_over_and_taken_back(world: World) -> None:
    coordinator, first, _ = await world.case()
    second = await world.client(coordinator)
    other, lead = await world.person(Role.COORDINATOR), await world.person(Role.LEAD)
    third = await world.client(other)
    async with world.database.write() as tx:
        await world.team.add_deputy(tx, coordinator, other.id, world.now)
        done = await world.team.hand_over(tx, coordinator, other.id, world.now)
    assert set(done.client_ids) == {first.id, second.id}
    await world.send()
    assert "day" in world.pushed(other)
    async with world.database.write() as tx:
        with pytest.raises(NotFoundError):
            await world.agreements.get_client(tx, coordinator, first.id)
        taken = await world.agreements.get_client(tx, other, first.id)
        assert (taken.coordinator_id, taken.deputies) == (other.id, frozenset())
        with pytest.raises(NotFoundError):
            await world.team.take_back(tx, other, done.batch_id, world.now)
        # What went on to somebody else stays there.
        await world.team.hand_over(tx, other, coordinator.id, world.now, client_ids=[second.id])
        back = await world.team.take_back(tx, coordinator, done.batch_id, world.now)
        assert back.client_ids == (first.id,)
        with pytest.raises(NothingHandedOverError):
            await world.team.take_back(tx, coordinator, done.batch_id, world.now)
        moved = await world.team.hand_over_of(tx, lead, other.id, coordinator.id, world.now)
        assert moved.client_ids == (third.id,)
        with pytest.raises(NothingHandedOverError):
            await world.team.hand_over_of(tx, lead, other.id, coordinator.id, world.now)


async def test_what_was_typed_of_an_interview_stays_with_nobody_who_gave_the_case_away(world: World) -> None:
    coordinator, client, _ = await world.case()
    deputy, other = await world.person(Role.COORDINATOR), await world.person(Role.COORDINATOR)
    kind, typed = draft_kind(client.id), {"call_name": "Amira"}

    async def who() -> list[bool]:
        async with world.database.read() as tx:
            people = (coordinator, deputy, other)
            return [await world.people.draft(tx, one, kind, world.now) is not None for one in people]

    async with world.database.write() as tx:
        await world.team.add_deputy(tx, coordinator, deputy.id, world.now)
        await world.team.add_deputy(tx, coordinator, other.id, world.now)
        for one in (coordinator, deputy, other):
            await world.people.put_draft(tx, one, kind, "typing", typed, world.now)
        await world.team.remove_deputy(tx, coordinator, deputy.id, client.id)
    assert await who() == [True, False, True]
    async with world.database.write() as tx:
        await world.team.hand_over(tx, coordinator, other.id, world.now)
    assert await who() == [False, False, True]


async def test_only_coordinators_take_cases_and_only_their_own_are_given(world: World) -> None:
    coordinator, client, person = await world.case()
    other = await world.person(Role.COORDINATOR)
    theirs = await world.client(other)
    admin = await world.person(Role.ADMINISTRATOR)
    async with world.database.write() as tx:
        for target in (person.id, admin.id, "nobody"):
            with pytest.raises(NotCoordinatorError):
                await world.team.hand_over(tx, coordinator, target, world.now)
            with pytest.raises(NotCoordinatorError):
                await world.team.add_deputy(tx, coordinator, target, world.now)
        with pytest.raises(SameCoordinatorError):
            await world.team.hand_over(tx, coordinator, coordinator.id, world.now)
        with pytest.raises(NotFoundError):
            await world.team.hand_over(tx, coordinator, other.id, world.now, client_ids=[theirs.id])
        with pytest.raises(NotFoundError):
            await world.team.add_deputy(tx, coordinator, other.id, world.now, theirs.id)
        # A deputy works on a case and gives it to nobody.
        await world.team.add_deputy(tx, coordinator, other.id, world.now, client.id)
        with pytest.raises(NotFoundError):
            await world.team.add_deputy(tx, other, other.id, world.now, client.id)
        await world.team.remove_deputy(tx, coordinator, other.id, client.id)
        with pytest.raises(NotFoundError):
            await world.agreements.get_client(tx, other, client.id)


async def refused(world: World, actor: Actor, client: Client) -> None:
    async with world.database.write() as tx:
        for call in (
            world.day.day(tx, actor, world.now),
            world.day.settings(tx, actor),
            world.day.be_absent(tx, actor, None, world.now),
            world.team.add_deputy(tx, actor, actor.id, world.now, client.id),
            world.team.hand_over(tx, actor, actor.id, world.now),
        ):
            with pytest.raises(NotAllowedError):
                await call


async def test_leads_see_numbers_and_nobody_else_sees_anything(world: World) -> None:
    coordinator, client, person = await world.case()
    lead = await world.person(Role.LEAD)
    for actor in (person, lead, await world.person(Role.ADMINISTRATOR), await world.person(Role.VOLUNTEER)):
        await refused(world, actor, client)
    async with world.database.read() as tx:
        assert await world.team.colleagues(tx, lead) == [coordinator.id]
        for actor in (coordinator, person):
            with pytest.raises(NotAllowedError):
                await world.team.numbers(tx, actor, world.now)
            with pytest.raises(NotAllowedError):
                await world.team.hand_over_of(tx, actor, coordinator.id, coordinator.id, world.now)
        with pytest.raises(NotFoundError):
            await world.agreements.get_client(tx, lead, client.id)


@pytest.mark.parametrize(
    ("first", "today", "days"),
    [
        (date(2027, 2, 5), date(2027, 2, 5), 0),
        (date(2027, 2, 5), date(2027, 2, 7), 0),
        (date(2027, 2, 5), date(2027, 2, 8), 1),
        (date(2027, 3, 25), date(2027, 3, 30), 1),
    ],
)
def test_working_days_leave_out_weekends_and_easter(first: date, today: date, days: int) -> None:
    assert office.office_days_since(first, today, rules.USUAL.office) == days


async def test_what_an_answer_left_unsettled_waits_until_it_is_settled(world: World) -> None:
    coordinator, client, person = await world.case()
    goal = await world.milestone(coordinator, client, date(2027, 3, 20))
    visit = await world.appointment(coordinator, client, "2027-02-10 14:00")
    case = world.agreements
    async with world.database.write() as tx:
        done = await case.report(tx, person, goal.id, MilestoneStatus.REPORTED_DONE, None, world.now)
        ill = await case.request_cancel(tx, person, visit.id, HelpReason.ILLNESS, world.now)
    assert await day(world, coordinator) == [(LineKind.REQUEST, client.case_number)] * 2
    async with world.database.write() as tx:
        paper = {"paper": "course_certificate"}
        await case.answer(tx, coordinator, done.request.id, "bring_this_paper", paper, world.now)
        await case.answer(tx, coordinator, ill.request.id, "get_well_soon", {}, world.now)
    async with world.database.read() as tx:
        lines = await world.day.day(tx, coordinator, world.now)
    assert [line.kind for line in lines] == [LineKind.SETTLE] * 2
    assert {line.subject_id for line in lines} == {goal.id, visit.id}
    async with world.database.write() as tx:
        await case.confirm_milestone(tx, coordinator, goal.id, world.now)
    assert await day(world, coordinator) == [(LineKind.SETTLE, client.case_number)]
    async with world.database.write() as tx:
        await case.move_appointment(tx, coordinator, visit.id, datetime(2027, 2, 12, 14), world.now)
    assert await day(world, coordinator) == []


async def test_closed_cases_go_along_and_are_opened_again_by_who_holds_them(world: World) -> None:
    """They are kept for years: whoever asks for their copy or comes back is answered by somebody who is still there."""
    coordinator, client, _ = await world.case()
    other, lead = await world.person(Role.COORDINATOR), await world.person(Role.LEAD)
    async with world.database.write() as tx:
        await world.agreements.end_case(tx, coordinator, client.id, world.now)
        numbers = await world.team.numbers(tx, lead, world.now)
        assert (numbers.clients, numbers.caseloads, numbers.closed) == (0, {}, {coordinator.id: 1})
        with pytest.raises(NotFoundError):
            await world.agreements.reopen_case(tx, other, client.id)
        await world.people.end_rights(tx, coordinator.id, world.now)
        assert await world.team.leave(tx, coordinator.id) == 1
        moved = await world.team.hand_over_of(tx, lead, coordinator.id, other.id, world.now)
        assert moved.client_ids == (client.id,)
        assert await world.agreements.list_clients(tx, other, world.now) == []
        again = await world.agreements.reopen_case(tx, other, client.id)
        assert (again.ended_at, again.coordinator_id) == (None, other.id)
        assert [line.client.id for line in await world.agreements.list_clients(tx, other, world.now)] == [
            client.id
        ]
    assert (await world.link(other, client, await world.person())).linked


async def test_who_gave_the_last_closed_case_away_can_be_forgotten(world: World) -> None:
    coordinator, client, _ = await world.case()
    other = await world.person(Role.COORDINATOR)
    async with world.database.write() as tx:
        await world.agreements.end_case(tx, coordinator, client.id, world.now)
        with pytest.raises(StillCoordinatesError):
            await world.agreements.forget_person(tx, coordinator, world.now)
        done = await world.team.hand_over(tx, coordinator, other.id, world.now)
        assert done.client_ids == (client.id,)
        await world.agreements.forget_person(tx, coordinator, world.now)


async def test_who_has_cases_of_any_kind_is_told(world: World) -> None:
    coordinator, client, _ = await world.case()
    deputy, nobody = await world.person(Role.COORDINATOR), await world.person(Role.COORDINATOR)
    async with world.database.write() as tx:
        await world.team.add_deputy(tx, coordinator, deputy.id, world.now)
        await world.cases.restriction.restrict(tx, coordinator, client.id, world.now)
        for actor, has in ((coordinator, True), (deputy, True), (nobody, False)):
            assert await world.team.has_cases(tx, actor) is has
        await world.cases.restriction.end(tx, coordinator, client.id, world.now)
        await world.agreements.end_case(tx, coordinator, client.id, world.now)
        assert await world.team.has_cases(tx, coordinator)


async def test_who_deletes_their_data_leaves_a_task_with_the_deadline_of_the_law(world: World) -> None:
    coordinator, client, person = await world.case()
    await world.milestone(coordinator, client, date(2027, 6, 20))
    async with world.database.write() as tx:
        before = await world.goals.agreement(tx, coordinator, client.id)
        await world.agreements.forget_person(tx, person, world.now)
        [line] = await world.day.day(tx, coordinator, world.now)
        assert (line.kind, line.client.id, line.on) == (LineKind.ERASURE, client.id, date(2027, 3, 1))
        # It is no promise to the client.
        assert await world.goals.tasks(tx, coordinator, client.id) == []
        assert await world.goals.agreement(tx, coordinator, client.id) == before
    again = await world.person()
    await world.link(coordinator, client, again)
    async with world.database.write() as tx:
        await world.agreements.forget_person(tx, again, world.now)
        [same] = await world.day.day(tx, coordinator, world.now)
        assert same.subject_id == line.subject_id
        with pytest.raises(DutyOpenError):
            await world.goals.finish_task(tx, coordinator, str(line.subject_id), world.now.date())
        until = date(2027, 6, 30)
        await world.cases.holds.hold(tx, coordinator, client.id, HoldReason.COURT, until, world.now)
        await world.goals.finish_task(tx, coordinator, str(line.subject_id), world.now.date())
        assert await world.day.day(tx, coordinator, world.now) == []


async def test_on_the_day_of_the_law_the_task_stands_first_and_deputies_see_it(world: World) -> None:
    coordinator, client, person = await world.case()
    deputy = await world.person(Role.COORDINATOR)
    other = await world.link(coordinator, await world.client(coordinator), await world.person())
    async with world.database.write() as tx:
        await world.team.add_deputy(tx, coordinator, deputy.id, world.now)
        await world.agreements.forget_person(tx, person, world.now)
        assert other.linked
        [line] = await world.day.day(tx, coordinator, world.now)
        assert not line.late
        assert await world.day.day(tx, deputy, world.now) == []
        due = world.now + (line.on - world.now.date())
        first, *_ = await world.day.day(tx, coordinator, due)
        assert (first.kind, first.client.id, first.late) == (LineKind.ERASURE, client.id, True)
        assert LineKind.ERASURE in [line.kind for line in await world.day.day(tx, deputy, due)]


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (date(2027, 2, 1), date(2027, 3, 1)),
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2027, 12, 15), date(2028, 1, 15)),
        (date(2028, 1, 30), date(2028, 2, 29)),
    ],
)
def test_a_month_is_a_month(asked: date, due: date) -> None:
    assert goal_rules.erasure_due_on(asked) == due


async def test_the_deputy_of_all_cases_is_so_of_those_that_come(world: World) -> None:
    """Named in January, a case opened in March, a call while the coordinator is away in April: the deputy sees it."""
    coordinator, first, _ = await world.case()
    deputy, other = await world.person(Role.COORDINATOR), await world.person(Role.COORDINATOR)
    theirs = await world.client(other)
    async with world.database.write() as tx:
        await world.team.add_deputy(tx, coordinator, deputy.id, world.now)
    second = await world.client(coordinator)
    assert second.deputies == {deputy.id}
    async with world.database.write() as tx:
        await world.team.hand_over(tx, other, coordinator.id, world.now)
        assert (await world.agreements.get_client(tx, coordinator, theirs.id)).deputies == {deputy.id}
        assert await world.team.deputies(tx, coordinator) == {deputy.id: 3}
        # Whoever stands in for some cases alone does so for these.
        await world.team.remove_deputy(tx, coordinator, deputy.id, first.id)
    assert (await world.client(coordinator)).deputies == frozenset()
    async with world.database.write() as tx:
        await world.agreements.end_case(tx, coordinator, second.id, world.now)
        await world.team.add_deputy(tx, coordinator, other.id, world.now)
        again = await world.agreements.reopen_case(tx, coordinator, second.id)
    assert again.deputies == {deputy.id, other.id}


async def test_a_deputy_named_before_the_first_case_is_there_when_it_comes(world: World) -> None:
    coordinator, deputy = await world.person(Role.COORDINATOR), await world.person(Role.COORDINATOR)
    async with world.database.write() as tx:
        assert await world.team.add_deputy(tx, coordinator, deputy.id, world.now) == 0
        assert await world.team.deputies(tx, coordinator) == {deputy.id: 0}
    first = await world.client(coordinator)
    assert first.deputies == {deputy.id}
    async with world.database.write() as tx:
        await world.agreements.end_case(tx, coordinator, first.id, world.now)
        # Without an open case for a while, and named once more.
        await world.team.add_deputy(tx, coordinator, deputy.id, world.now + timedelta(days=1))
        assert await world.team.standing(tx, coordinator) == {deputy.id: world.now}
    assert (await world.client(coordinator)).deputies == {deputy.id}
    async with world.database.write() as tx:
        await world.team.leave(tx, deputy.id)
        assert await world.team.deputies(tx, coordinator) == {}
    assert (await world.client(coordinator)).deputies == frozenset()


async def test_who_left_and_came_back_has_no_deputy_whom_nobody_named_anew(world: World) -> None:
    coordinator, deputy = await world.person(Role.COORDINATOR), await world.person(Role.COORDINATOR)
    async with world.database.write() as tx:
        await world.team.add_deputy(tx, coordinator, deputy.id, world.now)
        await world.team.leave(tx, coordinator.id)
        assert await world.team.standing(tx, coordinator) == {}
    assert (await world.client(coordinator)).deputies == frozenset()


async def test_the_deputy_of_the_only_case_is_not_the_deputy_of_all(world: World) -> None:
    coordinator, client, _ = await world.case()
    deputy = await world.person(Role.COORDINATOR)
    async with world.database.write() as tx:
        await world.team.add_deputy(tx, coordinator, deputy.id, world.now, client.id)
        assert await world.team.deputies(tx, coordinator) == {deputy.id: 1}
    assert (await world.client(coordinator)).deputies == frozenset()


async def test_who_got_all_cases_by_mistake_is_the_deputy_again(world: World) -> None:
    coordinator, client, _ = await world.case()
    deputy, theirs = await world.person(Role.COORDINATOR), await world.person(Role.COORDINATOR)
    async with world.database.write() as tx:
        await world.team.add_deputy(tx, coordinator, deputy.id, world.now)
        await world.team.add_deputy(tx, deputy, theirs.id, world.now)
        await world.team.add_deputy(tx, deputy, coordinator.id, world.now)
        done = await world.team.hand_over(tx, coordinator, deputy.id, world.now)
        there = await world.agreements.get_client(tx, deputy, client.id)
        assert there.deputies == {theirs.id, coordinator.id}
        await world.team.take_back(tx, coordinator, done.batch_id, world.now)
        back = await world.agreements.get_client(tx, coordinator, client.id)
    assert back.deputies == {deputy.id}


async def test_a_wrong_hand_over_is_taken_back_with_the_deputies_that_came_along(world: World) -> None:
    coordinator, client, _ = await world.case()
    wrong, deputy = await world.person(Role.COORDINATOR), await world.person(Role.COORDINATOR)
    lead = await world.person(Role.LEAD)
    await world.client(coordinator)
    await world.client(wrong)
    async with world.database.write() as tx:
        await world.team.add_deputy(tx, wrong, deputy.id, world.now)
        done = await world.team.hand_over(tx, coordinator, wrong.id, world.now, client_ids=[client.id])
        assert (await world.agreements.get_client(tx, deputy, client.id)).coordinator_id == wrong.id
        assert await world.team.fresh(tx, coordinator, world.now) == [done]
        assert await world.team.fresh(tx, lead, world.now) == []
        later = world.now + FRESH + timedelta(minutes=1)
        assert await world.team.fresh(tx, coordinator, later) == []
        with pytest.raises(NothingHandedOverError):
            await world.team.take_back(tx, coordinator, done.batch_id, later)
        await world.team.take_back(tx, coordinator, done.batch_id, world.now)
        assert (await world.agreements.get_client(tx, coordinator, client.id)).deputies == frozenset()
        for stranger in (wrong, deputy):
            with pytest.raises(NotFoundError):
                await world.agreements.get_client(tx, stranger, client.id)
    await world.send()
    assert "day" not in world.pushed(coordinator), "who takes back need not be told"


async def test_a_deputy_of_both_is_still_there_when_all_cases_come_back(world: World) -> None:
    """Else nobody would see the calls of an absent coordinator who once clicked wrongly."""
    coordinator, client, _ = await world.case()
    wrong, both = await world.person(Role.COORDINATOR), await world.person(Role.COORDINATOR)
    await world.client(wrong)
    async with world.database.write() as tx:
        for actor in (coordinator, wrong):
            await world.team.add_deputy(tx, actor, both.id, world.now)
        done = await world.team.hand_over(tx, coordinator, wrong.id, world.now)
        await world.team.take_back(tx, coordinator, done.batch_id, world.now)
        assert (await world.agreements.get_client(tx, coordinator, client.id)).deputies == {both.id}
    async with world.database.read() as tx:
        rows = await world.trail.of_cases(tx, [client.id])
    assert Capacity.LEAD not in {row.acted_as for row in rows}, "taking back one's own is no lead's work"
