"""What a client asked for, and the answer out of the phrase book, as it will look on the phone."""

from agreements.types import RequestLine
from desk import sayings
from desk.routes import DeskRoute
from desk.turn import Answer, Go, Page, Turn
from i18n.phrases import Category
from people.errors import NotFoundError
from people.types import Permission as May


async def request(turn: Turn) -> Answer:
    """One request with what it is about."""
    service = turn.services.agreements
    line = await service.request(turn.tx, turn.actor, turn.part("request_id"), turn.now)
    record = await turn.services.cases.files.record(turn.tx, turn.actor, line.client.id)
    values = {
        "line": line,
        "name": record.call_name or line.client.case_number,
        "offer": await _offer(turn, line.request.offer_id),
        "options": sayings.options(turn.words, Category.ANSWER),
        "following": await _following(turn, line),
    }
    return Page("request.html", values)


async def _offer(turn: Turn, offer_id: str | None) -> object:
    try:
        return await turn.services.offers.get(turn.tx, offer_id) if offer_id else None
    except NotFoundError:
        return None


async def _following(turn: Turn, line: RequestLine) -> int:
    """How many of a series follow the appointment that somebody cannot come to."""
    found = line.appointment
    if found is None or found.series_id is None:
        return 0
    return len(await turn.services.cases.series.following(turn.tx, turn.actor, found.id))


async def answer(turn: Turn) -> Answer:
    """Send the answer; what it says about a milestone or appointment becomes true with it."""
    phrase_id = turn.typed("phrase")
    await turn.services.agreements.answer(
        turn.tx,
        turn.actor,
        turn.part("request_id"),
        phrase_id,
        sayings.filled(turn, phrase_id),
        turn.now,
    )
    return Go("/", "answered")


ROUTES = (
    # Opening it says that it was seen.
    DeskRoute(
        "GET", "/requests/{request_id}", request, May.LIST_CLIENTS, "what a client asked for", writes=True
    ),
    DeskRoute("POST", "/requests/{request_id}", answer, May.LIST_CLIENTS, "answer it"),
)
