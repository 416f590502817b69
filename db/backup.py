"""Encrypted copies of the whole database, taken while it is in use, and their way back; the same file fits both databases.

A backup is `MAGIC`, the key's id (1 byte), a salt (8 bytes), and sealed chunks, each behind its length (4 bytes, big-endian). A chunk's nonce is salt and
number; its associated data says whether it is the last, so that a file cut short or put together anew does not open. Inside is zlib-compressed
text of one JSON value a line: the head, a list `[table, value, …]` for each row, and the number of rows.
"""

import base64
import json
import os
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, MetaData, Table, create_engine, func, insert, select, text
from sqlalchemy.pool import NullPool

from db import migrate, rotation
from db.crypto import Keyring
from db.engine import StorageBusyError, sqlite_file, translated
from db.tables import metadata

MAGIC = b"LOTSEBK1"
_CHUNK = 1 << 20
_MOST_CHUNK = 4 * _CHUNK
_SALT_BYTES = 8
_ROWS_AT_ONCE = 500

Progress = Callable[[int], None]
"""Called with the number of rows so far."""


class BackupError(Exception):
    """The backup cannot be made or brought back; the text says why and what to do."""


@dataclass(frozen=True)
class Head:
    """What a backup says of itself: the schema it was taken from, and when."""

    schema: str
    made_at: datetime


def back_up(
    url: str, keyring: Keyring, path: Path, now: datetime, progress: Progress = lambda _: None
) -> int:
    """Write everything that one moment's transactions have committed to `path`; returns the number of rows. Raises BackupError.

    The file appears under its name when it is whole, readable by its owner only.
    """
    with _cut_off(
        f"there is no {path.name}, and the backups from before are as they were. Run it again once the database answers."
    ):
        return _back_up(url, keyring, path, now, progress)


def _back_up(url: str, keyring: Keyring, path: Path, now: datetime, progress: Progress) -> int:
    schema = migrate.current(url)
    migrate.check_known(schema)
    if schema is None:
        raise BackupError("There is no database yet, or it is empty. Run `lotse setup` first.")
    if schema != migrate.newest():
        raise BackupError("The database has not the newest schema. Run `lotse db upgrade` first.")
    if not rotation.fits(url, keyring):
        raise BackupError(
            "These are not the keys of this database: a backup made with them would not lead back to it."
        )
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    rows = 0
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            sealing = _Sealing(file, keyring)
            sealing.line({"schema": schema, "made_at": now.astimezone(UTC).isoformat()})
            for rows, row in enumerate(_rows(url), start=1):
                sealing.line(row)
                if rows % _ROWS_AT_ONCE == 0:
                    progress(rows)
            sealing.line({"rows": rows})
            sealing.close()
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
    progress(rows)
    return rows


def restore(url: str, keyring: Keyring, path: Path, progress: Progress = lambda _: None) -> int:
    """Fill an empty database from a backup, then bring it to the newest schema; returns the number of rows.

    All or nothing: a broken file leaves an empty database. Raises BackupError.
    """
    with _cut_off("nothing was changed."):
        _check_empty(url)
    head = check(path, keyring)
    left = f"what is in it now is not to be used. Before you run restore again, {_way(url)}."
    try:
        with _cut_off(left):
            return _restore(url, keyring, path, head, progress)
    except KeyboardInterrupt:
        # An empty database with a schema would start as if nobody had ever been in it.
        raise BackupError(f"Restoring was stopped in the middle: {left}") from None


def _restore(url: str, keyring: Keyring, path: Path, head: Head, progress: Progress) -> int:
    migrate.upgrade(url, head.schema)
    engine = create_engine(migrate.sync_url(url), poolclass=NullPool, hide_parameters=True)
    known = MetaData()
    with engine.connect() as connection:
        known.reflect(connection)
    rows = 0
    with engine.begin() as connection:
        _without_sample_rows(connection, known)
        lines = _opened(path, keyring)
        next(lines)
        for table, some in _grouped(lines):
            filled = known.tables[table]
            connection.execute(insert(filled), [_values(filled, row, connection) for row in some])
            rows += len(some)
            progress(rows)
        _check_references(connection)
        _continue_counting(connection, known)
    migrate.upgrade(url)
    return rows


