"""Meetings of the helper circles: which there are, coming or not, and for whoever keeps them moving, cancelling and what became of them."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime

from bot.dialogue import begin, current
from bot.routes import Route, RouteKind
from bot.screens import Document, Screen
from bot.tapped import tapped_number
from bot.turn import Screens, Turn
from bot.typed import parse_number
from bot.views import meetings as views
from i18n.messages import Message
from offers.meetings import calendar
from offers.meetings.service import MOST_PEOPLE
from offers.meetings.types import MeetingDate, Seen
from people.errors import NotFoundError
from people.types import Permission

KIND = "people"
_MANY_PAGES = 1000


async def every(turn: Turn, page: str) -> Screen:
    """The dates that are coming."""
    wanted = tapped_number(page, _MANY_PAGES)
    found = await turn.services.circle.meetings.coming(turn.tx, turn.actor, turn.now)
    keeper = Permission.KEEP_MEETINGS in turn.services.people.accessor.allowed(turn.actor)
    unsaid = len(await _unsaid(turn)) if keeper else 0
    return views.list_screen(turn.words, found, wanted, keeper=keeper, unsaid=unsaid)


async def past(turn: Turn, page: str) -> Screen:
    """The dates of the last weeks of which nobody has said whether they took place."""
    wanted = tapped_number(page, _MANY_PAGES)
    found = await _unsaid(turn)
    return views.past_screen(turn.words, found, wanted) if found else await every(turn, "0")


async def _unsaid(turn: Turn) -> list[Seen]:
    found = await turn.services.circle.meetings.past(turn.tx, turn.actor, turn.now)
    return [seen for seen in found if seen.date.change.held is None]


async def one(turn: Turn, ref: str, *, told: int | None = None) -> Screen:
    """One date, as it stands now; `told` is how many were told of a change just made."""
    seen = await turn.services.circle.meetings.look(turn.tx, turn.actor, *read(ref))
    edit = turn.tapped_message is not None
    return views.date_screen(turn.words, seen, turn.now, told=told, edit=edit)


async def answer(turn: Turn, ref: str, said: str) -> Screen:
    """I'm coming, or I can't."""
    if said not in ("yes", "no"):
        raise NotFoundError
    seen = await turn.services.circle.meetings.answer(
        turn.tx, turn.actor, *read(ref), turn.now, coming=said == "yes"
    )
    return views.date_screen(turn.words, seen, turn.now, edit=True)


async def to_calendar(turn: Turn, ref: str) -> Screen:
    """The date as a file for the phone's calendar."""
    seen = await turn.services.circle.meetings.look(turn.tx, turn.actor, *read(ref))
    title = turn.words.plain("meeting.kind." + seen.date.meeting.kind.value)
    file = Document("lotse.ics", calendar.ics(seen.date, title, turn.now))
    return Screen(views.when(turn.words, seen.date), document=file)


async def cancel(turn: Turn, ref: str, state: str) -> Screen:
    """The date does not take place, or does after all; who comes is told."""
    if state not in ("off", "on"):
        raise NotFoundError
    meetings = turn.services.circle.meetings
    change = meetings.cancel if state == "off" else meetings.restore
    told = await change(turn.tx, turn.actor, *read(ref), turn.now)
    return await one(turn, ref, told=told)


async def ask_end(turn: Turn, ref: str) -> Screen:
    """Ask once before the series ends."""
    seen = await turn.services.circle.meetings.look(turn.tx, turn.actor, *read(ref))
    if not seen.keeper:
        raise NotFoundError
    return views.end_screen(turn.words, seen.date)


async def end(turn: Turn, ref: str) -> Screen:
    """No date after today; who comes to one is told."""
    meeting_id, _ = read(ref)
    await turn.services.circle.meetings.end(turn.tx, turn.actor, meeting_id, turn.now)
    return await every(turn, "0")


async def held(turn: Turn, ref: str, said: str) -> Screen:
    """Whether it took place; then how many came."""
    if said not in ("yes", "no"):
        raise NotFoundError
    seen = await turn.services.circle.meetings.report(
        turn.tx, turn.actor, *read(ref), turn.now, held=said == "yes"
    )
    if said == "no":
        return views.date_screen(turn.words, seen, turn.now, edit=True)
    await begin(turn, KIND, "number", ref=ref)
    return views.people_screen(turn.words, seen.date)


async def people(turn: Turn, ref: str, number: str) -> Screen:
    """How many came, by a button."""
    return await _came(turn, ref, tapped_number(number, MOST_PEOPLE + 1))


async def typed_people(turn: Turn) -> Screen:
    """How many came, typed."""
    ref = str(current(turn, KIND).data["ref"])
    number = parse_number(turn.text)
    if number is None or number > MOST_PEOPLE:
        seen = await turn.services.circle.meetings.look(turn.tx, turn.actor, *read(ref))
        return views.people_screen(turn.words, seen.date, Message("meeting.bad_number"))
    return await _came(turn, ref, number)


def ref_of(found: MeetingDate) -> str:
    """A date in a button or a push: `<meeting>.<day>`."""
    return views.ref(found)


def read(ref: str) -> tuple[str, date]:
    """Meeting and day. Raises NotFoundError for anything else."""
    meeting_id, _, stamp = ref.partition(".")
    try:
        day = datetime.strptime(stamp, "%Y%m%d").date()  # noqa: DTZ007 -- a day on the calendar has no time zone
    except ValueError:
        raise NotFoundError from None
    if not meeting_id or f"{day:%Y%m%d}" != stamp:
        raise NotFoundError
    return meeting_id, day


async def _came(turn: Turn, ref: str, number: int) -> Screen:
    meetings = turn.services.circle.meetings
    seen = await meetings.report(turn.tx, turn.actor, *read(ref), turn.now, held=True, people=number)
    await turn.end_draft(KIND)
    return views.date_screen(turn.words, seen, turn.now, edit=turn.tapped_message is not None)


_TAP, _HELP, _KEEP = RouteKind.TAP, Permission.HELP_OTHERS, Permission.KEEP_MEETINGS
ROUTES: tuple[Route, ...] = (
    Route(_TAP, "mt.list", every, _HELP, "the meetings that are coming", args=1),
    Route(_TAP, "mt.past", past, _KEEP, "past meetings of which nobody said whether they took place", args=1),
    Route(_TAP, "mt", one, _HELP, "one date of a meeting", args=1),
    Route(_TAP, "mt.come", answer, _HELP, "coming to a meeting or not", args=2),
    Route(_TAP, "mt.ics", to_calendar, _HELP, "a meeting as a calendar file", args=1),
    Route(_TAP, "mt.off", cancel, _KEEP, "a meeting does not take place, or does after all", args=2),
    Route(_TAP, "mt.end", ask_end, _KEEP, "ask whether a series of meetings ends", args=1),
    Route(_TAP, "mt.end.yes", end, _KEEP, "a series of meetings ends", args=1),
    Route(_TAP, "mt.was", held, _KEEP, "whether a meeting took place", args=2),
    Route(_TAP, "mt.were", people, _KEEP, "how many came to a meeting", args=2),
)
DIALOGUES: Mapping[tuple[str, str], Callable[[Turn], Awaitable[Screens]]] = {(KIND, "number"): typed_people}
