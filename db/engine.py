"""The database and its transactions; what a transaction holds is the business of the repositories."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import psycopg
from sqlalchemy import event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from db.notes import Notes
from db.sqlite import Driver

Transaction = AsyncConnection
"""What repositories run their statements on: an open transaction that the edge commits."""

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # FULL, because a reminder marked as sent or an update marked as kept must survive a power cut.
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
)


_DAMAGE_WORDS = ("not a database", "disk image is malformed", "malformed database schema")
_PASSING_WORDS = ("locked", "readonly", "disk is full", "disk I/O error", "unable to open database")
# PostgreSQL's classes: connection lost, out of resources, stopped by an operator, deadlock, and a lock not to be had.
_PASSING_STATES = ("08", "53", "57", "40", "55P03")


_ADDRESSES = "use sqlite:///… or postgresql://…"


class StorageBusyError(Exception):
    """The database is locked or out of reach for the moment; the same call may succeed later."""


class StorageDamagedError(Exception):
    """The file of the database is damaged, or is no database; the text says what SQLite found."""


class LastWord(Protocol):
    """Writes at the end of every transaction what was noted along the way."""

    @property
    def notes(self) -> Notes[Any]:
        """Where it is noted."""
        ...

    async def due(self, tx: Transaction, notes: list[Any]) -> list[Any]:
        """Those of them that have to be written; reads only."""
        ...

    async def write(self, tx: Transaction, notes: list[Any]) -> None:
        """Write them; the commit follows."""
        ...


class Database:
    """One SQLite file or one PostgreSQL database.

    `write()` opens a transaction that commits at the end of the block and rolls back when it raises; on SQLite it takes the write lock at once
    (BEGIN IMMEDIATE), since a read that turns into a write fails with SQLITE_BUSY_SNAPSHOT, which no timeout cures.
    `read()` opens one that is always rolled back. Both raise StorageBusyError when the database cannot be had.
    """

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self.url = async_url(url)
        self.is_sqlite = self.url.startswith("sqlite")
        file = sqlite_file(self.url)
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        driver = {"module": Driver()} if self.is_sqlite else {}
        self._engine = create_async_engine(self.url, pool_size=pool_size, hide_parameters=True, **driver)
        self._writer = self._engine.execution_options(lotse_write=True)
        self._reader = self._engine.execution_options(lotse_read=True)
        self._last: LastWord | None = None
        self._watch: AsyncConnection | None = None
        self._watching = asyncio.Lock()
        self._watches = 0
        # SQLite has one writer at a time and lets the others sleep and try again; those of this process queue up here instead.
        self._turn: contextlib.AbstractAsyncContextManager[object] = (
            asyncio.Lock() if self.is_sqlite else contextlib.nullcontext()
        )
        if self.is_sqlite:
            event.listen(self._engine.sync_engine, "connect", _on_connect)
            event.listen(self._engine.sync_engine, "begin", _on_begin)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """A transaction that may change rows: committed when the block ends, rolled back when it raises."""
        async with self._turn, _translated(), self._writer.begin() as connection:
            yield connection
            if self._last is not None and (notes := self._last.notes.hand_over(connection)):
                await self._last.write(connection, notes)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """A transaction that only reads; what was noted in it is written in a short one of its own before the block is left."""
        due: list[Any] = []
        async with _translated(), self._reader.connect() as connection:
            yield connection
            if self._last is not None and (notes := self._last.notes.hand_over(connection)):
                due = await self._last.due(connection, notes)
        if self._last is not None and due:
            async with self.write() as tx:
                await self._last.write(tx, due)

    def ends_with(self, last: LastWord) -> None:
        """Let `last` write what was noted, at the end of every transaction from now on."""
        self._last, engine = last, self._engine.sync_engine
        event.listen(engine, "savepoint", lambda connection, _name: last.notes.savepoint(connection))
        event.listen(
            engine, "release_savepoint", lambda connection, _name, _context: last.notes.released(connection)
        )
        event.listen(
            engine,
            "rollback_savepoint",
            lambda connection, _name, _context: last.notes.rolled_back(connection),
        )

    async def check(self) -> None:
        """Raise StorageBusyError unless the database answers."""
        async with self.read() as tx:
            await tx.execute(text("SELECT 1"))

    async def damage(self) -> str:
        """What SQLite finds broken in its file, empty when nothing is; PostgreSQL watches over its own."""
        if not self.is_sqlite:
            return ""
        async with self.read() as tx:
            said = str((await tx.execute(text("PRAGMA quick_check(1)"))).scalar())
        return "" if said == "ok" else said

    async def state(self) -> str:
        """A short text that is another one after every commit of any process, and the same while there is none.

        Whoever reads it, then looks, and later reads the same again, would see the same once more. SQLite counts commits for a connection
        that stands outside of all transactions; PostgreSQL's snapshot names which transactions are over.
        """
        if not self.is_sqlite:
            async with self.read() as tx:
                return str((await tx.execute(text("SELECT pg_current_snapshot()"))).scalar())
        async with self._watching, _translated():
            try:
                if self._watch is None:
                    # What one connection counts says nothing to another.
                    self._watches += 1
                    self._watch = await self._engine.connect()
                    await self._watch.exec_driver_sql("ROLLBACK")
                version = (await self._watch.exec_driver_sql("PRAGMA data_version")).scalar()
            except BaseException:
                # Also where whoever asked is gone meanwhile: a connection that was left in the middle is of no use to the next.
                await self._stop_watching()
                raise
            return f"{self._watches}:{version}"

    async def _stop_watching(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            with contextlib.suppress(SQLAlchemyError):
                await watch.close()

    async def clear_log(self) -> None:
        """Empty SQLite's write-ahead log into the file: pages from before a deletion must not outlive it there."""
        if self.is_sqlite:
            async with self._turn, _translated(), self._engine.connect() as connection:
                # A checkpoint must run outside the transaction that was begun with the connection.
                await connection.exec_driver_sql("ROLLBACK")
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        """Give all connections back."""
        await self._stop_watching()
        await self._engine.dispose()

    @property
    def engine(self) -> AsyncEngine:
        """The engine itself, for migrations and tests."""
        return self._engine


