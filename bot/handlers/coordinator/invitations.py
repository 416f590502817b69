"""Invitations for people who work with Lotse: volunteers and, by an administrator, coordinators."""

from bot.routes import Route, RouteKind
from bot.turn import Screens, Turn
from bot.views import coordinator_invitations as views
from people.errors import NotFoundError
from people.types import Permission, Role

_BY_PHONE = (Role.VOLUNTEER, Role.COORDINATOR)


async def invite(turn: Turn, role: str) -> Screens:
    """A link, a code and a picture for a role; whether this person may invite for it is the service's question."""
    if role not in _BY_PHONE:
        raise NotFoundError
    services, wanted = turn.services, Role(role)
    new = await services.people.invite(turn.tx, turn.actor, wanted, turn.now)
    return views.role_invitation(turn.words, services.house, wanted, new)


ROUTES: tuple[Route, ...] = (
    Route(RouteKind.TAP, "iv.role", invite, Permission.INVITE_VOLUNTEER, "invite for a role", args=1),
)
