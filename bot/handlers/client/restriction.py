"""Data that is only stored: how it stands, asking for it, and wanting it no longer."""

from bot.handlers.client.family import about
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.turn import Turn
from bot.views import restriction as views
from people.types import Permission


async def show(turn: Turn, client_id: str) -> Screen:
    """How it stands, and what can be asked for."""
    found = await turn.services.cases.restriction.own(turn.tx, turn.actor, client_id)
    await about(turn, client_id)
    return views.restriction_screen(turn.words, found)


async def ask(turn: Turn, client_id: str) -> Screen:
    """Only store it, please."""
    found = await turn.services.cases.restriction.ask(turn.tx, turn.actor, client_id, turn.now)
    await about(turn, client_id)
    return views.restriction_screen(turn.words, found)


async def take_back(turn: Turn, client_id: str) -> Screen:
    """It may be used again."""
    found = await turn.services.cases.restriction.take_back(turn.tx, turn.actor, client_id, turn.now)
    await about(turn, client_id)
    return views.restriction_screen(turn.words, found)


_TAP, _ASK = RouteKind.TAP, Permission.ASK
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "restrict", show, _ASK, "whether own data is only stored", args=1),
    Route(_TAP, "restrict.ask", ask, _ASK, "ask that own data be only stored", args=1, locked=True),
    Route(_TAP, "restrict.off", take_back, _ASK, "own data may be used again", args=1, locked=True),
)
