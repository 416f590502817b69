"""Updates from Telegram into the inbox: emergencies are answered first, the rest is stored before it is confirmed."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import structlog
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.api import BotApi
from bot.courier import TelegramCourier, seconds
from bot.flood import Flood
from bot.measures import EMERGENCIES, LAST_FETCH, LAST_UPDATE, UNREAD
from bot.updates import ALLOWED_UPDATES, alarm_owed, minimise, owing_alarm, words_in
from bot.views.emergency import emergency_screen
from bot.views.shared import one_moment, too_fast
from db.engine import Database, StorageBusyError
from delivery.service import DeliveryService
from delivery.types import Incoming, Sent
from i18n.languages import FALLBACK, from_telegram, known
from i18n.messages import words
from nlu.emergency import EmergencyRule

log = structlog.get_logger(__name__)

LONG_POLL_SECONDS = 25


class AnotherPollerError(Exception):
    """Another program fetches this bot's updates: two at a time would steal each other's."""


class Intake:
    """Takes raw updates in. `wake` is called when something new is in the inbox."""

    def __init__(
        self,
        database: Database,
        delivery: DeliveryService,
        courier: TelegramCourier,
        emergency: EmergencyRule,
        flood: Flood,
        *,
        now: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._delivery = delivery
        self._courier = courier
        self._emergency = emergency
        self._now = now
        self._wake = wake
        self._flood = flood
        self._alarmed: set[int] = set()

    async def take(self, updates: Iterable[Mapping[str, Any]]) -> None:
        """Answer emergencies, then store all updates in one commit; returns only once they are safe.

        While the database is out of reach people are told "one moment" and the storing is tried again.
        What a chat says beyond its measure is not kept, unless it owes somebody in danger the numbers.
        """
        read = [(item, words_in(update)) for update in updates if (item := _read(update)) is not None]
        items = await self._within_measure(await self._answer_emergencies(read))
        while True:
            try:
                async with self._database.write() as tx:
                    new = await self._delivery.receive(tx, items, self._now())
                break
            except StorageBusyError:
                log.warning("intake.storage_busy", updates=len(items))
                await self._apologise(items)
                await asyncio.sleep(1)
        if new:
            LAST_UPDATE.set(self._now().timestamp())
            self._wake()

    async def poll(self, bot: BotApi) -> None:
        """Fetch updates until cancelled; an update is confirmed by the next call, when it is stored."""
        offset, pause = 0, 1.0
        while True:
            try:
                updates = await bot.fetch_updates(
                    offset=offset, seconds=LONG_POLL_SECONDS, allowed=ALLOWED_UPDATES
                )
            except InvalidToken:
                raise
            except Conflict as error:
                raise AnotherPollerError from error
            except TelegramError as error:
                log.warning("intake.telegram_unreachable", error=type(error).__name__, pause=pause)
                await asyncio.sleep(max(pause, seconds(error) if isinstance(error, RetryAfter) else 0))
                pause = min(pause * 2, 30)
                continue
            pause = 1.0
            LAST_FETCH.set(self._now().timestamp())
            if updates:
                await self.take(updates)
                offset = int(updates[-1]["update_id"]) + 1
            else:
                # All is confirmed now; after a quiet week ids may start anywhere, also below the last one.
                offset = 0

    async def _answer_emergencies(self, read: Iterable[tuple[Incoming, str]]) -> list[Incoming]:
        """Say the numbers to whoever writes of danger; an update whose numbers may not have arrived is marked, and its reply says them."""
        answered = [await self._answer_emergency(item, text) for item, text in read]
        if len(self._alarmed) > 10_000:
            self._alarmed.clear()
        return answered

    async def _answer_emergency(self, item: Incoming, text: str) -> Incoming:
        if not text or item.update_id in self._alarmed:
            return item
        found = self._emergency.detect(text)
        if found is None or not self._flood.alarms(item.chat_id):
            return item
        language = found.language if known(found.language) else _language(item)
        EMERGENCIES.inc()
        result = await self._courier.say(item.chat_id, emergency_screen(words(language), found.kind))
        if not isinstance(result, Sent):
            log.warning("intake.emergency_owed", update=item.update_id, result=type(result).__name__)
            return owing_alarm(item, language, found.kind)
        # The same update comes again when storing it fails: the answer must not.
        self._alarmed.add(item.update_id)
        log.info("intake.emergency_answered", update=item.update_id)
        return item

    async def _within_measure(self, items: list[Incoming]) -> list[Incoming]:
        """What is read of it. Blocking and coming back are no talk and always count, and so does danger that is not answered yet."""
        kept = []
        for item in items:
            counts = item.kind == "membership" or alarm_owed(item.payload) is not None
            if counts or self._flood.reads(item.chat_id):
                kept.append(item)
                continue
            UNREAD.inc()
            if self._flood.tells(item.chat_id):
                log.warning("intake.too_fast", update=item.update_id)
                await self._courier.say(item.chat_id, too_fast(words(_language(item))))
        return kept

    async def _apologise(self, items: list[Incoming]) -> None:
        # Of one chat's updates the one that owes the numbers speaks first.
        for item in sorted(items, key=lambda item: alarm_owed(item.payload) is None):
            if not self._flood.apologises(item.chat_id):
                continue
            if (owed := alarm_owed(item.payload)) is not None:
                await self._courier.say(item.chat_id, emergency_screen(words(owed[0]), owed[1]))
            await self._courier.say(item.chat_id, one_moment(words(_language(item))))


def _language(item: Incoming) -> str:
    part = item.payload.get("message") or item.payload.get("callback_query") or {}
    return from_telegram(part.get("from", {}).get("language_code")) or FALLBACK


def _read(update: Mapping[str, Any]) -> Incoming | None:
    try:
        return minimise(update)
    except (KeyError, TypeError, ValueError) as error:
        # Not Telegram's format: it would be as unreadable the next time, and everybody else waits behind it.
        log.warning("intake.unreadable", update=update.get("update_id"), error=type(error).__name__)
        return None
