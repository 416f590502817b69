"""Every SQL statement about the roadmap, and about placements for figures."""

from dataclasses import fields
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, String, delete, func, select, type_coerce

from agreements import rules
from agreements.indicators.rules import Start
from agreements.indicators.types import RoadmapGoal
from agreements.placements.types import PlacementStatus
from agreements.sealing import Sealing
from db import upsert
from db.engine import Transaction
from db.tables.agreements import clients
from db.tables.offers import offers
from db.tables.placements import placement_events, placements
from db.tables.transfer import roadmap_goals

_BEFORE = (PlacementStatus.SUGGESTED.value, PlacementStatus.REQUESTED.value)
"""Where a placement stands that has not begun."""


@lru_cache(maxsize=4096)
def _day(at: str | datetime) -> date:
    """The day in Berlin of a point in time as the database gives it: SQLite as text."""
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    return rules.today(at if at.tzinfo else at.replace(tzinfo=UTC))


def _starts() -> Select[Any]:
    event, later = placement_events.c, placement_events.alias().c
    taken_back = (
        select(later.id)
        .where(later.placement_id == event.placement_id, later.status.in_(_BEFORE), later.at > event.at)
        .correlate(placement_events)
        .exists()
    )
    first = (
        select(event.placement_id, type_coerce(func.min(event.at), String).label("at"))
        .where(event.status == PlacementStatus.STARTED.value, ~taken_back)
        .group_by(event.placement_id)
        .subquery()
    )
    return (
        select(clients.c.id, clients.c.place, offers.c.field_of_action, first.c.at)
        .select_from(first.join(placements, placements.c.id == first.c.placement_id))
        .join(clients, clients.c.id == placements.c.client_id)
        .join(offers, offers.c.id == placements.c.offer_id)
        .where(clients.c.restricted_at.is_(None), placements.c.status.not_in(_BEFORE))
    )


_STARTS = _starts()


class IndicatorsRepository(Sealing):
    """Nothing here says who a client is."""

    def order(self, name: str) -> str:
        """A sort key that nobody outside can know, the same every time."""
        return self._cipher.blind("figures", name)

    async def starts(self, tx: Transaction) -> list[Start]:
        """Every placement that began, later dropped or not, with the day on which it began first.

        A beginning that was taken back, so that it is only suggested or asked for again, is none. Cases that are only stored are left out.
        """
        rows = (await tx.execute(_STARTS)).all()
        return [Start(id_, place, field, _day(at)) for id_, place, field, at in rows]

    async def goals(self, tx: Transaction) -> list[RoadmapGoal]:
        rows = await tx.execute(select(roadmap_goals))
        names = [field.name for field in fields(RoadmapGoal)]
        return [RoadmapGoal(**{name: getattr(row, name) for name in names}) for row in rows]

    async def put_goal(self, tx: Transaction, goal: RoadmapGoal, now: datetime) -> None:
        values = {**vars(goal), "updated_at": now}
        await upsert.put(tx, roadmap_goals, {"number": values.pop("number")}, values)

    async def remove_goal(self, tx: Transaction, number: str) -> bool:
        gone = await tx.execute(delete(roadmap_goals).where(roadmap_goals.c.number == number))
        return bool(gone.rowcount)
