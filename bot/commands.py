"""Telegram's command menu: which commands a person is offered, in which language; and what the bot says of itself."""

from collections.abc import Iterable

import structlog
from telegram import Bot, BotCommand, BotCommandScopeChat
from telegram.error import InvalidToken, TelegramError

from bot.routes import RouteKind
from bot.table import ROUTES
from i18n.languages import FALLBACK, LANGUAGES, from_telegram
from i18n.messages import words
from people.types import Actor, Role

log = structlog.get_logger(__name__)

_STAFF = ("day", "clients", "requests")
# A command that opens what a button of the menu opens is called what the button is called.
_LABELS = {
    "appointments": "menu.appointments",
    "goals": "menu.agreement",
    "papers": "menu.papers",
    "day": "cw.menu.day",
    "clients": "menu.clients",
    "requests": "menu.requests",
}
_NAMES = tuple(route.name for route in ROUTES if route.kind is RouteKind.COMMAND and route.name != "start")
_OWN = ("appointments", "goals", "papers")


def describe(name: str, language: str) -> str:
    """What a command is called in the menu."""
    return words(language).plain(_LABELS.get(name, f"command.{name}"))


def menu(language: str, *, staff: bool) -> list[BotCommand]:
    """The commands of a client or stranger, or those of a coordinator."""
    left_out = _OWN if staff else _STAFF
    return [BotCommand(name, describe(name, language)) for name in _NAMES if name not in left_out]


def wanted_menu(actor: Actor, telegram_language: str | None) -> str:
    """The menu that this chat needs for itself, as `language` or `language staff`; empty where Telegram shows the right one anyway.

    Telegram chooses by the language of the phone, and knows no code for some of ours.
    """
    staff = Role.COORDINATOR in actor.roles
    language = actor.person.language
    if not staff and (from_telegram(telegram_language) or FALLBACK) == language:
        return ""
    return f"{language} staff" if staff else language


async def show_menu(bot: Bot, chat_id: int, wanted: str) -> bool:
    """Give a chat the menu that `wanted_menu` names; False when Telegram did not take it."""
    scope = BotCommandScopeChat(chat_id)
    language, _, staff = wanted.partition(" ")
    try:
        if wanted:
            await bot.set_my_commands(menu(language, staff=bool(staff)), scope=scope)
        else:
            await bot.delete_my_commands(scope=scope)
    except InvalidToken:
        raise
    except TelegramError as error:
        log.warning("commands.not_shown", error=type(error).__name__)
        return False
    return True


async def publish(bot: Bot) -> None:
    """The menu and the bot's description in every language that Telegram knows; a failure costs only these."""
    try:
        for language, code in _published():
            await bot.set_my_commands(menu(language, staff=False), language_code=code)
            spoken = words(language)
            await bot.set_my_description(spoken.plain("help.text"), language_code=code)
            await bot.set_my_short_description(spoken.plain("menu.hint"), language_code=code)
    except InvalidToken:
        raise
    except TelegramError as error:
        log.warning("commands.not_published", error=type(error).__name__)


def _published() -> Iterable[tuple[str, str | None]]:
    yield FALLBACK, None
    for language in LANGUAGES.values():
        for code in language.telegram:
            yield language.tag, code
