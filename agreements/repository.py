"""Every SQL statement about case work; case numbers, slots, addresses, reasons and answers are sealed here."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, delete, insert, or_, select, update

from agreements.asking.repository import Filling, RequestsRepository, filled, reason_of
from agreements.types import (
    Agreement,
    Appointment,
    AppointmentStatus,
    Bring,
    Client,
    Milestone,
    MilestoneEvent,
    MilestoneStatus,
    Reminder,
    ReminderState,
    Request,
    RequestLine,
    Subject,
)
from db.among import among
from db.crypto import Cipher
from db.engine import Transaction
from db.once import Once
from db.tables.agreements import (
    agreements,
    appointments,
    client_deputies,
    clients,
    milestone_events,
    milestones,
    reminders,
    requests,
)
from db.tables.people import persons
from db.tables.placements import placements


class AgreementsRepository(RequestsRepository):
    """Cases and everything that hangs on them."""

    def __init__(self, cipher: Cipher) -> None:
        super().__init__(cipher)
        self._asked: Once[Client | None] = Once()

    async def add_client(self, tx: Transaction, client: Client) -> None:
        await tx.execute(
            insert(clients).values(
                id=client.id,
                case_hash=self._cipher.blind("case", client.case_number),
                case_sealed=self._cipher.seal("clients", "case_sealed", client.id, client.case_number),
                person_id=client.person_id,
                coordinator_id=client.coordinator_id,
                language=client.language,
                place=client.place,
                reminders=client.reminders,
                created_at=client.created_at,
            )
        )

    async def client(self, tx: Transaction, client_id: str) -> Client | None:
        """A page asks for the same one for each of its parts."""

        async def read() -> Client | None:
            return _first(await self._clients(tx, _CLIENTS.where(clients.c.id == client_id)))

        return await self._asked.get(tx, client_id, read)

    async def client_by_case(self, tx: Transaction, case_number: str) -> Client | None:
        hashed = self._cipher.blind("case", case_number)
        return _first(await self._clients(tx, _CLIENTS.where(clients.c.case_hash == hashed)))

    async def clients_of_person(self, tx: Transaction, person_id: str) -> list[Client]:
        """The cases that a chat stands for, in the order in which they were opened."""
        return await self._clients(tx, _CLIENTS.where(clients.c.person_id == person_id))

    async def clients_by_id(self, tx: Transaction, ids: Collection[str]) -> dict[str, Client]:
        found = await self._clients(tx, _CLIENTS.where(among(clients.c.id, ids)))
        return {client.id: client for client in found}

    async def clients_of(
        self, tx: Transaction, coordinator_id: str, *, restricted: bool = False
    ) -> list[Client]:
        """Open cases of a coordinator, own ones and those as deputy; only those that are only stored, or asked to be, if so wanted."""
        deputy = select(client_deputies.c.client_id).where(client_deputies.c.person_id == coordinator_id)
        mine = or_(clients.c.coordinator_id == coordinator_id, clients.c.id.in_(deputy))
        statement = _CLIENTS.where(mine, clients.c.ended_at.is_(None))
        if restricted:
            days = clients.c.restricted_at, clients.c.restriction_asked_at
            statement = statement.where(or_(*(day.is_not(None) for day in days)))
        return await self._clients(tx, statement)

    async def closed_of(self, tx: Transaction, coordinator_id: str) -> list[Client]:
        """Closed cases of a coordinator, as long as they are kept."""
        theirs = clients.c.coordinator_id == coordinator_id, clients.c.ended_at.is_not(None)
        return await self._clients(tx, _CLIENTS.where(*theirs, clients.c.restricted_at.is_(None)))

    async def clients_about(self, tx: Transaction, offer_id: str, todo: Collection[str]) -> list[Client]:
        """Open cases that wished for an offer, are to begin or began there, or have a milestone about it with a status of `todo`."""
        about = and_(milestones.c.offer_id == offer_id, milestones.c.status.in_(todo))
        wished = select(requests.c.client_id).where(requests.c.offer_id == offer_id)
        placed = select(placements.c.client_id).where(
            placements.c.offer_id == offer_id, placements.c.status.in_(_PLACED)
        )
        agreed = select(milestones.c.client_id).where(about)
        theirs = clients.c.id.in_(wished.union(agreed, placed))
        return await self._clients(tx, _CLIENTS.where(theirs, clients.c.ended_at.is_(None)))

    async def coordinates(self, tx: Transaction, person_id: str) -> bool:
        found = await tx.execute(select(clients.c.id).where(clients.c.coordinator_id == person_id).limit(1))
        return found.first() is not None

    async def change_client(self, tx: Transaction, client_id: str, **values: Any) -> None:
        await tx.execute(update(clients).where(clients.c.id == client_id).values(**values))

    async def _clients(self, tx: Transaction, statement: Select[Any]) -> list[Client]:
        rows = (await tx.execute(statement.order_by(clients.c.created_at, clients.c.id))).all()
        pairs = await tx.execute(
            select(client_deputies).where(among(client_deputies.c.client_id, [row.id for row in rows]))
        )
        deputies: dict[str, set[str]] = {}
        for pair in pairs:
            deputies.setdefault(pair.client_id, set()).add(pair.person_id)
        return [self._client(row, frozenset(deputies.get(row.id, ()))) for row in rows]

    def _client(self, row: Row[Any], deputies: frozenset[str]) -> Client:
        return _CLIENT(
            row,
            case_number=self._cipher.open("clients", "case_sealed", row.id, row.case_sealed),
            deputies=deputies,
            language=row.person_language or row.language,
            reachable=row.person_reachable is not False,
            paused=bool(row.person_paused),
        )

    # Agreements and milestones

    async def agreement(self, tx: Transaction, client_id: str) -> Agreement | None:
        """The newest version."""
        statement = select(agreements).where(agreements.c.client_id == client_id)
        row = (await tx.execute(statement.order_by(agreements.c.version.desc()).limit(1))).first()
        return filled(Agreement, row) if row else None

    async def client_of_agreement(self, tx: Transaction, agreement_id: str) -> str | None:
        same = agreements.c.id == agreement_id
        return (await tx.execute(select(agreements.c.client_id).where(same))).scalar()

    async def add_agreement(self, tx: Transaction, agreement: Agreement, created_by: str) -> None:
        await tx.execute(insert(agreements).values(**vars(agreement), created_by=created_by))

    async def add_milestone(self, tx: Transaction, milestone: Milestone, created_by: str) -> None:
        values = dict(vars(milestone))
        slots = self._seal("milestones", "slots_sealed", milestone.id, dict(values.pop("slots")) or None)
        values["status"] = milestone.status.value
        await tx.execute(insert(milestones).values(**values, slots_sealed=slots, created_by=created_by))

    async def milestone(
        self, tx: Transaction, milestone_id: str, *, change: bool = False
    ) -> Milestone | None:
        """With `change` nobody else changes it before this transaction is over, and it is read as it is now."""
        row = (await tx.execute(_one(milestones, milestone_id, change))).first()
        return self._milestone(row) if row else None

    async def milestones(
        self,
        tx: Transaction,
        client_ids: Collection[str],
        statuses: Collection[MilestoneStatus] = tuple(MilestoneStatus),
        *,
        until: date | None = None,
        also: Collection[str] = (),
    ) -> list[Milestone]:
        """What these clients agreed on and stands so, by when it is due; due `until` a day, or one of those with the ids of `also`."""
        of_theirs = select(milestones).where(*_theirs(client_ids, statuses))
        if until is not None:
            of_theirs = of_theirs.where(or_(milestones.c.due_on <= until, among(milestones.c.id, also)))
        rows = await tx.execute(of_theirs.order_by(milestones.c.due_on, milestones.c.id))
        return [self._milestone(row) for row in rows.all()]

    async def dues(
        self, tx: Transaction, client_ids: Collection[str], statuses: Collection[MilestoneStatus]
    ) -> list[Row[Any]]:
        """`id`, `client_id` and `due_on` of the same, for whom what was agreed need not be opened."""
        columns = milestones.c.id, milestones.c.client_id, milestones.c.due_on
        return list(await tx.execute(select(*columns).where(*_theirs(client_ids, statuses))))

    async def change_milestone(
        self, tx: Transaction, milestone_id: str, now: datetime, status: MilestoneStatus, due_on: date
    ) -> None:
        await tx.execute(
            update(milestones)
            .where(milestones.c.id == milestone_id)
            .values(status=status.value, due_on=due_on, updated_at=now)
        )

    async def add_event(self, tx: Transaction, event: MilestoneEvent) -> None:
        values = dict(vars(event))
        reason = self._seal("milestone_events", "reason_sealed", event.id, values.pop("reason"))
        values["status"] = event.status.value
        await tx.execute(insert(milestone_events).values(**values, reason_sealed=reason))

    async def events(self, tx: Transaction, milestone_id: str) -> list[MilestoneEvent]:
        table = milestone_events
        statement = select(table).where(table.c.milestone_id == milestone_id).order_by(table.c.at, table.c.id)
        return [self._event(row) for row in await tx.execute(statement)]

    def _milestone(self, row: Row[Any]) -> Milestone:
        slots = self._open("milestones", "slots_sealed", row.id, row.slots_sealed) or {}
        return _MILESTONE(row, slots=slots, status=MilestoneStatus(row.status))

    def _event(self, row: Row[Any]) -> MilestoneEvent:
        reason = self._open("milestone_events", "reason_sealed", row.id, row.reason_sealed)
        return filled(MilestoneEvent, row, status=MilestoneStatus(row.status), reason=reason_of(reason))

    # Appointments

    async def add_appointment(self, tx: Transaction, appointment: Appointment, created_by: str) -> None:
        values = dict(vars(appointment))
        where = self._seal("appointments", "where_sealed", appointment.id, values.pop("where") or None)
        values |= {
            "local_time": _minute(values.pop("local")),
            "bring": _listed(appointment.bring),
            "brought": _listed(appointment.brought),
            "status": appointment.status.value,
        }
        await tx.execute(insert(appointments).values(**values, where_sealed=where, created_by=created_by))

    async def appointment(
        self, tx: Transaction, appointment_id: str, *, change: bool = False
    ) -> Appointment | None:
        """With `change` nobody else changes it before this transaction is over, and it is read as it is now."""
        row = (await tx.execute(_one(appointments, appointment_id, change))).first()
        return self._appointment(row) if row else None

    async def appointments(self, tx: Transaction, client_ids: Collection[str]) -> list[Appointment]:
        statement = select(appointments).where(among(appointments.c.client_id, client_ids))
        rows = await tx.execute(statement.order_by(appointments.c.starts_at, appointments.c.id))
        return [self._appointment(row) for row in rows.all()]

    async def change_appointment(self, tx: Transaction, changed: Appointment) -> None:
        await tx.execute(
            update(appointments)
            .where(appointments.c.id == changed.id)
            .values(
                status=changed.status.value,
                local_time=_minute(changed.local),
                starts_at=changed.starts_at,
                minutes=changed.minutes,
                brought=_listed(changed.brought),
                updated_at=changed.updated_at,
            )
        )

    def _appointment(self, row: Row[Any]) -> Appointment:
        return _APPOINTMENT(
            row,
            where=self._open("appointments", "where_sealed", row.id, row.where_sealed) or "",
            local=datetime.fromisoformat(row.local_time),
            bring=_things(row.bring),
            brought=None if row.brought is None else _things(row.brought),
            status=AppointmentStatus(row.status),
        )

    async def request_lines(
        self,
        tx: Transaction,
        clients_by_id: Mapping[str, Client],
        found: Sequence[Request],
        there: Iterable[Milestone | Appointment] = (),
    ) -> list[RequestLine]:
        """Requests of these clients, each with what it is about: three statements, however many there are.

        What is `there` was read in the same transaction, and is not read again.
        """
        sought = {request.subject_id for request in found if request.subject_id}
        known = {item.id: item for item in there if item.id in sought}
        by_milestone = {id_: item for id_, item in known.items() if isinstance(item, Milestone)}
        by_appointment = {id_: item for id_, item in known.items() if isinstance(item, Appointment)}
        questions: dict[str, Request] = {}
        if about := sought - known.keys():
            of_milestones = await tx.execute(select(milestones).where(among(milestones.c.id, about)))
            of_appointments = await tx.execute(select(appointments).where(among(appointments.c.id, about)))
            by_milestone |= {row.id: self._milestone(row) for row in of_milestones}
            by_appointment |= {row.id: self._appointment(row) for row in of_appointments}
            questions = await self.requests_by_id(tx, about)
        return [
            RequestLine(
                request,
                clients_by_id[request.client_id],
                by_milestone.get(request.subject_id or ""),
                by_appointment.get(request.subject_id or ""),
                questions.get(request.subject_id or ""),
            )
            for request in found
        ]

    # Reminders

    async def add_reminder(self, tx: Transaction, reminder: Reminder) -> None:
        values = vars(reminder) | {"subject": reminder.subject.value, "state": reminder.state.value}
        await tx.execute(insert(reminders).values(**values))

    async def remove_reminder(self, tx: Transaction, reminder_id: str) -> None:
        await tx.execute(delete(reminders).where(reminders.c.id == reminder_id))

    async def reminders(
        self,
        tx: Transaction,
        *,
        states: Collection[ReminderState] = tuple(ReminderState),
        until: datetime | None = None,
        limit: int | None = None,
        **equal: str | Collection[str],
    ) -> list[Reminder]:
        """Reminders in one of these states up to a time, whose named columns have (one of) the given values."""
        statement = select(reminders).where(reminders.c.state.in_([state.value for state in states]))
        if until is not None:
            statement = statement.where(reminders.c.occurrence <= until)
        for name, value in equal.items():
            column = reminders.c[name]
            statement = statement.where(column == value if isinstance(value, str) else among(column, value))
        rows = await tx.execute(statement.order_by(reminders.c.occurrence, reminders.c.id).limit(limit))
        return [reminder_of(row) for row in rows.all()]

    async def change_reminder(
        self, tx: Transaction, reminder_id: str, *, only: Collection[ReminderState], **values: Any
    ) -> bool:
        """Change a reminder that is in one of the states `only`; False when it is not any more."""
        changed = await tx.execute(
            update(reminders)
            .where(reminders.c.id == reminder_id, reminders.c.state.in_([state.value for state in only]))
            .values(**{name: getattr(value, "value", value) for name, value in values.items()})
        )
        return bool(changed.rowcount == 1)


EVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Before any reminder."""
_PLACED = ("requested", "started")
"""States of a placement in which somebody goes there, or is to."""
_CLIENTS: Select[Any] = select(
    clients,
    persons.c.language.label("person_language"),
    persons.c.reachable.label("person_reachable"),
    persons.c.paused.label("person_paused"),
).select_from(clients.outerjoin(persons, persons.c.id == clients.c.person_id))


