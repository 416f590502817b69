"""Each promise with the cruelty that it must survive: what was wanted, and what was reached."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.crypto import Cipher, Keyring
from tests.crash.crowd import ask, fill, sound
from tests.crash.processes import Forks, environment, forking, noon_shift
from tests.crash.telegram import Telegram

LIFE_SECONDS = 0.8
WHILE_SENDING = 2 / 3
_OPEN = "SELECT count(*) FROM outbox WHERE state IN ('due', 'sending', 'ambiguous')"
_WAITING = "SELECT count(*) FROM reminders WHERE state IN ('planned', 'queued')"


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    promise: str
    wanted: str
    reached: str
    good: bool


@dataclass(frozen=True)
class Place:
    """An empty database with the newest schema, keys, and a folder for locks."""

    url: str
    var: Path

    @property
    def engine(self) -> str:
        """Which database it is."""
        return "SQLite" if self.url.startswith("sqlite") else "PostgreSQL"


@asynccontextmanager
async def telegram_and_engine(place: Place, cipher_keys: Keyring) -> AsyncIterator[tuple[Telegram, Forks]]:
    """A Bot API and a server of engine lives at it."""
    telegram = Telegram()
    await telegram.start()
    shift = str(noon_shift().total_seconds())
    env = environment(telegram, place.url, cipher_keys.to_json(), place.var, CRASH_SHIFT=shift)
    try:
        async with forking("tests.crash.engine", env, place.var) as forks:
            yield telegram, forks
    finally:
        await telegram.stop()


async def reminders_survive(
    place: Place, seed: int, count: int, kills: int, *, second_attempts: int = 0
) -> list[Row]:
    """kill -9 at random moments while reminders go out; with `second_attempts`, so many kills more that hit the second attempt."""
    keys, chance, began = Keyring.generate(), random.Random(seed), time.monotonic()
    reminders = await asyncio.to_thread(fill, place.url, Cipher(keys), count, _now())
    async with telegram_and_engine(place, keys) as (telegram, forks):
        for number in range(kills + second_attempts):
            pid = await forks.live(calm=2.0 if number < kills else 0.0)
            await _some_life(telegram, chance)
            await forks.kill(pid)
        hit = ask(place.url, "SELECT count(*) FROM outbox WHERE state IN ('sending', 'ambiguous')")[0][0]
        await _finish(place, forks)
    copies = telegram.copies()
    listed = _listed(place.url)
    lost = [
        key
        for key in reminders
        if key not in copies and (not second_attempts or listed.get(key) != "unknown")
    ]
    doubled = [key for key, times in copies.items() if times > 1]
    unlisted = [key for key in reminders if copies.get(key, 0) != 1 and key not in listed]
    most = max(copies.values())
    reached = (
        f"lost {len(lost)}, most copies {most}, twice {len(doubled)}, listed {len(listed)}, "
        f"unlisted {len(unlisted)}, in doubt at the last kill {hit}, {time.monotonic() - began:.0f} s"
    )
    name = f"{count:,} reminders, {kills} kills, seed {seed}"
    if second_attempts:
        name = f"{count:,} reminders, {second_attempts} kills in the second attempt"
    good = not lost and most <= 2 and not unlisted and sound(place.url) and not telegram.refused
    return [Row(f"{place.engine}: {name}", "lost 0, copies ≤ 2, unlisted 0", reached, good)]


async def _some_life(telegram: Telegram, chance: random.Random) -> None:
    """A moment to live: any after the start, or, two times of three, one while messages leave."""
    seen, until = len(telegram.delivered), asyncio.get_running_loop().time() + LIFE_SECONDS
    if chance.random() < WHILE_SENDING:
        while len(telegram.delivered) == seen and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.001)
        await asyncio.sleep(chance.uniform(0, 0.05))
    else:
        await asyncio.sleep(chance.uniform(0, LIFE_SECONDS / 4))


async def _finish(place: Place, forks: Forks) -> None:
    """A life in peace, until nothing waits any more."""
    pid = await forks.live()
    async with asyncio.timeout(600):
        while any(ask(place.url, question)[0][0] for question in (_OPEN, _WAITING)):
            await asyncio.sleep(0.3)
    await forks.kill(pid)


def _listed(url: str) -> dict[str, str]:
    """What the list of doubtful messages holds: reminders and their messages' states."""
    rows = ask(
        url,
        "SELECT dedup_key, state FROM outbox WHERE attempts > 1 OR state IN ('ambiguous', 'unknown')",
    )
    return {str(key).removeprefix("reminder:"): str(state) for key, state in rows}


