"""What waits for a coordinator and how urgent it is: pure functions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from agreements import rules
from agreements.day.types import DayLine, LineKind
from agreements.files.rules import EDUCATION_WARNING_DAYS, education_due_on
from agreements.files.types import Record
from agreements.goals.rules import ERASURE
from agreements.goals.types import Task
from agreements.types import (
    Appointment,
    AppointmentStatus,
    Client,
    Milestone,
    MilestoneStatus,
    Reminder,
    Request,
    RequestKind,
)

DIGEST_AT, DIGEST_FROM, DIGEST_UNTIL = time(8), time(7, 30), time(12)
DUE_AHEAD = timedelta(days=3)
CALL_AHEAD = timedelta(days=7)
STALE_FOR_DEPUTIES = 2
WEEKS = range(1, 53)
_RANK = {kind: rank for rank, kind in enumerate(LineKind)}
_SPOKEN = "coordinator"
"""The appointment that counts as having spoken."""


@dataclass(frozen=True)
class Situation:
    """Everything about one client that a day is made of; of milestones, what is due within `CALL_AHEAD`, waits for an answer or is reported as done."""

    client: Client
    record: Record
    milestones: Iterable[Milestone] = ()
    appointments: Iterable[Appointment] = ()
    requests: Iterable[Request] = ()
    reminders: Iterable[Reminder] = ()
    tasks: Iterable[Task] = ()
    last_contact: date | None = None
    waits: Mapping[str, int] = field(default_factory=dict)
    """For how many working days each request has waited."""


def lines(of: Situation, now: datetime, silent_weeks: int) -> Iterator[DayLine]:
    """All that waits for one client's coordinator; of a case that is only stored what the law asks for alone."""
    today = rules.today(now)
    yield from _of_duties(of, today)
    if of.client.restricted_at is not None:
        return
    yield from _of_requests(of)
    yield from _to_settle(of, now)
    yield from _of_milestones(of, today, now)
    for task in of.tasks:
        if task.phrase != ERASURE and task.done_on is None and task.due_on <= today + DUE_AHEAD:
            yield DayLine(LineKind.TASK, of.client, task.due_on, task.id, about=task)
    yield from _call_list(of, today, now)
    education = education_due_on(of.record)
    if education is not None and education <= today + timedelta(days=EDUCATION_WARNING_DAYS):
        yield DayLine(LineKind.EDUCATION, of.client, education)
    spoken = _last_spoken(of, today)
    if today - spoken >= timedelta(weeks=silent_weeks):
        yield DayLine(LineKind.SILENT, of.client, spoken)


def worst_first(line: DayLine) -> tuple[bool, bool, bool, int, date, str]:
    """The sort key: where the law's deadline is there, then what lies for two working days, then for one, then by kind and day."""
    stale = line.stale or 0
    return (
        not line.late,
        stale < STALE_FOR_DEPUTIES,
        stale < 1,
        _RANK[line.kind],
        line.on,
        line.client.case_number,
    )


def unanswered(reminders: Iterable[Reminder], now: datetime) -> set[str]:
    """What somebody was reminded of so long ago that an answer could be there, by its id."""
    return {row.subject_id for row in reminders if rules.unanswered(row, now)}


def for_deputies(line: DayLine) -> bool:
    """Whether it has waited so long that deputies see it although the coordinator is there."""
    return line.late or (line.stale or 0) >= STALE_FOR_DEPUTIES


def _of_duties(of: Situation, today: date) -> Iterator[DayLine]:
    """What the law sets a day for takes time, and is there from the first day on; on that day it must not wait any longer."""
    for task in of.tasks:
        if task.phrase == ERASURE and task.done_on is None:
            late = task.due_on <= today
            yield DayLine(LineKind.ERASURE, of.client, task.due_on, task.id, about=task, late=late)


def _of_requests(of: Situation) -> Iterator[DayLine]:
    for request in of.requests:
        on = rules.today(request.created_at)
        yield DayLine(_kind(request), of.client, on, request.id, of.waits.get(request.id, 0))


def _to_settle(of: Situation, now: datetime) -> Iterator[DayLine]:
    """Said to be done and not confirmed, cannot come and neither moved nor cancelled: of neither is anybody reminded."""
    asked = {request.subject_id for request in of.requests}
    done = (m for m in of.milestones if m.status is MilestoneStatus.REPORTED_DONE)
    off = (
        appointment
        for appointment in of.appointments
        if appointment.status is AppointmentStatus.CANCEL_REQUESTED and appointment.starts_at > now
    )
    things: list[Milestone | Appointment] = [*done, *off]
    for thing in things:
        if thing.id not in asked:
            yield DayLine(LineKind.SETTLE, of.client, rules.today(thing.updated_at), thing.id, about=thing)


def _kind(request: Request) -> LineKind:
    if request.kind in rules.CALLS:
        return LineKind.CALL
    return LineKind.WISH if request.kind is RequestKind.WISH else LineKind.REQUEST


def _of_milestones(of: Situation, today: date, now: datetime) -> Iterator[DayLine]:
    waiting = unanswered(of.reminders, now)
    for milestone in of.milestones:
        if milestone.status not in rules.ACTIVE:
            continue
        if milestone.due_on < today:
            yield DayLine(LineKind.OVERDUE, of.client, milestone.due_on, milestone.id, about=milestone)
        elif milestone.id in waiting:
            yield DayLine(LineKind.UNANSWERED, of.client, milestone.due_on, milestone.id, about=milestone)
        elif milestone.due_on <= today + DUE_AHEAD:
            yield DayLine(LineKind.DUE, of.client, milestone.due_on, milestone.id, about=milestone)


def _call_list(of: Situation, today: date, now: datetime) -> Iterator[DayLine]:
    """Who is not reached by chat is called before what comes next: one line with the first thing that nobody told them yet."""
    lost = any(rules.lost_lately(row, now) for row in of.reminders)
    if of.client.linked and of.client.reachable and not lost:
        return
    things: list[tuple[date, Milestone | Appointment]] = [
        *((m.due_on, m) for m in of.milestones if m.status in rules.ACTIVE),
        *((a.local.date(), a) for a in of.appointments if a.status is AppointmentStatus.PLANNED),
    ]
    coming = [
        (day, thing)
        for day, thing in things
        if today <= day <= today + CALL_AHEAD and not _told(of.last_contact, day, thing)
    ]
    if coming:
        day, thing = min(coming, key=lambda found: (found[0], found[1].id))
        yield DayLine(LineKind.CALL_LIST, of.client, day, thing.id, about=thing)


def _told(last_contact: date | None, day: date, thing: Milestone | Appointment) -> bool:
    """Whether they were spoken to since it stands as it does, and not so long before that it is forgotten."""
    if last_contact is None:
        return False
    return last_contact >= max(day - CALL_AHEAD, rules.today(thing.updated_at))


def _last_spoken(of: Situation, today: date) -> date:
    met = [
        a.local.date()
        for a in of.appointments
        if a.phrase == _SPOKEN and a.status is AppointmentStatus.DONE and a.local.date() <= today
    ]
    return max([rules.today(of.client.created_at), *met, *([of.last_contact] if of.last_contact else [])])
