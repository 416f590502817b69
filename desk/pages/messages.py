"""Messages to many: chosen, seen in every language before they leave, scheduled, cancelled, corrected, and what came back."""

from datetime import datetime

from agreements import rules
from agreements.campaigns.types import Preview, Reply, Selection
from delivery.types import OutboxState
from desk import sayings
from desk.routes import DeskRoute
from desk.turn import Answer, Go, Page, Turn
from i18n.languages import LANGUAGES
from i18n.phrases import PHRASES, Category
from offers import places
from people.errors import NotFoundError
from people.types import Permission as May

_PHRASES = (Category.MESSAGE, Category.ANSWER)


async def messages(turn: Turn) -> Answer:
    """Everything that was sent or waits to be."""
    campaigns = turn.services.cases.campaigns
    found = [
        await campaigns.delivery(turn.tx, turn.actor, campaign.id)
        for campaign in (await campaigns.sent(turn.tx, turn.actor))[:30]
    ]
    return Page("messages.html", {"found": found, "sent": OutboxState.SENT, "yes": Reply.YES, "no": Reply.NO})


async def new_message(turn: Turn) -> Answer:
    """Choose whom and what."""
    found = await turn.services.agreements.list_clients(turn.tx, turn.actor, turn.now)
    records = await turn.services.cases.files.records(turn.tx, turn.actor)
    about = await turn.services.cases.campaigns.offers(turn.tx, turn.actor)
    names = await turn.services.offers.names(turn.tx, list(about))
    values = {
        "lines": sorted(found, key=lambda line: line.client.case_number),
        "names": {client_id: record.call_name for client_id, record in records.items()},
        "places": sorted({line.client.place for line in found if line.client.place}),
        "tags": [tag for tag in LANGUAGES if any(line.client.language == tag for line in found)],
        "options": sayings.options(turn.words, *_PHRASES),
        "topics": sayings.options(turn.words, Category.MILESTONE),
        "offers": sorted(names.items(), key=lambda item: item[1]),
        "everywhere": sayings.place_names(),
        "picked": turn.request.query_params.getlist("client"),
    }
    return Page("message_new.html", values)


async def preview(turn: Turn) -> Answer:
    """To how many in which words, who is not reached, and when it leaves; nothing is sent yet."""
    campaigns, said = turn.services.cases.campaigns, _said(turn)
    place = _volunteers_of(turn)
    if place:
        found = await campaigns.preview_volunteers(
            turn.tx, turn.actor, place, *said, turn.now, send_at=_send_at(turn)
        )
    else:
        found = await campaigns.preview(
            turn.tx, turn.actor, _selection(turn), *said, turn.now, send_at=_send_at(turn)
        )
    return _preview(turn, found, "/messages", "/messages/new")


def _preview(turn: Turn, found: Preview, action: str, back: str, *more: tuple[str, str]) -> Page:
    """The page before something leaves: what was chosen goes with it to `action`."""
    hidden = [(name, value) for name, value in turn.form.multi_items() if name != "csrf"]
    values = {"preview": found, "hidden": [*hidden, *more], "action": action, "back": back}
    return Page("message_preview.html", values)


async def send(turn: Turn) -> Answer:
    """Send it, now or at its time."""
    campaigns, said = turn.services.cases.campaigns, _said(turn)
    place = _volunteers_of(turn)
    if place:
        campaign = await campaigns.send_volunteers(
            turn.tx, turn.actor, place, *said, turn.now, send_at=_send_at(turn)
        )
    else:
        campaign = await campaigns.send(
            turn.tx, turn.actor, _selection(turn), *said, turn.now, send_at=_send_at(turn)
        )
    return Go(f"/messages/{campaign.id}", "message_sent")


async def message(turn: Turn) -> Answer:
    """One message: who has it, who opened it, what they said."""
    found = await turn.services.cases.campaigns.delivery(turn.tx, turn.actor, turn.part("campaign_id"))
    records = await turn.services.cases.files.records(turn.tx, turn.actor)
    values = {
        "found": found,
        "names": {client_id: record.call_name for client_id, record in records.items()},
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
    campaigns, campaign_id, said = turn.services.cases.campaigns, turn.part("campaign_id"), _said(turn)
    back = f"/messages/{campaign_id}"
    if turn.typed("go") != "yes":
        found = await campaigns.preview_correction(turn.tx, turn.actor, campaign_id, *said, turn.now)
        return _preview(turn, found, f"{back}/correct", back, ("go", "yes"))
    await campaigns.correct(turn.tx, turn.actor, campaign_id, *said, turn.now)
    return Go(back, "message_corrected")


def _said(turn: Turn) -> tuple[str, dict[str, str]]:
    """The sentence of the form with what fills it."""
    phrase_id = turn.typed("phrase")
    return phrase_id, sayings.filled(turn, phrase_id)


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
    local = sayings.wall_time(turn.typed("send_day"), turn.typed("send_clock"))
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
