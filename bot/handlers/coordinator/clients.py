"""The coordinator's clients: the list, one case, opening a case, inviting its client."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from agreements import rules
from agreements.errors import CaseNumberInvalidError, CaseNumberTakenError
from agreements.types import Client
from bot.dialogue import begin, current
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.tapped import tapped_number, tapped_place
from bot.turn import Screens, Turn
from bot.views import coordinator_clients as views
from bot.views import coordinator_invitations as invitations
from i18n.languages import known
from i18n.messages import Message
from offers import places
from people.errors import NotFoundError
from people.types import Permission

KIND, FIND = "client", "find"
_MANY_PAGES = 1000


async def every(turn: Turn) -> Screens:
    """My clients, worst first."""
    return await page(turn, "0")


async def page(turn: Turn, number: str) -> Screen:
    """One page of my clients."""
    wanted = tapped_number(number, _MANY_PAGES)
    found = await turn.services.agreements.list_clients(turn.tx, turn.actor, turn.now)
    return views.list_screen(turn.words, found, wanted)


async def find(turn: Turn) -> Screen:
    """Ask for a case number to look for."""
    await begin(turn, FIND, "case")
    return views.ask_which(turn.words)


async def found(turn: Turn) -> Screens:
    """A case number was typed, or a part of one: the case, or the list of those that it fits."""
    part = turn.text.strip().upper()
    every = await turn.services.agreements.list_clients(turn.tx, turn.actor, turn.now)
    fitting = [line for line in every if part and part in line.client.case_number]
    fitting = [line for line in fitting if line.client.case_number == part] or fitting
    if not fitting:
        return views.ask_which(turn.words, Message("cl.find.none"))
    await turn.end_draft(FIND)
    if len(fitting) == 1:
        return await show(turn, fitting[0].client.id)
    return views.found_screen(turn.words, fitting)


async def show(turn: Turn, client_id: str) -> Screen:
    """One case."""
    file = await turn.services.agreements.client_file(turn.tx, turn.actor, client_id)
    standing = await turn.services.cases.replies.of_client(turn.tx, turn.actor, client_id)
    duty = await turn.services.cases.goals.duty(turn.tx, turn.actor, client_id)
    return views.client_screen(turn.words, file, rules.today(turn.now), standing, duty)


async def new(turn: Turn) -> Screen:
    """Begin to open a case."""
    await begin(turn, KIND, "case")
    return views.ask_case_number(turn.words)


async def typed_case_number(turn: Turn) -> Screen:
    """The case number was typed; it is checked at once."""
    try:
        number = await turn.services.agreements.free_case_number(turn.tx, turn.actor, turn.text)
    except (CaseNumberInvalidError, CaseNumberTakenError) as error:
        return views.ask_case_number(turn.words, error.message)
    await turn.draft(KIND, "language", case=number)
    return views.ask_language(turn.words, number)


async def choose_language(turn: Turn, tag: str) -> Screen:
    """The client's language was chosen."""
    draft = current(turn, KIND)
    if "case" not in draft.data or not known(tag):
        raise NotFoundError
    number = str(draft.data["case"])
    await turn.draft(KIND, "place", case=number, language=tag)
    return views.ask_place(turn.words, number, places.load().names)


async def choose_place(turn: Turn, number: str) -> Screens:
    """The place was chosen, the last question: the case is opened and its client invited."""
    draft = current(turn, KIND)
    if draft.step != "place":
        raise NotFoundError
    place = "" if number == "none" else tapped_place(number)
    client = await turn.services.agreements.create_client(
        turn.tx, turn.actor, str(draft.data["case"]), str(draft.data["language"]), place, turn.now
    )
    await turn.end_draft(KIND)
    return [views.created(turn.words, client), *await _invitation(turn, client)]


async def cancel(turn: Turn) -> Screens:
    """Out of the questions, back to the list."""
    for kind in (KIND, FIND):
        await turn.end_draft(kind)
    return await every(turn)


async def invite(turn: Turn, client_id: str) -> Screens:
    """Invite the client; one who is linked already, only after another tap."""
    client = await turn.services.agreements.get_client(turn.tx, turn.actor, client_id)
    if client.linked:
        return views.invite_again_screen(turn.words, client)
    return await _invitation(turn, client)


async def invite_again(turn: Turn, client_id: str) -> Screens:
    """The old chat loses the case at once; a new link for the client."""
    client = await turn.services.agreements.get_client(turn.tx, turn.actor, client_id)
    return await _invitation(turn, client)


async def _invitation(turn: Turn, client: Client) -> list[Screen]:
    new = await turn.services.agreements.relink(turn.tx, turn.actor, client.id, turn.now)
    invitation = invitations.client_invitation(turn.words, turn.services.house, client, new)
    return [*invitation, replace(await show(turn, client.id), edit=False)]


_TAP, _LIST, _CREATE = RouteKind.TAP, Permission.LIST_CLIENTS, Permission.CREATE_CLIENT
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "cl.list", every, _LIST, "my clients, worst first"),
    Route(_TAP, "cl.page", page, _LIST, "a page of my clients", args=1),
    Route(_TAP, "cl.find", find, _LIST, "look a client up by case number"),
    Route(_TAP, "cl.new", new, _CREATE, "open a case: ask for the case number"),
    Route(_TAP, "cl.lang", choose_language, _CREATE, "open a case: the client's language", args=1),
    Route(_TAP, "cl.place", choose_place, _CREATE, "open a case: the client's place; opens it", args=1),
    Route(_TAP, "cl.cancel", cancel, _LIST, "stop opening or looking for a case"),
    Route(_TAP, "cl.invite", invite, _LIST, "invite a client", args=1),
    Route(_TAP, "cl.invite.yes", invite_again, _LIST, "invite a client whose chat is linked", args=1),
    Route(_TAP, "cl", show, _LIST, "one case", args=1),
)
DIALOGUES: Mapping[tuple[str, str], Callable[[Turn], Awaitable[Screens]]] = {
    (KIND, "case"): typed_case_number,
    (FIND, "case"): found,
}