async def two_workers(place: Place, count: int) -> list[Row]:
    """Two engines of different names on one database, by accident; one is killed halfway."""
    keys, began = Keyring.generate(), time.monotonic()
    reminders = await asyncio.to_thread(fill, place.url, Cipher(keys), count, _now())
    async with telegram_and_engine(place, keys) as (telegram, forks):
        first, second = await forks.live("one"), await forks.live("two")
        async with asyncio.timeout(600):
            while any(ask(place.url, question)[0][0] for question in (_OPEN, _WAITING)):
                await asyncio.sleep(0.2)
        await forks.kill(first)
        await forks.kill(second)
    copies = Counter(telegram.copies())
    lost, doubled = set(reminders) - set(copies), [key for key, times in copies.items() if times > 1]
    reached = f"lost {len(lost)}, doubled {len(doubled)}, {time.monotonic() - began:.0f} s"
    name = f"{place.engine}: two workers by accident, {count:,} reminders"
    return [Row(name, "lost 0, doubled 0", reached, not lost and not doubled)]


async def sender_replaced(place: Place, count: int) -> list[Row]:
    """Three engines share a database; the one that sends is killed, and another takes its place."""
    keys = Keyring.generate()
    reminders = await asyncio.to_thread(fill, place.url, Cipher(keys), count, _now())
    async with telegram_and_engine(place, keys) as (telegram, forks):
        lives = {name: await forks.live(name, pace=25) for name in ("one", "two", "three")}
        async with asyncio.timeout(60):
            while len(telegram.delivered) < count // 4:
                await asyncio.sleep(0.02)
        holder = str(ask(place.url, "SELECT owner FROM leases WHERE name = 'sender'")[0][0]).split(".")[0]
        await forks.kill(lives.pop(holder))
        killed, seen = asyncio.get_running_loop().time(), len(telegram.delivered)
        async with asyncio.timeout(60):
            while len(telegram.delivered) == seen:
                await asyncio.sleep(0.02)
        gap = telegram.delivered[seen].at - killed
        async with asyncio.timeout(300):
            while len(telegram.copies()) < count:
                await asyncio.sleep(0.1)
        for pid in lives.values():
            await forks.kill(pid)
    copies = telegram.copies()
    lost, most = set(reminders) - set(copies), max(copies.values())
    fastest = _most_in_two_seconds([message.at for message in telegram.delivered])
    reached = f"place taken after {gap:.1f} s, lost {len(lost)}, most copies {most}, at most {fastest} in two seconds"
    good = gap <= 15 and not lost and most <= 2 and fastest <= 60
    name = f"{place.engine}: three processes, the sender killed, {count:,} reminders"
    return [Row(name, "place taken ≤ 15 s, lost 0, copies ≤ 2, ≤ 60 in any two seconds", reached, good)]


def _most_in_two_seconds(moments: list[float]) -> int:
    """Of one second nothing can be said on a busy machine: what left evenly arrives in bunches."""
    most, start = 0, 0
    for end, moment in enumerate(moments):
        while moments[start] <= moment - 2:
            start += 1
        most = max(most, end - start + 1)
    return most


def _now() -> Any:
    from tests.crash.engine import NoonClock  # noqa: PLC0415 -- pulls in the whole bot

    return NoonClock(noon_shift()).now()
