"""Where a volunteer helps, as they say themselves: who writes to the helpers of a place reaches them."""

from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.turn import Turn
from bot.views import volunteer as views
from offers import places
from people.types import Permission


async def choose(turn: Turn) -> Screen:
    """In which place?"""
    chosen = await turn.services.cases.campaigns.place_of(turn.tx, turn.actor)
    return views.places_screen(turn.words, places.load().names, chosen)


async def keep(turn: Turn, place: str) -> Screen:
    """There."""
    chosen = await turn.services.cases.campaigns.set_place(turn.tx, turn.actor, place)
    return views.places_screen(turn.words, places.load().names, chosen)


_TAP, _HELP = RouteKind.TAP, Permission.HELP_OTHERS
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "vol.places", choose, _HELP, "choose where one helps"),
    Route(_TAP, "vol.place", keep, _HELP, "where one helps", args=1),
)
