"""Updates a second and time to the first answer: a bare echo bot, Lotse's menu, Lotse's free questions, all over HTTP."""

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import playground
from playground import people
from playground.types import Json, User
from playground.world import World
from tests.bench.measure import Series
from tests.bench.questions import QUESTIONS

ROOT = Path(__file__).resolve().parents[2]
PHONES = 16
CROWDS = (1, PHONES)
ROUNDS = 5
UPDATES = 320
FIRST_PHONE = 20_000
PATIENCE = 30.0
_KEPT = ("PATH", "HOME", "LANG")


@dataclass(frozen=True)
class Bot:
    """A playground with a bot at it."""

    server: playground.Server

    @property
    def world(self) -> World:
        return self.server.state

    async def ask(self, user_id: int, act: Callable[[World, int], object]) -> float | None:
        """Let a person act and wait for the bot's first answer: milliseconds, None when none came."""
        chat = self.world.private_chat(user_id)
        started = time.perf_counter()
        act(self.world, user_id)
        before = chat.seq
        while time.perf_counter() - started < PATIENCE:
            # Looked for before waiting: the answer may have come while other phones were served.
            if any(m.from_bot and m.seq > before for m in reversed(chat.messages.values())):
                return (time.perf_counter() - started) * 1000
            await self.world.hub.changed(1.0)
        return None

    async def round(self, series: Series, updates: int, phones: int, act: Callable[..., object]) -> None:
        """`updates` acts over so many phones, each phone waiting for its answer before the next."""
        latencies: list[float | None] = []

        async def phone(number: int) -> None:
            for turn in range(updates // phones):
                step = turn * phones + number
                latencies.append(await self.ask(FIRST_PHONE + number, partial(act, step=step)))
                await self._settled(FIRST_PHONE + number)

        started = time.perf_counter()
        await asyncio.gather(*map(phone, range(phones)))
        good = [latency for latency in latencies if latency is not None]
        series.add(time.perf_counter() - started, good, len(latencies) - len(good))

    async def _settled(self, user_id: int) -> None:
        """A question has several messages as its answer: the next one is asked when the last of them has buttons home."""
        chat = self.world.private_chat(user_id)
        while True:
            last = next((m for m in reversed(chat.messages.values()) if m.from_bot), None)
            rows: list[list[Json]] = (
                (last.wire.get("reply_markup") or {}).get("inline_keyboard", []) if last else []
            )
            if not last or any(
                button.get("callback_data") in {"menu", "again", "sos"} for row in rows for button in row
            ):
                return
            await self.world.hub.changed(1.0)


@contextlib.asynccontextmanager
async def _playground(
    command: Callable[[playground.Server], tuple[list[str], dict[str, str]]],
) -> AsyncIterator[Bot]:
    async with playground.serving(port=0) as server:
        bot = Bot(server)
        for number in range(PHONES):
            server.state.add_user(User(FIRST_PHONE + number, f"Phone {number}", language_code="en"))
        arguments, environment = command(server)
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            *arguments, env=kept | environment, cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        try:
            yield bot
        finally:
            process.terminate()
            await process.wait()


def _echo(server: playground.Server) -> tuple[list[str], dict[str, str]]:
    return [sys.executable, "-m", "tests.bench.echo", server.url, server.token], {}


def _lotse(var: Path, nlu: str) -> Callable[[playground.Server], tuple[list[str], dict[str, str]]]:
    def command(server: playground.Server) -> tuple[list[str], dict[str, str]]:
        environment = {
            "LOTSE_VAR": str(var),
            "LOTSE_PLAYGROUND_PORT": server.url.rsplit(":", 1)[1],
            "LOTSE_NLU_URL": nlu,
            "LOTSE_MESSAGES_A_MINUTE": "0",
            "LOTSE_LOG_LEVEL": "WARNING",
        }
        subprocess.run(
            [sys.executable, "-m", "lotse", "setup"], env={**os.environ, **environment}, check=True, cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        return [sys.executable, "-m", "lotse", "bot"], environment

    return command


async def measure(nlu: str, say: Callable[[str], None]) -> list[Series]:
    """Five rounds of each, in turn, with one phone and with many. `nlu` is the address of the running service."""
    every: list[Series] = []
    with tempfile.TemporaryDirectory(prefix="lotse-bench-") as folder:
        async with _playground(_echo) as peer, _playground(_lotse(Path(folder), nlu)) as ours:
            await _introduce(peer, ours)
            for phones in CROWDS:
                named = f"{phones} phone{'s' * (phones > 1)}"
                echo = Series(f"(a) bare python-telegram-bot, echo, {named}")
                menu = Series(f"(b) Lotse, menu taps, {named}", echo.name)
                questions = Series(f"(c) Lotse, free questions, {named}", echo.name)
                updates = UPDATES if phones > 1 else UPDATES // 4
                for number in range(ROUNDS):
                    say(f"Telegram, {named}: round {number + 1} of {ROUNDS}")
                    await peer.round(echo, updates, phones, _hello)
                    await ours.round(menu, updates, phones, _menu)
                    await ours.round(questions, updates // 2, phones, _question)
                every += [echo, menu, questions]
    return every


async def _introduce(peer: Bot, ours: Bot) -> None:
    """Everybody has started both bots, chosen English and read the notice."""
    for bot in (peer, ours):
        await asyncio.gather(*(bot.ask(FIRST_PHONE + n, _start) for n in range(PHONES)))
    for step in (_english, _accept):
        await asyncio.gather(*(ours.ask(FIRST_PHONE + n, step) for n in range(PHONES)))


def _start(world: World, user: int) -> None:
    people.start(world, user)


def _english(world: World, user: int) -> None:
    people.tap(world, user, {"data": "lang:en"})


def _hello(world: World, user: int, step: int) -> None:
    people.say(world, user, f"hello {step}")


def _question(world: World, user: int, step: int) -> None:
    people.say(world, user, QUESTIONS[step % len(QUESTIONS)])


def _menu(world: World, user: int, step: int) -> None:
    message = next(m for m in reversed(world.private_chat(user).messages.values()) if m.from_bot)
    people.tap_raw(world, user, message.wire["message_id"], "menu")


def _accept(world: World, user: int) -> None:
    message = next(m for m in reversed(world.private_chat(user).messages.values()) if m.from_bot)
    rows = message.wire["reply_markup"]["inline_keyboard"]
    people.tap(world, user, {"data": rows[0][0]["callback_data"]})
