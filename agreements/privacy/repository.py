"""Statements that follow the rules through all tables: what is a person's, what names them, and what has been kept long enough."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, Select, Table, and_, delete, exists, func, or_, select, update

from agreements.files.rules import DRAFTS, draft_kind
from agreements.privacy.rules import PLAIN, RULES
from agreements.privacy.types import Rule, Whose
from db.among import among
from db.crypto import Cipher
from db.engine import Transaction
from db.tables import metadata
from db.tables.agreements import appointment_shares, appointments, clients
from db.tables.circle import (
    feedback_asks,
    feedback_wishes,
    meeting_guests,
    saved_offers,
    saved_profiles,
    saved_searches,
)
from db.tables.delivery import outbox
from db.tables.files import case_notes, client_changes
from db.tables.offers import offer_reports
from db.tables.people import drafts, invitations, persons, roles
from db.tables.staff import campaigns


class PrivacyRepository:
    """Reads, empties and removes by the rule of each table."""

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher

    async def cases_of(self, tx: Transaction, person_id: str) -> list[str]:
        """Ids of the cases that the person's chat stands for."""
        return list(
            (await tx.execute(select(clients.c.id).where(clients.c.person_id == person_id))).scalars()
        )

    async def cases_with(self, tx: Transaction, case_number: str) -> list[str]:
        """Ids of the cases with a number: one or none."""
        hashed = self._cipher.blind("case", case_number)
        return list((await tx.execute(select(clients.c.id).where(clients.c.case_hash == hashed))).scalars())

    async def rows(
        self, tx: Transaction, name: str, person_id: str, client_ids: Sequence[str]
    ) -> list[dict[str, Any]]:
        """The shown columns of a table's rows about the person and their cases, opened; the oldest first where it is known."""
        table, rule = metadata.tables[name], RULES[name]
        if not rule.by or rule.whose is Whose.LOGGED:
            return []
        wanted = client_ids if rule.whose is Whose.CASE else [person_id]
        statement = _belonging(table, rule, wanted).order_by(*_by_age(table))
        if table is drafts:
            # Whoever talks with a client keeps it, but it is about the client: `interviews` gives it out.
            statement = statement.where(~drafts.c.kind.startswith(DRAFTS, autoescape=True))
        return [self._shown(table, rule, row) for row in (await tx.execute(statement)).mappings()]

    async def interviews(self, tx: Transaction, client_ids: Sequence[str]) -> list[dict[str, Any]]:
        """What staff typed of interviews about these cases and have not yet written into the file."""
        of_cases = among(drafts.c.kind, [draft_kind(id_) for id_ in client_ids])
        rows = await tx.execute(select(drafts).where(of_cases).order_by(drafts.c.id))
        return [self._shown(drafts, RULES["drafts"], row) for row in rows.mappings()]

    def _shown(self, table: Table, rule: Rule, row: RowMapping) -> dict[str, Any]:
        key = str(row[next(iter(table.primary_key.columns)).name])
        return {
            name.removesuffix("_sealed"): self._opened(table.name, name, key, row[name])
            for name in rule.shown
        }

    def _opened(self, table: str, column: str, key: str, value: Any) -> Any:
        if not column.endswith("_sealed") or value is None:
            return value.isoformat() if isinstance(value, date) else value
        text = self._cipher.open(table, column, key, bytes(value))
        if column in PLAIN:
            return text
        found = json.loads(text)
        # A file that is on its way would otherwise stand within itself.
        return {k: v for k, v in found.items() if k != "content"} if isinstance(found, dict) else found

    async def let_go(self, tx: Transaction, person_id: str) -> None:
        """Empty every column that names the person as whoever did something."""
        for name, rule in RULES.items():
            table = metadata.tables[name]
            for column in rule.trail:
                nobody = None if table.c[column].nullable else ""
                await tx.execute(update(table).where(table.c[column] == person_id).values({column: nobody}))

    async def counts(self, tx: Transaction) -> dict[str, int]:
        """How many rows each table about people has."""
        names = [name for name, rule in RULES.items() if rule.whose is not Whose.NOBODY]
        columns = [
            select(func.count()).select_from(metadata.tables[name]).scalar_subquery().label(name)
            for name in names
        ]
        return {
            str(name): int(count)
            for name, count in (await tx.execute(select(*columns))).mappings().one().items()
        }

    async def strangers(self, tx: Transaction, before: datetime) -> list[str]:
        """Chats of nobody else's that never went on past the notice, kept nothing and were not seen since."""
        stopped = persons.c.chat_hash.is_not(None), persons.c.notice_version.is_(None)
        found = await tx.execute(
            select(persons.c.id).where(persons.c.seen_at < before, *stopped, *_NOBODY_ELSE, *_NOTHING_KEPT)
        )
        return list(found.scalars())

    async def idle(self, tx: Transaction, before: datetime) -> list[str]:
        """People without any role, also of the past, who have no case and look after none, and were not seen since."""
        found = await tx.execute(select(persons.c.id).where(persons.c.seen_at <= before, *_NOBODY_ELSE))
        return list(found.scalars())

    async def closed(self, tx: Transaction, before: datetime) -> list[str]:
        """Cases that ended before."""
        return list((await tx.execute(select(clients.c.id).where(clients.c.ended_at <= before))).scalars())

    async def stored(self, tx: Transaction, client_ids: Sequence[str]) -> frozenset[str]:
        """Those of these cases that are only stored."""
        where = among(clients.c.id, client_ids), clients.c.restricted_at.is_not(None)
        return frozenset((await tx.execute(select(clients.c.id).where(*where))).scalars())

    async def every_case(self, tx: Transaction) -> list[str]:
        return list((await tx.execute(select(clients.c.id))).scalars())

    async def remove_case(self, tx: Transaction, client_id: str) -> None:
        """Remove a case with everything that hangs on it, and with what only names it."""
        about = outbox.c.dedup_key.contains(client_id, autoescape=True)
        await tx.execute(delete(outbox).where(about))
        await tx.execute(delete(invitations).where(invitations.c.client_id == client_id))
        await tx.execute(delete(drafts).where(drafts.c.kind == draft_kind(client_id)))
        await tx.execute(delete(clients).where(clients.c.id == client_id))

    async def remove_notes(self, tx: Transaction, before: datetime) -> None:
        """Notes that were removed before, with what is known of their changes."""
        gone = select(case_notes.c.id).where(case_notes.c.removed_at <= before)
        await tx.execute(delete(client_changes).where(client_changes.c.subject.in_(gone)))
        await tx.execute(delete(case_notes).where(case_notes.c.removed_at <= before))

    async def remove_changes(self, tx: Transaction, before: datetime) -> None:
        await tx.execute(delete(client_changes).where(client_changes.c.changed_at <= before))

    async def remove_invitations(self, tx: Transaction, before: datetime) -> None:
        await tx.execute(delete(invitations).where(invitations.c.expires_at <= before))

    async def remove_shares(self, tx: Transaction, before: datetime) -> None:
        """Shared appointments that were over, or not shared any more, before."""
        past = select(appointments.c.id).where(appointments.c.starts_at <= before)
        table = appointment_shares
        await tx.execute(
            delete(table).where(or_(table.c.appointment_id.in_(past), table.c.ended_at <= before))
        )

    async def remove_reports(self, tx: Transaction, before: datetime) -> None:
        await tx.execute(delete(offer_reports).where(offer_reports.c.closed_at <= before))

    async def remove_roles(self, tx: Transaction, before: datetime) -> None:
        await tx.execute(delete(roles).where(roles.c.ended_at <= before))

    async def remove_guests(self, tx: Transaction, before: date) -> None:
        """Who came to dates up to this day."""
        await tx.execute(delete(meeting_guests).where(meeting_guests.c.day <= before))

    async def remove_saved(self, tx: Transaction, before: datetime) -> None:
        """What somebody kept and has not used since."""
        for used in (saved_offers.c.saved_at, saved_profiles.c.used_at, saved_searches.c.seen_at):
            await tx.execute(delete(used.table).where(used <= before))

    async def remove_asks(self, tx: Transaction, before: datetime) -> None:
        """Who was asked about which offer up to then: they may be asked anew."""
        await tx.execute(delete(feedback_asks).where(feedback_asks.c.asked_at <= before))

    async def remove_campaigns(self, tx: Transaction, before: datetime) -> None:
        await tx.execute(
            delete(campaigns).where(and_(campaigns.c.send_at <= before, campaigns.c.created_at <= before))
        )


