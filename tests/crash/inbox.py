"""What comes in: updates while the bot is killed, the same update three times in any order, and two bots that fetch."""

import asyncio
import math
import os
import random
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from db.crypto import Cipher, Keyring
from lotse.clock import SystemClock
from tests.crash.crowd import COORDINATORS, FIRST_COORDINATOR, ask, fill, sound
from tests.crash.processes import Forks, environment, forking
from tests.crash.promises import Place, Row
from tests.crash.telegram import Telegram

INVITE = "iv.role:coordinator"
STAFF = ("coordinator", "administrator")
"""Codes for volunteers are few for each person; those for coordinators, which administrators make, are not."""
SECRET = "s" * 40
JUMP = 1_000_000
LIFE_SECONDS = 0.5
_EFFECTS = "SELECT count(*) FROM invitations WHERE role = 'coordinator'"
_STATES = "SELECT state, count(*) FROM inbox GROUP BY state"


def tap(update_id: int, number: int) -> dict[str, Any]:
    """An administrator wants an invitation: each tap makes one, so that every effect can be counted."""
    user = FIRST_COORDINATOR + number % COORDINATORS
    chat = {"id": user, "type": "private", "first_name": "K"}
    return {
        "update_id": update_id,
        "callback_query": {
            "id": str(update_id),
            "from": {"id": user, "is_bot": False, "first_name": "K", "language_code": "en"},
            "chat_instance": "1",
            "data": INVITE,
            "message": {"message_id": 1, "date": 1_800_000_000, "chat": chat, "text": "x"},
        },
    }


@asynccontextmanager
async def telegram_and_bot(
    place: Place, keys: Keyring | None = None, **more: str
) -> AsyncIterator[tuple[Telegram, Forks]]:
    """A Bot API and a server of whole bots at it; the coordinators are known."""
    keys, telegram = keys or Keyring.generate(), Telegram()
    await asyncio.to_thread(fill, place.url, Cipher(keys), 1, SystemClock().now(), staff_roles=STAFF)
    await telegram.start()
    env = environment(telegram, place.url, keys.to_json(), place.var, **more)
    try:
        async with forking("tests.crash.victim", env, place.var) as forks:
            yield telegram, forks
    finally:
        await telegram.stop()


async def survives(place: Place, seed: int, count: int, kills: int) -> list[Row]:
    """kill -9 while updates come in: each must have its effect once, and Telegram gives again what was not confirmed."""
    chance, began = random.Random(seed), time.monotonic()
    async with telegram_and_bot(place) as (telegram, forks):
        given = 0
        for life in range(kills):
            upto = count * (life + 1) // kills
            telegram.say(*(tap(500_000 + n, n) for n in range(given, upto)))
            given = upto
            before = telegram.calls.get("getUpdates", 0)
            pid = int(await forks.line("start"))
            async with asyncio.timeout(60):
                while telegram.calls.get("getUpdates", 0) == before:
                    await asyncio.sleep(0.002)
            await asyncio.sleep(chance.uniform(0, LIFE_SECONDS))
            await _end(forks, pid, signal.SIGKILL)
        waiting = dict(ask(place.url, _STATES))
        pid = int(await forks.line("start"))
        await _settled(place, telegram, count)
        await _end(forks, pid, signal.SIGKILL)
    effects, states = ask(place.url, _EFFECTS)[0][0], dict(ask(place.url, _STATES))
    reached = (
        f"effects {effects:,}, done {states.get('done', 0):,}, "
        f"not done at the last kill {waiting.get('new', 0) + waiting.get('working', 0)}, "
        f"{time.monotonic() - began:.0f} s"
    )
    good = effects == count == states.get("done") and sound(place.url)
    name = f"{place.engine}: {count:,} updates, {kills} kills"
    return [Row(name, f"lost 0, effects {count:,}", reached, good)]


