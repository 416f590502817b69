"""When reminders go out, what may follow what in a milestone's life, and what input is accepted: pure functions.

Local times are naive wall times in Europe/Berlin; points in time are aware and in UTC.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from agreements.errors import (
    ClientNotLinkedError,
    ClientPausedError,
    ClientRemindersOffError,
    ClientUnreachableError,
)
from agreements.types import (
    Appointment,
    AppointmentStatus,
    Client,
    ClientLine,
    Reminder,
    ReminderState,
    RequestKind,
    Subject,
)
from agreements.types import MilestoneStatus as Status
from i18n import dates as spoken
from people.errors import DomainError
from people.house import rules as house_rules
from people.house.types import House

BERLIN = spoken.BERLIN

USUAL = House()
MILESTONE_OFFSETS, APPOINTMENT_OFFSETS = USUAL.milestone_offsets, USUAL.appointment_offsets
MILESTONE_AT = time(9)
MILESTONE_LATEST = timedelta(hours=48)
APPOINTMENT_EVENING = time(18)
(QUIET_FROM, QUIET_UNTIL), BEFORE_QUIET = USUAL.night, timedelta(hours=1)
_SUNDAY = 6
_MINUTE = timedelta(minutes=1)
PUSHES_A_DAY = 2
"""More is not read: what is not urgent waits for the next day."""
REPEAT_AFTER = timedelta(days=1)
"""When a reminder that nobody answered is repeated, once; after as long again it stands in the coordinator's list."""
MERGE_WITHIN = timedelta(hours=3)
TOGETHER = timedelta(hours=1)
"""Reminders of one person that fall due within this time become one message."""
PUSH_AGAIN_AFTER = timedelta(hours=1)
SET_OFF = timedelta(hours=1)
"""So long before something begins somebody must know of it, to get there."""
LOOK_AHEAD = timedelta(minutes=1)
APPOINTMENT_OVER = timedelta(hours=12)
UNANSWERED_AFTER = timedelta(days=1)
UNDELIVERED_FOR = timedelta(days=14)

MILESTONE_AHEAD = timedelta(days=3 * 366)
LONG_PAST = timedelta(days=3 * 366)
APPOINTMENT_AHEAD = timedelta(days=2 * 366)
MINUTES = range(5, 12 * 60 + 1)
WHERE_LENGTH = 200
PLACE_LENGTH = 60

ACTIVE = frozenset({Status.OPEN, Status.MOVED, Status.NEEDS_TIME, Status.NEEDS_HELP})
"""Milestones that are still to be done: reminders go out for these alone."""
FINAL = frozenset({Status.CONFIRMED, Status.DROPPED})
ENDED = frozenset({AppointmentStatus.CANCELLED, AppointmentStatus.DONE})
"""Appointments that took place or will not."""
BY_CLIENT = frozenset({Status.REPORTED_DONE, Status.NEEDS_TIME, Status.NEEDS_HELP})

CALLS = frozenset({RequestKind.HELP, RequestKind.TALK})
"""Requests of somebody who waits for a human."""
UNDELIVERED = frozenset({ReminderState.STALE, ReminderState.UNKNOWN, ReminderState.UNREACHABLE})
"""Reminders of which the coordinator must know that they may not have arrived."""
TO_LOOK_AT = UNDELIVERED | {ReminderState.SENT, ReminderState.OPENED}
"""Reminders that may wait for an answer or never arrived."""
ON_THEIR_WAY = frozenset(
    {
        ReminderState.QUEUED,
        ReminderState.HELD,
        ReminderState.SENT,
        ReminderState.OPENED,
        ReminderState.ANSWERED,
    }
)

_ONWARD = frozenset(Status) - {Status.OPEN}
TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    # A step may be repeated: moved again, more time again, help for another reason.
    **dict.fromkeys(frozenset(Status) - FINAL, _ONWARD),
    **dict.fromkeys(FINAL, frozenset()),
}

