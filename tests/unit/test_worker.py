"""The sending loop with a courier that follows a script, and with processes that die at every step of it."""

import asyncio
import itertools
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from db.crypto import Cipher, Keyring
from db.engine import Database, StorageBusyError, Transaction
from delivery import rules
from delivery.pace import Pace
from delivery.types import (
    Ambiguous,
    Cancel,
    Kind,
    NotSent,
    OutboxItem,
    OutboxState,
    Policy,
    Postpone,
    Rejected,
    Result,
    Sent,
    Unreachable,
)
from people.types import Actor, Address
from tests.db.delivery_world import Courier, Office

S = OutboxState
OPEN = {"due", "sending", "ambiguous"}
HOUR = timedelta(hours=1)


@pytest.fixture
async def office(sqlite_url: str, cipher: Cipher, new_id: Callable[[], str]) -> AsyncIterator[Office]:
    database = Database(sqlite_url)
    yield Office(database, cipher, new_id)
    await database.close()


@pytest.fixture
async def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the worker slept by itself; nobody waits for it, the loop's clock jumps."""
    found: list[float] = []
    loop = asyncio.get_running_loop()
    real, rest = loop.time, asyncio.sleep

    async def sleep(seconds: float) -> None:
        if seconds > 0:
            found.append(seconds)
        await rest(0)

    monkeypatch.setattr(loop, "time", lambda: real() + sum(found))

    monkeypatch.setattr("delivery.worker.asyncio.sleep", sleep)
    return found


async def drain(office: Office) -> None:
    worker = office.worker()
    while await worker.step():
        pass


async def test_what_is_due_goes_to_its_chat_and_ends(office: Office) -> None:
    person = await office.person()
    await office.push(person, "push")
    await office.push(person, "reply", kind=Kind.REPLY)
    await office.push(person, "later", due_at=office.now + HOUR)
    assert await office.worker().step() == 2
    assert office.courier.keys == ["reply", "push"]
    assert [item.attempts for item in office.courier.carried] == [1, 1]
    assert {(to.person_id, to.chat_id) for to in office.courier.addresses} == {(person.id, 1000)}
    assert await office.states() == {"push": "sent", "reply": "sent", "later": "due"}
    assert office.told == [("push", S.SENT)]
    assert await office.worker().step() == 0


async def test_the_send_begins_only_when_the_row_says_so(office: Office) -> None:
    message_id = await office.push(await office.person(), "push")
    seen: list[tuple[str, int]] = []

    class Watching(Courier):
        async def send(self, address: Address, item: OutboxItem) -> Result:
            row = await office.row(message_id)
            seen.append((row.state, row.attempts))
            return Sent(1)

    office.courier = Watching()
    await office.worker().step()
    assert seen == [("sending", 1)]


@pytest.mark.parametrize(
    ("result", "state", "told"),
    [
        (Sent(1), "sent", [S.SENT]),
        (NotSent(5), "due", []),
        (Ambiguous(), "ambiguous", []),
        (Unreachable(), "unreachable", [S.UNREACHABLE]),
        (Rejected("bad"), "rejected", [S.REJECTED]),
    ],
)
async def test_the_outcome_of_a_push_is_told_once_it_is_known(
    office: Office, result: Result, state: str, told: list[OutboxState]
) -> None:
    await office.push(await office.person(), "push")
    office.courier.results = [result]
    await office.worker().step()
    assert await office.states() == {"push": state}
    assert [found for _, found in office.told] == told


async def test_an_ambiguous_push_goes_out_once_more_and_is_then_unknown(office: Office) -> None:
    await office.push(await office.person(), "push")
    office.courier.results = [Ambiguous(), Ambiguous()]
    await drain(office)
    assert office.courier.keys == ["push", "push"]
    assert office.told == [("push", S.UNKNOWN)]


async def test_a_push_that_may_go_once_is_unknown_at_once(office: Office) -> None:
    await office.push(await office.person(), "push", policy=Policy.AT_MOST_ONCE)
    office.courier.results = [Ambiguous()]
    await drain(office)
    assert office.courier.keys == ["push"]
    assert office.told == [("push", S.UNKNOWN)]


