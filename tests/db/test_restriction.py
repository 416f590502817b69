"""A case that is only stored: nothing is pushed, exported or shown of it until that ends; the person keeps their own copy."""

from datetime import date, timedelta

import pytest

from agreements.day.types import LineKind
from agreements.errors import CaseRestrictedError
from agreements.holds.types import HoldReason
from agreements.privacy.service import PrivacyService
from agreements.privacy.types import Limits
from agreements.types import HelpReason
from people.audit.types import Part
from people.errors import NotFoundError
from tests.db.agreements_world import World


@pytest.fixture
def privacy(world: World) -> PrivacyService:
    return world.privacy(Limits())


async def test_asking_tells_the_coordinator_and_changes_nothing_yet(world: World) -> None:
    coordinator, client, person = await world.case()
    other, _, stranger = await world.case()
    service = world.cases.restriction
    async with world.database.write() as tx:
        with pytest.raises(NotFoundError):
            await service.ask(tx, stranger, client.id, world.now)
        for who in (other, person):
            with pytest.raises(NotFoundError):
                await service.restrict(tx, who, client.id, world.now)
        assert (await service.ask(tx, person, client.id, world.now)).restriction_asked_at == world.now
        await service.ask(tx, person, client.id, world.now)
    await world.send()
    assert world.refs(coordinator, "news") == [client.id], "told once, however often it is asked for"
    async with world.database.read() as tx:
        assert [c.id for c in await service.concerned(tx, coordinator)] == [client.id]
        assert await service.concerned(tx, other) == []
        assert (await world.agreements.get_client(tx, coordinator, client.id)).restricted_at is None


async def test_while_it_is_stored_nobody_sees_exports_or_is_reminded(world: World) -> None:
    coordinator, client, person = await world.case()
    other, untouched, reminded = await world.case()
    due = world.now.date() + timedelta(days=5)
    goal = await world.milestone(coordinator, client, due)
    await world.milestone(other, untouched, due)
    async with world.database.write() as tx:
        request = (await world.agreements.ask_human(tx, person, HelpReason.PAPER, world.now)).request
        await world.cases.restriction.restrict(tx, coordinator, client.id, world.now)
    await world.send()
    assert world.pushed(person)[-1:] == ["restriction"], "the person is told"
    world.courier.carried.clear()

    async with world.database.write() as tx:
        agreements, cases, now = world.agreements, world.cases, world.now
        for shown in (
            agreements.get_client(tx, coordinator, client.id),
            agreements.client_by_case(tx, coordinator, client.case_number),
            agreements.client_file(tx, coordinator, client.id),
            agreements.request(tx, coordinator, request.id, now),
            agreements.answer(tx, coordinator, request.id, "call_me", {}, now),
            agreements.move_milestone(tx, coordinator, goal.id, due, now),
            agreements.end_case(tx, coordinator, client.id, now),
            cases.files.file(tx, coordinator, client.id),
            cases.files.add_note(tx, coordinator, client.id, "Notiz", now),
            cases.goals.goals(tx, coordinator, client.id),
            cases.handover.look(tx, coordinator, client.id, now),
            cases.holds.erase(tx, coordinator, client.id, now),
        ):
            with pytest.raises(CaseRestrictedError):
                await shown
        assert await agreements.list_clients(tx, coordinator, now) == []
        assert await agreements.open_requests(tx, coordinator) == []
        assert (await cases.files.caseload(tx, coordinator)).clients == ()
        exported = await cases.transfer.export_changes(tx, coordinator, now, everything=True)
    assert exported.rows == 0

    await world.until(world.now + timedelta(days=6))
    assert world.pushed(person) == [], "neither reminders nor the call list"
    assert "reminder" in world.pushed(reminded), "the others go on"
    assert "news" not in world.pushed(coordinator)


async def test_the_person_still_has_their_copy_and_can_end_it(world: World, privacy: PrivacyService) -> None:
    coordinator, client, person = await world.case()
    service = world.cases.restriction
    async with world.database.write() as tx:
        await service.restrict(tx, coordinator, client.id, world.now)
        copy = await privacy.copy(tx, person, world.now)
        assert copy.first("clients")["restricted_at"] == world.now.isoformat()
        assert await privacy.copy_of_case(tx, coordinator, client.case_number, world.now)
        await world.cases.holds.hold(
            tx, coordinator, client.id, HoldReason.COURT, date(2027, 6, 30), world.now
        )
        assert len(await world.agreements.own_milestones(tx, person)) == 0, "the person sees their own"
    goal = world.now.date() + timedelta(days=5)
    async with world.database.write() as tx:
        found = await service.take_back(tx, person, client.id, world.now)
        assert (found.restricted_at, found.restriction_asked_at) == (None, None)
    await world.milestone(coordinator, client, goal)
    await world.send()
    assert world.refs(coordinator, "news") == [client.id]
    world.courier.carried.clear()
    await world.until(world.now + timedelta(days=6))
    assert "reminder" in world.pushed(person), "reminders come again"


