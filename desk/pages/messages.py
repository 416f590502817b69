"""Messages to many: chosen, seen in every language before they leave, scheduled, cancelled, corrected, and what came back."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode

from markupsafe import Markup

from agreements import rules
from agreements.campaigns.types import Preview, Reply, Selection
from delivery.types import OutboxState
from desk import render, sayings
from desk.errors import FieldMissingError
from desk.routes import DeskRoute
from desk.turn import Answer, Go, Page, Turn
from i18n.languages import LANGUAGES
from i18n.phrases import PHRASES, Category, SlotKind
from offers import places
from people.errors import NotFoundError
from people.types import Permission as May

_PHRASES = (Category.MESSAGE, Category.ANSWER)
_ASKED = (
    "phrase", *(f"slot_{kind.value}" for kind in SlotKind), "send_day", "send_clock",
    "place", "language", "topic", "offer", "overdue", "unanswered", "volunteers",
)  # fmt: skip
"""The fields of the form, beside the clients that are picked."""
_SHOWN = 30
_Found = TypeVar("_Found")
_Act = Callable[..., Awaitable[_Found]]


async def messages(turn: Turn) -> Answer:
    """What was sent last or waits to be."""
    found = await turn.services.cases.campaigns.deliveries(turn.tx, turn.actor, _SHOWN)
    return Page("messages.html", {"found": found, "sent": OutboxState.SENT, "yes": Reply.YES, "no": Reply.NO})


async def new_message(turn: Turn) -> Answer:
    """Choose whom and what."""
    caseload = await turn.services.cases.files.caseload(turn.tx, turn.actor)
    clients = caseload.clients
    about = await turn.services.cases.campaigns.offers(turn.tx, turn.actor, clients)
    names = await turn.services.offers.names(turn.tx, list(about))
    given = {name: turn.query(name) for name in _ASKED}
    values = {
        "given": given,
        "slots": _slots(turn, given),
        "clients": sorted(clients, key=lambda client: client.case_number),
        "names": caseload.names,
        "places": sorted({client.place for client in clients if client.place}),
        "tags": [tag for tag in LANGUAGES if any(client.language == tag for client in clients)],
        "options": sayings.options(turn.words, *_PHRASES),
        "topics": sayings.options(turn.words, Category.MILESTONE),
        "offers": sorted(names.items(), key=lambda item: item[1]),
        "everywhere": sayings.place_names(),
        "picked": turn.request.query_params.getlist("client"),
    }
    return Page("message_new.html", values)


def _slots(turn: Turn, given: Mapping[str, str]) -> Markup:
    """The fields of the phrase that was chosen before, filled in as they were."""
    fields = sayings.fields_of(turn.words, given["phrase"], given)
    return Markup(render.html(turn, "slots.html", fields))  # noqa: S704 -- a template made it


async def preview(turn: Turn) -> Answer:
    """To how many in which words, who is not reached, and when it leaves; nothing is sent yet."""
    return _look(turn, await _previewed(turn))


async def _previewed(turn: Turn) -> Preview:
    campaigns = turn.services.cases.campaigns
    return await _to_many(turn, campaigns.preview, campaigns.preview_volunteers)


def _look(turn: Turn, found: Preview, *, changed: bool = False) -> Page:
    back = _typed_at(turn, "/messages/new")
    return _preview(turn, found, "/messages", back, ("seen", found.mark), changed=changed)


def _typed_at(turn: Turn, path: str) -> str:
    """The address of a form in which everything stands as it was typed."""
    chosen = [(name, v) for name, v in turn.form.multi_items() if name in (*_ASKED, "client") and v]
    return f"{path}?{urlencode([(name, str(value)) for name, value in chosen])}"


def _preview(
    turn: Turn, found: Preview, action: str, back: str, *more: tuple[str, str], changed: bool = False
) -> Page:
    """The page before something leaves: what was chosen goes with it to `action`."""
    hidden = [(name, value) for name, value in turn.form.multi_items() if name not in ("csrf", "seen")]
    values = {"preview": found, "hidden": [*hidden, *more], "action": action, "back": back}
    return Page("message_preview.html", {**values, "changed": changed}, 422 if changed else 200, back)


async def send(turn: Turn) -> Answer:
    """Send it, now or at its time; where somebody else would be reached by now than was looked at, it is looked at again."""
    if seen := turn.typed("seen"):
        found = await _previewed(turn)
        if found.mark != seen:
            return _look(turn, found, changed=True)
    campaigns = turn.services.cases.campaigns
    campaign = await _to_many(turn, campaigns.send, campaigns.send_volunteers)
    return Go(f"/messages/{campaign.id}", "message_sent")


async def _to_many(turn: Turn, to_clients: _Act[_Found], to_volunteers: _Act[_Found]) -> _Found:
    """The one way from the form to whom it means and what they read, for looking and for sending."""
    phrase_id = turn.typed("phrase")
    slots, at, place = sayings.filled(turn, phrase_id), _send_at(turn), _volunteers_of(turn)
    act, whom = (to_volunteers, place) if place else (to_clients, _selection(turn))
    return await act(turn.tx, turn.actor, whom, phrase_id, slots, turn.now, send_at=at)


async def message(turn: Turn) -> Answer:
    """One message: who has it, who opened it, what they said."""
    found = await turn.services.cases.campaigns.delivery(turn.tx, turn.actor, turn.part("campaign_id"))
    caseload = await turn.services.cases.files.caseload(turn.tx, turn.actor)
    given = {name: turn.query(name) for name in _ASKED}
    values = {
        "found": found,
        "given": given,
        "slots": _slots(turn, given),
        "names": caseload.names,
        "options": sayings.options(turn.words, *_PHRASES),
        "states": OutboxState,
        "yes": Reply.YES,
        "no": Reply.NO,
    }
    return Page("message_lines.html" if turn.partial else "message.html", values)


async def cancel(turn: Turn) -> Answer:
    """Take back what has not left."""
    campaign_id = turn.part("campaign_id")
    await turn.services.cases.campaigns.cancel(turn.tx, turn.actor, campaign_id, turn.now)
    return Go(f"/messages/{campaign_id}", "message_cancelled")


async def correct(turn: Turn) -> Answer:
    """Another text for the same people: seen in every language first, then sent."""
    campaigns, campaign_id = turn.services.cases.campaigns, turn.part("campaign_id")
    phrase_id = turn.typed("phrase")
    said = phrase_id, sayings.filled(turn, phrase_id)
    back = f"/messages/{campaign_id}"
    if turn.typed("go") != "yes":
        found = await campaigns.preview_correction(turn.tx, turn.actor, campaign_id, *said, turn.now)
        return _preview(turn, found, f"{back}/correct", _typed_at(turn, back), ("go", "yes"))
    await campaigns.correct(turn.tx, turn.actor, campaign_id, *said, turn.now)
    return Go(back, "message_corrected")


def _volunteers_of(turn: Turn) -> str:
    """The place whose volunteers are written to, empty where clients are. Raises NotFoundError for no place."""
    typed = turn.typed("volunteers")
    found = places.load().find(typed) if typed else None
    if typed and found is None:
        raise NotFoundError
    return found.name if found else ""


def _selection(turn: Turn) -> Selection:
    topic = turn.typed("topic")
    return Selection(
        client_ids=frozenset(turn.chosen("client")),
        place=turn.typed("place"),
        language=turn.typed("language"),
        phrase=topic if topic in PHRASES else "",
        offer_id=turn.typed("offer"),
        overdue=turn.typed("overdue") == "yes",
        unanswered=turn.typed("unanswered") == "yes",
    )


def _send_at(turn: Turn) -> datetime | None:
    """When it leaves, None for at once. Raises FieldMissingError for a day without a time, or a time without a day."""
    day, clock = turn.typed("send_day"), turn.typed("send_clock")
    local = sayings.wall_time(day, clock)
    if local is None and (day or clock):
        raise FieldMissingError
    return rules.at_berlin(local) if local else None


_MAY = May.LIST_CLIENTS
ROUTES = (
    DeskRoute("GET", "/messages", messages, _MAY, "messages to many"),
    DeskRoute("GET", "/messages/new", new_message, _MAY, "choose whom and what"),
    DeskRoute("POST", "/messages/preview", preview, _MAY, "see it in every language"),
    DeskRoute("POST", "/messages", send, _MAY, "send it"),
    DeskRoute("GET", "/messages/{campaign_id}", message, _MAY, "who has it and what they said"),
    DeskRoute("POST", "/messages/{campaign_id}/cancel", cancel, _MAY, "take back what has not left"),
    DeskRoute("POST", "/messages/{campaign_id}/correct", correct, _MAY, "another text for the same people"),
)
