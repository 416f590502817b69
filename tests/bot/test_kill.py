"""kill -9 in a loop, while people write and tap and reminders go out: nothing is lost, and nothing happens twice."""

import asyncio
import contextlib
import itertools
import os
import random
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

import playground
from delivery.rules import SEND_ATTEMPTS
from lotse import runtime
from lotse.settings import PROJECT, Settings
from people.types import Actor, Role
from playground import people
from playground.types import User

KILLS = 50
FIRST_CLIENT, CLIENTS = 8100, 6
FIRST_STAFF, STAFF = 8200, 2
REASONS = ("phone", "closed", "moved", "full", "other")
INVITE = "iv.role:volunteer"
QUESTION = "German course in Haar with childcare"
PHRASES = ("write_cv", "register_language_course", "book_appointment")


@dataclass
class Sent:
    """What people did and what was pushed: all of it must have happened in the end."""

    updates: list[int] = field(default_factory=list)
    reports: list[tuple[int, str, str]] = field(default_factory=list)
    invitations: int = 0
    pushes: list[str] = field(default_factory=list)


class Bot:
    """The bot as a process that can be killed."""

    def __init__(self, server: playground.Server, process: asyncio.subprocess.Process) -> None:
        self._server = server
        self._process = process
        self._pid = 0

    async def start(self) -> None:
        """Returns when the process is about to fetch updates."""
        before = self._server.state.call_count
        self._pid = int(await self._line("start"))
        async with asyncio.timeout(30):
            while not self._started(before):
                await asyncio.sleep(0.005)

    async def end(self, number: signal.Signals) -> int:
        """Send the signal; returns the exit code."""
        os.kill(self._pid, number)
        return int(await self._line())

    def _started(self, before: int) -> bool:
        newest = itertools.takewhile(lambda call: call.n > before, reversed(self._server.state.calls))
        return any(call.method == "deleteWebhook" for call in newest)

    async def _line(self, command: str | None = None) -> bytes:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if command is not None:
            self._process.stdin.write(f"{command}\n".encode())
        async with asyncio.timeout(30):
            return await self._process.stdout.readline()


@pytest.fixture
async def bot(server: playground.Server, settings: Settings, tmp_path: Path) -> AsyncIterator[Bot]:
    assert settings.keys is not None
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PROJECT),
        "LOTSE_VAR": str(settings.var),
        "LOTSE_DATABASE_URL": settings.storage_url,
        "LOTSE_KEYS": settings.keys.get_secret_value(),
        "LOTSE_PLAYGROUND_PORT": str(server.port),
        "LOTSE_NLU_URL": "off",
        "LOTSE_LOG_LEVEL": "ERROR",
    }
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bot.victim", env=environment, cwd=tmp_path, stdin=pipe, stdout=pipe
    )
    yield Bot(server, process)
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()


@pytest.fixture
async def office(server: playground.Server, settings: Settings) -> AsyncIterator["Office"]:
    core = runtime.build_core(settings, clock=server.state.clock)
    yield Office(core, server)
    await core.database.close()


