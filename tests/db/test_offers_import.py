"""`lotse offers import` as people use it, on both databases: all or nothing, every wrong cell named, a second time nothing new."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, insert, select
from sqlalchemy.pool import NullPool
from typer.testing import CliRunner, Result

from db import migrate
from db.crypto import Keyring
from db.engine import Database
from db.tables import offers as tables
from db.tables.people import persons
from lotse import cli, log
from offers import importer
from offers.editing import EditingService
from offers.hsds import reading, services
from offers.importer import Catalogue
from offers.repository import OffersRepository
from offers.responsible.repository import ResponsibleRepository
from offers.service import OffersService
from offers.twins.repository import TwinsRepository
from offers.types import ImportReport, Offer
from people.types import Actor, Person, Role
from tests.catalogue import HOUSE, sample, sample_files

Import = Callable[..., Result]
COURSE = "deutsch-a1-kinderbetreuung-haar"
NAME = "Deutschkurs A1 am Vormittag mit Kinderbetreuung"
TABLES = ("providers", "offers", "schedules")


@pytest.fixture
def run_import(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Import:
    """Writes tables into a folder and imports it by the command line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOTSE_DATABASE_URL", database_url)
    monkeypatch.setenv("LOTSE_KEYS", Keyring.generate().to_json())
    monkeypatch.setenv("LOTSE_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "240")
    monkeypatch.setattr(log, "configure", lambda **_: None)
    monkeypatch.setattr(cli.console, "_width", 240, raising=False)

    def run(files: Mapping[str, bytes], *options: str) -> Result:
        folder = tmp_path / "catalogue"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        return CliRunner().invoke(cli.app, ["offers", "import", str(folder), *options])

    return run


def said(result: Result) -> str:
    """What was printed, in one line and without the marks that keep values apart."""
    return " ".join(re.sub("[\u2066-\u2069]", "", result.output).split())


def counts(url: str) -> dict[str, int]:
    """How many rows each table of the catalogue has, as a second connection sees it."""
    engine = create_engine(migrate.sync_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(getattr(tables, name))).scalar_one()
            for name in TABLES
        }


def full() -> dict[str, int]:
    return {
        "providers": len({offer.provider.id for offer in sample()}),
        "offers": len(sample()),
        "schedules": sum(len(offer.schedules) for offer in sample()),
    }


def rows_in_files() -> int:
    """How many rows an import counts: dates belong to their offer."""
    duties = sample_files()["responsibilities.csv"].decode("utf-8-sig").splitlines()
    return full()["providers"] + full()["offers"] + len(duties) - 1


def changed(name: str, old: str, new: str) -> dict[str, bytes]:
    files = sample_files()
    content = files[name].decode()
    assert old in content
    return {**files, name: content.replace(old, new, 1).encode()}


def without(start: str) -> dict[str, bytes]:
    files = sample_files()
    for name in ("services.csv", "schedules.csv"):
        lines = files[name].decode().splitlines(keepends=True)
        files[name] = "".join(line for line in lines if not line.startswith(start + ";")).encode()
    return files


def test_the_sample_catalogue_comes_in_whole(run_import: Import, database_url: str) -> None:
    result = run_import(sample_files())
    assert result.exit_code == 0, result.output
    new = rows_in_files()
    assert f"Importiert: {new} neu, 0 geändert, 0 unverändert" in said(result)
    assert counts(database_url) == full()


def test_again_changes_nothing_and_a_change_changes_one(run_import: Import, database_url: str) -> None:
    assert run_import(sample_files()).exit_code == 0
    everything = rows_in_files()
    again = run_import(sample_files())
    assert f"0 neu, 0 geändert, {everything} unverändert" in said(again)
    one = run_import(changed("services.csv", NAME, "Deutschkurs am Vormittag"))
    assert f"0 neu, 1 geändert, {everything - 1} unverändert" in said(one)
    assert counts(database_url) == full()


def test_what_loses_its_dates_is_told(run_import: Import) -> None:
    run_import(sample_files())
    header = sample_files()["schedules.csv"].splitlines(keepends=True)[0]
    result = run_import(sample_files() | {"schedules.csv": header}, "--preview")
    assert f"„{NAME}“ hatte Termine und hat in den Dateien keine." in said(result)
    assert f"Geändert: {NAME}" in said(result) or "weitere" in said(result)


