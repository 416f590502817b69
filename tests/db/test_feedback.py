"""One tap after a course date, on both databases: only who wants it, once, counted without anybody, shown from five on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from agreements.feedback.service import SHOWN_FROM, FeedbackService
from agreements.feedback.types import Answer, Counts
from agreements.privacy.repository import PrivacyRepository
from agreements.pushes import Pushes
from db.crypto import Cipher
from db.engine import Database
from db.tables.circle import feedback_asks, offer_feedback
from offers.circle import Circle, build_circle
from offers.repository import OffersRepository
from people.errors import NotAllowedError, NotFoundError
from people.types import Actor, Role
from tests.catalogue import sample, sample_files
from tests.db.agreements_world import World, at

COURSE = next(offer for offer in sample() if offer.external_id == "deutsch-a1-kinderbetreuung-haar")


@pytest.fixture
async def world(database: Database, cipher: Cipher, new_id: Callable[[], str]) -> World:
    made = World(database, cipher, new_id)
    async with database.write() as tx:
        await made.offers.import_tables(tx, sample_files(), made.now, dry_run=False)
    return made


@pytest.fixture
def circle(world: World, cipher: Cipher, new_id: Callable[[], str]) -> Circle:
    pushes = Pushes(world.delivery, world.people.house, new_id=new_id)
    return build_circle(cipher, world.people, world.delivery, world.offers, pushes, new_id=new_id)


@pytest.fixture
def feedback(world: World) -> FeedbackService:
    return world.cases.feedback


async def day_of_course(world: World) -> str:
    """The next day on which the course takes place, as a date."""
    async with world.database.read() as tx:
        offer = await world.offers.get(tx, COURSE.id)
    return f"{world.offers.next_dates(offer, world.now, 1)[0].starts_at:%Y-%m-%d}"


async def remembers(world: World, circle: Circle, feedback: FeedbackService, *, wants: bool = True) -> Actor:
    person = await world.person()
    async with world.database.write() as tx:
        await circle.saved.keep_offer(tx, person, COURSE.id, world.now, on=True)
        await feedback.set_wish(tx, person, world.now, on=wants)
    return person


async def ticks(world: World, feedback: FeedbackService) -> int:
    async with world.database.write() as tx:
        count = await feedback.tick(tx, world.now)
    await world.send()
    return count


async def test_only_who_wants_it_is_asked_once_after_a_date(
    world: World, circle: Circle, feedback: FeedbackService, cipher: Cipher
) -> None:
    keeper = await remembers(world, circle, feedback)
    silent = await remembers(world, circle, feedback, wants=False)
    staff, client, placed = await world.case()
    async with world.database.write() as tx:
        await world.placements.place(tx, staff, client.id, COURSE.id, world.now)
        await feedback.set_wish(tx, placed, world.now, on=True)
    day = await day_of_course(world)
    world.now = at(f"{day} 08:05")
    assert await ticks(world, feedback) == 0, "not before it, and not in the morning"
    world.now = at(f"{day} 17:05")
    assert await ticks(world, feedback) == 2
    assert await ticks(world, feedback) == 0
    assert (world.pushed(keeper), world.pushed(placed), world.pushed(silent)) == (
        ["feedback"],
        ["feedback"],
        [],
    )
    world.now = at("2027-03-20 17:05")
    assert await ticks(world, feedback) == 0, "once for each offer, however many dates it has"
    async with world.database.write() as tx:
        await PrivacyRepository(cipher).remove_asks(tx, world.now)
        assert (await tx.execute(select(feedback_asks))).all() == []


async def test_an_answer_is_counted_once_and_belongs_to_nobody(
    world: World, circle: Circle, feedback: FeedbackService
) -> None:
    people = [await remembers(world, circle, feedback) for _ in range(SHOWN_FROM)]
    staff = await world.person(Role.COORDINATOR)
    world.now = at(f"{await day_of_course(world)} 17:05")
    assert await ticks(world, feedback) == SHOWN_FROM
    for number, person in enumerate(people, 1):
        [ask] = world.refs(person, "feedback")
        async with world.database.write() as tx:
            other = people[number % SHOWN_FROM]
            with pytest.raises(NotFoundError):
                await feedback.answer(tx, other, ask, Answer.HELPED)
            given = Answer.NOT if number == 1 else Answer.HELPED
            await feedback.answer(tx, person, ask, given)
            with pytest.raises(NotFoundError):
                await feedback.answer(tx, person, ask, given)
            counts = await feedback.counts(tx, staff, COURSE.id)
            assert counts == (Counts(4, 0, 1) if number == SHOWN_FROM else None)
            with pytest.raises(NotAllowedError):
                await feedback.counts(tx, person, COURSE.id)
    async with world.database.read() as tx:
        rows = (await tx.execute(select(offer_feedback))).all()
        assert sorted(rows) == [(COURSE.id, "helped", 4), (COURSE.id, "not", 1)]
        assert set(feedback_asks.columns.keys()) == {"id", "person_id", "offer_id", "asked_at", "answered"}


async def test_whoever_wants_no_more_questions_gets_none_and_none_is_asked_of_shelters(
    world: World, circle: Circle, feedback: FeedbackService
) -> None:
    person = await remembers(world, circle, feedback)
    world.now = at(f"{await day_of_course(world)} 17:05")
    async with world.database.write() as tx:
        await feedback.set_wish(tx, person, world.now, on=False)
        assert await feedback.wants(tx, person) is False
    assert await ticks(world, feedback) == 0
    async with world.database.write() as tx:
        await feedback.set_wish(tx, person, world.now, on=True)
        await tx.execute(text("UPDATE offers SET kind = 'violence_help' WHERE id = :id"), {"id": COURSE.id})
    assert await ticks(world, feedback) == 0


async def test_an_offer_that_is_a_draft_again_stops_no_question_about_others(
    world: World, circle: Circle, feedback: FeedbackService
) -> None:
    person = await remembers(world, circle, feedback)
    twin = replace(COURSE, id="twin", external_id="twin", exceptions=())
    async with world.database.write() as tx:
        await OffersRepository().add_offers(tx, [twin], world.now)
        await circle.saved.keep_offer(tx, person, twin.id, world.now, on=True)
        await tx.execute(text("UPDATE offers SET status = 'draft' WHERE id = :id"), {"id": COURSE.id})
        world.now = at(f"{world.offers.next_dates(twin, world.now, 1)[0].starts_at:%Y-%m-%d} 17:05")
    assert await ticks(world, feedback) == 1


async def test_nobody_is_asked_about_a_date_from_before_they_remembered_the_offer(
    world: World, circle: Circle, feedback: FeedbackService
) -> None:
    world.now = at(f"{await day_of_course(world)} 15:00")
    person = await remembers(world, circle, feedback)
    world.now += timedelta(hours=3)
    assert await ticks(world, feedback) == 0
    world.now = at(f"{await day_of_course(world)} 17:05")
    assert await ticks(world, feedback) == 1
    assert world.pushed(person) == ["feedback"]
