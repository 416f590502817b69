"""Appointments on the coordinator's phone: making and moving one step by step, one appointment, cancelling it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from markupsafe import Markup

from agreements import rules
from agreements.addresses import address_of
from agreements.errors import AppointmentInPastError, AppointmentOverError, AppointmentTooFarError
from agreements.series.rules import WEEKS
from agreements.types import Appointment, AppointmentStatus, Bring, Client
from bot.dialogue import DialogueOverError, begin, current, mark
from bot.handlers.coordinator import addresses, clients
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.tapped import tapped_day, tapped_number, tapped_time
from bot.turn import Screens, Turn
from bot.typed import parse_date, parse_time
from bot.views import coordinator_appointments as views
from i18n.messages import Message
from i18n.phrases import PHRASES, Category, of_category
from people.errors import NotFoundError
from people.types import Permission

KIND = "appointment"
_MAKING = ("phrase", "date", "time", "where", "ready")
_MOVING = ("date", "time")
_USUAL_MINUTES, _USUAL_TIMES = 60, 4


def next_step(data: Mapping[str, Any]) -> str:
    """The first question that is still open; preview when there is none. Moving asks for day and time alone."""
    return next((step for step in _steps(data) if step not in data), "preview")


async def new(turn: Turn, client_id: str) -> Screen:
    """Begin to make an appointment."""
    client = await turn.services.agreements.get_client(turn.tx, turn.actor, client_id)
    bring = [Bring.LOGBOOK.value]
    await begin(turn, KIND, "phrase", client=client.id, bring=bring, minutes=_USUAL_MINUTES)
    return views.phrases_screen(turn.words, client, 0)


async def page(turn: Turn, number: str) -> Screen:
    """Another page of the phrase book."""
    client = await _client(turn, current(turn, KIND).data)
    return views.phrases_screen(turn.words, client, tapped_number(number, len(PHRASES)))


async def choose_phrase(turn: Turn, phrase_id: str) -> Screen:
    """With whom."""
    if phrase_id not in {phrase.id for phrase in of_category(Category.APPOINTMENT)}:
        raise NotFoundError
    return await _fill(turn, "phrase", phrase_id)


async def choose_day(turn: Turn, day: str) -> Screen:
    """Which day, by a button."""
    return await _day(turn, tapped_day(day))


async def typed_day(turn: Turn) -> Screen:
    """Which day, typed."""
    day = parse_date(turn.text, rules.today(turn.now))
    if day is None:
        return await _ask(turn, current(turn, KIND).data, Message("date.not_understood"))
    return await _day(turn, day)


async def choose_time(turn: Turn, clock: str) -> Screen:
    """At what time, by a button."""
    return await _time(turn, tapped_time(clock))


async def typed_time(turn: Turn) -> Screen:
    """At what time, typed."""
    clock = parse_time(turn.text)
    if clock is None:
        return await _ask(turn, current(turn, KIND).data, Message("ap.time_not_understood"))
    return await _time(turn, clock)


async def choose_where(turn: Turn, offer_id: str) -> Screen:
    """Where: the address of an offer, or none."""
    chosen = None if offer_id == "none" else (await turn.services.offers.get(turn.tx, offer_id)).id
    return await _fill(turn, "where", chosen)


async def toggle(turn: Turn, thing: str) -> Screen:
    """Bring this along, or leave it."""
    data = current(turn, KIND).data
    if thing not in set(Bring) or "bring" not in data:
        raise NotFoundError
    chosen = {*data["bring"]} ^ {thing}
    return await _go_on(turn, {**data, "bring": [item.value for item in Bring if item.value in chosen]})


async def how_long(turn: Turn, minutes: str) -> Screen:
    """How long it is expected to take."""
    data = current(turn, KIND).data
    if minutes not in map(str, views.MINUTES) or "minutes" not in data:
        raise NotFoundError
    return await _go_on(turn, {**data, "minutes": int(minutes)})


async def every(turn: Turn, weeks: str) -> Screen:
    """Once, or every so many weeks."""
    data = current(turn, KIND).data
    if weeks not in map(str, (0, *WEEKS)) or next_step(data) != "preview" or "appointment" in data:
        raise NotFoundError
    return await _go_on(turn, {**data, "weeks": int(weeks)})


async def times(turn: Turn, number: str) -> Screen:
    """So many times."""
    data = current(turn, KIND).data
    if number not in map(str, views.MANY) or not data.get("weeks"):
        raise NotFoundError
    return await _go_on(turn, {**data, "times": int(number)})


async def ready(turn: Turn) -> Screen:
    """Everything to bring is chosen."""
    return await _fill(turn, "ready", True)


async def back(turn: Turn, step: str) -> Screen:
    """Back to a step; what came after it is asked anew."""
    data = current(turn, KIND).data
    steps = _steps(data)
    if step not in steps:
        raise NotFoundError
    gone = steps[steps.index(step) :]
    return await _go_on(turn, {name: value for name, value in data.items() if name not in gone})


async def stop(turn: Turn) -> Screen:
    """Out of the questions, back to the appointment or the client."""
    data = current(turn, KIND).data
    await turn.end_draft(KIND)
    if "appointment" in data:
        return await show(turn, str(data["appointment"]))
    return await clients.show(turn, str(data["client"]))


async def save(turn: Turn, shown: str) -> Screens:
    """Made or moved as the preview said; a preview that something newer replaced saves nothing."""
    data = current(turn, KIND).data
    if next_step(data) != "preview" or mark(data) != shown:
        raise DialogueOverError
    refused = _refused_time(turn, data)
    if refused is not None:
        return await _ask(turn, {name: value for name, value in data.items() if name != "time"}, refused)
    await _keep(turn, data)
    await turn.end_draft(KIND)
    client = await _client(turn, data)
    said = views.saved(turn.words, client, moved="appointment" in data)
    return [said, replace(await clients.show(turn, client.id), edit=False)]


async def show(turn: Turn, appointment_id: str) -> Screen:
    """One appointment, with the request about it that waits."""
    services = turn.services.agreements
    appointment = await services.appointment(turn.tx, turn.actor, appointment_id)
    file = await services.client_file(turn.tx, turn.actor, appointment.client_id)
    request = next((found for found in file.requests if found.subject_id == appointment.id), None)
    return views.page_screen(turn.words, file.client, appointment, request, turn.now)


async def brought(turn: Turn, appointment_id: str, thing: str) -> Screen:
    """The client brought this along, or not."""
    if thing not in set(Bring):
        raise NotFoundError
    services = turn.services.agreements
    await services.appointment(turn.tx, turn.actor, appointment_id)
    await services.tick_brought(turn.tx, turn.actor, appointment_id, Bring(thing), turn.now)
    return await show(turn, appointment_id)


async def move(turn: Turn, appointment_id: str) -> Screen:
    """Begin to move an appointment."""
    return await _move(turn, appointment_id)


async def move_all(turn: Turn, appointment_id: str) -> Screen:
    """Begin to move an appointment and all that follow it."""
    return await _move(turn, appointment_id, all=True)


async def _move(turn: Turn, appointment_id: str, **more: bool) -> Screen:
    appointment = await turn.services.agreements.appointment(turn.tx, turn.actor, appointment_id)
    if appointment.status in rules.ENDED:
        raise AppointmentOverError
    data = {"client": appointment.client_id, "appointment": appointment.id, **more}
    await begin(turn, KIND, "date", **data)
    return await _ask(turn, data)


async def cancel(turn: Turn, appointment_id: str) -> Screen:
    """Ask once before an appointment is cancelled."""
    services = turn.services.agreements
    appointment = await services.appointment(turn.tx, turn.actor, appointment_id)
    client = await services.get_client(turn.tx, turn.actor, appointment.client_id)
    return views.cancel_screen(turn.words, client, appointment)


async def cancel_now(turn: Turn, appointment_id: str) -> Screen:
    """It does not take place; the client is told."""
    await turn.services.agreements.cancel_appointment(turn.tx, turn.actor, appointment_id, turn.now)
    return await show(turn, appointment_id)


async def cancel_all(turn: Turn, appointment_id: str) -> Screen:
    """Ask once before it and all that follow are cancelled."""
    services = turn.services.agreements
    appointment = await services.appointment(turn.tx, turn.actor, appointment_id)
    client = await services.get_client(turn.tx, turn.actor, appointment.client_id)
    others = await turn.services.cases.series.following(turn.tx, turn.actor, appointment.id)
    return views.cancel_screen(turn.words, client, appointment, following=len(others))


async def cancel_all_now(turn: Turn, appointment_id: str) -> Screen:
    """It and all that follow do not take place."""
    await turn.services.cases.series.cancel_following(turn.tx, turn.actor, appointment_id, turn.now)
    return await show(turn, appointment_id)


def _steps(data: Mapping[str, Any]) -> tuple[str, ...]:
    return _MOVING if "appointment" in data else _MAKING


async def _client(turn: Turn, data: Mapping[str, Any]) -> Client:
    return await turn.services.agreements.get_client(turn.tx, turn.actor, str(data["client"]))


async def _day(turn: Turn, day: date) -> Screen:
    refused = _refused_day(turn, day)
    if refused is not None:
        return await _ask(turn, current(turn, KIND).data, refused)
    return await _fill(turn, "date", day.isoformat())


async def _time(turn: Turn, clock: time) -> Screen:
    data = current(turn, KIND).data
    chosen = {**data, "time": f"{clock:%H:%M}"}
    refused = _refused_time(turn, chosen) if next_step(data) == "time" else None
    return await (_ask(turn, data, refused) if refused else _fill(turn, "time", chosen["time"]))


async def _fill(turn: Turn, step: str, value: object) -> Screen:
    """Answer the open question; a button of another question asks what is open instead."""
    data = current(turn, KIND).data
    if next_step(data) != step:
        return await _ask(turn, data)
    return await _go_on(turn, {**data, step: value})


async def _go_on(turn: Turn, data: Mapping[str, Any]) -> Screen:
    await turn.draft(KIND, next_step(data), **data)
    return await _ask(turn, data)


async def _ask(turn: Turn, data: Mapping[str, Any], message: Message | None = None) -> Screen:
    """The question that is open, or the preview."""
    client, spoken, today = await _client(turn, data), turn.words, rules.today(turn.now)
    moved = "appointment" in data
    step = next_step(data)
    if step == "phrase":
        return views.phrases_screen(spoken, client, 0)
    if step == "preview":
        planned = await _planned(turn, data)
        series = None if moved else (int(data.get("weeks", 0)), int(data.get("times", _USUAL_TIMES)))
        back = _steps(data)[-1]
        times = await turn.services.reminders.times_of(turn.tx, planned, turn.now)
        return views.preview_screen(spoken, client, planned, mark(data), times, back=back, series=series)
    head = await _head(turn, client, data)
    if step == "date":
        return views.day_screen(spoken, head, today, first=moved, message=message)
    if step == "time":
        day = date.fromisoformat(data["date"])
        after = rules.local_time(turn.now).time() if day == today else None
        return views.time_screen(spoken, head, day, after, message)
    if step == "where":
        return views.where_screen(spoken, head, addresses.nearby(turn, client, data["phrase"]))
    return views.bring_screen(spoken, head, data["bring"], data["minutes"])


async def _head(turn: Turn, client: Client, data: Mapping[str, Any]) -> Markup:
    if "appointment" not in data:
        return views.heading(turn.words, client, data["phrase"])
    found = await turn.services.agreements.appointment(turn.tx, turn.actor, data["appointment"])
    return views.moving(turn.words, client, found)


def _local(data: Mapping[str, Any]) -> datetime:
    """The wall time that was chosen."""
    return datetime.combine(date.fromisoformat(data["date"]), time.fromisoformat(data["time"]))


def _refused_day(turn: Turn, day: date) -> Message | None:
    if rules.due_in_past(day, turn.now):
        return AppointmentInPastError().message
    latest = rules.today(turn.now) + rules.APPOINTMENT_AHEAD
    return AppointmentTooFarError().message if day >= latest else None


def _refused_time(turn: Turn, data: Mapping[str, Any]) -> Message | None:
    return AppointmentInPastError().message if rules.at_berlin(_local(data)) <= turn.now else None


async def _where(turn: Turn, data: Mapping[str, Any]) -> tuple[str, str]:
    if data["where"] is None:
        return "", ""
    return address_of(await turn.services.offers.get(turn.tx, data["where"]))


async def _planned(turn: Turn, data: Mapping[str, Any]) -> Appointment:
    """The appointment as it would be, for the preview alone."""
    local = _local(data)
    starts_at = rules.at_berlin(local)
    if "appointment" in data:
        found = await turn.services.agreements.appointment(turn.tx, turn.actor, data["appointment"])
        return replace(found, local=local, starts_at=starts_at, status=AppointmentStatus.PLANNED)
    place, house = await _where(turn, data)
    return Appointment(
        id="",
        client_id=str(data["client"]),
        phrase=data["phrase"],
        place=place,
        where=house,
        local=local,
        time_zone=rules.BERLIN.key,
        starts_at=starts_at,
        minutes=data["minutes"],
        bring=tuple(Bring(thing) for thing in data["bring"]),
        status=AppointmentStatus.PLANNED,
        created_at=turn.now,
        updated_at=turn.now,
    )


async def _keep(turn: Turn, data: Mapping[str, Any]) -> None:
    services = turn.services.agreements
    tx, actor, now, series = turn.tx, turn.actor, turn.now, turn.services.cases.series
    if "appointment" in data:
        move = series.move_following if data.get("all") else services.move_appointment
        await move(tx, actor, data["appointment"], _local(data), now)
        return
    place, house = await _where(turn, data)
    client, phrase, minutes = str(data["client"]), data["phrase"], data["minutes"]
    what = (client, phrase, place, house, _local(data), minutes, data["bring"])
    if data.get("weeks"):
        await series.add(tx, actor, *what, data["weeks"], int(data.get("times", _USUAL_TIMES)), now)
    else:
        await services.add_appointment(tx, actor, *what, now)


_TAP, _WORK = RouteKind.TAP, Permission.LIST_CLIENTS
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "ap.new", new, _WORK, "make an appointment: with whom", args=1),
    Route(_TAP, "ap.list", page, _WORK, "make an appointment: a page of the phrase book", args=1),
    Route(_TAP, "ap.phrase", choose_phrase, _WORK, "make an appointment: the phrase", args=1),
    Route(_TAP, "ap.date", choose_day, _WORK, "make or move an appointment: which day", args=1),
    Route(_TAP, "ap.time", choose_time, _WORK, "make or move an appointment: at what time", args=1),
    Route(_TAP, "ap.where", choose_where, _WORK, "make an appointment: which address", args=1),
    Route(_TAP, "ap.bring", toggle, _WORK, "make an appointment: bring something or not", args=1),
    Route(_TAP, "ap.long", how_long, _WORK, "make an appointment: how long", args=1),
    Route(_TAP, "ap.every", every, _WORK, "make an appointment: every how many weeks", args=1),
    Route(_TAP, "ap.times", times, _WORK, "make an appointment: how many times", args=1),
    Route(_TAP, "ap.brought", brought, _WORK, "what was brought along to an appointment", args=2),
    Route(_TAP, "ap.move.all", move_all, _WORK, "move an appointment and all that follow", args=1),
    Route(_TAP, "ap.cancel.all", cancel_all, _WORK, "ask whether to cancel all that follow", args=1),
    Route(_TAP, "ap.cancel.all.yes", cancel_all_now, _WORK, "cancel it and all that follow", args=1),
    Route(_TAP, "ap.ready", ready, _WORK, "make an appointment: preview"),
    Route(_TAP, "ap.back", back, _WORK, "make or move an appointment: one step back", args=1),
    Route(_TAP, "ap.save", save, _WORK, "make or move an appointment as the preview says", args=1),
    Route(_TAP, "ap.stop", stop, _WORK, "stop making or moving an appointment"),
    Route(_TAP, "ap.move", move, _WORK, "move an appointment: to which day", args=1),
    Route(_TAP, "ap.cancel", cancel, _WORK, "ask whether to cancel an appointment", args=1),
    Route(_TAP, "ap.cancel.yes", cancel_now, _WORK, "cancel an appointment", args=1),
    Route(_TAP, "ap", show, _WORK, "one appointment", args=1),
)
DIALOGUES: Mapping[tuple[str, str], Callable[[Turn], Awaitable[Screens]]] = {
    (KIND, "date"): typed_day,
    (KIND, "time"): typed_time,
}