_DIRECTIONS = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)))
_CASE_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9./-]{2,19}")


def case_number(text: str) -> str | None:
    """The case number in its one spelling (upper case, no space around), or None when it is none."""
    found = text.strip().upper()
    return found if _CASE_NUMBER.fullmatch(found) else None


def clean_line(text: str) -> str:
    """One line without control and direction characters, which could turn around or break what stands beside it."""
    kept = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text)
    kept = "".join(char for char in kept if unicodedata.category(char) != "Cs" and char not in _DIRECTIONS)
    return " ".join(unicodedata.normalize("NFC", kept).split())


def before_the_end(steps: Sequence[Status]) -> Status | None:
    """How a milestone stood before its last step ended it, None where it did not; `steps` in order."""
    return next((step for step in reversed(steps[:-1]) if step not in FINAL), None)


def may_follow(before: Status, after: Status) -> bool:
    """Whether a milestone may go from one state to the other."""
    return after in TRANSITIONS[before]


def at_berlin(local: datetime) -> datetime:
    """The point in time of a wall time; in the hour that is skipped the clock has gone on, of the doubled hour the first counts."""
    return local.replace(tzinfo=BERLIN, fold=0).astimezone(UTC)


def local_time(moment: datetime) -> datetime:
    """The wall time of a point in time."""
    return moment.astimezone(BERLIN).replace(tzinfo=None, fold=0)


def unreached(client: Client) -> type[DomainError] | None:
    """Why a client gets nothing by chat, None when they do."""
    reasons: tuple[tuple[bool, type[DomainError]], ...] = (
        (not client.linked, ClientNotLinkedError),
        (client.paused, ClientPausedError),
        (not client.reachable, ClientUnreachableError),
    )
    return next((error for stands, error in reasons if stands), None)


def not_reminded(client: Client) -> type[DomainError] | None:
    """The same where nothing comes either that is like a reminder, which a client can turn off."""
    if client.linked and not client.reminders:
        return ClientRemindersOffError
    return unreached(client)


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months on, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def today(now: datetime) -> date:
    """The date in Berlin."""
    return now.astimezone(BERLIN).date()


@dataclass(frozen=True)
class QuietTimes:
    """When nothing but the urgent is sent: at night, and, where somebody wants it, on Sundays and at hours of their own."""

    sundays: bool = False
    own: tuple[time, time] | None = None
    night: tuple[time, time] = (QUIET_FROM, QUIET_UNTIL)


NIGHT = QuietTimes()


def night_of(house: House) -> QuietTimes:
    """The quiet times of somebody who wants none of their own."""
    return QuietTimes(night=house.night)


@lru_cache(maxsize=256)
def quiet_times(code: str, night: tuple[time, time] = NIGHT.night) -> QuietTimes:
    """Quiet times as they are stored: `su` for Sundays, `2000-1000` for hours, both apart by a space; raises ValueError.

    Hours of one's own must leave two hours of every day to be told something; where another night leaves less, they are left out.
    """
    own: tuple[time, time] | None = None
    for part in code.split():
        if part == "su":
            continue
        start, dash, end = part.partition("-")
        if not dash or own is not None:
            raise ValueError(code)
        own = time(int(start[:2]), int(start[2:])), time(int(end[:2]), int(end[2:]))
    if own is not None and not _leaves_room(QuietTimes(own=own)):
        raise ValueError(code)
    found = QuietTimes("su" in code.split(), own, night)
    return found if _leaves_room(found) else QuietTimes(found.sundays, None, night)


def _leaves_room(quiet: QuietTimes) -> bool:
    day = [datetime.combine(date(2027, 1, 4), time(hour)) for hour in range(24)]
    return sum(_span(moment, quiet) is None for moment in day) >= 2


