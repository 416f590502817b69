"""Changes by hand in storage, on both databases: every field, dates, undo, and that imports and exports live with them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from db.engine import Database
from db.tables.people import persons
from offers import dates, editing, tablefile
from offers.beginning import NewOffer
from offers.editing import EditingService, FieldError
from offers.errors import CellError, ChangedSinceError, NoContactError
from offers.repository import OffersRepository
from offers.responsible.repository import ResponsibleRepository
from offers.service import OffersService
from offers.twins.repository import TwinsRepository
from offers.types import Offer, Query, Status
from people.errors import NotAllowedError, NotFoundError
from people.types import Actor, Person, Role
from tests.catalogue import sample, sample_files

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
COURSE = next(offer for offer in sample() if offer.external_id == "deutsch-a1-kinderbetreuung-haar")
STAFF = Actor(Person("p", "de", True, "1", False, True, NOW), frozenset({Role.COORDINATOR}))
ANYBODY = Actor(Person("p", "de", True, "1", False, True, NOW), frozenset({Role.VOLUNTEER}))


@pytest.fixture
def service(new_id: Callable[[], str]) -> OffersService:
    return OffersService(OffersRepository(), ResponsibleRepository(), TwinsRepository(), new_id=new_id)


@pytest.fixture
def edits(new_id: Callable[[], str]) -> EditingService:
    return EditingService(OffersRepository(), TwinsRepository(), new_id=new_id)


@pytest.fixture
async def filled(database: Database, service: OffersService) -> Database:
    async with database.write() as tx:
        await service.import_tables(tx, sample_files(), NOW, dry_run=False)
        # Whoever changes something is somebody.
        await tx.execute(
            insert(persons).values(
                id="p", chat_hash="h", chat_sealed=b"x", language="de", created_at=NOW, seen_at=NOW
            )
        )
    return database


async def change(database: Database, edits: EditingService, field: str, text: str) -> editing.Edited:
    async with database.write() as tx:
        return await edits.change(tx, STAFF, COURSE.id, field, text, NOW)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("name", "Deutsch für alle", "Deutsch für alle"),
        ("phone", "089 6221 1234", "089 6221 1234"),
        ("registration_deadline", "3.2.2027", date(2027, 2, 3)),
        ("capacity", "20", 20),
        ("keywords", "Deutsch, lernen", ("Deutsch", "lernen")),
        ("place", "Aying", "Aying"),
        ("level_max", "B1", "B1"),
        ("summary", "", ""),
        ("description", "Zeile eins\nZeile zwei", "Zeile eins\nZeile zwei"),
    ],
)
async def test_a_field_is_read_like_a_cell_of_the_import_and_taken_back(
    filled: Database, edits: EditingService, field: str, text: str, value: object
) -> None:
    edited = await change(filled, edits, field, text)
    assert getattr(edited.offer, field) == value
    async with filled.write() as tx:
        back = await edits.undo(tx, STAFF, COURSE.id, edited.version_id, NOW)
    assert {**vars(back), "texts": ()} == {**vars(COURSE), "texts": ()}


async def test_dates_are_typed_and_found(
    filled: Database, edits: EditingService, service: OffersService
) -> None:
    edited = await change(filled, edits, "schedules", "Di, Do 18-19:30 ab 1.12.2026")
    assert [s.byday for s in edited.offer.schedules] == ["TU,TH"]
    async with filled.read() as tx:
        assert await service.refresh(tx)
    with pytest.raises(CellError):
        await change(filled, edits, "schedules", "wann auch immer")


async def test_what_does_not_fit_is_refused_and_changes_nothing(
    filled: Database, edits: EditingService
) -> None:
    for field, text, key in (
        ("name", "  ", "import.empty"),
        ("name", "x" * 201, "import.too_long"),
        ("phone", "keine", "import.bad_phone"),
        ("free_places", "99999", "import.free_over_capacity"),
        ("place", "Berlin", "import.unknown_place"),
        ("registration_deadline", "31.2.2027", "import.bad_date"),
    ):
        with pytest.raises(FieldError) as caught:
            await change(filled, edits, field, text)
        assert caught.value.message.key == key, field
    for field in ("id", "status", "source", "nothing"):
        with pytest.raises(NotFoundError):
            await change(filled, edits, field, "x")
    async with filled.read() as tx:
        assert (await edits.look(tx, STAFF, COURSE.id)).name == COURSE.name


async def test_a_provider_writes_only_what_is_theirs(filled: Database, edits: EditingService) -> None:
    provider = Actor(STAFF.person, frozenset({Role.PROVIDER}))
    other = next(offer for offer in sample() if offer.provider.id != COURSE.provider.id)
    async with filled.write() as tx:
        with pytest.raises(NotFoundError):
            await edits.look(tx, provider, COURSE.id)
        await edits.belonging.give(tx, COURSE.provider.id, provider.id)
        edited = await edits.change(tx, provider, COURSE.id, "phone", "089 6221 1234", NOW)
        assert (await edits.undo(tx, provider, COURSE.id, edited.version_id, NOW)).phone == COURSE.phone
        for refused in (
            edits.change(tx, provider, COURSE.id, "owner", "Ich", NOW),
            edits.change(tx, provider, other.id, "phone", "089 6221 1234", NOW),
            edits.publish(tx, provider, other.id, NOW),
        ):
            with pytest.raises(NotFoundError):
                await refused
        own = await edits.belonging.offers(tx, provider)
        assert {offer.provider.id for offer in own} == {COURSE.provider.id}
        new = NewOffer("german_course", "Neu", COURSE.provider.id, "", "Haar", (), "089 6221 1234", "Test")
        begun = await edits.create(tx, provider, new, NOW)
        assert begun.status == Status.DRAFT
        with pytest.raises(NotAllowedError):
            await edits.publish(tx, provider, begun.id, NOW)
        for foreign in ("", other.provider.id):
            with pytest.raises(NotFoundError):
                await edits.create(tx, provider, replace(new, provider_id=foreign), NOW)
        await edits.publish(tx, STAFF, begun.id, NOW)
        assert (await edits.publish(tx, provider, begun.id, NOW)).offer.status == Status.PUBLISHED


async def test_undo_is_refused_after_another_change(filled: Database, edits: EditingService) -> None:
    first = await change(filled, edits, "name", "Eins")
    await change(filled, edits, "name", "Zwei")
    async with filled.write() as tx:
        with pytest.raises(ChangedSinceError):
            await edits.undo(tx, STAFF, COURSE.id, first.version_id, NOW)


async def test_a_cancelled_and_a_moved_date(
    filled: Database, edits: EditingService, service: OffersService
) -> None:
    async with filled.write() as tx:
        _, coming = await edits.coming(tx, STAFF, COURSE.id, NOW, 3)
        stamps = [found.planned.starts_at.astimezone(dates.BERLIN) for found in coming]
        first, second = ((s.date(), f"{s:%H:%M}") for s in stamps[:2])
        await edits.cancel_date(tx, STAFF, COURSE.id, *first, NOW)
        edited = await edits.move_date(tx, STAFF, COURSE.id, *second, "24.12.2026 6:00-7:00", NOW)
        with pytest.raises(NotFoundError):
            await edits.cancel_date(tx, STAFF, COURSE.id, date(2026, 11, 25), "03:33", NOW)
    found = dates.next_dates(edited.offer, NOW, 50)
    times = [one.starts_at.astimezone(dates.BERLIN) for one in found]
    assert stamps[0] not in times
    assert stamps[1] not in times
    assert stamps[2] in times
    assert datetime(2026, 12, 24, 6, 0, tzinfo=dates.BERLIN) in times
    assert times == sorted(times)
    # The same file once more changes nothing, and the dates stay cancelled.
    async with filled.write() as tx:
        report = await service.import_tables(tx, sample_files(), NOW + timedelta(days=1), dry_run=False)
        assert (report.new, report.changed) == (0, 0)
        assert len((await edits.look(tx, STAFF, COURSE.id)).exceptions) == 2
        restored = await edits.restore_date(tx, STAFF, COURSE.id, *first, NOW)
    assert stamps[0] in {one.starts_at for one in dates.next_dates(restored.offer, NOW, 50)}


async def test_what_was_changed_is_exported_and_comes_back(
    filled: Database, edits: EditingService, service: OffersService
) -> None:
    await change(filled, edits, "schedules", "1. Mi 18-19:30 ab 1.12.2026, nicht in den Ferien")
    await change(filled, edits, "cost", "fee")
    edited = await change(filled, edits, "cost_amount", "12,50")
    async with filled.write() as tx:
        files = tablefile.csv_files(*await service.everything(tx))
        await service.import_tables(tx, files, NOW, dry_run=False)
        again = await edits.look(tx, STAFF, COURSE.id)
    assert again == edited.offer


async def test_a_new_offer_with_a_new_provider(
    filled: Database, edits: EditingService, service: OffersService
) -> None:
    new = NewOffer("job_fair", "Messe", "", "Messeverein", "Haar", (), "", "In Lotse eingetragen")
    async with filled.write() as tx:
        offer = await edits.create(tx, STAFF, new, NOW)
        assert offer.status == Status.DRAFT
        assert (await edits.drafts(tx, STAFF))[0].id == offer.id
        with pytest.raises(NoContactError):
            await edits.publish(tx, STAFF, offer.id, NOW)
        await edits.change(tx, STAFF, offer.id, "email", "messe@example.org", NOW)
        published = await edits.publish(tx, STAFF, offer.id, NOW)
        assert published.offer.assured_date == date(2026, 11, 24)
        await service.refresh(tx)
        [provider] = await edits.providers(tx, STAFF, "messev", 5)
        assert provider.id == published.offer.provider.id
        second = await edits.create(tx, STAFF, NewOffer(
            "job_fair", "Messe zwei", provider.id, "", "Haar", (), "", "x"), NOW)  # fmt: skip
        assert second.provider == provider
    hits = service.search(Query(text="Messe", topic="work"), NOW).hits
    assert published.offer.id in {hit.offer.id for hit in hits}


async def test_only_those_who_keep_the_catalogue(filled: Database, edits: EditingService) -> None:
    new = NewOffer("job_fair", "Messe", "", "Verein", "Haar", (), "", "x")
    async with filled.write() as tx:
        for attempt in (
            edits.change(tx, ANYBODY, COURSE.id, "name", "x", NOW),
            edits.toggle(tx, ANYBODY, COURSE.id, "audience", "women", NOW),
            edits.publish(tx, ANYBODY, COURSE.id, NOW),
            edits.create(tx, ANYBODY, new, NOW),
            edits.undo(tx, ANYBODY, COURSE.id, "v", NOW),
            edits.cancel_date(tx, ANYBODY, COURSE.id, date(2026, 12, 1), "09:00", NOW),
            edits.coming(tx, ANYBODY, COURSE.id, NOW, 3),
            edits.drafts(tx, ANYBODY),
            edits.providers(tx, ANYBODY, "", 3),
        ):
            with pytest.raises(NotAllowedError):
                await attempt


def test_every_field_can_be_asked_for_and_is_known_to_the_import() -> None:
    names = {field for field in editing.FIELDS if field != editing.DATES}
    assert names <= set(Offer.__dataclass_fields__)
    assert len(editing.FIELDS) == len(set(editing.FIELDS))
