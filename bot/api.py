"""The caller of Telegram's Bot API: python-telegram-bot's, which also hands updates over as they came."""

import os
from collections.abc import Mapping, Sequence
from typing import Any, cast

from telegram.ext import ExtBot

# Without it python-telegram-bot warns at every 429, and where warnings are errors the 429 itself is lost.
os.environ.setdefault("PTB_TIMEDELTA", "true")

_SLACK_SECONDS = 10


class BotApi(ExtBot[None]):
    """python-telegram-bot's bot, whose token does not stand in what it prints of itself."""

    def __repr__(self) -> str:
        return "BotApi()"

    async def fetch_updates(
        self, *, offset: int, seconds: int, allowed: Sequence[str]
    ) -> list[Mapping[str, Any]]:
        """getUpdates, waiting so long for the first one; raises TelegramError.

        The updates stay plain JSON: `get_updates` would raise for one that it cannot read, write all of them into the log,
        and be given the same ones again for ever.
        """
        data: dict[str, Any] = {"offset": offset, "timeout": seconds, "allowed_updates": list(allowed)}
        found = await self._post("getUpdates", data, read_timeout=seconds + _SLACK_SECONDS)
        return cast("list[Mapping[str, Any]]", found)
