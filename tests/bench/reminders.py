"""Reminders: jobs a second beside procrastinate's, what a claim costs, and a campaign at Telegram's limit with replies meanwhile."""

import asyncio
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from procrastinate import App, PsycopgConnector
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

import playground
from db import migrate
from db.crypto import Cipher, Keyring, load_keyring
from delivery.pace import PUSHES_A_SECOND
from delivery.types import OutboxItem, Result, Sent
from delivery.worker import DeliveryWorker
from lotse import log, runtime
from lotse.settings import Settings
from people.types import Address
from playground.types import User
from tests import postgres
from tests.bench import telegram
from tests.bench.measure import Series
from tests.crash.crowd import FIRST_CHAT, FIRST_COORDINATOR, ask, fill

ROUNDS, JOBS, CAMPAIGN = 5, 1_500, 4_000
FEW, MANY = 1_000, 1_000_000
CLAIMS = 20
NOON = datetime(2027, 2, 3, 11, tzinfo=UTC)
_numbers = itertools.count(1)
Note = dict[str, object]


class Stub:
    """Carries nothing, at once; says when all are carried."""

    def __init__(self, expected: int) -> None:
        self.carried = 0
        self._expected = expected
        self.all = asyncio.Event()

    async def send(self, address: Address, item: OutboxItem) -> Result:
        """It has arrived."""
        self.carried += 1
        if self.carried == self._expected:
            self.all.set()
        return Sent(self.carried)


class Standing:
    """A clock that stands at noon."""

    def now(self) -> datetime:
        """Noon."""
        return NOON


def _database(server: str) -> str:
    """The URL of a new, empty database."""
    return postgres.created(server, f"bench_{next(_numbers)}")


async def _procrastinate(url: str, at_once: int) -> float:
    """Jobs that do nothing, a second; its worker as it comes has one at a time."""
    app = App(connector=PsycopgConnector(conninfo=url))

    @app.task(name="nothing")
    async def nothing() -> None: ...

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await nothing.batch_defer_async(*({} for _ in range(JOBS)))
        began = time.perf_counter()
        await app.run_worker_async(
            wait=False, concurrency=at_once, install_signal_handlers=False, listen_notify=False
        )
        return JOBS / (time.perf_counter() - began)


async def _ours(url: str, var: Path) -> float:
    """Reminders dispatched a second, with every look before and every commit, but for the send."""
    keys = Keyring.generate()
    await asyncio.to_thread(fill, url, Cipher(keys), JOBS, NOON)
    core = _core(url, var, keys)
    while True:
        async with core.database.write() as tx:
            if not await core.reminders.tick(tx, NOON):
                break
    stub = Stub(JOBS)
    worker = DeliveryWorker(
        core.database, core.delivery, core.people, stub,
        recheck=core.reminders.recheck, outcome=core.reminders.outcome, now=core.clock.now,
    )  # fmt: skip
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(worker.run())
        await stub.all.wait()
        task.cancel()
    seconds = time.perf_counter() - began
    await core.database.close()
    sent = ask(url, "SELECT count(*) FROM outbox WHERE state = 'sent'")[0][0]
    if sent != JOBS:
        raise RuntimeError(f"{sent} of {JOBS} are sent")
    return JOBS / seconds


def _core(url: str, var: Path, keys: Keyring) -> runtime.Core:
    settings = Settings(var=var, database_url=url, keys=keys.to_json(), nlu_url="off", _env_file=None)  # type: ignore[call-arg, arg-type]
    return runtime.build_core(settings, clock=Standing())


_FUTURE = """
INSERT INTO reminders (id, client_id, subject, subject_id, occurrence, not_after, urgent, state, again)
SELECT 'f' || n, 'c0', 'milestone', 'f' || n, '2027-06-01 09:00:00', '2027-06-03 09:00:00', {no}, 'planned', {no}
FROM {numbers}
"""


def _fill_future(url: str, count: int) -> None:
    sqlite = url.startswith("sqlite")
    numbers = (
        f"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count}) SELECT n FROM s)"
        if sqlite
        else f"generate_series(1, {count}) AS n"
    )
    engine = create_engine(migrate.sync_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(_FUTURE.format(no="0" if sqlite else "false", numbers=numbers)))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


