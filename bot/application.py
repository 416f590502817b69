"""python-telegram-bot's Application as Lotse uses it: no updater, no job queue; updates are fed to it from the inbox."""

from typing import Any

import httpx
from telegram.ext import Application, ContextTypes
from telegram.request import HTTPXRequest

from bot.api import BotApi
from bot.routes import install
from bot.table import ROUTES
from bot.turn import TurnContext

TelegramApplication = Application[BotApi, TurnContext, Any, Any, Any, Any]
_CONNECTIONS = 64
_LIMITS = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=16)
"""Each idle connection is looked at before every request: a crowd of them, left over from one busy moment, would slow all that follows."""


def build_application(token: str, base_url: str) -> TelegramApplication:
    """The application with every route in it; it talks to nobody yet."""
    address = base_url.rstrip("/")
    bot = BotApi(
        token,
        base_url=f"{address}/bot",
        base_file_url=f"{address}/file/bot",
        request=HTTPXRequest(
            connection_pool_size=_CONNECTIONS,
            pool_timeout=5,
            read_timeout=10,
            httpx_kwargs={"limits": _LIMITS},
        ),
        get_updates_request=HTTPXRequest(connection_pool_size=1, pool_timeout=5),
    )
    builder = Application.builder().bot(bot).context_types(ContextTypes(context=TurnContext))
    application = builder.updater(None).job_queue(None).build()
    install(application, ROUTES)
    return application
