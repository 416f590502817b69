"""Entering a meeting, and moving one date of it: one question a screen, mostly answered by a tap, each with a way back."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from agreements import rules
from bot.dialogue import begin, current
from bot.handlers.volunteer import meetings
from bot.routes import Route, RouteKind
from bot.screens import Screen
from bot.tapped import tapped_day, tapped_place, tapped_time
from bot.turn import Screens, Turn
from bot.typed import parse_date, parse_time
from bot.views import meeting_entry as views
from i18n.messages import Message
from offers import cells
from offers.errors import CellError
from offers.meetings.service import LONGEST_LOCATION
from offers.meetings.types import MeetingKind, NewMeeting, Rhythm
from people.errors import NotFoundError
from people.types import Draft, Permission

KIND = "meeting"
_ENTERING = ("what", "place", "where", "day", "time", "rhythm")
_MOVING = ("day", "time")


async def new(turn: Turn) -> Screen:
    """Which kind of meeting?"""
    return await _go_on(turn, {})


async def move(turn: Turn, ref: str) -> Screen:
    """To which day does the date move?"""
    seen = await turn.services.circle.meetings.look(turn.tx, turn.actor, *meetings.read(ref))
    if not seen.keeper:
        raise NotFoundError
    return await _go_on(turn, {"ref": ref})


async def choose(turn: Turn, step: str, code: str) -> Screen:
    """An answer was tapped; a button of another step does nothing."""
    draft = current(turn, KIND)
    if draft.step != step:
        raise NotFoundError
    return await _fill(turn, step, _tapped(step, code))


async def typed(turn: Turn) -> Screen:
    """An answer was typed."""
    draft = current(turn, KIND)
    try:
        value = _written(turn, draft.step)
    except CellError:
        return _again(turn, draft, Message("helper.hidden_signs"))
    if value is None:
        return _again(turn, draft, Message("meeting.bad_time"))
    if len(value) > LONGEST_LOCATION:
        return _again(turn, draft, Message("import.too_long", {"limit": LONGEST_LOCATION}))
    return await _fill(turn, draft.step, value)


async def back(turn: Turn) -> Screen:
    """The question before this one, with its answer taken back."""
    data = dict(current(turn, KIND).data)
    answered = [step for step in _steps(data) if step in data]
    if answered:
        del data[answered[-1]]
    return await _go_on(turn, data)


async def save(turn: Turn) -> Screen:
    """Keep the series."""
    draft = current(turn, KIND)
    if draft.step != "check":
        raise NotFoundError
    found = await turn.services.circle.meetings.create(turn.tx, turn.actor, _new(draft.data), turn.now)
    await turn.end_draft(KIND)
    return await meetings.one(turn, meetings.ref_of(found))


async def stop(turn: Turn) -> Screen:
    """Out of the questions, with nothing kept."""
    await turn.end_draft(KIND)
    return await meetings.every(turn, "0")


async def _fill(turn: Turn, step: str, value: str) -> Screen:
    return await _go_on(turn, {**current(turn, KIND).data, step: value})


async def _go_on(turn: Turn, data: Mapping[str, Any]) -> Screen:
    step = next((step for step in _steps(data) if step not in data), "check")
    if step == "check" and "ref" in data:
        return await _moved(turn, data)
    await begin(turn, KIND, step, **data)
    series = _new(data) if step == "check" else None
    return views.step_screen(turn.words, step, data, rules.today(turn.now), series=series)


async def _moved(turn: Turn, data: Mapping[str, Any]) -> Screen:
    ref = str(data["ref"])
    await turn.services.circle.meetings.move(
        turn.tx, turn.actor, *meetings.read(ref), tapped_day(str(data["day"])), str(data["time"]), turn.now
    )
    await turn.end_draft(KIND)
    return await meetings.one(turn, ref)


def _steps(data: Mapping[str, Any]) -> tuple[str, ...]:
    return _MOVING if "ref" in data else _ENTERING


def _tapped(step: str, code: str) -> str:
    """What a button says. Raises NotFoundError."""
    match step:
        case "what" if code in set(MeetingKind):
            return code
        case "place":
            return tapped_place(code)
        case "where" if code == "none":
            return ""
        case "day":
            return tapped_day(code).isoformat()
        case "time":
            return f"{tapped_time(code):%H:%M}"
        case "rhythm" if code in set(Rhythm):
            return code
    raise NotFoundError


def _again(turn: Turn, draft: Draft, why: Message) -> Screen:
    return views.step_screen(turn.words, draft.step, draft.data, rules.today(turn.now), message=why)


def _written(turn: Turn, step: str) -> str | None:
    """What was typed, as it is kept; None for what cannot be read. Raises CellError."""
    if step == "where":
        return cells.typed(turn.text) or None
    if step == "day":
        day = parse_date(turn.text, rules.today(turn.now))
        return day.isoformat() if day else None
    clock = parse_time(turn.text)
    return f"{clock:%H:%M}" if clock else None


def _new(data: Mapping[str, Any]) -> NewMeeting:
    return NewMeeting(
        MeetingKind(data["what"]),
        str(data["place"]),
        str(data["where"]),
        tapped_day(str(data["day"])),
        str(data["time"]),
        Rhythm(data["rhythm"]),
    )


_TAP, _KEEP = RouteKind.TAP, Permission.KEEP_MEETINGS
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "mt.new", new, _KEEP, "enter a meeting: which kind"),
    Route(_TAP, "mt.move", move, _KEEP, "move one date of a meeting", args=1),
    Route(_TAP, "mt.set", choose, _KEEP, "enter a meeting: an answer by a tap", args=2),
    Route(_TAP, "mt.back", back, _KEEP, "enter a meeting: one question back"),
    Route(_TAP, "mt.save", save, _KEEP, "enter a meeting: keep it"),
    Route(_TAP, "mt.stop", stop, _KEEP, "stop entering a meeting"),
)
DIALOGUES: Mapping[tuple[str, str], Callable[[Turn], Awaitable[Screens]]] = {
    (KIND, step): typed for step in ("where", "day", "time")
}