async def test_who_blocked_the_bot_is_marked_and_gets_no_push_any_more(office: Office) -> None:
    person, other = await office.person(), await office.person()
    for number in range(4):
        await office.push(person, f"push:{number}")
    await office.push(other, "foreign")
    office.courier.results = [Unreachable()]
    await drain(office)
    assert office.courier.keys == ["push:0", "foreign"]
    assert Counter((await office.states()).values()) == {"unreachable": 1, "cancelled": 3, "sent": 1}
    async with office.database.read() as tx:
        address = await office.people.address(tx, person.id)
    assert address is not None
    assert not address.reachable
    await office.push(person, "push:9")
    await drain(office)
    assert (await office.states())["push:9"] == "unreachable"
    assert office.told[-1] == ("push:9", S.UNREACHABLE)
    assert len(office.courier.carried) == 2


async def test_a_ban_for_everybody_is_waited_for_and_loses_nothing(
    office: Office, slept: list[float]
) -> None:
    people = [await office.person() for _ in range(5)]
    for number, person in enumerate(people):
        await office.push(person, f"push:{number}")
    ban = NotSent(30, limited=True)
    office.courier.results = [Sent(1), ban, ban, Sent(2), NotSent(500, limited=True)]
    await drain(office)
    assert [round(seconds) for seconds in slept] == [30], "two in a row are refused: then everybody waits"
    assert Counter((await office.states()).values()) == {"sent": 2, "due": 3}
    assert {row.attempts for row in await office.rows() if row.state == "due"} == {0}
    office.now += timedelta(seconds=30)
    await drain(office)
    office.now += timedelta(seconds=470)
    slept.append(500)
    await drain(office)
    assert set((await office.states()).values()) == {"sent"}
    assert Counter(office.courier.keys) == {
        "push:0": 1,
        "push:1": 2,
        "push:2": 2,
        "push:3": 1,
        "push:4": 2,
    }


async def test_no_ban_lasts_longer_than_a_minute_for_those_it_may_not_concern(
    office: Office, slept: list[float]
) -> None:
    for number in range(3):
        await office.push(await office.person(), f"push:{number}")
    office.courier.results = [NotSent(500, limited=True), NotSent(500, limited=True)]
    await drain(office)
    assert [round(seconds) for seconds in slept] == [60]
    assert await office.states() == {"push:0": "due", "push:1": "due", "push:2": "sent"}


async def test_who_taps_too_quickly_makes_nobody_else_wait(office: Office, slept: list[float]) -> None:
    quick, other, worker = await office.person(), await office.person(), office.worker()
    replies = [await office.reply(quick, f"quick:{number}") for number in range(3)]
    office.courier.results = [NotSent(30, limited=True)]
    for reply in replies:
        await worker.send_now(reply)
    await office.push(other, "push")
    await worker.send_now(await office.reply(other, "other"))
    assert office.courier.keys == ["quick:0", "other"], "nothing is tried during the rest, but for others"
    await worker.step()
    assert office.courier.keys == ["quick:0", "other", "push"]
    assert slept == []
    for _ in range(40):
        office.now += timedelta(seconds=1)
        slept.append(1)
        await worker.step()
    assert office.courier.keys[3:] == ["quick:0", "quick:1", "quick:2"]
    assert set((await office.states()).values()) == {"sent"}


async def test_two_quick_ones_are_no_ban_for_everybody_while_others_are_served(office: Office) -> None:
    quick, other, third, worker = *[await office.person() for _ in range(3)], office.worker()
    office.courier.results = [NotSent(30, limited=True), Sent(1), NotSent(30, limited=True)]
    for person, key in ((quick, "a"), (third, "b"), (other, "c"), (third, "d")):
        await worker.send_now(await office.reply(person, key))
    assert office.courier.keys == ["a", "b", "c", "d"]
    assert await office.states() == {"a": "due", "b": "sent", "c": "due", "d": "sent"}


async def test_of_many_replies_at_once_each_has_its_second(office: Office, slept: list[float]) -> None:
    person, other, worker = await office.person(), await office.person(), office.worker()
    worker._pace = Pace(at_once=3)
    for number in range(6):
        await worker.send_now(await office.reply(person, f"reply:{number}"))
    await worker.send_now(await office.reply(other, "other"))
    assert office.courier.keys == ["reply:0", "reply:1", "reply:2", "other"]
    slept.append(0.5)
    await worker.send_now(await office.reply(person, "reply:6"))
    assert len(office.courier.keys) == 4, "nothing overtakes what waits"
    sent_at: list[float] = []
    for quarter in range(1, 40):
        office.now += timedelta(seconds=0.25)
        slept.append(0.25)
        before = len(office.courier.keys)
        await worker.step()
        sent_at += [quarter / 4] * (len(office.courier.keys) - before)
    assert office.courier.keys[4:] == [f"reply:{number}" for number in range(3, 7)]
    assert all(later - earlier >= 0.75 for earlier, later in pairwise(sent_at)), sent_at
    assert {row.attempts for row in await office.rows()} == {1}


