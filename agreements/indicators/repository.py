"""Every SQL statement about the roadmap, and the places of all cases for figures."""

from dataclasses import fields
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from agreements.indicators.types import RoadmapGoal
from agreements.sealing import Sealing
from db.engine import Transaction
from db.tables.agreements import clients
from db.tables.transfer import roadmap_goals


class IndicatorsRepository(Sealing):
    """Nothing here says who a client is."""

    def order(self, name: str) -> str:
        """A sort key that nobody outside can know, the same every time."""
        return self._cipher.blind("figures", name)

    async def places(self, tx: Transaction) -> dict[str, str]:
        """The place of every case, ended ones too; one that is only stored is not counted."""
        statement = select(clients.c.id, clients.c.place).where(clients.c.restricted_at.is_(None))
        return {id_: place for id_, place in (await tx.execute(statement)).all()}  # noqa: C416 -- rows are no pairs

    async def goals(self, tx: Transaction) -> list[RoadmapGoal]:
        rows = await tx.execute(select(roadmap_goals))
        names = [field.name for field in fields(RoadmapGoal)]
        return [RoadmapGoal(**{name: getattr(row, name) for name in names}) for row in rows]

    async def put_goal(self, tx: Transaction, goal: RoadmapGoal, now: datetime) -> None:
        same = roadmap_goals.c.number == goal.number
        values = {**vars(goal), "updated_at": now}
        changed = await tx.execute(update(roadmap_goals).where(same).values(**values))
        if changed.rowcount == 0:
            await tx.execute(insert(roadmap_goals).values(**values))

    async def remove_goal(self, tx: Transaction, number: str) -> bool:
        gone = await tx.execute(delete(roadmap_goals).where(roadmap_goals.c.number == number))
        return bool(gone.rowcount)