async def test_what_was_planned_before_is_planned_again_when_it_ends(world: World) -> None:
    coordinator, client, person = await world.case()
    await world.milestone(coordinator, client, world.now.date() + timedelta(days=20))
    async with world.database.write() as tx:
        await world.cases.restriction.restrict(tx, coordinator, client.id, world.now)
    await world.until(world.now + timedelta(days=10))
    async with world.database.write() as tx:
        await world.cases.restriction.end(tx, coordinator, client.id, world.now)
    world.courier.carried.clear()
    await world.send()
    assert world.pushed(person) == ["restriction"], "the person is told before anything else goes on"
    await world.until(world.now + timedelta(days=11))
    assert "reminder" in world.pushed(person)


async def test_retention_does_not_remove_what_is_stored_for_the_person(
    world: World, privacy: PrivacyService
) -> None:
    coordinator, client, _ = await world.case()
    gone = await world.client(coordinator)
    async with world.database.write() as tx:
        for case in (client, gone):
            await world.agreements.end_case(tx, coordinator, case.id, world.now)
        await world.cases.restriction.restrict(tx, coordinator, client.id, world.now)
    later = world.now + timedelta(days=Limits().closed_cases + 1)
    async with world.database.write() as tx:
        await privacy.purge(tx, later)
    async with world.database.read() as tx:
        assert await world.repository.client(tx, gone.id) is None
        assert await world.repository.client(tx, client.id) is not None


async def test_a_person_who_wants_both_leaves_a_case_that_can_be_erased(world: World) -> None:
    coordinator, client, person = await world.case()
    other, kept, _ = await world.case()
    await world.milestone(coordinator, client, world.now.date() + timedelta(days=2))
    async with world.database.write() as tx:
        await world.cases.restriction.restrict(tx, coordinator, client.id, world.now)
        await world.cases.restriction.restrict(tx, other, kept.id, world.now)
        await world.agreements.forget_person(tx, person, world.now)
        [line] = await world.day.day(tx, coordinator, world.now)
        assert (line.kind, line.client.id) == (LineKind.ERASURE, client.id), "the deadline and nothing else"
        page = await world.day.page(tx, coordinator, world.now)
        assert (page.lines, page.requests, page.names) == ([line], [], {client.id: ""})
        assert await world.day.day(tx, other, world.now) == [], "who wants theirs kept is not named"
        duty = await world.goals.duty(tx, coordinator, client.id)
        assert duty is not None
        assert duty.id == line.subject_id
        for actor in (other, person):
            with pytest.raises(NotFoundError):
                await world.goals.duty(tx, actor, client.id)
            with pytest.raises(NotFoundError):
                await world.cases.holds.erase(tx, actor, client.id, world.now)
        for shut in (
            world.agreements.get_client(tx, coordinator, client.id),
            world.agreements.end_case(tx, coordinator, client.id, world.now),
            world.cases.holds.erase(tx, other, kept.id, world.now),
        ):
            with pytest.raises(CaseRestrictedError):
                await shut
        await world.cases.holds.erase(tx, coordinator, client.id, world.now)
    async with world.database.read() as tx:
        assert await world.repository.client(tx, client.id) is None
        assert await world.day.day(tx, coordinator, world.now) == []


async def test_a_case_only_stored_can_be_held_against_the_wish(world: World) -> None:
    coordinator, client, person = await world.case()
    async with world.database.write() as tx:
        await world.cases.restriction.restrict(tx, coordinator, client.id, world.now)
        await world.agreements.forget_person(tx, person, world.now)
        [line] = await world.day.day(tx, coordinator, world.now)
        until = date(2027, 6, 30)
        await world.cases.holds.hold(tx, coordinator, client.id, HoldReason.COURT, until, world.now)
        await world.goals.finish_task(tx, coordinator, str(line.subject_id), world.now.date())
        assert await world.day.day(tx, coordinator, world.now) == []


async def test_every_look_and_change_is_in_the_log(world: World) -> None:
    coordinator, client, person = await world.case()
    async with world.database.write() as tx:
        await world.cases.restriction.ask(tx, person, client.id, world.now)
    async with world.database.write() as tx:
        await world.cases.restriction.restrict(tx, coordinator, client.id, world.now)
    async with world.database.read() as tx:
        rows = await world.people.trail.of_cases(tx, [client.id])
    of_it = [(row.acted_as.value, row.change) for row in rows if row.part is Part.RESTRICTION]
    assert ("coordinator", True) in of_it
    assert ("client", True) in of_it
