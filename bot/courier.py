"""Carries outbox messages through Telegram and says what became of them."""

import base64
import contextlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import structlog
from telegram import Bot, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, ReplyKeyboardMarkup
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from agreements.pictures import shown
from bot.screens import PushView, Screen, calls, marked
from bot.texts import plain
from delivery.types import Ambiguous, Kind, NotSent, OutboxItem, Rejected, Result, Sent, Unreachable
from i18n.messages import words
from people.types import Address

log = structlog.get_logger(__name__)

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_GONE = ("chat not found", "user is deactivated", "bot can't initiate conversation", "peer_id_invalid")
_NOTHING_TO_EDIT = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message",
)


class TelegramCourier:
    """Sends one message; every fault of Telegram or the network comes back as a Result, but a wrong token is raised."""

    def __init__(self, bot: Bot, push_views: Mapping[str, PushView]) -> None:
        self._bot = bot
        self._push_views = push_views

    async def send(self, address: Address, item: OutboxItem) -> Result:
        """Carry an outbox row to the person's chat."""
        try:
            call = self._call(address, item)
        except Exception:
            log.exception("courier.unreadable", outbox=item.id)
            return Rejected("unreadable")
        try:
            return await self._attempt(address.chat_id, call)
        except TelegramError:
            raise
        except Exception:
            # Whether it left is not known, and raised it would end the process.
            log.exception("courier.broken_off", outbox=item.id)
            return Ambiguous()

    async def say(self, chat_id: int, screen: Screen) -> Result:
        """Send at once, past the outbox: for emergencies and for when nothing can be stored."""
        result: Result = Rejected("empty")
        for call in calls(screen, None):
            result = await self._attempt(chat_id, call)
        return result

    async def answer_tap(self, callback_query_id: str) -> None:
        """Stop the button's spinner; Telegram refuses when it is too late, which harms nobody."""
        try:
            await self._bot.answer_callback_query(callback_query_id)
        except InvalidToken:
            raise
        except TelegramError as error:
            log.debug("courier.tap_not_answered", error=type(error).__name__)

    def _call(self, address: Address, item: OutboxItem) -> Mapping[str, Any]:
        if item.kind is Kind.REPLY or "method" in item.content:
            return item.content
        view = self._push_views[str(item.content["push"])]
        screen = view(words(address.language), str(item.content["ref"]))
        screen = marked(screen, shown(str(item.content.get("picture", ""))))
        if item.kind is Kind.TIDY:
            return {**next(calls(screen, int(item.content["message"]))), "only_there": True}
        return next(calls(screen, None))

    async def _attempt(self, chat_id: int, call: Mapping[str, Any]) -> Result:
        try:
            return Sent(await self._perform(chat_id, call, html=True))
        except BadRequest as error:
            return await self._refused(chat_id, call, error)
        except TelegramError as error:
            return _result(error)

    async def _refused(self, chat_id: int, call: Mapping[str, Any], error: BadRequest) -> Result:
        text = error.message.lower()
        gone = any(sign in text for sign in _NOTHING_TO_EDIT)
        # What is only closed or deleted must not come anew when somebody deleted it before.
        if "message is not modified" in text or (gone and call.get("only_there")):
            return Sent(call.get("message_id"))
        if any(sign in text for sign in _GONE):
            return Unreachable()
        again: dict[str, Any] | None = None
        if gone:
            again = {key: value for key, value in call.items() if key != "message_id"} | {
                "method": "sendMessage"
            }
        elif "can't parse entities" in text:
            log.error("courier.bad_markup")
        else:
            log.error("courier.rejected", error=type(error).__name__)
            return Rejected("bad_request")
        try:
            return Sent(await self._perform(chat_id, again or call, html=again is not None))
        except TelegramError as second:
            return Rejected("bad_request") if isinstance(second, BadRequest) else _result(second)

    async def _perform(self, chat_id: int, call: Mapping[str, Any], *, html: bool) -> int | None:
        method = call["method"]
        if method == "deleteMessages":
            await self._delete(chat_id, call["message_ids"])
            return None
        markup = _markup(call.get("reply_markup"))
        if method == "sendDocument":
            file = InputFile(base64.b64decode(call["content"]), filename=call["filename"])
            caption = call["caption"] if html else plain(call["caption"])
            sent = await self._bot.send_document(
                chat_id,
                file,
                caption=caption,
                parse_mode=ParseMode.HTML if html else None,
                reply_markup=markup,
            )
            return sent.message_id
        text = call["text"] if html else plain(call["text"])
        mode = ParseMode.HTML if html else None
        quiet = LinkPreviewOptions(is_disabled=True)
        if method == "editMessageText":
            inline = markup if isinstance(markup, InlineKeyboardMarkup) else None
            await self._bot.edit_message_text(
                text,
                chat_id,
                call["message_id"],
                parse_mode=mode,
                reply_markup=inline,
                link_preview_options=quiet,
            )
            return int(call["message_id"])
        sent = await self._bot.send_message(
            chat_id,
            text,
            parse_mode=mode,
            reply_markup=markup,
            link_preview_options=quiet,
            disable_notification=call.get("disable_notification"),
        )
        return sent.message_id

    async def _delete(self, chat_id: int, message_ids: Sequence[int]) -> None:
        try:
            await self._bot.delete_messages(chat_id, message_ids)
        except BadRequest:
            # One that is too old keeps Telegram from deleting the others.
            for message_id in message_ids:
                with contextlib.suppress(BadRequest):
                    await self._bot.delete_message(chat_id, message_id)


def _markup(data: Mapping[str, Any] | None) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | None:
    if data is None:
        return None
    plain_data = json.loads(json.dumps(data))
    kind = InlineKeyboardMarkup if "inline_keyboard" in data else ReplyKeyboardMarkup
    return kind.de_json(plain_data, None)


def seconds(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wait = error.retry_after
    return float(wait if isinstance(wait, int) else wait.total_seconds())


def _result(error: TelegramError) -> Result:
    # BadRequest and TimedOut are kinds of NetworkError: the order of these questions matters.
    if isinstance(error, InvalidToken | Conflict):
        raise error
    if isinstance(error, RetryAfter):
        return NotSent(seconds(error), limited=True)
    if isinstance(error, Forbidden):
        return Unreachable()
    if isinstance(error, TimedOut | NetworkError):
        return NotSent(2.0) if isinstance(error.__cause__, _NEVER_LEFT) else Ambiguous()
    return Ambiguous()
