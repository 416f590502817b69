"""Milestones on the coordinator's phone: agreeing on one step by step, and what becomes of one."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from markupsafe import Markup

from agreements import rules
from agreements.errors import DueInPastError, DueTooFarError
from agreements.types import Client, Milestone, MilestoneStatus
from bot import followup
from bot.dialogue import DialogueOverError, begin, current, mark
from bot.handlers.coordinator import clients
from bot.handlers.coordinator.suggestions import fitting, looked_for
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.tapped import tapped_day, tapped_number, tapped_office, tapped_paper, tapped_place
from bot.turn import Screens, Turn
from bot.typed import parse_date
from bot.views import coordinator_milestones as views
from i18n.languages import SOURCE
from i18n.messages import Message, Words, words
from i18n.phrases import PHRASES, Category, SlotKind, of_category
from offers import places
from offers.types import Query
from people.errors import NotFoundError
from people.types import Permission

KIND, MOVE = "milestone", "move"
_AFTER: Mapping[str, tuple[str, ...]] = {
    "phrase": ("phrase", "slots", "due", "offer"),
    "slot": ("slots", "due", "offer"),
    "due": ("due", "offer"),
    "offer": ("offer",),
}
"""What is asked anew when somebody goes back to a step."""


def next_step(data: Mapping[str, Any]) -> str:
    """The first question that is still open: phrase, slot, due, offer; preview when there is none."""
    if "phrase" not in data:
        return "phrase"
    if len(data["slots"]) < len(PHRASES[data["phrase"]].slots):
        return "slot"
    return next((step for step in ("due", "offer") if step not in data), "preview")


async def new(turn: Turn, client_id: str) -> Screen:
    """Begin to agree on a milestone."""
    client = await turn.services.agreements.get_client(turn.tx, turn.actor, client_id)
    await begin(turn, KIND, "phrase", client=client.id)
    return views.phrases_screen(turn.words, client, 0)


async def page(turn: Turn, number: str) -> Screen:
    """Another page of the phrase book."""
    client = await _client(turn)
    return views.phrases_screen(turn.words, client, tapped_number(number, len(PHRASES)))


async def choose_phrase(turn: Turn, phrase_id: str) -> Screen:
    """What is agreed."""
    if phrase_id not in {phrase.id for phrase in of_category(Category.MILESTONE)}:
        raise NotFoundError
    kept = {"client": current(turn, KIND).data["client"]}
    return await _go_on(turn, {**kept, "phrase": phrase_id, "slots": {}})


async def choose_paper(turn: Turn, paper: str) -> Screen:
    """Which paper."""
    return await _fill(turn, SlotKind.PAPER, tapped_paper(paper))


async def choose_office(turn: Turn, office: str) -> Screen:
    """Which office."""
    return await _fill(turn, SlotKind.OFFICE, tapped_office(office))


async def choose_place(turn: Turn, number: str) -> Screen:
    """Which place."""
    return await _fill(turn, SlotKind.PLACE, tapped_place(number))


async def choose_due(turn: Turn, day: str) -> Screen:
    """Until when, by a button."""
    return await _due(turn, tapped_day(day))


async def typed_due(turn: Turn) -> Screen:
    """Until when, typed."""
    day = parse_date(turn.text, rules.today(turn.now))
    if day is None:
        return await _ask(turn, current(turn, KIND).data, Message("date.not_understood"))
    return await _due(turn, day)


async def choose_offer(turn: Turn, offer_id: str) -> Screen:
    """Which offer belongs to it, if any."""
    offer = None if offer_id == "none" else (await turn.services.offers.get(turn.tx, offer_id)).id
    data = current(turn, KIND).data
    if next_step({**data, "offer": offer}) != "preview":
        return await _ask(turn, data)
    return await _go_on(turn, {**data, "offer": offer})


async def typed_offer(turn: Turn) -> Screen:
    """Offers for what was typed."""
    data = current(turn, KIND).data
    client = await _client(turn)
    query = Query(text=turn.text)
    if turn.understanding is not None:
        query = followup.query_from(turn.understanding, turn.text)
    found = looked_for(turn, client, query)
    message = None if found else Message("ms.no_offer_found")
    return views.offers_screen(turn.words, client, _title(turn, data), found, message)


async def back(turn: Turn, step: str) -> Screen:
    """One step back."""
    if step not in _AFTER:
        raise NotFoundError
    kept = {name: value for name, value in current(turn, KIND).data.items() if name not in _AFTER[step]}
    if "phrase" in kept:
        kept.setdefault("slots", {})
    return await _go_on(turn, kept)


async def save(turn: Turn, shown: str) -> Screens:
    """Agreed, as the preview said; a preview that something newer replaced saves nothing."""
    data = current(turn, KIND).data
    if next_step(data) != "preview" or mark(data) != shown:
        raise DialogueOverError
    milestone = await turn.services.agreements.add_milestone(
        turn.tx,
        turn.actor,
        data["client"],
        data["phrase"],
        data["slots"],
        date.fromisoformat(data["due"]),
        data["offer"],
        turn.now,
    )
    await turn.end_draft(KIND)
    client = await turn.services.agreements.get_client(turn.tx, turn.actor, milestone.client_id)
    saved = views.told(turn.words, "ms.saved", client)
    return [saved, replace(await clients.show(turn, client.id), edit=False)]


async def cancel(turn: Turn) -> Screen:
    """Out of the questions, back to the client."""
    client_id = str(current(turn, KIND).data["client"])
    await turn.end_draft(KIND)
    return await clients.show(turn, client_id)


async def show(turn: Turn, milestone_id: str) -> Screen:
    """One milestone."""
    services = turn.services.agreements
    client, milestone = await _both(turn, milestone_id)
    events = await services.milestone_events(turn.tx, turn.actor, milestone_id)
    return views.milestone_screen(turn.words, client, milestone, events)


async def confirm(turn: Turn, milestone_id: str) -> Screen:
    """It is done."""
    await turn.services.agreements.confirm_milestone(turn.tx, turn.actor, milestone_id, turn.now)
    return await show(turn, milestone_id)


async def drop(turn: Turn, milestone_id: str) -> Screen:
    """Ask once before a milestone is dropped."""
    return views.drop_screen(turn.words, *await _both(turn, milestone_id))


async def drop_now(turn: Turn, milestone_id: str) -> Screen:
    """It is not wanted any more."""
    await turn.services.agreements.drop_milestone(turn.tx, turn.actor, milestone_id, turn.now)
    return await show(turn, milestone_id)


async def move(turn: Turn, milestone_id: str) -> Screen:
    """Ask for another day."""
    client, milestone = await _both(turn, milestone_id)
    await begin(turn, MOVE, "day", milestone=milestone.id)
    return views.move_screen(turn.words, client, milestone, turn.now)


async def move_to(turn: Turn, milestone_id: str, day: str) -> Screen:
    """What moving to this day would tell the client."""
    return await _preview_move(turn, milestone_id, tapped_day(day))


async def typed_move(turn: Turn) -> Screen:
    """Another day, typed."""
    milestone_id = str(current(turn, MOVE).data["milestone"])
    day = parse_date(turn.text, rules.today(turn.now))
    if day is None:
        found = await _both(turn, milestone_id)
        return views.move_screen(turn.words, *found, turn.now, Message("date.not_understood"))
    return await _preview_move(turn, milestone_id, day)


async def move_now(turn: Turn, milestone_id: str, day: str) -> Screen:
    """Another day is agreed."""
    await turn.services.agreements.move_milestone(
        turn.tx, turn.actor, milestone_id, tapped_day(day), turn.now
    )
    await turn.end_draft(MOVE)
    return await show(turn, milestone_id)


async def push(turn: Turn, milestone_id: str) -> Screen:
    """What reminding now would send, and to how many."""
    client, milestone = await _both(turn, milestone_id)
    preview = await turn.services.agreements.preview_push(turn.tx, turn.actor, milestone_id, turn.now)
    return views.push_screen(turn.words, client, milestone, preview, turn.now)


async def push_now(turn: Turn, milestone_id: str) -> Screens:
    """Remind now."""
    services = turn.services.agreements
    client, _ = await _both(turn, milestone_id)
    preview = await services.preview_push(turn.tx, turn.actor, milestone_id, turn.now)
    await services.push_now(turn.tx, turn.actor, milestone_id, turn.now)
    shown = replace(await show(turn, milestone_id), edit=False)
    return [views.pushed(turn.words, client, preview, turn.now), shown]


async def _both(turn: Turn, milestone_id: str) -> tuple[Client, Milestone]:
    services = turn.services.agreements
    milestone = await services.milestone(turn.tx, turn.actor, milestone_id)
    return await services.get_client(turn.tx, turn.actor, milestone.client_id), milestone


async def _client(turn: Turn) -> Client:
    """The client that the dialogue is about."""
    client_id = str(current(turn, KIND).data["client"])
    return await turn.services.agreements.get_client(turn.tx, turn.actor, client_id)


async def _fill(turn: Turn, slot: SlotKind, value: str) -> Screen:
    data = current(turn, KIND).data
    if "phrase" not in data or slot not in PHRASES[data["phrase"]].slots:
        return await _ask(turn, data)
    return await _go_on(turn, {**data, "slots": {**data["slots"], slot.value: value}})


async def _due(turn: Turn, day: date) -> Screen:
    data = current(turn, KIND).data
    if next_step({**data, "due": ""}) not in ("offer", "preview"):
        return await _ask(turn, data)
    refused = _refused(day, turn)
    if refused is not None:
        return await _ask(turn, {name: value for name, value in data.items() if name != "due"}, refused)
    return await _go_on(turn, {**data, "due": day.isoformat()})


def _refused(day: date, turn: Turn) -> Message | None:
    """Why a milestone cannot be due on this day."""
    if rules.due_in_past(day, turn.now):
        return DueInPastError().message
    return DueTooFarError().message if rules.due_too_far(day, turn.now) else None


async def _go_on(turn: Turn, data: Mapping[str, Any]) -> Screen:
    """Keep what was answered and ask what is still open."""
    await turn.draft(KIND, next_step(data), **data)
    return await _ask(turn, data)


async def _ask(turn: Turn, data: Mapping[str, Any], message: Message | None = None) -> Screen:
    """The question that is open."""
    spoken = turn.words
    client = await turn.services.agreements.get_client(turn.tx, turn.actor, str(data["client"]))
    step = next_step(data)
    if step == "phrase":
        return views.phrases_screen(spoken, client, 0)
    if step == "slot":
        return _ask_slot(spoken, client, PHRASES[data["phrase"]].slots[len(data["slots"])])
    title = _title(turn, data)
    if step == "due":
        before = "slot" if PHRASES[data["phrase"]].slots else "phrase"
        return views.due_screen(spoken, client, title, turn.now, before, message)
    if step == "offer":
        german = views.title_of(words(SOURCE), data["phrase"], data["slots"])
        found = fitting(turn, client, data["phrase"], german)
        return views.offers_screen(spoken, client, title, found)
    offer = await turn.services.offers.get(turn.tx, data["offer"]) if data["offer"] else None
    planned = _planned(turn, client, data)
    times = await turn.services.reminders.times_of(turn.tx, planned, turn.now)
    return views.preview_screen(spoken, client, planned, offer, mark(data), times)


def _ask_slot(spoken: Words, client: Client, slot: SlotKind) -> Screen:
    match slot:
        case SlotKind.PAPER:
            return views.papers_screen(spoken, client)
        case SlotKind.OFFICE:
            return views.offices_screen(spoken, client)
    return views.places_screen(spoken, client, places.load().names)


def _title(turn: Turn, data: Mapping[str, Any]) -> Markup:
    if "phrase" not in data:
        raise DialogueOverError
    return views.title_of(turn.words, data["phrase"], data["slots"])


def _planned(turn: Turn, client: Client, data: Mapping[str, Any]) -> Milestone:
    """The milestone as it would be, for the preview alone."""
    due = date.fromisoformat(data["due"])
    return Milestone(
        "",
        "",
        client.id,
        data["phrase"],
        data["slots"],
        data["offer"],
        due,
        MilestoneStatus.OPEN,
        turn.now,
        turn.now,
    )


async def _preview_move(turn: Turn, milestone_id: str, day: date) -> Screen:
    client, milestone = await _both(turn, milestone_id)
    refused = _refused(day, turn)
    if refused is not None:
        return views.move_screen(turn.words, client, milestone, turn.now, refused)
    moved = replace(milestone, due_on=day, status=MilestoneStatus.MOVED)
    times = await turn.services.reminders.times_of(turn.tx, moved, turn.now)
    return views.move_preview(turn.words, client, moved, times)


_TAP, _WORK = RouteKind.TAP, Permission.LIST_CLIENTS
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "ms.new", new, _WORK, "agree on a milestone: what", args=1),
    Route(_TAP, "ms.list", page, _WORK, "agree on a milestone: a page of the phrase book", args=1),
    Route(_TAP, "ms.phrase", choose_phrase, _WORK, "agree on a milestone: the phrase", args=1),
    Route(_TAP, "ms.paper", choose_paper, _WORK, "agree on a milestone: which paper", args=1),
    Route(_TAP, "ms.office", choose_office, _WORK, "agree on a milestone: which office", args=1),
    Route(_TAP, "ms.place", choose_place, _WORK, "agree on a milestone: which place", args=1),
    Route(_TAP, "ms.due", choose_due, _WORK, "agree on a milestone: until when", args=1),
    Route(_TAP, "ms.offer", choose_offer, _WORK, "agree on a milestone: which offer", args=1),
    Route(_TAP, "ms.back", back, _WORK, "agree on a milestone: one step back", args=1),
    Route(_TAP, "ms.save", save, _WORK, "agree on a milestone: as the preview says", args=1),
    Route(_TAP, "ms.cancel", cancel, _WORK, "stop agreeing on a milestone"),
    Route(_TAP, "ms.ok", confirm, _WORK, "a milestone is done", args=1),
    Route(_TAP, "ms.move", move, _WORK, "move a milestone: to which day", args=1),
    Route(_TAP, "ms.to", move_to, _WORK, "move a milestone: preview", args=2),
    Route(_TAP, "ms.move.yes", move_now, _WORK, "move a milestone to a day", args=2),
    Route(_TAP, "ms.drop", drop, _WORK, "ask whether to drop a milestone", args=1),
    Route(_TAP, "ms.drop.yes", drop_now, _WORK, "drop a milestone", args=1),
    Route(_TAP, "ms.push", push, _WORK, "preview of a reminder sent now", args=1),
    Route(_TAP, "ms.push.yes", push_now, _WORK, "remind of a milestone now", args=1),
    Route(_TAP, "ms", show, _WORK, "one milestone with its history", args=1),
)
DIALOGUES: Mapping[tuple[str, str], Callable[[Turn], Awaitable[Screens]]] = {
    (KIND, "due"): typed_due,
    (KIND, "offer"): typed_offer,
    (MOVE, "day"): typed_move,
}
