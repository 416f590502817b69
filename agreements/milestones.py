"""Use cases about agreements and their milestones, from both sides."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from agreements import rules
from agreements.answers import WELL_DONE
from agreements.casework import Casework, checked_phrase, known
from agreements.errors import (
    AlreadyRemindedError,
    DueInPastError,
    DueTooFarError,
    MilestoneClosedError,
    ReasonNeededError,
    StepNotPossibleError,
)
from agreements.types import (
    Agreement,
    Client,
    HelpReason,
    Milestone,
    MilestoneEvent,
    MilestoneStatus,
    PushPreview,
    Receipt,
    Reminder,
    RequestKind,
)
from db.engine import Transaction
from delivery.types import Push
from i18n.phrases import Category
from people.audit.types import Part
from people.errors import DomainError
from people.types import Actor

_ASKS = {
    MilestoneStatus.REPORTED_DONE: RequestKind.DONE,
    MilestoneStatus.NEEDS_TIME: RequestKind.MORE_TIME,
    MilestoneStatus.NEEDS_HELP: RequestKind.HELP,
}


class Milestones(Casework):
    """What was agreed, and what becomes of it."""

    async def agreement(self, tx: Transaction, actor: Actor, client_id: str) -> Agreement | None:
        """The client's target agreement, if one was made. Raises NotFoundError."""
        client = await self.access.work_on(tx, actor, client_id, Part.AGREEMENT)
        return await self._repository.agreement(tx, client.id)

    async def own_agreement(
        self, tx: Transaction, actor: Actor, *, client_id: str | None = None
    ) -> Agreement | None:
        """The person's own target agreement. Raises NotLinked-, WhoseUnclear-, NotFoundError."""
        client = await self.access.own(tx, actor, Part.AGREEMENT, client_id=client_id)
        return await self._repository.agreement(tx, client.id)

    async def add_milestone(
        self,
        tx: Transaction,
        actor: Actor,
        client_id: str,
        phrase_id: str,
        slots: Mapping[str, str],
        due_on: date,
        offer_id: str | None,
        now: datetime,
    ) -> Milestone:
        """Log what was agreed; the first milestone opens the agreement. Raises PhraseInvalid-, DueInPast-, DueTooFar-, NotFoundError."""
        client = await self.access.work_on(tx, actor, client_id, Part.AGREEMENT, change=True)
        filled = checked_phrase(phrase_id, Category.MILESTONE, slots)
        _check_due(due_on, now)
        agreement = await self._repository.agreement(tx, client.id)
        if agreement is None:
            agreement = Agreement(self._new_id(), client.id, rules.today(now), 1, now)
            await self._repository.add_agreement(tx, agreement, actor.id)
        milestone = Milestone(
            self._new_id(),
            agreement.id,
            client.id,
            phrase_id,
            filled,
            offer_id,
            due_on,
            MilestoneStatus.OPEN,
            now,
            now,
        )
        await self._repository.add_milestone(tx, milestone, actor.id)
        await self._repository.add_event(
            tx, MilestoneEvent(self._new_id(), milestone.id, milestone.status, None, actor.id, now)
        )
        times = await self._reminders.plan(tx, milestone, now)
        # A reminder that leaves at once says the same.
        soon = await self._pushes.after_quiet(tx, client.person_id, now) + rules.TOGETHER
        if not (client.reminders and times and times[0] <= soon):
            await self._pushes.tell_client(tx, client, Push.MILESTONE, milestone.id, now)
        return milestone

    async def move_milestone(
        self, tx: Transaction, actor: Actor, milestone_id: str, due_on: date, now: datetime
    ) -> Milestone:
        """Agree on another day; a wish for more time is answered by it. Raises DueInPast-, DueTooFar-, MilestoneClosed-, NotFoundError."""
        milestone, client = await self._milestone(tx, actor, milestone_id)
        moved = await self._move(tx, actor, milestone, due_on, now)
        await self._close_about(tx, client.id, milestone.id, now, by=actor.id)
        await self._pushes.tell_client(tx, client, Push.MILESTONE, milestone.id, now)
        return moved

    async def confirm_milestone(
        self, tx: Transaction, actor: Actor, milestone_id: str, now: datetime
    ) -> Milestone:
        """It is done; who reported it hears "you did well". Raises MilestoneClosed-, NotFoundError."""
        milestone, client = await self._milestone(tx, actor, milestone_id)
        confirmed = await self._step(tx, actor, milestone, MilestoneStatus.CONFIRMED, now)
        answers = {RequestKind.DONE: WELL_DONE}
        for request in await self._close_about(
            tx, client.id, milestone.id, now, by=actor.id, answers=answers
        ):
            await self._pushes.tell_client(tx, client, Push.ANSWER, request.id, now)
        return confirmed

    async def drop_milestone(
        self, tx: Transaction, actor: Actor, milestone_id: str, now: datetime
    ) -> Milestone:
        """It is not wanted any more. Raises MilestoneClosed-, NotFoundError."""
        milestone, client = await self._milestone(tx, actor, milestone_id)
        dropped = await self._step(tx, actor, milestone, MilestoneStatus.DROPPED, now)
        await self._close_about(tx, client.id, milestone.id, now, by=actor.id)
        return dropped

    async def reopen_milestone(
        self, tx: Transaction, actor: Actor, milestone_id: str, now: datetime
    ) -> Milestone:
        """It was confirmed or dropped by mistake: it stands as before, and so does what the client asked about it.

        Who heard "you did well" hears that there is news. Both steps stay in its history. Raises StepNotPossible-, NotFoundError.
        """
        milestone, client = await self._milestone(tx, actor, milestone_id)
        events = await self._repository.events(tx, milestone.id)
        before = rules.before_the_end([event.status for event in events])
        if milestone.status not in rules.FINAL or before is None:
            raise StepNotPossibleError
        again = replace(milestone, status=before, updated_at=now)
        await self._repository.change_milestone(tx, milestone.id, now, before, milestone.due_on)
        await self._repository.add_event(
            tx, MilestoneEvent(self._new_id(), milestone.id, before, None, actor.id, now)
        )
        await self._reminders.plan(tx, again, now)
        _, told = await self._reopen_about(tx, client.id, milestone.id, milestone.updated_at, now)
        if told:
            await self._pushes.tell_client(tx, client, Push.MILESTONE, milestone.id, now)
        return again

    async def milestones(self, tx: Transaction, actor: Actor, client_id: str) -> list[Milestone]:
        """A client's milestones by their day. Raises NotFoundError."""
        client = await self.access.work_on(tx, actor, client_id, Part.AGREEMENT)
        return await self._repository.milestones(tx, [client.id])

    async def milestone(self, tx: Transaction, actor: Actor, milestone_id: str) -> Milestone:
        """One milestone, for the coordinator. Raises NotFoundError."""
        return (await self._milestone(tx, actor, milestone_id, change=False))[0]

    async def milestone_events(
        self, tx: Transaction, actor: Actor, milestone_id: str
    ) -> list[MilestoneEvent]:
        """What became of a milestone, step by step. Raises NotFoundError."""
        milestone, _ = await self._milestone(tx, actor, milestone_id, change=False)
        return await self._repository.events(tx, milestone.id)

    async def own_milestones(
        self, tx: Transaction, actor: Actor, *, client_id: str | None = None
    ) -> list[Milestone]:
        """The person's own milestones by their day, but for dropped ones. Raises NotLinked-, WhoseUnclear-, NotFoundError."""
        client = await self.access.own(tx, actor, Part.AGREEMENT, client_id=client_id)
        found = await self._repository.milestones(tx, [client.id])
        return [milestone for milestone in found if milestone.status is not MilestoneStatus.DROPPED]

    async def own_milestone(self, tx: Transaction, actor: Actor, milestone_id: str) -> Milestone:
        """One of the person's own milestones. Raises NotFoundError."""
        return (await self._own_milestone(tx, actor, milestone_id))[0]

    async def report(
        self,
        tx: Transaction,
        actor: Actor,
        milestone_id: str,
        status: MilestoneStatus,
        reason: HelpReason | None,
        now: datetime,
    ) -> Receipt:
        """The client says: done, more time, or help (with a reason). Raises MilestoneClosed-, StepNotPossible-, ReasonNeeded-, NotFoundError.

        Saying the same again while it waits changes nothing; saying something else takes back what was said before.
        """
        milestone, client = await self._own_milestone(tx, actor, milestone_id, change=True)
        if status not in rules.BY_CLIENT:
            raise StepNotPossibleError
        if milestone.status in rules.FINAL:
            raise MilestoneClosedError
        if status is MilestoneStatus.NEEDS_HELP and reason is None:
            raise ReasonNeededError
        kind = _ASKS[status]
        for request in await self._repository.requests(tx, [client.id]):
            if request.subject_id == milestone.id and (request.kind, request.reason) != (kind, reason):
                await self._repository.close_request(tx, request.id, now, by=None)
        receipt = await self._ask(tx, client, kind, now, reason=reason, subject=milestone)
        await self._reminders.answered(tx, milestone.id, status.value, now)
        if not receipt.new:
            return receipt
        changed = await self._step(tx, actor, milestone, status, now, reason=reason)
        return replace(receipt, new=True, milestone=changed)

    async def preview_push(
        self, tx: Transaction, actor: Actor, milestone_id: str, now: datetime, *, urgent: bool = False
    ) -> PushPreview:
        """What `push_now` would do. Raises NotFoundError."""
        milestone, client = await self._milestone(tx, actor, milestone_id, change=False)
        obstacle = await self._obstacle(tx, client, milestone, now)
        goes_at = await self._reminders.push_leaves_at(tx, milestone, now, urgent=urgent)
        return PushPreview(client.language, 0 if obstacle else 1, goes_at, obstacle.key if obstacle else None)

    async def push_now(
        self, tx: Transaction, actor: Actor, milestone_id: str, now: datetime, *, urgent: bool = False
    ) -> Reminder:
        """Remind of a milestone at once, after the quiet hours unless `urgent`.

        Raises MilestoneClosed-, ClientNotLinked-, ClientRemindersOff-, ClientPaused-, ClientUnreachable-, AlreadyReminded-, NotFoundError.
        """
        milestone, client = await self._milestone(tx, actor, milestone_id)
        obstacle = await self._obstacle(tx, client, milestone, now)
        if obstacle is not None:
            raise obstacle
        return await self._reminders.push(tx, client, milestone, now, urgent=urgent)

    async def _obstacle(
        self, tx: Transaction, client: Client, milestone: Milestone, now: datetime
    ) -> type[DomainError] | None:
        if milestone.status not in rules.ACTIVE:
            return MilestoneClosedError
        if (error := rules.not_reminded(client)) is not None:
            return error
        recent = await self._repository.reminders(
            tx, subject_id=milestone.id, states=rules.ON_THEIR_WAY, until=now
        )
        return AlreadyRemindedError if any(rules.reminded_lately(row, now) for row in recent) else None

    async def _move(
        self, tx: Transaction, actor: Actor, milestone: Milestone, due_on: date, now: datetime
    ) -> Milestone:
        _check_due(due_on, now)
        return await self._step(tx, actor, milestone, MilestoneStatus.MOVED, now, due_on=due_on)

    async def _milestone(
        self, tx: Transaction, actor: Actor, milestone_id: str, *, change: bool = True
    ) -> tuple[Milestone, Client]:
        found = await self._repository.milestone(tx, milestone_id, change=change)
        client_id = found.client_id if found else None
        client = await self.access.work_on(tx, actor, client_id, Part.AGREEMENT, change=change)
        return known(found), client

    async def _own_milestone(
        self, tx: Transaction, actor: Actor, milestone_id: str, *, change: bool = False
    ) -> tuple[Milestone, Client]:
        found = await self._repository.milestone(tx, milestone_id, change=change)
        client_id = found.client_id if found else None
        client = await self.access.theirs(tx, actor, client_id, Part.AGREEMENT, change=change)
        return known(found), client


def _check_due(due_on: date, now: datetime) -> None:
    if rules.due_in_past(due_on, now):
        raise DueInPastError
    if rules.due_too_far(due_on, now):
        raise DueTooFarError
