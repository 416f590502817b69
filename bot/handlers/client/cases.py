"""What a tap on a picture does, after somebody was asked whose something is."""

from collections.abc import Mapping

from bot.handlers.client import logbook, own
from bot.handlers.client.family import Act, about
from bot.routes import Route, RouteKind
from bot.turn import Screens, Turn
from people.errors import NotFoundError
from people.types import Permission

ACTS: Mapping[str, Act] = {
    "goals": own.goals_of,
    "open": own.open_goals_of,
    "appts": own.appointments_of,
    "talk": own.talk_of,
    "papers": logbook.papers_of,
    "agreement": logbook.agreement_of,
    "appointments": logbook.appointments_of,
}


async def whose(turn: Turn, what: str, client_id: str) -> Screens:
    """It is about this one."""
    client = await about(turn, client_id)
    if what not in ACTS:
        raise NotFoundError
    return await ACTS[what](turn, client)


ROUTES: tuple[Route, ...] = (
    Route(RouteKind.TAP, "whose", whose, Permission.ASK, "whose goals, appointments or papers", args=2),
)
