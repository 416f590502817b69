"""The list of clients, a new case, and the preview of phrases in any language."""

from collections.abc import Mapping

from agreements import rules
from agreements.files.types import Caseload
from agreements.holds.types import HoldReason
from agreements.types import Client
from desk import sayings
from desk.pages import giving
from desk.routes import DeskRoute
from desk.turn import Answer, Go, Page, Turn
from i18n.languages import LANGUAGES, known
from i18n.phrases import PHRASES
from people.errors import NotFoundError
from people.types import Permission as May


async def clients(turn: Turn) -> Answer:
    """Own cases, worst first; what is typed narrows them by case number, call name or place, and where no open one is found, the closed ones are looked at."""
    caseload = await turn.services.cases.files.caseload(turn.tx, turn.actor)
    names, typed = caseload.names, turn.query("q").casefold().strip()
    found = [client for client in caseload.clients if typed in _said(client, names).casefold()]
    lines = await turn.services.agreements.list_clients(turn.tx, turn.actor, turn.now, among=found)
    closed = Caseload((), {})
    if typed and not found:
        closed = await turn.services.cases.files.closed(turn.tx, turn.actor)
    over = [client for client in closed.clients if typed in _said(client, closed.names).casefold()]
    if over:
        lines += await turn.services.agreements.list_clients(turn.tx, turn.actor, turn.now, among=over)
    values: dict[str, object] = {
        "lines": lines,
        "names": {**closed.names, **names},
        "q": turn.query("q"),
        "total": len(caseload.clients),
    }
    if not turn.partial:
        # What was just handed over is taken back from the sentence that says so.
        given = turn.query("given")
        values["given"] = given if given and await _is_fresh(turn, given) else ""
        concerned = await turn.services.cases.restriction.concerned(turn.tx, turn.actor)
        goals = turn.services.cases.goals
        values["concerned"] = concerned
        values["wished"] = {each.id: await goals.duty(turn.tx, turn.actor, each.id) for each in concerned}
        values["hold_reasons"], values["today"] = tuple(HoldReason), rules.today(turn.now)
    template = "client_rows.html" if turn.partial else "clients.html"
    return Page(template, values)


async def _is_fresh(turn: Turn, batch_id: str) -> bool:
    return any(one.batch_id == batch_id for one in await giving.given(turn))


def _said(client: Client, names: Mapping[str, str]) -> str:
    return f"{client.case_number} {names.get(client.id, '')} {client.place} {client.language}"


async def new_client(turn: Turn) -> Answer:
    """The form for a new case."""
    return Page("client_new.html", {"places": sayings.place_names(), "tags": list(LANGUAGES)})


async def create(turn: Turn) -> Answer:
    """Open a case; the first interview follows."""
    client = await turn.services.agreements.create_client(
        turn.tx, turn.actor, turn.typed("case_number"), turn.typed("language"), turn.typed("place"), turn.now
    )
    if turn.typed("call_name").strip():
        await turn.services.cases.files.change(
            turn.tx, turn.actor, client.id, {"call_name": turn.typed("call_name")}, turn.now
        )
    return Go(f"/clients/{client.id}/interview", "client_created")


async def slots(turn: Turn) -> Answer:
    """The fields that a chosen phrase needs."""
    return Page("slots.html", sayings.fields_of(turn.words, turn.query("phrase"), turn.request.query_params))


async def preview(turn: Turn) -> Answer:
    """A phrase as it will stand on the phone."""
    phrase_id, tag = turn.query("phrase"), turn.query("language")
    if phrase_id not in PHRASES:
        return Page("phrase.html", {"phrase_id": "", "slots": {}, "tag": ""})
    if not known(tag):
        raise NotFoundError
    return Page("phrase.html", {"phrase_id": phrase_id, "slots": sayings.asked(turn, phrase_id), "tag": tag})


ROUTES = (
    DeskRoute("GET", "/clients", clients, May.LIST_CLIENTS, "own clients, worst first"),
    DeskRoute("GET", "/clients/new", new_client, May.CREATE_CLIENT, "the form for a new case"),
    DeskRoute("POST", "/clients/new", create, May.CREATE_CLIENT, "open a case"),
    DeskRoute("GET", "/phrase/slots", slots, May.LIST_CLIENTS, "the fields of a phrase"),
    DeskRoute("GET", "/phrase/preview", preview, May.LIST_CLIENTS, "a phrase in the client's language"),
)
