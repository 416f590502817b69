"""What people keep, on both databases: their own alone, sealed, told of once a day, gone after its time."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, text

from agreements.placements.types import PlacementStatus
from agreements.privacy.repository import PrivacyRepository
from agreements.pushes import Pushes
from db.crypto import Cipher
from db.engine import Database
from db.tables.circle import saved_offers, saved_profiles, saved_searches
from i18n.messages import words
from offers.circle import Circle, build_circle
from offers.editing import EditingService
from offers.errors import SuggestedEnoughError
from offers.repository import OffersRepository
from offers.saved.errors import KeptFullError, NothingChosenError
from offers.saved.types import MOST
from offers.suggesting import WAITING_AT_MOST
from offers.twins.repository import TwinsRepository
from offers.types import Query, Status, Suggestion
from people.errors import CodesOpenError, InvitationInvalidError, NotAllowedError, NotFoundError
from people.rules import OPEN_CODES
from people.types import Role
from tests.catalogue import sample, sample_files
from tests.db.agreements_world import World, at

COURSE = next(offer for offer in sample() if offer.external_id == "deutsch-a1-kinderbetreuung-haar")
HAAR = Query(topic="german_course", place="Haar", level="A1")


@pytest.fixture
async def world(database: Database, cipher: Cipher, new_id: Callable[[], str]) -> World:
    made = World(database, cipher, new_id)
    async with database.write() as tx:
        await made.offers.import_tables(tx, sample_files(), made.now, dry_run=False)
        await made.offers.refresh(tx)
    return made


@pytest.fixture
def circle(world: World, cipher: Cipher, new_id: Callable[[], str]) -> Circle:
    pushes = Pushes(world.delivery, world.people.house, new_id=new_id)
    return build_circle(cipher, world.people, world.delivery, world.offers, pushes, new_id=new_id)


async def publishes_another(world: World, number: int) -> None:
    """A German course in Haar that was not there."""
    new = replace(COURSE, id=f"new{number}", external_id=f"new-{number}", exceptions=())
    async with world.database.write() as tx:
        await OffersRepository().add_offers(tx, [new], world.now)


async def test_words_of_a_search_from_before_go_and_what_they_name_stays(
    world: World, circle: Circle, cipher: Cipher
) -> None:
    vera, at_noon = await world.person(Role.VOLUNTEER), at("2027-02-01 12:00")
    written = {
        "named": {"text": "Mein Sohn Yusuf will schwimmen", "place": "Haar"},
        "filters": {"text": "blorb Karimi", "topic": "german_course"},
        "nothing": {"text": "blorb Karimi"},
    }
    async with world.database.write() as tx:
        await world.people.choose_language(tx, vera, "de")
        await circle.saved.keep_search(tx, vera, replace(HAAR, text="Schwimmkurs"), world.now)
        for id_, query in written.items():
            sealed = cipher.seal("saved_searches", "query_sealed", id_, json.dumps(query))
            times = dict.fromkeys(("created_at", "told_at", "seen_at"), at_noon)
            row = {"id": id_, "person_id": vera.id, "query_sealed": sealed, **times}
            await tx.execute(insert(saved_searches).values(**row))
        await circle.saved.tick(tx, at_noon)
        found = {each.id: each for each in await circle.saved.searches(tx, vera)}
        sealed = {row.id: row.query_sealed for row in await tx.execute(select(saved_searches))}
    assert "nothing" not in found, "a search for everything was never meant"
    assert found["filters"].query == Query(topic="german_course")
    assert found["named"].query == Query(text=words("de").plain("kind.swimming"), place="Haar")
    assert not [each for each in found.values() if each.as_written]
    for id_, kept in sealed.items():
        opened = cipher.open("saved_searches", "query_sealed", id_, kept)
        assert not [word for word in ("Yusuf", "Sohn", "Karimi") if word in opened]
    assert [each.query for each in found.values() if each.id not in written] == [
        replace(HAAR, text="Schwimmkurs")
    ]


async def ticks(world: World, circle: Circle) -> int:
    async with world.database.write() as tx:
        count = await circle.saved.tick(tx, world.now)
    await world.send()
    return count


async def test_new_offers_are_told_once_a_day_in_daylight_and_opened_once(
    world: World, circle: Circle
) -> None:
    vera, other = await world.person(Role.VOLUNTEER), await world.person(Role.VOLUNTEER)
    async with world.database.write() as tx:
        await circle.saved.keep_search(tx, vera, HAAR, world.now)
        await circle.saved.keep_search(tx, vera, HAAR, world.now)
        await circle.saved.keep_search(tx, other, Query(topic="housing"), world.now)
        assert len(await circle.saved.searches(tx, vera)) == 1, "the same search twice is one"
    assert await ticks(world, circle) == 0, "what was there is no news"
    world.now = at("2027-02-01 20:30")
    await publishes_another(world, 1)
    assert await ticks(world, circle) == 0, "not in the evening"
    world.now = at("2027-02-02 09:00")
    assert await ticks(world, circle) == 1
    assert (world.pushed(vera), world.pushed(other)) == (["saved"], [])
    await publishes_another(world, 2)
    world.now = at("2027-02-02 15:00")
    assert await ticks(world, circle) == 0, "once a day"
    async with world.database.write() as tx:
        [news] = await circle.saved.news(tx, vera, world.now)
        assert {hit.offer.id for hit in news.hits} == {"new1", "new2"}, "all since they looked"
    world.now = at("2027-02-03 09:00")
    await publishes_another(world, 3)
    assert await ticks(world, circle) == 1
    async with world.database.write() as tx:
        [news] = await circle.saved.news(tx, vera, world.now)
        assert {hit.offer.id for hit in news.hits} == {"new3"}
        assert await circle.saved.news(tx, vera, world.now) == []
        [search] = await circle.saved.searches(tx, vera)
        await circle.saved.drop_search(tx, vera, search.id)
    await publishes_another(world, 4)
    world.now = at("2027-02-04 09:00")
    assert await ticks(world, circle) == 0


async def test_profiles_are_ones_own_sealed_and_ten(world: World, circle: Circle) -> None:
    vera, other, anybody = [
        await world.person(*roles) for roles in ((Role.VOLUNTEER,), (Role.CIRCLE_COORDINATOR,), ())
    ]
    async with world.database.write() as tx:
        mother = await circle.saved.keep_profile(tx, vera, HAAR, world.now)
        assert (mother.mark, dict(mother.filters)) == (0, {"place": "Haar", "level": "A1"})
        with pytest.raises(NothingChosenError):
            await circle.saved.keep_profile(tx, vera, Query(topic="health", text="Name"), world.now)
        for _ in range(MOST - 1):
            await circle.saved.keep_profile(tx, vera, HAAR, world.now)
        with pytest.raises(KeptFullError):
            await circle.saved.keep_profile(tx, vera, HAAR, world.now)
        for action in (
            circle.saved.use_profile(tx, other, mother.id, world.now),
            circle.saved.drop_profile(tx, other, mother.id),
            circle.saved.search(tx, other, "x"),
            circle.saved.drop_search(tx, other, "x"),
        ):
            with pytest.raises(NotFoundError):
                await action
        with pytest.raises(NotAllowedError):
            await circle.saved.keep_profile(tx, anybody, HAAR, world.now)
        await circle.saved.drop_profile(tx, vera, mother.id)
        assert (await circle.saved.keep_profile(tx, vera, HAAR, world.now)).mark == 0
        stored = (await tx.execute(select(saved_profiles.c.filters_sealed))).scalars().all()
        assert all(b"Haar" not in bytes(sealed) for sealed in stored)


async def test_changed_dates_are_told_to_who_wished_is_placed_or_remembers_each_once(
    world: World, circle: Circle
) -> None:
    staff, placed, person = await world.case()
    wished = await world.client(staff)
    wisher = await world.person()
    await world.link(staff, wished, wisher)
    keeper, gone, suggested_to = await world.person(), await world.person(), await world.person()
    suggested = await world.link(staff, await world.client(staff), suggested_to)
    async with world.database.write() as tx:
        await world.placements.place(tx, staff, placed.id, COURSE.id, world.now)
        await world.agreements.wish(tx, wisher, COURSE.id, world.now)
        await world.placements.suggest(tx, staff, suggested.id, COURSE.id, world.now)
        for who in (person, keeper, gone, staff):
            await circle.saved.keep_offer(tx, who, COURSE.id, world.now, on=True)
        await circle.saved.keep_offer(tx, gone, COURSE.id, world.now, on=False)
    await world.send()
    world.courier.carried.clear()
    ref, until = f"{COURSE.id}.202702081800", world.now + timedelta(days=7)
    async with world.database.write() as tx:
        assert await world.agreements.offer_date_changed(tx, staff, COURSE.id, ref, until, world.now) == 3
        # Moved again before anybody was told: told once.
        assert await world.agreements.offer_date_changed(tx, staff, COURSE.id, ref, until, world.now) == 3
    await world.send()
    told = {who: world.pushed(who) for who in (person, wisher, keeper)}
    assert list(told.values()) == [["offer_date"]] * 3
    assert [world.pushed(who) for who in (gone, suggested_to, staff)] == [[], [], []]
    async with world.database.write() as tx:
        [placement] = await world.placements.placements(tx, staff, placed.id)
        await world.placements.step(tx, staff, placement.id, PlacementStatus.DROPPED, world.now)
        await circle.saved.keep_offer(tx, person, COURSE.id, world.now, on=False)
        assert await world.agreements.offer_date_changed(tx, staff, COURSE.id, ref, until, world.now) == 2


async def test_a_suggestion_is_a_draft_that_names_nobody_and_reaches_who_keeps_the_place(
    world: World, circle: Circle, new_id: Callable[[], str]
) -> None:
    vera, staff, other = [
        await world.person(role) for role in (Role.VOLUNTEER, Role.COORDINATOR, Role.COORDINATOR)
    ]
    owner = next(offer.owner for offer in sample() if offer.owner and offer.place == "Haar")
    said = Suggestion("conversation_course", "Sprachcafé, Caritas", "Haar", "Di 18-20 Uhr, 089 123456")
    async with world.database.write() as tx:
        first = await circle.suggesting.suggest(tx, vera, said, "Ehrenamt", world.now)
    await world.send()
    assert (world.pushed(staff), world.pushed(other)) == (["draft"], ["draft"]), "nobody keeps anything yet"
    async with world.database.write() as tx:
        await tx.execute(
            text("INSERT INTO offer_owners (owner, person_id) VALUES (:owner, :person)"),
            {"owner": owner, "person": staff.id},
        )
        again = replace(said, name="Nähtreff", when="irgendwann nachmittags")
        second = await circle.suggesting.suggest(tx, vera, again, "Ehrenamt", world.now)
        for wrong in (replace(said, kind="nothing"), replace(said, place="Nirgendwo")):
            with pytest.raises(NotFoundError):
                await circle.suggesting.suggest(tx, vera, wrong, "Ehrenamt", world.now)
        editing = EditingService(OffersRepository(), TwinsRepository(), new_id=new_id)
        drafts = await editing.drafts(tx, staff)
    await world.send()
    assert (world.pushed(staff), world.pushed(other)) == (["draft"] * 2, ["draft"])
    assert {draft.id for draft in drafts} >= {first.id, second.id}
    course = next(draft for draft in drafts if draft.id == first.id)
    assert (course.name, course.provider.name, course.phone) == ("Sprachcafé", "Caritas", "089 123456")
    assert (course.status, course.place, course.description) == (Status.DRAFT, "Haar", said.when)
    assert [(s.byday, s.opens_at, s.closes_at) for s in course.schedules] == [("TU", "18:00", "20:00")]
    sewing = next(draft for draft in drafts if draft.id == second.id)
    assert (sewing.provider.name, sewing.schedules, sewing.description) == ("Nähtreff", (), again.when)
    async with world.database.read() as tx:
        assert vera.id not in str(
            (await tx.execute(text("SELECT * FROM offers WHERE status = 'draft'"))).all()
        )


async def test_drafts_out_of_a_file_stop_no_suggestion(world: World, circle: Circle) -> None:
    vera = await world.person(Role.VOLUNTEER)
    said = Suggestion("conversation_course", "Nähtreff", "Haar", "Di 18-20 Uhr, 089 123456")
    draft = replace(COURSE, status=Status.DRAFT, exceptions=(), schedules=())
    foreign = [replace(draft, id=f"f{n}", external_id=f"f{n}") for n in range(WAITING_AT_MOST)]
    ours = [replace(draft, id=f"o{n}", external_id=f"lotse-{n}") for n in range(WAITING_AT_MOST)]
    async with world.database.write() as tx:
        await OffersRepository().add_offers(tx, foreign, world.now)
        await circle.suggesting.suggest(tx, vera, said, "Ehrenamt", world.now)
        await OffersRepository().add_offers(tx, ours, world.now)
        with pytest.raises(SuggestedEnoughError):
            await circle.suggesting.suggest(tx, vera, said, "Ehrenamt", world.now)


async def test_what_is_kept_goes_when_nobody_uses_it(world: World, circle: Circle, cipher: Cipher) -> None:
    vera = await world.person(Role.VOLUNTEER)
    async with world.database.write() as tx:
        await circle.saved.keep_offer(tx, vera, COURSE.id, world.now, on=True)
        profile = await circle.saved.keep_profile(tx, vera, HAAR, world.now)
        await circle.saved.keep_search(tx, vera, HAAR, world.now)
        await circle.saved.use_profile(tx, vera, profile.id, world.now + timedelta(days=1))
        await PrivacyRepository(cipher).remove_saved(tx, world.now)
        tables = (saved_offers, saved_profiles, saved_searches)
        left = [(await tx.execute(select(func.count()).select_from(t))).scalar_one() for t in tables]
        assert left == [0, 1, 0]


async def test_codes_for_volunteers_are_few_and_can_be_withdrawn_by_who_made_them(world: World) -> None:
    keeper, other, guest = [
        await world.person(*roles) for roles in ((Role.CIRCLE_COORDINATOR,), (Role.CIRCLE_COORDINATOR,), ())
    ]
    async with world.database.write() as tx:
        made = [await world.people.invite(tx, keeper, Role.VOLUNTEER, world.now) for _ in range(OPEN_CODES)]
        with pytest.raises(CodesOpenError):
            await world.people.invite(tx, keeper, Role.VOLUNTEER, world.now)
        found = await world.people.look_up(tx, guest, made[0].code, world.now)
        await world.people.redeem(tx, guest, found, world.now)
        assert [c.uses for c in await world.people.open_codes(tx, keeper, world.now)] == [1, 0, 0, 0, 0]
        assert await world.people.open_codes(tx, other, world.now) == []
        with pytest.raises(NotFoundError):
            await world.people.withdraw_code(tx, other, made[0].id, world.now)
        with pytest.raises(NotAllowedError):
            await world.people.open_codes(tx, await world.people.actor(tx, guest.id), world.now)
        await world.people.withdraw_code(tx, keeper, made[0].id, world.now)
        with pytest.raises(InvitationInvalidError):
            await world.people.look_up(tx, guest, made[0].code, world.now)
        assert len(await world.people.open_codes(tx, keeper, world.now)) == OPEN_CODES - 1
        await world.people.invite(tx, keeper, Role.VOLUNTEER, world.now)
        later = world.now + timedelta(days=15)
        assert await world.people.open_codes(tx, keeper, later) == []
        assert Role.VOLUNTEER in (await world.people.actor(tx, guest.id)).roles, "who came in stays"


async def test_a_remembered_offer_that_is_a_draft_again_hides_no_other_and_can_be_dropped(
    world: World, circle: Circle
) -> None:
    vera = await world.person(Role.VOLUNTEER)
    other = next(
        offer for offer in sample() if offer.status == Status.PUBLISHED and offer.kind != COURSE.kind
    )
    async with world.database.write() as tx:
        for offer_id in (COURSE.id, other.id):
            await circle.saved.keep_offer(tx, vera, offer_id, world.now, on=True)
        await tx.execute(text("UPDATE offers SET status = 'draft' WHERE id = :id"), {"id": COURSE.id})
        kept = {offer.id: offer.status for offer in await circle.saved.kept(tx, vera)}
        assert kept == {COURSE.id: Status.DRAFT, other.id: Status.PUBLISHED}
        with pytest.raises(NotFoundError):
            await circle.saved.keep_offer(tx, vera, COURSE.id, world.now, on=True)
        await circle.saved.keep_offer(tx, vera, COURSE.id, world.now, on=False)
        assert [offer.id for offer in await circle.saved.kept(tx, vera)] == [other.id]