@contextmanager
def _cut_off(left: str) -> Iterator[None]:
    """A database that cannot be had any more leaves as a BackupError that says what is left."""
    try:
        with translated():
            yield
    except StorageBusyError as error:
        raise BackupError(f"The database is locked or cannot be reached (any more): {left}") from error


def check(path: Path, keyring: Keyring) -> Head:
    """Read a backup to its end, changing nothing. Raises BackupError when it is not whole, or the keys are not its keys."""
    head: Head | None = None
    counted, said = 0, -1
    for line in _opened(path, keyring):
        if isinstance(line, list):
            counted += 1
        elif "schema" in line:
            head = Head(str(line["schema"]), datetime.fromisoformat(line["made_at"]))
        else:
            said = int(line["rows"])
    if head is None or said != counted:
        raise BackupError(f"{path} is not whole.")
    if head.schema not in migrate.known():
        raise BackupError(
            f"{path} has schema {head.schema}, which this version of Lotse does not know. Restore it with the newer version that made it."
        )
    return head


def schema_of(path: Path, keyring: Keyring) -> str | None:
    """The schema that a backup was taken from, by its first lines; None where these keys do not open it."""
    try:
        return str(next(_opened(path, keyring))["schema"])
    except (BackupError, OSError, StopIteration, LookupError, TypeError):
        return None


class _Sealing:
    """Lines in, sealed chunks out."""

    def __init__(self, file: BinaryIO, keyring: Keyring) -> None:
        number = max(keyring.keys)
        self._file = file
        self._salt = os.urandom(_SALT_BYTES)
        self._cipher = _cipher(keyring.keys[number])
        self._zip = zlib.compressobj(6)
        self._waiting = bytearray()
        self._chunks = 0
        file.write(MAGIC + bytes([number]) + self._salt)

    def line(self, value: object) -> None:
        """Add one value."""
        self._waiting += self._zip.compress(
            json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
            + b"\n"
        )
        while len(self._waiting) > _CHUNK:
            self._write(bytes(self._waiting[:_CHUNK]), last=False)
            del self._waiting[:_CHUNK]

    def close(self) -> None:
        """Write what waits as the last chunk."""
        self._waiting += self._zip.flush()
        self._write(bytes(self._waiting), last=True)

    def _write(self, chunk: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._salt, self._chunks), chunk, _mark(last))
        self._file.write(struct.pack(">I", len(sealed)) + sealed)
        self._chunks += 1


def _opened(path: Path, keyring: Keyring) -> Iterator[Any]:
    """The values of a backup, in order."""
    unzip, waiting = zlib.decompressobj(), b""
    try:
        with path.open("rb") as file:
            for chunk in _chunks(file, path, keyring):
                *lines, waiting = (waiting + unzip.decompress(chunk)).split(b"\n")
                yield from map(_line, lines)
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}.") from error
    except (zlib.error, ValueError) as error:
        raise BackupError(f"{path} is not a backup of Lotse.") from error


def _line(line: bytes) -> Any:
    return json.loads(line.decode("utf-8", "surrogatepass"))


def _chunks(file: BufferedReader, path: Path, keyring: Keyring) -> Iterator[bytes]:
    head = file.read(len(MAGIC) + 1 + _SALT_BYTES)
    if len(head) < len(MAGIC) + 1 + _SALT_BYTES or not head.startswith(MAGIC):
        raise BackupError(f"{path} is not a backup of Lotse.")
    key, salt = keyring.keys.get(head[len(MAGIC)]), head[len(MAGIC) + 1 :]
    if key is None:
        raise BackupError(f"{path} was made with a key that is not in the key file.")
    cipher, number, last = _cipher(key), 0, False
    while not last:
        length = file.read(4)
        size = struct.unpack(">I", length)[0] if len(length) == 4 else 0
        sealed = file.read(size) if 0 < size <= _MOST_CHUNK else b""
        if not sealed or len(sealed) != size:
            raise BackupError(f"{path} is not whole: it ends in the middle.")
        last = not file.peek(1)
        try:
            yield cipher.decrypt(_nonce(salt, number), sealed, _mark(last))
        except InvalidTag:
            raise BackupError(
                f"{path} does not open: it was changed or cut short, or these are not its keys."
            ) from None
        number += 1


