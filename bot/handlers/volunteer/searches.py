"""Searches that tell of new offers once a day: kept from the chosen filters, opened, stopped by one tap."""

from datetime import UTC, datetime

from bot.handlers.client import narrow
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.tapped import tapped_number
from bot.turn import Turn
from bot.views import saved as views
from offers.saved.types import News
from people.errors import NotFoundError
from people.types import Permission

_MANY_PAGES, _DIGITS = 1000, 10


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


async def more_news(turn: Turn, search_id: str, stamp: str) -> Screen:
    """What was new for one search and had no room beside the others, below those."""
    return views.since_screen(turn.words, await _news_since(turn, search_id, stamp), 1, edit=False)


async def news_page(turn: Turn, search_id: str, stamp: str, page: str) -> Screen:
    """Another page of it."""
    wanted = tapped_number(page, _MANY_PAGES)
    return views.since_screen(turn.words, await _news_since(turn, search_id, stamp), wanted, edit=True)


async def _news_since(turn: Turn, search_id: str, stamp: str) -> News:
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= _DIGITS):
        raise NotFoundError
    since = datetime.fromtimestamp(int(stamp), UTC)
    return await turn.services.circle.saved.news_since(turn.tx, turn.actor, search_id, since, turn.now)


_TAP, _HELP = RouteKind.TAP, Permission.HELP_OTHERS
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "ss.list", every, _HELP, "searches that tell of new offers"),
    Route(_TAP, "ss.keep", keep, _HELP, "tell of new offers for the chosen filters"),
    Route(_TAP, "ss", open_search, _HELP, "the filters of a saved search", args=1),
    Route(_TAP, "ss.drop", drop, _HELP, "tell no more of a search", args=1),
    Route(_TAP, "ss.news", news, _HELP, "what is new for saved searches", args=1),
    Route(_TAP, "ss.more", more_news, _HELP, "more of what is new for one saved search", args=2),
    Route(_TAP, "ss.since", news_page, _HELP, "a page of what is new for one saved search", args=3),
)
