"""Changes by hand in storage, on both databases: every field, dates, undo, and that imports and exports live with them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from db.engine import Database
from db.tables.people import persons
from offers import dates, editing, exceptions, tablefile
from offers.beginning import NewOffer
from offers.editing import EditingService
from offers.errors import CellError, ChangedSinceError, FieldError, NoContactError
from offers.repository import OffersRepository
from offers.responsible.repository import ResponsibleRepository
from offers.service import OffersService
from offers.twins.repository import TwinsRepository
from offers.types import DateException, Offer, Query, Status
from people.errors import NotAllowedError, NotFoundError
from people.types import Actor, Person, Role
from tests.catalogue import HOUSE, sample, sample_files

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
COURSE = next(offer for offer in sample() if offer.external_id == "deutsch-a1-kinderbetreuung-haar")
STAFF = Actor(Person("p", "de", True, "1", False, True, NOW), frozenset({Role.COORDINATOR}))
ANYBODY = Actor(Person("p", "de", True, "1", False, True, NOW), frozenset({Role.VOLUNTEER}))


@pytest.fixture
def service(new_id: Callable[[], str]) -> OffersService:
    return OffersService(
        OffersRepository(), ResponsibleRepository(), TwinsRepository(), new_id=new_id, house=HOUSE
    )


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
        ("district_financed", "no", "no"),
        ("cooperation_until", "31.12.2028", date(2028, 12, 31)),
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


async def test_a_moved_date_is_moved_again_and_cancelled_after_its_old_day(
    filled: Database, edits: EditingService
) -> None:
    monday, later = (date(2026, 11, 30), "18:00"), NOW + timedelta(days=7)
    await change(filled, edits, "schedules", "Mo 18-19:30 ab 2.11.2026")
    async with filled.write() as tx:
        await edits.move_date(tx, STAFF, COURSE.id, *monday, "4.12.2026 10-11:30", NOW)
        _, before = await edits.coming(tx, STAFF, COURSE.id, NOW, 3)
        assert [found.passed for found in before] == [False] * 3
        _, coming = await edits.coming(tx, STAFF, COURSE.id, later, 3)
        assert coming[0].planned.starts_at == dates.at(*monday)
        assert coming[0].now == dates.moved_date(DateException(*monday, date(2026, 12, 4), "10:00", "11:30"))
        assert [found.passed for found in coming] == [True, False, False]
        with pytest.raises(NotFoundError):
            await edits.restore_date(tx, STAFF, COURSE.id, *monday, later)
        moved = await edits.move_date(tx, STAFF, COURSE.id, *monday, "5.12.2026 10-11:30", later)
        assert dates.last_use(*monday, moved.offer) == dates.at(date(2026, 12, 5), "10:00")
        edited = await edits.cancel_date(tx, STAFF, COURSE.id, *monday, later)
        _, coming = await edits.coming(tx, STAFF, COURSE.id, later, 3)
    assert dates.last_use(*monday, moved.offer, edited.offer) == dates.at(date(2026, 12, 5), "10:00")
    assert [found.planned.starts_at.day for found in coming] == [7, 14, 21]
    assert dates.next_dates(edited.offer, later, 1)[0].starts_at == dates.at(date(2026, 12, 7), "18:00")


WEDNESDAY = DateException(date(2026, 12, 9), "18:00", date(2026, 12, 11), "10:00", "11:30")


async def excepted(filled: Database, edits: EditingService) -> Offer:
    """A series on Mondays and Wednesdays: one Monday is cancelled, one Wednesday moved to a Friday."""
    await change(filled, edits, "schedules", "Mo, Mi 18-19:30 ab 2.11.2026")
    async with filled.write() as tx:
        await edits.cancel_date(tx, STAFF, COURSE.id, date(2026, 12, 7), "18:00", NOW)
        edited = await edits.move_date(
            tx, STAFF, COURSE.id, WEDNESDAY.day, "18:00", "11.12.2026 10-11:30", NOW
        )
    return edited.offer


def starts(offer: Offer) -> set[datetime]:
    return {found.starts_at for found in dates.next_dates(offer, NOW, 30)}


async def test_a_moved_date_ends_with_the_series_it_was_moved_in(
    filled: Database, edits: EditingService
) -> None:
    before = await excepted(filled, edits)
    edited = await change(filled, edits, "schedules", "Do 18-19:30 ab 2.11.2026")
    assert edited.offer.exceptions == ()
    assert {found.isoweekday() for found in starts(edited.offer)} == {4}
    assert exceptions.news(before, edited.offer, NOW) == (None,), "every date is another"
    as_planned = replace(before, exceptions=())
    assert exceptions.news(before, as_planned, NOW) == (WEDNESDAY,)
    assert exceptions.news(before, as_planned, NOW + timedelta(days=30)) == (), "over by then"
    assert exceptions.of(edited.offer, WEDNESDAY.day, "18:00") is None
    assert not exceptions.takes_place(edited.offer, WEDNESDAY.day, "18:00")
    async with filled.write() as tx:
        back = await edits.undo(tx, STAFF, COURSE.id, edited.version_id, NOW)
    assert back.exceptions == before.exceptions
    assert exceptions.news(edited.offer, back, NOW) == (None,)


async def test_a_cancelled_day_stays_cancelled_when_only_the_hour_changes(
    filled: Database, edits: EditingService
) -> None:
    before = await excepted(filled, edits)
    edited = await change(filled, edits, "schedules", "Mo, Mi 18:30-20 ab 2.11.2026")
    assert [(e.day.day, e.opens_at) for e in edited.offer.exceptions] == [(7, "18:30"), (9, "18:30")]
    found = starts(edited.offer)
    assert dates.at(date(2026, 12, 7), "18:30") not in found
    assert dates.at(date(2026, 12, 9), "18:30") not in found
    assert dates.at(date(2026, 12, 11), "10:00") in found
    assert exceptions.news(before, edited.offer, NOW) == (None,), "an hour that changes moves every date"
    # A button or push of before still finds what became of the day.
    assert exceptions.of(edited.offer, WEDNESDAY.day, "18:00") == edited.offer.exceptions[1]


async def test_only_what_somebody_can_have_in_mind_is_news(filled: Database, edits: EditingService) -> None:
    before = (await change(filled, edits, "schedules", "Mo 18-19:30 ab 2.11.2026")).offer
    more = (await change(filled, edits, "schedules", "Mo 18-19:30 ab 2.11.2026; Do 9-10 ab 2.11.2026")).offer
    assert exceptions.news(before, more, NOW) == (), "a day more takes nobody's away"
    assert exceptions.news(more, before, NOW) == (None,)
    paused, ended, draft = (
        replace(before, status=status.value) for status in (Status.PAUSED, Status.ENDED, Status.DRAFT)
    )
    for one, other in ((before, paused), (paused, before), (before, ended), (paused, ended)):
        assert exceptions.news(one, other, NOW) == (None,)
    for one, other in ((draft, before), (before, draft), (paused, replace(more, status=Status.PAUSED.value))):
        assert exceptions.news(one, other, NOW) == ()


async def test_of_two_dates_a_day_the_nearer_one_keeps_what_became_of_it(
    filled: Database, edits: EditingService
) -> None:
    await change(filled, edits, "schedules", "Mo 9-10 ab 2.11.2026; Mo 18-19 ab 2.11.2026")
    async with filled.write() as tx:
        for clock in ("09:00", "18:00"):
            await edits.cancel_date(tx, STAFF, COURSE.id, date(2026, 12, 7), clock, NOW)
        await edits.move_date(tx, STAFF, COURSE.id, date(2026, 12, 7), "09:00", "8.12.2026 9-10", NOW)
    edited = await change(filled, edits, "schedules", "Mo 18:30-19 ab 2.11.2026")
    assert edited.offer.exceptions == (DateException(date(2026, 12, 7), "18:30"),)


async def test_a_date_moved_ahead_of_today_outlives_dates_typed_anew(
    filled: Database, edits: EditingService
) -> None:
    await excepted(filled, edits)
    later = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
    async with filled.write() as tx:
        same = await edits.change(tx, STAFF, COURSE.id, "schedules", "Mo, Mi 17-18:30", later)
        assert dates.at(date(2026, 12, 11), "10:00") in {
            d.starts_at for d in dates.next_dates(same.offer, later, 3)
        }
        _, coming = await edits.coming(tx, STAFF, COURSE.id, later, 3)
        assert (coming[0].passed, coming[0].planned.starts_at.day) == (True, 9)
        moved_day = coming[0].planned.starts_at
        await edits.cancel_date(tx, STAFF, COURSE.id, moved_day.date(), f"{moved_day:%H:%M}", later)
        other = await edits.change(tx, STAFF, COURSE.id, "schedules", "Do 17-18:30", later)
        assert other.offer.exceptions == ()
        none = await edits.change(tx, STAFF, COURSE.id, "schedules", "", later)
        assert none.offer.exceptions == ()


async def test_an_import_that_changes_the_series_ends_what_was_moved_in_them(
    filled: Database, edits: EditingService, service: OffersService
) -> None:
    async with filled.read() as tx:
        old = tablefile.csv_files(*await service.everything(tx))
    before = await excepted(filled, edits)
    await change(filled, edits, "schedules", "Mi 18:30-20 ab 2.11.2026")
    async with filled.read() as tx:
        new = tablefile.csv_files(*await service.everything(tx))
    async with filled.write() as tx:
        preview = await service.import_tables(tx, new, NOW, dry_run=True)
        assert preview.news == ()
        await service.import_tables(tx, new, NOW, dry_run=False)
        [kept] = (await edits.look(tx, STAFF, COURSE.id)).exceptions
        assert kept == replace(WEDNESDAY, opens_at="18:30")
        report = await service.import_tables(tx, old, NOW, dry_run=False)
        assert report.news == ((COURSE.id, None),)
        assert (await edits.look(tx, STAFF, COURSE.id)).exceptions == ()
    assert before.exceptions


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


async def test_a_draft_is_thrown_away_and_taken_back(
    filled: Database, edits: EditingService, service: OffersService
) -> None:
    dates = COURSE.schedules
    new = NewOffer("job_fair", "Unfug", "", "Niemand", "Haar", dates, "", "In Lotse eingetragen")
    async with filled.write() as tx:
        before = await edits.draft_count(tx, STAFF)
        offer = await edits.create(tx, STAFF, new, NOW)
        assert await edits.draft_count(tx, STAFF) == before + 1
        gone = await edits.discard(tx, STAFF, offer.id, NOW)
        assert (gone.offer.status, gone.offer.schedules) == (Status.ENDED, ()), "no figure counts its dates"
        assert offer.id not in {draft.id for draft in await edits.drafts(tx, STAFF)}
        back = await edits.undo(tx, STAFF, offer.id, gone.version_id, NOW)
        assert (back.status, back.schedules) == (Status.DRAFT, offer.schedules)
        with pytest.raises(NotFoundError):
            await edits.discard(tx, STAFF, COURSE.id, NOW)
        with pytest.raises(NotAllowedError):
            await edits.discard(tx, ANYBODY, offer.id, NOW)


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
            edits.draft_count(tx, ANYBODY),
            edits.providers(tx, ANYBODY, "", 3),
        ):
            with pytest.raises(NotAllowedError):
                await attempt


def test_every_field_can_be_asked_for_and_is_known_to_the_import() -> None:
    names = {field for field in editing.FIELDS if field != editing.DATES}
    assert names <= set(Offer.__dataclass_fields__)
    assert len(editing.FIELDS) == len(set(editing.FIELDS))
