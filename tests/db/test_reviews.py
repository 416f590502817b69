"""What waits to be looked at, by owner and in pages, and who looks after it, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import update

from db.engine import Transaction
from db.tables.offers import offers
from db.tables.people import roles
from offers.editing import EditingService, checked
from offers.repository import OffersRepository
from offers.reviews.repository import ReviewsRepository
from offers.reviews.rules import kept_as
from offers.reviews.types import Waiting
from offers.twins.repository import TwinsRepository
from offers.types import Offer, Status
from people.types import Role
from tests.catalogue import sample
from tests.db.agreements_world import World

BEFORE = date(2026, 11, 1)
COURSE = sample()[0]
repository = ReviewsRepository()


def offer(offer_id: str, owner: str = "", assured: str | None = "2026-09-01", **values: object) -> Offer:
    day = date.fromisoformat(assured) if assured else None
    return replace(
        COURSE,
        id=offer_id,
        external_id=offer_id,
        owner=owner,
        assured_date=day,
        status=Status.PUBLISHED,
        **values,
    )


OFFERS = (
    offer("n1", "Nord"),
    offer("n2", "Nord", None),
    offer("n3", "Nord", "2026-08-01"),
    offer("o1", "Ost"),
    offer("o2", "Ost", "2026-11-20"),
    offer("s1", "Süd"),
    offer("w1", "West"),
    offer("w2", "West", "2026-11-20"),
    offer("a1"),
    offer("a2"),
    offer("a3"),
    offer("a4", assured=None),
)


async def staff(world: World) -> list[str]:
    return [(await world.person(Role.COORDINATOR)).id for _ in range(3)]


async def fill(world: World, tx: Transaction, keeper: str, other: str, gone: str) -> None:
    """Who keeps what; who kept West has left, and of Ost something is reported that was confirmed lately."""
    await OffersRepository().add_providers(tx, [COURSE.provider])
    await OffersRepository().add_offers(tx, OFFERS, world.now)
    await OffersRepository().add_report(tx, "r1", "o2", "phone", None, world.now)
    await OffersRepository().add_report(tx, "r2", "a2", "phone", None, world.now)
    await tx.execute(update(roles).where(roles.c.person_id == gone).values(ended_at=world.now))
    for owner, person in (("Süd", keeper), (kept_as("a1", ""), other), ("Nord", other), ("West", gone)):
        await repository.set_owner(tx, owner, person)
    await repository.set_owner(tx, kept_as("a3", ""), keeper)


async def test_what_waits_stands_by_owner_ones_own_first_then_what_is_reported(world: World) -> None:
    keeper, other, gone = await staff(world)
    async with world.database.write() as tx:
        await fill(world, tx, keeper, other, gone)
        found = await repository.waiting(tx, keeper, BEFORE, range(100))
        pages = [
            each
            for start in range(0, 15, 2)
            for each in await repository.waiting(tx, keeper, BEFORE, range(100)[start : start + 2])
        ]
        count = await OffersRepository().count_to_review(tx, BEFORE)
    assert found == [
        Waiting("s1", "Süd", keeper),
        Waiting("a3", "", keeper),
        Waiting("o2", "Ost", None),
        Waiting("o1", "Ost", None),
        Waiting("a2", "", None),
        Waiting("a4", "", None),
        Waiting("n2", "Nord", other),
        Waiting("n3", "Nord", other),
        Waiting("n1", "Nord", other),
        Waiting("w1", "West", None),
        Waiting("a1", "", other),
    ]
    assert pages == found, "page by page nothing is twice and nothing is left out"
    assert count == len(found)


@pytest.mark.parametrize("status", [Status.PAUSED, Status.ENDED, Status.DRAFT])
async def test_a_report_on_a_draft_brings_nothing_forward(world: World, status: Status) -> None:
    keeper, other, gone = await staff(world)
    async with world.database.write() as tx:
        await fill(world, tx, keeper, other, gone)
        await tx.execute(update(offers).where(offers.c.id == "o2").values(status=status.value))
        found = await repository.waiting(tx, keeper, BEFORE, range(3))
    assert found[2].offer_id == ("a2" if status is Status.DRAFT else "o2")


@pytest.mark.parametrize("before", ["nobody", "who has left", "a colleague"])
async def test_publishing_taken_back_leaves_the_offer_with_whom_it_was(
    world: World, new_id: Callable[[], str], before: str
) -> None:
    edits = EditingService(OffersRepository(), TwinsRepository(), new_id=new_id)
    actor, (colleague, _, gone) = await world.person(Role.COORDINATOR), await staff(world)
    keeper = {"nobody": None, "who has left": gone, "a colleague": colleague}[before]
    draft = checked(replace(offer("d1"), status=Status.DRAFT))
    name = kept_as(draft.id, "")
    async with world.database.write() as tx:
        await fill(world, tx, colleague, colleague, gone)
        await OffersRepository().add_offers(tx, [draft], world.now)
        await repository.set_owner(tx, name, keeper)
        was = await repository.owners(tx, [name])
        edited = await edits.publish(tx, actor, draft.id, world.now)
        kept = await repository.owners(tx, [name])
        await edits.undo(tx, actor, draft.id, edited.version_id, world.now)
        assert await repository.owners(tx, [name]) == was
        again = await edits.publish(tx, actor, draft.id, world.now)
        await repository.set_owner(tx, name, colleague)
        await edits.undo(tx, actor, draft.id, again.version_id, world.now)
        assert await repository.owners(tx, [name]) == {name: colleague}, "who took it over meanwhile"
    assert kept == {name: colleague if before == "a colleague" else actor.id}
