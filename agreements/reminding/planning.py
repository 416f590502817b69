"""What the reminder engine decides, as pure functions: which occurrences there are, and what becomes of those that are due."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agreements import rules
from agreements.reminding.types import Case
from agreements.types import Appointment, AppointmentStatus, Milestone, Reminder, Subject
from agreements.types import ReminderState as State
from delivery.types import Cancel, Go, OutboxItem, Postpone, Verdict
from people.house.types import House

WAITING = (State.PLANNED, State.QUEUED, State.HELD)
"""Reminders that nobody has seen yet."""
DELIVERED = (State.SENT, State.OPENED, State.ANSWERED)


@dataclass(frozen=True)
class Plan:
    """What becomes of reminders that are due: messages of their own, shown by the message of another (its id), or an end."""

    queued: list[Reminder] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)
    ended: dict[State, list[Reminder]] = field(default_factory=dict)


def planned(
    due: Sequence[Reminder], cases: Mapping[str, Case], under_way: Iterable[Reminder], now: datetime
) -> Plan:
    """One message for each client, for the reminder that is needed first; the others are shown by it.

    `under_way` are the reminders of these clients whose messages have left or are about to.
    """
    plan = Plan()
    leads: dict[str, Reminder] = {}
    messages: dict[str, list[Reminder]] = {}
    for row in under_way:
        # What is shown by another has no message that could show a third.
        if row.lead_id is not None:
            continue
        messages.setdefault(row.client_id, []).append(row)
    for row in sorted(due, key=lambda row: (row.client_id, row.not_after, row.id)):
        end = _refusal(cases[row.client_id], row, now)
        if end is not None:
            plan.ended.setdefault(end, []).append(row)
            continue
        shown_by = leads.get(row.client_id) or _message_for(row, messages.get(row.client_id, ()), now)
        if shown_by is None:
            leads[row.client_id] = row
            plan.queued.append(row)
        else:
            plan.held[row.id] = shown_by.id
    return plan


def is_wanted(subject: Milestone | Appointment, now: datetime) -> bool:
    """Whether there is still something to remind of."""
    if isinstance(subject, Milestone):
        return subject.status in rules.ACTIVE
    return subject.status is AppointmentStatus.PLANNED and subject.starts_at > now


def occurrences(
    subject: Milestone | Appointment,
    rows: Sequence[Reminder],
    now: datetime,
    *,
    moved: bool,
    quiet: rules.QuietTimes,
    wishes: Mapping[tuple[str, str], str],
    usual: House = rules.USUAL,
) -> dict[datetime, datetime]:
    """When the subject is to be reminded of from now on, each with the time until which that makes sense.

    `usual` is how long before, where nobody wishes for something else.
    """
    if not is_wanted(subject, now):
        return {}
    due = [row for row in rows if row.state in WAITING and row.occurrence <= now]
    if isinstance(subject, Appointment):
        before = _offsets(wishes, Subject.APPOINTMENT, subject.id, usual.appointment_offsets)
        waiting = [row.occurrence for row in due if not moved and row.not_after == subject.starts_at]
        times = (*waiting, *rules.appointment_times(subject.starts_at, now, offsets=before, quiet=quiet))
        if not times and before and not moved and _would_lose_its_last(rows, subject.starts_at):
            times = rules.last_call(subject.starts_at, now, quiet)
        return dict.fromkeys(times, subject.starts_at)
    before = _offsets(wishes, Subject.MILESTONE, subject.id, usual.milestone_offsets)
    waiting = [] if moved else [row.occurrence for row in due]
    told = bool(waiting) or any(
        row.state in DELIVERED and rules.today(row.sent_at or row.occurrence) == rules.today(now)
        for row in rows
    )
    coming = rules.milestone_times(subject.due_on, now, offsets=before, quiet=quiet, told_today=told)
    return {time: rules.milestone_not_after(time) for time in (*waiting, *coming)}


def waking(item: OutboxItem, now: datetime, quiet: rules.QuietTimes) -> Verdict:
    """Whether a push may leave now, or when the quiet times are over."""
    if item.urgent or not rules.is_quiet(now, quiet):
        return Go()
    until = rules.after_quiet(now, quiet)
    if item.not_after is not None and until > item.not_after:
        return Cancel("too_late", stale=True)
    return Postpone(until)


def _would_lose_its_last(rows: Sequence[Reminder], starts_at: datetime) -> bool:
    """Whether an appointment was to be reminded of and has not been."""
    states = {row.state for row in rows if row.not_after == starts_at}
    return not states.isdisjoint(WAITING) and states.isdisjoint(DELIVERED)


def _offsets(
    wishes: Mapping[tuple[str, str], str], subject: Subject, subject_id: str, usual: tuple[timedelta, ...]
) -> tuple[timedelta, ...]:
    for key in ((subject.value, subject_id), (subject.value, "")):
        if key in wishes:
            return rules.offsets(wishes[key], usual)
    return usual


def _refusal(case: Case, row: Reminder, now: datetime) -> State | None:
    """The state that ends an occurrence before it becomes a message, or None."""
    if case.ended:
        return State.CANCELLED
    if case.person_id is None or not case.reachable:
        return State.UNREACHABLE
    if not case.reminders:
        return State.CANCELLED
    return State.STALE if now > row.not_after else None


def _message_for(row: Reminder, messages: Iterable[Reminder], now: datetime) -> Reminder | None:
    """A reminder of the last hour whose message can show this one too, because nobody has opened it yet."""
    for other in messages:
        if now - (other.sent_at or other.occurrence) >= rules.TOGETHER:
            continue
        # The sound of a new message is what makes somebody leave for an appointment.
        shown = row.subject is Subject.MILESTONE
        if shown if other.state is State.SENT else other.not_after <= row.not_after:
            return other
    return None
