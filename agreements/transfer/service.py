"""Use cases of imports and exports: all or nothing, a second time nothing; what changed goes back."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from agreements import rules
from agreements.access import CaseAccess
from agreements.files import fields
from agreements.files.errors import FieldsInvalidError
from agreements.files.repository import FilesRepository
from agreements.files.types import Record
from agreements.goals.repository import GoalsRepository
from agreements.placements.repository import PlacementsRepository
from agreements.repository import AgreementsRepository
from agreements.transfer import reading, tables
from agreements.transfer.incoming import CHANGED, NEW, UNCHANGED, Incoming
from agreements.transfer.repository import TransferRepository
from agreements.transfer.types import Columns, Export, Leader
from agreements.types import Appointment, Client, Milestone, MilestoneStatus
from db.engine import Transaction
from i18n import phrases
from i18n.languages import SOURCE
from i18n.messages import words
from offers.service import OffersService
from offers.types import ImportReport
from people.errors import DomainError
from people.types import Actor, Permission

_DONE = {MilestoneStatus.CONFIRMED: "done", MilestoneStatus.DROPPED: "dropped"}
_EVERYTHING = Columns()


class TransferService:
    """Never commits: `tx` is the caller's unit of work."""

    def __init__(
        self,
        repository: TransferRepository,
        cases: AgreementsRepository,
        files: FilesRepository,
        goals: GoalsRepository,
        placements: PlacementsRepository,
        incoming: Incoming,
        offers: OffersService,
        access: CaseAccess,
        *,
        new_id: Callable[[], str],
    ) -> None:
        self._repository = repository
        self._cases = cases
        self._files = files
        self._goals = goals
        self._placements = placements
        self._incoming = incoming
        self._offers = offers
        self._access = access
        self._new_id = new_id

    async def import_tables(
        self,
        tx: Transaction,
        actor: Actor,
        files: Mapping[str, bytes],
        now: datetime,
        *,
        dry_run: bool,
        columns: Columns = _EVERYTHING,
    ) -> ImportReport:
        """Bring the coordinator's cases to what the tables say, or nothing at all when one row cannot be.

        Cases that are new become the actor's. With `dry_run` the same is done and taken back. Raises NotAllowedError.
        """
        self._access.may(actor, Permission.CREATE_CLIENT)
        rows, errors = reading.read(files, columns)
        counts: Counter[str] = Counter()
        if not errors:
            nested = await tx.begin_nested()
            for row in rows:
                try:
                    counts[await self._incoming.apply(tx, actor, row, columns, now)] += 1
                except FieldsInvalidError as error:
                    for column, wrong in error.fields.items():
                        errors.add(row.file, row.number, column, wrong)
                except DomainError as error:
                    errors.add(row.file, row.number, "", error.message)
            if errors or dry_run:
                await nested.rollback()
            else:
                await nested.commit()
        if errors:
            return ImportReport(0, 0, 0, (), tuple(errors))
        return ImportReport(counts[NEW], counts[CHANGED], counts[UNCHANGED], (), ())

    async def last_export(self, tx: Transaction, actor: Actor) -> datetime | None:
        """When the coordinator's changes last went out. Raises NotAllowedError."""
        self._access.may(actor, Permission.LIST_CLIENTS)
        return await self._repository.last_export(tx, actor.id)

    async def export_changes(
        self,
        tx: Transaction,
        actor: Actor,
        now: datetime,
        *,
        columns: Columns = _EVERYTHING,
        everything: bool = False,
        mark: bool = True,
    ) -> Export:
        """What changed in the coordinator's cases since the last export, of clients only the fields that Lotse leads.

        With `mark` the next export begins here. Raises NotAllowedError.
        """
        since = None if everything else await self.last_export(tx, actor)
        clients = {client.id: client for client in await self._access.caseload(tx, actor)}
        external = await self._repository.external_ids(tx, list(clients))
        found = {
            tables.CLIENTS: await self._clients(tx, clients, since, columns),
            tables.MILESTONES: await self._milestones(tx, clients, since, external),
            tables.APPOINTMENTS: await self._appointments(tx, clients, since, external),
            tables.PLACEMENTS: await self._placed(tx, clients, since),
        }
        if mark:
            await self._repository.mark(tx, self._new_id(), actor.id, now)
        rows = {table: _rows(table, items, columns) for table, items in found.items()}
        return Export(since, rows)

    async def _clients(
        self, tx: Transaction, clients: Mapping[str, Client], since: datetime | None, columns: Columns
    ) -> list[dict[str, str]]:
        changed = await self._files.changed_since(tx, list(clients), since)
        records = await self._files.records(tx, list(changed))
        found = []
        for client in clients.values():
            if client.id in changed:
                said = fields.all_cells(client, records.get(client.id) or Record(client.id))
                found.append({name: _german(name, cell) for name, cell in said.items()})
        led = {
            name
            for name in tables.OUT[tables.CLIENTS]
            if name == "case_number" or tables.leader(columns, tables.CLIENTS, name) is Leader.LOTSE
        }
        return [{name: cell for name, cell in row.items() if name in led} for row in found]

    async def _milestones(
        self,
        tx: Transaction,
        clients: Mapping[str, Client],
        since: datetime | None,
        external: Mapping[str, str],
    ) -> list[dict[str, str]]:
        found = []
        every = await self._cases.milestones(tx, list(clients))
        changed = [milestone for milestone in every if since is None or milestone.updated_at > since]
        owners = {milestone.client_id for milestone in changed}
        links = {owner: await self._goals.links(tx, owner) for owner in owners}
        for milestone in changed:
            link = links[milestone.client_id].get(milestone.id)
            row = _of_milestone(milestone, clients[milestone.client_id], external)
            found.append({**row, "roadmap_goal": (link.roadmap_goal if link else None) or ""})
        return found

    async def _appointments(
        self,
        tx: Transaction,
        clients: Mapping[str, Client],
        since: datetime | None,
        external: Mapping[str, str],
    ) -> list[dict[str, str]]:
        return [
            _of_appointment(appointment, clients[appointment.client_id], external)
            for appointment in await self._cases.appointments(tx, list(clients))
            if since is None or appointment.updated_at > since
        ]

    async def _placed(
        self, tx: Transaction, clients: Mapping[str, Client], since: datetime | None
    ) -> list[dict[str, str]]:
        placed = [
            placement
            for placement in await self._placements.of_clients(tx, list(clients))
            if since is None or placement.updated_at > since
        ]
        names = await self._offers.names(tx, [placement.offer_id for placement in placed])
        return [
            {
                "id": placement.id,
                "case_number": clients[placement.client_id].case_number,
                "offer": names.get(placement.offer_id, placement.offer_id),
                "status": placement.status.value,
                "result": placement.result.value if placement.result else "",
                "changed_on": _day(rules.today(placement.updated_at)),
            }
            for placement in placed
        ]


