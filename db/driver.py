"""SQLite in the event loop's own thread: a statement takes microseconds, and handing it to a thread beside costs more than that.

Only what may wait goes to a thread: for the write lock, for the disk at a commit, for a look at the whole file.
"""

import asyncio
import os
import sqlite3
import time
from collections import deque
from collections.abc import Awaitable, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from types import coroutine
from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL
from sqlalchemy.pool import AsyncAdaptedQueuePool, Pool, StaticPool
from sqlalchemy.util import await_only

NAME = "sqlite+inline"
_WAITS = (
    "BEGIN IMMEDIATE",
    "PRAGMA quick_check",
    "PRAGMA integrity_check",
    "PRAGMA wal_checkpoint",
    "VACUUM",
)
_AT_A_STRETCH = 0.005
_MOST_THREADS = 16


class InlineSqlite(SQLiteDialect_pysqlite):
    """The driver of the standard library behind SQLAlchemy's asynchronous engine."""

    driver = "inline"
    is_async = True
    has_terminate = True
    supports_statement_cache = True

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._breath = _Breath()

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        return AsyncAdaptedQueuePool if cls._is_url_file_db(url) else StaticPool

    def create_connect_args(self, url: URL) -> Any:
        arguments, options = super().create_connect_args(url)
        # One thread at a time still: whoever waits in another has nobody beside.
        return arguments, {**options, "check_same_thread": False, "factory": _Connection}

    def do_execute(
        self,
        cursor: Any,
        statement: Any,
        parameters: Any,
        context: Any = None,  # noqa: ARG002 -- as it is called
    ) -> None:
        if statement.startswith(_WAITS):
            await_only(_beside(lambda: cursor.execute(statement, parameters)))
        else:
            cursor.execute(statement, parameters)
            await_only(self._breath.taken())

    def do_execute_no_params(self, cursor: Any, statement: Any, context: Any = None) -> None:
        self.do_execute(cursor, statement, (), context)

    def do_executemany(
        self,
        cursor: Any,
        statement: Any,
        parameters: Any,
        context: Any = None,  # noqa: ARG002 -- as it is called
    ) -> None:
        await_only(_beside(lambda: cursor.executemany(statement, parameters)))

    def do_commit(self, dbapi_connection: Any) -> None:
        await_only(_beside(dbapi_connection.commit))

    def do_terminate(self, dbapi_connection: Any) -> None:
        dbapi_connection.close()


class _Connection(sqlite3.Connection):
    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or _Cursor)


class _Cursor(sqlite3.Cursor):
    """Its rows are read at once: a later statement must neither change them nor find them in its way."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._rows: deque[Any] = deque()

    def execute(self, statement: str, parameters: Any = ()) -> "_Cursor":
        super().execute(statement, parameters)
        self._rows = deque(super().fetchall()) if self.description else deque()
        return self

    def fetchone(self) -> Any:
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        return [self._rows.popleft() for _ in range(min(size or self.arraysize, len(self._rows)))]

    def fetchall(self) -> list[Any]:
        rows, self._rows = list(self._rows), deque()
        return rows

    async def _async_soft_close(self) -> None:
        """What SQLAlchemy asks for of a result that was read to its end."""


class _Breath:
    """Lets others of the loop in between, so that a hundred statements in a row keep nobody waiting for long."""

    def __init__(self) -> None:
        self._since = time.perf_counter()

    async def taken(self) -> None:
        now = time.perf_counter()
        if now - self._since > _AT_A_STRETCH:
            await _turn_of_others()
            self._since = time.perf_counter()


@coroutine
def _turn_of_others() -> Generator[None, None, None]:
    yield


async def _beside(call: Callable[[], object]) -> None:
    """Run the call in a thread, to its end also when whoever waits is cancelled: nobody may meet it on the connection."""
    running: Awaitable[object] = asyncio.get_running_loop().run_in_executor(_pools[-1], call)
    cancelled: asyncio.CancelledError | None = None
    while True:
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError as error:
            cancelled = error
            continue
        except Exception:
            if cancelled is None:
                raise
        break
    if cancelled is not None:
        raise cancelled


def _new_threads() -> None:
    _pools[:] = [ThreadPoolExecutor(_MOST_THREADS, thread_name_prefix="sqlite")]


_pools: list[ThreadPoolExecutor] = []
_new_threads()
# A process that was forked has the pool, but none of its threads.
os.register_at_fork(after_in_child=_new_threads)
registry.register("sqlite.inline", __name__, InlineSqlite.__name__)
