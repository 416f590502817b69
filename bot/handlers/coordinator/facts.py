"""Facts of a client's file on the phone, by buttons only."""

from datetime import date

from agreements import rules
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.tapped import tapped_day, tapped_number
from bot.turn import Turn
from bot.views import coordinator_facts as views
from people.errors import NotFoundError
from people.types import Permission


async def show(turn: Turn, client_id: str) -> Screen:
    """What is recorded."""
    client = await turn.services.agreements.get_client(turn.tx, turn.actor, client_id)
    cells = await turn.services.cases.files.cells(turn.tx, turn.actor, client.id)
    return views.facts_screen(turn.words, client, cells)


async def ask(turn: Turn, client_id: str, number: str) -> Screen:
    """Choose a value."""
    client = await turn.services.agreements.get_client(turn.tx, turn.actor, client_id)
    return views.ask_screen(
        turn.words, client, tapped_number(number, len(views.FACTS)), rules.today(turn.now)
    )


async def keep(turn: Turn, client_id: str, number: str, value: str) -> Screen:
    """Write it into the file, as the desk does; `none` leaves the field empty."""
    name = views.FACTS[tapped_number(number, len(views.FACTS))]
    if value != "none" and value not in views.CODES.get(name, (value,)):
        raise NotFoundError
    if name not in views.CODES and value != "none":
        _check_day(turn, tapped_day(value))
    cell = "" if value == "none" else value
    await turn.services.cases.files.change(turn.tx, turn.actor, client_id, {name: cell}, turn.now)
    return await show(turn, client_id)


def _check_day(turn: Turn, day: date) -> None:
    if day > rules.today(turn.now):
        raise NotFoundError


_TAP, _WORK = RouteKind.TAP, Permission.LIST_CLIENTS
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "fa.ask", ask, _WORK, "choose the value of a fact of a client's file", args=2),
    Route(_TAP, "fa.set", keep, _WORK, "a fact of a client's file", args=3),
    Route(_TAP, "fa", show, _WORK, "facts of a client's file", args=1),
)
