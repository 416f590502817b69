"""R15 and S5, timed, with the whole bot in a process of its own: its machine must have nothing else to do."""

import asyncio
import statistics
import time
from pathlib import Path

import pytest

from playground import people
from playground.world import World
from tests.bench.telegram import _accept, _english, _menu, _start
from tests.trust.house import House, house
from tests.trust.promise import held

CHATS, A_SECOND, SECONDS = range(50_000, 50_050), 200, 60
NORMAL, FLOODER, FLOOD_A_SECOND = range(51_000, 51_020), 51_100, 100


async def _introduce(found: House, users: range) -> None:
    for step in (_start, _english, _accept):
        for start in range(0, len(users), 10):
            await asyncio.gather(*(found.bot.ask(user, step) for user in users[start : start + 10]))


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[18]


@pytest.mark.timeout(900)
async def test_load(tmp_path: Path) -> None:
    """Fifty chats, four taps a second each, at moments that were fixed before: who is late is late by all that it waited."""
    times: list[float] = []
    errors = 0
    async with house(tmp_path, CHATS, LOTSE_MESSAGES_A_MINUTE="0") as found:
        await _introduce(found, CHATS)
        began = time.perf_counter()

        async def phone(number: int) -> None:
            nonlocal errors
            for turn in range(A_SECOND * SECONDS // len(CHATS)):
                due = began + turn * len(CHATS) / A_SECOND + number / A_SECOND
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                answered = await found.bot.ask(CHATS[number], lambda world, who: _menu(world, who, 0))
                errors += answered is None
                times.append((time.perf_counter() - due) * 1000)

        await asyncio.gather(*map(phone, range(len(CHATS))))
        rate = len(times) / (time.perf_counter() - began)
    p95 = _p95(times)
    held(
        "R15",
        f"{len(CHATS)} chats, {SECONDS} s",
        f"≥ {A_SECOND}/s, p95 < 300 ms, errors 0",
        f"{rate:.0f}/s, p95 {p95:.0f} ms, median {statistics.median(times):.0f} ms, errors {errors}",
        rate >= 0.99 * A_SECOND and p95 < 300 and not errors,
    )


@pytest.mark.timeout(900)
async def test_flood(tmp_path: Path) -> None:
    """One floods with a hundred messages a second; twenty others ask for the menu every two seconds."""
    times: list[float] = []
    async with house(tmp_path, range(NORMAL[0], FLOODER + 1)) as found:
        await _introduce(found, NORMAL)
        for step in (_start, _english, _accept):
            await found.bot.ask(FLOODER, step)
        before, stop = found.memory(), asyncio.Event()

        async def flood(world: World) -> int:
            sent, began = 0, time.perf_counter()
            while not stop.is_set():
                people.say(world, FLOODER, f"hello {sent}")
                sent += 1
                await asyncio.sleep(max(0.0, began + sent / FLOOD_A_SECOND - time.perf_counter()))
            return sent

        async def normal(user: int) -> None:
            for _ in range(SECONDS // 2):
                answered = await found.bot.ask(user, lambda world, who: _menu(world, who, 0))
                times.append(answered if answered is not None else 30_000.0)
                await asyncio.sleep(2)

        async with asyncio.TaskGroup() as group:
            flooding = group.create_task(flood(found.bot.world))
            await asyncio.gather(*map(normal, NORMAL))
            stop.set()
        grown = found.memory() - before
        messages = found.bot.world.private_chat(FLOODER).messages.values()
        notices = sum("very fast" in str(m.wire.get("text", "")) for m in messages if m.from_bot)
    p95, minutes = _p95(times), SECONDS / 60 + 1
    held(
        "S5",
        f"{flooding.result():,} messages of one, {len(NORMAL)} others",
        "p95 < 1 s, ≤ 1 notice a minute, < 50 MB",
        f"p95 {p95:.0f} ms, {notices} notices, {grown:+.0f} MB",
        p95 < 1000 and notices <= minutes and grown < 50,
    )