def only_reads(tx: Transaction) -> bool:
    """Whether a transaction is one of `read()`: nothing changes in it."""
    return bool(tx.sync_connection and tx.sync_connection.get_execution_options().get("lotse_read"))


def async_url(url: str) -> str:
    """The URL with the driver that this project ships: `sqlite:///x` and `postgresql://…` become their async forms.

    Raises ValueError, which does not quote the URL, for one that leads to neither.
    """
    try:
        parsed = make_url(url)
        urlsplit(url)
    except (ArgumentError, ValueError):
        # It would quote the password.
        raise ValueError(f"is no address of a database; {_ADDRESSES}") from None
    if parsed.get_backend_name() == "sqlite" and parsed.host:
        raise ValueError("needs three slashes before the path of a file, four before one from the root")
    driver = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}.get(parsed.get_backend_name())
    if driver is None:
        raise ValueError(f"{parsed.get_backend_name()} is not supported; {_ADDRESSES}")
    return parsed.set(drivername=driver).render_as_string(hide_password=False)


def shown_url(url: str) -> str:
    """The URL without its password, to be shown."""
    return make_url(url).render_as_string(hide_password=True)


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database, None for others."""
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def why_busy(url: str) -> str:
    """Why a database cannot be had, as far as it can be seen from outside: a sentence that says where to look."""
    file = sqlite_file(url)
    if file is None:
        return "The database cannot be reached, or is locked. Is its server running, and does LOTSE_DATABASE_URL say its host, name and password?"
    if file.is_dir():
        return f"{file} is a folder, not the file of a database."
    if not file.parent.is_dir():
        return f"{file.parent}, where the database {file.name} should be, is no folder."
    if not os.access(file.parent, os.W_OK | os.X_OK) or (
        file.exists() and not os.access(file, os.R_OK | os.W_OK)
    ):
        return f"The database {file} cannot be written by this account: it needs the rights to the file and to its folder."
    return (
        f"The database {file} is locked or cannot be reached. Is another program using it, or the disk full?"
    )


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    with translated():
        yield


@contextmanager
def translated() -> Iterator[None]:
    """What the driver says of a database that cannot be had now leaves the block as StorageBusyError, of a broken one as StorageDamagedError."""
    try:
        yield
    except PoolTimeoutError as error:
        raise StorageBusyError(type(error).__name__) from error
    except DBAPIError as error:
        if error.connection_invalidated or _passes(error.orig):
            raise StorageBusyError(type(error).__name__) from error
        if any(words in str(error.orig) for words in _DAMAGE_WORDS):
            raise StorageDamagedError(str(error.orig)) from error
        raise


def _passes(error: BaseException | None) -> bool:
    if isinstance(error, psycopg.OperationalError):
        # Without a code there was no server to give one.
        return error.sqlstate is None or error.sqlstate.startswith(_PASSING_STATES)
    return any(words in str(error) for words in _PASSING_WORDS)


def _on_connect(connection: Any, _record: Any) -> None:
    # The driver must not open transactions of its own: `begin` below decides which kind it is.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _on_begin(connection: Any) -> None:
    writes = connection.get_execution_options().get("lotse_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