class Office:
    """Everybody who uses the bot meanwhile; works on the same database from another process."""

    def __init__(self, core: runtime.Core, server: playground.Server) -> None:
        self.core = core
        self.server = server
        self.sent = Sent()
        self._staff: list[Actor] = []
        self._milestones: Iterator[tuple[Actor, str]] = iter(())
        self._offers: Iterator[str] = iter(())
        self._random = random.Random(20261201)

    async def open(self) -> None:
        """Coordinators, linked clients who said yes to reminders, and goals enough to remind of."""
        async with self.core.database.write() as tx:
            await self.core.offers.refresh(tx)
            now = self.core.clock.now()
            for number in range(STAFF):
                actor = await self._person(tx, FIRST_STAFF + number)
                invitation = await self.core.people.invite(tx, None, Role.COORDINATOR, now)
                found = await self.core.people.look_up(tx, actor, invitation.code, now)
                await self.core.people.redeem(tx, actor, found, now)
                self._staff.append(await self.core.people.actor(tx, actor.id))
            milestones = [await self._client(tx, number) for number in range(CLIENTS)]
            offers = [
                row[0] for row in await tx.exec_driver_sql("SELECT id FROM offers WHERE status='published'")
            ]
        self._milestones = iter([pair for several in zip(*milestones, strict=True) for pair in several])
        self._offers = itertools.cycle(offers)

    async def _person(self, tx: object, user_id: int) -> Actor:
        self.server.state.add_user(User(user_id, f"Person {user_id}", language_code="en"))
        actor = await self.core.people.meet(tx, user_id, "en", self.core.clock.now())  # type: ignore[arg-type]
        await self.core.people.choose_language(tx, actor, "en")  # type: ignore[arg-type]
        people.say(self.server.state, user_id, "/menu")
        return actor

    async def _client(self, tx: object, number: int) -> list[tuple[Actor, str]]:
        now, coordinator = self.core.clock.now(), self._staff[number % STAFF]
        agreements = self.core.agreements
        client = await agreements.create_client(tx, coordinator, f"LM-{number}", "en", "Haar", now)  # type: ignore[arg-type]
        actor = await self._person(tx, FIRST_CLIENT + number)
        new = await agreements.invite_client(tx, coordinator, client.id, now)  # type: ignore[arg-type]
        await agreements.link(tx, actor, await self.core.people.look_up(tx, actor, new.code, now), now)  # type: ignore[arg-type]
        await agreements.set_reminders(tx, actor, True, now)  # type: ignore[arg-type]
        made = []
        for index in range(KILLS // 2):
            due = (now + timedelta(days=200 + index)).date()
            milestone = await agreements.add_milestone(
                tx, coordinator, client.id, PHRASES[0], {}, due, None, now  # type: ignore[arg-type]
            )  # fmt: skip
            made.append((coordinator, milestone.id))
        return made

    # --- what people do

    async def act(self) -> None:
        """Something that somebody does, or a coordinator's reminder."""
        what = self._random.choice((self._report, self._report, self._invite, self._ask))
        what()
        if self._random.random() < 0.4:
            await self._push()

    def _report(self) -> None:
        user = FIRST_CLIENT + self._random.randrange(CLIENTS)
        offer, reason = next(self._offers), self._random.choice(REASONS)
        if (user, offer, reason) not in self.sent.reports:
            self._tap(user, f"wrong.as:{offer}:{reason}")
            self.sent.reports.append((user, offer, reason))

    def _invite(self) -> None:
        self._tap(FIRST_STAFF + self._random.randrange(STAFF), INVITE)
        self.sent.invitations += 1

    def _ask(self) -> None:
        user = FIRST_CLIENT + self._random.randrange(CLIENTS)
        people.say(self.server.state, user, QUESTION)
        self.sent.updates.append(self.server.state.updates.next_id - 1)

    def _tap(self, user: int, data: str) -> None:
        message = next(iter(self.server.state.private_chat(user).messages))
        found = people.tap_raw(self.server.state, user, message, data)
        self.sent.updates.append(found["update_id"])

    async def _push(self) -> None:
        coordinator, milestone_id = next(self._milestones)
        async with self.core.database.write() as tx:
            row = await self.core.agreements.push_now(tx, coordinator, milestone_id, self.core.clock.now())
        self.sent.pushes.append(row.id)

    async def settled(self) -> None:
        """Wait until both boxes are empty."""
        async with asyncio.timeout(60):
            while True:
                async with self.core.database.read() as tx:
                    counts = await self.core.delivery.counts(tx)
                waiting = [
                    *map(counts.inbox.get, ("new", "working")),
                    *map(counts.outbox.get, ("due", "sending", "ambiguous")),
                ]
                if not self.server.state.updates.pending and not any(waiting):
                    return
                await asyncio.sleep(0.05)


async def _live(bot: Bot, office: Office) -> None:
    """The bot is killed again and again; in between it has a moment to work, and people never stop."""
    chance = random.Random(7)
    for _ in range(KILLS):
        for _ in range(3):
            await office.act()
        await bot.start()
        until = asyncio.get_running_loop().time() + chance.uniform(0, 0.5)
        while asyncio.get_running_loop().time() < until:
            await office.act()
            await asyncio.sleep(chance.uniform(0.02, 0.1))
        assert await bot.end(signal.SIGKILL) == -signal.SIGKILL


@pytest.mark.slow
async def test_nothing_is_lost_and_nothing_done_twice(
    server: playground.Server, settings: Settings, bot: Bot, office: Office
) -> None:
    await office.open()
    await bot.start()
    await office.settled()
    assert await bot.end(signal.SIGTERM) == 0

    # An answer that takes a while lets the kill fall between a message and its record.
    server.state.faults.add(
        {"kind": "hang", "applied": True, "seconds": 0.02, "times": None, "methods": ["sendMessage"]}
    )
    await _live(bot, office)
    server.state.faults.clear()

    await bot.start()
    await office.settled()
    # The ticker takes over what became of messages whose process died.
    await asyncio.sleep(2.5)
    assert await bot.end(signal.SIGTERM) == 0

    with contextlib.closing(sqlite3.connect(settings.storage_url.removeprefix("sqlite:///"))) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        _check_updates(office.sent, database)
        _check_replies(server, database)
        _check_pushes(office.sent, server, database)


def _check_updates(sent: Sent, database: sqlite3.Connection) -> None:
    states = dict(database.execute("SELECT update_id, state FROM inbox"))
    assert {states.get(update) for update in sent.updates} == {"done"}
    assert len(sent.updates) > 3 * KILLS
    assert database.execute("SELECT count(*) FROM offer_reports").fetchone() == (len(sent.reports),)
    made = database.execute("SELECT count(*) FROM invitations WHERE role = 'volunteer'").fetchone()
    assert made == (sent.invitations,), "a new invitation for every tap, and no tap twice"
    answered = {
        int(key.split(":")[1])
        for (key,) in database.execute("SELECT dedup_key FROM outbox WHERE kind = 'reply'")
    }
    assert set(sent.updates) <= answered


def _check_replies(server: playground.Server, database: sqlite3.Connection) -> None:
    rows = database.execute("SELECT state, attempts, message_id FROM outbox").fetchall()
    assert {state for state, _, _ in rows} <= {"sent", "unknown"}
    assert all(attempts <= SEND_ATTEMPTS for _, attempts, _ in rows)
    assert all(attempts == SEND_ATTEMPTS for state, attempts, _ in rows if state == "unknown")
    delivered = {
        number
        for chat in server.state.chats.values()
        for number, message in chat.messages.items()
        if message.from_bot
    }
    recorded = [number for state, _, number in rows if state == "sent"]
    assert set(recorded) <= delivered, "what counts as sent was sent"
    repeated = sum(attempts == SEND_ATTEMPTS for _, attempts, _ in rows)
    assert len(delivered - set(recorded)) <= repeated, "a copy more only where nobody could know"
    assert repeated > 0, "no kill fell between a message and its record: the test shows nothing"


def _check_pushes(sent: Sent, server: playground.Server, database: sqlite3.Connection) -> None:
    copies: Counter[str] = Counter()
    for chat in server.state.chats.values():
        for message in chat.messages.values():
            for row in message.wire.get("reply_markup", {}).get("inline_keyboard", []):
                copies.update(
                    b["callback_data"].partition(":")[2]
                    for b in row
                    if b.get("callback_data", "").startswith("remember:")
                )
    query = "SELECT r.id, r.state, o.state, o.attempts FROM reminders r JOIN outbox o ON o.id = r.outbox_id"
    rows = {reminder: rest for reminder, *rest in database.execute(query)}
    assert len(sent.pushes) > KILLS // 2
    for reminder in sent.pushes:
        state, message, attempts = rows[reminder]
        if message == "unknown":
            assert (state, attempts) == ("unknown", SEND_ATTEMPTS)
            assert copies[reminder] <= SEND_ATTEMPTS
        else:
            assert (state, message) == ("sent", "sent"), reminder
            assert 1 <= copies[reminder] <= attempts, reminder
    assert set(copies) <= set(sent.pushes)