async def repeated(place: Place, seed: int, count: int) -> list[Row]:
    """Each update three times, shuffled, the ids of the second half a million lower."""
    chance, began, port = random.Random(seed), time.monotonic(), _free_port()
    hook = {
        "LOTSE_WEBHOOK_URL": "https://bot.example.org/telegram",
        "LOTSE_WEBHOOK_SECRET": SECRET,
        "LOTSE_WEBHOOK_PORT": str(port),
    }
    async with telegram_and_bot(place, **hook) as (telegram, forks):
        pid = int(await forks.line("start"))
        url = f"http://127.0.0.1:{port}/telegram"
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        async with httpx.AsyncClient(headers=headers, timeout=60, trust_env=False) as client:
            while telegram.calls.get("setWebhook", 0) == 0:
                await asyncio.sleep(0.02)
            half = count // 2
            for first, last, base in ((0, half, 5_000_000), (half, count, 5_000_000 - JUMP)):
                updates = [tap(base + n, n) for n in range(first, last)] * 3
                chance.shuffle(updates)
                await _post(client, url, updates)
        await _settled(place, telegram, count)
        # A repetition that came late must find its update done, too.
        await asyncio.sleep(1)
        await _end(forks, pid, signal.SIGTERM)
    effects = ask(place.url, _EFFECTS)[0][0]
    reached = f"effects {effects:,} of {3 * count:,} arrivals, {time.monotonic() - began:.0f} s"
    name = f"{place.engine}: {count:,} updates three times, shuffled, ids down by {JUMP:,}"
    return [Row(name, f"effects {count:,}", reached, effects == count)]


async def two_pollers(place: Place, *, within: float = math.inf) -> list[Row]:
    """A second bot in the same folder, and one in another folder at the same database: both stop with a sentence, `within` so many seconds."""
    keys = Keyring.generate()
    async with telegram_and_bot(place, keys) as (telegram, forks):
        pid = int(await forks.line("start"))
        while telegram.calls.get("getUpdates", 0) == 0:
            await asyncio.sleep(0.02)
        rows = []
        for where, var in (("same folder", place.var), ("another folder", place.var / "other")):
            var.mkdir(exist_ok=True)
            env = environment(telegram, place.url, keys.to_json(), var, LOTSE_WORKER="bot-1")
            began = time.monotonic()
            second = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "lotse", "bot", env=env, cwd=place.var,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            )  # fmt: skip
            async with asyncio.timeout(60):
                said = (await second.communicate())[0].decode()
            seconds = time.monotonic() - began
            sentence = next(
                (line.strip() for line in said.splitlines() if "running here" in line or "fetches" in line),
                "",
            )
            good = second.returncode not in (0, None) and bool(sentence) and seconds <= within
            rows.append(
                Row(
                    f"{place.engine}: second bot, {where}",
                    "exit ≠ 0 with a sentence" + (f" in ≤ {within:g} s" if within < math.inf else ""),
                    f"exit {second.returncode} after {seconds:.1f} s: {sentence or said[-200:]}",
                    good,
                )
            )
        telegram.say(tap(900_000, 0))
        await _settled(place, telegram, 1)
        await _end(forks, pid, signal.SIGTERM)
    return rows


async def _post(client: httpx.AsyncClient, url: str, updates: list[dict[str, Any]]) -> None:
    """As Telegram does: several at a time, again until they are taken."""
    left = list(updates)

    async def one() -> None:
        while left:
            update = left.pop()
            while True:
                try:
                    if (await client.post(url, json=update)).status_code == 200:
                        break
                except httpx.TransportError:
                    await asyncio.sleep(0.1)

    async with asyncio.TaskGroup() as group:
        for _ in range(8):
            group.create_task(one())


async def _settled(place: Place, telegram: Telegram, count: int) -> None:
    async with asyncio.timeout(600):
        while True:
            states = dict(ask(place.url, _STATES))
            if not telegram.updates and sum(states.values()) >= count and set(states) <= {"done", "failed"}:
                return
            await asyncio.sleep(0.3)


async def _end(forks: Forks, pid: int, number: signal.Signals) -> None:
    os.kill(pid, number)
    await forks.line()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