async def _claim(core: runtime.Core) -> float:
    """Milliseconds to queue 200 due reminders and to lease their messages; taken back afterwards."""
    async with core.database.write() as tx:
        began = time.perf_counter()
        await core.reminders.tick(tx, NOON, limit=200)
        found = await core.delivery.lease_due(tx, NOON, 192)
        took = (time.perf_counter() - began) * 1000
        await tx.rollback()
    if len(found) != 192:
        raise RuntimeError(f"{len(found)} leased")
    return took


async def _claims(name: str, urls: tuple[str, str], var: Path) -> Note:
    keys = Keyring.generate()
    cores = []
    for url, count in zip(urls, (FEW, MANY), strict=True):
        await asyncio.to_thread(migrate.upgrade, url)
        await asyncio.to_thread(fill, url, Cipher(keys), 400, NOON)
        await asyncio.to_thread(_fill_future, url, count)
        cores.append(_core(url, var, keys))
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(CLAIMS):
        for core, found in zip(cores, times, strict=True):
            found.append(await _claim(core))
    for core in cores:
        await core.database.close()
    few, many = (statistics.median(found[2:]) for found in times)
    return _note(
        f"claim on {name}, ms with {FEW:,} and {MANY:,} to come", f"{few:.1f}, {many:.1f}", many / few, "≤ 1.2", many <= 1.2 * few
    )  # fmt: skip


def _note(subject: str, measured: str, ratio: float, wanted: str, good: bool) -> Note:
    return {
        "subject": subject,
        "measured": measured,
        "ratio": round(ratio, 3),
        "wanted": wanted,
        "reached": good,
    }


async def _speed(server: str, var: Path, say: Callable[[str], None]) -> list[Note]:
    rates: dict[str, list[float]] = {"procrastinate": [], "ours": [], "procrastinate, ten at once": []}
    for number in range(ROUNDS):
        rates["procrastinate"].append(await _procrastinate(_database(server), 1))
        url = _database(server)
        await asyncio.to_thread(migrate.upgrade, url)
        rates["ours"].append(await _ours(url, var))
        rates["procrastinate, ten at once"].append(await _procrastinate(_database(server), 10))
        said = ", ".join(f"{name} {found[-1]:.0f}" for name, found in rates.items())
        say(f"Jobs: round {number + 1} of {ROUNDS}: {said} a second")
    notes = []
    for peer, wanted in (("procrastinate", 4.0), ("procrastinate, ten at once", 0.0)):
        ratios = [a / b for a, b in zip(rates["ours"], rates[peer], strict=True)]
        ratio, ours, theirs = (statistics.median(found) for found in (ratios, rates["ours"], rates[peer]))
        measured = f"{ours:.0f} a second, {peer} {theirs:.0f}, spread {min(ratios):.2f}-{max(ratios):.2f}"
        subject = f"dispatch, PostgreSQL, {JOBS:,} jobs, {ROUNDS} rounds"
        notes.append(_note(subject, measured, ratio, f"≥ {wanted:g}" if wanted else "", ratio >= wanted))
    return notes


async def _replies(bot: telegram.Bot, count: int, user: int, *, every: float) -> list[float]:
    found = []
    for step in range(count):
        milliseconds = await bot.ask(user, lambda world, who, step=step: telegram._menu(world, who, step))
        if milliseconds is not None:
            found.append(milliseconds)
        await asyncio.sleep(every)
    return found


