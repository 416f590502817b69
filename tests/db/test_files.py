"""The client's file on both databases: recorded, corrected, taken back, and for nobody else."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select

from agreements import rules
from agreements.errors import CaseNumberTakenError, DayTooOldError
from agreements.files.errors import (
    ChangedAgainError,
    ChangedMeanwhileError,
    ContactDayError,
    FieldsInvalidError,
    NoteEmptyError,
)
from agreements.files.fields import FIELDS
from agreements.files.rules import education_due_on, recorded_in_time
from agreements.files.types import Channel, Degree, Gender, Literacy, Record, StatusGroup
from agreements.rules import months_later
from db.tables.agreements import clients
from db.tables.files import case_notes, client_changes, client_files
from offers.types import RESIDENCE
from people.errors import NotFoundError
from people.types import Role
from tests.db.agreements_world import World

EVERYTHING = {
    "allocated_on": "01.12.2026",
    "working_age": "yes",
    "labour_access_on": "2027-01-15",
    "status_group": "tolerated",
    "gender": "woman",
    "call_name": "Frau Rose",
    "school_years": "9",
    "degree": "secondary",
    "german_level": "A2",
    "profession": "Schneiderin",
    "literacy": "other_script",
    "education_recorded_on": "05.01.2027",
    "competence_offered_on": "06.01.2027",
    "competence_done_on": "07.01.2027",
}


async def test_what_is_written_is_there_for_the_next_who_looks(world: World) -> None:
    coordinator, client, _ = await world.case()
    async with world.database.write() as tx:
        change = await world.files.change(tx, coordinator, client.id, EVERYTHING, world.now)
    async with world.database.read() as tx:
        file = await world.files.file(tx, coordinator, client.id)
    assert file.record == Record(
        client.id,
        date(2026, 12, 1),
        True,
        date(2027, 1, 15),
        StatusGroup.TOLERATED,
        Gender.WOMAN,
        "Frau Rose",
        9,
        Degree.SECONDARY,
        "A2",
        "Schneiderin",
        Literacy.OTHER_SCRIPT,
        date(2027, 1, 5),
        date(2027, 1, 6),
        date(2027, 1, 7),
    )
    assert change is not None
    assert [(c.changed_by, c.changed_at) for c in file.changes] == [(coordinator.id, world.now)]
    assert dict(change.before) == dict.fromkeys(EVERYTHING, "")


async def test_a_form_sent_again_changes_nothing_and_an_empty_cell_clears(world: World) -> None:
    coordinator, client, _ = await world.case()
    async with world.database.write() as tx:
        await world.files.change(tx, coordinator, client.id, EVERYTHING, world.now)
        cells = await world.files.cells(tx, coordinator, client.id)
        assert set(cells) == set(FIELDS)
        assert await world.files.change(tx, coordinator, client.id, cells, world.now) is None
        cleared = await world.files.change(tx, coordinator, client.id, {"gender": ""}, world.now)
        record = await world.files.record(tx, coordinator, client.id)
    assert cleared is not None
    assert (cleared.before, cleared.after) == ({"gender": "woman"}, {"gender": ""})
    assert record.gender is None
    assert record.degree is Degree.SECONDARY


async def test_one_wrong_cell_and_nothing_is_written_and_each_says_why(world: World) -> None:
    coordinator, client, _ = await world.case()
    cells = {
        "call_name": "Rose",
        "german_level": "A9",
        "allocated_on": "31.02.2027",
        "language": "",
        "x": "1",
    }
    async with world.database.write() as tx:
        with pytest.raises(FieldsInvalidError) as caught:
            await world.files.change(tx, coordinator, client.id, cells, world.now)
        assert await world.files.record(tx, coordinator, client.id) == Record(client.id)
    assert {name: message.key for name, message in caught.value.fields.items()} == {
        "german_level": "import.not_one_of",
        "allocated_on": "import.bad_date",
        "language": "import.empty",
        "x": "import.column_unknown",
    }


async def test_a_slip_in_the_year_is_named_for_each_day(world: World) -> None:
    coordinator, client, _ = await world.case()

    async def wrong(**cells: str) -> dict[str, str]:
        async with world.database.write() as tx:
            try:
                await world.files.change(tx, coordinator, client.id, cells, world.now)
            except FieldsInvalidError as error:
                return {name: message.key for name, message in error.fields.items()}
        return {}

    ahead, order, far = "cw.error.day_ahead", "cw.error.days_order", "error.due_too_far"
    assert await wrong(competence_done_on="2072-02-01") == {"competence_done_on": ahead}
    days = {"allocated_on": "2027-01-15", "education_recorded_on": "2020-01-20"}
    assert await wrong(**days) == {"education_recorded_on": order}
    assert await wrong(allocated_on="2097-01-15") == {"allocated_on": far}
    assert await wrong(labour_access_on="2027-05-01", allocated_on="2027-03-01") == {}
    # What stands there already keeps nobody from writing something else.
    assert await wrong(education_recorded_on="2027-01-20") == {"education_recorded_on": order}
    assert await wrong(allocated_on="2027-01-15", education_recorded_on="2027-01-20") == {}
    assert await wrong(allocated_on="2027-02-01") == {"education_recorded_on": order}, "corrected later"
    assert await wrong(allocated_on="2027-01-18") == {}
    assert await wrong(education_recorded_on="2027-01-20", profession="Köchin") == {}


async def test_a_contact_was_neither_tomorrow_nor_in_the_year_206(world: World) -> None:
    coordinator, client, _ = await world.case()
    async with world.database.write() as tx:
        for day, error in ((date(2027, 2, 2), ContactDayError), (date(206, 2, 1), DayTooOldError)):
            with pytest.raises(error):
                await world.files.add_contact(tx, coordinator, client.id, Channel.PHONE, day, "", world.now)


async def test_an_interview_that_says_what_was_learnt_records_it_today(world: World) -> None:
    coordinator = await world.person(Role.COORDINATOR)
    client = await world.client(coordinator)
    form = {"degree": "", "school_years": "", "german_level": "A1", "education_recorded_on": ""}
    today = rules.today(world.now)
    async with world.database.write() as tx:
        assert await world.files.says_more(tx, coordinator, client.id, form, world.now)
        await world.files.interview(tx, coordinator, client.id, form, world.now)
        assert (await world.files.record(tx, coordinator, client.id)).education_recorded_on is None
        form["degree"] = "secondary"
        await world.files.interview(tx, coordinator, client.id, form, world.now)
        assert (await world.files.record(tx, coordinator, client.id)).education_recorded_on == today
        # A draft that comes in after the form was sent says nothing new, not even with its day left empty.
        assert not await world.files.says_more(tx, coordinator, client.id, form, world.now)
        later = world.now + timedelta(days=40)
        await world.files.interview(tx, coordinator, client.id, {**form, "school_years": "8"}, later)
        assert (await world.files.record(tx, coordinator, client.id)).education_recorded_on == today
        own = {**form, "education_recorded_on": "01.11.2026"}
        await world.files.interview(tx, coordinator, client.id, own, later)
        found = await world.files.record(tx, coordinator, client.id)
    assert found.education_recorded_on == date(2026, 11, 1)


async def test_an_interview_writes_what_was_typed_and_nothing_that_others_changed(world: World) -> None:
    coordinator = await world.person(Role.COORDINATOR)
    client = await world.client(coordinator)
    shown = {"german_level": "", "profession": "", "call_name": "Amira"}

    async def interview(**typed: str) -> Record:
        async with world.database.write() as tx:
            form = {**shown, **typed}
            await world.files.interview(tx, coordinator, client.id, form, world.now, shown=shown)
            return await world.files.record(tx, coordinator, client.id)

    async with world.database.write() as tx:
        await world.files.change(tx, coordinator, client.id, {"call_name": "Amira"}, world.now)
        await world.files.change(tx, coordinator, client.id, {"german_level": "B1"}, world.now)
    found = await interview(profession="Koch")
    assert (found.german_level, found.profession, found.call_name) == ("B1", "Koch", "Amira")
    assert (await interview(german_level="B1", profession="Koch")).german_level == "B1"
    with pytest.raises(ChangedMeanwhileError):
        await interview(german_level="A1", profession="Koch")


async def test_two_who_write_at_once_lose_nothing_of_each_other(world: World) -> None:
    coordinator, client, _ = await world.case()

    async def write(cells: dict[str, str], after: float, before_the_end: float) -> None:
        await asyncio.sleep(after)
        async with world.database.write() as tx:
            await world.files.change(tx, coordinator, client.id, cells, world.now)
            await asyncio.sleep(before_the_end)

    await write({"call_name": "Amira"}, 0, 0)
    await asyncio.gather(write({"german_level": "B1"}, 0, 1), write({"profession": "Koch"}, 0.3, 0))
    async with world.database.read() as tx:
        found = await world.files.record(tx, coordinator, client.id)
    assert (found.call_name, found.german_level, found.profession) == ("Amira", "B1", "Koch")


async def test_case_number_language_and_place_are_corrected_and_taken_back(world: World) -> None:
    coordinator = await world.person(Role.COORDINATOR)
    client, other = await world.client(coordinator, "LM-1x"), await world.client(coordinator, "LM-2x")
    async with world.database.write() as tx:
        cells = {"case_number": "lm-3", "language": "fr", "place": "unterschleissheim"}
        change = await world.files.change(tx, coordinator, client.id, cells, world.now)
        assert change is not None
        found = await world.agreements.get_client(tx, coordinator, client.id)
        assert (found.case_number, found.language, found.place) == ("LM-3", "fr", "Unterschleißheim")
        assert (await world.repository.client_by_case(tx, "LM-3")) == found
        with pytest.raises(CaseNumberTakenError):
            await world.files.change(
                tx, coordinator, client.id, {"case_number": other.case_number}, world.now
            )
        await world.files.undo(tx, coordinator, change.id, world.now)
        assert await world.agreements.get_client(tx, coordinator, client.id) == client


async def test_whoever_has_the_bot_chooses_their_language_themselves(world: World) -> None:
    coordinator, client, _ = await world.case()
    async with world.database.write() as tx:
        with pytest.raises(FieldsInvalidError) as caught:
            await world.files.change(tx, coordinator, client.id, {"language": "fr"}, world.now)
    assert caught.value.fields["language"].key == "cw.error.language_own"


async def test_only_what_nobody_changed_since_is_taken_back(world: World) -> None:
    coordinator, client, _ = await world.case()
    async with world.database.write() as tx:
        first = await world.files.change(tx, coordinator, client.id, {"degree": "primary"}, world.now)
        second = await world.files.change(tx, coordinator, client.id, {"degree": "university"}, world.now)
        assert first is not None
        assert second is not None
        with pytest.raises(ChangedAgainError):
            await world.files.undo(tx, coordinator, first.id, world.now)
        undone = await world.files.undo(tx, coordinator, second.id, world.now)
        assert undone.undoes == second.id
        assert (await world.files.record(tx, coordinator, client.id)).degree is Degree.PRIMARY
        # Taking back what was taken back brings it again.
        await world.files.undo(tx, coordinator, undone.id, world.now)
        assert (await world.files.record(tx, coordinator, client.id)).degree is Degree.UNIVERSITY


async def test_notes_and_contacts_are_corrected_removed_and_brought_back(world: World) -> None:
    coordinator, client, _ = await world.case()
    async with world.database.write() as tx:
        note = await world.files.add_note(
            tx, coordinator, client.id, " sucht\u202e eine Wohnung \n", world.now
        )
        assert note.text == "sucht eine Wohnung"
        contact = await world.files.add_contact(
            tx, coordinator, client.id, Channel.PHONE, date(2027, 1, 20), "", world.now
        )
        corrected = await world.files.correct_note(tx, coordinator, note.id, "hat eine Wohnung", world.now)
        removed = await world.files.remove_note(tx, coordinator, note.id, world.now + timedelta(minutes=1))
        assert [n.id for n in (await world.files.file(tx, coordinator, client.id)).notes] == [contact.id]
        with pytest.raises(ChangedAgainError):
            await world.files.undo(tx, coordinator, corrected.id, world.now)
        await world.files.undo(tx, coordinator, removed.id, world.now + timedelta(minutes=2))
        texts = {n.text for n in (await world.files.file(tx, coordinator, client.id)).notes}
        assert texts == {"", "hat eine Wohnung"}
        for wrong in ("", "  ", "x" * 4001):
            with pytest.raises(NoteEmptyError):
                await world.files.add_note(tx, coordinator, client.id, wrong, world.now)
        with pytest.raises(ContactDayError):
            await world.files.add_contact(
                tx, coordinator, client.id, Channel.VISIT, date(2027, 2, 2), "", world.now
            )


async def test_a_file_is_for_its_coordinator_and_deputies_alone(world: World) -> None:
    coordinator, client, person = await world.case()
    async with world.database.write() as tx:
        note = await world.files.add_note(tx, coordinator, client.id, "x", world.now)
        change = await world.files.change(tx, coordinator, client.id, {"degree": "primary"}, world.now)
    assert change is not None
    strangers = [person, *[await world.person(role) for role in Role if role is not Role.CLIENT]]
    async with world.database.write() as tx:
        for actor in strangers:
            for call in (
                world.files.file(tx, actor, client.id),
                world.files.record(tx, actor, client.id),
                world.files.cells(tx, actor, client.id),
                world.files.change(tx, actor, client.id, {"degree": "none"}, world.now),
                world.files.undo(tx, actor, change.id, world.now),
                world.files.add_note(tx, actor, client.id, "x", world.now),
                world.files.add_contact(tx, actor, client.id, Channel.CHAT, date(2027, 1, 1), "", world.now),
                world.files.correct_note(tx, actor, note.id, "y", world.now),
                world.files.remove_note(tx, actor, note.id, world.now),
            ):
                with pytest.raises(NotFoundError):
                    await call
        for call in (
            world.files.undo(tx, coordinator, "nothing", world.now),
            world.files.correct_note(tx, coordinator, "nothing", "y", world.now),
        ):
            with pytest.raises(NotFoundError):
                await call


async def test_a_day_comes_back_only_where_it_goes_with_what_was_corrected_since(world: World) -> None:
    coordinator, client, _ = await world.case()
    async with world.database.write() as tx:
        days = {"allocated_on": "2027-01-05", "education_recorded_on": "2027-01-10"}
        await world.files.change(tx, coordinator, client.id, days, world.now)
        moved = await world.files.change(
            tx, coordinator, client.id, {"education_recorded_on": "2027-01-20"}, world.now
        )
        assert moved is not None
        await world.files.change(tx, coordinator, client.id, {"allocated_on": "2027-01-15"}, world.now)
        with pytest.raises(FieldsInvalidError) as caught:
            await world.files.undo(tx, coordinator, moved.id, world.now)
        assert caught.value.fields.keys() == {"education_recorded_on"}
        await world.files.change(tx, coordinator, client.id, {"allocated_on": "2027-01-08"}, world.now)
        await world.files.undo(tx, coordinator, moved.id, world.now)
        record = await world.files.record(tx, coordinator, client.id)
    assert record.education_recorded_on == date(2027, 1, 10)


async def test_with_the_case_everything_goes(world: World) -> None:
    coordinator, client, _ = await world.case()
    async with world.database.write() as tx:
        await world.files.change(tx, coordinator, client.id, EVERYTHING, world.now)
        await world.files.add_note(tx, coordinator, client.id, "x", world.now)
        await tx.execute(delete(clients).where(clients.c.id == client.id))
    async with world.database.read() as tx:
        for table in (client_files, client_changes, case_notes):
            assert (await tx.execute(select(func.count()).select_from(table))).scalar_one() == 0


def test_status_groups_are_those_of_offers() -> None:
    assert {"any", *StatusGroup} == set(RESIDENCE)


@pytest.mark.parametrize(
    ("day", "until"),
    [
        (date(2026, 12, 1), date(2027, 3, 1)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
        (date(2027, 8, 31), date(2027, 11, 30)),
    ],
)
def test_three_months_end_on_a_day_that_exists(day: date, until: date) -> None:
    assert months_later(day, 3) == until
    record = Record("c", allocated_on=day, working_age=True)
    assert education_due_on(record) == until
    assert recorded_in_time(record) is False
    assert recorded_in_time(Record("c", day, True, education_recorded_on=until)) is True
    assert recorded_in_time(Record("c", day, True, education_recorded_on=until + timedelta(days=1))) is False


def test_who_is_not_of_working_age_does_not_count() -> None:
    child = Record("c", date(2027, 1, 1), working_age=False)
    assert education_due_on(child) is None
    assert recorded_in_time(child) is None
    assert recorded_in_time(Record("c", date(2027, 1, 1))) is None
