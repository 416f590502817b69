"""The picture lock: opens for a while by the right pictures alone, makes wait after wrong ones, and is kept as nothing but a hash."""

from datetime import datetime, timedelta

import pytest

from people.errors import NotFoundError
from people.locks import rules
from people.types import Actor
from tests.db.agreements_world import World

RIGHT, WRONG = "0158", "0185"


async def _locked(world: World) -> Actor:
    person, locks = await world.person(), world.people.locks
    async with world.database.write() as tx:
        assert await locks.put(tx, person, locks.proposed(RIGHT), RIGHT, world.now)
    return person


async def _try(world: World, person: Actor, pictures: str, now: datetime) -> bool:
    async with world.database.write() as tx:
        return await world.people.locks.unlock(tx, person, pictures, now)


async def _shut(world: World, person: Actor, now: datetime) -> bool:
    async with world.database.read() as tx:
        return await world.people.locks.shut(tx, person, now)


async def test_it_shuts_by_itself_and_opens_for_a_while(world: World) -> None:
    person, stranger = await _locked(world), await world.person()
    later = world.now + rules.OPEN_FOR
    assert not await _shut(world, person, world.now)
    assert await _shut(world, person, later)
    assert not await _shut(world, stranger, later), "others have no lock"
    assert not await _try(world, person, WRONG, later)
    assert await _shut(world, person, later)
    assert await _try(world, person, RIGHT, later)
    assert not await _shut(world, person, later + rules.OPEN_FOR - timedelta(seconds=1))
    assert await _shut(world, person, later + rules.OPEN_FOR)
    assert await _shut(world, person, later - timedelta(days=1)), "a clock set back leaves nothing open"
    with pytest.raises(NotFoundError):
        await _try(world, stranger, RIGHT, later)


async def test_other_pictures_or_none_only_while_it_is_open(world: World) -> None:
    person, locks = await _locked(world), world.people.locks
    later = world.now + rules.OPEN_FOR
    async with world.database.write() as tx:
        with pytest.raises(NotFoundError):
            await locks.put(tx, person, locks.proposed(WRONG), WRONG, later)
        with pytest.raises(NotFoundError):
            await locks.remove(tx, person, later)
        assert not await locks.put(tx, person, locks.proposed(WRONG), RIGHT, world.now), "not the same twice"
        await locks.remove(tx, person, world.now)
        assert not await locks.has(tx, person)


async def test_wrong_tries_make_wait_longer_and_longer_also_for_the_right_one(world: World) -> None:
    person = await _locked(world)
    now, waits = world.now + timedelta(days=1), []
    for _ in range(8):
        assert not await _try(world, person, WRONG, now)
        async with world.database.read() as tx:
            until = await world.people.locks.waits_until(tx, person, now)
        waits.append((until - now).total_seconds() / 60 if until else 0)
        if until is not None:
            assert not await _try(world, person, RIGHT, until - timedelta(seconds=1)), (
                "it is not even looked at"
            )
            now = until
    assert waits == [0, 0, 1, 5, 30, 120, 120, 120]
    assert await _try(world, person, RIGHT, now)
    later = now + rules.OPEN_FOR
    assert not await _try(world, person, WRONG, later)
    async with world.database.read() as tx:
        assert await world.people.locks.waits_until(tx, person, later) is None, (
            "a right one begins the count anew"
        )


async def test_the_same_pictures_give_another_hash_for_everybody(world: World) -> None:
    first, second = await _locked(world), await _locked(world)
    async with world.database.read() as tx:
        locks = [await world.people._repository.locks.get(tx, who.id) for who in (first, second)]
    one, other = locks
    assert one is not None
    assert other is not None
    assert one.hashed != other.hashed
    assert RIGHT not in (one.hashed, other.hashed, one.salt, other.salt)


@pytest.mark.parametrize(
    ("text", "good"), [("", True), ("0158", True), ("9", False), ("01580", False), ("x", False), ("٣", False)]
)
def test_only_pictures_that_there_are(text: str, good: bool) -> None:
    assert (rules.taps(text) is not None) == good
