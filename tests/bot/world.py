"""Lotse as it runs, at a playground: phones over HTTP, a clock to move, and the way to know that everything is done."""

import asyncio
import contextlib
import re
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

import playground
from bot import runner
from db.tables.delivery import inbox
from delivery.types import Counts
from i18n.bidi import strip_controls
from i18n.dates import BERLIN
from i18n.messages import words
from lotse import runtime
from lotse.clock import PlaygroundClock, SystemClock
from lotse.learning import Learning
from lotse.measures import DUTIES_FAILED
from lotse.settings import Settings
from people.types import Actor, Role
from playground.phone import body, buttons
from playground.types import Json, User

START = "2026-12-01 10:00"
CLIENT, VOLUNTEER, COORDINATOR = 7001, 7002, 7003
_PATIENCE = 20.0
# A push waits a moment after another message to the same person; it is on its way all the same.
_PACED = timedelta(seconds=1.5)
_TAG = re.compile(r"<[^>]+>")


def at(local: str) -> datetime:
    """A wall time in Berlin as a point in time."""
    return datetime.fromisoformat(local).replace(tzinfo=BERLIN).astimezone(UTC)


def said(message: Json) -> str:
    """What a message says, without the invisible characters that keep directions apart and words together."""
    return strip_controls(body(message)).replace("\u2060", "")


def all_said(messages: Iterable[Json]) -> str:
    """What several messages say, one below the other."""
    return "\n".join(map(said, messages))


def data_of(message: Json) -> list[str]:
    """The callback data under a message, in reading order."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row if "callback_data" in button]


def sentence(language: str, key: str, **params: object) -> str:
    """An interface text as a phone shows it: without tags and direction characters."""
    return strip_controls(_TAG.sub("", words(language).plain(key, **params)))


def _broken_duties() -> float:
    """How many regular duties broke off in this process so far."""
    return sum(
        sample.value for sample in DUTIES_FAILED.collect()[0].samples if sample.name.endswith("_total")
    )


@dataclass
class Pocket:
    """A phone in somebody's pocket. Whatever is done, all of Lotse's work on it is waited for; what came of it is returned."""

    lotse: "LotseWorld"
    phone: playground.Phone

    @property
    def id(self) -> int:
        """The Telegram user and chat."""
        return self.phone.user_id

    async def says(self, text: str) -> list[Json]:
        """Write a message."""
        await self.phone.say(text)
        return await self.reads()

    async def opens(self, link_or_payload: str = "") -> list[Json]:
        """Open a t.me link, or the bot with a bare payload."""
        await self.phone.open(link_or_payload)
        return await self.reads()

    async def taps(self, button: str | None = None, **wanted: Any) -> list[Json]:
        """Tap a button by its text or `data=`; of `message_id=`, else of the newest message that has one."""
        await self.phone.tap(button, **wanted)
        return await self.reads()

    async def tampers(self, data: str) -> list[Json]:
        """Send callback data that no button carries, as a changed Telegram app could."""
        messages = [message for message in await self.phone.messages() if message["from_bot"]]
        await self.phone.do("tap", message_id=messages[-1]["message_id"], raw_data=data, wait=10)
        return await self.reads()

    async def sends(self, kind: str, **spec: Any) -> list[Json]:
        """Send a sticker, photo, voice, location, …"""
        await self.phone.send(kind, **spec)
        return await self.reads()

    async def does(self, what: str, **spec: Any) -> list[Json]:
        """Anything else that the playground's phones can do: forward, edit, group, block, press, …"""
        await self.phone.do(what, **spec)
        return await self.reads()

    async def reads(self) -> list[Json]:
        """The bot's messages that came or changed since they were last read, oldest first."""
        await self.lotse.quiet()
        return await self.phone.new(0.01)

    async def last(self) -> Json:
        """The newest message of the bot."""
        return [message for message in await self.phone.messages() if message["from_bot"]][-1]

    async def labels(self) -> list[str]:
        """The buttons under the newest message of the bot."""
        return buttons(await self.last())

    async def actor(self) -> Actor:
        """Who the bot knows behind this phone."""
        core = self.lotse.core
        async with core.database.read() as tx:
            found = await core.people.find(tx, self.id)
        assert found is not None, f"nobody is known behind phone {self.id}"
        return found


class Knows(Learning):
    """What can be learnt is learnt once for all tests."""

    def __init__(self) -> None:
        pass

    async def recall(self) -> bool:
        return True


