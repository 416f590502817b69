"""A new key for everything that is sealed: row by row, and where it was killed it goes on; which fields are sealed is told by their names."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Table, and_, create_engine, select, update
from sqlalchemy.pool import NullPool

from db import migrate
from db.crypto import Cipher, Keyring, SealBrokenError
from db.engine import translated
from db.tables import metadata
from db.tables.audit import access_chain, access_log

_AT_ONCE = 200
_SEALED = "_sealed"

Progress = Callable[[int], None]
"""Called with the number of fields sealed anew so far."""


@dataclass(frozen=True)
class _Sealed:
    """The sealed columns of a table, the key by which its rows are told apart, and the one they are bound to."""

    table: Table
    key: Column[object]
    bound: Column[object]
    columns: tuple[Column[bytes], ...]


def sealed_tables() -> Iterator[_Sealed]:
    """Every table that holds something sealed."""
    for table in metadata.sorted_tables:
        columns = tuple(column for column in table.columns if column.name.endswith(_SEALED))
        if columns:
            (key,) = table.primary_key.columns
            # An update's payload is bound to Telegram's number: the row's own is not known before it is written.
            bound = table.columns["update_id"] if table.name == "inbox" else key
            yield _Sealed(table, key, bound, columns)


def rotate(url: str, keyring: Keyring, progress: Progress = lambda _: None) -> int:
    """Seal with the newest key what is sealed with another; returns how many fields that were.

    Commits every two hundred rows, so a kill costs the last of them and nothing else; a row that somebody changes meanwhile is left as they wrote it.
    Raises SealBrokenError where a field cannot be opened with any key.
    """
    cipher, newest, done = Cipher(keyring), max(keyring.keys), 0
    engine = create_engine(migrate.sync_url(url), poolclass=NullPool, hide_parameters=True)
    for sealed in sealed_tables():
        last: object = None
        while True:
            with translated(), engine.begin() as connection:
                rows, last = _some(connection, sealed, last)
                done += sum(_renew(connection, sealed, row, cipher, newest) for row in rows)
            progress(done)
            if last is None:
                break
    return done


def fits(url: str, keyring: Keyring) -> bool:
    """Whether these keys open what is sealed in a database of the newest schema; any do where nothing is.

    One field that opens is enough: a single broken one does not make the keys the wrong ones.
    """
    cipher, opens = Cipher(keyring), True
    engine = create_engine(migrate.sync_url(url), poolclass=NullPool, hide_parameters=True)
    with translated(), engine.connect() as connection:
        for sealed in sealed_tables():
            for column in sealed.columns:
                query = select(sealed.bound, column).where(column != b"").limit(1)
                for bound, value in connection.execute(query).all():
                    opens = _opens(cipher, (sealed.table.name, column.name, str(bound)), value)
                    if opens:
                        return True
    return opens


def _opens(cipher: Cipher, place: tuple[str, str, str], value: bytes) -> bool:
    try:
        cipher.open(*place, value)
    except SealBrokenError:
        return False
    return True


def in_use(url: str) -> set[int]:
    """The ids of the keys that something is sealed with."""
    engine = create_engine(migrate.sync_url(url), poolclass=NullPool, hide_parameters=True)
    found: set[int] = set()
    with translated(), engine.connect() as connection:
        for sealed in sealed_tables():
            rows = connection.execution_options(yield_per=_AT_ONCE).execute(select(*sealed.columns))
            found |= {value[0] for row in rows for value in row if value}
    return found


def chain_in_use(url: str) -> set[int]:
    """The ids of the keys that bind rows of the access log that are still kept."""
    engine = create_engine(migrate.sync_url(url), poolclass=NullPool, hide_parameters=True)
    with translated(), engine.connect() as connection:
        rows = connection.execute(select(access_log.c.key_id).distinct()).scalars().all()
        ends = connection.execute(select(access_chain.c.key_id)).scalars().all()
    return {*rows, *ends}


def _some(
    connection: Connection, sealed: _Sealed, last: object
) -> tuple[list[tuple[object, str, list[bytes | None]]], object]:
    query = select(sealed.key, sealed.bound, *sealed.columns).order_by(sealed.key).limit(_AT_ONCE)
    found = connection.execute(query if last is None else query.where(sealed.key > last)).all()
    rows = [(row[0], str(row[1]), list(row[2:])) for row in found]
    return rows, rows[-1][0] if len(rows) == _AT_ONCE else None


def _renew(
    connection: Connection,
    sealed: _Sealed,
    row: tuple[object, str, list[bytes | None]],
    cipher: Cipher,
    newest: int,
) -> int:
    key, bound, values = row
    table, count = sealed.table, 0
    for column, value in zip(sealed.columns, values, strict=True):
        if not value or value[0] == newest:
            continue
        text = cipher.open(table.name, column.name, bound, value)
        anew = cipher.seal(table.name, column.name, bound, text)
        same = and_(sealed.key == key, column == value)
        count += connection.execute(update(table).where(same).values({column: anew})).rowcount
    return count
