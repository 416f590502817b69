"""The codes that let volunteers join: which are open, and withdrawing one; and where whoever asks helps."""

from bot.handlers.coordinator.dialogue import tapped_place
from bot.handlers.volunteer import hub
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.turn import Turn
from bot.views import helping as views
from offers import places
from people.types import Permission


async def every(turn: Turn) -> Screen:
    """The open codes of whoever asks, with how many used each."""
    found = await turn.services.people.open_codes(turn.tx, turn.actor, turn.now)
    return views.codes_screen(turn.words, found)


async def withdraw(turn: Turn, invitation_id: str) -> Screen:
    """Nobody can use it any more."""
    await turn.services.people.withdraw_code(turn.tx, turn.actor, invitation_id, turn.now)
    return await every(turn)


async def ask_place(turn: Turn) -> Screen:
    """Where do you help?"""
    own = await turn.services.cases.campaigns.place_of(turn.tx, turn.actor)
    return views.place_screen(turn.words, places.load().names, own)


async def place(turn: Turn, number: str) -> Screen:
    """There: coordinators write to volunteers of a place."""
    await turn.services.cases.campaigns.set_place(turn.tx, turn.actor, tapped_place(number))
    return await hub.hub(turn)


_TAP, _INVITE, _HELP = RouteKind.TAP, Permission.INVITE_VOLUNTEER, Permission.HELP_OTHERS
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "iv.mine", every, _INVITE, "the open codes for volunteers"),
    Route(_TAP, "iv.off", withdraw, _INVITE, "withdraw a code for volunteers", args=1),
    Route(_TAP, "vo.place", ask_place, _HELP, "choose where one helps"),
    Route(_TAP, "vo.at", place, _HELP, "where one helps", args=1),
)
