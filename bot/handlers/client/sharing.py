"""An own appointment that is shared with a helper who comes along: the link, and what the helper sees of it."""

from bot import notice
from bot.handlers.client.family import about
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.turn import Screens, Turn
from bot.views import own as views
from people.types import Permission

WAITS = "shared"
"""The draft that keeps a link until the notice was read."""


async def share(turn: Turn, appointment_id: str) -> Screen:
    """A link that shows the appointment to one person; a link made before ends."""
    found = await turn.services.agreements.own_appointment(turn.tx, turn.actor, appointment_id)
    await about(turn, found.client_id)
    new = await turn.services.cases.sharing.share(turn.tx, turn.actor, found.id, turn.now)
    return views.share_screen(turn.words, found, turn.services.house.deep_link(f"see_{new.code}"))


async def unshare(turn: Turn, appointment_id: str) -> Screen:
    """The helper sees it no longer."""
    found = await turn.services.cases.sharing.end(turn.tx, turn.actor, appointment_id, turn.now)
    await about(turn, found.client_id)
    return views.appointment_screen(turn.words, found, edit=True)


async def see(turn: Turn, code: str) -> Screens:
    """`/start see_<code>`: language and notice come first, the code waits meanwhile."""
    before = await notice.first(turn)
    if before is None:
        return await first_look(turn, code)
    await turn.draft(WAITS, "waits", code=code)
    return before


async def first_look(turn: Turn, code: str) -> Screen:
    """The appointment, for the helper who opened the link first."""
    share, found = await turn.services.cases.sharing.open(turn.tx, turn.actor, code, turn.now)
    return views.helper_screen(turn.words, found, share.id)


async def see_again(turn: Turn, share_id: str) -> Screen:
    """The same after news about it."""
    found = await turn.services.cases.sharing.look(turn.tx, turn.actor, share_id, turn.now)
    return views.helper_screen(turn.words, found, share_id)


_TAP, _ASK = RouteKind.TAP, Permission.ASK
LINK = Route(
    RouteKind.LINK, "see", see, _ASK, "an appointment that somebody shared", args=1, before_notice=True
)
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "appt.share", share, _ASK, "share one own appointment with a helper", args=1, locked=True),
    Route(_TAP, "appt.unshare", unshare, _ASK, "share it no longer", args=1, locked=True),
    Route(_TAP, "seen", see_again, _ASK, "an appointment that one comes along to", args=1),
)
