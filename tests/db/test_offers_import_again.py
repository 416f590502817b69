"""Importing again: what another directory said stays, what somebody put right here stays, and what does not is named."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from db.engine import Database
from db.tables.people import persons
from offers import importer, tablefile
from offers.building import build_catalogue
from offers.importer import Catalogue
from offers.integreat.reading import parse
from offers.types import ImportReport, Offer
from people.types import Actor, Person, Role
from tests.catalogue import HOUSE, PROVIDER, offer, schedule
from tests.unit.test_integreat_offers import location

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
STAFF = Actor(Person("p", "de", True, "1", False, True, NOW), frozenset({Role.COORDINATOR}))
COURSE = offer("kurs", phone="089 99998 101", capacity=16, free_places=3, schedules=(schedule(),))


class Here:
    """A catalogue that takes one import after the other."""

    def __init__(self, database: Database, new_id: Callable[[], str]) -> None:
        self._database = database
        self._clock = NOW
        services = build_catalogue(new_id=new_id, house=HOUSE)
        self._offers, self._edits, self._reviews = services.offers, services.editing, services.freshness

    async def take(self, found: Catalogue, *, preview: bool = False) -> ImportReport:
        async with self._database.write() as tx:
            report = await self._offers.import_catalogue(tx, found, self._later(), dry_run=preview)
        assert report.errors == ()
        return report

    async def edit(self, **fields: str) -> None:
        offer_id = (await self.one()).id
        async with self._database.write() as tx:
            for name, text in fields.items():
                await self._edits.change(tx, STAFF, offer_id, name, text, self._later())

    async def confirm(self) -> None:
        offer_id = (await self.one()).id
        async with self._database.write() as tx:
            await self._reviews.answer(tx, STAFF, offer_id, "still", self._later())

    async def tables(self) -> dict[str, bytes]:
        async with self._database.read() as tx:
            return tablefile.csv_files(*await self._offers.everything(tx))

    async def one(self) -> Offer:
        async with self._database.read() as tx:
            return (await self._offers.everything(tx))[1][0]

    def _later(self) -> datetime:
        self._clock += timedelta(minutes=1)
        return self._clock


@pytest.fixture
async def here(database: Database, new_id: Callable[[], str]) -> Here:
    async with database.write() as tx:
        await tx.execute(
            insert(persons).values(
                id="p", chat_hash="h", chat_sealed=b"x", language="de", created_at=NOW, seen_at=NOW
            )
        )
    return Here(database, new_id)


def table(*offers: Offer) -> Catalogue:
    return importer.from_rows(tablefile.tables_of([PROVIDER], offers))


def integreat(**changes: object) -> Catalogue:
    entry = location(phone_number="089 99998 111", **changes)
    return parse({"locations.json": json.dumps([entry]).encode()})


def text(tables: dict[str, bytes], old: str, new: str) -> Catalogue:
    """The tables as somebody saved them again with one cell changed."""
    services = tables["services.csv"].decode("utf-8-sig")
    assert old in services
    return importer.parse(tables | {"services.csv": services.replace(old, new, 1).encode("utf-8-sig")})


async def test_a_correction_in_the_tables_outlasts_the_directory(here: Here) -> None:
    await here.take(integreat())
    said = (await here.one()).original
    assert (
        await here.take(text(await here.tables(), "Schuldnerberatung Haar", "Rat bei Schulden"))
    ).changed == 1
    again = await here.take(integreat())
    assert (again.changed, again.overwritten) == (0, ())
    found = await here.one()
    assert found.name == "Rat bei Schulden"
    assert found.original == said, "what Lotse has no field for is still there"


async def test_what_was_exported_changes_nothing(here: Here) -> None:
    await here.take(integreat())
    for catalogue in (importer.parse(await here.tables()), integreat(), importer.parse(await here.tables())):
        report = await here.take(catalogue)
        assert (report.new, report.changed) == (0, 0)
    await here.edit(name="Am Schreibtisch", phone="089 99998 222")
    for catalogue in (importer.parse(await here.tables()), integreat()):
        assert (await here.take(catalogue)).changed == 0
    assert (await here.one()).name == "Am Schreibtisch"


async def test_columns_that_are_left_out_change_nothing(here: Here) -> None:
    await here.take(table(COURSE))
    rows = tablefile.tables_of([PROVIDER], [COURSE])
    without = [[cell for cell, name in zip(row, rows["services.csv"][0], strict=True) if name != "free_places" and name != "capacity"] for row in rows["services.csv"]]  # fmt: skip
    for catalogue in (importer.from_rows(rows | {"services.csv": without}), table(COURSE)):
        assert (await here.take(catalogue)).changed == 0
    assert (await here.one()).capacity == 16


async def test_a_corrected_cell_keeps_what_was_changed_here(here: Here) -> None:
    await here.take(table(COURSE))
    await here.edit(phone="089 99998 777", description="Am Schreibtisch verbessert")
    report = await here.take(table(replace(COURSE, free_places=2)))
    assert (report.changed, report.altered, report.overwritten) == (1, (COURSE.name,), ())
    found = await here.one()
    assert (found.phone, found.free_places) == ("089 99998 777", 2)
    assert found.description == "Am Schreibtisch verbessert"
    assert (await here.take(table(replace(COURSE, free_places=2)))).changed == 0


async def test_a_corrected_cell_keeps_what_a_review_said(here: Here) -> None:
    await here.take(table(COURSE))
    await here.confirm()
    assert (await here.take(table(replace(COURSE, free_places=2)))).overwritten == ()
    found = await here.one()
    assert (found.free_places, found.assured_date) == (2, NOW.date())


@pytest.mark.parametrize("preview", [True, False])
async def test_what_the_file_overwrites_is_named(here: Here, *, preview: bool) -> None:
    await here.take(table(COURSE))
    await here.edit(phone="089 99998 777", name="Am Schreibtisch")
    report = await here.take(table(replace(COURSE, phone="089 99998 333")), preview=preview)
    assert report.overwritten == (("Am Schreibtisch", ("phone",)),)


async def test_where_the_last_file_is_not_known_all_that_was_changed_here_is_named(here: Here) -> None:
    await here.take(table(COURSE))
    await here.take(table(replace(COURSE, summary="Mit Tee")))
    narrow = table(replace(COURSE, capacity=17))
    await here.take(replace(narrow, unsaid={one.id: frozenset({"summary"}) for one in narrow.offers}))
    await here.edit(phone="089 99998 777")
    report = await here.take(table(replace(COURSE, name="Neu")))
    assert report.overwritten == (("Neu", ("phone",)),)


async def test_what_a_directory_overwrites_is_named(here: Here) -> None:
    await here.take(integreat())
    await here.edit(name="Am Schreibtisch", url="https://anders.example")
    report = await here.take(integreat(title="Schuldnerberatung im Rathaus"))
    assert report.overwritten == (("Schuldnerberatung im Rathaus", ("name",)),)
    assert (await here.one()).url == "https://anders.example"


async def test_offers_that_lose_all_their_dates_are_named(here: Here) -> None:
    await here.take(table(COURSE))
    report = await here.take(table(replace(COURSE, schedules=())), preview=True)
    assert (report.changed, report.dateless) == (1, (COURSE.name,))
    assert (
        await here.take(table(replace(COURSE, schedules=(schedule(valid_from=date(2027, 1, 4)),))))
    ).dateless == ()


async def test_what_is_new_is_named(here: Here) -> None:
    assert (await here.take(table(COURSE), preview=True)).begun == (PROVIDER.name, COURSE.name)
