"""An invitation link: what it opens is shown first, and taken up only after a tap."""

from agreements.errors import AlreadyLinkedError
from bot import notice
from bot.handlers.client import family
from bot.screens import Screen
from bot.turn import Screens, Turn
from bot.views import shared as views
from people.errors import NotFoundError
from people.types import Role


async def join(turn: Turn, code: str) -> Screens:
    """`/start join_<code>`: language and notice come first, the code waits meanwhile. Raises AlreadyLinkedError for the own link again."""
    own = await turn.services.agreements.own_clients(turn.tx, turn.actor)
    if await turn.services.people.was_for(turn.tx, code, [client.id for client in own]):
        raise AlreadyLinkedError
    await turn.services.people.look_up(turn.tx, turn.actor, code, turn.now)
    before = await notice.first(turn)
    if before is None:
        return await show_invitation(turn, code)
    await turn.draft("invitation", "waits", code=code)
    return before


async def claim_desk(turn: Turn, code: str) -> Screens:
    """`/start desk_<code>`: nothing changes before the desk confirms that the phone is theirs."""
    await turn.services.accounts.claim_phone(turn.tx, turn.actor, code, turn.now)
    return Screen(turn.words("desk.phone.claimed"))


async def show_invitation(turn: Turn, code: str) -> Screens:
    """What the invitation is for, and the button that takes it up."""
    invitation = await turn.services.people.look_up(turn.tx, turn.actor, code, turn.now)
    await turn.draft("invitation", "shown", code=code)
    return views.invitation_screen(turn.words, invitation.role)


async def accept(turn: Turn) -> Screens:
    """Take the invitation up."""
    draft = turn.drafts.get("invitation")
    if draft is None:
        raise NotFoundError
    invitation = await turn.services.people.look_up(turn.tx, turn.actor, str(draft.data["code"]), turn.now)
    await turn.end_draft("invitation")
    if invitation.role is Role.CLIENT:
        return await family.link(turn, str(draft.data["code"]))
    await turn.services.people.redeem(turn.tx, turn.actor, invitation, turn.now)
    if invitation.role is Role.PROVIDER and invitation.client_id:
        await turn.services.editing.belonging.give(turn.tx, invitation.client_id, turn.actor.id)
    roles = turn.actor.roles | {invitation.role}
    welcome = Screen(turn.words("invitation.welcome." + invitation.role.value))
    return [welcome, views.menu_screen(turn.words, roles, linked=False)]
