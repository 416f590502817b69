"""R14: weeks of a district in minutes: people ask, reminders go out, nights pass; nothing grows, and nothing is left open."""

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from db.crypto import Cipher, load_keyring
from playground import people
from playground.types import User
from playground.world import World
from tests.bench.telegram import _accept, _english, _start
from tests.bot.world import at
from tests.crash.crowd import COORDINATORS, FIRST_CHAT, FIRST_COORDINATOR, ask, fill
from tests.trust.house import House, house
from tests.trust.promise import held, size

DAYS = size(4, 56)
USERS = range(60_000, 60_000 + size(6, 200))
REMINDERS = size(40, 2_000)
WARM_DAYS = size(2, 7)
START = "2026-12-01 10:30"
QUESTIONS = (
    "german course in Haar",
    "I need a doctor",
    "Wohnung in Unterhaching",
    "كورس الماني",
    "thanks",
    "/help",
    "/menu",
)
STEPS = (4, 5, 8, 7)
"""Hours from one look to the next: afternoon, evening, deep in the night, morning. People ask in the first two."""
AT_ONCE = 8
FOLLOWED_SECONDS = 1.0
"""After so long the bot's clock is where the playground's is."""
PATIENCE = 120.0


async def _caught_up(found: House, url: str) -> None:
    """Wait until nothing is due any more: hours pass here in a moment, and a bot that is left days behind rightly calls reminders too late."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(FOLLOWED_SECONDS)
    until = loop.time() + PATIENCE
    while loop.time() < until:
        now = f"{found.bot.world.clock.now():%Y-%m-%d %H:%M:%S}"
        waiting = await asyncio.to_thread(ask, url, f"""
            SELECT (SELECT count(*) FROM reminders WHERE state = 'planned' AND occurrence <= '{now}')
                 + (SELECT count(*) FROM outbox WHERE state IN ('due', 'ambiguous', 'sending') AND due_at <= '{now}')
        """)  # fmt: skip
        if not waiting[0][0]:
            return
        await asyncio.sleep(0.3)
    raise AssertionError("the bot does not come to an end with what is due")


async def _people(found: House, day: int) -> int:
    """A third of the people ask something; returns how many got no answer."""
    unanswered, some = 0, USERS[day % 3 :: 3]
    for start in range(0, len(some), AT_ONCE):
        asked = (
            found.bot.ask(user, partial(_say, text=QUESTIONS[(user + day) % len(QUESTIONS)]))
            for user in some[start : start + AT_ONCE]
        )
        unanswered += sum(answer is None for answer in await asyncio.gather(*asked))
    return unanswered


def _say(world: World, who: int, text: str) -> None:
    people.say(world, who, text)


async def _day(found: House, day: int, url: str) -> int:
    """A day of the district; returns how many questions got no answer."""
    world, unanswered = found.bot.world, 0
    for part, hours in enumerate(STEPS):
        world.clock.advance(timedelta(hours=hours).total_seconds())
        await _caught_up(found, url)
        if part in (0, 1):
            unanswered += await _people(found, day)
        for number in range(COORDINATORS if part == 0 else 0):
            await found.bot.ask(FIRST_COORDINATOR + number, partial(_say, text="/menu"))
    # A phone shows the newest: what is older would only fill this process.
    for chat in world.chats.values():
        for key in list(chat.messages)[:-5]:
            del chat.messages[key]
    world.calls.clear()
    return unanswered


@pytest.mark.slow
@pytest.mark.timeout(7200)
async def test_weeks_of_a_district(tmp_path: Path) -> None:
    start = at(START)
    async with house(tmp_path, USERS, at=start) as found:
        world = found.bot.world
        url, keys = f"sqlite:///{tmp_path / 'lotse.db'}", load_keyring(tmp_path / "keys.json")
        for number in range(REMINDERS):
            world.add_user(User(FIRST_CHAT + number, "P", language_code="en"))
            world.private_chat(FIRST_CHAT + number)
        for number in range(COORDINATORS):
            world.add_user(User(FIRST_COORDINATOR + number, "K", language_code="en"))
            world.private_chat(FIRST_COORDINATOR + number)
        fill(
            url,
            Cipher(keys),
            REMINDERS,
            start,
            lambda n: start + timedelta(days=n * DAYS / REMINDERS, minutes=30),
        )
        for step in (_start, _english, _accept):
            for user in USERS:
                await found.bot.ask(user, step)
        memory, files, tasks, wal, unanswered = [0.0], [0], [0], 0.0, 0
        for day in range(DAYS):
            unanswered += await _day(found, day, url)
            wal = max(wal, found.wal())
            if day >= WARM_DAYS:
                memory.append(found.memory())
                files.append(found.files())
                tasks.append(await found.tasks())
            else:
                memory[0], files[0], tasks[0] = found.memory(), found.files(), await found.tasks()
        states = dict(ask(url, "SELECT state, count(*) FROM reminders GROUP BY state"))
        stuck = ask(url, "SELECT count(*) FROM inbox WHERE state NOT IN ('done')")[0][0]
    growth = (max(memory[-3:]) / memory[0] - 1) * 100
    # Each reminder left, perhaps with its one repeat; none was too late, lost or in doubt.
    left = set(states) <= {"sent"} and states["sent"] >= REMINDERS
    # Retention has run in time: what is older than its two weeks, and a day for the night's work, is gone.
    oldest = f"{world.clock.now() - timedelta(days=16):%Y-%m-%d}"
    kept = ask(url, f"SELECT count(*) FROM outbox WHERE finished_at < '{oldest}'")[0][0]
    held(
        "R14",
        f"{DAYS} days, {len(USERS)} users, {COORDINATORS} coordinators",
        "memory < 10 %, WAL < 64 MB, no task and no file left, all answered and sent, nothing kept too long",
        f"memory {growth:+.1f} % (MB by weeks: {', '.join(f'{mb:.0f}' for mb in memory[::7])}), WAL {wal:.1f} MB, files {files[0]} → {files[-1]}, tasks {tasks[0]} → {tasks[-1]}, {unanswered} unanswered, reminders {states}, stuck {stuck}, kept too long {kept}",
        growth < 10
        and wal < 64
        and files[-1] <= files[0] + 3
        and tasks[-1] <= tasks[0] + 3
        and not unanswered
        and not stuck
        and left
        and not kept,
    )
