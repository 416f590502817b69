"""Use cases about meetings: entering them, coming or not, moving and cancelling dates, and what became of them."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Protocol

from db.engine import Transaction
from delivery.service import DeliveryService
from delivery.types import Kind, Outgoing, Push
from i18n.bidi import strip_controls
from offers import dates, places
from offers.meetings import calendar
from offers.meetings.errors import MeetingOverError, MeetingPeopleError, MeetingTimeError
from offers.meetings.repository import MeetingsRepository
from offers.meetings.types import Change, Held, Meeting, MeetingDate, NewMeeting, Seen
from people.accessor import Accessor
from people.errors import NotFoundError
from people.types import Actor, Permission

AHEAD = timedelta(days=400)
"""So far ahead may a first day or a moved date be."""
SHOWN = timedelta(days=92)
LOOKED_BACK = timedelta(days=28)
REMIND = timedelta(days=1)
ASK_AFTER, ASK_UNTIL = timedelta(hours=3), timedelta(days=7)
"""When a date began so long ago, whoever entered it is asked whether it took place; not for ever."""
MOST_PEOPLE = 500
LONGEST_LOCATION = 200


class GuestNews(Protocol):
    """What tells whoever comes that their date changed, in time for it also where they want no messages at that hour."""

    async def tell_guest(
        self,
        tx: Transaction,
        person_id: str,
        ref: str,
        now: datetime,
        *,
        not_after: datetime,
        in_time_for: datetime | None,
    ) -> None:
        """`ref` is the date; what has not left of earlier news about it is replaced."""


class MeetingsService:
    """Never commits: `tx` is the caller's unit of work. The bot and the desk may both stand before it."""

    def __init__(
        self,
        repository: MeetingsRepository,
        delivery: DeliveryService,
        news: GuestNews,
        *,
        new_id: Callable[[], str],
    ) -> None:
        self._repository = repository
        self._delivery = delivery
        self._news = news
        self._new_id = new_id
        self._accessor = Accessor()

    async def create(self, tx: Transaction, actor: Actor, new: NewMeeting, now: datetime) -> MeetingDate:
        """Enter a series; returns its first date. Raises MeetingTime-, NotAllowed-, NotFoundError."""
        self._accessor.require(actor, Permission.KEEP_MEETINGS)
        place = places.load().find(new.place)
        if place is None:
            raise NotFoundError
        _checked(new.first, new.opens_at, now)
        series = calendar.schedule(new.first, new.opens_at, new.rhythm)
        location = " ".join(strip_controls(new.location).split())[:LONGEST_LOCATION]
        meeting = Meeting(self._new_id(), new.kind, place.name, location, series, actor.id, now)
        await self._repository.add(tx, meeting)
        first = min(calendar.between(meeting, {}, new.first, new.first + AHEAD), key=_start, default=None)
        if first is None:
            raise MeetingTimeError
        return first

    async def coming(self, tx: Transaction, actor: Actor, now: datetime) -> list[Seen]:
        """Every date of the coming months that is not over, in order. Raises NotAllowedError."""
        self._accessor.require(actor, Permission.HELP_OTHERS)
        today = dates.today(now)
        found = [d for d in await self._between(tx, today, today + SHOWN) if d.starts_at > now]
        return await self._seen(tx, actor, sorted(found, key=_start))

    async def past(self, tx: Transaction, actor: Actor, now: datetime) -> list[Seen]:
        """The dates of the last weeks that are over and that the actor looks after, the newest first. Raises NotAllowedError."""
        self._accessor.require(actor, Permission.KEEP_MEETINGS)
        today = dates.today(now)
        over = [
            found
            for found in await self._between(tx, today - LOOKED_BACK, today)
            if found.starts_at <= now and not found.change.cancelled and self._keeps(actor, found.meeting)
        ]
        return await self._seen(tx, actor, sorted(over, key=_start, reverse=True))

    async def look(self, tx: Transaction, actor: Actor, meeting_id: str, day: date) -> Seen:
        """One date. Raises NotAllowed-, NotFoundError."""
        self._accessor.require(actor, Permission.HELP_OTHERS)
        found = await self._date(tx, meeting_id, day)
        guests = await self._repository.guests(tx, meeting_id, day)
        own = guests.get(actor.id)
        number = sum(coming for coming, _ in guests.values())
        return Seen(found, number, own[0] if own else None, self._keeps(actor, found.meeting))

    async def answer(
        self, tx: Transaction, actor: Actor, meeting_id: str, day: date, now: datetime, *, coming: bool
    ) -> Seen:
        """I'm coming, or I can't; the last tap counts. Raises MeetingOver-, NotAllowed-, NotFoundError."""
        seen = await self.look(tx, actor, meeting_id, day)
        if seen.date.change.cancelled or seen.date.starts_at <= now:
            raise MeetingOverError
        await self._repository.answer(tx, meeting_id, day, actor.id, now, coming=coming)
        return await self.look(tx, actor, meeting_id, day)

    async def cancel(self, tx: Transaction, actor: Actor, meeting_id: str, day: date, now: datetime) -> int:
        """The date does not take place; returns how many are told. Raises MeetingOver-, NotAllowed-, NotFoundError."""
        found = await self._to_change(tx, actor, meeting_id, day, now)
        await self._repository.change(tx, meeting_id, day, cancelled=True)
        return await self._tell(tx, found, await self._date(tx, meeting_id, day), actor, now)

    async def restore(self, tx: Transaction, actor: Actor, meeting_id: str, day: date, now: datetime) -> int:
        """The date takes place after all, as the series says it; returns how many are told. Raises MeetingOver-, NotAllowed-, NotFoundError."""
        found = await self._to_change(tx, actor, meeting_id, day, now)
        as_said = {"cancelled": False, "moved_to": None, "moved_opens_at": ""}
        await self._repository.change(tx, meeting_id, day, **as_said)
        return await self._tell(tx, found, await self._date(tx, meeting_id, day), actor, now)

    async def move(
        self,
        tx: Transaction,
        actor: Actor,
        meeting_id: str,
        day: date,
        to_day: date,
        opens_at: str,
        now: datetime,
    ) -> int:
        """The date takes place at another time (`HH:MM`); returns how many are told. Raises MeetingTime-, MeetingOver-, NotAllowed-, NotFoundError."""
        found = await self._to_change(tx, actor, meeting_id, day, now)
        _checked(to_day, opens_at, now)
        if abs(to_day - day) > calendar.ROOM:
            raise MeetingTimeError
        moved = {"moved_to": to_day, "moved_opens_at": opens_at, "cancelled": False}
        await self._repository.change(tx, meeting_id, day, **moved)
        return await self._tell(tx, found, await self._date(tx, meeting_id, day), actor, now)

    async def end(self, tx: Transaction, actor: Actor, meeting_id: str, now: datetime) -> int:
        """No date after today any more; who comes to one of them is told; returns how many. Raises NotAllowed-, NotFoundError."""
        meeting = await self._repository.meeting(tx, meeting_id)
        self._accessor.require(actor, Permission.KEEP_MEETINGS)
        if meeting is None or not self._keeps(actor, meeting):
            raise NotFoundError
        told = 0
        changes = (await self._repository.changes(tx, [meeting_id]))[meeting_id]
        moved = {day for day, change in changes.items() if change.moved_to is not None}
        for day in sorted(moved.union(await self._repository.days_with_guests(tx, meeting_id))):
            found = await self._date(tx, meeting_id, day)
            if (
                found.starts_at > now
                and not found.change.cancelled
                and found.starts_at.date() > dates.today(now)
            ):
                told += await self.cancel(tx, actor, meeting_id, day, now)
        await self._repository.end(tx, meeting_id, dates.today(now))
        return told

    async def report(
        self,
        tx: Transaction,
        actor: Actor,
        meeting_id: str,
        day: date,
        now: datetime,
        *,
        held: bool,
        people: int | None = None,
    ) -> Seen:
        """Whether the date took place and how many came; said again, the last counts. Raises MeetingOver-, MeetingPeople-, NotAllowed-, NotFoundError."""
        found = await self._kept(tx, actor, meeting_id, day)
        if found.starts_at > now:
            raise MeetingOverError
        if people is not None and not 0 <= people <= MOST_PEOPLE:
            raise MeetingPeopleError
        values = {"held": held, "people": people if held else None}
        await self._repository.change(tx, meeting_id, day, asked_at=found.change.asked_at or now, **values)
        return await self.look(tx, actor, meeting_id, day)

    async def meetings_held(self, tx: Transaction, first: date, last: date) -> list[Held]:
        """Every meeting that took place on a day from `first` to `last`, in order; who came stands nowhere, only how many.

        Whoever calls asks for rights themselves: to the public these are figures (goal 5.9).
        """
        found = [
            Held(meeting.kind, meeting.place, on, change.people)
            for meeting, change in await self._repository.held(tx)
            for on in (change.moved_to or change.day,)
            if first <= on <= last
        ]
        return sorted(found, key=lambda held: (held.on, held.place, held.kind))

    async def tick(self, tx: Transaction, now: datetime) -> int:
        """Remind who comes a day before, and ask once afterwards; returns how many pushes were queued."""
        today, queued = dates.today(now), 0
        for found in await self._between(tx, today - ASK_UNTIL, today + 2 * REMIND):
            if found.change.cancelled:
                continue
            if now < found.starts_at <= now + REMIND:
                queued += await self._remind(tx, found, now)
            elif now - ASK_UNTIL < found.starts_at <= now - ASK_AFTER:
                queued += await self._ask(tx, found, now)
        return queued

    async def _remind(self, tx: Transaction, found: MeetingDate, now: datetime) -> int:
        guests = await self._repository.guests(tx, found.meeting.id, found.day)
        # Whoever said so on the day before knows it.
        early = [p for p, (comes, at) in guests.items() if comes and at <= found.starts_at - REMIND]
        return await self._push(tx, found, early, "remind", now, not_after=found.starts_at)

    async def _ask(self, tx: Transaction, found: MeetingDate, now: datetime) -> int:
        change, keeper = found.change, found.meeting.created_by
        if change.held is not None or change.asked_at is not None or keeper is None:
            return 0
        await self._repository.change(tx, found.meeting.id, found.day, asked_at=now)
        return await self._push(tx, found, [keeper], "over", now)

    async def _tell(
        self, tx: Transaction, before: MeetingDate, after: MeetingDate, actor: Actor, now: datetime
    ) -> int:
        await self._delivery.cancel(tx, _key(after), "replaced", now)
        guests = await self._repository.guests(tx, after.meeting.id, after.day)
        comers = [p for p, (comes, _) in guests.items() if comes and p != actor.id]
        last = max(before.starts_at, after.starts_at)
        # Whoever does not hear of it by then goes there in vain, or is missed.
        coming = [d.starts_at for d in (before, after) if not d.change.cancelled and d.starts_at > now]
        for person in comers:
            await self._news.tell_guest(
                tx, person, _ref(after), now, not_after=last, in_time_for=min(coming, default=None)
            )
        return len(comers)

    async def _push(
        self,
        tx: Transaction,
        found: MeetingDate,
        people: Iterable[str],
        why: str,
        now: datetime,
        *,
        not_after: datetime | None = None,
    ) -> int:
        content = {"push": Push.MEETING.value, "ref": _ref(found)}
        when = f"{found.starts_at:%Y%m%d%H%M}"
        messages = [
            Outgoing(
                f"{_key(found)}{why}:{when}:{person}", person, Kind.PUSH, content, now, not_after=not_after
            )
            for person in people
        ]
        return len(await self._delivery.enqueue_many(tx, messages, now))

    async def _between(self, tx: Transaction, first: date, last: date) -> list[MeetingDate]:
        # A date that was moved later takes place after the last day of its series.
        running = await self._repository.running(tx, first - calendar.ROOM)
        changes = await self._repository.changes(tx, [meeting.id for meeting in running])
        return [d for m in running for d in calendar.between(m, changes[m.id], first, last)]

    async def _date(self, tx: Transaction, meeting_id: str, day: date) -> MeetingDate:
        meeting = await self._repository.meeting(tx, meeting_id)
        changes = await self._repository.changes(tx, [meeting_id])
        found = calendar.one(meeting, changes[meeting_id].get(day, Change(day))) if meeting else None
        if found is None:
            raise NotFoundError
        return found

    async def _kept(self, tx: Transaction, actor: Actor, meeting_id: str, day: date) -> MeetingDate:
        self._accessor.require(actor, Permission.KEEP_MEETINGS)
        found = await self._date(tx, meeting_id, day)
        if not self._keeps(actor, found.meeting):
            raise NotFoundError
        return found

    async def _to_change(
        self, tx: Transaction, actor: Actor, meeting_id: str, day: date, now: datetime
    ) -> MeetingDate:
        found = await self._kept(tx, actor, meeting_id, day)
        if max(found.planned_at, found.starts_at) <= now:
            raise MeetingOverError
        return found

    async def _seen(self, tx: Transaction, actor: Actor, found: list[MeetingDate]) -> list[Seen]:
        mine = await self._repository.coming_of(tx, actor.id)
        numbers = await self._repository.numbers(tx, {each.meeting.id for each in found})
        return [
            Seen(each, numbers.get(which, 0), which in mine or None, self._keeps(actor, each.meeting))
            for each in found
            for which in ((each.meeting.id, each.day),)
        ]

    def _keeps(self, actor: Actor, meeting: Meeting) -> bool:
        """Whoever entered it, while they keep meetings at all; coordinators look after those of all circles."""
        allowed = self._accessor.allowed(actor)
        mine = meeting.created_by == actor.id and Permission.KEEP_MEETINGS in allowed
        return mine or Permission.KEEP_CATALOGUE in allowed


def _start(found: MeetingDate) -> tuple[datetime, str]:
    return found.starts_at, found.meeting.id


def _key(found: MeetingDate) -> str:
    return f"meeting:{found.meeting.id}:{found.day:%Y%m%d}:"


def _ref(found: MeetingDate) -> str:
    return f"{found.meeting.id}.{found.day:%Y%m%d}"


def _checked(day: date, opens_at: str, now: datetime) -> None:
    """Raises MeetingTimeError for what is over, too far ahead, or no time of day."""
    today = dates.today(now)
    if not calendar.valid_clock(opens_at) or not today <= day <= today + AHEAD:
        raise MeetingTimeError
    if dates.at(day, opens_at) <= now:
        raise MeetingTimeError
