"""The inbox on both databases: kept once, worked on in order, taken over, tried again, given up, emptied."""

import asyncio
import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from db.crypto import Cipher
from db.engine import Database
from delivery import rules
from delivery.errors import LeaseLostError
from tests.db.delivery_world import START, Office

SECOND = timedelta(seconds=1)


@pytest.fixture
def office(database: Database, cipher: Cipher, new_id: Callable[[], str]) -> Office:
    return Office(database, cipher, new_id)


def ids(items: object) -> list[int]:
    return [item.update_id for item in items]  # type: ignore[attr-defined]


async def test_an_update_is_kept_once(office: Office) -> None:
    assert await office.receive() == 0
    assert await office.receive((10, 1), (11, 2), (10, 1)) == 2
    assert await office.receive((10, 1), (12, 1)) == 1
    assert await office.receive((10, 1), (11, 2), (12, 1)) == 0
    async with office.database.read() as tx:
        assert (await office.box.counts(tx)).inbox == {"new": 3}


async def test_ids_that_jump_down_are_new_updates_in_the_order_of_their_arrival(office: Office) -> None:
    await office.receive((5_000_001, 1), (5_000_002, 1))
    assert await office.receive((4_000_001, 1), (3, 1)) == 2
    worked = []
    while items := await office.claim():
        worked += ids(items)
        await office.finish(items[0])
    assert worked == [5_000_001, 5_000_002, 4_000_001, 3]


async def test_shuffled_repetitions_have_one_effect_each(office: Office) -> None:
    chance = random.Random(7)
    updates = [(number, number % 9) for number in range(100)] * 3
    chance.shuffle(updates)
    worked: list[int] = []
    for start in range(0, len(updates), 25):
        await office.receive(*updates[start : start + 25])
        for item in await office.claim():
            worked.append(item.update_id)
            await office.finish(item)
    while items := await office.claim():
        for item in items:
            worked.append(item.update_id)
            await office.finish(item)
    assert sorted(worked) == list(range(100))


async def test_chats_side_by_side_but_each_in_order(office: Office) -> None:
    await office.receive((1, 7), (2, 7), (3, 8), (4, 9), (5, 8))
    first = await office.claim()
    assert ids(first) == [1, 3, 4]
    assert [item.payload["text"] for item in first] == ["said 1", "said 3", "said 4"]
    assert await office.claim() == []
    assert await office.claim(office.process("two")) == []
    await office.finish(first[1])
    assert ids(await office.claim(office.process("two"))) == [5]
    await office.finish(first[0])
    assert ids(await office.claim()) == [2]


async def test_a_claim_takes_no_more_than_asked_and_the_oldest_first(office: Office) -> None:
    await office.receive(*((number, number) for number in range(20)))
    assert ids(await office.claim(limit=3)) == [0, 1, 2]
    assert ids(await office.claim(limit=3)) == [3, 4, 5]


async def test_processes_that_claim_at_once_share_no_chat(office: Office) -> None:
    await office.receive(*((number, number % 10) for number in range(30)))
    boxes = [office.process(name) for name in ("one", "two", "three", "four")]
    found = await asyncio.gather(*(office.claim(box, 4) for box in boxes))
    claimed = [item for items in found for item in items]
    assert sorted(ids(claimed)) == list(range(10))
    assert len({item.chat_hash for item in claimed}) == 10


async def test_a_failed_update_is_tried_again_before_the_next_of_its_chat(office: Office) -> None:
    await office.receive((1, 7), (2, 7), (3, 8))
    first, other = await office.claim()
    assert await office.fail(first)
    await office.finish(other)
    assert await office.claim() == []
    office.now += rules.retry_delay(1) - timedelta(microseconds=1)
    assert await office.claim() == []
    office.now += timedelta(microseconds=1)
    (again,) = await office.claim()
    assert (again.update_id, again.attempts, again.payload) == (1, 2, {"text": "said 1"})
    await office.finish(again)
    assert ids(await office.claim()) == [2]


async def test_after_four_failures_an_update_is_given_up_and_its_chat_goes_on(office: Office) -> None:
    await office.receive((1, 7), (2, 7))
    tried = []
    for attempt in range(1, 5):
        (item,) = await office.claim()
        assert (item.update_id, item.attempts) == (1, attempt)
        tried.append(await office.fail(item))
        office.now += rules.retry_delay(attempt)
    assert tried == [True, True, True, False]
    row = await office.update_row(1)
    assert (row.state, row.error, row.payload_sealed, row.chat_hash) == ("failed", "ValueError", None, "")
    assert ids(await office.claim()) == [2]


