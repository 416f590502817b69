"""Searches that tell of new offers once a day: kept from the chosen filters, opened, stopped by one tap."""

from bot.handlers.client import narrow
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.turn import Turn
from bot.views import saved as views
from people.types import Permission


async def every(turn: Turn) -> Screen:
    """The searches there are."""
    return views.searches_screen(turn.words, await turn.services.circle.saved.searches(turn.tx, turn.actor))


async def keep(turn: Turn) -> Screen:
    """Tell of what is new for the chosen filters."""
    await turn.services.circle.saved.keep_search(turn.tx, turn.actor, narrow.chosen(turn), turn.now)
    found = await turn.services.circle.saved.searches(turn.tx, turn.actor)
    return views.searches_screen(turn.words, found, note=turn.words("saved.search.kept"))


async def open_search(turn: Turn, search_id: str) -> Screen:
    """Its filters, to look or to change."""
    found = await turn.services.circle.saved.search(turn.tx, turn.actor, search_id)
    return await narrow.begin_as(turn, found.query)


async def drop(turn: Turn, search_id: str) -> Screen:
    """Tell no more of it."""
    await turn.services.circle.saved.drop_search(turn.tx, turn.actor, search_id)
    return await every(turn)


async def news(turn: Turn, _day: str) -> Screen:
    """What is new since they looked; each search stops by a tap."""
    found = await turn.services.circle.saved.news(turn.tx, turn.actor, turn.now)
    return views.news_screen(turn.words, found)


_TAP, _HELP = RouteKind.TAP, Permission.HELP_OTHERS
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "ss.list", every, _HELP, "searches that tell of new offers"),
    Route(_TAP, "ss.keep", keep, _HELP, "tell of new offers for the chosen filters"),
    Route(_TAP, "ss", open_search, _HELP, "the filters of a saved search", args=1),
    Route(_TAP, "ss.drop", drop, _HELP, "tell no more of a search", args=1),
    Route(_TAP, "ss.news", news, _HELP, "what is new for saved searches", args=1),
)
