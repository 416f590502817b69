"""Who is responsible, on both databases: in with the import, out with the export, asked, and kept by hand."""

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from db.engine import Database
from offers import importer, tablefile
from offers.errors import RefusedError
from offers.hsds import reading, services, tabular
from offers.repository import OffersRepository
from offers.responsible.repository import ResponsibleRepository
from offers.responsible.service import ResponsibleService
from offers.responsible.types import Directions, Responsibility
from offers.service import OffersService
from offers.twins.repository import TwinsRepository
from offers.types import ImportReport, Query
from people.errors import NotAllowedError, NotFoundError
from people.types import Actor, Person, Role
from tests.catalogue import HOUSE, sample_files

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FILE = "responsibilities.csv"


@pytest.fixture
def catalogue(new_id: Callable[[], str]) -> OffersService:
    return OffersService(
        OffersRepository(), ResponsibleRepository(), TwinsRepository(), new_id=new_id, house=HOUSE
    )


@pytest.fixture
def service(new_id: Callable[[], str]) -> ResponsibleService:
    return ResponsibleService(ResponsibleRepository(), OffersRepository(), new_id=new_id)


@pytest.fixture
async def filled(database: Database, catalogue: OffersService) -> Database:
    async with database.write() as tx:
        await catalogue.import_tables(tx, sample_files(), NOW, dry_run=False)
    return database


async def ask(database: Database, service: ResponsibleService, text: str, **given: str | None) -> Directions:
    home = given.pop("home", None)
    async with database.read() as tx:
        return await service.ask(tx, Query(text=text, topic="office", **given), home, "de")  # type: ignore[arg-type]


def offices(found: Directions) -> list[str]:
    return [office.offer.external_id for office in found.offices]


async def load(database: Database, catalogue: OffersService, files: dict[str, bytes]) -> ImportReport:
    async with database.write() as tx:
        return await catalogue.import_tables(tx, files, NOW, dry_run=False)


async def test_matter_and_place_lead_to_the_office(filled: Database, service: ResponsibleService) -> None:
    found = await ask(filled, service, "Wohngeld", place="Haar")
    assert (offices(found), found.place, found.ask_place) == (["wohngeld-amt"], "Haar", False)
    assert found.offices[0].offer.transportation
    assert offices(await ask(filled, service, "Aufenthaltstitel", place="Haar")) == ["auslaenderbehoerde-amt"]
    # The district's office does not answer for the city.
    assert offices(await ask(filled, service, "Aufenthaltstitel", place="München")) == ["kvr-stadt-muenchen"]
    assert offices(await ask(filled, service, "Ausländerbehörde", place="München")) == ["kvr-stadt-muenchen"]
    assert offices(await ask(filled, service, "Kita", home="Haar")) == ["kita-buero-haar"]
    assert offices(await ask(filled, service, "Kita", place="Ottobrunn", home="Haar")) == ["jugendamt-amt"]


async def test_papers_and_the_name_of_an_office(filled: Database, service: ResponsibleService) -> None:
    both = await ask(filled, service, "Arbeit", place="Haar")
    assert {office.offer.external_id: office.residence_status for office in both.offices} == {
        "arbeitsagentur-amt": ("asylum_seeker", "tolerated"),
        "jobcenter-amt": ("recognised",),
    }
    assert offices(await ask(filled, service, "Arbeit", residence="tolerated")) == ["arbeitsagentur-amt"]
    assert offices(await ask(filled, service, "Agentur für Arbeit", place="Haar")) == ["arbeitsagentur-amt"]


async def test_where_it_differs_by_place_the_place_is_asked_for(
    filled: Database, service: ResponsibleService
) -> None:
    nowhere = await ask(filled, service, "Anmeldung")
    assert (offices(nowhere), nowhere.ask_place) == ([], True)
    kita = await ask(filled, service, "Kita")
    assert (offices(kita), kita.ask_place) == (["jugendamt-amt"], True)


async def test_where_nobody_is_named_a_counselling_service_helps_on(
    filled: Database, service: ResponsibleService
) -> None:
    found = await ask(filled, service, "Geburtsurkunde", place="Haar")
    assert found.helps_on
    assert found.matters == ("civil_status",)
    assert offices(found) == ["migrationsberatung-taufkirchen", "asylberatung-haar"]
    unknown = await ask(filled, service, "Hundesteuer", place="Haar")
    assert (unknown.offices, unknown.helps_on) == ((), False)


