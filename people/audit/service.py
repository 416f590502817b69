"""Use cases about the access log: note an access, write the notes at the end of a transaction, check the chain."""

from collections.abc import Callable, Collection
from datetime import datetime

from db.engine import Transaction
from db.notes import Notes
from i18n.dates import BERLIN
from people.audit.repository import AuditRepository
from people.audit.rules import Check
from people.audit.types import HEAD, START, Access, Anchor, Capacity, Checked, Part, Row


class Trail:
    """Noted while somebody works, written in the same commit; of a transaction that only reads, in a short one after it.

    A line in a list is written once a day for each case and reader: lists are looked at all day long, and a second row would tell nothing new.
    `Database.ends_with` makes every transaction end with it.
    """

    def __init__(self, repository: AuditRepository, *, now: Callable[[], datetime]) -> None:
        self._repository = repository
        self._now = now
        self.notes: Notes[Access] = Notes()

    def note(
        self,
        tx: Transaction,
        actor_id: str,
        acted_as: Capacity,
        case_id: str,
        part: Part,
        *,
        change: bool = False,
    ) -> None:
        """Somebody was given this part of a case."""
        self.notes.take(tx, Access(actor_id, acted_as, case_id, part, change))

    async def due(self, tx: Transaction, notes: list[Access]) -> list[Access]:
        """Without the lines of lists that are written for today, and without the look that a change begins with."""
        changed = {(note.actor_id, note.case_id, note.part) for note in notes if note.change}
        notes = [n for n in notes if n.change or (n.actor_id, n.case_id, n.part) not in changed]
        listing = {note.actor_id for note in notes if note.part is Part.LIST}
        if not listing:
            return notes
        day = self._now().astimezone(BERLIN).replace(hour=0, minute=0, second=0, microsecond=0)
        seen = {
            (actor_id, case)
            for actor_id in listing
            for case in await self._repository.listed_since(tx, self._repository.actor_hash(actor_id), day)
        }
        hashed = self._repository.case_hash
        return [
            note
            for note in notes
            if note.part is not Part.LIST or (note.actor_id, hashed(note.case_id)) not in seen
        ]

    async def write(self, tx: Transaction, notes: list[Access]) -> None:
        """Add what is due to the chain."""
        due, now = await self.due(tx, notes), self._now()
        if due:
            await self._repository.append(tx, [self._row(note, now) for note in due])

    async def of_cases(self, tx: Transaction, case_ids: Collection[str]) -> list[Row]:
        """Who looked at some cases, the newest first."""
        return await self._repository.of_cases(tx, case_ids)

    def actor_hash(self, person_id: str) -> str:
        """How somebody is named in the log."""
        return self._repository.actor_hash(person_id)

    def case_hash(self, case_id: str) -> str:
        """How a case, or an account, is named in the log."""
        return self._repository.case_hash(case_id)

    async def check(self, tx: Transaction, anchor: Anchor | None = None) -> Checked:
        """Follow the chain from its start to its newest row; `anchor` is what its end was at some time before. `tx` is fresh."""
        repository = self._repository
        await repository.pin(tx)
        ends = await repository.end(tx, START), await repository.end(tx, HEAD)
        check = Check(repository.link, *ends, anchor)
        async for row in repository.every(tx):
            check.row(row)
        breaks = tuple(check.end())
        return Checked(check.rows, breaks, await self.anchor(tx))

    async def anchor(self, tx: Transaction) -> Anchor | None:
        """The newest row, to be kept where the database is not; None before there is one."""
        head = await self._repository.end(tx, HEAD)
        return Anchor(head.seq, head.link) if head else None

    async def let_go(self, tx: Transaction, before: datetime) -> None:
        """Remove rows from before; what is left can still be checked."""
        await self._repository.let_go(tx, before)

    def _row(self, note: Access, now: datetime) -> Row:
        actor, case = self._repository.actor_hash(note.actor_id), self._repository.case_hash(note.case_id)
        return Row(0, now, actor, note.acted_as, case, note.part, note.change, 0)
