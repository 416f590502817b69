"""Every SQL statement of the reminder engine that concerns many people at once; no case number is opened here."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.orm import aliased

from agreements import rules
from agreements.reminding.types import Case
from agreements.repository import EVER, reminder_of
from agreements.types import AppointmentStatus, Reminder, ReminderState, Subject
from db.among import among
from db.engine import Transaction
from db.tables.agreements import (
    agreements,
    appointments,
    clients,
    milestones,
    reminder_wishes,
    reminders,
    requests,
)
from db.tables.delivery import outbox
from db.tables.people import persons
from delivery.types import OPEN_STATES, Kind, OutboxState
from people.house.service import HouseService

_TOLD = (OutboxState.SENT, OutboxState.SENDING, OutboxState.AMBIGUOUS, OutboxState.UNKNOWN)
_WAITING = (ReminderState.PLANNED, ReminderState.QUEUED, ReminderState.HELD)
_UNANSWERED = (ReminderState.SENT, ReminderState.OPENED)


class RemindingRepository:
    """Reads and writes whole batches; whoever wants no quiet times of their own has those of the house."""

    def __init__(self, house: HouseService) -> None:
        self._house = house

    async def cases(self, tx: Transaction, client_ids: Collection[str]) -> dict[str, Case]:
        """What the engine must know of clients, by their ids."""
        joined = clients.outerjoin(persons, persons.c.id == clients.c.person_id)
        beside = aliased(clients)
        sharing = select(func.count()).where(beside.c.person_id == clients.c.person_id).scalar_subquery()
        rows = await tx.execute(
            select(
                clients,
                persons.c.reachable.label("person_reachable"),
                persons.c.quiet,
                sharing.label("in_chat"),
            )
            .select_from(joined)
            .where(among(clients.c.id, client_ids))
        )
        return {
            row.id: Case(
                row.id,
                row.person_id,
                row.coordinator_id,
                row.reminders and row.restricted_at is None,
                row.person_reachable is not False,
                row.ended_at is not None,
                rules.quiet_times(row.quiet or "", self._house.current.night),
                row.picture,
                row.in_chat,
                row.restricted_at is not None,
            )
            for row in rows
        }

    async def quiet_of(self, tx: Transaction, person_ids: Collection[str]) -> dict[str, rules.QuietTimes]:
        """The quiet times of people who have some of their own."""
        rows = await tx.execute(
            select(persons.c.id, persons.c.quiet).where(
                among(persons.c.id, person_ids), persons.c.quiet != ""
            )
        )
        return {row.id: rules.quiet_times(row.quiet, self._house.current.night) for row in rows}

    async def set_quiet(self, tx: Transaction, person_id: str, quiet: str) -> None:
        """Keep when a person wants no messages, in the spelling of `rules.quiet_times`."""
        await tx.execute(update(persons).where(persons.c.id == person_id).values(quiet=quiet))

    async def told_since(
        self, tx: Transaction, person_ids: Collection[str], since: datetime
    ) -> Mapping[str, int]:
        """How many pushes that were not urgent people got since then, those under way included."""
        recent = or_(outbox.c.finished_at.is_(None), outbox.c.finished_at >= since)
        rows = await tx.execute(
            select(outbox.c.person_id, func.count())
            .where(
                among(outbox.c.person_id, person_ids),
                outbox.c.kind == Kind.PUSH.value,
                outbox.c.urgent.is_(False),
                outbox.c.state.in_([state.value for state in _TOLD]),
                recent,
            )
            .group_by(outbox.c.person_id)
        )
        return {str(person_id): int(count) for person_id, count in rows}

    async def told_since_then(
        self, tx: Transaction, news: Collection[str], push: str
    ) -> frozenset[tuple[str, str]]:
        """Of these messages (ids) those since whose writing a `push` about a milestone left for the same person, each with its case."""
        told = aliased(outbox)
        theirs = select(outbox.c.id, milestones.c.client_id).select_from(
            outbox.join(told, told.c.person_id == outbox.c.person_id)
            .join(clients, clients.c.person_id == told.c.person_id)
            .join(milestones, milestones.c.client_id == clients.c.id)
        )
        since = or_(told.c.finished_at.is_(None), told.c.finished_at > outbox.c.created_at)
        key = literal(f"{push}:").concat(milestones.c.id).concat(":%")
        left = told.c.state.in_([state.value for state in _TOLD])
        rows = await tx.execute(
            theirs.where(among(outbox.c.id, news), left, since, told.c.dedup_key.like(key))
        )
        return frozenset((row.id, row.client_id) for row in rows)

    async def due_days(self, tx: Transaction, ids: Collection[str], today: date) -> dict[str, date]:
        """The first day from `today` on at which one of the open milestones is due that the message of each of these reminders shows."""
        lead = func.coalesce(reminders.c.lead_id, reminders.c.id)
        shown = or_(among(reminders.c.id, ids), among(reminders.c.lead_id, ids))
        still = milestones.c.status.in_([status.value for status in rules.ACTIVE])
        rows = await tx.execute(
            select(lead.label("lead"), func.min(milestones.c.due_on).label("due_on"))
            .join_from(reminders, milestones, milestones.c.id == reminders.c.subject_id)
            .where(shown, still, milestones.c.due_on >= today)
            .group_by(lead)
        )
        return {row.lead: row.due_on for row in rows}

    async def under_way(
        self, tx: Transaction, client_ids: Collection[str], until: datetime
    ) -> list[Reminder]:
        """Reminders of these clients whose messages have left, or are to leave until then; others wait for the next day.

        What stands in the chat of somebody who is not behind the case any more shows nothing.
        """
        states = ReminderState.QUEUED.value, ReminderState.SENT.value
        soon = or_(reminders.c.state == ReminderState.SENT.value, outbox.c.due_at <= until)
        rows = await tx.execute(
            select(reminders)
            .join(outbox, outbox.c.id == reminders.c.outbox_id)
            .join(clients, clients.c.id == reminders.c.client_id)
            .where(among(reminders.c.client_id, client_ids), reminders.c.state.in_(states), soon)
            .where(outbox.c.person_id == clients.c.person_id)
            .order_by(reminders.c.occurrence, reminders.c.id)
        )
        return [reminder_of(row) for row in rows]

    async def queued(self, tx: Transaction, ids: Collection[str]) -> list[Reminder]:
        """Those of these reminders whose message is still to be sent."""
        where = among(reminders.c.id, ids), reminders.c.state == ReminderState.QUEUED.value
        return [reminder_of(row) for row in await tx.execute(select(reminders).where(*where))]

    async def open_subjects(self, tx: Transaction, rows: Iterable[Reminder], now: datetime) -> set[str]:
        """Ids of the milestones and appointments of these reminders that are still to be done or to come."""
        listed = list(rows)
        goals = [row.subject_id for row in listed if row.subject is Subject.MILESTONE]
        visits = [row.subject_id for row in listed if row.subject is Subject.APPOINTMENT]
        active = [status.value for status in rules.ACTIVE]
        found: set[str] = set()
        if goals:
            where = among(milestones.c.id, goals), milestones.c.status.in_(active)
            found |= set((await tx.execute(select(milestones.c.id).where(*where))).scalars())
        if visits:
            planned = appointments.c.status == AppointmentStatus.PLANNED.value
            to_come = among(appointments.c.id, visits), planned, appointments.c.starts_at > now
            found |= set((await tx.execute(select(appointments.c.id).where(*to_come))).scalars())
        return found

    async def clients_of_news(self, tx: Transaction, refs: Collection[str]) -> dict[str, str]:
        """Whose each of these requests, milestones, agreements, reminders or clients is."""
        tables = requests, milestones, agreements, reminders
        theirs = [select(t.c.id, t.c.client_id).where(among(t.c.id, refs)) for t in tables]
        themselves = select(clients.c.id, clients.c.id.label("client_id")).where(among(clients.c.id, refs))
        rows = await tx.execute(union_all(*theirs, themselves))
        return {row.id: row.client_id for row in rows}

    async def change_many(
        self, tx: Transaction, ids: Collection[str], *, only: ReminderState, **values: object
    ) -> frozenset[str]:
        """Change reminders that are in the state `only`; returns the ids of those that were."""
        changed = await tx.execute(
            update(reminders)
            .where(among(reminders.c.id, ids), reminders.c.state == only.value)
            .values(**{name: getattr(value, "value", value) for name, value in values.items()})
            .returning(reminders.c.id)
        )
        return frozenset(changed.scalars())

    async def hold(self, tx: Transaction, leads: Mapping[str, str]) -> None:
        """Let planned reminders (keys) be shown by the message of another (values)."""
        await tx.execute(
            update(reminders)
            .where(reminders.c.id.in_(leads), reminders.c.state == ReminderState.PLANNED.value)
            .values(state=ReminderState.HELD.value, lead_id=case(leads, value=reminders.c.id))
        )

    async def follow(self, tx: Transaction, leads: Collection[str], now: datetime) -> None:
        """What is held to be shown by these reminders is sent with them, where they have left."""
        lead = aliased(reminders)
        gone = [ReminderState.SENT.value, ReminderState.OPENED.value]
        left = select(lead.c.id).where(among(lead.c.id, leads), lead.c.state.in_(gone))
        await tx.execute(
            update(reminders)
            # The time, which is true of all, lets SQLite take the index of those few that are held: most have no lead.
            .where(reminders.c.state == ReminderState.HELD.value, reminders.c.occurrence >= EVER)
            .where(reminders.c.lead_id.in_(left))
            .values(state=ReminderState.SENT.value, sent_at=now)
        )

    async def number_messages(self, tx: Transaction, outbox_ids: Mapping[str, str]) -> None:
        """Keep which message carries which reminder."""
        await tx.execute(
            update(reminders)
            .where(among(reminders.c.id, outbox_ids))
            .values(outbox_id=case(outbox_ids, value=reminders.c.id))
        )

    async def to_repeat(
        self, tx: Transaction, sent_after: datetime, sent_before: datetime, limit: int
    ) -> list[Reminder]:
        """Reminders of open milestones that nobody answered, with nothing after them and no repeat before."""
        other = aliased(reminders)
        later = select(other.c.id).where(
            other.c.subject_id == reminders.c.subject_id,
            other.c.id != reminders.c.id,
            or_(
                other.c.state.in_([state.value for state in _WAITING]),
                other.c.sent_at > reminders.c.sent_at,
                # Two of the same subject that one message carried: one of them is enough.
                and_(
                    other.c.sent_at == reminders.c.sent_at,
                    other.c.again.is_(False),
                    other.c.id > reminders.c.id,
                ),
                and_(other.c.again.is_(True), other.c.occurrence > reminders.c.occurrence),
            ),
        )
        statement = (
            select(reminders)
            .join(milestones, milestones.c.id == reminders.c.subject_id)
            .where(
                reminders.c.state.in_([state.value for state in _UNANSWERED]),
                reminders.c.occurrence > sent_after,
                reminders.c.sent_at <= sent_before,
                reminders.c.again.is_(False),
                milestones.c.status.in_([status.value for status in rules.ACTIVE]),
                ~later.exists(),
            )
        )
        rows = await tx.execute(statement.order_by(reminders.c.sent_at).limit(limit))
        return [reminder_of(row) for row in rows]

    async def settled(
        self, tx: Transaction, client_id: str | None = None
    ) -> list[tuple[Reminder, OutboxState | None]]:
        """Queued reminders, of one client or all, whose message has ended or is gone, with the state it ended in."""
        theirs = true() if client_id is None else reminders.c.client_id == client_id
        ended = or_(outbox.c.id.is_(None), outbox.c.state.not_in([state.value for state in OPEN_STATES]))
        rows = await tx.execute(
            select(reminders, outbox.c.state.label("ended"))
            .select_from(reminders.outerjoin(outbox, outbox.c.id == reminders.c.outbox_id))
            # The time, which is true of all, lets SQLite take the index where nearly every row is in one state: its
            # statistics know how many rows a state has in the mean, and a million planned ones made it read the table.
            .where(
                reminders.c.state == ReminderState.QUEUED.value, reminders.c.occurrence >= EVER, ended, theirs
            )
        )
        return [(reminder_of(row), OutboxState(row.ended) if row.ended else None) for row in rows]

    async def anything(self, tx: Transaction, until: datetime) -> bool:
        """Whether a reminder is due until then or its message has ended. Only reads."""
        open_ = exists().where(
            outbox.c.id == reminders.c.outbox_id, outbox.c.state.in_([state.value for state in OPEN_STATES])
        )
        due = exists().where(
            reminders.c.state == ReminderState.PLANNED.value, reminders.c.occurrence <= until
        )
        ended = exists().where(reminders.c.state == ReminderState.QUEUED.value, ~open_)
        return bool((await tx.execute(select(or_(due, ended)))).scalar_one())

    async def due_clients(self, tx: Transaction, until: datetime) -> list[str]:
        """The clients who have a reminder that is due until then or on its way. Only reads."""
        due = and_(reminders.c.state == ReminderState.PLANNED.value, reminders.c.occurrence <= until)
        on_its_way = reminders.c.state == ReminderState.QUEUED.value
        rows = await tx.execute(select(reminders.c.client_id).where(or_(due, on_its_way)).distinct())
        return sorted(rows.scalars())

    async def finish_appointments(self, tx: Transaction, before: datetime) -> int:
        """What began before this time and was not cancelled is over; returns how many."""
        done = AppointmentStatus.DONE.value
        return (await tx.execute(update(appointments).where(_over(before)).values(status=done))).rowcount

    async def offsets(self, tx: Transaction, client_id: str) -> dict[tuple[str, str], str]:
        """What a client has chosen, by subject and by the id of one milestone or appointment ('' for all)."""
        rows = await tx.execute(select(reminder_wishes).where(reminder_wishes.c.client_id == client_id))
        return {(row.subject, row.subject_id): row.offsets for row in rows}

    async def set_offsets(
        self, tx: Transaction, client_id: str, subject: Subject, subject_id: str, offsets: str | None
    ) -> None:
        """Keep what was chosen; None is the usual again."""
        key = {"client_id": client_id, "subject": subject.value, "subject_id": subject_id}
        table = reminder_wishes
        await tx.execute(delete(table).where(*(table.c[name] == value for name, value in key.items())))
        if offsets is not None:
            await tx.execute(insert(table).values(**key, offsets=offsets))


def _over(before: datetime) -> ColumnElement[bool]:
    live = (AppointmentStatus.PLANNED.value, AppointmentStatus.CANCEL_REQUESTED.value)
    return and_(appointments.c.starts_at < before, appointments.c.status.in_(live))
