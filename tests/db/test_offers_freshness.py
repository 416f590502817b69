"""Reviews in storage, on both databases: what falls due, what an answer changes, and that it can be taken back."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from db.engine import Database
from offers.errors import ChangedSinceError
from offers.freshness import FreshnessService
from offers.repository import OffersRepository
from offers.responsible.repository import ResponsibleRepository
from offers.service import OffersService
from offers.twins.repository import TwinsRepository
from offers.types import Gap, Offer, Query, Status
from people.errors import NotAllowedError, NotFoundError
from people.types import Actor, Person, Role
from tests.catalogue import HOUSE, REVIEW_DAYS, sample, sample_files

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
COURSE = next(offer for offer in sample() if offer.external_id == "deutsch-a1-kinderbetreuung-haar")


def somebody(*roles: Role) -> Actor:
    return Actor(Person("p", "de", True, "1", False, True, NOW), frozenset(roles))


STAFF, ANYBODY = somebody(Role.COORDINATOR), somebody()


@pytest.fixture
def service(new_id: Callable[[], str]) -> OffersService:
    return OffersService(
        OffersRepository(), ResponsibleRepository(), TwinsRepository(), new_id=new_id, house=HOUSE
    )


@pytest.fixture
def reviews() -> FreshnessService:
    return FreshnessService(OffersRepository(), HOUSE)


@pytest.fixture
async def filled(database: Database, service: OffersService) -> Database:
    async with database.write() as tx:
        await service.import_tables(tx, sample_files(), NOW, dry_run=False)
    return database


async def stored(database: Database, service: OffersService) -> Offer:
    async with database.read() as tx:
        return await service.get(tx, COURSE.id)


async def due_ids(database: Database, reviews: FreshnessService, now: datetime) -> list[str]:
    async with database.read() as tx:
        return [each.offer.id for each in await reviews.due(tx, now)]


async def checks(database: Database, service: OffersService) -> set[date]:
    """The days on which the course was confirmed, as figures count them: more offers than without it."""
    days = [date(2026, 9, 1) + timedelta(days=number) for number in range(150)]
    periods = {f"{day}": (day, day + timedelta(days=1)) for day in days}
    others = Counter(str(o.assured_date) for o in sample() if o.id != COURSE.id)
    async with database.read() as tx:
        found = await service.confirmed(tx, periods)
    return {day for day in days if found.get(str(day), 0) > others[str(day)]}


async def test_every_day_on_which_somebody_looked_stays_known(
    filled: Database, service: OffersService, reviews: FreshnessService
) -> None:
    later = NOW + timedelta(days=40)
    async with filled.write() as tx:
        first = (await reviews.answer(tx, STAFF, COURSE.id, "still", NOW)).offer
        await reviews.answer(tx, STAFF, COURSE.id, "still", NOW)
        await reviews.answer(tx, STAFF, COURSE.id, "pause", later)
        last = await reviews.answer(tx, STAFF, COURSE.id, "still", later)
    known = {COURSE.assured_date, date(2026, 11, 24)}
    assert await checks(filled, service) == {*known, date(2027, 1, 3)}
    async with filled.write() as tx:
        await reviews.take_back(tx, STAFF, COURSE.id, first.status, first.assured_date, last.at, later)
    assert await checks(filled, service) == known


async def test_an_offer_falls_due_a_quarter_after_its_last_check(
    filled: Database, reviews: FreshnessService
) -> None:
    assert COURSE.assured_date is not None
    last = datetime.combine(COURSE.assured_date, NOW.time(), UTC) + timedelta(days=REVIEW_DAYS)
    assert COURSE.id not in await due_ids(filled, reviews, last)
    assert COURSE.id in await due_ids(filled, reviews, last + timedelta(days=1))


async def test_only_what_is_public_falls_due(filled: Database, reviews: FreshnessService) -> None:
    found = await due_ids(filled, reviews, NOW + timedelta(days=400))
    assert set(found) == {o.id for o in sample() if o.status == "published"}


async def test_a_report_brings_an_offer_up_at_once_and_an_answer_settles_it(
    filled: Database, service: OffersService, reviews: FreshnessService
) -> None:
    async with filled.write() as tx:
        await service.report(tx, None, COURSE.id, "phone", NOW)
    assert (await due_ids(filled, reviews, NOW))[0] == COURSE.id
    async with filled.write() as tx:
        found = await reviews.answer(tx, STAFF, COURSE.id, "still", NOW)
    assert found.offer.assured_date == date(2026, 11, 24)
    assert COURSE.id not in await due_ids(filled, reviews, NOW)

    async with filled.write() as tx:
        was = found.status_before, found.assured_before, found.at
        back = await reviews.take_back(tx, STAFF, COURSE.id, *was, NOW)
    assert back.offer.assured_date == COURSE.assured_date
    assert [report.reason for report in back.reports] == ["phone"], "what it closed is open again"


async def test_an_ended_offer_is_found_no_more_until_it_is_taken_back(
    filled: Database, service: OffersService, reviews: FreshnessService
) -> None:
    wanted = Query(text=COURSE.name, topic="german_course", place="Haar")

    async def found() -> bool:
        async with filled.read() as tx:
            await service.refresh(tx)
        return COURSE.id in {hit.offer.id for hit in service.search(wanted, NOW, limit=50).hits}

    assert await found()
    for answer in ("end", "pause"):
        async with filled.write() as tx:
            ended = await reviews.answer(tx, STAFF, COURSE.id, answer, NOW)
        assert not await found(), answer
        async with filled.write() as tx:
            await reviews.take_back(tx, STAFF, COURSE.id, "published", COURSE.assured_date, ended.at, NOW)
        assert await found(), answer


async def test_the_same_file_again_keeps_what_the_review_said(
    filled: Database, service: OffersService, reviews: FreshnessService
) -> None:
    async with filled.write() as tx:
        await reviews.answer(tx, STAFF, COURSE.id, "still", NOW)
        report = await service.import_tables(tx, sample_files(), NOW, dry_run=False)
    assert report.changed == 0
    assert (await stored(filled, service)).assured_date == date(2026, 11, 24)


async def test_only_who_keeps_the_catalogue_may(filled: Database, reviews: FreshnessService) -> None:
    async with filled.write() as tx:
        with pytest.raises(NotAllowedError):
            await reviews.due_count(tx, ANYBODY, NOW)
        with pytest.raises(NotAllowedError):
            await reviews.look(tx, ANYBODY, COURSE.id)
        with pytest.raises(NotAllowedError):
            await reviews.answer(tx, ANYBODY, COURSE.id, "end", NOW)
        with pytest.raises(NotAllowedError):
            await reviews.take_back(tx, ANYBODY, COURSE.id, "ended", None, NOW, NOW)


@pytest.mark.parametrize("answer", ["", "published", "delete"])
async def test_what_is_no_answer_changes_nothing(
    filled: Database, service: OffersService, reviews: FreshnessService, answer: str
) -> None:
    async with filled.write() as tx:
        with pytest.raises(NotFoundError):
            await reviews.answer(tx, STAFF, COURSE.id, answer, NOW)
        with pytest.raises(NotFoundError):
            await reviews.answer(tx, STAFF, "nowhere", "still", NOW)
        with pytest.raises(NotFoundError):
            await reviews.take_back(tx, STAFF, COURSE.id, "draft", None, NOW, NOW)
        with pytest.raises(NotFoundError):
            await reviews.take_back(tx, STAFF, COURSE.id, "published", date(2026, 12, 24), NOW, NOW)
    assert await stored(filled, service) == COURSE


async def test_what_the_catalogue_lacks_is_counted_and_shown_from_five_on(
    filled: Database, service: OffersService, reviews: FreshnessService
) -> None:
    async with filled.read() as tx:
        await service.refresh(tx)
    met = service.search(Query(topic="german_course", place="Haar"), NOW)
    unmet = service.search(Query(topic="german_course", place="Aying", level="C2"), NOW)
    assert met.hits[0].misses == ()
    lacking = unmet.hits[0].misses[0]
    for number in range(5):
        async with filled.read() as tx:
            assert await reviews.gaps(tx, STAFF) == [], number
        async with filled.write() as tx:
            await reviews.missed(tx, "ar", unmet, NOW + timedelta(days=number))
            await reviews.missed(tx, "ar", met, NOW)
            await reviews.missed(tx, "fa", replace(unmet, hits=()), NOW)
    async with filled.write() as tx:
        await reviews.missed(tx, "fa", replace(unmet, hits=()), NOW)
        found = await reviews.gaps(tx, None)
        with pytest.raises(NotAllowedError):
            await reviews.gaps(tx, ANYBODY)
    assert found == [
        Gap("fa", "german_course", "Aying", "everything", 6, date(2026, 11, 24)),
        Gap("ar", "german_course", "Aying", lacking, 5, date(2026, 11, 28)),
    ]


async def test_owners_are_asked_and_all_is_counted_however_many_others_wait(
    filled: Database, reviews: FreshnessService
) -> None:
    old = date(2020, 1, 1)
    many = [replace(COURSE, id=f"no{n}", external_id=f"no{n}", owner="", assured_date=None) for n in range(9)]
    many += [replace(COURSE, id=f"x{n}", external_id=f"x{n}", owner="Jonas", assured_date=old) for n in "12"]
    many += [replace(COURSE, id="x3", external_id="x3", owner="Jonas", assured_date=None)]
    async with filled.write() as tx:
        before = await reviews.due_count(tx, None, NOW)
        await OffersRepository().add_offers(tx, many, NOW)
        assert await reviews.due_count(tx, STAFF, NOW) == len(many) + before
        assert len(await reviews.due(tx, NOW)) == len(many) + before
        found = await reviews.due_of(tx, {"Jonas"}, NOW)
    assert found == [("x3", "Jonas"), ("x1", "Jonas"), ("x2", "Jonas")], "what nobody ever confirmed first"


async def test_an_old_answer_is_not_taken_back_over_a_later_decision(
    filled: Database, service: OffersService, reviews: FreshnessService
) -> None:
    later = NOW + timedelta(days=20)
    async with filled.write() as tx:
        first = await reviews.answer(tx, STAFF, COURSE.id, "still", NOW)
        last = await reviews.answer(tx, STAFF, COURSE.id, "end", later)
        with pytest.raises(ChangedSinceError):
            await reviews.take_back(tx, STAFF, COURSE.id, first.status_before, None, first.at, later)
    assert (await stored(filled, service)).status == Status.ENDED
    async with filled.write() as tx:
        was = last.status_before, last.assured_before, last.at
        await reviews.take_back(tx, STAFF, COURSE.id, *was, later)
        with pytest.raises(ChangedSinceError):
            await reviews.take_back(tx, STAFF, COURSE.id, *was, later)
    assert (await stored(filled, service)).status == Status.PUBLISHED