async def test_a_ban_of_one_message_lets_the_others_pass_at_once(office: Office, slept: list[float]) -> None:
    person = await office.person()
    await office.push(person, "a")
    await office.push(person, "b")
    office.courier.results = [NotSent(2)]
    await drain(office)
    assert slept == []
    assert await office.states() == {"a": "due", "b": "sent"}


async def test_a_push_is_asked_for_again_and_a_reply_is_not(office: Office) -> None:
    person = await office.person()
    await office.push(person, "not_wanted")
    await office.push(person, "quiet", due_at=office.now + timedelta(seconds=1))
    await office.push(person, "reply", kind=Kind.REPLY)
    office.now += timedelta(seconds=1)
    until = office.now + HOUR
    office.verdicts = [Cancel("answered"), Postpone(until)]
    await drain(office)
    assert office.courier.keys == ["reply"]
    assert await office.states() == {"not_wanted": "cancelled", "quiet": "due", "reply": "sent"}
    assert office.told == [("not_wanted", S.CANCELLED)]
    office.now = until
    await drain(office)
    assert office.courier.keys == ["reply", "quiet"]


@pytest.mark.parametrize("kind", Kind)
async def test_nothing_leaves_after_its_last_moment(office: Office, kind: Kind) -> None:
    await office.push(await office.person(), "late", kind=kind, not_after=office.now + HOUR)
    await office.push(await office.person(), "just", kind=kind, not_after=office.now + 2 * HOUR)
    office.now += 2 * HOUR
    await drain(office)
    assert office.courier.keys == ["just"]
    assert (await office.states())["late"] == "stale"
    assert ("late", S.STALE) in office.told


async def test_who_paused_gets_replies_only(office: Office) -> None:
    person = await office.person()
    async with office.database.write() as tx:
        await office.people.pause(tx, person, True)
    await office.push(person, "push", urgent=True)
    await office.push(person, "reply", kind=Kind.REPLY)
    await drain(office)
    assert office.courier.keys == ["reply"]
    assert office.told == [("push", S.CANCELLED)]


async def test_a_reply_goes_out_right_after_its_commit(office: Office) -> None:
    reply = await office.reply(await office.person(), "reply")
    await office.worker().send_now(reply)
    assert office.courier.keys == ["reply"]
    assert await office.states() == {"reply": "sent"}
    assert office.told == []


async def test_replies_wait_for_the_end_of_a_ban_without_an_attempt(
    office: Office, slept: list[float]
) -> None:
    person, worker = await office.person(), office.worker()
    first, second = await office.reply(person, "first"), await office.reply(person, "second")
    office.courier.results = [NotSent(30, limited=True)]
    await worker.send_now(first)
    await worker.send_now(second)
    assert office.courier.keys == ["first"]
    assert {(row.state, row.attempts) for row in await office.rows()} == {("due", 0)}
    office.now += timedelta(seconds=29)
    slept.append(29)
    assert await worker.step() == 0
    office.now += timedelta(seconds=2)
    slept.append(2)
    assert await worker.step() == 2
    assert Counter(office.courier.keys) == {"first": 2, "second": 1}
    assert set((await office.states()).values()) == {"sent"}


async def test_a_reply_that_waited_too_long_is_left_to_who_took_it_over(office: Office) -> None:
    reply = await office.reply(await office.person(), "reply")
    office.now += rules.OUTBOX_LEASE
    await drain(office)
    await office.worker().send_now(reply)
    assert office.courier.keys == ["reply"]
    assert await office.states() == {"reply": "sent"}


async def test_a_person_who_went_meanwhile_gets_nothing(office: Office) -> None:
    person = await office.person()
    reply = await office.reply(person, "reply")
    await office.push(person, "push")
    (leased,) = await office.lease()
    async with office.database.write() as tx:
        await office.people.forget(tx, person.id)
    await office.worker().send_now(reply)
    await office.worker()._one(leased)
    await drain(office)
    assert office.courier.carried == []
    assert await office.rows() == []


