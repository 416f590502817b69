"""python-telegram-bot's Application as Lotse uses it: no updater, no job queue; updates are fed to it from the inbox."""

from typing import Any

import structlog
from telegram import Bot, BotCommand
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ContextTypes
from telegram.request import HTTPXRequest

from bot.api import BotApi
from bot.routes import RouteKind, install
from bot.table import ROUTES
from bot.turn import TurnContext
from i18n.languages import LANGUAGES
from i18n.messages import words

log = structlog.get_logger(__name__)

TelegramApplication = Application[BotApi, TurnContext, Any, Any, Any, Any]
_CONNECTIONS = 64


def build_application(token: str, base_url: str) -> TelegramApplication:
    """The application with every route in it; it talks to nobody yet."""
    address = base_url.rstrip("/")
    bot = BotApi(
        token,
        base_url=f"{address}/bot",
        base_file_url=f"{address}/file/bot",
        request=HTTPXRequest(connection_pool_size=_CONNECTIONS, pool_timeout=5, read_timeout=10),
        get_updates_request=HTTPXRequest(connection_pool_size=1, pool_timeout=5),
    )
    builder = Application.builder().bot(bot).context_types(ContextTypes(context=TurnContext))
    application = builder.updater(None).job_queue(None).build()
    install(application, ROUTES)
    return application


async def publish_commands(bot: Bot) -> None:
    """Telegram's command menu in every language that Telegram knows; a failure costs the menu only."""
    names = [route.name for route in ROUTES if route.kind is RouteKind.COMMAND and route.name != "start"]
    try:
        for language in (None, *LANGUAGES.values()):
            spoken = words(language.tag if language else "en")
            commands = [BotCommand(name, spoken.plain(f"command.{name}")) for name in names]
            for code in language.telegram if language else (None,):
                await bot.set_my_commands(commands, language_code=code)
    except InvalidToken:
        raise
    except TelegramError as error:
        log.warning("application.commands_not_published", error=type(error).__name__)