async def test_nothing_but_the_id_stays_of_what_is_done(office: Office) -> None:
    await office.receive((1, 7))
    before = await office.update_row(1)
    assert before.payload_sealed is not None
    assert before.chat_hash == office.people.chat_hash(7)
    (item,) = await office.claim()
    office.now += SECOND
    await office.finish(item)
    row = await office.update_row(1)
    assert (row.state, row.payload_sealed, row.chat_hash, row.owner, row.lease_until) == (
        "done",
        None,
        "",
        None,
        None,
    )
    assert row.finished_at == office.now
    assert await office.receive((1, 7)) == 0


async def test_a_lease_that_is_over_is_taken_by_another_and_the_first_commits_nothing(office: Office) -> None:
    two = office.process("two")
    await office.receive((1, 7))
    (mine,) = await office.claim()
    office.now += rules.INBOX_LEASE - SECOND
    await office.recover(two)
    assert await office.claim(two) == []
    office.now += SECOND
    await office.recover(two)
    (theirs,) = await office.claim(two)
    assert (theirs.update_id, theirs.attempts) == (1, 2)

    async def work() -> None:
        async with office.database.write() as tx:
            await office.people.meet(tx, 7, "de", office.now)
            await office.box.finish(tx, mine, office.now)

    with pytest.raises(LeaseLostError) as caught:
        await work()
    assert str(caught.value) == "update 1"
    async with office.database.read() as tx:
        assert await office.people.find(tx, 7) is None
    await office.fail(mine)
    assert (await office.update_row(1)).state == "working"
    async with office.database.write() as tx:
        await office.people.meet(tx, 7, "de", office.now)
        await two.finish(tx, theirs, office.now)
    assert (await office.update_row(1)).state == "done"
    with pytest.raises(LeaseLostError):
        await office.finish(theirs, two)


async def test_a_lease_that_is_over_but_untouched_still_counts(office: Office) -> None:
    await office.receive((1, 7))
    (item,) = await office.claim()
    office.now += 2 * rules.INBOX_LEASE
    await office.finish(item)
    assert (await office.update_row(1)).state == "done"


async def test_an_effect_that_raises_leaves_the_update_as_it_was(office: Office) -> None:
    await office.receive((1, 7))
    (item,) = await office.claim()

    async def work() -> None:
        async with office.database.write() as tx:
            await office.people.meet(tx, 7, "de", office.now)
            await office.box.finish(tx, item, office.now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await work()
    assert (await office.update_row(1)).state == "working"
    async with office.database.read() as tx:
        assert await office.people.find(tx, 7) is None
    await office.finish(item)


async def test_a_restarted_process_takes_back_its_own_at_once_and_nobody_elses(office: Office) -> None:
    two = office.process("two")
    await office.receive((1, 7), (2, 8))
    await office.claim(limit=1)
    await office.claim(two, limit=1)
    await office.recover(office.process("one"), own=True)
    assert [(await office.update_row(number)).state for number in (1, 2)] == ["new", "working"]
    assert ids(await office.claim()) == [1]


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=-3)])
async def test_a_clock_set_back_freezes_no_update(office: Office, jump: timedelta) -> None:
    two = office.process("two")
    await office.receive((1, 7))
    await office.claim()
    office.now += jump
    await office.recover(two)
    assert (await office.update_row(1)).state == "new"


async def test_clocks_a_minute_apart_take_no_lease_away(office: Office) -> None:
    await office.receive((1, 7))
    await office.claim()
    office.now -= timedelta(seconds=59)
    await office.recover(office.process("two"))
    assert (await office.update_row(1)).state == "working"


async def test_ended_updates_are_known_for_seven_days(office: Office) -> None:
    await office.receive((1, 7), (2, 8), (3, 9))
    done, failed, _ = await office.claim()
    await office.finish(done)
    for _ in range(3):
        await office.fail(failed)
        office.now += timedelta(minutes=5)
        (failed,) = [item for item in await office.claim() if item.update_id == 2]
    assert not await office.fail(failed)
    office.now = START + timedelta(days=7)
    async with office.database.write() as tx:
        await office.box.purge(tx, office.now)
    assert await office.receive((1, 7)) == 0
    office.now += timedelta(hours=1)
    async with office.database.write() as tx:
        await office.box.purge(tx, office.now)
        assert (await office.box.counts(tx)).inbox == {"working": 1}
    assert await office.receive((1, 7), (3, 9)) == 1


async def test_a_look_tells_whether_there_is_something_to_claim(office: Office) -> None:
    async def waits() -> bool:
        async with office.database.read() as tx:
            return await office.box.anything_to_claim(tx, office.now)

    assert not await waits()
    await office.receive((1, 10), (2, 10))
    assert await waits()
    [item] = await office.claim()
    assert not await waits(), "one update of a chat at a time"
    await office.fail(item)
    assert not await waits(), "what failed rests first, and its chat with it"
    office.now += timedelta(seconds=2)
    assert await waits()
