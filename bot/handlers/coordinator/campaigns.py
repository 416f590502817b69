"""Messages to many on the phone: whom, which sentence, the preview, now or later, and how it stands."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from agreements import rules
from agreements.campaigns import rules as campaign_rules
from agreements.campaigns.types import Audience, Choices, Preview, Selection
from bot.dialogue import DialogueOverError, begin, current, mark
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.tapped import tapped_day, tapped_number, tapped_time
from bot.turn import Turn
from bot.views import coordinator_campaigns as views
from i18n import phrases
from i18n.phrases import PHRASES, Category, Phrase, SlotKind, of_category
from offers import places
from people.errors import NotFoundError
from people.rules import allows
from people.types import Permission

KIND = "many"
_SHOWN = 8
_WHOLE = ("all", "overdue", "unanswered")
_BY: Mapping[str, Callable[[Choices], Sequence[str]]] = {
    "place": lambda found: found.places,
    "language": lambda found: found.languages,
    "phrase": lambda found: found.phrases,
}


async def every(turn: Turn) -> Screen:
    """What was sent or waits to be."""
    found = await turn.services.cases.campaigns.deliveries(turn.tx, turn.actor, _SHOWN)
    return views.list_screen(turn.words, found)


async def new(turn: Turn) -> Screen:
    """Begin: whom?"""
    await begin(turn, KIND, "whom")
    return views.to_whom_screen(turn.words, clients=allows(turn.actor, Permission.LIST_CLIENTS))


async def to_all(turn: Turn, what: str) -> Screen:
    """All of one's own clients, or those that are late or do not answer."""
    if what not in _WHOLE or not allows(turn.actor, Permission.LIST_CLIENTS):
        raise NotFoundError
    return await _go_on(turn, {"by": what, "value": "", "slots": {}})


async def by(turn: Turn, what: str) -> Screen:
    """By place, language or topic, or volunteers of a place."""
    return views.values_screen(turn.words, what, await _values(turn, what))


async def pick(turn: Turn, what: str, value: str) -> Screen:
    """That one."""
    if value not in await _values(turn, what):
        raise NotFoundError
    return await _go_on(turn, {"by": what, "value": value, "slots": {}})


async def say(turn: Turn, page: str) -> Screen:
    """Another page of the phrase book."""
    book = _book(current(turn, KIND).data)
    return views.phrases_screen(turn.words, book, tapped_number(page, len(PHRASES)))


async def choose_phrase(turn: Turn, phrase_id: str) -> Screen:
    """That sentence."""
    data = current(turn, KIND).data
    if phrase_id not in {phrase.id for phrase in _book(data)}:
        raise NotFoundError
    return await _go_on(turn, {**data, "phrase": phrase_id, "slots": {}})


async def fill(turn: Turn, value: str) -> Screen:
    """What fills the open slot of the sentence."""
    data = current(turn, KIND).data
    slot = _open_slot(data)
    if slot is None:
        return await _ask(turn, data)
    filled = f"{tapped_time(value):%H:%M}" if slot is SlotKind.TIME else value
    if slot is SlotKind.DATE:
        tapped_day(value)
    try:
        phrases.checked_slot(slot, filled)
    except phrases.PhraseError as error:
        raise NotFoundError from error
    return await _go_on(turn, {**data, "slots": {**data["slots"], slot.value: filled}})


async def later(turn: Turn) -> Screen:
    """On which day shall it leave?"""
    current(turn, KIND)
    return views.day_screen(turn.words, rules.today(turn.now))


async def day(turn: Turn, chosen: str) -> Screen:
    """That day; at what time?"""
    data, found = current(turn, KIND).data, tapped_day(chosen)
    await turn.draft(KIND, "ready", **{**data, "day": found.isoformat()})
    return views.time_screen(turn.words, found)


async def at_time(turn: Turn, clock: str) -> Screen:
    """That time, if it is still to come."""
    data = current(turn, KIND).data
    if "day" not in data:
        raise DialogueOverError
    local = datetime.combine(date.fromisoformat(data["day"]), tapped_time(clock))
    return await _go_on(turn, {**data, "at": local.isoformat()})


async def stop(turn: Turn) -> Screen:
    """Out of it, with nothing sent."""
    await turn.end_draft(KIND)
    return await every(turn)


async def send(turn: Turn, shown: str) -> Screen:
    """Send, schedule or correct as the preview said; a preview that something newer replaced sends nothing."""
    data = current(turn, KIND).data
    if "phrase" not in data or _open_slot(data) is not None or mark(data) != shown:
        raise DialogueOverError
    campaigns, tx, actor = turn.services.cases.campaigns, turn.tx, turn.actor
    said = (data["phrase"], data["slots"], turn.now)
    if "correct" in data:
        made = await campaigns.correct(tx, actor, str(data["correct"]), *said)
    elif data["by"] == "volunteers":
        made = await campaigns.send_volunteers(tx, actor, data["value"], *said, send_at=_send_at(data))
    else:
        made = await campaigns.send(tx, actor, _selection(data), *said, send_at=_send_at(data))
    await turn.end_draft(KIND)
    return await one(turn, made.id)


