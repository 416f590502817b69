"""When reminders go out, what may follow what in a milestone's life, and what input is accepted: pure functions.

Local times are naive wall times in Europe/Berlin; points in time are aware and in UTC.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agreements.types import ClientLine, Reminder, ReminderState, RequestKind
from agreements.types import MilestoneStatus as Status

BERLIN = ZoneInfo("Europe/Berlin")

MILESTONE_OFFSETS = (14, 3, 0)
MILESTONE_AT = time(9)
MILESTONE_LATEST = timedelta(hours=48)
APPOINTMENT_EVENING = time(18)
APPOINTMENT_BEFORE = timedelta(hours=2)
QUIET_FROM, QUIET_UNTIL, BEFORE_QUIET = time(21), time(8), time(20)
MERGE_WITHIN = timedelta(hours=3)
TOGETHER = timedelta(hours=1)
"""Reminders of one person that fall due within this time become one message."""
PUSH_AGAIN_AFTER = timedelta(hours=1)
LOOK_AHEAD = timedelta(minutes=1)
APPOINTMENT_OVER = timedelta(hours=12)
UNANSWERED_AFTER = timedelta(days=1)
UNDELIVERED_FOR = timedelta(days=14)

MILESTONE_AHEAD = timedelta(days=3 * 366)
APPOINTMENT_AHEAD = timedelta(days=2 * 366)
MINUTES = range(5, 12 * 60 + 1)
WHERE_LENGTH = 200
PLACE_LENGTH = 60

ACTIVE = frozenset({Status.OPEN, Status.MOVED, Status.NEEDS_TIME, Status.NEEDS_HELP})
"""Milestones that are still to be done: reminders go out for these alone."""
FINAL = frozenset({Status.CONFIRMED, Status.DROPPED})
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


def may_follow(before: Status, after: Status) -> bool:
    """Whether a milestone may go from one state to the other."""
    return after in TRANSITIONS[before]


def at_berlin(local: datetime) -> datetime:
    """The point in time of a wall time; in the hour that is skipped the clock has gone on, of the doubled hour the first counts."""
    return local.replace(tzinfo=BERLIN, fold=0).astimezone(UTC)


def local_time(moment: datetime) -> datetime:
    """The wall time of a point in time."""
    return moment.astimezone(BERLIN).replace(tzinfo=None, fold=0)


def today(now: datetime) -> date:
    """The date in Berlin."""
    return now.astimezone(BERLIN).date()


def is_quiet(moment: datetime) -> bool:
    """Whether people sleep: nothing but the urgent is sent between 21:00 and 8:00."""
    clock = moment.astimezone(BERLIN).time()
    return clock >= QUIET_FROM or clock < QUIET_UNTIL


def before_quiet(moment: datetime) -> datetime:
    """The point in time itself, or 20:00 of the evening before it when it falls into the quiet hours."""
    local = moment.astimezone(BERLIN)
    if not is_quiet(moment):
        return moment.astimezone(UTC)
    evening = local.date() if local.time() >= QUIET_FROM else local.date() - timedelta(days=1)
    return at_berlin(datetime.combine(evening, BEFORE_QUIET))


def after_quiet(moment: datetime) -> datetime:
    """The point in time itself, or 8:00 when the quiet hours are over."""
    local = moment.astimezone(BERLIN)
    if not is_quiet(moment):
        return moment.astimezone(UTC)
    morning = local.date() + timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
    return at_berlin(datetime.combine(morning, QUIET_UNTIL))


def reminder_times(wanted: Iterable[datetime], now: datetime) -> tuple[datetime, ...]:
    """When reminders wanted at these points in time go out, in order and in UTC.

    What falls into quiet hours moves before them; what would then be past is left out; what had to move merges with
    another that goes out at most three hours before it or at the same time.
    """
    moved: set[datetime] = set()
    kept: set[datetime] = set()
    for moment in wanted:
        at = before_quiet(moment)
        if at > now:
            (kept if at == moment else moved).add(at)
    alone = {
        at
        for at in moved
        if not any(other < at <= other + MERGE_WITHIN for other in kept | moved) and at not in kept
    }
    return tuple(sorted(kept | alone))


def milestone_times(
    due_on: date,
    now: datetime,
    *,
    offsets: Iterable[int] = MILESTONE_OFFSETS,
    told_today: bool = False,
) -> tuple[datetime, ...]:
    """When to remind of a milestone: 14, 3 and 0 days before at 9:00.

    One whose day is today or tomorrow is told at least once, as soon as allowed, before the day is over;
    `told_today` says that this has happened.
    """
    days = [due_on - timedelta(days=offset) for offset in offsets]
    found = reminder_times([at_berlin(datetime.combine(day, MILESTONE_AT)) for day in days], now)
    soon = timedelta() <= due_on - today(now) <= timedelta(days=1)
    if found or told_today or not soon:
        return found
    first = after_quiet(now)
    return (first,) if today(first) <= due_on else ()


def appointment_times(starts_at: datetime, now: datetime) -> tuple[datetime, ...]:
    """When to remind of an appointment: the day before at 18:00 and two hours before."""
    evening = datetime.combine(today(starts_at) - timedelta(days=1), APPOINTMENT_EVENING)
    return reminder_times([at_berlin(evening), starts_at - APPOINTMENT_BEFORE], now)


def milestone_not_after(occurrence: datetime) -> datetime:
    """Until when a milestone's reminder still makes sense."""
    return occurrence + MILESTONE_LATEST


def due_in_past(due_on: date, now: datetime) -> bool:
    """Whether the day is over already."""
    return due_on < today(now)


def due_too_far(due_on: date, now: datetime) -> bool:
    """Whether the day is more than three years ahead."""
    return due_on - today(now) > MILESTONE_AHEAD


def push_again_at(sent: datetime) -> datetime:
    """From when the same milestone may be pushed by hand once more."""
    return sent + PUSH_AGAIN_AFTER


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
    return sent is not None and now - sent > UNANSWERED_AFTER


def lost_lately(reminder: Reminder, now: datetime) -> bool:
    """Whether a reminder of the last two weeks may not have arrived."""
    return reminder.state in UNDELIVERED and now - reminder.occurrence < UNDELIVERED_FOR
