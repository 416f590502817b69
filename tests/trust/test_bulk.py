"""R8: thousands of pushes at a Telegram that forbids and bans; nobody is lost, nothing is tried during a ban, who blocked is left alone."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from db.crypto import Cipher
from db.engine import Database
from delivery.types import NotSent, OutboxItem, Result, Sent, Unreachable
from people.types import Address
from tests.db.delivery_world import Office
from tests.trust.promise import held, size

RECIPIENTS = size(150, 2_000)
BLOCKED_EVERY, BAN_EVERY = 25, 40


class Strict:
    """Telegram on a bad day: bans of 1 to 30 seconds, and people who blocked the bot. Bans are counted by the loop's clock."""

    def __init__(self, office: Office, blocked: set[str]) -> None:
        self.office, self.blocked = office, blocked
        self.chance = random.Random(8)
        self.ban_until = 0.0
        self.tries_in_a_ban: list[int] = [0]
        self.carried: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    async def send(self, address: Address, item: OutboxItem) -> Result:
        left = self.ban_until - asyncio.get_running_loop().time()
        if left > 0:
            self.tries_in_a_ban[-1] += 1
            return NotSent(left, limited=True)
        if address.person_id in self.blocked:
            self.refused[address.person_id] += 1
            return Unreachable()
        if self.chance.randrange(BAN_EVERY) == 0:
            seconds = self.chance.randint(1, 30)
            self.ban_until = asyncio.get_running_loop().time() + seconds
            self.tries_in_a_ban.append(0)
            return NotSent(float(seconds), limited=True)
        self.carried[item.dedup_key] += 1
        return Sent(sum(self.carried.values()))


@pytest.mark.timeout(3600)
async def test_two_thousand_pushes_through_bans(
    sqlite_url: str, cipher: Cipher, new_id: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(sqlite_url)
    office = Office(database, cipher, new_id)
    people = [await office.person() for _ in range(RECIPIENTS)]
    blocked = {person.id for number, person in enumerate(people) if number % BLOCKED_EVERY == 0}
    strict = Strict(office, blocked)
    office.courier = strict  # type: ignore[assignment]
    loop, ahead, real = asyncio.get_running_loop(), [0.0], asyncio.get_running_loop().time

    async def sleep(seconds: float) -> None:
        # Nobody waits: both clocks go on by what would have been slept.
        ahead[0] += seconds
        office.now += timedelta(seconds=seconds)

    monkeypatch.setattr(loop, "time", lambda: real() + ahead[0])
    monkeypatch.setattr("delivery.worker.asyncio.sleep", sleep)
    for number, person in enumerate(people):
        await office.push(person, f"push:{number}")
    worker = office.worker()
    for _ in range(40 * RECIPIENTS):
        if not await worker.step():
            await sleep(1.0)
        if set((await office.states()).values()) <= {"sent", "unreachable"}:
            break
    states = Counter((await office.states()).values())
    for person in people[:BLOCKED_EVERY:BLOCKED_EVERY]:
        await office.push(person, "again")
    await worker.step()
    await database.close()
    lost = RECIPIENTS - len(blocked) - len(strict.carried)
    most, twice = max(strict.tries_in_a_ban), [key for key, times in strict.carried.items() if times > 1]
    again = [person for person, times in strict.refused.items() if times > 1]
    held(
        "R8",
        f"{RECIPIENTS:,} recipients, {len(strict.tries_in_a_ban) - 1} bans",
        "lost 0, twice 0, ≤ 1 try in a ban, blocked tried once",
        f"lost {lost}, twice {len(twice)}, most tries in a ban {most}, blocked tried again {len(again)}",
        not lost and not twice and most <= 1 and not again and states["unreachable"] == len(blocked),
    )
    assert len(strict.tries_in_a_ban) > 2, "there were bans at all"
