"""How SQLite is spoken to: aiosqlite's thread does a whole statement at once, instead of being asked for every step of it."""

import sqlite3
from collections import deque
from collections.abc import Callable
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.util import EMPTY_DICT


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """Opening a cursor, running, fetching and closing is one trip to the thread; as SQLAlchemy does it, it is four."""

    __slots__ = ()

    def __init__(self, connection: Any) -> None:
        self._adapt_connection, self._connection = connection, connection.driver_connection
        self._rows: deque[Any] = deque()
        self._soft_closed_memoized = EMPTY_DICT

    async def _execute_async(self, operation: Any, parameters: Any) -> None:
        await self._done(lambda cursor: cursor.execute(operation, parameters or ()))

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> None:
        await self._done(lambda cursor: cursor.executemany(operation, seq_of_parameters))

    async def _done(self, run: Callable[[sqlite3.Cursor], object]) -> None:
        connection: Any = self._connection

        def whole() -> None:
            # A closed one still knows what it ran: columns, rows changed.
            self._cursor = cursor = connection._conn.cursor()  # noqa: SLF001 -- as aiosqlite's own methods do
            try:
                run(cursor)
                self._rows = deque(cursor.fetchall() if cursor.description else ())
            finally:
                cursor.close()

        async with self._adapt_connection._execute_mutex:  # noqa: SLF001 -- SQLAlchemy's cursors do
            await connection._execute(whole)  # noqa: SLF001 -- the one way to do several things in a trip

    async def _async_soft_close(self) -> None:
        """Nothing is open between two statements."""

    def close(self) -> None:
        self._rows.clear()


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()
    _cursor_cls: Any = _Cursor


class Driver(AsyncAdapt_aiosqlite_dbapi):
    """What SQLAlchemy takes for the module of the driver."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arguments: Any, **named: Any) -> _Connection:
        return _Connection(self, super().connect(*arguments, **named).driver_connection)
