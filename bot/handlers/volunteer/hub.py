"""What somebody who helps others has on their phone beside the search."""

from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.turn import Turn
from bot.views import helping as views
from people.types import Permission


async def hub(turn: Turn) -> Screen:
    """Everything of it."""
    return views.hub_screen(turn.words, turn.services.people.accessor.allowed(turn.actor))


ROUTES: tuple[Route, ...] = (
    Route(RouteKind.TAP, "vo", hub, Permission.HELP_OTHERS, "what helps those who help others"),
)
