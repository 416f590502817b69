"""Case work on both databases: files, links, milestones, appointments, requests, and who may see what."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, insert, update

from agreements import errors
from agreements.types import (
    HelpReason,
    RequestKind,
)
from agreements.types import MilestoneStatus as Status
from db.crypto import Cipher, Keyring
from db.engine import Database
from db.tables.agreements import client_deputies, clients
from people.errors import InvitationInvalidError, NotAllowedError, NotFoundError
from people.types import Role
from tests.db.agreements_world import World, at, states

FEB = date(2027, 2, 20)


async def test_a_case_number_is_one_client_in_any_spelling(world: World) -> None:
    coordinator = await world.person(Role.COORDINATOR)
    client = await world.client(coordinator, " lm-2027/014 ")
    assert client.case_number == "LM-2027/014"
    assert not client.reminders
    with pytest.raises(errors.CaseNumberTakenError):
        await world.client(coordinator, "LM-2027/014")
    with pytest.raises(errors.CaseNumberInvalidError):
        await world.client(coordinator, "x")
    async with world.database.read() as tx:
        assert await world.agreements.get_client(tx, coordinator, client.id) == client


async def test_languages_and_places_are_checked(world: World) -> None:
    coordinator = await world.person(Role.COORDINATOR)
    async with world.database.write() as tx:
        with pytest.raises(errors.LanguageUnknownError):
            await world.agreements.create_client(tx, coordinator, "ABC", "xx", "", world.now)
        with pytest.raises(errors.PlaceTooLongError):
            await world.agreements.create_client(tx, coordinator, "ABC", "de", "x" * 61, world.now)


async def test_only_coordinators_open_and_list_cases(world: World) -> None:
    for actor in (
        await world.person(),
        await world.person(Role.VOLUNTEER),
        await world.person(Role.ADMINISTRATOR),
    ):
        with pytest.raises(NotAllowedError):
            await world.client(actor)
        async with world.database.read() as tx:
            with pytest.raises(NotAllowedError):
                await world.agreements.list_clients(tx, actor, world.now)
            with pytest.raises(NotAllowedError):
                await world.agreements.open_requests(tx, actor)


async def test_link_and_relink(world: World) -> None:
    coordinator, client, person = await world.case()
    assert client.person_id == person.id
    assert client.language == "en"
    other = await world.person()
    relinked = await world.link(coordinator, client, other, yes=False)
    assert relinked.person_id == other.id
    assert not relinked.reminders
    async with world.database.read() as tx:
        assert await world.agreements.own_clients(tx, person) == []
        with pytest.raises(errors.NotLinkedError):
            await world.agreements.own_milestones(tx, person)
    await world.send()
    assert world.refs(coordinator, "news") == [client.id]


async def test_linking_again_to_the_same_client_keeps_the_yes(world: World) -> None:
    coordinator, client, person = await world.case()
    again = await world.link(coordinator, client, person, yes=False)
    assert again.reminders


async def test_an_invitation_is_used_once_and_not_by_its_maker(world: World) -> None:
    coordinator, person = await world.person(Role.COORDINATOR), await world.person()
    client = await world.client(coordinator)
    async with world.database.write() as tx:
        new = await world.agreements.invite_client(tx, coordinator, client.id, world.now)
        invitation = await world.people.look_up(tx, coordinator, new.code, world.now)
        with pytest.raises(errors.OwnInvitationError):
            await world.agreements.link(tx, coordinator, invitation, world.now)
        await world.agreements.link(tx, person, invitation, world.now)
        with pytest.raises(InvitationInvalidError):
            await world.agreements.link(tx, await world.people.actor(tx, person.id), invitation, world.now)


async def test_a_staff_invitation_links_nobody(world: World) -> None:
    person = await world.person()
    async with world.database.write() as tx:
        new = await world.people.invite(tx, None, Role.VOLUNTEER, world.now)
        invitation = await world.people.look_up(tx, person, new.code, world.now)
        with pytest.raises(InvitationInvalidError):
            await world.agreements.link(tx, person, invitation, world.now)


async def test_whole_life_of_a_milestone(world: World) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, FEB)
    await world.send()
    assert world.refs(person, "milestone") == [milestone.id]
    assert [row.occurrence for row in await world.rows(milestone.id)] == [
        at("2027-02-06 09:00"),
        at("2027-02-17 09:00"),
        at("2027-02-20 09:00"),
    ]
    async with world.database.write() as tx:
        with pytest.raises(errors.ReasonNeededError):
            await world.agreements.report(tx, person, milestone.id, Status.NEEDS_HELP, None, world.now)
        with pytest.raises(errors.StepNotPossibleError):
            await world.agreements.report(tx, person, milestone.id, Status.CONFIRMED, None, world.now)
        receipt = await world.agreements.report(
            tx, person, milestone.id, Status.NEEDS_HELP, HelpReason.ILLNESS, world.now
        )
    assert receipt.new
    assert receipt.answer_by == date(2027, 2, 2)
    assert receipt.coordinator_id == coordinator.id
    await world.send()
    assert world.refs(coordinator, "news") == [receipt.request.id]

    line = await world.line(coordinator, client)
    assert (line.calls, line.open_requests, line.next_due) == (1, 1, FEB)
    async with world.database.read() as tx:
        events = await world.agreements.milestone_events(tx, coordinator, milestone.id)
    assert events[-1].reason is HelpReason.ILLNESS

    async with world.database.write() as tx:
        seen = await world.agreements.request(tx, coordinator, receipt.request.id, world.now)
        assert (seen.request.seen_at, seen.milestone and seen.milestone.id) == (world.now, milestone.id)
        answered = await world.agreements.answer(
            tx, coordinator, receipt.request.id, "extended", {"date": "2027-03-30"}, world.now
        )
        with pytest.raises(errors.AlreadyAnsweredError):
            await world.agreements.answer(tx, coordinator, receipt.request.id, "you_did_well", {}, world.now)
        moved = await world.agreements.milestone(tx, coordinator, milestone.id)
    assert (moved.status, moved.due_on) == (Status.MOVED, date(2027, 3, 30))
    assert states(await world.rows(milestone.id)) == ["cancelled"] * 3 + ["planned"] * 3
    await world.send()
    assert world.refs(person, "answer") == [answered.id]
    async with world.database.read() as tx:
        said = await world.agreements.own_answer(tx, person, answered.id)
        assert (said.answer, said.answer_slots) == ("extended", {"date": "2027-03-30"})

    async with world.database.write() as tx:
        done = await world.agreements.report(tx, person, milestone.id, Status.REPORTED_DONE, None, world.now)
        await world.agreements.confirm_milestone(tx, coordinator, milestone.id, world.now)
        with pytest.raises(errors.MilestoneClosedError):
            await world.agreements.report(tx, person, milestone.id, Status.NEEDS_TIME, None, world.now)
        with pytest.raises(errors.MilestoneClosedError):
            await world.agreements.move_milestone(tx, coordinator, milestone.id, FEB, world.now)
        events = await world.agreements.milestone_events(tx, coordinator, milestone.id)
        assert await world.agreements.open_requests(tx, coordinator) == []
    assert [event.status for event in events] == [
        Status.OPEN,
        Status.NEEDS_HELP,
        Status.MOVED,
        Status.REPORTED_DONE,
        Status.CONFIRMED,
    ]
    assert events[1].reason is HelpReason.ILLNESS
    assert "planned" not in states(await world.rows(milestone.id))
    await world.send()
    assert world.refs(person, "answer") == [answered.id, done.request.id]


async def test_saying_it_twice_is_said_once(world: World) -> None:
    coordinator, client, person = await world.case()
    milestone = await world.milestone(coordinator, client, FEB)
    async with world.database.write() as tx:
        first = await world.agreements.report(tx, person, milestone.id, Status.NEEDS_TIME, None, world.now)
        again = await world.agreements.report(tx, person, milestone.id, Status.NEEDS_TIME, None, world.now)
        assert (again.new, again.request.id) == (False, first.request.id)
        other = await world.agreements.report(tx, person, milestone.id, Status.REPORTED_DONE, None, world.now)
        waiting = await world.agreements.open_requests(tx, coordinator)
        assert [line.request.id for line in waiting] == [other.request.id]
        withdrawn = await world.agreements.own_answer(tx, person, first.request.id)
        assert not withdrawn.open
        assert withdrawn.answer is None
    await world.send()
    assert world.refs(coordinator, "news") == [other.request.id]


async def test_days_and_phrases_are_checked(world: World) -> None:
    coordinator, client, _ = await world.case()
    with pytest.raises(errors.DueInPastError):
        await world.milestone(coordinator, client, date(2027, 1, 31))
    with pytest.raises(errors.DueTooFarError):
        await world.milestone(coordinator, client, date(2031, 1, 1))
    with pytest.raises(errors.PhraseInvalidError):
        await world.milestone(coordinator, client, FEB, "jobcenter")
    milestone = await world.milestone(coordinator, client, FEB)
    async with world.database.write() as tx:
        with pytest.raises(errors.DueInPastError):
            await world.agreements.move_milestone(tx, coordinator, milestone.id, date(2027, 1, 31), world.now)
        moved = await world.agreements.move_milestone(
            tx, coordinator, milestone.id, FEB + timedelta(7), world.now
        )
        agreement = await world.agreements.agreement(tx, coordinator, client.id)
    assert moved.due_on == date(2027, 2, 27)
    assert agreement is not None
    assert (agreement.version, agreement.signed_on) == (1, date(2027, 2, 1))


async def test_wishes_and_calls_reach_the_coordinator_once(world: World) -> None:
    coordinator, client, person = await world.case()
    async with world.database.write() as tx:
        wish = await world.agreements.wish(tx, person, "offer1", world.now)
        assert not (await world.agreements.wish(tx, person, "offer1", world.now)).new
        assert (await world.agreements.wish(tx, person, "offer2", world.now)).new
        call = await world.agreements.ask_human(tx, person, HelpReason.LANGUAGE, world.now)
        waiting = await world.agreements.open_requests(tx, coordinator)
    assert [line.request.kind for line in waiting] == [RequestKind.TALK, RequestKind.WISH, RequestKind.WISH]
    assert waiting[0].client.id == client.id
    await world.send()
    assert world.refs(coordinator, "news")[0] == wish.request.id
    assert len(world.refs(coordinator, "news")) == 3
    async with world.database.write() as tx:
        news = await world.agreements.news(tx, coordinator, call.request.id, world.now)
        assert news.request is not None
        assert news.request.request.reason is HelpReason.LANGUAGE
        assert (await world.agreements.news(tx, coordinator, client.id, world.now)).client.id == client.id


async def test_strangers_have_nothing_to_ask_for(world: World) -> None:
    stranger = await world.person()
    async with world.database.write() as tx:
        for ask in (
            world.agreements.wish(tx, stranger, "offer1", world.now),
            world.agreements.ask_human(tx, stranger, None, world.now),
            world.agreements.own_milestones(tx, stranger),
            world.agreements.own_appointments(tx, stranger, world.now),
            world.agreements.own_agreement(tx, stranger),
            world.agreements.set_reminders(tx, stranger, True, world.now),
        ):
            with pytest.raises(errors.NotLinkedError):
                await ask


async def test_the_list_begins_with_the_worst(world: World) -> None:
    coordinator, calm, _ = await world.case()
    await world.milestone(coordinator, calm, date(2027, 3, 20))
    soon = await world.client(coordinator, "B-SOON")
    await world.milestone(coordinator, soon, date(2027, 2, 28))
    late = await world.client(coordinator, "C-LATE")
    await world.milestone(coordinator, late, date(2027, 2, 2))
    caller, person = await world.client(coordinator, "D-CALL"), await world.person()
    await world.link(coordinator, caller, person)
    async with world.database.write() as tx:
        await world.agreements.ask_human(tx, person, None, world.now)
    world.now = at("2027-02-03 10:00")
    async with world.database.read() as tx:
        lines = await world.agreements.list_clients(tx, coordinator, world.now)
    assert [line.client.id for line in lines] == [caller.id, late.id, soon.id, calm.id]
    assert [line.unreachable for line in lines] == [False, True, True, False]
    assert lines[1].overdue == 1


async def test_deputies_work_on_a_case_too(world: World) -> None:
    _, client, _ = await world.case()
    deputy = await world.person(Role.COORDINATOR)
    async with world.database.write() as tx:
        with pytest.raises(NotFoundError):
            await world.agreements.get_client(tx, deputy, client.id)
        await tx.execute(insert(client_deputies).values(client_id=client.id, person_id=deputy.id))
        assert (await world.agreements.get_client(tx, deputy, client.id)).deputies == {deputy.id}
        assert [line.client.id for line in await world.agreements.list_clients(tx, deputy, world.now)] == [
            client.id
        ]


async def test_who_looks_after_people_cannot_be_forgotten(world: World) -> None:
    coordinator, client, person = await world.case()
    async with world.database.write() as tx:
        with pytest.raises(errors.StillCoordinatesError):
            await world.agreements.forget_person(tx, coordinator, world.now)
        await world.agreements.forget_person(tx, person, world.now)
        await world.people.forget(tx, person.id)
        assert not (await world.agreements.get_client(tx, coordinator, client.id)).linked


async def test_the_database_file_shows_nothing_personal(sqlite_url: str, new_id: Callable[[], str]) -> None:
    database = Database(sqlite_url)
    world = World(database, Cipher(Keyring.generate()), new_id)
    coordinator, person = await world.person(Role.COORDINATOR), await world.person()
    client = await world.link(coordinator, await world.client(coordinator, "KANARIE-4711"), person)
    async with database.write() as tx:
        milestone = await world.agreements.add_milestone(
            tx, coordinator, client.id, "join_club", {"place": "Kanariental"}, FEB, None, world.now
        )
        await world.agreements.add_appointment(
            tx,
            coordinator,
            client.id,
            "doctor",
            "Haar",
            "Kanarienweg 3",
            datetime(2027, 2, 9, 9),
            30,
            [],
            world.now,
        )
        receipt = await world.agreements.report(
            tx, person, milestone.id, Status.NEEDS_HELP, HelpReason.DONT_UNDERSTAND, world.now
        )
        await world.agreements.answer(
            tx, coordinator, receipt.request.id, "see_counselling", {"place": "Kanarienstadt"}, world.now
        )
        found = await world.agreements.own_milestone(tx, person, milestone.id)
        assert found.slots == {"place": "Kanariental"}
    assert "KANARIE" not in repr(client)
    assert "Kanarien" not in repr(found)
    await database.close()
    folder = Path(database.url.partition("///")[2]).parent
    raw = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    assert b"milestones" in raw
    for word in (b"KANARIE", b"Kanarien", b"dont_understand", b"see_counselling"):
        assert word not in raw


async def test_a_page_asks_for_a_case_once_and_whoever_writes_reads_it_anew(world: World) -> None:
    coordinator, client, _ = await world.case()
    said: list[str] = []
    engine = world.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: said.append(statement))
    async with world.database.read() as tx:
        first = await world.agreements.get_client(tx, coordinator, client.id)
        before = len(said)
        assert await world.agreements.get_client(tx, coordinator, client.id) == first
        assert len(said) == before
    async with world.database.write() as tx:
        await world.agreements.get_client(tx, coordinator, client.id)
        await tx.execute(update(clients).values(place="Haar"))
        assert (await world.agreements.get_client(tx, coordinator, client.id)).place == "Haar"
    async with world.database.read() as tx:
        assert (await world.agreements.get_client(tx, coordinator, client.id)).place == "Haar"