def test_what_vanished_is_told_and_kept(run_import: Import, database_url: str) -> None:
    run_import(sample_files())
    result = run_import(without(COURSE))
    assert result.exit_code == 0
    assert f"Nicht mehr in den Dateien: {NAME}" in said(result)
    assert counts(database_url) == full()


def test_a_preview_tells_and_writes_nothing(run_import: Import, database_url: str) -> None:
    result = run_import(sample_files(), "--preview")
    assert result.exit_code == 0
    assert f"Es wurde noch nichts importiert. Es wären: {rows_in_files()} neu" in said(result)
    assert f"und {rows_in_files() - 12} weitere" in said(result)
    assert set(counts(database_url).values()) == {0}


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
def test_the_encodings_of_spreadsheets_are_the_same_catalogue(
    run_import: Import, database_url: str, encoding: str
) -> None:
    assert run_import(sample_files()).exit_code == 0
    # What cp1252 cannot write does not occur in the sample, or this line would fail.
    resaved = {
        name: text.decode("utf-8-sig").replace("\n", "\r\n").encode(encoding)
        for name, text in sample_files().items()
    }
    result = run_import(resaved)
    assert result.exit_code == 0, result.output
    assert "0 neu, 0 geändert" in said(result)
    assert counts(database_url) == full()


@pytest.mark.parametrize(
    ("name", "old", "new", "row", "column", "sentence"),
    [
        ("services.csv", "12.10.2026", "31.02.2026", 2, "assured_date", "„31.02.2026“ ist kein Datum"),
        ("services.csv", ";german_course;german_course;", ";german_course;football;", 2, "kind",
         "Die Art „football“ gehört nicht zum Thema „german_course“"),
        ("services.csv", ";german_course;german_course;", ";german_course;kochkurs;", 2, "kind", "„kochkurs“ ist hier nicht bekannt"),
        ("services.csv", f";{NAME};", ";;", 2, "name", "Hier muss etwas stehen"),
        ("services.csv", ";Haar;", ";Hamburg;", 2, "place", "„Hamburg“ ist kein Ort des Landkreises"),
        ("services.csv", f"{COURSE};kind-und-kegel", f"{COURSE};niemand", 2, "organization_id",
         "In organizations.csv gibt es keine Zeile mit der Kennung „niemand“"),
        ("organizations.csv", ";Landratsamt München;", ";;", 2, "name", "Hier muss etwas stehen"),
        ("schedules.csv", "14.09.2026", "2026/09/14", 2, "valid_from", "„2026/09/14“ ist kein Datum"),
        ("schedules.csv", "08:30", "halb neun", 2, "opens_at", "„halb neun“ ist keine Uhrzeit"),
    ],
)  # fmt: skip
def test_a_malformed_row_is_named_and_nothing_is_imported(
    run_import: Import,
    database_url: str,
    name: str,
    old: str,
    new: str,
    row: int,
    column: str,
    sentence: str,
) -> None:
    result = run_import(changed(name, old, new))
    assert result.exit_code == 1
    told = said(result)
    assert re.search(rf"{re.escape(name)} │ {row} +│ {column} +│ {re.escape(sentence)}", told), told
    assert "Es wurde nichts importiert: 1 Fehler" in told
    assert set(counts(database_url).values()) == {0}


def test_what_is_wrong_is_told_as_it_was_written(run_import: Import) -> None:
    """Square brackets are no style of the report, and an id is not cut where the column ends."""
    long = "angebot-mit-einer-langen-kennung-im-fenster"
    files = changed("services.csv", ";Haar;", ";Haar [/x] [red];")
    files["schedules.csv"] = re.sub(
        rb"(?m)^[a-z0-9-]+;", long.encode() + b";", files["schedules.csv"], count=1
    )
    result = run_import(files)
    assert result.exit_code == 1, result.output
    told = re.sub(r"[\s│\u2066-\u2069]+", "", result.output)
    assert "Haar[/x][red]" in told
    assert long in told


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("services.csv", b"PK\x03\x04\x14\x00\x06\x00\x08\x00", "Die Datei ist kein Text. Bitte als CSV"),
        ("services.csv", b"", "Die Datei ist leer"),
        ("services.csv", "id;name\nx;K\u00c3\u00a4se\n".encode(), "Umlaute sind hier kaputt"),
        ("services.csv", b"id;name\nx;\x81\x8d\n", "Die Datei ist kein Text"),
        ("termine.csv", b"id\nx\n", "Diese Datei gehört nicht zum Katalog"),
    ],
)
def test_a_wrong_file_is_told_and_nothing_is_imported(
    run_import: Import, database_url: str, name: str, content: bytes, sentence: str
) -> None:
    result = run_import({**sample_files(), name: content})
    assert result.exit_code == 1
    assert name in said(result)
    assert sentence in said(result)
    assert set(counts(database_url).values()) == {0}


