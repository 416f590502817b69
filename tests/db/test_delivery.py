"""The outbox on both databases: every state and every way from one to the next, leases, orphans, and two processes at once."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, event

from db.crypto import Cipher
from db.engine import Database
from delivery import rules
from delivery.types import (
    Ambiguous,
    Kind,
    NotSent,
    OutboxItem,
    OutboxState,
    Outgoing,
    Policy,
    Rejected,
    Result,
    Sent,
    Unreachable,
)
from tests.db.delivery_world import START, Office

S = OutboxState
SECOND = timedelta(seconds=1)
OPEN = ("due", "sending", "ambiguous")


@pytest.fixture
def office(database: Database, cipher: Cipher, new_id: Callable[[], str]) -> Office:
    return Office(database, cipher, new_id)


async def in_flight(office: Office, policy: Policy = Policy.REPEAT_ONCE, attempts: int = 1) -> OutboxItem:
    """A push that is being sent for so many times; the item counts the send under way."""
    await office.push(await office.person(), f"{policy}:{attempts}", policy=policy)
    for attempt in range(1, attempts + 1):
        (leased,) = await office.lease()
        assert await office.start(leased)
        assert await office.state_of(leased.id) is S.SENDING
        item = sent(leased)
        assert item.attempts == attempt
        if attempt < attempts:
            assert await office.settle(item, Ambiguous()) is S.AMBIGUOUS
    return item


def sent(item: OutboxItem) -> OutboxItem:
    return OutboxItem(
        **{name: getattr(item, name) for name in item.__dataclass_fields__ if name != "attempts"},
        attempts=item.attempts + 1,
    )


@pytest.mark.parametrize(
    ("policy", "attempts", "result", "state", "left"),
    [
        (Policy.REPEAT_ONCE, 1, Sent(77), S.SENT, 1),
        (Policy.REPEAT_ONCE, 2, Sent(77), S.SENT, 2),
        (Policy.REPEAT_ONCE, 1, Ambiguous(), S.AMBIGUOUS, 1),
        (Policy.REPEAT_ONCE, 2, Ambiguous(), S.UNKNOWN, 2),
        (Policy.AT_MOST_ONCE, 1, Ambiguous(), S.UNKNOWN, 1),
        (Policy.REPEAT_ONCE, 1, NotSent(30), S.DUE, 0),
        (Policy.REPEAT_ONCE, 2, NotSent(30), S.AMBIGUOUS, 1),
        (Policy.REPEAT_ONCE, 1, Unreachable(), S.UNREACHABLE, 1),
        (Policy.REPEAT_ONCE, 1, Rejected("bad"), S.REJECTED, 1),
    ],
)
async def test_what_is_written_when_a_send_ends(
    office: Office, policy: Policy, attempts: int, result: Result, state: OutboxState, left: int
) -> None:
    item = await in_flight(office, policy, attempts)
    office.now += SECOND
    assert await office.settle(item, result) is state
    row = await office.row(item.id)
    assert (row.state, row.attempts, row.owner, row.lease_until) == (state.value, left, None, None)
    assert (row.payload_sealed is None) is (state.value not in OPEN)
    assert row.finished_at == (None if state.value in OPEN else office.now)
    assert row.message_id == (77 if state is S.SENT else None)
    assert row.reason == ("bad" if state is S.REJECTED else None)
    postponed = isinstance(result, NotSent)
    assert row.due_at == (office.now + timedelta(seconds=30) if postponed else START)
    assert bool(await office.lease()) is (state is S.AMBIGUOUS and not postponed)


async def test_what_certainly_did_not_leave_counts_no_attempt_however_often(office: Office) -> None:
    item = await in_flight(office)
    for number in range(6):
        assert await office.settle(item, NotSent(2)) is S.DUE
        assert await office.lease() == []
        office.now += timedelta(seconds=2)
        (leased,) = await office.lease()
        assert (leased.attempts, leased.content) == (0, {"text": "repeat_once:1"}), number
        assert await office.start(leased)
    assert await office.settle(item, Sent(1)) is S.SENT


@pytest.mark.parametrize("found", ["ambiguous", "sending", "sent", "unknown", "cancelled"])
async def test_a_late_result_changes_nothing_of_what_others_did(office: Office, found: str) -> None:
    item = await in_flight(office)
    two = office.process("two")
    office.now += rules.OUTBOX_LEASE
    assert await office.recover(two) == {item.id: S.AMBIGUOUS}
    if found == "cancelled":
        async with office.database.write() as tx:
            assert await office.box.cancel(tx, item.dedup_key, "replaced", office.now) == 1
    elif found != "ambiguous":
        (again,) = await office.lease(two)
        assert await office.start(again, two)
        if found != "sending":
            await office.settle(sent(again), Sent(9) if found == "sent" else Ambiguous())
    before = await office.row(item.id)
    assert before.state == found
    for late in (Ambiguous(), NotSent(5), Unreachable(), Rejected("bad")):
        assert await office.settle(item, late) is None
        assert await office.row(item.id) == before


@pytest.mark.parametrize("found", ["ambiguous", "sending", "unknown"])
async def test_that_it_arrived_is_worth_knowing_also_late(office: Office, found: str) -> None:
    policy = Policy.AT_MOST_ONCE if found == "unknown" else Policy.REPEAT_ONCE
    item = await in_flight(office, policy)
    office.now += rules.OUTBOX_LEASE
    await office.recover(office.process("two"))
    if found == "sending":
        (again,) = await office.lease()
        await office.start(again)
    assert (await office.row(item.id)).state == found
    assert await office.settle(item, Sent(3)) is S.SENT
    row = await office.row(item.id)
    assert (row.state, row.message_id, row.payload_sealed) == ("sent", 3, None)
    assert await office.lease() == []


async def test_one_purpose_is_one_message(office: Office) -> None:
    person, other = await office.person(), await office.person()
    await office.push(person, "reminder:1")
    message = Outgoing("reminder:1", other.id, Kind.PUSH, {"text": "again"}, office.now)
    async with office.database.write() as tx:
        assert await office.box.enqueue(tx, message, office.now) is None
        assert await office.box.enqueue_reply(tx, message, office.now) is None
    (row,) = await office.rows()
    assert (row.person_id, row.state, row.attempts) == (person.id, "due", 0)


async def test_processes_that_want_the_same_message_at_once_make_one(office: Office) -> None:
    person = await office.person()
    message = Outgoing("reminder:1", person.id, Kind.PUSH, {}, office.now)

    async def want(name: str) -> str | None:
        async with office.database.write() as tx:
            return await office.process(name).enqueue(tx, message, office.now)

    made = await asyncio.gather(*(want(str(number)) for number in range(8)))
    assert sum(found is not None for found in made) == 1
    assert len(await office.rows()) == 1


async def test_a_message_whose_cause_is_rolled_back_does_not_exist(office: Office) -> None:
    person = await office.person()

    async def fail() -> None:
        async with office.database.write() as tx:
            await office.box.enqueue(tx, Outgoing("a", person.id, Kind.PUSH, {}, office.now), office.now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await office.rows() == []


async def test_processes_that_lease_at_once_get_different_messages(office: Office) -> None:
    person = await office.person()
    keys = {f"push:{number:02}" for number in range(24)}
    for key in keys:
        await office.push(person, key)
    boxes = [office.process(name) for name in ("one", "two", "three", "four")]
    found = await asyncio.gather(*(office.lease(box, 6) for box in boxes))
    assert [len(items) for items in found] == [6, 6, 6, 6]
    assert {item.dedup_key for items in found for item in items} == keys
    assert await office.lease() == []
    for box, items in zip(boxes, found, strict=True):
        stranger = boxes[0] if box is not boxes[0] else boxes[1]
        assert not await office.start(items[0], stranger)
        assert await office.start(items[0], box)
        assert not await office.start(items[0], box)


async def test_a_lease_that_is_over_goes_to_another_and_the_first_can_do_nothing(office: Office) -> None:
    message_id = await office.push(await office.person(), "a")
    two = office.process("two")
    (mine,) = await office.lease()
    office.now += rules.OUTBOX_LEASE - SECOND
    assert await office.lease(two) == []
    office.now += SECOND
    (theirs,) = await office.lease(two)
    async with office.database.write() as tx:
        assert not await office.box.start_sending(tx, [mine], office.now)
        assert not await office.box.drop(tx, mine, S.STALE, "too_late", office.now)
        assert not await office.box.postpone(tx, mine, office.now + SECOND, office.now)
    assert (await office.row(message_id)).owner == "two"
    assert await office.start(theirs, two)
    assert (await office.row(message_id)).attempts == 1


async def test_what_was_cancelled_after_its_lease_is_not_revived(office: Office) -> None:
    message_id = await office.push(await office.person(), "a")
    (item,) = await office.lease()
    async with office.database.write() as tx:
        assert await office.box.cancel(tx, "a", "replanned", office.now) == 1
        assert not await office.box.start_sending(tx, [item], office.now)
        assert not await office.box.postpone(tx, item, office.now, office.now)
        assert not await office.box.drop(tx, item, S.STALE, "too_late", office.now)
    row = await office.row(message_id)
    assert (row.state, row.reason, row.payload_sealed) == ("cancelled", "replanned", None)


async def test_dropped_and_postponed(office: Office) -> None:
    person = await office.person()
    stale, later = await office.push(person, "a"), await office.push(person, "b")
    first, second = await office.lease()
    until = office.now + timedelta(hours=9)
    async with office.database.write() as tx:
        assert await office.box.drop(tx, first, S.STALE, "too_late", office.now)
        assert await office.box.postpone(tx, second, until, office.now)
        assert await office.box.next_wake(tx) == until
    dropped, kept = await office.row(stale), await office.row(later)
    assert (dropped.state, dropped.reason, dropped.payload_sealed) == ("stale", "too_late", None)
    assert (kept.state, kept.due_at, kept.owner, kept.attempts) == ("due", until, None, 0)
    assert await office.lease() == []
    office.now = until
    assert [item.id for item in await office.lease()] == [later]


async def test_replies_first_then_urgent_then_what_is_ambiguous_then_by_time(office: Office) -> None:
    person = await office.person()
    await office.push(person, "ambiguous", due_at=START)
    (item,) = await office.lease()
    await office.start(item)
    await office.settle(sent(item), Ambiguous())
    await office.push(person, "late", due_at=START - SECOND)
    await office.push(person, "early", due_at=START - timedelta(hours=1))
    await office.push(person, "urgent", urgent=True)
    await office.push(person, "reply", kind=Kind.REPLY)
    await office.push(person, "tomorrow", kind=Kind.REPLY, due_at=START + timedelta(days=1))
    assert [item.dedup_key for item in await office.lease(limit=2)] == ["reply", "urgent"]
    assert [item.dedup_key for item in await office.lease()] == ["ambiguous", "early", "late"]


@pytest.mark.parametrize(
    ("policy", "attempts", "state"),
    [
        (Policy.REPEAT_ONCE, 1, S.AMBIGUOUS),
        (Policy.REPEAT_ONCE, 2, S.UNKNOWN),
        (Policy.AT_MOST_ONCE, 1, S.UNKNOWN),
    ],
)
@pytest.mark.parametrize("own", [True, False])
async def test_orphans_of_a_dead_process(
    office: Office, policy: Policy, attempts: int, state: OutboxState, own: bool
) -> None:
    item = await in_flight(office, policy, attempts)
    two = office.process("two")
    assert await office.recover(two, own=True) == {}
    assert await office.recover(two) == {}
    if not own:
        office.now += rules.OUTBOX_LEASE
    assert await office.recover(office.process("one") if own else two, own=own) == {item.id: state}
    row = await office.row(item.id)
    assert (row.state, row.attempts, row.reason, row.owner) == (state.value, attempts, "process_died", None)
    assert office.told == ([(item.dedup_key, S.UNKNOWN)] if state is S.UNKNOWN else [])
    assert bool(await office.lease(two)) is (state is S.AMBIGUOUS)
    assert await office.recover(two) == {}


async def test_an_orphaned_reply_is_sent_again_and_told_to_nobody(office: Office) -> None:
    person = await office.person()
    reply = await office.reply(person, "reply:1:0")
    assert (reply.state, reply.attempts, reply.content) == (S.SENDING, 1, {"text": "reply:1:0"})
    assert await office.lease() == []
    assert await office.recover(own=True) == {reply.id: S.AMBIGUOUS}
    (again,) = await office.lease()
    await office.start(again)
    assert await office.recover(own=True) == {reply.id: S.UNKNOWN}
    assert office.told == []


async def test_a_restarted_process_waits_for_none_of_its_own_leases(office: Office) -> None:
    person = await office.person()
    for key in ("a", "b"):
        await office.push(person, key)
    await office.lease(limit=1)
    await office.lease(office.process("two"), limit=1)
    assert await office.lease() == []
    assert await office.recover(own=True) == {}
    assert [item.dedup_key for item in await office.lease()] == ["a"]


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=-3)])
async def test_a_clock_set_back_freezes_no_message(office: Office, jump: timedelta) -> None:
    person = await office.person()
    await office.push(person, "sending", due_at=START - timedelta(days=4))
    (item,) = await office.lease()
    await office.start(item)
    await office.push(person, "leased", due_at=START - timedelta(days=4))
    await office.lease()
    office.now += jump
    assert await office.recover(office.process("two")) == {item.id: S.AMBIGUOUS}
    assert len(await office.lease(office.process("two"))) == 2


async def test_cancelling_by_what_a_message_is_for(office: Office) -> None:
    person = await office.person()
    for key in ("news:a_b:1", "news:a_b:2", "news:axb:1", "news:a%b:1", "other:news:a_b:1"):
        await office.push(person, key)
    leased = {item.dedup_key: item for item in await office.lease()}
    await office.start(leased["news:a_b:2"])
    async with office.database.write() as tx:
        assert await office.box.cancel(tx, "news:a_b:", "replaced", office.now) == 1
        assert await office.box.cancel(tx, "news:a%", "replaced", office.now) == 1
        assert await office.box.cancel(tx, "news:a_b:1", "replaced", office.now) == 0
    assert await office.states() == {
        "news:a_b:1": "cancelled",
        "news:a_b:2": "sending",
        "news:axb:1": "due",
        "news:a%b:1": "cancelled",
        "other:news:a_b:1": "due",
    }


async def test_cancelling_a_persons_pushes_leaves_replies_and_others(office: Office) -> None:
    person, other = await office.person(), await office.person()
    await office.push(person, "ambiguous")
    (item,) = await office.lease()
    await office.start(item)
    await office.settle(sent(item), Ambiguous())
    await office.push(person, "due")
    await office.push(person, "reply", kind=Kind.REPLY)
    await office.push(other, "foreign")
    async with office.database.write() as tx:
        assert await office.box.cancel_pushes(tx, person.id, "forgotten", office.now) == 2
    assert await office.states() == {
        "ambiguous": "cancelled",
        "due": "cancelled",
        "foreign": "due",
        "reply": "due",
    }
    assert {row.reason for row in await office.rows() if row.state == "cancelled"} == {"forgotten"}
    assert all((row.payload_sealed is None) is (row.state == "cancelled") for row in await office.rows())


async def test_ended_messages_stay_fourteen_days_and_open_ones_for_good(office: Office) -> None:
    item = await in_flight(office)
    await office.settle(item, Sent(1))
    await office.push(await office.person(), "open")
    for days, left in ((14, {"sent": 1, "due": 1}), (15, {"due": 1})):
        async with office.database.write() as tx:
            await office.box.purge(tx, START + timedelta(days=days))
            assert (await office.box.counts(tx)).outbox == left
    assert await office.state_of(item.id) is None


def writes(office: Office) -> list[str]:
    """Filled with one word for each transaction that may write, from now on."""
    found: list[str] = []

    def begun(connection: Connection) -> None:
        if connection.get_execution_options().get("lotse_write"):
            found.append("write")

    event.listen(office.database.engine.sync_engine, "begin", begun)
    return found


async def test_a_worker_with_nothing_to_do_only_reads(office: Office) -> None:
    person, worker = await office.person(), office.worker()
    assert not await worker.step()
    written = writes(office)
    for _ in range(5):
        assert not await worker.step()
        assert await worker.be_sender()
    assert not written
    office.now += timedelta(seconds=4)
    await worker.step()
    assert written == ["write"], "the place is renewed when a third of its time is over"
    await worker.step()
    assert await worker.be_sender()
    assert written == ["write"]
    await office.push(person, "a")
    assert await worker.step() == 1
    assert office.courier.keys == ["a"]


async def test_one_that_is_not_the_sender_only_reads_until_the_place_is_free(office: Office) -> None:
    first, second = office.worker(), office.worker(office.process("two"))
    assert await first.be_sender()
    assert not await second.be_sender()
    written = writes(office)
    await office.push(await office.person(), "a")
    written.clear()
    for _ in range(3):
        assert not await second.step()
        assert not await second.be_sender()
    assert not written
    office.now += timedelta(seconds=11)
    assert await second.step() == 1
    assert not await first.be_sender()


async def test_renewing_one_place_renews_the_other(office: Office) -> None:
    box = office.box
    async with office.database.write() as tx:
        assert await box.hold_poller(tx, office.now)
        assert await box.hold_sender(tx, office.now, new=True)
    office.now += timedelta(seconds=5)
    async with office.database.write() as tx:
        assert await box.is_poller(tx, office.now) is None
        assert await box.hold_sender(tx, office.now, new=False)
        assert await box.is_poller(tx, office.now) is True
        assert await office.process("two").is_poller(tx, office.now) is False
    office.now += timedelta(seconds=11)
    async with office.database.write() as tx:
        # What was lost meanwhile is not taken back by the way.
        assert await office.process("two").hold_poller(tx, office.now)
        assert await box.hold_sender(tx, office.now, new=False)
        assert await box.is_poller(tx, office.now) is False


async def test_a_reply_in_hand_is_no_orphan_when_the_clock_jumps(office: Office) -> None:
    person, worker = await office.person(), office.worker()
    reply = await office.reply(person, "a")
    worker.take_in_hand([reply])
    office.now += timedelta(hours=3)
    assert not await worker.step()
    assert (await office.row(reply.id)).state == "sending"
    worker.let_go([reply])
    await worker.step()
    assert (await office.row(reply.id)).attempts == 2