class LotseWorld:
    """The real application at a real playground; `server.state` is the playground from inside."""

    def __init__(
        self, server: playground.Server, settings: Settings, learning: Learning | None = None
    ) -> None:
        self.server = server
        self.settings = settings
        self.clock = PlaygroundClock(server.url, SystemClock())
        lotse = runtime.build(
            runtime.build_core(settings, clock=self.clock),
            token=server.token,
            base_url=server.url,
            nlu=None,
            username=playground.BOT_USERNAME,
        )
        self.lotse = replace(lotse, learning=learning or Knows())
        self._pockets: dict[int, Pocket] = {}
        self._stop = asyncio.Event()
        self._host: asyncio.Task[None] | None = None
        self._broken = _broken_duties()

    @property
    def core(self) -> runtime.Core:
        """Storage and use cases."""
        return self.lotse.core

    @property
    def database_file(self) -> Path:
        """The SQLite file."""
        return Path(self.settings.storage_url.removeprefix("sqlite:///"))

    # --- its life

    async def start(self) -> None:
        """Run every loop of the bot; returns when it polls."""
        self._host = asyncio.get_running_loop().create_task(self._run())
        async with asyncio.timeout(_PATIENCE):
            while not self.server.state.updates.allowed:
                self._complain()
                await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """End the bot; whatever broke in it meanwhile comes out here."""
        for pocket in self._pockets.values():
            await pocket.phone.close()
        self._stop.set()
        if self._host is not None:
            await self._host
        assert _broken_duties() == self._broken, "a regular duty broke off; the log says which"

    async def _run(self) -> None:
        # A task of its own, since a fixture's two halves run in two tasks, which a TaskGroup does not bear.
        await self.clock.catch_up()
        async with asyncio.TaskGroup() as group:
            following = group.create_task(self.clock.follow(every=0.05))
            async with runtime.running(self.lotse):
                await self._stop.wait()
            following.cancel()

    def _complain(self) -> None:
        if self._host is not None and self._host.done():
            self._host.result()

    # --- waiting

    async def quiet(self, seconds: float = _PATIENCE) -> None:
        """Wait until every update is worked off and everything that is due is sent or ended."""
        try:
            async with asyncio.timeout(seconds):
                # The boxes are rows, and rows send no events.
                while not await self._is_quiet():
                    await asyncio.sleep(0.005)
        except TimeoutError:
            raise AssertionError(f"still busy after {seconds} s: {await self.counts()}") from None

    async def until(self, condition: Callable[[], bool], seconds: float = _PATIENCE) -> None:
        """Wait for something that the boxes do not show."""
        async with asyncio.timeout(seconds):
            while not condition():
                self._complain()
                await asyncio.sleep(0.005)

    async def _is_quiet(self) -> bool:
        self._complain()
        # Asked first, since it costs nothing; what is said past the outbox is said before its update's place is free again.
        if self.server.state.updates.pending or self.lotse.runner._free._value < runner._AT_ONCE:
            return False
        now = self.clock.now()
        async with self.core.database.read() as tx:
            counts = await self.core.delivery.counts(tx)
            due = await self.core.delivery.next_wake(tx)
            waits = select(func.min(inbox.c.not_before)).where(inbox.c.state == "new")
            retry = (await tx.execute(waits)).scalar()
        if counts.inbox.get("working") or counts.outbox.get("sending"):
            return False
        if retry is not None and retry <= now:
            return False
        if due is not None and due <= now + _PACED:
            if due <= now:
                self.lotse.worker.wake()
            return False
        return bool(self.lotse.runner._free._value == runner._AT_ONCE)

    async def counts(self) -> Counts:
        """Rows of inbox and outbox by state."""
        async with self.core.database.read() as tx:
            return await self.core.delivery.counts(tx)

    def rows(self, sql: str, *params: Any) -> list[Any]:
        """Rows as another program sees them in the database file."""
        with contextlib.closing(sqlite3.connect(self.database_file)) as connection:
            return connection.execute(sql, params).fetchall()

    # --- the clock

    async def moves(self, **delta: float) -> None:
        """Move the clock on, for instance `days=3`, let what falls due be sent, and wait until all is quiet."""
        await self._clock({"advance_seconds": timedelta(**delta).total_seconds()})

    async def waits_until(self, local: str) -> None:
        """Move the clock to a wall time in Berlin, as `moves` does."""
        await self._clock({"now": at(local).isoformat()})

    async def _clock(self, change: dict[str, Any]) -> None:
        await self.phone(CLIENT).phone._client.post("/clock", json=change)
        wanted = self.server.state.clock.offset
        await self.until(lambda: abs(self.clock._offset - wanted) < timedelta(seconds=1))
        async with self.core.database.write() as tx:
            await self.core.reminders.tick(tx, self.clock.now())
            await self.core.reminders.finish_appointments(tx, self.clock.now())
        await self.quiet()

    # --- people

    def phone(self, user_id: int, *, language: str = "en", name: str = "") -> Pocket:
        """The phone of this Telegram user, who is made when there is none; nothing has been written yet."""
        if user_id not in self._pockets:
            if user_id not in self.server.state.users:
                self.server.state.add_user(User(user_id, name or f"Person {user_id}", language_code=language))
            self._pockets[user_id] = Pocket(self, self.server.phone(user_id))
        return self._pockets[user_id]

    async def arrives(self, user_id: int, language: str = "en") -> Pocket:
        """Somebody new who started the bot, chose a language, read the notice and sees the menu."""
        pocket = self.phone(user_id, language=language)
        await pocket.opens()
        await pocket.taps(data=f"lang:{language}")
        await self._agrees(pocket)
        return pocket

    async def joins(self, user_id: int, code: str, language: str = "de") -> Pocket:
        """Somebody new who opens an invitation, chooses a language, reads the notice and takes the invitation up."""
        pocket = self.phone(user_id, language=language)
        await pocket.opens(f"join_{code}")
        if f"lang:{language}" in data_of(await pocket.last()):
            await pocket.taps(data=f"lang:{language}")
            await self._agrees(pocket)
        await pocket.taps(data="join")
        return pocket

    async def _agrees(self, pocket: Pocket) -> None:
        go_on = next(data for data in data_of(await pocket.last()) if data.startswith("notice:"))
        await pocket.taps(data=go_on)

    async def admin_invites(self, role: Role) -> str:
        """The one-time code that `lotse admin invite --role …` prints."""
        async with self.core.database.write() as tx:
            return (await self.core.people.invite(tx, None, role, self.clock.now())).code

    async def coordinator(self, user_id: int = COORDINATOR, language: str = "de") -> Pocket:
        """A coordinator who joined by invitation."""
        return await self.joins(user_id, await self.admin_invites(Role.COORDINATOR), language)

    async def volunteer(self, user_id: int = VOLUNTEER, language: str = "de") -> Pocket:
        """A volunteer who joined by invitation."""
        return await self.joins(user_id, await self.admin_invites(Role.VOLUNTEER), language)

    async def provider(self, user_id: int, provider_id: str, language: str = "de") -> Pocket:
        """Somebody who took up the invitation for one provider of the catalogue."""
        async with self.core.database.write() as tx:
            now = self.clock.now()
            new = await self.core.people.invite(tx, None, Role.PROVIDER, now, client_id=provider_id)
        return await self.joins(user_id, new.code, language)

    async def administrator(self, user_id: int = 7004, language: str = "de") -> Pocket:
        """An administrator who joined by invitation."""
        return await self.joins(user_id, await self.admin_invites(Role.ADMINISTRATOR), language)

    async def case(self, coordinator: Pocket, number: str, language: str = "ar", place: str = "Haar") -> str:
        """A case that the coordinator opened, made by the use case itself; returns the client's id."""
        actor = await coordinator.actor()
        async with self.core.database.write() as tx:
            client = await self.core.agreements.create_client(
                tx, actor, number, language, place, self.clock.now()
            )
        return client.id

    async def client(
        self,
        coordinator: Pocket,
        number: str = "LM-1",
        user_id: int = CLIENT,
        language: str = "ar",
        *,
        reminders: bool = True,
    ) -> tuple[Pocket, str]:
        """A client who is linked to a new case and said yes or no to reminders; returns the phone and the client's id."""
        client_id = await self.case(coordinator, number, language)
        actor = await coordinator.actor()
        async with self.core.database.write() as tx:
            new = await self.core.agreements.invite_client(tx, actor, client_id, self.clock.now())
        pocket = await self.joins(user_id, new.code, language)
        async with self.core.database.write() as tx:
            await self.core.agreements.set_reminders(tx, await pocket.actor(), reminders, self.clock.now())
        await coordinator.reads()
        return pocket, client_id
