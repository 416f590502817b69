"""Every SQL statement about the roadmap, and about placements for figures."""

from dataclasses import fields
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from agreements.indicators.types import RoadmapGoal
from agreements.placements.types import PlacementStatus
from agreements.sealing import Sealing
from db.engine import Transaction
from db.tables.agreements import clients
from db.tables.offers import offers
from db.tables.placements import placement_events, placements
from db.tables.transfer import roadmap_goals


class IndicatorsRepository(Sealing):
    """Nothing here says who a client is."""

    def order(self, name: str) -> str:
        """A sort key that nobody outside can know, the same every time."""
        return self._cipher.blind("figures", name)

    async def starts(self, tx: Transaction) -> list[tuple[str, str, str, datetime]]:
        """Of every placement that began, later dropped or not: client, place, field of action, and when it began first.

        Cases that are only stored are left out.
        """
        columns = clients.c.id, clients.c.place, offers.c.field_of_action
        rows = await tx.execute(
            select(*columns, func.min(placement_events.c.at))
            .select_from(
                placement_events.join(placements, placements.c.id == placement_events.c.placement_id)
                .join(clients, clients.c.id == placements.c.client_id)
                .join(offers, offers.c.id == placements.c.offer_id)
            )
            .where(
                placement_events.c.status == PlacementStatus.STARTED.value, clients.c.restricted_at.is_(None)
            )
            .group_by(placements.c.id, *columns)
        )
        return [(id_, place, field, at) for id_, place, field, at in rows.all()]

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