# A case may name as its coordinator somebody whose last role was let go of years ago: it needs them for as long as it stands.
_NOBODY_ELSE = (
    ~exists().where(roles.c.person_id == persons.c.id),
    ~exists().where(or_(clients.c.person_id == persons.c.id, clients.c.coordinator_id == persons.c.id)),
)


_NOTHING_KEPT = tuple(
    ~exists().where(table.c.person_id == persons.c.id)
    for table in (saved_offers, saved_profiles, saved_searches, meeting_guests, feedback_wishes)
)
"""Whoever keeps something, comes to a meeting or wants to be asked uses the bot, though they never tapped that they read the notice."""


def _belonging(table: Table, rule: Rule, ids: Sequence[str]) -> Select[Any]:
    return select(table).where(table.c[rule.by].in_(_keys(rule, ids)))


def _keys(rule: Rule, ids: Sequence[str]) -> Any:
    """What the column of a rule must be: an id itself, or the id of a row of the table that it leads to."""
    if not rule.of:
        return ids
    parent, above = metadata.tables[rule.of], RULES[rule.of]
    return select(parent.c.id).where(parent.c[above.by].in_(_keys(above, ids)))


def _by_age(table: Table) -> Iterable[Any]:
    ages = [table.c[name] for name in ("created_at", "at") if name in table.c]
    return [*ages, *table.primary_key.columns]
