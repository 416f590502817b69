"""Meetings of the helper circles at the desk: which are coming, a new series, one date moved or cancelled, what became of those that are over."""

from datetime import date

from desk import sayings
from desk.errors import FieldMissingError
from desk.routes import DeskRoute
from desk.turn import Answer, Go, Page, Turn
from offers.meetings.service import MOST_PEOPLE
from offers.meetings.types import MeetingKind, NewMeeting, Rhythm
from people.errors import NotFoundError
from people.types import Permission as May

_BACK = "/meetings"


async def meetings(turn: Turn) -> Answer:
    """The dates that are coming; whoever keeps meetings also sees those that are over."""
    service, keeper = turn.services.circle.meetings, _keeps(turn)
    values = {
        "coming": await service.coming(turn.tx, turn.actor, turn.now),
        "past": await service.past(turn.tx, turn.actor, turn.now) if keeper else [],
        "keeper": keeper,
        "kinds": tuple(MeetingKind),
        "rhythms": tuple(Rhythm),
        "places": sayings.place_names(),
        "most": MOST_PEOPLE,
    }
    return Page("meetings.html", values)


async def create(turn: Turn) -> Answer:
    """Enter a series, or a single meeting."""
    first, kind, rhythm = turn.day("first"), turn.typed("kind"), turn.typed("rhythm")
    if first is None or kind not in set(MeetingKind) or rhythm not in set(Rhythm):
        raise FieldMissingError
    new = NewMeeting(
        MeetingKind(kind),
        turn.typed("place"),
        turn.typed("where"),
        first,
        turn.typed("clock"),
        Rhythm(rhythm),
    )
    await turn.services.circle.meetings.create(turn.tx, turn.actor, new, turn.now)
    return Go(_BACK, "meeting_added")


async def move(turn: Turn) -> Answer:
    """One date takes place at another time; who comes is told."""
    to_day = turn.day("day")
    if to_day is None:
        raise FieldMissingError
    await turn.services.circle.meetings.move(
        turn.tx, turn.actor, *_which(turn), to_day, turn.typed("clock"), turn.now
    )
    return Go(_BACK, "date_changed")


async def cancel(turn: Turn) -> Answer:
    """One date does not take place, or does after all; who comes is told."""
    meetings = turn.services.circle.meetings
    change = meetings.restore if turn.typed("do") == "restore" else meetings.cancel
    await change(turn.tx, turn.actor, *_which(turn), turn.now)
    return Go(_BACK, "date_changed")


async def end(turn: Turn) -> Answer:
    """No date of the series after today; who comes to one is told."""
    await turn.services.circle.meetings.end(turn.tx, turn.actor, turn.part("meeting_id"), turn.now)
    return Go(_BACK, "date_changed")


async def report(turn: Turn) -> Answer:
    """Whether a date took place, and how many came."""
    number, took_place = turn.number("people"), turn.typed("held") == "yes"
    people = number if took_place else None
    await turn.services.circle.meetings.report(
        turn.tx, turn.actor, *_which(turn), turn.now, held=took_place, people=people
    )
    return Go(_BACK, "note_added")


def _keeps(turn: Turn) -> bool:
    return May.KEEP_MEETINGS in turn.services.people.accessor.allowed(turn.actor)


def _which(turn: Turn) -> tuple[str, date]:
    """Meeting and day of the path. Raises NotFoundError for a day that is none."""
    try:
        return turn.part("meeting_id"), date.fromisoformat(turn.part("day"))
    except ValueError:
        raise NotFoundError from None


_MEETING, _KEEP = "/meetings/{meeting_id}", May.KEEP_MEETINGS
_DATE = _MEETING + "/{day}"
ROUTES = (
    DeskRoute("GET", "/meetings", meetings, May.HELP_OTHERS, "meetings of the helper circles"),
    DeskRoute("POST", "/meetings", create, _KEEP, "enter a meeting, or a series"),
    DeskRoute("POST", _DATE + "/move", move, _KEEP, "one date at another time"),
    DeskRoute("POST", _DATE + "/cancel", cancel, _KEEP, "one date does not take place, or does after all"),
    DeskRoute("POST", _DATE + "/report", report, _KEEP, "whether it took place and how many came"),
    DeskRoute("POST", _MEETING + "/end", end, _KEEP, "a series ends"),
)