async def _campaign(say: Callable[[str], None]) -> list[Note]:
    """The whole bot on SQLite at a Bot API that enforces 30 a second; one coordinator asks for the menu every two seconds."""
    with tempfile.TemporaryDirectory(prefix="lotse-bench-") as folder:
        var = Path(folder)
        async with playground.serving(port=0) as server:
            world = server.state
            world.clock.set(NOON)
            environment = {
                "LOTSE_VAR": str(var), "LOTSE_PLAYGROUND_PORT": str(server.port),
                "LOTSE_NLU_URL": "off", "LOTSE_LOG_LEVEL": "ERROR",
            }  # fmt: skip
            given = {**os.environ, **environment}
            subprocess.run(
                [sys.executable, "-m", "lotse", "setup"],
                env=given,
                check=True,
                cwd=telegram.ROOT,
                stdout=subprocess.DEVNULL,
            )
            due = world.clock.now() + timedelta(seconds=75)
            url, keys = f"sqlite:///{var / 'lotse.db'}", load_keyring(var / "keys.json")
            fill(url, Cipher(keys), CAMPAIGN, world.clock.now(), lambda _n: due)
            for number in range(CAMPAIGN):
                world.add_user(User(FIRST_CHAT + number, "P", language_code="en"))
                world.private_chat(FIRST_CHAT + number)
            world.add_user(User(FIRST_COORDINATOR, "K", language_code="en"))
            moments: list[datetime] = []
            real = world.add_message

            def noting(chat: Any, content: Any, *, sender: Any, silent: bool = False) -> Any:
                if FIRST_CHAT <= chat.id < FIRST_CHAT + CAMPAIGN:
                    moments.append(world.clock.now())
                return real(chat, content, sender=sender, silent=silent)

            world.add_message = noting  # type: ignore[method-assign]
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "lotse", "bot", env=given, cwd=telegram.ROOT
            )
            try:
                return await _watched(telegram.Bot(server), due, moments, say)
            finally:
                process.terminate()
                await process.wait()


async def _watched(
    bot: telegram.Bot, due: datetime, moments: list[datetime], say: Callable[[str], None]
) -> list[Note]:
    world = bot.world
    from playground import people  # noqa: PLC0415

    await bot.ask(FIRST_COORDINATOR, lambda w, who: people.say(w, who, "/menu"))
    world.limits.configure({"enabled": True, "retry_after": [1, 3]})
    idle = await _replies(bot, 15, FIRST_COORDINATOR, every=2)
    say(f"Campaign: {CAMPAIGN:,} reminders, 1 round of {CAMPAIGN / PUSHES_A_SECOND:.0f} s")
    await asyncio.sleep(max(0.0, (due - world.clock.now()).total_seconds()))
    busy = await _replies(bot, int(CAMPAIGN / PUSHES_A_SECOND / 2.5), FIRST_COORDINATOR, every=2)
    async with asyncio.timeout(300):
        while len(moments) < CAMPAIGN:
            await asyncio.sleep(0.2)
    took = (max(moments) - due).total_seconds()
    late = sorted((moment - due).total_seconds() for moment in moments)
    least = CAMPAIGN / PUSHES_A_SECOND
    quick, slow = statistics.median(idle), statistics.median(busy)
    return [
        _note(
            f"{CAMPAIGN:,} due reminders, limit enforced", f"{took:.1f} s, refused {world.limits.refused}", took / least, "≤ 1.03", took <= 1.03 * least
        ),
        _note("p99 lateness", f"{late[int(len(late) * 0.99)]:.1f} s", late[int(len(late) * 0.99)] / least, "", True),
        _note("a reply meanwhile", f"{slow:.0f} ms, idle {quick:.0f} ms", slow / quick, "≤ 1.5", slow <= 1.5 * quick),
    ]  # fmt: skip


def measure(say: Callable[[str], None]) -> tuple[list[Series], list[Note]]:
    """Everything about reminders; rows of their own, since none is a rate beside a latency."""
    log.configure(level="CRITICAL", style="readable")
    notes: list[Note] = []
    with postgres.started() as server, tempfile.TemporaryDirectory(prefix="lotse-bench-") as folder:
        var = Path(folder)
        notes += asyncio.run(_speed(server, var, say))
        notes.append(asyncio.run(_claims("PostgreSQL", (_database(server), _database(server)), var)))
        files = (f"sqlite:///{var / 'few.db'}", f"sqlite:///{var / 'many.db'}")
        notes.append(asyncio.run(_claims("SQLite", files, var)))
    notes += asyncio.run(_campaign(say))
    return [], notes
