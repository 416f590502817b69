"""Imports and exports of cases on both databases: idempotent, all or nothing, with preview; what changed goes back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from agreements.transfer import writing
from agreements.transfer.errors import ColumnsInvalidError
from agreements.transfer.tables import described
from agreements.transfer.types import Columns, Leader
from agreements.types import MilestoneStatus
from db.tables.agreements import clients
from offers.types import ImportReport
from offers.xlsxfile import workbook
from people.errors import NotAllowedError
from people.types import Actor, Role
from tests.db.agreements_world import World

CLIENTS = """case_number;language;place;allocated_on;working_age;german_level;Sachbearbeiter
LM-1;fr;Haar;01.12.2026;yes;A1;egal
lm-2;ar;unterhaching;;no;;egal
"""
MILESTONES = """id;case_number;phrase;place;paper;due_on;status;roadmap_goal
M/1;LM-1;write_cv;;;20.02.2027;open;4.2
M/2;LM-1;join_club;Haar;;21.02.2027;open;
M/3;LM-2;write_cv;;;20.02.2020;done;
"""
APPOINTMENTS = """id;case_number;phrase;place;where;day;time;minutes;bring;status
A/1;LM-2;jobcenter;Haar;Hauptstraße 1;10.02.2027;9:30;45;logbook,cv;planned
"""
NO_COLUMNS = Columns()


def files(**changed: str) -> dict[str, bytes]:
    given = {"clients": CLIENTS, "milestones": MILESTONES, "appointments": APPOINTMENTS, **changed}
    return {f"{name}.csv": text.encode() for name, text in given.items() if text}


async def bring(
    world: World, actor: Actor, content: dict[str, bytes], *, dry: bool = False, columns: Columns = NO_COLUMNS
) -> ImportReport:
    async with world.database.write() as tx:
        return await world.transfer.import_tables(tx, actor, content, world.now, dry_run=dry, columns=columns)


def counts(report: ImportReport) -> tuple[int, int, int]:
    assert report.errors == ()
    return report.new, report.changed, report.unchanged


async def test_a_slip_in_the_year_names_row_and_column(world: World) -> None:
    kim = await world.person(Role.COORDINATOR)
    report = await bring(world, kim, files(clients=CLIENTS.replace("01.12.2026", "01.12.2096")))
    assert [(error.file, error.row, error.column) for error in report.errors] == [
        ("clients.csv", 2, "allocated_on")
    ]


async def test_a_second_time_changes_nothing(world: World) -> None:
    coordinator = await world.person(Role.COORDINATOR)
    assert counts(await bring(world, coordinator, files())) == (5, 0, 1)
    assert counts(await bring(world, coordinator, files())) == (0, 0, 6)
    async with world.database.read() as tx:
        one, two = await world.repository.clients_of(tx, coordinator.id)
        record = await world.files.record(tx, coordinator, one.id)
        goals = await world.agreements.milestones(tx, coordinator, one.id)
        appointments = await world.agreements.appointments(tx, coordinator, two.id)
        view = await world.goals.agreement(tx, coordinator, one.id)
    assert (one.case_number, one.language, one.place) == ("LM-1", "fr", "Haar")
    assert (two.case_number, two.place) == ("LM-2", "Unterhaching")
    assert (record.allocated_on, record.working_age, record.german_level) == (date(2026, 12, 1), True, "A1")
    assert [(m.phrase, dict(m.slots)) for m in goals] == [("write_cv", {}), ("join_club", {"place": "Haar"})]
    assert view.content.steps[0].roadmap_goal == "4.2"
    assert [(a.phrase, a.where, a.minutes) for a in appointments] == [("jobcenter", "Hauptstraße 1", 45)]


async def test_a_preview_counts_and_writes_nothing(world: World) -> None:
    coordinator = await world.person(Role.COORDINATOR)
    assert counts(await bring(world, coordinator, files(), dry=True)) == (5, 0, 1)
    async with world.database.read() as tx:
        assert await world.repository.clients_of(tx, coordinator.id) == []
    assert counts(await bring(world, coordinator, files())) == (5, 0, 1)


async def test_one_wrong_row_and_nothing_is_written_and_each_is_named(world: World) -> None:
    coordinator, other = await world.person(Role.COORDINATOR), await world.person(Role.COORDINATOR)
    await world.client(other, "LM-9")
    wrong = MILESTONES + "M/4;LM-9;write_cv;;;20.02.2027;open;\nM/5;LM-1;write_cv;;;01.01.2027;open;\n"
    report = await bring(world, coordinator, files(milestones=wrong))
    assert [(e.file, e.row, e.message.key) for e in report.errors] == [
        ("milestones.csv", 5, "error.not_found"),
        ("milestones.csv", 6, "error.due_in_past"),
    ]
    wrong = "case_number;language;german_level\nx;fr;A1\nLM-3;xx;A9\nLM-4;fr;A1\nLM-4;fr;A1\n"
    report = await bring(world, coordinator, files(clients=wrong, milestones="", appointments=""))
    assert [(e.row, e.column, e.message.key) for e in report.errors] == [
        (2, "case_number", "error.case_number_invalid"),
        (3, "language", "import.not_one_of"),
        (3, "german_level", "import.not_one_of"),
        (5, "", "import.double_id"),
    ]
    report = await bring(world, coordinator, {"x.csv": b"a;b\n", "clients.csv": b"", "b.xlsx": b"x"})
    assert {e.message.key for e in report.errors} == {
        "import.file_unknown",
        "import.file_empty",
        "import.not_xlsx",
    }
    async with world.database.read() as tx:
        assert (await tx.execute(select(func.count()).select_from(clients))).scalar_one() == 1


async def test_changes_come_in_and_what_was_agreed_is_not_rewritten(world: World) -> None:
    coordinator = await world.person(Role.COORDINATOR)
    await bring(world, coordinator, files())
    changed = files(
        milestones=MILESTONES.replace("20.02.2027;open", "25.02.2027;open").replace(
            "21.02.2027;open", "21.02.2027;done"
        ),
        appointments=APPOINTMENTS.replace("9:30", "10:30"),
        clients=CLIENTS.replace("Haar", "Grünwald"),
    )
    assert counts(await bring(world, coordinator, changed)) == (0, 4, 2)
    async with world.database.read() as tx:
        one, two = await world.repository.clients_of(tx, coordinator.id)
        goals = await world.agreements.milestones(tx, coordinator, one.id)
        appointment = (await world.agreements.appointments(tx, coordinator, two.id))[0]
    assert one.place == "Grünwald"
    assert {(m.due_on.day, m.status) for m in goals} == {
        (25, MilestoneStatus.MOVED),
        (21, MilestoneStatus.CONFIRMED),
    }
    assert appointment.local.hour == 10
    rewritten = files(milestones=MILESTONES.replace("write_cv", "open_bank_account"))
    report = await bring(world, coordinator, rewritten)
    assert [(e.row, e.message.key) for e in report.errors] == [(2, "error.step_not_possible")]
    gone = files(appointments=APPOINTMENTS.replace("planned", "cancelled"))
    assert (await bring(world, coordinator, gone)).errors == ()
    async with world.database.read() as tx:
        assert (await world.agreements.appointments(tx, coordinator, two.id))[0].status == "cancelled"


async def test_who_leads_a_field_decides(world: World) -> None:
    coordinator = await world.person(Role.COORDINATOR)
    await bring(world, coordinator, files())
    async with world.database.write() as tx:
        one, two = await world.repository.clients_of(tx, coordinator.id)
        cells = {"german_level": "B1", "place": "Grünwald"}
        await world.files.change(tx, coordinator, one.id, cells, world.now)
    filled = files(clients=CLIENTS.replace("no;;", "no;A2;"))
    assert counts(await bring(world, coordinator, filled)) == (0, 2, 4)
    async with world.database.read() as tx:
        assert (await world.files.record(tx, coordinator, one.id)).german_level == "B1"
        assert (await world.files.record(tx, coordinator, two.id)).german_level == "A2"
        assert (await world.agreements.get_client(tx, coordinator, one.id)).place == "Haar"
    leads = Columns(leaders={"clients": {"german_level": Leader.PROGRAM, "place": Leader.LOTSE}})
    other = files(clients=CLIENTS.replace("Haar", "Oberhaching"))
    await bring(world, coordinator, other, columns=leads)
    async with world.database.read() as tx:
        assert (await world.files.record(tx, coordinator, one.id)).german_level == "A1"
        assert (await world.agreements.get_client(tx, coordinator, one.id)).place == "Haar"


async def test_what_changed_since_the_last_export_goes_out_once(world: World) -> None:
    coordinator = await world.person(Role.COORDINATOR)
    await bring(world, coordinator, files())
    async with world.database.write() as tx:
        first = await world.transfer.export_changes(tx, coordinator, world.now)
    assert first.since is None
    assert first.rows == 5
    header, *rows = first.tables["clients"]
    assert header[0] == "case_number"
    assert "german_level" in header
    assert not {"call_name", "place", "language", "gender"} & set(header), "led by the other program"
    assert rows[0][header.index("german_level")] == "A1"
    header, *rows = first.tables["milestones"]
    assert [row[header.index("id")] for row in rows] == ["M/1", "M/2"]
    assert "Lebenslauf" in rows[0][header.index("title")]
    world.now += timedelta(hours=1)
    async with world.database.write() as tx:
        again = await world.transfer.export_changes(tx, coordinator, world.now)
        assert again.rows == 0
        world.now += timedelta(hours=1)
        one = (await world.repository.clients_of(tx, coordinator.id))[0]
        await world.files.change(tx, coordinator, one.id, {"german_level": "A2"}, world.now)
        look = await world.transfer.export_changes(tx, coordinator, world.now, mark=False)
        third = await world.transfer.export_changes(tx, coordinator, world.now)
        assert look.tables == third.tables
        assert third.rows == 1
        every = await world.transfer.export_changes(tx, coordinator, world.now, everything=True)
        assert every.rows == 5


async def test_what_went_out_comes_back_without_a_change(world: World) -> None:
    coordinator, client, _ = await world.case()
    milestone = await world.milestone(coordinator, client, date(2027, 2, 20))
    await world.appointment(coordinator, client, "2027-02-10T09:30")
    async with world.database.write() as tx:
        await world.files.change(tx, coordinator, client.id, {"degree": "primary"}, world.now)
        export = await world.transfer.export_changes(tx, coordinator, world.now)
    assert export.rows == 3
    for content in (writing.csv_files(export), {"x.xlsx": writing.workbook(export)}):
        assert counts(await bring(world, coordinator, content)) == (0, 0, 3)
    late = {"m.xlsx": workbook({"milestones": export.tables["milestones"]})}
    assert counts(await bring(world, coordinator, late)) == (0, 0, 1)
    async with world.database.read() as tx:
        found = await world.agreements.milestones(tx, coordinator, client.id)
    assert [m.id for m in found] == [milestone.id]


async def test_columns_are_called_as_the_other_program_calls_them(world: World) -> None:
    coordinator = await world.person(Role.COORDINATOR)
    columns = described(
        {
            "clients": {
                "case_number": "Aktenzeichen",
                "german_level": {"column": "Sprachstand", "leads": "lotse"},
            }
        }
    )
    table = "Aktenzeichen;language;Sprachstand\nLM-1;fr;A1\n"
    report = await bring(
        world, coordinator, files(clients=table, milestones="", appointments=""), columns=columns
    )
    assert counts(report) == (1, 0, 0)
    report = await bring(world, coordinator, files(clients=CLIENTS), columns=columns)
    assert [(e.column, e.message.key) for e in report.errors] == [("Aktenzeichen", "import.column_missing")]
    async with world.database.write() as tx:
        export = await world.transfer.export_changes(tx, coordinator, world.now, columns=columns)
    assert {"Aktenzeichen", "Sprachstand"} <= set(export.tables["clients"][0])


@pytest.mark.parametrize(
    "wrong",
    [
        {"x": {}},
        {"clients": "x"},
        {"clients": {"x": "y"}},
        {"clients": {"place": {"leads": "nobody"}}},
        {"clients": {"place": "A", "language": "A"}},
    ],
)
def test_a_wrong_description_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ColumnsInvalidError):
        described(wrong)


async def test_only_coordinators_import_and_export(world: World) -> None:
    for role in (Role.ADMINISTRATOR, Role.LEAD, Role.VOLUNTEER):
        actor = await world.person(role)
        async with world.database.write() as tx:
            with pytest.raises(NotAllowedError):
                await world.transfer.import_tables(tx, actor, files(), world.now, dry_run=True)
            with pytest.raises(NotAllowedError):
                await world.transfer.export_changes(tx, actor, world.now)
