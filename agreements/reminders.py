"""The reminder engine: occurrences are planned as rows, queued when due, checked again before they leave, and followed to their end."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import groupby

from agreements import rules
from agreements.pushes import Push, Pushes
from agreements.repository import AgreementsRepository
from agreements.types import (
    Appointment,
    AppointmentStatus,
    Client,
    Milestone,
    OpenedReminder,
    Reminder,
    ReminderState,
    Subject,
)
from db.engine import Transaction
from delivery.service import DeliveryService
from delivery.types import Cancel, Go, OutboxItem, OutboxState, Postpone, Verdict
from people.service import PeopleService
from people.types import Actor, Ownership, Permission

State = ReminderState
WAITING = (State.PLANNED, State.QUEUED, State.HELD)
"""Reminders that nobody has seen yet."""
DELIVERED = (State.SENT, State.OPENED, State.ANSWERED)

_ENDS = {
    OutboxState.SENT: State.SENT,
    OutboxState.CANCELLED: State.CANCELLED,
    OutboxState.STALE: State.STALE,
    OutboxState.UNREACHABLE: State.UNREACHABLE,
    OutboxState.REJECTED: State.UNREACHABLE,
    OutboxState.UNKNOWN: State.UNKNOWN,
}


class Reminders:
    """Never commits: `tx` is the caller's unit of work. `recheck` and `outcome` are what delivery's worker asks and tells."""

    def __init__(
        self,
        repository: AgreementsRepository,
        delivery: DeliveryService,
        people: PeopleService,
        *,
        new_id: Callable[[], str],
    ) -> None:
        self._repository = repository
        self._pushes = Pushes(delivery, new_id=new_id)
        self._accessor = people.accessor
        self._new_id = new_id

    async def plan(
        self, tx: Transaction, subject: Milestone | Appointment, now: datetime, *, moved: bool = False
    ) -> tuple[datetime, ...]:
        """Write the occurrences that the subject needs now, cancel those it does not; returns the times still to come.

        What is due but has not left stays, unless the subject was `moved` away from under it.
        """
        rows = await self._repository.reminders(tx, subject_id=subject.id)
        wanted = _occurrences(subject, rows, now, moved=moved)
        missing = dict(wanted)
        for row in rows:
            stays = wanted.get(row.occurrence) == row.not_after
            if row.state in WAITING and not stays:
                await self._withdraw(tx, row, now)
            elif row.occurrence in wanted and row.state is not State.CANCELLED:
                del missing[row.occurrence]
        # A row that was cancelled, now or before, makes room: its id is used up as the key of a message.
        cancelled = await self._repository.reminders(tx, subject_id=subject.id, states=(State.CANCELLED,))
        for row in cancelled:
            if row.occurrence in missing:
                await self._repository.remove_reminder(tx, row.id)
        kind = Subject.MILESTONE if isinstance(subject, Milestone) else Subject.APPOINTMENT
        for occurrence, not_after in missing.items():
            await self._repository.add_reminder(
                tx,
                Reminder(
                    self._new_id(),
                    subject.client_id,
                    kind,
                    subject.id,
                    occurrence,
                    not_after,
                    False,
                    State.PLANNED,
                ),
            )
        return tuple(sorted(wanted))

    async def plan_all(self, tx: Transaction, client: Client, now: datetime) -> None:
        """Plan everything of a client anew, as after their yes to reminders."""
        for milestone in await self._repository.milestones(tx, [client.id]):
            await self.plan(tx, milestone, now)
        for appointment in await self._repository.appointments(tx, [client.id]):
            await self.plan(tx, appointment, now)

    async def tick(self, tx: Transaction, now: datetime, limit: int = 500) -> int:
        """Queue what is due within a minute, at most `limit` occurrences; returns how many were taken off the plan.

        Also follows messages that ended without `outcome` being told, because a process died or a person became unreachable.
        """
        for row, ended in await self._repository.settled(tx):
            await self._settle(tx, row, ended or OutboxState.UNKNOWN, now)
        await self._repository.finish_appointments(tx, now - rules.APPOINTMENT_OVER)
        due = await self._repository.reminders(
            tx, states=(State.PLANNED,), until=now + rules.LOOK_AHEAD, limit=limit
        )
        clients = await self._repository.clients_by_id(tx, {row.client_id for row in due})
        by_client = sorted(due, key=lambda row: (row.client_id, row.not_after, row.id))
        for client_id, rows in groupby(by_client, key=lambda row: row.client_id):
            await self._dispatch(tx, clients[client_id], rows, now)
        return len(due)

    async def push(
        self, tx: Transaction, client: Client, milestone: Milestone, now: datetime, *, urgent: bool
    ) -> Reminder:
        """Queue a reminder by hand, at once."""
        reminder = Reminder(
            self._new_id(),
            client.id,
            Subject.MILESTONE,
            milestone.id,
            now,
            rules.milestone_not_after(now),
            urgent,
            State.PLANNED,
        )
        await self._repository.add_reminder(tx, reminder)
        await self._queue(tx, client, reminder, now)
        return reminder

    async def recheck(self, tx: Transaction, item: OutboxItem, now: datetime) -> Verdict:
        """Whether a push of case work is still wanted; called right before it leaves."""
        ref = str(item.content.get("ref", ""))
        match item.content.get("push"):
            case Push.REMINDER:
                return await self._recheck_reminder(tx, item, ref, now)
            case Push.NEWS:
                return await self._recheck_news(tx, item, ref, now)
            case Push.ANSWER | Push.APPOINTMENT | Push.MILESTONE:
                client = await self._repository.client_of_person(tx, item.person_id)
                return Cancel("not_linked") if client is None else _in_waking_hours(item, now)
            case _:
                return _in_waking_hours(item, now)

    async def outcome(self, tx: Transaction, item: OutboxItem, state: OutboxState, now: datetime) -> None:
        """Follow what became of a push; what may not have arrived reaches the coordinator."""
        push = item.content.get("push")
        if push == Push.REMINDER:
            found = await self._repository.reminders(tx, id=str(item.content.get("ref", "")))
            for row in found:
                await self._settle(tx, row, state, now)
        elif (
            push in (Push.ANSWER, Push.APPOINTMENT, Push.MILESTONE) and _ENDS.get(state) in rules.UNDELIVERED
        ):
            client = await self._repository.client_of_person(tx, item.person_id)
            if client is not None:
                await self._pushes.tell_coordinator(tx, client, client.id, now)

    async def open(self, tx: Transaction, actor: Actor, reminder_id: str, now: datetime) -> OpenedReminder:
        """What a tapped reminder stands for, with all that was due beside it and is still open. Raises NotFoundError."""
        found = await self._repository.reminders(tx, id=reminder_id)
        client = await self._repository.client(tx, found[0].client_id) if found else None
        owner = Ownership(person_id=client.person_id if client else None)
        self._accessor.require(actor, Permission.OWN_RECORD, owner)
        rows = [*found, *await self._repository.reminders(tx, lead_id=reminder_id)]
        for row in rows:
            await self._repository.change_reminder(
                tx,
                row.id,
                only=(State.QUEUED, State.HELD, State.SENT, State.UNKNOWN, State.UNREACHABLE),
                state=State.OPENED,
                opened_at=now,
                sent_at=row.sent_at or now,
            )
        subjects = {row.subject_id: await self._subject(tx, row) for row in rows}
        live = [subject for subject in subjects.values() if subject and _wanted(subject, now)]
        return OpenedReminder(
            (await self._repository.reminders(tx, id=reminder_id))[0],
            tuple(subject for subject in live if isinstance(subject, Milestone)),
            tuple(subject for subject in live if isinstance(subject, Appointment)),
        )

    async def answered(self, tx: Transaction, subject_id: str, answer: str, now: datetime) -> None:
        """The person said something about the subject: reminders of it that were sent are answered."""
        seen = (State.SENT, State.OPENED, State.UNKNOWN)
        for row in await self._repository.reminders(tx, subject_id=subject_id, states=seen):
            await self._repository.change_reminder(
                tx, row.id, only=seen, state=State.ANSWERED, answered_at=now, answer=answer
            )

    async def detach(self, tx: Transaction, client: Client, now: datetime) -> None:
        """The chat behind a client goes: what has not left goes back to the plan, for the next one or the call list."""
        waiting = (State.QUEUED, State.HELD)
        for row in await self._repository.reminders(tx, client_id=client.id, states=waiting):
            await self._pushes.withdraw_reminder(tx, row, now)
            await self._repository.change_reminder(
                tx, row.id, only=waiting, id=self._new_id(), state=State.PLANNED, lead_id=None, outbox_id=None
            )

    async def _withdraw(self, tx: Transaction, row: Reminder, now: datetime) -> None:
        if row.state is State.QUEUED:
            await self._pushes.withdraw_reminder(tx, row, now)
            await self._release(tx, row)
        await self._repository.change_reminder(tx, row.id, only=WAITING, state=State.CANCELLED)

    async def _release(self, tx: Transaction, lead: Reminder) -> None:
        """What was to be shown by a message that will not come is due by itself again."""
        for row in await self._repository.reminders(tx, lead_id=lead.id, states=(State.HELD,)):
            await self._repository.change_reminder(
                tx, row.id, only=(State.HELD,), state=State.PLANNED, lead_id=None
            )

    async def _dispatch(
        self, tx: Transaction, client: Client, rows: Iterable[Reminder], now: datetime
    ) -> None:
        lead: Reminder | None = None
        for row in rows:
            end = _refusal(client, row, now)
            if end is not None:
                await self._repository.change_reminder(tx, row.id, only=(State.PLANNED,), state=end)
                if end is State.STALE:
                    await self._pushes.tell_coordinator(tx, client, row.id, now)
                continue
            shown_by = lead or await self._message_for(tx, row, now)
            if shown_by is None:
                lead = row if await self._queue(tx, client, row, now) else None
                continue
            await self._repository.change_reminder(
                tx, row.id, only=(State.PLANNED,), state=State.HELD, lead_id=shown_by.id
            )

    async def _message_for(self, tx: Transaction, row: Reminder, now: datetime) -> Reminder | None:
        """A reminder of the last hour whose message can show this one too, because nobody has opened it yet."""
        recent = await self._repository.reminders(
            tx, client_id=row.client_id, states=(State.QUEUED, State.SENT)
        )
        for other in recent:
            if now - (other.sent_at or other.occurrence) >= rules.TOGETHER:
                continue
            # The sound of a new message is what makes somebody leave for an appointment.
            shown = row.subject is Subject.MILESTONE
            if shown if other.state is State.SENT else other.not_after <= row.not_after:
                return other
        return None

    async def _queue(self, tx: Transaction, client: Client, row: Reminder, now: datetime) -> bool:
        taken = await self._repository.change_reminder(
            tx, row.id, only=(State.PLANNED,), state=State.QUEUED, lead_id=None
        )
        if not taken or client.person_id is None:
            return False
        outbox_id = await self._pushes.reminder(tx, row, client.person_id, now)
        await self._repository.change_reminder(tx, row.id, only=(State.QUEUED,), outbox_id=outbox_id)
        return True

    async def _recheck_reminder(
        self, tx: Transaction, item: OutboxItem, reminder_id: str, now: datetime
    ) -> Verdict:
        found = await self._repository.reminders(tx, id=reminder_id, states=(State.QUEUED,))
        if not found:
            return Cancel("not_waiting")
        client = await self._repository.client(tx, found[0].client_id)
        if client is None or client.person_id != item.person_id:
            return Cancel("not_linked")
        if not client.reminders or client.ended_at is not None:
            return Cancel("no_consent")
        subject = await self._subject(tx, found[0])
        if subject is None or not _wanted(subject, now):
            return Cancel("not_open")
        verdict = _in_waking_hours(item, now)
        if isinstance(verdict, Cancel):
            await self._settle(tx, found[0], OutboxState.STALE, now)
        return verdict

    async def _recheck_news(self, tx: Transaction, item: OutboxItem, ref: str, now: datetime) -> Verdict:
        request = await self._repository.request(tx, ref)
        if request is None:
            return _in_waking_hours(item, now)
        client = await self._repository.client(tx, request.client_id)
        if not request.open:
            return Cancel("answered")
        if client is None or client.coordinator_id != item.person_id:
            return Cancel("not_theirs")
        return _in_waking_hours(item, now)

    async def _settle(self, tx: Transaction, row: Reminder, ended: OutboxState, now: datetime) -> None:
        state = _ENDS.get(ended)
        client = await self._repository.client(tx, row.client_id)
        if state is None or client is None:
            return
        told = state in rules.UNDELIVERED
        if state is State.CANCELLED and not client.reachable:
            state = State.UNREACHABLE
        sent_at = now if state is State.SENT else None
        if not await self._repository.change_reminder(
            tx, row.id, only=(State.QUEUED,), state=state, sent_at=sent_at
        ):
            return
        if state in (State.CANCELLED, State.STALE):
            await self._release(tx, row)
        elif state is not State.SENT:
            for held in await self._repository.reminders(tx, lead_id=row.id, states=(State.HELD,)):
                await self._repository.change_reminder(tx, held.id, only=(State.HELD,), state=state)
        if told:
            await self._pushes.tell_coordinator(tx, client, row.id, now)

    async def _subject(self, tx: Transaction, row: Reminder) -> Milestone | Appointment | None:
        if row.subject is Subject.MILESTONE:
            return await self._repository.milestone(tx, row.subject_id)
        return await self._repository.appointment(tx, row.subject_id)


def _wanted(subject: Milestone | Appointment, now: datetime) -> bool:
    if isinstance(subject, Milestone):
        return subject.status in rules.ACTIVE
    return subject.status is AppointmentStatus.PLANNED and subject.starts_at > now


def _occurrences(
    subject: Milestone | Appointment, rows: Iterable[Reminder], now: datetime, *, moved: bool
) -> dict[datetime, datetime]:
    """When the subject is to be reminded of from now on, each with the time until which that makes sense."""
    if not _wanted(subject, now):
        return {}
    due = [row for row in rows if row.state in WAITING and row.occurrence <= now]
    if isinstance(subject, Appointment):
        waiting = [row.occurrence for row in due if not moved and row.not_after == subject.starts_at]
        times = (*waiting, *rules.appointment_times(subject.starts_at, now))
        return dict.fromkeys(times, subject.starts_at)
    waiting = [] if moved else [row.occurrence for row in due]
    told = bool(waiting) or any(
        row.state in DELIVERED and rules.today(row.sent_at or row.occurrence) == rules.today(now)
        for row in rows
    )
    times = (*waiting, *rules.milestone_times(subject.due_on, now, told_today=told))
    return {time: rules.milestone_not_after(time) for time in times}


def _refusal(client: Client, row: Reminder, now: datetime) -> ReminderState | None:
    """The state that ends an occurrence before it becomes a message, or None."""
    if client.ended_at is not None:
        return State.CANCELLED
    if not client.linked or not client.reachable:
        return State.UNREACHABLE
    if not client.reminders:
        return State.CANCELLED
    return State.STALE if now > row.not_after else None


def _in_waking_hours(item: OutboxItem, now: datetime) -> Verdict:
    if item.urgent or not rules.is_quiet(now):
        return Go()
    until = rules.after_quiet(now)
    if item.not_after is not None and until > item.not_after:
        return Cancel("too_late")
    return Postpone(until)
