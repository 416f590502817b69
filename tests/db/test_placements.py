"""Placements on both databases: which offers fit and why, suggestions, wishes, results."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from agreements import rules
from agreements.placements import errors
from agreements.placements.types import Aspect, PlacementResult, PlacementStatus
from agreements.types import Client
from db.crypto import Cipher
from db.engine import Database
from offers.importer import Catalogue
from people.errors import NotFoundError
from people.types import Actor, Role
from tests.catalogue import PROVIDER, offer, schedule
from tests.db.agreements_world import World

Status = PlacementStatus
OFFERS = (
    offer("fits", level_min="A1", level_max="A2", childcare="yes", schedules=(schedule(),)),
    offer("high", level_min="B1", level_max="B2", schedules=(schedule(),)),
    offer("men", audience=("men",), level_min="A1", level_max="A2", residence_status=("recognised",)),
    offer("club", topic="leisure", kind="football", residence_status=("recognised",), childcare="no"),
    offer("paused", status="paused"),
    offer("return", topic="return_advice", kind="return_advice", name="Rückkehrberatung"),
)


@pytest.fixture
async def world(database: Database, cipher: Cipher, new_id: Callable[[], str]) -> World:
    world = World(database, cipher, new_id)
    async with database.write() as tx:
        found = Catalogue((PROVIDER,), OFFERS, ())
        await world.offers.import_catalogue(tx, found, world.now, dry_run=False)
    return world


async def told(world: World, coordinator: Actor, client: Client) -> None:
    cells = {"german_level": "A1", "gender": "woman", "status_group": "tolerated"}
    async with world.database.write() as tx:
        await world.files.change(tx, coordinator, client.id, cells, world.now)


async def test_each_match_says_why_it_fits(world: World) -> None:
    coordinator, client, _ = await world.case()
    await told(world, coordinator, client)
    milestone = await world.milestone(coordinator, client, date(2027, 2, 20), "register_german_course")
    async with world.database.read() as tx:
        found = await world.placements.matches(
            tx, coordinator, client.id, world.now, milestone_id=milestone.id, childcare=True
        )
    assert found[0].hit.offer.id == "fits"
    assert {reason.aspect: reason.fits for reason in found[0].reasons} == {
        Aspect.LEVEL: True,
        Aspect.PLACE: True,
        Aspect.AUDIENCE: None,
        Aspect.CHILDCARE: True,
        Aspect.STATUS: True,
        Aspect.NEXT_DATE: True,
    }
    level = found[0].reasons[0]
    assert (level.wanted, level.given) == ("A1", ("A1", "A2"))
    assert found[0].next_date is not None
    assert found[0].next_date.starts_at.date() == date(2027, 2, 1)
    # A course for men that is open to recognised people only is no course for her.
    assert "men" not in {match.hit.offer.id for match in found}


async def test_what_does_not_fit_says_so(world: World) -> None:
    coordinator, client, _ = await world.case()
    await told(world, coordinator, client)
    async with world.database.read() as tx:
        found = await world.placements.matches(
            tx, coordinator, client.id, world.now, topic="leisure", childcare=True
        )
    verdicts = {reason.aspect: reason.fits for reason in found[0].reasons}
    assert found[0].hit.offer.id == "club"
    assert verdicts == {
        Aspect.LEVEL: None,
        Aspect.PLACE: True,
        Aspect.AUDIENCE: None,
        Aspect.CHILDCARE: False,
        Aspect.STATUS: False,
        Aspect.NEXT_DATE: None,
    }


async def test_a_suggestion_is_pushed_without_content_and_opens_for_the_client_alone(world: World) -> None:
    coordinator, client, person = await world.case()
    async with world.database.write() as tx:
        made = await world.placements.suggest(tx, coordinator, client.id, "fits", world.now)
    assert made.told
    await world.send()
    assert world.refs(person, "suggestion") == [made.placement.id]
    assert set(world.courier.carried[-1][1].content) == {"push", "ref", "case"}
    stranger = await world.person()
    async with world.database.write() as tx:
        assert await world.placements.own(tx, person, made.placement.id) == made.placement
        for actor in (coordinator, stranger):
            with pytest.raises(NotFoundError):
                await world.placements.own(tx, actor, made.placement.id)
        with pytest.raises(errors.PlacedAlreadyError):
            await world.placements.suggest(tx, coordinator, client.id, "fits", world.now)
        with pytest.raises(errors.NeverUnaskedError):
            await world.placements.suggest(tx, coordinator, client.id, "return", world.now)
        with pytest.raises(errors.NotPublicError):
            await world.placements.suggest(tx, coordinator, client.id, "paused", world.now)
        with pytest.raises(NotFoundError):
            await world.placements.suggest(tx, coordinator, client.id, "nothing", world.now)


async def test_a_wish_becomes_a_request_and_lifts_a_suggestion(world: World) -> None:
    coordinator, client, person = await world.case()
    async with world.database.write() as tx:
        await world.placements.suggest(tx, coordinator, client.id, "fits", world.now)
        receipt = await world.agreements.wish(tx, person, "fits", world.now)
        other = await world.agreements.wish(tx, person, "high", world.now)
        await world.agreements.wish(tx, person, "high", world.now)
        found = await world.placements.placements(tx, coordinator, client.id)
    assert {(p.offer_id, p.status, p.request_id) for p in found} == {
        ("fits", Status.REQUESTED, receipt.request.id),
        ("high", Status.REQUESTED, other.request.id),
    }


async def test_a_placement_goes_its_way_and_back(world: World) -> None:
    coordinator, client, person = await world.case()
    async with world.database.write() as tx:
        await world.agreements.wish(tx, person, "fits", world.now)
        placement = (await world.placements.placements(tx, coordinator, client.id))[0]
        step = world.placements.step
        with pytest.raises(errors.PlacementStepError):
            await step(tx, coordinator, placement.id, Status.FINISHED, world.now, result=PlacementResult.JOB)
        await step(tx, coordinator, placement.id, Status.STARTED, world.now)
        with pytest.raises(errors.PlacementStepError):
            await step(tx, coordinator, placement.id, Status.FINISHED, world.now)
        done = await step(
            tx, coordinator, placement.id, Status.FINISHED, world.now, result=PlacementResult.JOB
        )
        assert (done.status, done.result) == (Status.FINISHED, PlacementResult.JOB)
        back = await world.placements.undo(tx, coordinator, placement.id, world.now)
        assert (back.status, back.result) == (Status.STARTED, None)
        again = await step(
            tx, coordinator, placement.id, Status.FINISHED, world.now, result=PlacementResult.MINI_JOB
        )
        assert again.result is PlacementResult.MINI_JOB
        steps = await world.placements.events(tx, coordinator, placement.id)
        assert [event.status for event in steps][:3] == [Status.REQUESTED, Status.STARTED, Status.FINISHED]
        # A new suggestion may follow what has ended.
        assert (await world.placements.suggest(tx, coordinator, client.id, "fits", world.now)).told


async def test_who_is_placed_without_a_suggestion_has_begun(world: World) -> None:
    coordinator = await world.person(Role.COORDINATOR)
    client = await world.client(coordinator)
    async with world.database.write() as tx:
        placement = await world.placements.place(tx, coordinator, client.id, "high", world.now)
        assert placement.status is Status.STARTED
        assert (
            await world.placements.place(tx, coordinator, client.id, "paused", world.now)
        ).offer_id == "paused"
        with pytest.raises(NotFoundError):
            await world.placements.place(tx, coordinator, client.id, "nothing", world.now)
        assert not (await world.placements.suggest(tx, coordinator, client.id, "fits", world.now)).told
        back = await world.placements.undo(
            tx,
            coordinator,
            (await world.placements.step(tx, coordinator, placement.id, Status.DROPPED, world.now)).id,
            world.now,
        )
        assert back.status is Status.STARTED


async def test_placements_are_for_their_coordinator_alone(world: World) -> None:
    coordinator, client, person = await world.case()
    async with world.database.write() as tx:
        made = (await world.placements.suggest(tx, coordinator, client.id, "fits", world.now)).placement
    strangers = [person, *[await world.person(role) for role in Role if role is not Role.CLIENT]]
    async with world.database.write() as tx:
        for actor in strangers:
            for call in (
                world.placements.placements(tx, actor, client.id),
                world.placements.matches(tx, actor, client.id, world.now),
                world.placements.events(tx, actor, made.id),
                world.placements.suggest(tx, actor, client.id, "high", world.now),
                world.placements.place(tx, actor, client.id, "high", world.now),
                world.placements.step(tx, actor, made.id, Status.DROPPED, world.now),
                world.placements.undo(tx, actor, made.id, world.now),
            ):
                with pytest.raises(NotFoundError):
                    await call


async def test_who_was_placed_at_two_entries_that_become_one_is_placed_once(world: World) -> None:
    coordinator, client, _ = await world.case()
    second = await world.client(coordinator)
    due = date(2027, 2, 20)
    async with world.database.write() as tx:
        milestone = await world.agreements.add_milestone(
            tx, coordinator, client.id, "register_german_course", {}, due, "fits", world.now
        )
        place = world.placements
        await place.place(tx, coordinator, client.id, "fits", world.now, milestone_id=milestone.id)
        later = world.now + timedelta(days=60)
        there = (await place.suggest(tx, coordinator, client.id, "high", later)).placement
        await place.step(tx, coordinator, there.id, Status.STARTED, later)
        await place.suggest(tx, coordinator, second.id, "fits", world.now)
        began = await place.place(tx, coordinator, second.id, "high", world.now)
        await world.goals.sign(tx, coordinator, client.id, rules.today(world.now), world.now)
        await place.offer_merged(tx, coordinator, "fits", "high", world.now)
        assert not (await world.goals.agreement(tx, coordinator, client.id)).changed
        [one] = await place.placements(tx, coordinator, client.id)
        assert (one.offer_id, one.status, one.milestone_id) == ("high", Status.STARTED, milestone.id)
        steps = [(step.status, step.at) for step in await place.events(tx, coordinator, one.id)]
        assert steps[0] == (Status.STARTED, world.now), "where it began stays in its quarter"
        assert not {status for status, _ in steps} & {Status.SUGGESTED, Status.REQUESTED}, (
            "nor is it taken back"
        )
        found = await place.placements(tx, coordinator, second.id)
        assert {(p.status, p.id == began.id) for p in found} == {
            (Status.STARTED, True),
            (Status.DROPPED, False),
        }
        [dropped] = [each for each in found if each.status is Status.DROPPED]
        with pytest.raises(errors.PlacedAlreadyError):
            await place.undo(tx, coordinator, dropped.id, world.now)
