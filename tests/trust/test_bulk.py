"""R8: thousands of pushes at a Telegram that counts, forbids and bans, on a clock that only goes on where somebody waits.

Nobody is lost, nothing is tried during a ban, who blocked is left alone, no second holds more than Telegram takes, and whoever asks meanwhile is answered first.
"""

import asyncio
import random
from bisect import bisect_left
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from statistics import median

import pytest

from db.crypto import Cipher
from db.engine import Database
from delivery.pace import Pace
from delivery.types import Kind, NotSent, OutboxItem, Result, Sent, Unreachable
from people.types import Address
from tests.db.delivery_world import Office
from tests.trust.promise import held, size

RECIPIENTS = size(150, 2_000)
BLOCKED_EVERY, BAN_EVERY, ASKS_EVERY = 25, 40, 15
TELEGRAM_A_SECOND = 30
PUSHES = 25 + 2
"""The most in a second, whenever it begins: two may catch up after a slow moment."""
A_BATCH = 10.0
"""Seconds: a reply that met a ban comes after the pushes that are in hand then."""
_ROUNDING = 1e-6


class Strict:
    """Telegram on a bad day: thirty messages a second, bans of 1 to 30 seconds, and people who blocked the bot; by the loop's clock."""

    def __init__(self, blocked: set[str], on_push: Callable[[int], None]) -> None:
        self.blocked, self.on_push = blocked, on_push
        self.chance = random.Random(8)
        self.ban_until = 0.0
        self.bans: list[tuple[float, float]] = []
        self.tries_in_a_ban: list[int] = [0]
        self.carried: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.answered: dict[str, float] = {}
        self.moments: dict[Kind, list[float]] = {Kind.PUSH: [], Kind.REPLY: []}

    async def send(self, address: Address, item: OutboxItem) -> Result:
        now = asyncio.get_running_loop().time()
        if now < self.ban_until:
            self.tries_in_a_ban[-1] += 1
            return NotSent(self.ban_until - now, limited=True)
        self.moments[item.kind].append(now)
        if address.person_id in self.blocked:
            self.refused[address.person_id] += 1
            return Unreachable()
        too_many = self.most() > TELEGRAM_A_SECOND
        if too_many or (item.kind is Kind.PUSH and self.chance.randrange(BAN_EVERY) == 0):
            seconds = self.chance.randint(1, 30)
            self.ban_until = now + seconds
            self.bans.append((now, self.ban_until))
            self.tries_in_a_ban.append(0)
            return NotSent(float(seconds), limited=True)
        if item.kind is Kind.REPLY:
            self.answered[item.dedup_key] = now
            return Sent(len(self.answered))
        self.carried[item.dedup_key] += 1
        self.on_push(len(self.carried))
        return Sent(sum(self.carried.values()))

    def waited(self, key: str, since: float) -> float:
        """Seconds until this reply was taken, without those in which Telegram took nothing."""
        until = self.answered.get(key, float("inf"))
        return until - since - sum(max(0.0, min(until, end) - max(since, began)) for began, end in self.bans)

    def most(self, *kinds: Kind) -> int:
        """How many came within one second, of these kinds or of all."""
        moments = sorted(moment for kind in kinds or self.moments for moment in self.moments[kind])
        return max(
            (bisect_left(moments, began + 1 - _ROUNDING) - n for n, began in enumerate(moments)), default=0
        )


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[[Office], None]]:
    """Ties an office's time to the loop's, which stands still but for what is slept: so a slow machine is no slow sender."""
    loop = asyncio.get_running_loop()
    moment, offices = [1_000.0], list[Office]()
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        moment[0] += seconds
        for office in offices:
            office.now += timedelta(seconds=seconds)
        await real(0)

    with monkeypatch.context() as patched:
        patched.setattr(loop, "time", lambda: moment[0])
        patched.setattr(asyncio, "sleep", sleep)
        yield offices.append


@pytest.mark.timeout(3600)
async def test_two_thousand_pushes_through_bans(
    sqlite_url: str, cipher: Cipher, new_id: Callable[[], str], clock: Callable[[Office], None]
) -> None:
    database = Database(sqlite_url)
    office = Office(database, cipher, new_id)
    clock(office)
    people = [await office.person() for _ in range(RECIPIENTS)]
    askers = [await office.person() for _ in range(RECIPIENTS // ASKS_EVERY)]
    blocked = {person.id for number, person in enumerate(people) if number % BLOCKED_EVERY == 0}
    asked: dict[str, float] = {}
    answers = asyncio.TaskGroup()

    async def answer(key: str) -> None:
        await worker.send_now(await office.reply(askers[len(asked) - 1], key))

    def on_push(number: int) -> None:
        if number % ASKS_EVERY == 0 and len(asked) < len(askers):
            key = f"reply:{number}"
            asked[key] = asyncio.get_running_loop().time()
            answers.create_task(answer(key))

    strict = Strict(blocked, on_push)
    office.courier = strict  # type: ignore[assignment]
    for number, person in enumerate(people):
        await office.push(person, f"push:{number}")
    worker = office.worker()
    worker._pace = Pace()
    async with answers:
        for _ in range(40 * RECIPIENTS):
            if not await worker.step():
                await asyncio.sleep(1.0)
            ended = set((await office.states()).values()) <= {"sent", "unreachable"}
            # Past what Telegram takes it would go from ban to ban for hours, and has failed already.
            if ended or strict.most() > TELEGRAM_A_SECOND:
                break
    states = Counter((await office.states()).values())
    for person in people[:BLOCKED_EVERY:BLOCKED_EVERY]:
        await office.push(person, "again")
    await worker.step()
    await database.close()
    lost = RECIPIENTS - len(blocked) - len(strict.carried)
    most, twice = max(strict.tries_in_a_ban), [key for key, times in strict.carried.items() if times > 1]
    again = [person for person, times in strict.refused.items() if times > 1]
    pushes, all_ = strict.most(Kind.PUSH), strict.most()
    waited = [strict.waited(key, since) for key, since in asked.items()]
    held(
        "R8",
        f"{RECIPIENTS:,} recipients, {len(strict.tries_in_a_ban) - 1} bans, {len(waited)} who ask meanwhile",
        f"lost 0, twice 0, ≤ 1 try in a ban, blocked tried once, ≤ {PUSHES} pushes of ≤ {TELEGRAM_A_SECOND} in any second, replies at once, ≤ {A_BATCH:.0f} s after a ban",
        f"lost {lost}, twice {len(twice)}, most tries in a ban {most}, blocked tried again {len(again)}, {pushes} of {all_} in a second, "
        f"replies after {median(waited):.1f} s, {max(waited):.1f} s at most",
        not lost and not twice and most <= 1 and not again and states["unreachable"] == len(blocked)
        and pushes <= PUSHES and all_ <= TELEGRAM_A_SECOND and median(waited) <= 1 and max(waited) <= A_BATCH,
    )  # fmt: skip
    assert len(strict.tries_in_a_ban) > 2, "there were bans at all"