async def test_a_second_import_changes_nothing_a_changed_row_that_row_and_a_vanished_one_stays(
    filled: Database, catalogue: OffersService, service: ResponsibleService
) -> None:
    files = sample_files()
    again = await load(filled, catalogue, files)
    assert (again.new, again.changed, again.vanished) == (0, 0, ())
    text = files[FILE].decode()
    moved = text.replace("kita-haar;childcare;;Haar;", "kita-haar;childcare;;Haar,Ottobrunn;")
    gone = "\n".join(line for line in moved.splitlines() if not line.startswith("kindergeld;"))
    report = await load(filled, catalogue, {**files, FILE: gone.encode()})
    assert (report.new, report.changed, report.vanished) == (0, 1, ("kindergeld",))
    assert offices(await ask(filled, service, "Kita", place="Ottobrunn")) == ["kita-buero-haar"]
    assert offices(await ask(filled, service, "Kindergeld", place="Haar")) == ["familienkasse-amt"]
    # Files of before there were such rows leave them alone.
    old = {name: content for name, content in files.items() if name != FILE}
    report = await load(filled, catalogue, old)
    assert (report.new, report.changed, report.vanished) == (0, 0, ())
    assert offices(await ask(filled, service, "Kita", place="Ottobrunn")) == ["kita-buero-haar"]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("x;nothing;;;wohngeld-amt", "matter"),
        ("x;school;citizens;;wohngeld-amt", "residence_status"),
        ("x;school;;Augsburg;wohngeld-amt", "places"),
        ("x;school;;;nowhere", "service_id"),
        ("kindergeld;school;;;wohngeld-amt", "id"),
    ],
)
async def test_a_wrong_row_is_named_and_nothing_is_kept(
    filled: Database, catalogue: OffersService, row: str, column: str
) -> None:
    files = sample_files()
    report = await load(filled, catalogue, {**files, FILE: files[FILE] + row.encode()})
    assert [(error.file, error.column) for error in report.errors] == [(FILE, column)]


async def test_tables_workbook_and_hsds_give_back_what_they_were_given(
    filled: Database, catalogue: OffersService, service: ResponsibleService
) -> None:
    async with filled.read() as tx:
        providers, offers = await catalogue.everything(tx)
        duties = await service.everything(tx)
    wanted = sorted(duties, key=lambda entry: entry.id)
    csv = importer.parse(tablefile.csv_files(providers, offers, duties))
    book = importer.parse({"k.xlsx": tablefile.workbook(providers, offers, duties)})
    written = services.export(offers, duties)
    as_json = reading.parse_json(json.dumps(written).encode())
    package = reading.parse_datapackage(tabular.export_datapackage(written))
    for found in (csv, book, as_json, package):
        assert found.errors == ()
        assert sorted(found.responsibilities or (), key=lambda entry: entry.id) == wanted
        ways = {offer.external_id: offer.transportation for offer in found.offers}
        assert ways["fuehrerschein-amt"] == "Tram 18, Bus 52 Mariahilfplatz"
    kita = next(one for one in written if one["name"] == "Kita-Platz anmelden in Haar")
    assert [area["name"] for area in kita["service_areas"]] == ["Haar"]


def _actor(role: Role) -> Actor:
    return Actor(Person("p1", "de", True, None, None, False, True), frozenset({role}))


async def test_kept_by_hand_and_by_nobody_else(filled: Database, service: ResponsibleService) -> None:
    keeper, client = _actor(Role.COORDINATOR), _actor(Role.CLIENT)
    async with filled.read() as tx:
        overview = await service.overview(tx, keeper)
    registry = next(o for o in overview.offices.values() if o.external_id == "buergerbuero-haar")
    gaps = {gap.matter: gap.places for gap in overview.uncovered}
    assert "Haar" in gaps["civil_status"]
    assert "child_benefit" not in gaps
    async with filled.write() as tx:
        new = await service.add(tx, keeper, registry.id, "civil_status", [], ["Haar"])
        with pytest.raises(RefusedError):
            await service.add(tx, keeper, registry.id, "civil_status", [], ["Haar"])
        with pytest.raises(RefusedError):
            await service.add(tx, keeper, registry.id, "", [], [])
        with pytest.raises(NotFoundError):
            await service.add(tx, keeper, "nowhere", "school", [], [])
        with pytest.raises(NotAllowedError):
            await service.add(tx, client, registry.id, "school", [], [])
    found = await ask(filled, service, "Geburtsurkunde", place="Haar")
    assert (offices(found), found.helps_on) == (["buergerbuero-haar"], False)
    async with filled.write() as tx:
        with pytest.raises(NotFoundError):
            await service.remove(tx, keeper, next(o for o in overview.offices if o != registry.id), new.id)
        with pytest.raises(NotAllowedError):
            await service.remove(tx, client, registry.id, new.id)
        await service.remove(tx, keeper, registry.id, new.id)
    assert (await ask(filled, service, "Geburtsurkunde", place="Haar")).helps_on


async def test_an_office_that_pauses_answers_for_nothing(
    filled: Database, catalogue: OffersService, service: ResponsibleService
) -> None:
    files = sample_files()
    services_csv = files["services.csv"].decode().splitlines()
    paused = [
        line.replace(";published;", ";paused;") if line.startswith("wohngeld-amt;") else line
        for line in services_csv
    ]
    await load(filled, catalogue, {**files, "services.csv": "\n".join(paused).encode()})
    assert (await ask(filled, service, "Wohngeld", place="Haar")).helps_on


def test_every_field_of_an_entry_is_in_its_row() -> None:
    columns = {"id": "external_id", "service_id": "offer_id"}
    header = sample_files()[FILE].decode().splitlines()[0].split(";")
    named = {columns.get(name, name) for name in header}
    assert named | {"id"} == {f.name for f in dataclasses.fields(Responsibility)}