def is_quiet(moment: datetime, quiet: QuietTimes = NIGHT) -> bool:
    """Whether nothing but the urgent is sent now."""
    return _span(local_time(moment), quiet) is not None


def before_quiet(moment: datetime, quiet: QuietTimes = NIGHT) -> datetime:
    """The point in time itself, or an hour before the quiet times that it falls into: 20:00 of the evening before a night."""
    local = local_time(moment)
    if _span(local, quiet) is None:
        return moment.astimezone(UTC)
    while (span := _span(local, quiet)) is not None:
        local = span[0]
        while (earlier := _span(local - _MINUTE, quiet)) is not None:
            local = earlier[0]
        local -= BEFORE_QUIET
    return at_berlin(local)


def after_quiet(moment: datetime, quiet: QuietTimes = NIGHT) -> datetime:
    """The point in time itself, or the end of the quiet times that it falls into: 8:00 after a night."""
    local = local_time(moment)
    if _span(local, quiet) is None:
        return moment.astimezone(UTC)
    while (span := _span(local, quiet)) is not None:
        local = span[1]
    return at_berlin(local)


def next_day(now: datetime, quiet: QuietTimes = NIGHT) -> datetime:
    """When the next day's pushes begin."""
    return after_quiet(at_berlin(datetime.combine(today(now) + timedelta(days=1), quiet.night[1])), quiet)


def day_began(now: datetime) -> datetime:
    """The midnight in Berlin before this point in time."""
    return at_berlin(datetime.combine(today(now), time()))


def _span(local: datetime, quiet: QuietTimes) -> tuple[datetime, datetime] | None:
    """The quiet time of one kind, from and until, that a wall time falls into."""
    for day in (local.date() - timedelta(days=1), local.date()):
        for start, end in (quiet.night, *((quiet.own,) if quiet.own else ())):
            over = timedelta(days=1) if end <= start else timedelta()
            begins, ends = datetime.combine(day, start), datetime.combine(day + over, end)
            if begins <= local < ends:
                return begins, ends
    if quiet.sundays and local.weekday() == _SUNDAY:
        midnight = datetime.combine(local.date(), time())
        return midnight, midnight + timedelta(days=1)
    return None


def reminder_times(
    wanted: Iterable[datetime], now: datetime, quiet: QuietTimes = NIGHT
) -> tuple[datetime, ...]:
    """When reminders wanted at these points in time go out, in order and in UTC.

    What falls into quiet times moves before them; what would then be past is left out; what had to move merges with
    another that goes out at most three hours before it or at the same time.
    """
    moved: set[datetime] = set()
    kept: set[datetime] = set()
    for moment in wanted:
        at = before_quiet(moment, quiet)
        if at > now:
            (kept if at == moment else moved).add(at)
    alone = {
        at
        for at in moved
        if not any(other < at <= other + MERGE_WITHIN for other in kept | moved) and at not in kept
    }
    return tuple(sorted(kept | alone))


