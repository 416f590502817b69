"""A district to measure with: the cases of one coordinator, made by the use cases, and copies of them for everybody else."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, create_engine, insert, select
from sqlalchemy.pool import NullPool

from db import migrate
from db.crypto import Cipher
from db.rotation import sealed_tables
from db.tables import metadata

_LEFT_OUT = frozenset(
    ("access_log", "access_chain", "outbox", "inbox", "invitations", "drafts", "accounts", "sessions")
)
"""What is no part of a case."""
Row = Mapping[str, Any]


class Copies:
    """Copies cases with everything that hangs on them: new ids, sealed anew for the row, a case number and a chat of their own."""

    def __init__(self, url: str, cipher: Cipher, coordinator: str) -> None:
        self._engine = create_engine(migrate.sync_url(url), poolclass=NullPool, hide_parameters=True)
        self._cipher = cipher
        self._coordinator = coordinator
        self._sealed = {one.table.name: one for one in sealed_tables()}
        with self._engine.connect() as connection:
            self._cases = self._by_case(connection)

    def _by_case(self, connection: Connection) -> list[dict[Table, list[Row]]]:
        """For each case its rows, table by table in the order in which they can be written."""
        every = {
            table: [dict(row._mapping) for row in connection.execute(select(table))]
            for table in metadata.sorted_tables
            if table.name not in _LEFT_OUT
        }
        clients = metadata.tables["clients"]
        return [
            _hanging_on(every, {client["id"], client["person_id"]} - {None})
            for client in every[clients]
            if client["coordinator_id"] == self._coordinator
        ]

    def __len__(self) -> int:
        return len(self._cases)

    def give(self, coordinators: Mapping[str, int]) -> None:
        """So many copies to each of these, by their ids."""
        number = 10_000
        with self._engine.begin() as connection:
            for coordinator, count in coordinators.items():
                rows: dict[Table, list[Row]] = defaultdict(list)
                for at in range(count):
                    number += 1
                    self._copy(rows, self._cases[at % len(self._cases)], number, coordinator)
                for table in metadata.sorted_tables:
                    if rows[table]:
                        connection.execute(insert(table), rows[table])

    def _copy(
        self, rows: dict[Table, list[Row]], case: Mapping[Table, Sequence[Row]], number: int, coordinator: str
    ) -> None:
        ids = {row["id"]: _new_id(row["id"], number) for some in case.values() for row in some if "id" in row}
        ids[self._coordinator] = coordinator
        for table, some in case.items():
            for row in some:
                new = {name: ids.get(v, v) if isinstance(v, str) else v for name, v in row.items()}
                self._seal(table, row, new)
                if table.name == "clients":
                    case_number = f"KOPIE-{number}"
                    new["case_hash"] = self._cipher.blind("case", case_number)
                    new["case_sealed"] = self._cipher.seal("clients", "case_sealed", new["id"], case_number)
                if table.name == "persons":
                    new["chat_hash"] = self._cipher.blind("chat", str(number))
                    new["chat_sealed"] = self._cipher.seal("persons", "chat_sealed", new["id"], str(number))
                rows[table].append(new)

    def _seal(self, table: Table, old: Row, new: dict[str, Any]) -> None:
        sealed = self._sealed.get(table.name)
        for column in sealed.columns if sealed else ():
            if sealed is not None and (value := old[column.name]):
                text = self._cipher.open(table.name, column.name, str(old[sealed.bound.name]), value)
                new[column.name] = self._cipher.seal(
                    table.name, column.name, str(new[sealed.bound.name]), text
                )


def _hanging_on(every: Mapping[Table, Sequence[Row]], ids: Collection[str]) -> dict[Table, list[Row]]:
    known = set(ids)
    found: dict[Table, list[Row]] = {}
    for table, rows in every.items():
        mine = [row for row in rows if known & {v for v in row.values() if isinstance(v, str)}]
        if mine:
            found[table] = mine
            known |= {row["id"] for row in mine if "id" in row}
    return found


def _new_id(old: str, number: int) -> str:
    return hashlib.sha256(f"{old}:{number}".encode()).hexdigest()[:22]