def _cipher(key: bytes) -> AESGCM:
    # A key of its own: the one for fields seals cells, this one files.
    return AESGCM(HKDF(SHA256(), 32, None, b"lotse backup").derive(key))


def _nonce(salt: bytes, number: int) -> bytes:
    return salt + struct.pack(">I", number)


def _mark(last: bool) -> bytes:
    return MAGIC + (b"\1" if last else b"\0")


def _rows(url: str) -> Iterator[list[Any]]:
    """Every row of every table as of one moment, parents before children."""
    engine = create_engine(migrate.sync_url(url), poolclass=NullPool, hide_parameters=True)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # The driver opens no transaction for SELECTs of its own accord; this one pins the moment.
            connection.exec_driver_sql("PRAGMA busy_timeout=5000")
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        for table in metadata.sorted_tables:
            found = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(select(table))
            names = [column.name for column in table.columns]
            for row in found:
                yield [table.name, dict(zip(names, map(_coded, row), strict=True))]
        connection.rollback()


_WRITE: tuple[tuple[type | tuple[type, ...], str, Callable[[Any], Any]], ...] = (
    ((bytes, memoryview), "$b", lambda value: base64.b64encode(value).decode()),
    # A point in time is a date as well, so it is asked for first.
    (datetime, "$at", lambda value: value.astimezone(UTC).isoformat()),
    (date, "$on", date.isoformat),
    (time, "$time", time.isoformat),
    (Decimal, "$n", str),
    ((dict, list), "$j", lambda value: value),
)


def _coded(value: Any) -> Any:
    found = (({key: write(value)}) for kind, key, write in _WRITE if isinstance(value, kind))
    return next(found, value)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "$b": base64.b64decode,
    "$at": datetime.fromisoformat,
    "$on": date.fromisoformat,
    "$time": time.fromisoformat,
    "$n": Decimal,
    "$j": lambda value: value,
}


def _values(table: Table, row: Mapping[str, Any], connection: Connection) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, coded in row.items():
        value = coded
        if isinstance(coded, dict):
            ((kind, inner),) = coded.items()
            value = _READ[kind](inner)
            if isinstance(value, datetime) and connection.dialect.name == "sqlite":
                value = value.replace(tzinfo=None)
        if name in table.columns:
            found[name] = value
    return found


def _grouped(lines: Iterable[Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    table = ""
    some: list[dict[str, Any]] = []
    for line in lines:
        if not isinstance(line, list):
            continue
        if line[0] != table or len(some) >= _ROWS_AT_ONCE:
            if some:
                yield table, some
            table, some = line[0], []
        some.append(line[1])
    if some:
        yield table, some


def _check_empty(url: str) -> None:
    if not migrate.is_there(url):
        return
    raise BackupError(f"The database is not empty. Restore goes into an empty one: {_way(url)}.")


def _way(url: str) -> str:
    file = sqlite_file(url)
    if file is None:
        return "make an empty PostgreSQL database"
    return f"stop bot and desk, and move the file {file} with its -wal and -shm away"


def _without_sample_rows(connection: Connection, known: MetaData) -> None:
    """Empty what migrations fill by themselves: the backup has it."""
    for table in reversed(known.sorted_tables):
        if table.name != "alembic_version":
            connection.execute(table.delete())


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first():
        raise BackupError("The backup has rows that point at nothing; nothing was restored.")


def _continue_counting(connection: Connection, known: MetaData) -> None:
    """Let PostgreSQL number new rows after the restored ones."""
    if connection.dialect.name != "postgresql":
        return
    for table in known.tables.values():
        for column in table.primary_key.columns:
            sequence = connection.execute(
                select(func.pg_get_serial_sequence(table.name, column.name))
            ).scalar()
            if sequence is not None:
                connection.execute(select(func.setval(sequence, func.coalesce(func.max(column), 1))))
