"""Offers that somebody remembers: changed dates of these are told to them."""

from bot.handlers.client.card import more
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.tapped import tapped_number
from bot.turn import Turn
from bot.views import saved as views
from offers.saved.types import MOST_OFFERS
from people.errors import NotFoundError
from people.types import Permission


async def keep(turn: Turn, offer_id: str, state: str) -> Screen:
    """Remember the offer, or no longer."""
    if state not in ("on", "off"):
        raise NotFoundError
    await turn.services.circle.saved.keep_offer(turn.tx, turn.actor, offer_id, turn.now, on=state == "on")
    try:
        return await more(turn, offer_id)
    except NotFoundError:
        # It became a draft again: there is no card to come back to.
        return await every(turn)


async def every(turn: Turn) -> Screen:
    """What is remembered."""
    return await page(turn, "0")


async def page(turn: Turn, number: str) -> Screen:
    """One page of it."""
    wanted = tapped_number(number, MOST_OFFERS)
    found = await turn.services.circle.saved.kept(turn.tx, turn.actor)
    asked = await turn.services.cases.feedback.wants(turn.tx, turn.actor)
    return views.kept_screen(turn.words, found, wanted, feedback=asked)


_TAP, _ASK = RouteKind.TAP, Permission.ASK
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "kept", keep, _ASK, "remember an offer or no longer", args=2),
    Route(_TAP, "kept.list", every, _ASK, "remembered offers"),
    Route(_TAP, "kept.page", page, _ASK, "a page of remembered offers", args=1),
)
