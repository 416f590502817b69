"""Every SQL statement about deputies and hand-overs."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, exists, func, insert, or_, select, true, update

from agreements.files.rules import draft_kind
from agreements.team.types import HandOver
from db.among import among
from db.engine import Transaction
from db.tables.agreements import client_deputies, clients, milestones
from db.tables.people import drafts, persons
from db.tables.staff import case_handovers, standing_deputies
from db.upsert import insert_into


class TeamRepository:
    """Ids alone: nothing here says who a client is."""

    async def deputies(self, tx: Transaction, coordinator_id: str) -> dict[str, int]:
        """Of how many of a coordinator's open cases somebody is the deputy, by their ids."""
        table = client_deputies
        joined = table.join(clients, clients.c.id == table.c.client_id)
        theirs = clients.c.coordinator_id == coordinator_id, clients.c.ended_at.is_(None)
        counted = select(table.c.person_id, func.count().label("cases")).select_from(joined).where(*theirs)
        return {row.person_id: row.cases for row in await tx.execute(counted.group_by(table.c.person_id))}

    async def standing(self, tx: Transaction, coordinator_id: str) -> dict[str, datetime]:
        """Who stands in for all cases of a coordinator, also those that come, by their ids, and since when."""
        table = standing_deputies
        rows = await tx.execute(select(table).where(table.c.person_id == coordinator_id))
        return {row.deputy_id: row.since for row in rows}

    async def stood_in_for(self, tx: Transaction, deputy_id: str) -> dict[str, datetime]:
        """For all of whose cases somebody stands in, and since when."""
        table = standing_deputies
        rows = await tx.execute(select(table).where(table.c.deputy_id == deputy_id))
        return {row.person_id: row.since for row in rows}

    async def stand_in(self, tx: Transaction, coordinator_id: str, deputy_id: str, since: datetime) -> None:
        """Who stands in already does so since they did."""
        new = insert_into(tx, standing_deputies).values(
            person_id=coordinator_id, deputy_id=deputy_id, since=since
        )
        await tx.execute(new.on_conflict_do_nothing())

    async def stand_in_no_longer(self, tx: Transaction, coordinator_id: str, deputy_id: str) -> None:
        table = standing_deputies
        same = table.c.person_id == coordinator_id, table.c.deputy_id == deputy_id
        await tx.execute(delete(table).where(*same))

    async def add_deputy(self, tx: Transaction, client_ids: Collection[str], person_id: str) -> None:
        pairs = await tx.execute(
            select(client_deputies.c.client_id).where(client_deputies.c.person_id == person_id)
        )
        new = [{"client_id": id_, "person_id": person_id} for id_ in set(client_ids) - set(pairs.scalars())]
        if new:
            await tx.execute(insert(client_deputies), new)

    async def remove_deputy(self, tx: Transaction, client_ids: Collection[str], person_id: str) -> None:
        table = client_deputies
        theirs = table.c.person_id == person_id, among(table.c.client_id, client_ids)
        await tx.execute(delete(table).where(*theirs))

    async def end_deputy(self, tx: Transaction, person_id: str) -> None:
        """Deputy of no case any more, nor of those that come; and nobody stands in for them in cases that come."""
        await tx.execute(delete(client_deputies).where(client_deputies.c.person_id == person_id))
        table = standing_deputies.c
        theirs = or_(table.deputy_id == person_id, table.person_id == person_id)
        await tx.execute(delete(standing_deputies).where(theirs))

    async def drop_drafts(self, tx: Transaction, client_ids: Collection[str], person_id: str) -> None:
        """What somebody typed of interviews about these cases and did not write into the file."""
        about = among(drafts.c.kind, [draft_kind(client_id) for client_id in client_ids])
        await tx.execute(delete(drafts).where(drafts.c.person_id == person_id, about))

    async def open_cases(self, tx: Transaction, coordinator_id: str) -> list[str]:
        """Open cases of which somebody is the coordinator, not the deputy."""
        return await self._cases(tx, clients.c.coordinator_id == coordinator_id, clients.c.ended_at.is_(None))

    async def every_case(self, tx: Transaction, coordinator_id: str) -> list[str]:
        """The same with the closed ones, which need somebody as long as they are kept."""
        return await self._cases(tx, clients.c.coordinator_id == coordinator_id)

    async def has_cases(self, tx: Transaction, person_id: str) -> bool:
        """Whether somebody is the coordinator or the deputy of any case, however it stands."""
        deputy = select(client_deputies.c.client_id).where(client_deputies.c.person_id == person_id)
        theirs = or_(clients.c.coordinator_id == person_id, clients.c.id.in_(deputy))
        return (await tx.execute(select(clients.c.id).where(theirs).limit(1))).first() is not None

    async def _cases(self, tx: Transaction, *theirs: ColumnElement[bool]) -> list[str]:
        return list((await tx.execute(select(clients.c.id).where(*theirs).order_by(clients.c.id))).scalars())

    async def give(self, tx: Transaction, hand_over: HandOver, new_ids: Collection[str]) -> None:
        """Set the coordinator and keep who had the cases before; `new_ids` are ids for the rows that say so."""
        await tx.execute(
            update(clients)
            .where(among(clients.c.id, hand_over.client_ids))
            .values(coordinator_id=hand_over.after_id)
        )
        await self.remove_deputy(tx, hand_over.client_ids, hand_over.after_id)
        common = {
            "batch_id": hand_over.batch_id,
            "before_id": hand_over.before_id,
            "after_id": hand_over.after_id,
            "handed_by": hand_over.handed_by,
            "handed_at": hand_over.handed_at,
        }
        rows = zip(new_ids, hand_over.client_ids, strict=True)
        await tx.execute(insert(case_handovers), [{"id": i, "client_id": c, **common} for i, c in rows])

    async def hand_over(self, tx: Transaction, batch_id: str) -> HandOver | None:
        """What went together, but for cases that have gone on to somebody else since."""
        rows = (await tx.execute(_still_there().where(case_handovers.c.batch_id == batch_id))).all()
        return _hand_over(rows) if rows else None

    async def given(self, tx: Transaction, handed_by: str, since: datetime) -> list[HandOver]:
        """What somebody handed over since, the newest first, but for cases that have gone on to somebody else."""
        table = case_handovers
        asked = _still_there().where(table.c.handed_by == handed_by, table.c.handed_at >= since)
        found: dict[str, list[Row[Any]]] = {}
        for row in await tx.execute(asked.order_by(table.c.handed_at.desc(), table.c.batch_id)):
            found.setdefault(row.batch_id, []).append(row)
        return [_hand_over(rows) for rows in found.values()]

    async def drop_hand_overs(
        self, tx: Transaction, batch_ids: Collection[str], client_ids: Collection[str]
    ) -> None:
        """Of these cases nobody handed anything over."""
        table = case_handovers
        theirs = among(table.c.batch_id, batch_ids), among(table.c.client_id, client_ids)
        await tx.execute(delete(table).where(*theirs))

    async def caseloads(self, tx: Transaction) -> list[Row[Any]]:
        """For everybody who holds a case `coordinator_id` and how many open `cases` and `closed` ones; of those worked on, how many
        are `linked` and how many of these `unreachable`.
        """
        joined = clients.outerjoin(persons, persons.c.id == clients.c.person_id)
        is_open = clients.c.ended_at.is_(None)
        worked_on = is_open, clients.c.restricted_at.is_(None), clients.c.person_id.is_not(None)
        columns = (
            clients.c.coordinator_id,
            func.count().filter(is_open).label("cases"),
            func.count().filter(~is_open).label("closed"),
            func.count().filter(*worked_on).label("linked"),
            func.count().filter(*worked_on, persons.c.reachable.is_not(true())).label("unreachable"),
        )
        counted = select(*columns).select_from(joined)
        # In the order in which they got their first case.
        longest = func.min(clients.c.created_at), clients.c.coordinator_id
        return list(await tx.execute(counted.group_by(clients.c.coordinator_id).order_by(*longest)))

    async def overdue(self, tx: Transaction, statuses: Collection[str], today: date) -> int:
        """How many milestones of open cases that are worked on had to be done before today and have such a status."""
        late = milestones.c.due_on < today, milestones.c.status.in_(statuses)
        # Few are not worked on: they are looked up once, not the client of every milestone.
        resting = select(clients.c.id).where(
            or_(clients.c.ended_at.is_not(None), clients.c.restricted_at.is_not(None))
        )
        counted = (
            select(func.count()).select_from(milestones).where(*late, milestones.c.client_id.not_in(resting))
        )
        return int((await tx.execute(counted)).scalar_one())


def _still_there() -> Select[Any]:
    """Hand-overs of cases that have not gone on since, be it to somebody else and from there once more to the same."""
    table, later = case_handovers, case_handovers.alias()
    went_on = exists().where(later.c.client_id == table.c.client_id, later.c.handed_at > table.c.handed_at)
    joined = table.join(clients, clients.c.id == table.c.client_id)
    still = clients.c.coordinator_id == table.c.after_id, ~went_on
    return select(table).select_from(joined).where(*still)


def _hand_over(rows: Sequence[Row[Any]]) -> HandOver:
    first, ids = rows[0], tuple(sorted(row.client_id for row in rows))
    return HandOver(first.batch_id, first.before_id, first.after_id, ids, first.handed_by, first.handed_at)
