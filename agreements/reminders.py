"""The reminder engine: occurrences are planned as rows, queued when due, checked again before they leave, and followed to their end."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from agreements import rules
from agreements.access import CaseAccess
from agreements.pushes import REMINDERS, Pushes
from agreements.reminding.planning import WAITING, Plan, is_wanted, occurrences, planned
from agreements.reminding.rationing import Rationing
from agreements.reminding.rechecking import Rechecking
from agreements.reminding.repository import RemindingRepository
from agreements.reminding.types import Case
from agreements.repository import AgreementsRepository
from agreements.types import (
    Appointment,
    Client,
    Milestone,
    OpenedReminder,
    Reminder,
    ReminderState,
    Subject,
)
from db.engine import Transaction
from delivery.service import DeliveryService
from delivery.types import OutboxItem, OutboxState, Push, Verdict
from people.audit.types import Part
from people.service import PeopleService
from people.types import Actor

State = ReminderState
_NEWS_FOR_CLIENTS = (
    Push.ANSWER,
    Push.APPOINTMENT,
    Push.MILESTONE,
    Push.AGREEMENT,
    Push.SUGGESTION,
    Push.CONSENT,
)
_SEEN = (State.SENT, State.OPENED, State.UNKNOWN)
_REPEATED_WITHIN = timedelta(days=14)

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
        self._many = RemindingRepository(people.house)
        self._rationing = Rationing(self._many, people.house)
        self._pushes = Pushes(delivery, people.house, new_id=new_id)
        self._rechecking = Rechecking(repository, self._many, self._rationing, self._pushes)
        self._access = CaseAccess(repository, people)
        self._house = people.house
        self._new_id = new_id

    async def plan(
        self, tx: Transaction, subject: Milestone | Appointment, now: datetime, *, moved: bool = False
    ) -> tuple[datetime, ...]:
        """Write the occurrences that the subject needs now, cancel those it does not; returns the times still to come.

        What is due but has not left stays, unless the subject was `moved` away from under it.
        """
        rows = await self._repository.reminders(tx, subject_id=subject.id)
        case = (await self._many.cases(tx, [subject.client_id]))[subject.client_id]
        wanted = await self._wanted(tx, subject, rows, case, now, moved=moved)
        missing = dict(wanted)
        for row in rows:
            stays = wanted.get(row.occurrence) == row.not_after
            if (
                row.state in WAITING
                and not stays
                and not (row.again and not moved and is_wanted(subject, now))
            ):
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
                    self._new_id(), subject.client_id, kind, subject.id, occurrence, not_after,
                    # At a quiet time only what would come too late after it.
                    rules.is_quiet(occurrence, case.quiet), State.PLANNED,
                ),
            )  # fmt: skip
        return tuple(sorted(wanted))

    async def times_of(
        self, tx: Transaction, subject: Milestone | Appointment, now: datetime
    ) -> tuple[datetime, ...]:
        """When `plan` would remind of a subject that is about to be agreed on, or moved to where it is now. Only reads."""
        rows = await self._repository.reminders(tx, subject_id=subject.id)
        case = (await self._many.cases(tx, [subject.client_id]))[subject.client_id]
        return tuple(sorted(await self._wanted(tx, subject, rows, case, now, moved=True)))

    async def plan_all(self, tx: Transaction, client: Client, now: datetime) -> None:
        """Plan everything of a client anew, as after their yes to reminders."""
        for milestone in await self._repository.milestones(tx, [client.id]):
            await self.plan(tx, milestone, now)
        for appointment in await self._repository.appointments(tx, [client.id]):
            await self.plan(tx, appointment, now)

    async def anything_to_do(self, tx: Transaction, now: datetime) -> bool:
        """Whether `tick` would find something. Only reads."""
        return await self._many.anything(tx, now + rules.LOOK_AHEAD)

    async def finish_appointments(self, tx: Transaction, now: datetime) -> int:
        """Appointments that are over by now are done; returns how many."""
        return await self._many.finish_appointments(tx, now - rules.APPOINTMENT_OVER)

    async def due_clients(self, tx: Transaction, now: datetime) -> list[str]:
        """The clients of whom `tick` would find something, for each of whom it can be asked apart. Only reads."""
        return await self._many.due_clients(tx, now + rules.LOOK_AHEAD)

    async def tick(
        self, tx: Transaction, now: datetime, limit: int = 200, *, client_id: str | None = None
    ) -> int:
        """Queue what is due within a minute, at most `limit` occurrences, of one client or all; returns how many were taken off the plan.

        Also follows messages that ended without `outcome` being told, because a process died or a person became unreachable.
        """
        whose = {} if client_id is None else {"client_id": client_id}
        for row, ended in await self._many.settled(tx, client_id):
            await self._settle(tx, row, ended or OutboxState.UNKNOWN, now)
        due = await self._repository.reminders(
            tx, states=(State.PLANNED,), until=now + rules.LOOK_AHEAD, limit=limit, **whose
        )
        if due:
            client_ids = {row.client_id for row in due}
            cases = await self._many.cases(tx, client_ids)
            under_way = await self._many.under_way(tx, client_ids, now + rules.TOGETHER)
            await self._carry_out(tx, planned(due, cases, under_way, now), cases, now)
        return len(due)

    async def repeat(self, tx: Transaction, now: datetime, limit: int = 200) -> int:
        """Plan the one friendly repeat of reminders that nobody answered for a day; returns how many. Never at quiet times."""
        found = await self._many.to_repeat(tx, now - _REPEATED_WITHIN, now - rules.REPEAT_AFTER, limit)
        cases = await self._many.cases(tx, {row.client_id for row in found})
        again = [row for row in found if not rules.is_quiet(now, cases[row.client_id].quiet)]
        for row in again:
            not_after = rules.milestone_not_after(now)
            await self._repository.add_reminder(
                tx,
                Reminder(
                    self._new_id(), row.client_id, row.subject, row.subject_id, now, not_after, False,
                    State.PLANNED, again=True,
                ),
            )  # fmt: skip
        return len(again)

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
        cases = await self._many.cases(tx, [client.id])
        await self._queue(tx, [reminder], cases, now)
        return reminder

    async def push_leaves_at(
        self, tx: Transaction, milestone: Milestone, now: datetime, *, urgent: bool
    ) -> datetime:
        """When a reminder by hand leaves: after the quiet times, and where the person was told enough today, tomorrow."""
        if urgent:
            return now
        case = (await self._many.cases(tx, [milestone.client_id]))[milestone.client_id]
        return await self._rationing.leaves_at(tx, case, milestone.due_on, now)

    async def recheck(
        self, tx: Transaction, items: Sequence[OutboxItem], now: datetime
    ) -> dict[str, Verdict]:
        """Whether pushes are still wanted, by their ids; called right before they leave."""
        return await self._rechecking.verdicts(tx, items, now)

    async def outcome(
        self, tx: Transaction, ended: Sequence[tuple[OutboxItem, OutboxState]], now: datetime
    ) -> None:
        """Follow what became of pushes; what may not have arrived reaches the coordinator."""
        sent = [
            str(item.content.get("ref", ""))
            for item, state in ended
            if state is OutboxState.SENT and item.content.get("push") in REMINDERS
        ]
        if sent:
            await self._many.change_many(tx, sent, only=State.QUEUED, state=State.SENT, sent_at=now)
            await self._many.follow(tx, sent, now)
        for item, state in ended:
            push = item.content.get("push")
            if push in REMINDERS and state is not OutboxState.SENT:
                for row in await self._repository.reminders(tx, id=str(item.content.get("ref", ""))):
                    await self._settle(tx, row, state, now)
            elif push in _NEWS_FOR_CLIENTS and _ENDS.get(state) in rules.UNDELIVERED:
                client = await self._repository.client(tx, str(item.content.get("case", "")))
                if client is not None and client.person_id == item.person_id:
                    await self._pushes.tell_coordinator(tx, client, client.id, now)

    async def open(self, tx: Transaction, actor: Actor, reminder_id: str, now: datetime) -> OpenedReminder:
        """What a tapped reminder stands for, with all that was due beside it and is still open. Raises NotFoundError."""
        found = await self._repository.reminders(tx, id=reminder_id)
        await self._access.theirs(tx, actor, found[0].client_id if found else None, Part.AGREEMENT)
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
        live = [subject for subject in subjects.values() if subject and is_wanted(subject, now)]
        return OpenedReminder(
            (await self._repository.reminders(tx, id=reminder_id))[0],
            tuple(subject for subject in live if isinstance(subject, Milestone)),
            tuple(subject for subject in live if isinstance(subject, Appointment)),
        )

    async def answered(self, tx: Transaction, subject_id: str, answer: str, now: datetime) -> None:
        """The person said something about the subject: reminders of it that were sent are answered, and no repeat leaves any more."""
        for row in await self._repository.reminders(tx, subject_id=subject_id, states=WAITING):
            if row.again:
                await self._withdraw(tx, row, now)
        for row in await self._repository.reminders(tx, subject_id=subject_id, states=_SEEN):
            await self._repository.change_reminder(
                tx, row.id, only=_SEEN, state=State.ANSWERED, answered_at=now, answer=answer
            )

    async def detach(self, tx: Transaction, client: Client, now: datetime) -> None:
        """The chat behind a client goes: what has not left goes back to the plan, for the next one or the call list."""
        waiting = (State.QUEUED, State.HELD)
        for row in await self._repository.reminders(tx, client_id=client.id, states=waiting):
            await self._pushes.withdraw_reminder(tx, row, now)
            await self._repository.change_reminder(
                tx, row.id, only=waiting, id=self._new_id(), state=State.PLANNED, lead_id=None, outbox_id=None
            )

    async def _wanted(
        self,
        tx: Transaction,
        subject: Milestone | Appointment,
        rows: Sequence[Reminder],
        case: Case,
        now: datetime,
        *,
        moved: bool,
    ) -> dict[datetime, datetime]:
        wishes, usual = await self._many.offsets(tx, subject.client_id), self._house.current
        return occurrences(subject, rows, now, moved=moved, quiet=case.quiet, wishes=wishes, usual=usual)

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

    async def _carry_out(self, tx: Transaction, plan: Plan, cases: Mapping[str, Case], now: datetime) -> None:
        for state, rows in plan.ended.items():
            ended = await self._many.change_many(
                tx, [row.id for row in rows], only=State.PLANNED, state=state
            )
            for row in rows:
                if state is State.STALE and row.id in ended:
                    await self._pushes.tell_coordinator(tx, cases[row.client_id], row.id, now)
        await self._queue(tx, plan.queued, cases, now)
        if plan.held:
            await self._many.hold(tx, plan.held)
            await self._many.follow(tx, set(plan.held.values()), now)

    async def _queue(
        self, tx: Transaction, rows: Sequence[Reminder], cases: Mapping[str, Case], now: datetime
    ) -> None:
        people = {row.id: person for row in rows if (person := cases[row.client_id].person_id) is not None}
        if not people:
            return
        ours = await self._many.change_many(
            tx, list(people), only=State.PLANNED, state=State.QUEUED, lead_id=None
        )
        messages = await self._pushes.remind(tx, people, [row for row in rows if row.id in ours], now)
        if messages:
            await self._many.number_messages(tx, messages)

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
        else:
            for held in await self._repository.reminders(tx, lead_id=row.id, states=(State.HELD,)):
                await self._repository.change_reminder(
                    tx, held.id, only=(State.HELD,), state=state, sent_at=sent_at
                )
        if told:
            await self._pushes.tell_coordinator(tx, client, row.id, now)

    async def _subject(self, tx: Transaction, row: Reminder) -> Milestone | Appointment | None:
        if row.subject is Subject.MILESTONE:
            return await self._repository.milestone(tx, row.subject_id)
        return await self._repository.appointment(tx, row.subject_id)
