"""Every SQL statement about placements: ids and codes, nothing that somebody wrote."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from agreements.placements.types import Placement, PlacementEvent, PlacementResult, PlacementStatus
from db.among import among
from db.engine import Transaction
from db.tables.agreements import milestones, requests
from db.tables.placements import placement_events, placements


class PlacementsRepository:
    """Placements and their steps."""

    def __init__(self, *, new_id: Callable[[], str]) -> None:
        self._new_id = new_id

    async def add(self, tx: Transaction, placement: Placement, actor_id: str) -> None:
        values = vars(placement) | {
            "status": placement.status.value,
            "result": placement.result.value if placement.result else None,
        }
        await tx.execute(insert(placements).values(**values))
        await self._note(tx, placement, actor_id)

    async def change(self, tx: Transaction, placement: Placement, actor_id: str) -> None:
        """State, result, wish and milestone as they are now, with a step."""
        await tx.execute(
            update(placements)
            .where(placements.c.id == placement.id)
            .values(
                status=placement.status.value,
                result=placement.result.value if placement.result else None,
                request_id=placement.request_id,
                milestone_id=placement.milestone_id,
                updated_at=placement.updated_at,
            )
        )
        await self._note(tx, placement, actor_id)

    async def _note(self, tx: Transaction, placement: Placement, actor_id: str) -> None:
        await tx.execute(
            insert(placement_events).values(
                id=self._new_id(),
                placement_id=placement.id,
                status=placement.status.value,
                result=placement.result.value if placement.result else None,
                actor_id=actor_id,
                at=placement.updated_at,
            )
        )

    async def placement(self, tx: Transaction, placement_id: str) -> Placement | None:
        row = (await tx.execute(select(placements).where(placements.c.id == placement_id))).first()
        return _placement(row) if row else None

    async def of_clients(self, tx: Transaction, client_ids: Collection[str]) -> list[Placement]:
        """The newest first."""
        statement = select(placements).where(among(placements.c.client_id, client_ids))
        rows = await tx.execute(statement.order_by(placements.c.updated_at.desc(), placements.c.id))
        return [_placement(row) for row in rows]

    async def events(self, tx: Transaction, placement_id: str) -> list[PlacementEvent]:
        """The steps in order."""
        table = placement_events
        statement = select(table).where(table.c.placement_id == placement_id)
        return [_event(row) for row in await tx.execute(statement.order_by(table.c.at, table.c.id))]

    async def move_offer(self, tx: Transaction, old: str, new: str) -> None:
        """Whoever was placed at one offer, agreed on it or wished for it, now does so for another that says the same."""
        for table in (placements, milestones, requests):
            await tx.execute(update(table).where(table.c.offer_id == old).values(offer_id=new))

    async def open_at(self, tx: Transaction, offer_id: str) -> list[Placement]:
        """What has neither ended nor been dropped at an offer, by client."""
        ended = [status.value for status in _ENDED]
        there = placements.c.offer_id == offer_id, placements.c.status.not_in(ended)
        rows = await tx.execute(select(placements).where(*there).order_by(placements.c.client_id))
        return [_placement(row) for row in rows]

    async def join(self, tx: Transaction, old_id: str, new_id: str) -> None:
        """Two that began at the same offer are one: its steps are those of both, so that it is counted once, and by its first start.

        What came before the starts goes: a start that is followed by a suggestion would count as taken back.
        """
        table = placement_events
        before = PlacementStatus.SUGGESTED.value, PlacementStatus.REQUESTED.value
        both = table.c.placement_id.in_([old_id, new_id])
        await tx.execute(delete(table).where(both, table.c.status.in_(before)))
        await tx.execute(update(table).where(table.c.placement_id == old_id).values(placement_id=new_id))
        await tx.execute(delete(placements).where(placements.c.id == old_id))

    async def wished(
        self, tx: Transaction, client_id: str, offer_id: str, request_id: str, actor_id: str, now: datetime
    ) -> None:
        """A client's wish makes a placement request, or lifts the suggestion that was there."""
        for found in await self.of_clients(tx, [client_id]):
            if found.offer_id != offer_id or found.status in _ENDED:
                continue
            if found.status is PlacementStatus.SUGGESTED:
                lifted = replace(
                    found, status=PlacementStatus.REQUESTED, request_id=request_id, updated_at=now
                )
                await self.change(tx, lifted, actor_id)
            return
        status = PlacementStatus.REQUESTED
        new = Placement(self._new_id(), client_id, offer_id, None, request_id, status, None, now, now)
        await self.add(tx, new, actor_id)


_ENDED = (PlacementStatus.FINISHED, PlacementStatus.DROPPED)


def _placement(row: Row[Any]) -> Placement:
    return Placement(
        row.id,
        row.client_id,
        row.offer_id,
        row.milestone_id,
        row.request_id,
        PlacementStatus(row.status),
        PlacementResult(row.result) if row.result else None,
        row.created_at,
        row.updated_at,
    )


def _event(row: Row[Any]) -> PlacementEvent:
    result = PlacementResult(row.result) if row.result else None
    return PlacementEvent(row.id, row.placement_id, PlacementStatus(row.status), result, row.actor_id, row.at)
