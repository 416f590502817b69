"""Every SQL statement about goals, tasks and signed agreements; own words and what was signed are sealed here."""

from collections.abc import Collection
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from agreements.goals.rules import ERASURE
from agreements.goals.types import (
    AgreedGoal,
    AgreedStep,
    AgreedTask,
    Content,
    Goal,
    MilestoneGoal,
    Task,
    Version,
)
from agreements.sealing import Sealing
from db import upsert
from db.among import among
from db.engine import Transaction
from db.tables.agreements import agreements, milestones
from db.tables.goals import agreement_contents, coordinator_tasks, goals, milestone_goals


class GoalsRepository(Sealing):
    """What agreements consist of, and the versions that were signed."""

    async def add_goal(self, tx: Transaction, goal: Goal, created_by: str) -> None:
        values = dict(vars(goal))
        sealed = self._seal("goals", "words_sealed", goal.id, values.pop("words") or None)
        await tx.execute(insert(goals).values(**values, words_sealed=sealed, created_by=created_by))

    async def change_goal(self, tx: Transaction, goal: Goal) -> None:
        sealed = self._seal("goals", "words_sealed", goal.id, goal.words or None)
        values = {"words_sealed": sealed, "roadmap_goal": goal.roadmap_goal, "reached_on": goal.reached_on}
        await tx.execute(update(goals).where(goals.c.id == goal.id).values(**values))

    async def drop_goal(self, tx: Transaction, goal_id: str, now: datetime | None) -> None:
        await tx.execute(update(goals).where(goals.c.id == goal_id).values(dropped_at=now))

    async def goal(self, tx: Transaction, goal_id: str) -> Goal | None:
        """One goal, also a dropped one."""
        row = (await tx.execute(select(goals).where(goals.c.id == goal_id))).first()
        return self._goal(row) if row else None

    async def goals(self, tx: Transaction, client_id: str) -> list[Goal]:
        """Goals that were not dropped, the oldest first."""
        statement = select(goals).where(goals.c.client_id == client_id, goals.c.dropped_at.is_(None))
        rows = await tx.execute(statement.order_by(goals.c.created_at, goals.c.id))
        return [self._goal(row) for row in rows]

    def _goal(self, row: Row[Any]) -> Goal:
        return Goal(
            row.id,
            row.client_id,
            row.field,
            row.phrase,
            self._open("goals", "words_sealed", row.id, row.words_sealed) or "",
            row.roadmap_goal,
            row.reached_on,
            row.created_at,
        )

    # Milestones' goals

    async def put_link(self, tx: Transaction, link: MilestoneGoal) -> None:
        values = {"goal_id": link.goal_id, "roadmap_goal": link.roadmap_goal}
        await upsert.put(tx, milestone_goals, {"milestone_id": link.milestone_id}, values)

    async def links(self, tx: Transaction, client_id: str) -> dict[str, MilestoneGoal]:
        """By milestone."""
        joined = milestone_goals.join(milestones, milestones.c.id == milestone_goals.c.milestone_id)
        statement = select(milestone_goals).select_from(joined).where(milestones.c.client_id == client_id)
        return {
            row.milestone_id: MilestoneGoal(row.milestone_id, row.goal_id, row.roadmap_goal)
            for row in await tx.execute(statement)
        }

    # The coordinator's tasks

    async def add_task(self, tx: Transaction, task: Task, created_by: str) -> None:
        await tx.execute(insert(coordinator_tasks).values(**vars(task), created_by=created_by))

    async def change_task(self, tx: Transaction, task_id: str, **values: date | datetime | None) -> None:
        """`due_on`, `done_on` or `dropped_at`."""
        await tx.execute(update(coordinator_tasks).where(coordinator_tasks.c.id == task_id).values(**values))

    async def task(self, tx: Transaction, task_id: str) -> Task | None:
        """One task, also a dropped one."""
        row = (await tx.execute(select(coordinator_tasks).where(coordinator_tasks.c.id == task_id))).first()
        return _task(row) if row else None

    async def tasks(
        self, tx: Transaction, client_ids: Collection[str], *, duties: bool = False
    ) -> list[Task]:
        """What was promised and not dropped, by its day; with `duties` also what the law asks for."""
        table = coordinator_tasks
        statement = select(table).where(among(table.c.client_id, client_ids), table.c.dropped_at.is_(None))
        if not duties:
            statement = statement.where(table.c.phrase != ERASURE)
        return [_task(row) for row in await tx.execute(statement.order_by(table.c.due_on, table.c.id))]

    async def duties(self, tx: Transaction, client_ids: Collection[str]) -> list[Task]:
        """Of these cases the wishes for deletion on which nobody has decided."""
        found = await self.tasks(tx, client_ids, duties=True)
        return [task for task in found if task.phrase == ERASURE and task.done_on is None]

    # What was signed

    async def versions(self, tx: Transaction, client_id: str) -> list[Version]:
        """Signed versions, the newest first."""
        joined = agreements.join(agreement_contents, agreement_contents.c.agreement_id == agreements.c.id)
        columns = agreements.c.version, agreements.c.signed_on
        statement = select(agreement_contents, *columns).select_from(joined)
        rows = await tx.execute(
            statement.where(agreements.c.client_id == client_id).order_by(agreements.c.version.desc())
        )
        return [self._version(row) for row in rows]

    async def sign(
        self, tx: Transaction, version: Version, client_id: str, now: datetime, *, new: bool
    ) -> None:
        """Keep what was signed, in a new row or in the one that was opened with the first milestone."""
        row = {"client_id": client_id, "version": version.number, "signed_on": version.signed_on}
        if new:
            row |= {"created_by": version.signed_by, "created_at": now}
            await tx.execute(insert(agreements).values(id=version.agreement_id, **row))
        else:
            opened = agreements.c.id == version.agreement_id
            await tx.execute(update(agreements).where(opened).values(signed_on=version.signed_on))
        await tx.execute(
            insert(agreement_contents).values(
                agreement_id=version.agreement_id,
                content_sealed=self._seal(
                    "agreement_contents", "content_sealed", version.agreement_id, _plain(version.content)
                ),
                signed_by=version.signed_by,
                signed_at=now,
            )
        )

    def _version(self, row: Row[Any]) -> Version:
        sealed = self._open("agreement_contents", "content_sealed", row.agreement_id, row.content_sealed)
        return Version(row.agreement_id, row.version, row.signed_on, row.signed_by, _content(sealed))


def _task(row: Row[Any]) -> Task:
    return Task(*(getattr(row, field.name) for field in fields(Task)))


def _plain(content: Content) -> dict[str, Any]:
    found = asdict(content)
    for item in (*found["steps"], *found["tasks"]):
        item["due_on"] = item["due_on"].isoformat()
    return found


def _content(found: dict[str, Any]) -> Content:
    def dated(item: dict[str, Any]) -> dict[str, Any]:
        return {**item, "due_on": date.fromisoformat(item["due_on"])}

    return Content(
        tuple(AgreedGoal(**item) for item in found["goals"]),
        tuple(AgreedStep(**dated(item)) for item in found["steps"]),
        tuple(AgreedTask(**dated(item)) for item in found["tasks"]),
    )
