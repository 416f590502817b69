"""One row of another program after the other, brought into the cases by the same use cases that people use."""

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any

from agreements import rules
from agreements.access import CaseAccess
from agreements.errors import StepNotPossibleError
from agreements.files import fields
from agreements.files.service import FilesService
from agreements.goals.service import GoalsService
from agreements.holds.errors import CaseErasedError
from agreements.holds.repository import HoldsRepository
from agreements.repository import AgreementsRepository
from agreements.service import AgreementsService
from agreements.transfer import tables
from agreements.transfer.reading import Row
from agreements.transfer.repository import TransferRepository
from agreements.transfer.types import Columns, Known, Leader
from agreements.types import Appointment, Client, Milestone
from db.engine import Transaction
from i18n import dates
from i18n.languages import SOURCE
from i18n.phrases import PHRASES, SlotKind
from people.types import Actor

NEW, CHANGED, UNCHANGED = "new", "changed", "unchanged"


class Incoming:
    """Applies rows; whoever calls it rolls back when one of them fails."""

    def __init__(
        self,
        repository: TransferRepository,
        cases: AgreementsRepository,
        agreements: AgreementsService,
        files: FilesService,
        goals: GoalsService,
        holds: HoldsRepository,
        access: CaseAccess,
        *,
        new_id: Callable[[], str],
    ) -> None:
        self._repository = repository
        self._cases = cases
        self._agreements = agreements
        self._files = files
        self._goals = goals
        self._holds = holds
        self._access = access
        self._new_id = new_id

    async def apply(self, tx: Transaction, actor: Actor, row: Row, columns: Columns, now: datetime) -> str:
        """Bring one row in; returns NEW, CHANGED or UNCHANGED. Raises a DomainError that says why it cannot be."""
        if row.table == tables.CLIENTS:
            return await self._client(tx, actor, row, columns, now)
        client = await self._access.by_case(tx, actor, row.values["case_number"])
        known = await self._known(tx, client, row)
        row_hash = self._repository.row_hash(row.values)
        if known is not None and known.row_hash == row_hash:
            return UNCHANGED
        milestones = row.table == tables.MILESTONES
        if known is None:
            add = self._add_milestone if milestones else self._add_appointment
            subject_id = await add(tx, actor, client, row, now)
            if subject_id is None:
                return UNCHANGED
            new = Known(self._new_id(), client.id, row.values["id"], subject_id, row_hash)
            await self._repository.add(tx, row.table, new)
            return NEW
        change = self._change_milestone if milestones else self._change_appointment
        changed = await change(tx, actor, client, known, row, columns, now)
        await self._repository.seen(tx, known.id, row_hash)
        return CHANGED if changed else UNCHANGED

    async def _known(self, tx: Transaction, client: Client, row: Row) -> Known | None:
        """What the row was before; one that went out with our own id comes back with it."""
        id_ = row.values["id"]
        known = await self._repository.known(tx, row.table, id_)
        if known is not None:
            return known
        milestones = row.table == tables.MILESTONES
        own: Milestone | Appointment | None = (
            await self._cases.milestone(tx, id_) if milestones else await self._cases.appointment(tx, id_)
        )
        if own is None or own.client_id != client.id:
            return None
        known = Known(self._new_id(), client.id, id_, own.id, "")
        await self._repository.add(tx, row.table, known)
        return known

    async def _client(self, tx: Transaction, actor: Actor, row: Row, columns: Columns, now: datetime) -> str:
        number = row.values["case_number"]
        found = await self._cases.client_by_case(tx, number)
        new = found is None
        if found is None:
            erased = await self._holds.buried_on(tx, number)
            if erased is not None:
                raise CaseErasedError(day=dates.day(erased, SOURCE))
            language, place = row.values["language"] or "de", row.values["place"] or ""
            found = await self._agreements.create_client(tx, actor, number, language, place, now)
        said = await self._files.cells(tx, actor, found.id)
        given = {name: fields.written(row.values[name]) for name in row.given if name != "case_number"}
        cells = {name: cell for name, cell in given.items() if new or _takes(name, cell, said, columns)}
        if found.linked or not cells.get("language"):
            cells.pop("language", None)
        changed = await self._files.change(tx, actor, found.id, cells, now)
        return NEW if new else CHANGED if changed else UNCHANGED

    async def _add_milestone(
        self, tx: Transaction, actor: Actor, client: Client, row: Row, now: datetime
    ) -> str | None:
        """What is over before Lotse knew of it stays where it is."""
        values = row.values
        if values["status"] != "open":
            return None
        made = await self._agreements.add_milestone(
            tx, actor, client.id, values["phrase"], _slots(values), values["due_on"], None, now
        )
        if values["roadmap_goal"]:
            await self._goals.link_milestone(tx, actor, made.id, None, values["roadmap_goal"])
        return made.id

    async def _change_milestone(
        self,
        tx: Transaction,
        actor: Actor,
        client: Client,
        known: Known,
        row: Row,
        columns: Columns,
        now: datetime,
    ) -> bool:
        milestone = await self._agreements.milestone(tx, actor, known.subject_id)
        _same(milestone.client_id == client.id and _says_the_same(milestone, row))
        if milestone.status in rules.FINAL:
            return False
        changed = False
        status, due_on = row.values["status"], row.values["due_on"]
        leads = {name: tables.leader(columns, tables.MILESTONES, name) for name in ("due_on", "status")}
        if status == "open" and due_on != milestone.due_on and leads["due_on"] is Leader.PROGRAM:
            await self._agreements.move_milestone(tx, actor, milestone.id, due_on, now)
            changed = True
        if status != "open" and leads["status"] is Leader.PROGRAM:
            end = self._agreements.confirm_milestone if status == "done" else self._agreements.drop_milestone
            await end(tx, actor, milestone.id, now)
            changed = True
        return changed

    async def _add_appointment(
        self, tx: Transaction, actor: Actor, client: Client, row: Row, now: datetime
    ) -> str | None:
        values, local = row.values, _local(row.values)
        if values["status"] != "planned" or rules.at_berlin(local) <= now:
            return None
        made = await self._agreements.add_appointment(
            tx,
            actor,
            client.id,
            values["phrase"],
            values["place"],
            values["where"],
            local,
            values["minutes"],
            values["bring"],
            now,
        )
        return made.id

    async def _change_appointment(
        self,
        tx: Transaction,
        actor: Actor,
        client: Client,
        known: Known,
        row: Row,
        columns: Columns,
        now: datetime,
    ) -> bool:
        found: Appointment = await self._agreements.appointment(tx, actor, known.subject_id)
        _same(found.client_id == client.id and found.phrase == row.values["phrase"])
        if found.status in rules.ENDED or found.starts_at <= now:
            return False
        if row.values["status"] == "cancelled":
            await self._agreements.cancel_appointment(tx, actor, found.id, now)
            return True
        leads = tables.leader(columns, tables.APPOINTMENTS, "day")
        if _local(row.values) == found.local or leads is Leader.LOTSE:
            return False
        await self._agreements.move_appointment(tx, actor, found.id, _local(row.values), now)
        return True


def _takes(name: str, cell: str, said: Mapping[str, str], columns: Columns) -> bool:
    """Whether the other program's value goes in: where it leads, or where nothing stands yet."""
    return tables.leader(columns, tables.CLIENTS, name) is Leader.PROGRAM or (not said[name] and bool(cell))


def _slots(values: Mapping[str, Any]) -> dict[str, str]:
    """What fills the phrase's slots; a phrase without a slot needs no cell."""
    wanted = PHRASES[values["phrase"]].slots
    found = {SlotKind.PLACE: values["place"], SlotKind.PAPER: values["paper"]}
    return {kind.value: found[kind] for kind in wanted if found.get(kind)}


def _says_the_same(milestone: Milestone, row: Row) -> bool:
    return milestone.phrase == row.values["phrase"] and dict(milestone.slots) == _slots(row.values)


def _same(holds: bool) -> None:
    """What was agreed with somebody is not made into something else by a table. Raises StepNotPossibleError."""
    if not holds:
        raise StepNotPossibleError


def _local(values: Mapping[str, Any]) -> datetime:
    return datetime.combine(values["day"], time.fromisoformat(values["time"]))
