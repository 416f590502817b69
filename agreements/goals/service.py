"""Use cases about target agreements: goals by field of action, who does what, and signing; milestones have their own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from agreements import rules
from agreements.access import CaseAccess
from agreements.casework import known
from agreements.errors import DayTooOldError, DueInPastError, DueTooFarError, PhraseInvalidError
from agreements.goals import rules as goal_rules
from agreements.goals.errors import (
    AgreementChangedError,
    DutyOpenError,
    GoalUnknownError,
    GoalWordsError,
    NothingAgreedError,
    RoadmapNumberError,
    SignedAlreadyError,
    SignedInFutureError,
)
from agreements.goals.repository import GoalsRepository
from agreements.goals.types import AgreementView, Content, Goal, MilestoneGoal, Task, Version
from agreements.holds.repository import HoldsRepository
from agreements.pushes import Pushes
from agreements.repository import AgreementsRepository
from db.engine import Transaction
from delivery.types import Push
from people.audit.types import Part
from people.errors import NotFoundError
from people.types import Actor


class GoalsService:
    """Never commits: `tx` is the caller's unit of work. What is not theirs raises the same NotFoundError as what does not exist."""

    def __init__(
        self,
        repository: GoalsRepository,
        cases: AgreementsRepository,
        access: CaseAccess,
        pushes: Pushes,
        holds: HoldsRepository,
        *,
        new_id: Callable[[], str],
    ) -> None:
        self._repository = repository
        self._cases = cases
        self._access = access
        self._pushes = pushes
        self._holds = holds
        self._new_id = new_id

    async def goals(self, tx: Transaction, actor: Actor, client_id: str) -> list[Goal]:
        """What the client wants to reach, the oldest first. Raises NotFoundError."""
        client = await self._access.work_on(tx, actor, client_id, Part.AGREEMENT)
        return await self._repository.goals(tx, client.id)

    async def goal(self, tx: Transaction, actor: Actor, goal_id: str) -> Goal:
        """One goal. Raises NotFoundError."""
        return await self._goal(tx, actor, goal_id, change=False)

    async def add_goal(
        self,
        tx: Transaction,
        actor: Actor,
        client_id: str,
        phrase: str,
        now: datetime,
        *,
        words: str = "",
        roadmap_goal: str = "",
    ) -> Goal:
        """A goal out of the phrase book. Raises GoalUnknown-, GoalWords-, RoadmapNumber-, NotFoundError."""
        client = await self._access.work_on(tx, actor, client_id, Part.AGREEMENT, change=True)
        field = goal_rules.FIELD_OF.get(phrase)
        if field is None:
            raise GoalUnknownError
        goal = Goal(self._new_id(), client.id, field, phrase, _words(words), _number(roadmap_goal), None, now)
        await self._repository.add_goal(tx, goal, actor.id)
        return goal

    async def reach_goal(self, tx: Transaction, actor: Actor, goal_id: str, reached_on: date | None) -> Goal:
        """It is reached, or with None not yet after all. Raises NotFoundError."""
        changed = replace(await self._goal(tx, actor, goal_id), reached_on=reached_on)
        await self._repository.change_goal(tx, changed)
        return changed

    async def drop_goal(self, tx: Transaction, actor: Actor, goal_id: str, now: datetime) -> None:
        """It is not wanted any more. Raises NotFoundError."""
        goal = await self._goal(tx, actor, goal_id)
        await self._repository.drop_goal(tx, goal.id, now)

    async def restore_goal(self, tx: Transaction, actor: Actor, goal_id: str) -> None:
        """It is wanted again. Raises NotFoundError."""
        goal = await self._goal(tx, actor, goal_id)
        await self._repository.drop_goal(tx, goal.id, None)

    async def link_milestone(
        self, tx: Transaction, actor: Actor, milestone_id: str, goal_id: str | None, roadmap_goal: str = ""
    ) -> MilestoneGoal:
        """Say which goal of the client, and which of the roadmap, a milestone leads to. Raises RoadmapNumber-, NotFoundError."""
        milestone = await self._cases.milestone(tx, milestone_id)
        client = await self._access.work_on(
            tx, actor, milestone.client_id if milestone else None, Part.AGREEMENT, change=True
        )
        goal = await self._repository.goal(tx, goal_id) if goal_id else None
        if goal_id is not None:
            known(goal if goal and goal.client_id == client.id else None)
        link = MilestoneGoal(known(milestone).id, goal_id, _number(roadmap_goal))
        await self._repository.put_link(tx, link)
        return link

    async def add_task(
        self,
        tx: Transaction,
        actor: Actor,
        client_id: str,
        phrase: str,
        due_on: date,
        now: datetime,
        *,
        milestone_id: str | None = None,
    ) -> Task:
        """What the coordinator promises (`goals.rules.TASKS`). Raises PhraseInvalid-, DueInPast-, DueTooFar-, NotFoundError."""
        client = await self._access.work_on(tx, actor, client_id, Part.AGREEMENT, change=True)
        if phrase not in goal_rules.TASKS:
            raise PhraseInvalidError
        if rules.due_in_past(due_on, now):
            raise DueInPastError
        if rules.due_too_far(due_on, now):
            raise DueTooFarError
        if milestone_id is not None:
            milestone = await self._cases.milestone(tx, milestone_id)
            known(milestone if milestone and milestone.client_id == client.id else None)
        task = Task(self._new_id(), client.id, milestone_id, phrase, due_on, None, now)
        await self._repository.add_task(tx, task, actor.id)
        return task

    async def finish_task(self, tx: Transaction, actor: Actor, task_id: str, done_on: date | None) -> Task:
        """It is done, or with None not yet after all.

        What the law asks for is done once the case is erased or held, for a reason. Raises DutyOpen-, NotFoundError.
        """
        task = await self._task(tx, actor, task_id)
        if done_on is not None and task.phrase == goal_rules.ERASURE:
            await self._check_held(tx, task.client_id, done_on)
        await self._repository.change_task(tx, task.id, done_on=done_on)
        return replace(task, done_on=done_on)

    async def drop_task(self, tx: Transaction, actor: Actor, task_id: str, now: datetime) -> Task:
        """It is not needed any more. Raises NotFoundError, also for what the law asks for."""
        task = await self._own_task(tx, actor, task_id)
        await self._repository.change_task(tx, task.id, dropped_at=now)
        return task

    async def restore_task(self, tx: Transaction, actor: Actor, task_id: str) -> Task:
        """It is needed again. Raises NotFoundError, also for what the law asks for."""
        task = await self._own_task(tx, actor, task_id)
        await self._repository.change_task(tx, task.id, dropped_at=None)
        return task

    async def _own_task(self, tx: Transaction, actor: Actor, task_id: str) -> Task:
        """A task that the coordinator chose. Raises NotFoundError."""
        task = await self._task(tx, actor, task_id)
        if task.phrase not in goal_rules.TASKS:
            raise NotFoundError
        return task

    async def agreement(self, tx: Transaction, actor: Actor, client_id: str) -> AgreementView:
        """What is agreed now, and every version that was signed. Raises NotFoundError."""
        client = await self._access.work_on(tx, actor, client_id, Part.AGREEMENT)
        versions = await self._repository.versions(tx, client.id)
        return AgreementView(client.id, await self._content(tx, client.id), tuple(versions))

    async def duty(self, tx: Transaction, actor: Actor, client_id: str) -> Task | None:
        """The wish for deletion on which nobody has decided, also of a case that is only stored. Raises NotFoundError."""
        client = await self._access.work_on(tx, actor, client_id, Part.ERASURE)
        return next(iter(await self._repository.duties(tx, [client.id])), None)

    async def tasks(self, tx: Transaction, actor: Actor, client_id: str) -> list[Task]:
        """What the coordinator does for a client, by its day. Raises NotFoundError."""
        client = await self._access.work_on(tx, actor, client_id, Part.AGREEMENT)
        return await self._repository.tasks(tx, [client.id])

    async def sign(
        self,
        tx: Transaction,
        actor: Actor,
        client_id: str,
        signed_on: date,
        now: datetime,
        *,
        seen: str | None = None,
    ) -> Version:
        """Keep what is agreed now as the next version, and tell the client; the ones before stay readable.

        `seen` is the mark of the content that was signed, where something may have been added since. Raises AgreementChanged-,
        NothingAgreed-, SignedAlready-, SignedInFuture-, DayTooOld-, NotFoundError.
        """
        await self._access.work_on(tx, actor, client_id, Part.AGREEMENT, change=True)
        view = await self.agreement(tx, actor, client_id)
        if seen is not None and seen != view.content.mark:
            raise AgreementChangedError
        if signed_on > rules.today(now):
            raise SignedInFutureError
        if rules.long_past(signed_on, now):
            raise DayTooOldError
        if not view.content.goals and not view.content.steps:
            raise NothingAgreedError
        if not view.changed:
            raise SignedAlreadyError
        newest = await self._cases.agreement(tx, view.client_id)
        opened = newest is not None and newest.id not in {v.agreement_id for v in view.versions}
        if newest is not None and opened:
            version = Version(newest.id, newest.version, signed_on, actor.id, view.content)
        else:
            number = newest.version + 1 if newest else 1
            version = Version(self._new_id(), number, signed_on, actor.id, view.content)
        await self._repository.sign(tx, version, view.client_id, now, new=not opened)
        client = await self._access.work_on(tx, actor, view.client_id, Part.AGREEMENT, change=True)
        await self._pushes.tell_client(tx, client, Push.AGREEMENT, client.id, now)
        return version

    async def _content(self, tx: Transaction, client_id: str) -> Content:
        return goal_rules.content(
            await self._repository.goals(tx, client_id),
            await self._cases.milestones(tx, [client_id]),
            await self._repository.tasks(tx, [client_id]),
            await self._repository.links(tx, client_id),
        )

    async def _goal(self, tx: Transaction, actor: Actor, goal_id: str, *, change: bool = True) -> Goal:
        goal = await self._repository.goal(tx, goal_id)
        client_id = goal.client_id if goal else None
        await self._access.work_on(tx, actor, client_id, Part.AGREEMENT, change=change)
        return known(goal)

    async def _check_held(self, tx: Transaction, client_id: str, day: date) -> None:
        if not await self._holds.holds(tx, [client_id], day):
            raise DutyOpenError

    async def _task(self, tx: Transaction, actor: Actor, task_id: str) -> Task:
        task = await self._repository.task(tx, task_id)
        part = Part.ERASURE if task and task.phrase == goal_rules.ERASURE else Part.AGREEMENT
        await self._access.work_on(tx, actor, task.client_id if task else None, part, change=True)
        return known(task)


def _words(text: str) -> str:
    said = rules.clean_line(text)
    if len(said) > goal_rules.WORDS_LENGTH:
        raise GoalWordsError
    return said


def _number(text: str) -> str | None:
    number = goal_rules.roadmap_number(text) if text.strip() else None
    if text.strip() and number is None:
        raise RoadmapNumberError
    return number
