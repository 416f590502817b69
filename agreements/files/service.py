"""Use cases about the client's file: recorded, corrected and taken back, with who and when; contacts and notes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from agreements import rules
from agreements.access import CaseAccess
from agreements.errors import CaseNumberTakenError, DayTooOldError
from agreements.files import fields
from agreements.files import rules as file_rules
from agreements.files.errors import (
    ChangedAgainError,
    ChangedMeanwhileError,
    ContactDayError,
    FieldsInvalidError,
    NoteEmptyError,
)
from agreements.files.repository import FilesRepository
from agreements.files.types import Caseload, Change, Channel, File, Note, Record
from agreements.repository import AgreementsRepository
from agreements.types import Client
from db.engine import Transaction
from i18n.messages import Message
from people.audit.types import Part
from people.errors import NotFoundError
from people.types import Actor

FILE = "file"
NOTE_LENGTH = 4000


class FilesService:
    """Never commits: `tx` is the caller's unit of work. What is not theirs raises the same NotFoundError as what does not exist."""

    def __init__(
        self,
        repository: FilesRepository,
        cases: AgreementsRepository,
        access: CaseAccess,
        *,
        new_id: Callable[[], str],
    ) -> None:
        self._repository = repository
        self._cases = cases
        self._access = access
        self._new_id = new_id

    async def file(self, tx: Transaction, actor: Actor, client_id: str) -> File:
        """Everything recorded about one client. Raises NotFoundError."""
        client = await self._access.work_on(tx, actor, client_id, Part.FILE)
        return File(
            client,
            await self._repository.record(tx, client.id),
            tuple(await self._repository.notes(tx, client.id)),
            tuple(await self._repository.changes(tx, client.id)),
        )

    async def record(self, tx: Transaction, actor: Actor, client_id: str) -> Record:
        """What is recorded about one client. Raises NotFoundError."""
        client = await self._access.work_on(tx, actor, client_id, Part.FILE)
        return await self._repository.record(tx, client.id)

    async def caseload(self, tx: Transaction, actor: Actor) -> Caseload:
        """The coordinator's open cases with their names. Raises NotAllowedError."""
        clients = await self._access.caseload(tx, actor)
        return Caseload(tuple(clients), await self._repository.names(tx, [client.id for client in clients]))

    async def closed(self, tx: Transaction, actor: Actor) -> Caseload:
        """The coordinator's closed cases that are kept, with their names: to look among, nobody is shown all of them. Raises NotAllowedError."""
        clients = await self._access.closed(tx, actor)
        return Caseload(tuple(clients), await self._repository.names(tx, [client.id for client in clients]))

    async def cells(self, tx: Transaction, actor: Actor, client_id: str) -> dict[str, str]:
        """Every field as a form shows it and `change` takes it. Raises NotFoundError."""
        client = await self._access.work_on(tx, actor, client_id, Part.FILE)
        return fields.all_cells(client, await self._repository.record(tx, client.id))

    async def change(
        self, tx: Transaction, actor: Actor, client_id: str, cells: Mapping[str, str], now: datetime
    ) -> Change | None:
        """Write fields as a form gives them, named as in `fields.FIELDS`; returns None when all of them were so before.

        Raises FieldsInvalid- (for every field what is wrong), CaseNumberTaken-, NotFoundError.
        """
        client = await self._access.work_on(tx, actor, client_id, Part.FILE, change=True)
        values, wrong = fields.read(cells)
        # Of two who write a day each, the second sees the first one's.
        await self._repository.lock(tx, client.id)
        wrong |= _slipped(await self._repository.record(tx, client.id), values, now)
        if wrong:
            raise FieldsInvalidError(wrong)
        return await self._write(tx, actor, client, values, now)

    async def interview(
        self,
        tx: Transaction,
        actor: Actor,
        client_id: str,
        cells: Mapping[str, str],
        now: datetime,
        *,
        shown: Mapping[str, str] = MappingProxyType({}),
    ) -> Change | None:
        """Write what was typed into an interview as `change` does: of `cells` those that are not as they were `shown`.

        Education that is said counts as recorded today where no day is given. Raises ChangedMeanwhileError where somebody else
        has changed one of these fields since.
        """
        await self._access.work_on(tx, actor, client_id, Part.FILE, change=True)
        await self._repository.lock(tx, client_id)
        there = await self.cells(tx, actor, client_id)
        if file_rules.overtaken(file_rules.typed(cells, shown), shown, there):
            raise ChangedMeanwhileError
        return await self.change(tx, actor, client_id, _said(cells, shown, there, now), now)

    async def says_more(
        self,
        tx: Transaction,
        actor: Actor,
        client_id: str,
        cells: Mapping[str, str],
        now: datetime,
        *,
        shown: Mapping[str, str] = MappingProxyType({}),
    ) -> bool:
        """Whether an interview would change anything of the file. Raises NotFoundError."""
        return bool(_said(cells, shown, await self.cells(tx, actor, client_id), now))

    async def undo(self, tx: Transaction, actor: Actor, change_id: str, now: datetime) -> Change:
        """Take one change back; it stays in the list, and so does this.

        Raises ChangedAgain-, NotFoundError, and FieldsInvalidError where a day that comes back does not go with one that was written since.
        """
        found = await self._repository.change(tx, change_id)
        client = await self._access.work_on(
            tx, actor, found.client_id if found else None, Part.FILE, change=True
        )
        if found is None:
            raise NotFoundError
        if found.subject != FILE:
            return await self._undo_note(tx, actor, found, now)
        await self._repository.lock(tx, client.id)
        record = await self._repository.record(tx, client.id)
        now_said = fields.all_cells(client, record)
        if any(now_said[name] != cell for name, cell in found.after.items()):
            raise ChangedAgainError
        values, _ = fields.read(found.before)
        if wrong := _slipped(record, values, now):
            raise FieldsInvalidError(wrong)
        undone = await self._write(tx, actor, client, values, now, undoes=found.id)
        if undone is None:
            raise ChangedAgainError
        return undone

    async def add_note(self, tx: Transaction, actor: Actor, client_id: str, text: str, now: datetime) -> Note:
        """Keep a note; it is never sent. Raises NoteEmpty-, NotFoundError."""
        return await self._add(tx, actor, client_id, None, rules.today(now), _checked(text), now)

    async def add_contact(
        self,
        tx: Transaction,
        actor: Actor,
        client_id: str,
        channel: Channel,
        happened_on: date,
        text: str,
        now: datetime,
    ) -> Note:
        """Keep that somebody was spoken to, with a few words or none. Raises ContactDay-, DayTooOld-, NoteEmpty-, NotFoundError."""
        if happened_on > rules.today(now):
            raise ContactDayError
        if rules.long_past(happened_on, now):
            raise DayTooOldError
        said = _checked(text) if text.strip() else ""
        return await self._add(tx, actor, client_id, channel, happened_on, said, now)

    async def correct_note(
        self, tx: Transaction, actor: Actor, note_id: str, text: str, now: datetime
    ) -> Change:
        """Another text for a note; the one before stays among the changes. Raises NoteEmpty-, NotFoundError."""
        note = await self._note(tx, actor, note_id)
        return await self._rewrite(tx, actor, note, {"text": note.text}, {"text": _checked(text)}, now)

    async def remove_note(self, tx: Transaction, actor: Actor, note_id: str, now: datetime) -> Change:
        """Take a note out of the list; undoing the change brings it back. Raises NotFoundError."""
        note = await self._note(tx, actor, note_id)
        return await self._rewrite(tx, actor, note, {"text": note.text}, {}, now)

    async def _note(self, tx: Transaction, actor: Actor, note_id: str) -> Note:
        note = await self._repository.note(tx, note_id)
        client_id = note.client_id if note else None
        await self._access.work_on(tx, actor, client_id, Part.NOTES, change=True)
        if note is None:
            raise NotFoundError
        return note

    async def _add(
        self,
        tx: Transaction,
        actor: Actor,
        client_id: str,
        channel: Channel | None,
        happened_on: date,
        text: str,
        now: datetime,
    ) -> Note:
        client = await self._access.work_on(tx, actor, client_id, Part.NOTES, change=True)
        note = Note(self._new_id(), client.id, channel, happened_on, text, actor.id, now)
        await self._repository.add_note(tx, note)
        after = {"channel": channel.value if channel else "", "happened_on": happened_on.isoformat()}
        await self._keep(tx, actor, client.id, note.id, {}, {**after, "text": text}, now)
        return note

    async def _rewrite(
        self,
        tx: Transaction,
        actor: Actor,
        note: Note,
        before: Mapping[str, str],
        after: Mapping[str, str],
        now: datetime,
        undoes: str | None = None,
    ) -> Change:
        """`after` without a text takes the note out of the list; the text itself stays for whoever takes that back."""
        removed = None if "text" in after else now
        await self._repository.write_note(tx, note.id, after.get("text", note.text), removed)
        return await self._keep(tx, actor, note.client_id, note.id, before, after, now, undoes)

    async def _undo_note(self, tx: Transaction, actor: Actor, found: Change, now: datetime) -> Change:
        note = await self._note(tx, actor, found.subject)
        of_note = [c for c in await self._repository.changes(tx, found.client_id) if c.subject == note.id]
        if of_note[0].id != found.id:
            raise ChangedAgainError
        return await self._rewrite(tx, actor, note, found.after, found.before, now, found.id)

    async def _write(
        self,
        tx: Transaction,
        actor: Actor,
        client: Client,
        values: Mapping[str, Any],
        now: datetime,
        undoes: str | None = None,
    ) -> Change | None:
        await self._repository.lock(tx, client.id)
        record = await self._repository.record(tx, client.id)
        old = fields.all_cells(client, record)
        changed = {name: value for name, value in values.items() if fields.written(value) != old[name]}
        if not changed:
            return None
        if "language" in changed and client.linked:
            raise FieldsInvalidError({"language": Message("cw.error.language_own")})
        number = changed.get("case_number")
        if number is not None and await self._cases.client_by_case(tx, number) is not None:
            raise CaseNumberTakenError
        of_client = {name: value for name, value in changed.items() if name in fields.OF_CLIENT}
        of_record = {name: value for name, value in changed.items() if name in fields.OF_RECORD}
        if of_client:
            await self._repository.change_client(tx, client.id, of_client)
        if of_record:
            await self._repository.save_record(tx, replace(record, **of_record), now)
        before = {name: old[name] for name in changed}
        after = {name: fields.written(value) for name, value in changed.items()}
        return await self._keep(tx, actor, client.id, FILE, before, after, now, undoes)

    async def _keep(
        self,
        tx: Transaction,
        actor: Actor,
        client_id: str,
        subject: str,
        before: Mapping[str, str],
        after: Mapping[str, str],
        now: datetime,
        undoes: str | None = None,
    ) -> Change:
        change = Change(self._new_id(), client_id, subject, before, after, undoes, actor.id, now)
        await self._repository.add_change(tx, change)
        return change


def _said(
    cells: Mapping[str, str], shown: Mapping[str, str], there: Mapping[str, str], now: datetime
) -> dict[str, str]:
    """The cells in which an interview differs from the file."""
    whole = {**there, **file_rules.typed(cells, shown)}
    values, _ = fields.read({"education_recorded_on": there["education_recorded_on"]})
    said = file_rules.interviewed(whole, values["education_recorded_on"], rules.today(now))
    return {name: cell for name, cell in said.items() if cell.strip() != there.get(name)}


def _slipped(record: Record, values: Mapping[str, Any], now: datetime) -> dict[str, Message]:
    """Of days that are new to a record, what is wrong with each."""
    today = rules.today(now)
    slips = file_rules.slips(record, values, today + rules.MILESTONE_AHEAD, today)
    return {name: fields.slipped(name, slip) for name, slip in slips.items()}


def _checked(text: str) -> str:
    """A note as it is kept. Raises NoteEmptyError."""
    lines = [rules.clean_line(line) for line in text.splitlines()]
    said = "\n".join(lines).strip()
    if not said or len(said) > NOTE_LENGTH:
        raise NoteEmptyError
    return said
