"""What clients ask for: the list, one request, an answer out of the phrase book, and what a coordinator's push opens."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from agreements import rules
from agreements.answers import answers_for
from agreements.errors import (
    AlreadyAnsweredError,
    AppointmentInPastError,
    DueInPastError,
    DueTooFarError,
)
from agreements.types import Reminder, RequestLine, Subject
from bot.dialogue import DialogueOverError, begin, current, mark
from bot.handlers.coordinator import clients, milestones
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.tapped import tapped_day, tapped_number, tapped_office, tapped_paper, tapped_place, tapped_time
from bot.turn import Screens, Turn
from bot.typed import parse_date, parse_time
from bot.views import cards
from bot.views import coordinator_requests as views
from i18n.messages import Message
from i18n.phrases import PHRASES, SAYINGS, Category, SlotKind
from offers import places
from offers.types import Offer
from people.errors import NotFoundError
from people.types import Permission

MAX_OFFER = 120
KIND = "request"
_MANY_PAGES = 1000


def open_slot(data: Mapping[str, Any]) -> SlotKind | None:
    """The first slot of the answer that nothing fills yet."""
    return next((slot for slot in PHRASES[data["phrase"]].slots if slot not in data["slots"]), None)


async def every(turn: Turn) -> Screen:
    """What waits for an answer."""
    return await page(turn, "0")


async def page(turn: Turn, number: str) -> Screen:
    """One page of what waits."""
    wanted = tapped_number(number, _MANY_PAGES)
    waiting = await turn.services.agreements.open_requests(turn.tx, turn.actor)
    return views.list_screen(turn.words, waiting, wanted, turn.now)


async def show(turn: Turn, request_id: str) -> Screen:
    """One request with the answers that fit best, or what was answered."""
    line = await _line(turn, request_id)
    return views.request_screen(turn.words, line, await _offer(turn, line), turn.now)


async def more(turn: Turn, request_id: str) -> Screen:
    """The other answers of the phrase book."""
    return await group(turn, request_id, Category.ANSWER.value)


async def group(turn: Turn, request_id: str, name: str) -> Screen:
    """What else can be said: answers, questions, requests or encouragement."""
    line = await _line(turn, request_id)
    if name not in {category.value for category in SAYINGS}:
        raise NotFoundError
    if not line.request.open:
        raise AlreadyAnsweredError
    return views.more_screen(turn.words, line, await _offer(turn, line), Category(name), turn.now)


async def show_offer(turn: Turn, request_id: str) -> Screen:
    """Everything about the offer that somebody wants, below the request."""
    offer = await _offer(turn, await _line(turn, request_id))
    if offer is None:
        raise NotFoundError
    dates = turn.services.offers.next_dates(offer, turn.now, 3)
    return cards.full_card(turn.words, offer, dates, turn.now, edit=False, review_days=turn.review_days)


async def say(turn: Turn, request_id: str, phrase_id: str) -> Screen:
    """Answer with this phrase; what is still open in it is asked."""
    line = await _line(turn, request_id)
    if not line.request.open:
        raise AlreadyAnsweredError
    if phrase_id not in answers_for(line):
        raise NotFoundError
    offer = await _offer(turn, line)
    # An offer is not asked for: it is the one that the request is about.
    named = SlotKind.OFFER in PHRASES[phrase_id].slots
    if named and offer is None:
        raise NotFoundError
    slots = {SlotKind.OFFER.value: offer.name[:MAX_OFFER]} if named and offer else {}
    data = {"request": line.request.id, "phrase": phrase_id, "slots": slots}
    await begin(turn, KIND, _step(data), **data)
    return await _ask(turn, data)


async def choose_day(turn: Turn, day: str) -> Screen:
    """The day in the answer, by a button."""
    return await _fill(turn, SlotKind.DATE, tapped_day(day).isoformat())


async def typed_day(turn: Turn) -> Screen:
    """The day in the answer, typed."""
    day = parse_date(turn.text, rules.today(turn.now))
    if day is None:
        return await _ask(turn, current(turn, KIND).data, Message("date.not_understood"))
    return await _fill(turn, SlotKind.DATE, day.isoformat())


async def choose_time(turn: Turn, clock: str) -> Screen:
    """The time in the answer, by a button."""
    return await _fill(turn, SlotKind.TIME, f"{tapped_time(clock):%H:%M}")


async def typed_time(turn: Turn) -> Screen:
    """The time in the answer, typed."""
    clock = parse_time(turn.text)
    if clock is None:
        return await _ask(turn, current(turn, KIND).data, Message("ap.time_not_understood"))
    return await _fill(turn, SlotKind.TIME, f"{clock:%H:%M}")


async def choose_paper(turn: Turn, paper: str) -> Screen:
    """The paper in the answer."""
    return await _fill(turn, SlotKind.PAPER, tapped_paper(paper))


async def choose_office(turn: Turn, office: str) -> Screen:
    """The office in the answer."""
    return await _fill(turn, SlotKind.OFFICE, tapped_office(office))


async def choose_place(turn: Turn, number: str) -> Screen:
    """The place in the answer."""
    return await _fill(turn, SlotKind.PLACE, tapped_place(number))


async def back(turn: Turn) -> Screen:
    """One step back: to the last thing that was filled in, or to the request."""
    data = current(turn, KIND).data
    given = {name: value for name, value in data["slots"].items() if name == SlotKind.OFFER}
    chosen = [slot for slot in PHRASES[data["phrase"]].slots if slot in data["slots"] and slot not in given]
    if not chosen:
        return await stop(turn)
    kept = {slot.value: data["slots"][slot] for slot in chosen[:-1]}
    return await _go_on(turn, {**data, "slots": {**given, **kept}})


async def stop(turn: Turn) -> Screen:
    """No answer yet: back to the request."""
    request_id = str(current(turn, KIND).data["request"])
    await turn.end_draft(KIND)
    return await show(turn, request_id)


async def send(turn: Turn, shown: str) -> Screen:
    """Answer as the preview said; a preview that something newer replaced sends nothing."""
    data = current(turn, KIND).data
    if open_slot(data) is not None or mark(data) != shown:
        raise DialogueOverError
    refused = _refused(data, turn.now)
    if refused is not None:
        return await _again(turn, data, refused)
    services = turn.services.agreements
    await services.answer(turn.tx, turn.actor, data["request"], data["phrase"], data["slots"], turn.now)
    await turn.end_draft(KIND)
    line = await _line(turn, data["request"])
    waiting = await services.open_requests(turn.tx, turn.actor)
    return views.sent_screen(turn.words, line, turn.now, waiting)


async def news(turn: Turn, ref: str) -> Screens:
    """What a push was about: a request, a milestone, a reminder that did not arrive, or the link to a chat."""
    found = await turn.services.agreements.news(turn.tx, turn.actor, ref, turn.now)
    if found.request is not None:
        offer = await _offer(turn, found.request)
        return views.request_screen(turn.words, found.request, offer, turn.now)
    if found.milestone is not None:
        return await milestones.show(turn, found.milestone.id)
    if found.reminder is not None:
        return await _lost(turn, found.reminder)
    if found.agreement:
        return await clients.show(turn, found.client.id)
    said = Screen(views.client_news(turn.words, found.client, turn.now), edit=True)
    return [said, replace(await clients.show(turn, found.client.id), edit=False)]


async def _lost(turn: Turn, reminder: Reminder) -> Screen:
    services = turn.services.agreements
    find = services.milestone if reminder.subject is Subject.MILESTONE else services.appointment
    subject = await find(turn.tx, turn.actor, reminder.subject_id)
    client = await services.get_client(turn.tx, turn.actor, reminder.client_id)
    return views.reminder_screen(turn.words, client, reminder, subject, turn.now)


async def _line(turn: Turn, request_id: str) -> RequestLine:
    return await turn.services.agreements.request(turn.tx, turn.actor, request_id, turn.now)


async def _offer(turn: Turn, line: RequestLine) -> Offer | None:
    """The offer that is wished for, or that belongs to the milestone; none when it is gone."""
    offer_id = line.request.offer_id or (line.milestone.offer_id if line.milestone else None)
    if offer_id is None:
        return None
    try:
        return await turn.services.offers.get(turn.tx, offer_id)
    except NotFoundError:
        return None


async def _fill(turn: Turn, slot: SlotKind, value: str) -> Screen:
    """Fill a slot; a button of another question asks what is open instead."""
    data = current(turn, KIND).data
    if open_slot(data) is not slot:
        return await _ask(turn, data)
    filled = {**data, "slots": {**data["slots"], slot.value: value}}
    refused = _refused(filled, turn.now)
    return await (_ask(turn, data, refused) if refused else _go_on(turn, filled))


async def _go_on(turn: Turn, data: Mapping[str, Any]) -> Screen:
    await turn.draft(KIND, _step(data), **data)
    return await _ask(turn, data)


async def _again(turn: Turn, data: Mapping[str, Any], message: Message) -> Screen:
    """Ask for everything anew, because time went on meanwhile."""
    given = {name: value for name, value in data["slots"].items() if name == SlotKind.OFFER}
    emptied = {**data, "slots": given}
    await turn.draft(KIND, _step(emptied), **emptied)
    return await _ask(turn, emptied, message)


async def _ask(turn: Turn, data: Mapping[str, Any], message: Message | None = None) -> Screen:
    """What is still open in the answer, or its preview."""
    line, phrase_id, slots = await _line(turn, data["request"]), data["phrase"], data["slots"]
    spoken, today = turn.words, rules.today(turn.now)
    match open_slot(data):
        case SlotKind.DATE:
            return views.date_screen(spoken, line, phrase_id, today, message)
        case SlotKind.TIME:
            day = date.fromisoformat(slots[SlotKind.DATE])
            after = rules.local_time(turn.now).time() if day == today else None
            return views.time_screen(spoken, line, phrase_id, day, after, message)
        case SlotKind.PAPER:
            return views.papers_screen(spoken, line, phrase_id)
        case SlotKind.OFFICE:
            return views.offices_screen(spoken, line, phrase_id)
        case SlotKind.PLACE:
            offer = await _offer(turn, line)
            likely = [*([offer.place] if offer else []), line.client.place]
            return views.places_screen(spoken, line, phrase_id, places.load().names, likely)
    return views.preview_screen(spoken, line, phrase_id, slots, mark(data))


def _step(data: Mapping[str, Any]) -> str:
    slot = open_slot(data)
    return slot.value if slot else "preview"


def _refused(data: Mapping[str, Any], now: datetime) -> Message | None:
    """Why a day or a time cannot stand in the answer."""
    slots = data["slots"]
    if SlotKind.DATE not in slots:
        return None
    day = date.fromisoformat(slots[SlotKind.DATE])
    if rules.due_in_past(day, now):
        return DueInPastError().message
    if rules.due_too_far(day, now):
        return DueTooFarError().message
    if SlotKind.TIME not in slots:
        return None
    moment = datetime.combine(day, time.fromisoformat(slots[SlotKind.TIME]))
    return AppointmentInPastError().message if rules.at_berlin(moment) <= now else None


_TAP, _WORK = RouteKind.TAP, Permission.LIST_CLIENTS
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "rq.list", every, _WORK, "what waits for an answer"),
    Route(_TAP, "rq.page", page, _WORK, "a page of what waits for an answer", args=1),
    Route(_TAP, "rq.more", more, _WORK, "answer a request: the other phrases", args=1),
    Route(_TAP, "rq.group", group, _WORK, "answer a request: questions, requests, encouragement", args=2),
    Route(_TAP, "rq.offer", show_offer, _WORK, "the offer that a request is about", args=1),
    Route(_TAP, "rq.say", say, _WORK, "answer a request: the phrase", args=2),
    Route(_TAP, "rq.date", choose_day, _WORK, "answer a request: which day", args=1),
    Route(_TAP, "rq.time", choose_time, _WORK, "answer a request: at what time", args=1),
    Route(_TAP, "rq.paper", choose_paper, _WORK, "answer a request: which paper", args=1),
    Route(_TAP, "rq.office", choose_office, _WORK, "answer a request: which office", args=1),
    Route(_TAP, "rq.place", choose_place, _WORK, "answer a request: which place", args=1),
    Route(_TAP, "rq.back", back, _WORK, "answer a request: one step back"),
    Route(_TAP, "rq.stop", stop, _WORK, "stop answering a request"),
    Route(_TAP, "rq.send", send, _WORK, "answer a request as the preview says", args=1),
    Route(_TAP, "rq", show, _WORK, "one request, or what was answered", args=1),
    Route(_TAP, "news", news, _WORK, "what a push to a coordinator is about", args=1),
)
DIALOGUES: Mapping[tuple[str, str], Callable[[Turn], Awaitable[Screens]]] = {
    (KIND, SlotKind.DATE.value): typed_day,
    (KIND, SlotKind.TIME.value): typed_time,
}