def _rows(table: str, items: Iterable[Mapping[str, str]], columns: Columns) -> list[list[str]]:
    known = list(items)
    wanted = [name for name in tables.OUT[table] if not known or any(name in item for item in known)]
    header = [tables.name(columns, table, name) for name in wanted]
    return [header, *([item.get(name, "") for name in wanted] for item in known)]


def _of_milestone(milestone: Milestone, client: Client, external: Mapping[str, str]) -> dict[str, str]:
    title = words(SOURCE).render(phrases.message(milestone.phrase, milestone.slots, SOURCE))
    return {
        "id": external.get(milestone.id, milestone.id),
        "case_number": client.case_number,
        "phrase": milestone.phrase,
        "place": milestone.slots.get("place", ""),
        "paper": milestone.slots.get("paper", ""),
        "due_on": _day(milestone.due_on),
        "status": _DONE.get(milestone.status, "open"),
        "title": title.striptags(),
    }


def _of_appointment(found: Appointment, client: Client, external: Mapping[str, str]) -> dict[str, str]:
    return {
        "id": external.get(found.id, found.id),
        "case_number": client.case_number,
        "phrase": found.phrase,
        "place": found.place,
        "where": found.where,
        "day": _day(found.local.date()),
        "time": f"{found.local:%H:%M}",
        "minutes": str(found.minutes),
        "bring": ",".join(thing.value for thing in found.bring),
        "status": "cancelled" if found.status.value == "cancelled" else "planned",
    }


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _german(name: str, cell: str) -> str:
    """Days as the tables of the catalogue have them."""
    value: Any = cell
    return _day(date.fromisoformat(value)) if cell and name.endswith("_on") else cell
