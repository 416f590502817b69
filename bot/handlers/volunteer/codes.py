"""The codes that let volunteers join: which are open, and withdrawing one."""

from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.turn import Turn
from bot.views import helping as views
from people.types import Permission


async def every(turn: Turn) -> Screen:
    """The open codes of whoever asks, with how many used each."""
    found = await turn.services.people.open_codes(turn.tx, turn.actor, turn.now)
    return views.codes_screen(turn.words, found)


async def withdraw(turn: Turn, invitation_id: str) -> Screen:
    """Nobody can use it any more."""
    await turn.services.people.withdraw_code(turn.tx, turn.actor, invitation_id, turn.now)
    return await every(turn)


_TAP, _INVITE = RouteKind.TAP, Permission.INVITE_VOLUNTEER
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "iv.mine", every, _INVITE, "the open codes for volunteers"),
    Route(_TAP, "iv.off", withdraw, _INVITE, "withdraw a code for volunteers", args=1),
)