async def test_two_workers_side_by_side_send_everything_once(office: Office) -> None:
    people = [await office.person() for _ in range(20)]
    for number, person in enumerate(people):
        await office.push(person, f"push:{number}")

    class Slow(Courier):
        async def send(self, address: Address, item: OutboxItem) -> Result:
            await asyncio.sleep(0)
            return await super().send(address, item)

    office.courier = Slow()
    one, two = office.worker(office.process("one")), office.worker(office.process("two"))
    await asyncio.gather(one.step(), two.step(), one.step(), two.step())
    assert sorted(office.courier.keys) == sorted(f"push:{number}" for number in range(20))


async def test_the_loop_survives_a_busy_database_and_wakes_at_a_word(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived: asyncio.Queue[str] = asyncio.Queue()

    class Telling(Courier):
        async def send(self, address: Address, item: OutboxItem) -> Result:
            arrived.put_nowait(item.dedup_key)
            return Sent(1)

    office.courier = Telling()
    await office.push(await office.person(), "push")
    worker = office.worker()
    real, failures = worker._take_up, iter([StorageBusyError(), StorageBusyError()])

    async def take_up() -> list[OutboxItem]:
        for failure in failures:
            raise failure
        return await real()

    monkeypatch.setattr(worker, "_take_up", take_up)
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        loop = group.create_task(worker.run())
        assert await arrived.get() == "push"
        worker._tick = 3600
        await asyncio.sleep(0.05)
        await office.push(await office.person(), "woken")
        worker.wake()
        assert await arrived.get() == "woken"
        loop.cancel()


async def test_what_fails_for_good_ends_the_loop(office: Office) -> None:
    class Refused(Courier):
        async def send(self, address: Address, item: OutboxItem) -> Result:
            raise PermissionError

    office.courier = Refused()
    await office.push(await office.person(), "push")
    with pytest.RaisesGroup(PermissionError):
        await office.worker().run()
    assert await office.states() == {"push": "sending"}


class DiedError(BaseException):
    """The process is gone."""


class Fate:
    """Counts the moments at which a process can die, and lets it die at one of them."""

    def __init__(self, at: int | None) -> None:
        self.at = at
        self.moments = itertools.count()

    def moment(self) -> None:
        if next(self.moments) == self.at:
            raise DiedError


class MortalDatabase(Database):
    """A database whose process may die before a transaction, right before its commit, and right after it."""

    fate = Fate(None)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        self.fate.moment()
        async with super().write() as tx:
            yield tx
            self.fate.moment()
        self.fate.moment()


class MortalCourier(Courier):
    """A courier whose process may die before a message has left, and right after."""

    fate = Fate(None)

    async def send(self, address: Address, item: OutboxItem) -> Result:
        self.fate.moment()
        result = await super().send(address, item)
        if isinstance(result, NotSent | Rejected | Unreachable):
            self.carried.pop()
        self.fate.moment()
        return result


class Lives:
    """An office whose worker dies and starts again."""

    def __init__(self, database: MortalDatabase) -> None:
        numbers = itertools.count(1)
        self.database = database
        self.courier = MortalCourier()
        self.office = Office(database, Cipher(Keyring.generate()), lambda: f"id{next(numbers):06d}")
        self.office.courier = self.courier
        self.person: Actor | None = None
        self.policies: dict[str, Policy] = {}

    async def push(self, policy: Policy) -> None:
        self.person = self.person or await self.office.person()
        key = f"push:{len(self.policies):03}"
        self.policies[key] = policy
        await self.office.push(self.person, key, policy=policy)

    async def run(self, dies_at: int | None, *, restarts: bool) -> bool:
        """One life of the process; returns whether it died. A restarted one begins by taking back what is its own."""
        fate = Fate(dies_at)
        self.database.fate = self.courier.fate = fate
        worker = self.office.worker()
        try:
            if restarts:
                await worker.recover(own=True)
            while await worker.step():
                pass
        except DiedError:
            return True
        finally:
            self.database.fate = self.courier.fate = Fate(None)
        return False

    async def check(self, *, drained: bool = False) -> None:
        copies = Counter(self.courier.keys)
        rows = {row.dedup_key: row for row in await self.office.rows()}
        assert set(rows) == set(self.policies)
        for key, row in rows.items():
            cap = 2 if self.policies[key] is Policy.REPEAT_ONCE else 1
            assert copies[key] <= row.attempts <= cap, key
            assert (row.payload_sealed is None) is (row.state not in OPEN)
            if row.state == "sent":
                assert copies[key] >= 1
            if drained:
                assert row.state in ("sent", "unknown", "rejected"), key
        told = Counter(key for key, _ in self.office.told)
        if drained:
            assert {key for key in rows if told[key] == 0} == set()


@pytest.fixture
async def lives(sqlite_url: str) -> AsyncIterator[Lives]:
    database = MortalDatabase(sqlite_url)
    yield Lives(database)
    await database.close()


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize("waits", [False, True], ids=["restarts", "lease runs out"])
async def test_a_death_at_any_moment_loses_nothing_and_doubles_one_message_at_most(
    lives: Lives, policy: Policy, waits: bool
) -> None:
    died, moment = True, 0
    while died:
        before = len(lives.courier.carried)
        for _ in range(3):
            await lives.push(policy)
        died = await lives.run(moment, restarts=not waits)
        await lives.check()
        if waits:
            lives.office.now += rules.OUTBOX_LEASE
        assert not await lives.run(None, restarts=not waits)
        await lives.check(drained=True)
        extra = len(lives.courier.carried) - before - 3
        assert extra in ((-1, 0) if policy is Policy.AT_MOST_ONCE else (0, 1)), moment
        unknown = [key for key, state in lives.office.told if state is S.UNKNOWN]
        assert len(unknown) == len(set(unknown)) <= moment + 1
        moment += 1
    # Each message is three moments of `sending`, two of the courier and three of the result; the batches come on top.
    assert moment > 3 * 8


async def test_two_deaths_in_the_same_message_are_listed_as_unknown(lives: Lives) -> None:
    await lives.push(Policy.REPEAT_ONCE)
    # Three moments for the lease, three for `sending`, one before the message has left: then it has, and nobody knows.
    assert await lives.run(7, restarts=False)
    # The transaction of the restart is three moments more.
    assert await lives.run(10, restarts=True)
    assert not await lives.run(None, restarts=True)
    assert lives.courier.keys == ["push:000", "push:000"]
    assert await lives.office.states() == {"push:000": "unknown"}
    assert lives.office.told == [("push:000", S.UNKNOWN)]


RESULTS = st.sampled_from([Sent(1), Ambiguous(), NotSent(1), Rejected("bad")])
DEATHS = st.none() | st.integers(0, 30)


class Machine(RuleBasedStateMachine):
    """Any order of new messages, faults of the network, deaths, restarts and jumps of the clock."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="lotse-machine-"))
        shutil.copy(self.template, self.folder / "lotse.db")
        self.loop = asyncio.Runner()
        self.database = MortalDatabase(f"sqlite:///{self.folder / 'lotse.db'}")
        self.lives = Lives(self.database)

    def do(self, what: Coroutine[Any, Any, Any]) -> None:
        self.loop.run(what)

    @rule(policy=st.sampled_from(Policy), results=st.lists(RESULTS, max_size=3))
    def somebody_wants_a_message(self, policy: Policy, results: list[Result]) -> None:
        self.do(self.lives.push(policy))
        self.lives.courier.results += results

    @precondition(lambda self: self.lives.policies)
    @rule(dies_at=DEATHS, restarts=st.booleans())
    def the_process_runs(self, dies_at: int | None, restarts: bool) -> None:
        self.do(self.lives.run(dies_at, restarts=restarts))
        self.do(self.lives.check())

    @rule(seconds=st.sampled_from([1, 2, 61, 3 * 86_400, -1, -61, -3_600, -3 * 86_400]))
    def the_clock_jumps(self, seconds: int) -> None:
        self.lives.office.now += timedelta(seconds=seconds)

    def teardown(self) -> None:
        try:
            self.lives.courier.results.clear()
            for _ in range(3):
                self.lives.office.now += timedelta(days=9)
                self.do(self.lives.run(None, restarts=False))
            self.do(self.lives.check(drained=True))
        finally:
            self.do(self.database.close())
            self.loop.close()
            shutil.rmtree(self.folder)


def test_no_order_of_events_loses_or_multiplies_a_message(sqlite_template: Path) -> None:
    class Here(Machine):
        template = sqlite_template

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=40, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