async def one(turn: Turn, campaign_id: str) -> Screen:
    """How one stands now."""
    found = await turn.services.cases.campaigns.delivery(turn.tx, turn.actor, campaign_id)
    return views.one_screen(turn.words, found)


async def cancel(turn: Turn, campaign_id: str) -> Screen:
    """Take back what has not left; who has not opened it reads no more."""
    await turn.services.cases.campaigns.cancel(turn.tx, turn.actor, campaign_id, turn.now)
    return await one(turn, campaign_id)


async def correct(turn: Turn, campaign_id: str) -> Screen:
    """Begin to write another text for the same people."""
    found = await turn.services.cases.campaigns.delivery(turn.tx, turn.actor, campaign_id)
    to_clients = found.campaign.audience is Audience.CLIENTS
    data: dict[str, Any] = {"correct": campaign_id, "by": "all" if to_clients else "volunteers", "slots": {}}
    await begin(turn, KIND, "say", **data)
    return views.phrases_screen(turn.words, _book(data), 0)


async def _go_on(turn: Turn, data: Mapping[str, Any]) -> Screen:
    await turn.draft(KIND, "ready" if "phrase" in data else "say", **data)
    return await _ask(turn, data)


async def _ask(turn: Turn, data: Mapping[str, Any]) -> Screen:
    """What is still open, or the preview."""
    if "phrase" not in data:
        return views.phrases_screen(turn.words, _book(data), 0)
    slot = _open_slot(data)
    if slot is not None:
        names = places.load().names
        return views.slot_screen(turn.words, PHRASES[data["phrase"]], slot, names, rules.today(turn.now))
    if "correct" in data:
        return views.correction_screen(turn.words, data["phrase"], data["slots"], mark(data))
    return views.preview_screen(turn.words, await _preview(turn, data), mark(data), scheduled="at" in data)


async def _preview(turn: Turn, data: Mapping[str, Any]) -> Preview:
    campaigns, at = turn.services.cases.campaigns, _send_at(data)
    said = (data["phrase"], data["slots"], turn.now)
    if data["by"] == "volunteers":
        return await campaigns.preview_volunteers(turn.tx, turn.actor, data["value"], *said, send_at=at)
    return await campaigns.preview(turn.tx, turn.actor, _selection(data), *said, send_at=at)


async def _values(turn: Turn, what: str) -> Sequence[str]:
    if what == "volunteers":
        return places.load().names
    if what not in _BY:
        raise NotFoundError
    found = await turn.services.cases.campaigns.choices(turn.tx, turn.actor)
    return _BY[what](found)


def _selection(data: Mapping[str, Any]) -> Selection:
    what, value = data["by"], str(data["value"])
    return Selection(
        place=value if what == "place" else "",
        language=value if what == "language" else "",
        phrase=value if what == "phrase" else "",
        overdue=what == "overdue",
        unanswered=what == "unanswered",
    )


def _book(data: Mapping[str, Any]) -> list[Phrase]:
    """What may be said to them; a sentence about one offer is not said to many."""
    audience = Audience.VOLUNTEERS if data["by"] == "volunteers" else Audience.CLIENTS
    wanted = [Category(name) for name in campaign_rules.categories(audience)]
    found = [phrase for category in wanted for phrase in of_category(category)]
    return [phrase for phrase in found if SlotKind.OFFER not in phrase.slots]


def _open_slot(data: Mapping[str, Any]) -> SlotKind | None:
    return next((slot for slot in PHRASES[data["phrase"]].slots if slot not in data["slots"]), None)


def _send_at(data: Mapping[str, Any]) -> datetime | None:
    return rules.at_berlin(datetime.fromisoformat(data["at"])) if "at" in data else None


_TAP, _MAY = RouteKind.TAP, Permission.WRITE_TO_VOLUNTEERS
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "cm.new", new, _MAY, "a message to many: whom"),
    Route(_TAP, "cm.to", to_all, _MAY, "a message to many: all, the late, the silent", args=1),
    Route(_TAP, "cm.by", by, _MAY, "a message to many: chosen by what", args=1),
    Route(_TAP, "cm.pick", pick, _MAY, "a message to many: one place, language or topic", args=2),
    Route(_TAP, "cm.say", say, _MAY, "a message to many: a page of the phrase book", args=1),
    Route(_TAP, "cm.phrase", choose_phrase, _MAY, "a message to many: the sentence", args=1),
    Route(_TAP, "cm.slot", fill, _MAY, "a message to many: what fills the sentence", args=1),
    Route(_TAP, "cm.later", later, _MAY, "a message to many: another day"),
    Route(_TAP, "cm.day", day, _MAY, "a message to many: on that day", args=1),
    Route(_TAP, "cm.time", at_time, _MAY, "a message to many: at that time", args=1),
    Route(_TAP, "cm.stop", stop, _MAY, "stop writing a message to many"),
    Route(_TAP, "cm.send", send, _MAY, "send, schedule or correct as the preview says", args=1),
    Route(_TAP, "cm.one", one, _MAY, "how a message to many stands", args=1),
    Route(_TAP, "cm.cancel", cancel, _MAY, "take a message to many back", args=1),
    Route(_TAP, "cm.correct", correct, _MAY, "another text for the same people", args=1),
    Route(_TAP, "cm", every, _MAY, "messages to many"),
)