def test_a_missing_table_is_told(run_import: Import, database_url: str) -> None:
    files = sample_files()
    del files["schedules.csv"]
    result = run_import({**files, "Angebote.xlsx": b"PK\x03\x04"})
    assert result.exit_code == 1
    assert re.search(r"schedules\.csv │ 0 +│ +│ Die Datei fehlt", said(result))
    assert set(counts(database_url).values()) == {0}


def test_a_bad_import_leaves_an_earlier_one_as_it_was(run_import: Import, database_url: str) -> None:
    run_import(sample_files())
    files = changed("services.csv", NAME, "Anderer Name")
    files["schedules.csv"] = files["schedules.csv"].replace(b"08:30", b"25:00", 1)
    assert run_import(files).exit_code == 1
    assert counts(database_url) == full()
    assert "0 neu, 0 geändert" in said(run_import(sample_files()))


FOREIGN = {
    "id": "ac148810-d857-441c-9679-408f346de14b",
    "name": "Sprachtreff am Abend",
    "description": "Deutsch üben.",
    "status": "active",
    "phones": [{"id": "1554f2e2-a373-45db-a3fa-9fc48a61c15e", "number": "089 99998 001"}],
    "organization": {"id": "d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610", "name": "Verein", "description": "x"},
    "service_at_locations": [{"location": {"name": "Rathaus", "addresses": [{"city": "Haar"}]}}],
}
LOOKED_AT = {
    "email": "treff@verein.example",
    "summary": "Deutsch üben, mit Tee.",
    "cost": "free",
    "level_min": "A1",
    "registration": "none",
    "schedules": "Di 18-19:30 ab 1.9.2026",
    "district_financed": "yes",
}
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
STAFF = Actor(Person("p", "de", True, "1", False, True, NOW), frozenset({Role.COORDINATOR}))


@pytest.fixture
async def published(database: Database, new_id: Callable[[], str]) -> Callable[..., Awaitable[Offer]]:
    """Imports the entry, lets a coordinator look at it and publish it, and imports it again with changes."""
    offers = OffersService(
        OffersRepository(), ResponsibleRepository(), TwinsRepository(), new_id=new_id, house=HOUSE
    )
    edits = EditingService(OffersRepository(), TwinsRepository(), new_id=new_id)

    async def take(**changes: object) -> ImportReport:
        found = reading.parse_json(json.dumps(FOREIGN | changes).encode())
        async with database.write() as tx:
            return await offers.import_catalogue(tx, found, NOW, dry_run=False)

    async def again(**changes: object) -> Offer:
        assert (await take()).new == 2
        async with database.write() as tx:
            await tx.execute(
                insert(persons).values(
                    id="p", chat_hash="h", chat_sealed=b"x", language="de", created_at=NOW, seen_at=NOW
                )
            )
            (_, (draft,)) = await offers.everything(tx)
            for name, text in LOOKED_AT.items():
                await edits.change(tx, STAFF, draft.id, name, text, NOW)
            await edits.change(tx, STAFF, draft.id, "phone", "089 99998 777", NOW)
            await edits.publish(tx, STAFF, draft.id, NOW)
        assert (await take(**changes)).changed == 1
        assert (await take(**changes)).changed == 0
        async with database.read() as tx:
            return (await offers.everything(tx))[1][0]

    return again


