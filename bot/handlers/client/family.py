"""One phone for a family: whose something is, the picture that stands for a case, and taking a case off the phone."""

from collections.abc import Awaitable, Callable, Sequence

from agreements.types import Client
from bot import notice
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.turn import Screens, Turn
from bot.views import family as views
from bot.views import own as own_views
from people.errors import NotFoundError
from people.types import Consent, Draft, Permission

Act = Callable[[Turn, Client], Awaitable[Screens]]
"""What is done or shown once it is clear whose it is."""


async def for_whom(
    turn: Turn, what: str, act: Act, *, nobody: Screen, among: Sequence[Client] | None = None
) -> Screens:
    """Act for the case of this chat; where it stands for several, ask whose is meant; `nobody` where it stands for none.

    `what` is the name under which `cases.ACTS` holds the act, `among` the cases that can be meant.
    """
    own = await turn.services.agreements.own_clients(turn.tx, turn.actor) if among is None else among
    if not own:
        return nobody
    if len(own) > 1:
        return views.whose_screen(turn.words, own, "whose", what)
    turn.about(own[0])
    return await act(turn, own[0])


async def about(turn: Turn, client_id: str) -> Client:
    """From here on everything that is shown bears the picture of this case. Raises NotFoundError."""
    # Not a look of its own: what is shown of the case is noted where it is read.
    own = await turn.services.agreements.own_clients(turn.tx, turn.actor)
    client = next((each for each in own if each.id == client_id), None)
    if client is None:
        raise NotFoundError
    turn.about(client)
    return client


async def link(turn: Turn, code: str, *, picture: str = "", first: str = "") -> Screen:
    """Take the invitation of a case up, or ask for the picture that is missing."""
    agreements = turn.services.agreements
    invitation = await turn.services.people.look_up(turn.tx, turn.actor, code, turn.now)
    others = await agreements.pictures_needed(turn.tx, turn.actor, invitation)
    taken = [other.picture for other in others or ()]
    if others is not None and not picture:
        await turn.draft("invitation", "picture", code=code)
        return views.pictures_screen(turn.words, "family.choose", taken, "fam.new")
    if others is not None and not first and "" in taken:
        await turn.draft("invitation", "first", code=code, picture=picture)
        return views.pictures_screen(turn.words, "family.choose_first", [*taken, picture], "fam.first")
    client = await agreements.link(turn.tx, turn.actor, invitation, turn.now, picture=picture, first=first)
    await notice.keep(turn, Consent.LINK, given=True)
    if others is None:
        # The chat stands for this case alone: whoever brings the coordinator's link has forgotten the pictures, or never had any.
        await turn.services.people.locks.forgotten(turn.tx, turn.actor)
    await turn.end_draft("invitation")
    turn.about(client)
    return own_views.joined(turn.words, client)


async def new_picture(turn: Turn, picture: str) -> Screen:
    """The picture of the person who comes to this phone."""
    return await link(turn, str(_draft(turn, "picture").data["code"]), picture=picture)


async def first_picture(turn: Turn, picture: str) -> Screen:
    """The picture of the person who was on it before."""
    draft = _draft(turn, "first")
    return await link(turn, str(draft.data["code"]), picture=str(draft.data["picture"]), first=picture)


async def one(turn: Turn, client_id: str) -> Screen:
    """What can be set for one person of the phone."""
    return views.one_screen(turn.words, await about(turn, client_id))


async def pictures(turn: Turn, client_id: str) -> Screen:
    """Choose another picture."""
    client = await about(turn, client_id)
    own = await turn.services.agreements.own_clients(turn.tx, turn.actor)
    taken = [other.picture for other in own]
    return views.pictures_screen(turn.words, "family.other_picture", taken, "fam.as", client.id)


async def choose(turn: Turn, client_id: str, picture: str) -> Screen:
    """Another picture was chosen."""
    client = await turn.services.agreements.choose_picture(turn.tx, turn.actor, client_id, picture)
    turn.about(client)
    return views.one_screen(turn.words, client)


async def leave(turn: Turn, client_id: str) -> Screen:
    """Ask once before a person is taken off the phone."""
    return views.leave_screen(turn.words, await about(turn, client_id))


async def leave_now(turn: Turn, client_id: str) -> Screen:
    """Take the person off the phone; the others stay."""
    await about(turn, client_id)
    await turn.services.agreements.leave(turn.tx, turn.actor, client_id, turn.now)
    await notice.keep(turn, Consent.LINK, given=False)
    return views.left_screen(turn.words)


def _draft(turn: Turn, step: str) -> Draft:
    draft = turn.drafts.get("invitation")
    if draft is None or draft.step != step:
        raise NotFoundError
    return draft


_TAP, _ASK = RouteKind.TAP, Permission.ASK
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "fam.new", new_picture, _ASK, "a picture for the person who comes to the phone", args=1),
    Route(_TAP, "fam.first", first_picture, _ASK, "a picture for the person who was there before", args=1),
    Route(_TAP, "fam.picture", pictures, _ASK, "choose another picture for one's own case", args=1),
    Route(_TAP, "fam.as", choose, _ASK, "another picture for one's own case", args=2, locked=True),
    Route(_TAP, "fam.leave", leave, _ASK, "ask whether to take a case off the phone", args=1),
    Route(_TAP, "fam.leave.yes", leave_now, _ASK, "take a case off the phone", args=1, locked=True),
    Route(_TAP, "fam", one, _ASK, "what can be set for one case of the phone", args=1),
)
