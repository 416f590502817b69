"""What a route is, and how the ordered table of routes becomes python-telegram-bot's handlers."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from bot import lock, notice
from bot.screens import Screen, marked, tap_data
from bot.turn import Handler, Turn, TurnContext
from people.errors import NotFoundError
from people.types import Permission


class RouteKind(Enum):
    """How an update reaches a handler."""

    COMMAND = "command"
    TAP = "tap"
    LINK = "link"
    TEXT = "text"
    LOCATION = "location"
    MEDIA = "media"
    MEMBERSHIP = "membership"


_CALLS_AWAY = frozenset({RouteKind.COMMAND, RouteKind.TAP, RouteKind.LINK})


@dataclass(frozen=True)
class Route:
    """One way into the bot. `args` is how many parts follow the name in a tap; what they point at is checked by the services.

    A LINK route answers `/start <name>_<code>`; `what` says in a few words what it does, for docs/handlers.md.
    `before_notice` is for the ways that lead to the notice or away for good: the others show it above their answer.
    `locked` is for taps that write into the record of whoever asks: behind a picture lock they wait for the pictures. What stops messages,
    hides or deletes, and what calls for a human being, is never locked.
    """

    kind: RouteKind
    name: str
    handler: Handler
    permission: Permission
    what: str
    args: int = 0
    before_notice: bool = False
    locked: bool = False


def build_handlers(routes: Sequence[Route]) -> list[BaseHandler[Any, TurnContext, Any]]:
    """python-telegram-bot's handlers, in the order of the table."""
    links = [route for route in routes if route.kind is RouteKind.LINK]
    return [_build(route, links) for route in routes if route.kind is not RouteKind.LINK]


def install(application: Application[Any, Any, Any, Any, Any, Any], routes: Sequence[Route]) -> None:
    """Put the routes and the error handler into the application."""
    application.add_handlers(build_handlers(routes))
    application.add_error_handler(_remember_failure)


async def run(route: Route, turn: Turn, args: Iterable[str] = ()) -> None:
    """Guard, handler, screens: the same for every route."""
    given = list(args)
    if len(given) != route.args:
        raise NotFoundError
    turn.handled = True
    turn.calls_away = route.kind in _CALLS_AWAY
    turn.services.people.accessor.require(turn.actor, route.permission)
    waits = await lock.instead(turn, tap_data(route.name, *given)) if route.locked else None
    screens = waits or await route.handler(turn, *given)
    every = await lock.before(turn, [screens] if isinstance(screens, Screen) else screens)
    shown = [marked(screen, turn.picture) for screen in every]
    turn.screens.extend(shown if route.before_notice else await notice.above(turn, shown))


def _build(route: Route, links: Sequence[Route]) -> BaseHandler[Any, TurnContext, Any]:
    async def simple(_update: Update, context: TurnContext) -> None:
        await run(route, context.turn)

    async def tapped(update: Update, context: TurnContext) -> None:
        data = str(update.callback_query.data) if update.callback_query else ""
        await run(route, context.turn, data.split(":")[1:])

    async def command(_update: Update, context: TurnContext) -> None:
        payload = context.args[0] if context.args else ""
        for candidate in links:
            prefix = candidate.name + "_"
            if route.name == "start" and payload.startswith(prefix):
                await run(candidate, context.turn, [payload[len(prefix) :]])
                return
        await run(route, context.turn)

    simple_filters = {
        RouteKind.TEXT: filters.TEXT,
        RouteKind.LOCATION: filters.LOCATION,
        RouteKind.MEDIA: filters.ALL,
    }
    match route.kind:
        case RouteKind.COMMAND:
            return CommandHandler(route.name, command)
        case RouteKind.TAP:
            return CallbackQueryHandler(tapped, pattern=re.compile(rf"^{re.escape(route.name)}(:|$)"))
        case RouteKind.MEMBERSHIP:
            return ChatMemberHandler(simple, ChatMemberHandler.MY_CHAT_MEMBER)
        case _:
            return MessageHandler(simple_filters[route.kind], simple)


async def _remember_failure(update: object, context: TurnContext) -> None:
    """process_update returns nothing after a handler raised: the runner reads the failure from the turn."""
    if isinstance(update, Update) and isinstance(context.error, Exception):
        context.turn.failure = context.error
