"""Works through the inbox: one commit holds an update's effect, its replies and its end; sending follows."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

import structlog
from telegram import Update
from telegram.ext import Application

from agreements.errors import OnlyStoredError
from bot import dialogues
from bot.commands import show_menu, wanted_menu
from bot.courier import TelegramCourier
from bot.measures import ANSWERS, UPDATE_SECONDS, UPDATES
from bot.screens import Screen, calls
from bot.turn import Services, Turn
from bot.updates import alarm_owed, revive
from bot.views.emergency import emergency_screen
from bot.views.restriction import refused_screen
from bot.views.shared import error_screen, given_up, one_moment, unknown_tap
from db.engine import Database, StorageBusyError, Transaction
from delivery.errors import LeaseLostError
from delivery.service import DeliveryService
from delivery.types import InboxItem, Kind, OutboxItem, Outgoing, Sent
from delivery.worker import DeliveryWorker
from i18n.languages import FALLBACK, from_telegram
from i18n.messages import Words, words
from nlu.language import LanguageGuesser
from nlu.types import Understanding
from nlu.understanding import Understander
from people.errors import DomainError
from people.types import Actor, Address

log = structlog.get_logger(__name__)

_AT_ONCE = 16
_STORAGE_PATIENCE = 40
_ALARMED_AT_MOST = 10_000
_FRESH_SECONDS = 5.0
"""So long after its commit nobody can have taken a reply for an orphan: it is sent without being looked at again."""
# How sure the guess of a stranger's language must be to be answered in, before they have chosen one.
_SURE_LANGUAGE = 0.8


class InboxRunner:
    """Claims updates, serial within a chat and parallel over chats, and feeds the application with them."""

    def __init__(
        self,
        database: Database,
        services: Services,
        application: Application[Any, Any, Any, Any, Any, Any],
        understander: Understander,
        guesser: LanguageGuesser,
        courier: TelegramCourier,
        worker: DeliveryWorker,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._services = services
        self._delivery: DeliveryService = services.delivery
        self._application = application
        self._turns: dict[int, Turn] = application.bot_data.setdefault("turns", {})
        self._understander = understander
        self._guesser = guesser
        self._courier = courier
        self._worker = worker
        self._now = now
        self._wake = asyncio.Event()
        self._told = True
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._chats: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        # Updates whose handler failed and whose numbers arrived all the same: few, and each a number.
        self._alarmed: set[int] = set()

    def wake(self) -> None:
        """There is something new in the inbox."""
        self._told = True
        self._wake.set()

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                try:
                    claimed = await self._claim()
                except StorageBusyError:
                    log.warning("runner.storage_busy")
                    claimed = []
                for item in claimed:
                    await self._free.acquire()
                    group.create_task(self._guarded(item))
                if not claimed:
                    await self._rest()

    async def _claim(self) -> list[InboxItem]:
        # Where nobody said that something came, a look is enough: it writes nothing and locks nobody out.
        if not self._told:
            async with self._database.read() as tx:
                if not await self._delivery.anything_to_claim(tx, self._now()):
                    return []
        self._told = False
        async with self._database.write() as tx:
            return await self._delivery.claim_inbox(tx, self._now(), _AT_ONCE)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(0.5):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()

    async def _guarded(self, item: InboxItem) -> None:
        # A chat's replies are out before those of its next update: an answer of three cards must not be cut in two.
        chat = self._chats.setdefault(item.chat_hash, asyncio.Lock())
        try:
            async with chat, asyncio.TaskGroup() as beside:
                await self.work(item, beside)
        except* LeaseLostError:
            log.warning("runner.lease_lost", update=item.update_id)
        except* Exception as group:
            # One update must never stop the others; its row stays and is tried again when its lease is over.
            kinds = [type(error).__name__ for error in group.exceptions]
            log.exception("runner.unexpected", update=item.update_id, error=kinds)
        finally:
            self._free.release()
            # The chat may have said something more meanwhile.
            self._wake.set()

    async def work(self, item: InboxItem, beside: asyncio.TaskGroup) -> None:
        """Handle one claimed update to its end: done, to be tried again, or given up visibly; `beside` ends before the chat's next begins."""
        try:
            update = revive(item.payload, self._application.bot)
        except Exception as error:  # noqa: BLE001 -- python-telegram-bot raises whatever its classes raise
            await self._unreadable(item, error)
            return
        if update.callback_query:
            # It only stops the button's spinning, at once: what the person waits for is the reply.
            beside.create_task(self._courier.answer_tap(update.callback_query.id))
        replies: list[OutboxItem] = []
        actor: Actor | None = None
        fresh_until, queued = 0.0, self._delivery.queued
        for attempt in range(_STORAGE_PATIENCE):
            try:
                replies, actor = await self._attempt(item, update)
                fresh_until = time.monotonic() + _FRESH_SECONDS
                UPDATES.labels("done").inc()
                break
            except StorageBusyError:
                if attempt == 0:
                    await self._say_owed(item, update)
                    await self._say(update, one_moment)
                await asyncio.sleep(1)
            except LeaseLostError:
                raise
            except Exception as error:  # noqa: BLE001 -- whatever a handler raises, the update is tried again
                await self._failed(item, update, error)
                break
        await self._out(update, replies, actor, fresh_until)
        if item.kind == "membership" or self._delivery.queued != queued:
            self._worker.wake()
        UPDATE_SECONDS.observe(max(0.0, (self._now() - item.received_at).total_seconds()))
        if actor is not None:
            await self._menu(actor, update)

    async def _out(
        self,
        update: Update,
        replies: Sequence[OutboxItem],
        actor: Actor | None,
        fresh_until: float,
    ) -> None:
        address = _address(actor, update)
        try:
            for reply in replies:
                await self._worker.send_now(reply, address if time.monotonic() < fresh_until else None)
        finally:
            self._worker.let_go(replies)

    async def _attempt(self, item: InboxItem, update: Update) -> tuple[list[OutboxItem], Actor | None]:
        """The committed replies, and who they are for unless that person is known no more."""
        chat = update.effective_chat
        user = update.effective_user
        if chat is None or user is None:
            async with self._database.write() as tx:
                await self._delivery.finish(tx, item, self._now())
            return [], None
        question = _question(update)
        language = from_telegram(user.language_code) or FALLBACK
        understanding = None
        if question:
            # Understanding takes its time, so it comes before the transaction, and must know the language.
            language = self._spoken(await self._who(chat.id), language, question)
            understanding = await self._understander.understand(question, language)
            ANSWERS.labels(understanding.source, str(not understanding.is_fallback).lower()).inc()
        async with self._database.write() as tx:
            turn, replies = await self._in_turn(tx, item, update, chat.id, language, understanding)
            # From before the commit until they are sent: a clock that jumps meanwhile makes no orphans of them.
            self._worker.take_in_hand(replies)
        if turn.farewell is not None:
            await self._courier.say(chat.id, turn.farewell)
            return [], None
        return replies, turn.actor

    async def _in_turn(
        self,
        tx: Transaction,
        item: InboxItem,
        update: Update,
        chat_id: int,
        language: str,
        understanding: Understanding | None,
    ) -> tuple[Turn, list[OutboxItem]]:
        """Everything that one commit holds: the effect, the replies, the end of the update."""
        now, people = self._now(), self._services.people
        await self._services.offers.refresh(tx)
        known = await people.meet(tx, chat_id, language, now)
        if understanding is not None:
            known = await people.follow_language(tx, known, language)
        turn = Turn(
            update=update,
            services=self._services,
            tx=tx,
            actor=known,
            words=words(language if understanding else known.person.language),
            now=now,
            drafts={draft.kind: draft for draft in await people.drafts(tx, known, now)},
            understanding=understanding,
            other_language=self._guesser.offer(_question(update), language) if understanding else None,
        )
        await self._handle(tx, turn)
        if (numbers := self._owed(item)) is not None:
            turn.screens.insert(0, numbers)
        replies = [] if turn.farewell else await self._reply(tx, turn, item)
        await self._delivery.finish(tx, item, now)
        return turn, replies

    async def _menu(self, actor: Actor, update: Update) -> None:
        """Let Telegram's command menu follow language and role, one update after they changed."""
        chat, user = update.effective_chat, update.effective_user
        if chat is None or user is None or chat.type != chat.PRIVATE or update.my_chat_member:
            return
        wanted = wanted_menu(actor, user.language_code)
        if wanted != actor.person.menu and await show_menu(self._application.bot, chat.id, wanted):
            # Not kept means only that the same menu is sent once more.
            with contextlib.suppress(StorageBusyError):
                async with self._database.write() as tx:
                    await self._services.people.keep_menu(tx, actor, wanted)

    def _spoken(self, actor: Actor | None, telegram: str, question: str) -> str:
        """The language to answer in: the chosen one; before that the one that somebody writes in, then Telegram's."""
        if actor is not None and actor.person.language_chosen:
            return actor.person.language
        expected = actor.person.language if actor else telegram
        guessed, confidence = self._guesser.guess(question, expected)
        return guessed if guessed and confidence >= _SURE_LANGUAGE else expected

    async def _who(self, chat_id: int) -> Actor | None:
        async with self._database.read() as tx:
            return await self._services.people.find(tx, chat_id)

    async def _handle(self, tx: Transaction, turn: Turn) -> None:
        """Run the handler in a savepoint: what a refused request wrote is taken back, its explanation is not."""
        update_id = turn.update.update_id
        self._turns[update_id] = turn
        savepoint = await tx.begin_nested()
        try:
            await self._application.process_update(turn.update)
        finally:
            del self._turns[update_id]
        if turn.failure is None:
            if turn.calls_away:
                await dialogues.leave(turn)
            await savepoint.commit()
            if turn.update.callback_query and not turn.handled:
                turn.screens.append(unknown_tap(turn.words))
            return
        if not isinstance(turn.failure, DomainError):
            await savepoint.rollback()
            raise turn.failure
        if turn.failure.keeps_effect:
            await savepoint.commit()
        else:
            await savepoint.rollback()
        turn.screens[:] = [self._refusal(turn, turn.failure)]

    def _refusal(self, turn: Turn, error: DomainError) -> Screen:
        if isinstance(error, OnlyStoredError):
            return refused_screen(turn.words, error.client, self._services.house)
        return error_screen(turn.words, error.message)

    async def _reply(self, tx: Transaction, turn: Turn, item: InboxItem) -> list[OutboxItem]:
        rows: list[OutboxItem] = []
        number = 0
        for screen in turn.screens:
            for call in calls(screen, turn.tapped_message):
                message = Outgoing(
                    f"reply:{item.update_id}:{number}",
                    turn.actor.id,
                    Kind.REPLY,
                    call,
                    turn.now,
                    opens=screen.opens if screen.closes else None,
                    changes=call.get("message_id"),
                )
                row = await self._delivery.enqueue_reply(tx, message, turn.now)
                number += 1
                if row is not None:
                    rows.append(row)
        return rows

    async def _unreadable(self, item: InboxItem, error: Exception) -> None:
        UPDATES.labels("unreadable").inc()
        log.error("runner.unreadable", update=item.update_id, attempt=item.attempts, exc_info=error)
        async with self._database.write() as tx:
            await self._delivery.fail(tx, item, type(error).__name__, self._now())

    async def _failed(self, item: InboxItem, update: Update, error: Exception) -> None:
        log.error("runner.handler_failed", update=item.update_id, attempt=item.attempts, exc_info=error)
        await self._say_owed(item, update)
        async with self._database.write() as tx:
            again = await self._delivery.fail(tx, item, type(error).__name__, self._now())
        UPDATES.labels("again" if again else "given_up").inc()
        if not again:
            await self._say(update, lambda spoken: given_up(spoken, self._services.house))
        elif item.attempts == 1:
            await self._say(update, one_moment)

    async def _say_owed(self, item: InboxItem, update: Update) -> None:
        """The numbers for somebody in danger wait for no handler that works, and for no database."""
        numbers = self._owed(item)
        if numbers is None or update.effective_chat is None:
            return
        if isinstance(await self._courier.say(update.effective_chat.id, numbers), Sent):
            if len(self._alarmed) > _ALARMED_AT_MOST:
                self._alarmed.clear()
            self._alarmed.add(item.update_id)

    def _owed(self, item: InboxItem) -> Screen | None:
        """The numbers that the update's reply must say, unless they were said past it."""
        owed = alarm_owed(item.payload)
        if owed is None or item.update_id in self._alarmed:
            return None
        spoken, kind = owed
        return emergency_screen(words(spoken), kind)

    async def _say(self, update: Update, view: Callable[[Words], Screen]) -> None:
        if update.effective_chat is None or update.my_chat_member is not None:
            return
        screen = view(words(await self._language(update)))
        await self._courier.say(update.effective_chat.id, screen)

    async def _language(self, update: Update) -> str:
        chat, user = update.effective_chat, update.effective_user
        try:
            actor = await self._who(chat.id) if chat else None
        except StorageBusyError:
            actor = None
        return (
            actor.person.language
            if actor
            else from_telegram(user.language_code if user else None) or FALLBACK
        )


def _question(update: Update) -> str:
    """What was typed, empty for commands, taps and media."""
    text = (update.message.text or "") if update.message else ""
    return "" if text.startswith("/") else text


def _address(actor: Actor | None, update: Update) -> Address | None:
    if actor is None or update.effective_chat is None:
        return None
    person = actor.person
    return Address(person.id, person.language, person.paused, person.reachable, update.effective_chat.id)
