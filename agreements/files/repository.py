"""Every SQL statement about clients' files; everything but days is sealed here."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import LargeBinary, Row, Select, String, func, insert, select, type_coerce, update

from agreements.files import fields
from agreements.files.fields import DATES, OF_RECORD, written
from agreements.files.types import Case, Change, Channel, Note, Record
from agreements.sealing import Sealing
from db.among import among
from db.crypto import HEAD_BYTES, Cipher
from db.engine import Transaction
from db.tables.agreements import clients
from db.tables.files import case_notes, client_changes, client_files

_SEALED = tuple(name for name in OF_RECORD if name not in DATES)
_OPENED = ("working_age", "labour_access_on", "gender")
"""What figures need of a sealed record."""
_OF_DAY = ("call_name", "working_age")
# Days as the database gives them: of thousands of rows only those are read that say something new.
_DAYS = tuple(type_coerce(client_files.c[name], String) for name in DATES)
_COUNTED = client_files.c.client_id, client_files.c.record_sealed, *_DAYS
_MARKED = (
    client_files.c.client_id,
    func.substr(client_files.c.record_sealed, 1, HEAD_BYTES, type_=LargeBinary),
)
_WITH_PLACE = select(*_MARKED, clients.c.place).select_from(
    client_files.join(clients, clients.c.id == client_files.c.client_id)
)
_COUNTED_NOW = _WITH_PLACE.where(clients.c.restricted_at.is_(None))
_COUNTED_WHOLE = select(*_COUNTED)
_MANY = 1000
_Known = dict[str, tuple[bytes | None, Case]]
"""By client what says whether the record is still the one that was read, since what is sealed begins otherwise after every change, and
what was read."""


class FilesRepository(Sealing):
    """Records, their changes, and notes."""

    def __init__(self, cipher: Cipher) -> None:
        super().__init__(cipher)
        self._counted: _Known = {}
        self._waiting: _Known = {}

    async def lock(self, tx: Transaction, client_id: str) -> None:
        """Let nobody else write into the file until the transaction ends: what is sealed is read and written as a whole.

        Rows that only point at the client can still be added by others.
        """
        await tx.execute(
            select(clients.c.id).where(clients.c.id == client_id).with_for_update(key_share=True)
        )

    async def record(self, tx: Transaction, client_id: str) -> Record:
        """What is recorded; an empty record when nothing is."""
        return (await self.records(tx, [client_id])).get(client_id) or Record(client_id)

    async def records(self, tx: Transaction, client_ids: Collection[str]) -> dict[str, Record]:
        """Records by client; clients of whom nothing is recorded are left out."""
        rows = await tx.execute(select(client_files).where(among(client_files.c.client_id, client_ids)))
        return {row.client_id: self._record(row) for row in rows}

    async def of_day(self, tx: Transaction, client_ids: Collection[str]) -> dict[str, Record]:
        """The same with no more in it than a day's list shows and goes by."""
        rows = await tx.execute(select(*_COUNTED).where(among(client_files.c.client_id, client_ids)))
        return {row[0]: self._only(_OF_DAY, *row) for row in rows.all()}

    async def names(self, tx: Transaction, client_ids: Collection[str]) -> dict[str, str]:
        """How clients are called, by id; empty or left out where nobody said."""
        columns = client_files.c.client_id, client_files.c.record_sealed
        rows = await tx.execute(select(*columns).where(among(client_files.c.client_id, client_ids)))
        return {row[0]: self._said(*row).get("call_name", "") for row in rows}

    async def counted(self, tx: Transaction) -> list[Case]:
        """Place and record of every case of which something is recorded, ended ones too, with no more in it than figures need; what is
        only stored is left out.
        """
        self._counted = found = await self._once(tx, self._counted, _COUNTED_NOW)
        return [case for _, case in found.values()]

    async def unrecorded(self, tx: Transaction, allocated_before: date) -> list[Record]:
        """Records of open cases that are worked on and allocated before a day, and whose education nobody has recorded."""
        file = client_files.c
        worked_on = clients.c.ended_at.is_(None), clients.c.restricted_at.is_(None)
        waiting = file.allocated_on < allocated_before, file.education_recorded_on.is_(None)
        self._waiting = found = await self._once(tx, self._waiting, _WITH_PLACE.where(*worked_on, *waiting))
        return [record for _, (_, record) in found.values()]

    async def _once(
        self, tx: Transaction, known: _Known, statement: Select[str, bytes | None, str]
    ) -> _Known:
        """Place and record by client: of thousands only those are opened that say something new. What is gone is not in it any more."""
        found: _Known = {}
        new: dict[str, tuple[bytes | None, str]] = {}
        # All at once: a result that is asked row by row goes through three calls for each.
        for id_, head, place in (await tx.execute(statement)).all():
            one = known.get(id_)
            if one is not None and one[0] == head and one[1][0] == place:
                found[id_] = one
            else:
                new[id_] = head, place
        if new:
            of_new = _COUNTED_WHOLE
            if len(new) < _MANY:
                of_new = of_new.where(among(client_files.c.client_id, list(new)))
            opened = {row[0]: self._only(_OPENED, *row) for row in (await tx.execute(of_new)).all()}
            # PostgreSQL may have lost a row between the two.
            found |= {
                id_: (head, (place, opened[id_])) for id_, (head, place) in new.items() if id_ in opened
            }
        return found

    def _only(
        self, names: Iterable[str], client_id: str, sealed: bytes | None, *days: date | str | None
    ) -> Record:
        said = self._said(client_id, sealed)
        values: dict[str, Any] = fields.opened({name: said[name] for name in names if name in said})
        read = (date.fromisoformat(day) if isinstance(day, str) else day for day in days)
        return Record(client_id, **values | dict(zip(DATES, read, strict=True)))

    def _said(self, client_id: str, sealed: bytes | None) -> dict[str, str]:
        return self._open("client_files", "record_sealed", client_id, sealed) or {}

    async def save_record(self, tx: Transaction, record: Record, now: datetime) -> None:
        table, key = client_files, record.client_id
        sealed = {
            name: written(value) for name in _SEALED if (value := getattr(record, name)) not in (None, "")
        }
        values = {name: getattr(record, name) for name in DATES} | {
            # Sealed also where it is empty: by what it begins with others see that a day changed.
            "record_sealed": self._seal("client_files", "record_sealed", key, sealed),
            "updated_at": now,
        }
        changed = await tx.execute(update(table).where(table.c.client_id == key).values(**values))
        if changed.rowcount == 0:
            await tx.execute(insert(table).values(client_id=key, **values))

    def _record(self, row: Row[Any]) -> Record:
        values = fields.opened(self._said(row.client_id, row.record_sealed))
        return Record(row.client_id, **values, **{name: getattr(row, name) for name in DATES})

    async def change_client(self, tx: Transaction, client_id: str, values: Mapping[str, Any]) -> None:
        """Case number, language or place of the client's row."""
        columns = dict(values)
        number = columns.pop("case_number", None)
        if number is not None:
            columns["case_hash"] = self._cipher.blind("case", number)
            columns["case_sealed"] = self._cipher.seal("clients", "case_sealed", client_id, number)
        await tx.execute(update(clients).where(clients.c.id == client_id).values(**columns))

    # Changes

    async def add_change(self, tx: Transaction, change: Change) -> None:
        await tx.execute(
            insert(client_changes).values(
                id=change.id,
                client_id=change.client_id,
                subject=change.subject,
                before_sealed=self._seal("client_changes", "before_sealed", change.id, dict(change.before)),
                after_sealed=self._seal("client_changes", "after_sealed", change.id, dict(change.after)),
                undoes=change.undoes,
                changed_by=change.changed_by,
                changed_at=change.changed_at,
            )
        )

    async def change(self, tx: Transaction, change_id: str) -> Change | None:
        row = (await tx.execute(select(client_changes).where(client_changes.c.id == change_id))).first()
        return self._change(row) if row else None

    async def changes(self, tx: Transaction, client_id: str) -> list[Change]:
        """The newest first."""
        table = client_changes
        statement = select(table).where(table.c.client_id == client_id)
        rows = await tx.execute(statement.order_by(table.c.changed_at.desc(), table.c.id.desc()))
        return [self._change(row) for row in rows]

    async def changed_since(
        self, tx: Transaction, client_ids: Collection[str], since: datetime | None
    ) -> set[str]:
        """Which of these clients' files were changed after that time, or ever."""
        table = client_changes
        statement = select(table.c.client_id).where(among(table.c.client_id, client_ids))
        if since is not None:
            statement = statement.where(table.c.changed_at > since)
        return set((await tx.execute(statement)).scalars())

    def _change(self, row: Row[Any]) -> Change:
        return Change(
            row.id,
            row.client_id,
            row.subject,
            self._open("client_changes", "before_sealed", row.id, row.before_sealed) or {},
            self._open("client_changes", "after_sealed", row.id, row.after_sealed) or {},
            row.undoes,
            row.changed_by,
            row.changed_at,
        )

    # Notes and contacts

    async def add_note(self, tx: Transaction, note: Note) -> None:
        await tx.execute(
            insert(case_notes).values(
                id=note.id,
                client_id=note.client_id,
                channel=note.channel.value if note.channel else None,
                happened_on=note.happened_on,
                text_sealed=self._seal("case_notes", "text_sealed", note.id, note.text or None),
                created_by=note.created_by,
                created_at=note.created_at,
            )
        )

    async def write_note(self, tx: Transaction, note_id: str, text: str, removed_at: datetime | None) -> None:
        """Another text, or out of the list and back."""
        sealed = self._seal("case_notes", "text_sealed", note_id, text or None)
        statement = update(case_notes).where(case_notes.c.id == note_id)
        await tx.execute(statement.values(text_sealed=sealed, removed_at=removed_at))

    async def note(self, tx: Transaction, note_id: str) -> Note | None:
        """One note, also a removed one."""
        row = (await tx.execute(select(case_notes).where(case_notes.c.id == note_id))).first()
        return self._note(row) if row else None

    async def notes(self, tx: Transaction, client_id: str) -> list[Note]:
        """Notes and contacts that were not removed, the newest first."""
        table = case_notes
        statement = select(table).where(table.c.client_id == client_id, table.c.removed_at.is_(None))
        rows = await tx.execute(statement.order_by(table.c.happened_on.desc(), table.c.created_at.desc()))
        return [self._note(row) for row in rows]

    async def last_contacts(self, tx: Transaction, client_ids: Collection[str]) -> dict[str, date]:
        """The day each of these clients was last spoken to; a letter is not speaking."""
        table = case_notes
        spoken = table.c.channel.is_not(None), table.c.channel != Channel.LETTER.value
        statement = select(table.c.client_id, func.max(table.c.happened_on).label("day"))
        wanted = (among(table.c.client_id, client_ids), table.c.removed_at.is_(None), *spoken)
        rows = await tx.execute(statement.where(*wanted).group_by(table.c.client_id))
        return {client_id: day for client_id, day in rows.all()}  # noqa: C416 -- rows are no pairs to mypy

    def _note(self, row: Row[Any]) -> Note:
        return Note(
            row.id,
            row.client_id,
            Channel(row.channel) if row.channel else None,
            row.happened_on,
            self._open("case_notes", "text_sealed", row.id, row.text_sealed) or "",
            row.created_by,
            row.created_at,
        )
