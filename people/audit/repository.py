"""Every SQL statement about the access log: adding to its end, reading it, and letting go of its beginning."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row as SqlRow
from sqlalchemy import Select, delete, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from db.crypto import Cipher
from db.engine import Transaction
from db.tables.audit import access_chain, access_log
from people.audit.rules import end_said, said
from people.audit.types import HEAD, START, Capacity, End, Part, Row

_PAGE = 2000


class AuditRepository:
    """The chain and its ends; persons and cases stand in it by keyed hashes."""

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher
        self.link = cipher.link

    def actor_hash(self, person_id: str) -> str:
        """How somebody is named in the log."""
        return self._cipher.blind("log actor", person_id)

    def case_hash(self, case_id: str) -> str:
        """How a case is named in the log."""
        return self._cipher.blind("log case", case_id)

    async def append(self, tx: Transaction, rows: Sequence[Row]) -> None:
        """Add rows at the end, in order, with the next numbers and links. Others who add wait until this commits."""
        head = await self._lock_head(tx)
        key_id, seq, before = self._cipher.chain_key, head.seq, head.link
        made = []
        for row in rows:
            seq += 1
            numbered = replace(row, seq=seq, key_id=key_id)
            before = str(self.link(said(numbered, before), key_id))
            words = {"acted_as": row.acted_as.value, "part": row.part.value, "link": before}
            made.append(vars(numbered) | words)
        await tx.execute(insert(access_log), made)
        await self._put(tx, End(HEAD, seq, before, key_id, ""))

    async def listed_since(self, tx: Transaction, actor_hash: str, since: datetime) -> set[str]:
        """The cases that somebody saw in a list since then."""
        log = access_log.c
        wanted = log.actor_hash == actor_hash, log.at >= since, log.part == Part.LIST.value
        return set((await tx.execute(select(log.case_hash).where(*wanted))).scalars())

    async def of_cases(self, tx: Transaction, case_ids: Collection[str]) -> list[Row]:
        """Everything that is logged about some cases, the newest first."""
        hashes = [self.case_hash(id_) for id_ in case_ids]
        statement = select(access_log).where(access_log.c.case_hash.in_(hashes))
        return [_row(row) for row in await tx.execute(statement.order_by(access_log.c.seq.desc()))]

    async def end(self, tx: Transaction, name: str) -> End | None:
        """One end of the chain as it is stored."""
        row = (await tx.execute(select(access_chain).where(access_chain.c.name == name))).first()
        return End(row.name, row.seq, row.link, row.key_id, row.proof) if row else None

    async def pin(self, tx: Transaction) -> None:
        """Let all that follows see the same moment; the first statement of its transaction. SQLite does so anyway."""
        if tx.dialect.name == "postgresql":
            await tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))

    async def every(self, tx: Transaction) -> AsyncIterator[Row]:
        """All rows by number."""
        last: int | None = None
        while True:
            statement: Select[Any] = select(access_log).order_by(access_log.c.seq).limit(_PAGE)
            if last is not None:
                statement = statement.where(access_log.c.seq > last)
            rows = (await tx.execute(statement)).all()
            for row in rows:
                yield _row(row)
            if len(rows) < _PAGE:
                return
            last = rows[-1].seq

    async def let_go(self, tx: Transaction, before: datetime) -> None:
        """Remove the oldest rows, up to the first that is younger; the chain then starts with the last of them."""
        log = access_log.c
        younger = (await tx.execute(select(func.min(log.seq)).where(log.at > before))).scalar()
        old = select(access_log).where(log.at <= before)
        if younger is not None:
            old = old.where(log.seq < younger)
        last = (await tx.execute(old.order_by(log.seq.desc()).limit(1))).first()
        if last is None:
            return
        await self._seed(tx, START)
        await self._put(tx, End(START, last.seq, last.link, self._cipher.chain_key, ""))
        await tx.execute(delete(access_log).where(log.seq <= last.seq))

    async def _lock_head(self, tx: Transaction) -> End:
        """The newest row, held until the commit; SQLite's writers are alone anyway."""
        wanted = select(access_chain).where(access_chain.c.name == HEAD).with_for_update()
        row = (await tx.execute(wanted)).first()
        if row is None:
            await self._seed(tx, HEAD)
            row = (await tx.execute(wanted)).one()
        return End(row.name, row.seq, row.link, row.key_id, row.proof)

    async def _seed(self, tx: Transaction, name: str) -> None:
        make = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
        statement = make(access_chain).values(name=name, seq=0, link="", key_id=0, proof="")
        await tx.execute(statement.on_conflict_do_nothing(index_elements=["name"]))

    async def _put(self, tx: Transaction, end: End) -> None:
        proof = self.link(end_said(end), end.key_id)
        values = {"seq": end.seq, "link": end.link, "key_id": end.key_id, "proof": proof}
        await tx.execute(update(access_chain).where(access_chain.c.name == end.name).values(values))


def _row(row: SqlRow[Any]) -> Row:
    return Row(
        row.seq,
        row.at,
        row.actor_hash,
        Capacity(row.acted_as),
        row.case_hash,
        Part(row.part),
        row.change,
        row.key_id,
        row.link,
    )