def offsets(code: str, usual: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
    """How long before to remind, as it is stored: `14d 3d 0d`, `1d 2h`; empty is `usual`, `-` never. Raises ValueError."""
    if not code:
        return usual
    return house_rules.offsets(code)


def milestone_times(
    due_on: date,
    now: datetime,
    *,
    offsets: Iterable[timedelta] = MILESTONE_OFFSETS,
    quiet: QuietTimes = NIGHT,
    told_today: bool = False,
) -> tuple[datetime, ...]:
    """When to remind of a milestone: 14, 3 and 0 days before at 9:00, unless other offsets are wished for.

    One whose day is today or tomorrow is told at least once, as soon as allowed, before the day is over;
    `told_today` says that this has happened. Whoever wants no offset at all is not told.
    """
    days = [due_on - offset for offset in offsets]
    found = reminder_times([at_berlin(datetime.combine(day, MILESTONE_AT)) for day in days], now, quiet)
    soon = timedelta() <= due_on - today(now) <= timedelta(days=1)
    if found or told_today or not soon or not days:
        return found
    first = after_quiet(now, quiet)
    return (first,) if today(first) <= due_on else ()


def appointment_times(
    starts_at: datetime,
    now: datetime,
    *,
    offsets: Iterable[timedelta] = APPOINTMENT_OFFSETS,
    quiet: QuietTimes = NIGHT,
) -> tuple[datetime, ...]:
    """When to remind of an appointment: at 18:00 of the day before and two hours before, unless other offsets are wished for.

    Offsets of whole days are told at 18:00, the others so long before the appointment; never when it has begun.
    """
    wanted = [
        starts_at - offset
        if offset < timedelta(days=1)
        else at_berlin(datetime.combine(today(starts_at) - offset, APPOINTMENT_EVENING))
        for offset in offsets
    ]
    return tuple(moment for moment in reminder_times(wanted, now, quiet) if moment < starts_at)


def last_call(starts_at: datetime, now: datetime, quiet: QuietTimes = NIGHT) -> tuple[datetime, ...]:
    """When to remind of an appointment that would not be reminded of otherwise: as soon as allowed.

    Where that leaves less than an hour to get there, hours and Sundays of one's own give way before the night does.
    """
    for allowed in (quiet, QuietTimes(night=quiet.night)):
        first = after_quiet(now, allowed)
        if first <= starts_at - SET_OFF:
            return (first,)
    return (first,) if first < starts_at else ()


def may_tick(appointment: Appointment, now: datetime) -> bool:
    """Whether it can be said what was brought along: once an appointment has begun that took place."""
    return appointment.starts_at <= now and appointment.status is not AppointmentStatus.CANCELLED


def is_coming(appointment: Appointment, now: datetime) -> bool:
    """Whether an appointment is still to take place."""
    return appointment.starts_at > now and appointment.status is not AppointmentStatus.CANCELLED


def milestone_not_after(occurrence: datetime) -> datetime:
    """Until when a milestone's reminder still makes sense."""
    return occurrence + MILESTONE_LATEST


def due_in_past(due_on: date, now: datetime) -> bool:
    """Whether the day is over already."""
    return due_on < today(now)


def due_too_far(due_on: date, now: datetime) -> bool:
    """Whether the day is more than three years ahead."""
    return due_on - today(now) > MILESTONE_AHEAD


def long_past(day: date, now: datetime) -> bool:
    """Whether the day is more than three years ago."""
    return today(now) - day > LONG_PAST


def reminded_lately(reminder: Reminder, now: datetime) -> bool:
    """Whether a reminder that is on its way or has left keeps the same milestone from being pushed by hand once more."""
    if reminder.state in (ReminderState.QUEUED, ReminderState.HELD):
        return True
    return now < (reminder.sent_at or reminder.occurrence) + PUSH_AGAIN_AFTER


def worst_first(line: ClientLine) -> tuple[bool, bool, bool, bool, date]:
    """The sort key of the coordinator's list: calls for help, overdue, unanswered, other requests, then by what is due next."""
    return (
        not line.calls,
        not line.overdue,
        not line.unanswered,
        not line.open_requests,
        line.next_due or date.max,
    )


def unanswered(reminder: Reminder, now: datetime) -> bool:
    """Whether a reminder was sent so long ago that an answer could be there."""
    sent = reminder.sent_at if reminder.state in (ReminderState.SENT, ReminderState.OPENED) else None
    # The first one is repeated before the coordinator hears of it.
    repeated = timedelta() if reminder.again or reminder.subject is Subject.APPOINTMENT else REPEAT_AFTER
    return sent is not None and now - sent > UNANSWERED_AFTER + repeated


def lost_lately(reminder: Reminder, now: datetime) -> bool:
    """Whether a reminder of the last two weeks may not have arrived."""
    return reminder.state in UNDELIVERED and now - reminder.occurrence < UNDELIVERED_FOR
