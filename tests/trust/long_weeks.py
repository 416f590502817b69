"""R14: weeks of a district in minutes: people ask, reminders go out, nights pass; nothing grows, and nothing is left open."""

from datetime import timedelta
from pathlib import Path

import pytest

from db.crypto import Cipher, load_keyring
from playground import people
from playground.types import User
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
STEPS = (8, 6, 4, 6)
"""Hours of a day from one look to the next; the second and third are by day."""


async def _day(found: House, day: int) -> int:
    """A day of the district; returns how many questions got no answer."""
    world, unanswered = found.bot.world, 0
    for part, hours in enumerate(STEPS):
        world.clock.advance(timedelta(hours=hours).total_seconds())
        for user in USERS[day % 3 :: 3] if part in (1, 2) else ():
            text = QUESTIONS[(user + day) % len(QUESTIONS)]
            unanswered += (
                await found.bot.ask(user, lambda w, who, text=text: people.say(w, who, text)) is None
            )
        for number in range(COORDINATORS if part == 1 else 0):
            await found.bot.ask(FIRST_COORDINATOR + number, lambda w, who: people.say(w, who, "/menu"))
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
        memory, files, wal, unanswered = [0.0], [0], 0.0, 0
        for day in range(DAYS):
            unanswered += await _day(found, day)
            wal = max(wal, found.wal())
            if day >= WARM_DAYS:
                memory.append(found.memory())
                files.append(found.files())
            else:
                memory[0], files[0] = found.memory(), found.files()
        states = dict(ask(url, "SELECT state, count(*) FROM reminders GROUP BY state"))
        stuck = ask(url, "SELECT count(*) FROM inbox WHERE state NOT IN ('done')")[0][0]
    growth = (max(memory[-3:]) / memory[0] - 1) * 100
    held(
        "R14",
        f"{DAYS} days, {len(USERS)} users, {COORDINATORS} coordinators",
        "memory < 10 %, WAL < 64 MB, no file left, all answered",
        f"memory {growth:+.1f} % ({memory[0]:.0f} MB), WAL {wal:.1f} MB, files {files[0]} → {files[-1]}, {unanswered} unanswered, reminders {states}, stuck {stuck}",
        growth < 10 and wal < 64 and files[-1] <= files[0] + 3 and not unanswered and not stuck,
    )