_CLIENT = Filling(
    Client,
    _CLIENTS.selected_columns.keys(),
    *("case_number", "deputies", "language", "reachable", "paused"),
)
_MILESTONE = Filling(Milestone, milestones.c.keys(), "slots", "status")
_APPOINTMENT = Filling(Appointment, appointments.c.keys(), "where", "local", "bring", "brought", "status")
_REMINDER = Filling(Reminder, reminders.c.keys(), "subject", "state")


def _one(table: Any, row_id: str, change: bool) -> Select[Any]:
    statement = select(table).where(table.c.id == row_id)
    # SQLite knows no such thing and needs none: it lets one transaction write at a time.
    return statement.with_for_update() if change else statement


def _theirs(client_ids: Collection[str], statuses: Collection[MilestoneStatus]) -> tuple[Any, ...]:
    """Milestones of some clients that stand so.

    Of the two indexes SQLite takes that of the states where it has no statistics, and reads nearly all there are: nothing is found by
    a state with something put to it.
    """
    so = milestones.c.status.concat("").in_([status.value for status in statuses])
    return among(milestones.c.client_id, client_ids), so


def _first(found: list[Client]) -> Client | None:
    return found[0] if found else None


def _listed(things: Iterable[Bring] | None) -> str | None:
    return None if things is None else ",".join(thing.value for thing in things)


def _things(listed: str) -> tuple[Bring, ...]:
    return tuple(Bring(thing) for thing in listed.split(",") if thing)


def _minute(local: datetime) -> str:
    return local.isoformat(timespec="minutes")


def reminder_of(row: Row[Any]) -> Reminder:
    """The reminder in a row of its table."""
    return _REMINDER(row, subject=Subject(row.subject), state=ReminderState(row.state))
