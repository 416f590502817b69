"""R13: a database of every schema that there ever was, filled, on both engines: up to the newest and down again, nothing changed in it."""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    create_engine,
    insert,
    inspect,
    select,
)
from sqlalchemy.pool import NullPool

from db import migrate
from db.crypto import Cipher, Keyring
from tests.trust.promise import held

CIPHER = Cipher(Keyring.generate())
ROWS = 3
LET_GO = {"0030": ("desk_accounts", "disabled_at", ("password_sealed", "totp_sealed", "subject_hash"))}
"""What a revision empties on purpose: in which table, where which column is set, which columns."""


def _revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(migrate.HERE))
    config.set_main_option("path_separator", "os")
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]


def _reflected(connection: Connection) -> MetaData:
    found = MetaData()
    found.reflect(connection)
    return found


def _value(
    table: Table, column: Any, number: int, key: str, parents: dict[str, list[Any]], sqlite: bool
) -> Any:
    foreign = next(iter(column.foreign_keys), None)
    if foreign is not None:
        options = parents.get(f"{foreign.column.table.name}.{foreign.column.name}") or [None]
        return options[number % len(options)]
    kind = column.type
    if isinstance(kind, LargeBinary):
        return CIPHER.seal(table.name, column.name, key, f"Geheim {table.name} {column.name} {number}")
    if isinstance(kind, Boolean):
        return bool(number % 2)
    if isinstance(kind, DateTime):
        moment = datetime(2026, 11, 1 + number, 9, tzinfo=UTC)
        return moment.replace(tzinfo=None) if sqlite else moment
    if isinstance(kind, Date):
        return date(2026, 11, 1 + number)
    if isinstance(kind, Integer):
        return number + 1
    if isinstance(kind, Numeric):
        return number
    text = f"{table.name[:8]}{column.name[:8]}{number}"
    length = getattr(kind, "length", None)
    if length and len(text) > length:
        text = hashlib.sha256(text.encode()).hexdigest()[:length]
    return text


def _fill(connection: Connection) -> int:
    """Rows in every table, in the order in which they hang together; returns how many."""
    sqlite, parents, count = connection.dialect.name == "sqlite", dict[str, list[Any]](), 0
    for table in _reflected(connection).sorted_tables:
        if table.name == "alembic_version":
            continue
        first = next(iter(table.primary_key.columns), None)
        for number in range(ROWS):
            key = f"k{number}{table.name[:6]}"
            values = {
                column.name: key
                if column is first and isinstance(first.type.python_type(), str) and not column.foreign_keys
                else _value(table, column, number, key, parents, sqlite)
                for column in table.columns
            }
            bound = str(values[first.name]) if first is not None else key
            values |= {
                c.name: _value(table, c, number, bound, parents, sqlite)
                for c in table.columns
                if isinstance(c.type, LargeBinary)
            }
            connection.execute(insert(table).values(**values))
            for column in table.columns:
                parents.setdefault(f"{table.name}.{column.name}", []).append(values[column.name])
            count += 1
    return count


def _content(connection: Connection, known: dict[str, list[str]] | None = None) -> dict[str, list[Any]]:
    """Every row of every table, what is sealed opened; of `known` tables and columns only."""
    found = {}
    for table in _reflected(connection).sorted_tables:
        if table.name == "alembic_version" or (known is not None and table.name not in known):
            continue
        names = [c.name for c in table.columns if known is None or c.name in known[table.name]]
        first = next(iter(table.primary_key.columns), table.columns[names[0]])
        rows = []
        for row in connection.execute(select(table)).mappings():
            key = str(row[first.name])
            rows.append(
                {
                    name: CIPHER.open(table.name, name, key, bytes(row[name]))
                    if isinstance(table.columns[name].type, LargeBinary) and row[name] is not None
                    else row[name]
                    for name in names
                }
            )
        found[table.name] = sorted(rows, key=repr)
    return found


def _kept(content: dict[str, list[Any]], coming: list[str]) -> dict[str, list[Any]]:
    """The content once the `coming` revisions have emptied what they are there to empty."""
    found = dict(content)
    for table, where, emptied in (LET_GO[revision] for revision in coming if revision in LET_GO):
        rows = found.get(table, ())
        gone = [
            {c: None if c in emptied and row.get(where) else value for c, value in row.items()}
            for row in rows
        ]
        found |= {table: sorted(gone, key=repr)} if rows else {}
    return found


def _columns(connection: Connection) -> dict[str, list[str]]:
    inspector = inspect(connection)
    return {
        name: [column["name"] for column in inspector.get_columns(name)]
        for name in inspector.get_table_names()
    }


@pytest.mark.timeout(1200)
def test_every_schema_goes_up_and_down_with_what_is_in_it(database_url: str) -> None:
    engine = create_engine(migrate.sync_url(database_url), poolclass=NullPool)
    revisions, rows, changed = _revisions(), 0, []
    for number, revision in enumerate(revisions):
        migrate.downgrade(database_url, "base")
        migrate.upgrade(database_url, revision)
        with engine.begin() as connection:
            rows += _fill(connection)
        with engine.connect() as connection:
            known, before = _columns(connection), _kept(_content(connection), revisions[number + 1 :])
        migrate.upgrade(database_url)
        assert migrate.difference(database_url) == []
        with engine.connect() as connection:
            newest = _columns(connection)
            both = {
                name: [c for c in columns if c in newest[name]]
                for name, columns in known.items()
                if name in newest
            }
            after = _content(connection, both)
        expected = {
            name: sorted(({c: row[c] for c in both[name]} for row in found), key=repr)
            for name, found in before.items()
            if name in both
        }
        if after != expected:
            changed.append(f"up from {revision}: {[n for n in expected if after.get(n) != expected[n]]}")
        migrate.downgrade(database_url, revision)
        with engine.connect() as connection:
            back = _content(connection)
        if back != before:
            changed.append(f"down to {revision}: {[n for n in before if back.get(n) != before[n]]}")
    migrate.upgrade(database_url)
    engine.dispose()
    name = "SQLite" if database_url.startswith("sqlite") else "PostgreSQL"
    held(
        "R13",
        f"{name}: {len(revisions)} schemas up and down",
        "all the same",
        f"{rows:,} rows, changed {changed or 0}",
        not changed,
    )