async def test_what_another_directory_does_not_say_stays_as_a_coordinator_left_it(
    published: Callable[..., Awaitable[Offer]],
) -> None:
    found = await published(description="Deutsch üben und reden.", name="Schuldnerberatung")
    assert (found.description, found.name) == ("Deutsch üben und reden.", "Schuldnerberatung")
    assert (found.status, found.cost, found.level_min) == ("published", "free", "A1")
    assert found.assured_date == NOW.date()
    assert (found.summary, found.email) == ("Deutsch üben, mit Tee.", "treff@verein.example")
    assert (found.registration, found.district_financed) == ("none", "yes")
    assert [one.byday for one in found.schedules] == ["TU"]
    assert found.phone == "089 99998 777", "the directory says what it said before"
    assert found.kind != "debt_advice", "nothing is guessed a second time"


async def test_what_another_directory_says_anew_is_taken(
    published: Callable[..., Awaitable[Offer]],
) -> None:
    phones = [{"number": "089 99998 002"}]
    found = await published(phones=phones, cost_options=[{"amount": 12.5}], email="neu@verein.example")
    assert (found.phone, found.email) == ("089 99998 002", "neu@verein.example")
    assert (found.status, found.cost, str(found.cost_amount)) == ("published", "fee", "12.50")


@pytest.mark.parametrize(
    "changes",
    [{"status": "defunct"}, {"service_at_locations": [{"location": {"addresses": [{"city": "Kiel"}]}}]}],
)
async def test_what_is_not_in_use_or_not_here_any_more_is_looked_at_again(
    published: Callable[..., Awaitable[Offer]], changes: dict[str, object]
) -> None:
    assert (await published(**changes)).status == "draft"


@pytest.fixture
async def vanished(
    database: Database, new_id: Callable[[], str]
) -> Callable[..., Awaitable[tuple[str, ...]]]:
    """Imports a catalogue and says what is called gone."""
    offers = OffersService(
        OffersRepository(), ResponsibleRepository(), TwinsRepository(), new_id=new_id, house=HOUSE
    )

    async def take(found: Catalogue) -> tuple[str, ...]:
        async with database.write() as tx:
            return (await offers.import_catalogue(tx, found, NOW, dry_run=False)).vanished

    return take


def _read(*services: Mapping[str, object]) -> Catalogue:
    return reading.parse_json(json.dumps(services).encode())


async def test_another_directory_says_what_is_gone_of_its_own_entries_alone(
    vanished: Callable[..., Awaitable[tuple[str, ...]]],
) -> None:
    other = {"id": "0bc248fa-dc27-4650-9ba4-8f1a24ef16a2", "name": "Turnen"}
    second = FOREIGN | other | {"organization": {"id": "1d9d1314-6403-5546-85d1-0418216bb19e", "name": "TSV"}}
    elsewhere = FOREIGN | {"id": "2b21946c-95c2-5234-b3b8-3d528244257f", "name": "Schwimmen"}
    await vanished(importer.parse(sample_files()))
    assert await vanished(_read(FOREIGN, second)) == ()
    assert await vanished(_read(elsewhere)) == (), "a directory of which nothing was known"
    assert await vanished(_read(FOREIGN, elsewhere)) == ("Turnen",)
    assert await vanished(_read()) == ()


async def test_an_export_of_ours_that_comes_back_speaks_for_everything(
    vanished: Callable[..., Awaitable[tuple[str, ...]]],
) -> None:
    await vanished(_read(FOREIGN))
    await vanished(importer.parse(sample_files()))
    one, *rest = sample()
    found = await vanished(_read(*services.export(rest)))
    assert {one.name, FOREIGN["name"]} <= {*found}


async def test_dates_that_cannot_be_held_are_told_and_the_entry_is_taken(
    database: Database, new_id: Callable[[], str]
) -> None:
    offers = OffersService(
        OffersRepository(), ResponsibleRepository(), TwinsRepository(), new_id=new_id, house=HOUSE
    )
    odd = FOREIGN | {"schedules": [{"description": "Nach Vereinbarung\x00"}], "alert": "halb \ud83d"}
    found = reading.parse_json(json.dumps(odd).encode())
    async with database.write() as tx:
        report = await offers.import_catalogue(tx, found, NOW, dry_run=False)
        (_, (offer,)) = await offers.everything(tx)
    assert (report.new, report.errors) == (2, ())
    assert [one.message.key for one in report.left_out] == ["import.hsds_schedule"]
    assert offer.original == odd | {
        "alert": "halb \ufffd",
        "schedules": [{"description": "Nach Vereinbarung"}],
    }
