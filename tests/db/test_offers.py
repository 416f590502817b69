"""The catalogue in storage: import, search after an import, reports."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from db.crypto import Cipher
from db.engine import Database
from db.tables import offers as tables
from offers.repository import OffersRepository
from offers.responsible.repository import ResponsibleRepository
from offers.service import OffersService
from offers.twins.repository import TwinsRepository
from offers.types import Query
from people.audit.repository import AuditRepository
from people.audit.service import Trail
from people.errors import NotFoundError
from people.repository import PeopleRepository
from people.service import PeopleService
from people.types import Actor
from tests.catalogue import HOUSE, sample, sample_files

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
COURSE = "deutsch-a1-kinderbetreuung-haar"


@pytest.fixture
def service(new_id: Callable[[], str]) -> OffersService:
    return OffersService(
        OffersRepository(), ResponsibleRepository(), TwinsRepository(), new_id=new_id, house=HOUSE
    )


@pytest.fixture
async def filled(database: Database, service: OffersService) -> Database:
    async with database.write() as tx:
        report = await service.import_tables(tx, sample_files(), NOW, dry_run=False)
    assert report.errors == ()
    return database


def changed(name: str, old: str, new: str) -> dict[str, bytes]:
    files = sample_files()
    content = files[name].decode()
    assert old in content
    return {**files, name: content.replace(old, new, 1).encode()}


async def rows(database: Database, table: str) -> int:
    async with database.read() as tx:
        counted = await tx.execute(select(func.count()).select_from(getattr(tables, table)))
        return int(counted.scalar_one())


def course_id() -> str:
    return next(offer.id for offer in sample() if offer.external_id == COURSE)


async def test_import_stores_everything_as_it_was_read(filled: Database, service: OffersService) -> None:
    assert await rows(filled, "offers") == len(sample())
    async with filled.read() as tx:
        assert await service.count(tx) == len(sample())
        for offer in sample():
            if offer.status != "draft":
                assert await service.get(tx, offer.id) == offer


async def test_a_second_import_changes_nothing(filled: Database, service: OffersService) -> None:
    async with filled.write() as tx:
        await service.refresh(tx)
        report = await service.import_tables(tx, sample_files(), NOW + timedelta(days=1), dry_run=False)
        assert (report.new, report.changed, report.vanished, report.errors) == (0, 0, (), ())
        others = await rows(filled, "providers") + await rows(filled, "responsibilities")
        assert report.unchanged == len(sample()) + others
        assert await service.refresh(tx) is False


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("services.csv", "Deutschkurs A1 am Vormittag mit Kinderbetreuung", "Deutschkurs am Vormittag"),
        ("schedules.csv", f"{COURSE};14.09.2026", f"{COURSE};21.09.2026"),
        ("organizations.csv", "089 99998 126", "089 99998 999"),
    ],
)
async def test_a_changed_row_changes_that_row(
    filled: Database, service: OffersService, name: str, old: str, new: str
) -> None:
    async with filled.write() as tx:
        await service.refresh(tx)
        before = await service.get(tx, course_id())
        report = await service.import_tables(tx, changed(name, old, new), NOW, dry_run=False)
        assert (report.new, report.changed, report.vanished) == (0, 1, ())
    async with filled.read() as tx:
        after = await service.get(tx, course_id())
        assert after != before
        assert after.id == before.id
        assert await service.refresh(tx) is True
        found = service.search(Query("", "german_course", "Haar", childcare=True), NOW)
        assert after.provider in {hit.offer.provider for hit in found.hits}
    assert await rows(filled, "schedules") == sum(len(offer.schedules) for offer in sample())


async def test_what_vanished_is_named_and_kept(filled: Database, service: OffersService) -> None:
    files = sample_files()
    for name in ("services.csv", "schedules.csv"):
        lines = files[name].decode().splitlines(keepends=True)
        files[name] = "".join(line for line in lines if not line.startswith(COURSE + ";")).encode()
    async with filled.write() as tx:
        report = await service.import_tables(tx, files, NOW, dry_run=False)
        assert report.vanished == ("Deutschkurs A1 am Vormittag mit Kinderbetreuung",)
        assert (await service.get(tx, course_id())).schedules != ()


async def test_one_bad_row_and_nothing_is_imported(database: Database, service: OffersService) -> None:
    async with database.write() as tx:
        files = changed("schedules.csv", "08:30", "halb neun")
        report = await service.import_tables(tx, files, NOW, dry_run=False)
    assert [(e.file, e.row, e.column) for e in report.errors] == [("schedules.csv", 2, "opens_at")]
    assert (report.new, report.changed) == (0, 0)
    assert await rows(database, "offers") == await rows(database, "providers") == 0


async def test_a_preview_writes_nothing(database: Database, service: OffersService) -> None:
    async with database.write() as tx:
        report = await service.import_tables(tx, sample_files(), NOW, dry_run=True)
    assert report.new > len(sample())
    assert await rows(database, "offers") == 0


async def test_one_change_goes_into_the_search_that_is_there(
    filled: Database, service: OffersService
) -> None:
    async with filled.write() as tx:
        await service.refresh(tx)
        built = service._index
        await service.import_tables(
            tx,
            changed("services.csv", "Deutschkurs A1 am Vormittag mit", "Zitherrunde mit"),
            NOW,
            dry_run=False,
        )
        assert await service.refresh(tx) is True
    assert service._index is built
    assert service.search(Query("Zitherrunde"), NOW).hits[0].offer.id == course_id()
    assert len(built) == sum(offer.status == "published" for offer in sample())


async def test_what_was_written_earlier_but_committed_later_is_found(
    filled: Database, service: OffersService
) -> None:
    repository = service._repository
    async with filled.write() as tx:
        first, second = [o for o in sample() if o.status == "published"][:2]
        await repository.change_offers(tx, [replace(first, name="Morgenrot")], NOW + timedelta(seconds=30))
        await service.refresh(tx)
        await repository.change_offers(tx, [replace(second, name="Abendstern")], NOW + timedelta(seconds=29))
        assert await service.refresh(tx) is True
        assert await service.refresh(tx) is False
    assert service.search(Query("Abendstern"), NOW).hits[0].offer.id == second.id


async def test_what_was_taken_back_is_forgotten(filled: Database, service: OffersService) -> None:
    with contextlib.suppress(ZeroDivisionError):
        async with filled.write() as tx:
            await service.refresh(tx)
            await service.import_tables(
                tx,
                changed("services.csv", "Deutschkurs A1 am Vormittag mit", "Zitherrunde mit"),
                NOW,
                dry_run=False,
            )
            await service.refresh(tx)
            assert service.search(Query("Zitherrunde"), NOW).hits
            raise ZeroDivisionError
    async with filled.read() as tx:
        assert await service.refresh(tx) is True
    assert service.search(Query("Zitherrunde"), NOW).hits == ()


async def test_after_very_many_changes_the_search_is_built_anew_beside(
    filled: Database, service: OffersService
) -> None:
    base = next(o for o in sample() if o.status == "published")
    many = [
        replace(
            base,
            id=f"{n:016x}",
            external_id=f"many-{n}",
            name=f"Treff {n}" if n else "Zitherfundus",
            schedules=(),
            exceptions=(),
        )
        for n in range(600)
    ]
    async with filled.write() as tx:
        await service.refresh(tx)
        built = service._index
        await service._repository.add_offers(tx, many, NOW + timedelta(hours=1))
    async with filled.read() as one, filled.read() as other:
        both = await asyncio.gather(service.refresh(one), service.refresh(other))
    # Whoever comes while it is built goes on with what there was.
    assert sorted(both) == [False, True]
    assert service._index is not built
    assert service.search(Query("Zitherfundus"), NOW).hits


async def test_every_process_follows_the_other(filled: Database, service: OffersService) -> None:
    elsewhere = OffersService(
        service._repository, ResponsibleRepository(), TwinsRepository(), new_id=lambda: "x", house=HOUSE
    )
    async with filled.write() as tx:
        await elsewhere.refresh(tx)
        await service.import_tables(
            tx,
            changed("services.csv", "Deutschkurs A1 am Vormittag mit", "Zitherrunde mit"),
            NOW,
            dry_run=False,
        )
    async with filled.read() as tx:
        assert await elsewhere.refresh(tx) is True
        await service.refresh(tx)
    for text in ("Zitherrunde", "Deutschkurs", "Fahrrad", "ملتقى"):
        found = [
            [hit.offer.id for hit in each.search(Query(text), NOW, 20).hits] for each in (service, elsewhere)
        ]
        assert found[0] == found[1]


async def test_refresh_is_needed_once_after_a_change(filled: Database, service: OffersService) -> None:
    async with filled.read() as tx:
        assert service.search(Query("Deutschkurs", "german_course"), NOW).hits == ()
        assert await service.refresh(tx) is True
        assert await service.refresh(tx) is False
    assert service.search(Query("Deutschkurs", "german_course"), NOW).hits
    async with filled.write() as tx:
        report = await service.import_tables(
            tx, changed("services.csv", ";published;Mama", ";paused;Mama"), NOW, dry_run=False
        )
        assert report.changed == 1
        assert await service.refresh(tx) is True
    found = service.search(Query("", "german_course", "Haar", childcare=True), NOW, 100)
    assert course_id() not in {hit.offer.id for hit in found.hits}
    async with filled.read() as tx:
        paused = await service.get(tx, course_id())
        assert service.next_dates(paused, NOW, 3) == ()


async def test_drafts_and_unknown_offers_do_not_exist(filled: Database, service: OffersService) -> None:
    async with filled.write() as tx:
        table = tables.offers
        await tx.execute(update(table).where(table.c.id == course_id()).values(status="draft"))
    async with filled.read() as tx:
        for unknown in (course_id(), "", "x" * 32, "' OR 1=1 --"):
            with pytest.raises(NotFoundError):
                await service.get(tx, unknown)


async def test_calendar_and_dates_of_a_stored_offer(filled: Database, service: OffersService) -> None:
    async with filled.read() as tx:
        offer = await service.get(tx, course_id())
    assert len(service.next_dates(offer, NOW, 3)) == 3
    assert service.calendar(offer, NOW).startswith(b"BEGIN:VCALENDAR")


async def test_reports(
    filled: Database, service: OffersService, cipher: Cipher, new_id: Callable[[], str]
) -> None:
    people = PeopleService(
        PeopleRepository(cipher),
        Trail(AuditRepository(cipher), now=lambda: NOW),
        new_id=new_id,
        new_code=new_id,
    )
    async with filled.write() as tx:
        actor: Actor = await people.meet(tx, 42, "de", NOW)
        await service.report(tx, actor, course_id(), "phone", NOW)
        await service.report(tx, actor, course_id(), "phone", NOW + timedelta(hours=1))
        await service.report(tx, actor, course_id(), "full", NOW + timedelta(hours=2))
        await service.report(tx, None, course_id(), "closed", NOW + timedelta(hours=3))
        for offer_id, reason in ((course_id(), "nonsense"), ("unknown", "phone")):
            with pytest.raises(NotFoundError):
                await service.report(tx, actor, offer_id, reason, NOW)
    async with filled.write() as tx:
        await people.forget(tx, actor.id)
    async with filled.read() as tx:
        found = await service.open_reports(tx)
    assert [report.reason for report in found] == ["phone", "full", "closed"]
    assert found[0].owner == "koordination-ost"
    assert found[0].created_at == NOW
