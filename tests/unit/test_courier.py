"""The courier with a bot that breaks: what cannot be said is refused, and what breaks on its way ends nothing."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest
from telegram import Bot
from telegram.error import Conflict, InvalidToken

from bot.courier import TelegramCourier
from bot.screens import Screen
from delivery.types import Ambiguous, Kind, OutboxItem, OutboxState, Policy, Rejected, Sent
from i18n.messages import Words
from people.types import Address

ADDRESS = Address("p1", "de", paused=False, reachable=True, chat_id=1000)


class Phone:
    """Stands for the library's bot."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    async def send_message(self, *_: Any, **__: Any) -> Any:
        if self.error is not None:
            raise self.error
        return type("Message", (), {"message_id": 7})()


def courier(error: Exception | None = None) -> TelegramCourier:
    def broken(_words: Words, _ref: str) -> Screen:
        raise AttributeError("picture")

    return TelegramCourier(cast("Bot", Phone(error)), {"reminder": broken})


def item(kind: Kind, content: dict[str, Any]) -> OutboxItem:
    now = datetime(2027, 2, 1, tzinfo=UTC)
    return OutboxItem(
        "o1", "key", "p1", kind, OutboxState.SENDING, Policy.REPEAT_ONCE, 1, now, None, False, None, content
    )


HELLO = {"method": "sendMessage", "text": "Guten Tag"}


@pytest.mark.parametrize("content", [{}, {"push": "nothing", "ref": "x"}, {"push": "reminder", "ref": "x"}])
async def test_a_push_that_cannot_be_said_is_refused(content: dict[str, Any]) -> None:
    assert await courier().send(ADDRESS, item(Kind.PUSH, content)) == Rejected("unreadable")


async def test_what_breaks_on_its_way_is_in_doubt() -> None:
    assert await courier().send(ADDRESS, item(Kind.REPLY, HELLO)) == Sent(7)
    assert await courier(TypeError("x")).send(ADDRESS, item(Kind.REPLY, HELLO)) == Ambiguous()


@pytest.mark.parametrize("error", [InvalidToken(), Conflict("another one fetches")])
async def test_a_wrong_token_and_a_second_bot_end_the_process(error: Exception) -> None:
    with pytest.raises(type(error)):
        await courier(error).send(ADDRESS, item(Kind.REPLY, HELLO))
