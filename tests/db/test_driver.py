"""SQLite in the loop's own thread: what is read stays as it was read, others have their turn, and nobody who leaves harms the next."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from db.engine import Database, StorageBusyError


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    async with database.write() as tx:
        await tx.execute(text("CREATE TABLE numbers (n INTEGER PRIMARY KEY, said TEXT)"))
        await tx.execute(text("INSERT INTO numbers VALUES (:n, 'a')"), [{"n": n} for n in range(100)])
    yield database
    await database.close()


async def count(database: Database) -> int:
    async with database.read() as tx:
        return int((await tx.execute(text("SELECT count(*) FROM numbers"))).scalar_one())


async def test_rows_are_what_they_were_when_they_were_read(database: Database) -> None:
    async with database.write() as tx:
        found = await tx.execute(text("SELECT n, said FROM numbers ORDER BY n"))
        await tx.execute(text("DELETE FROM numbers WHERE n > 10"))
        assert [row.n for row in found] == list(range(100))
        changed = await tx.execute(text("UPDATE numbers SET said = 'b' WHERE n < 5 RETURNING n"))
        assert sorted(changed.scalars()) == list(range(5))
        assert (await tx.execute(text("UPDATE numbers SET said = 'c' WHERE n < 3"))).rowcount == 3
        result = await tx.execute(text("SELECT n FROM numbers ORDER BY n"))
        assert [row.n for row in result.fetchmany(4)] == [0, 1, 2, 3]
        assert result.fetchone() == (4,)
        assert len(result.fetchall()) == 6
    assert await count(database) == 11


async def test_others_have_their_turn_while_one_reads_a_lot(database: Database) -> None:
    turns, stop = 0, asyncio.Event()

    async def other() -> None:
        nonlocal turns
        while not stop.is_set():
            turns += 1
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        group.create_task(other())
        await asyncio.sleep(0)
        async with database.read() as tx:
            before = turns
            for _ in range(2_000):
                await tx.execute(text("SELECT * FROM numbers"))
            between = turns - before
        stop.set()
    assert between > 10


async def test_whoever_waits_for_a_lock_keeps_nobody_else_waiting(database: Database, tmp_path: Path) -> None:
    holder = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    waiting = asyncio.ensure_future(database.write().__aenter__())  # noqa: TID251 -- cancelled and awaited below
    for _ in range(20):
        assert await count(database) == 100
        await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()
    await asyncio.sleep(0)
    holder.execute("ROLLBACK")
    with pytest.raises((asyncio.CancelledError, StorageBusyError)):
        await waiting
    holder.close()
    async with database.write() as tx:
        await tx.execute(text("INSERT INTO numbers VALUES (1000, 'z')"))
    assert await count(database) == 101


async def test_a_cancelled_commit_is_whole_or_not_there(database: Database) -> None:
    for number in range(200, 220):

        async def write(number: int = number) -> None:
            async with database.write() as tx:
                await tx.execute(text("INSERT INTO numbers VALUES (:n, 'x')"), {"n": number})
                await tx.execute(text("INSERT INTO numbers VALUES (:n, 'y')"), {"n": number + 1000})

        task = asyncio.ensure_future(write())  # noqa: TID251 -- cancelled and awaited below
        for _ in range(number % 7):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with database.read() as tx:
        rows = await tx.execute(text("SELECT n % 1000, count(*) FROM numbers WHERE n >= 200 GROUP BY 1"))
        assert all(row[1] == 2 for row in rows)


async def test_a_forked_process_has_threads_of_its_own(database: Database, tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            asyncio.set_event_loop(None)
            asyncio._set_running_loop(None)
            code = asyncio.run(_write_elsewhere(tmp_path / "x.db"))
        finally:
            os._exit(code)
    status = await asyncio.to_thread(os.waitpid, child, 0)
    assert os.waitstatus_to_exitcode(status[1]) == 0
    assert await count(database) == 101


async def _write_elsewhere(file: Path) -> int:
    other = Database(f"sqlite:///{file}")
    async with asyncio.timeout(30), other.write() as tx:
        await tx.execute(text("INSERT INTO numbers VALUES (5000, 'child')"))
    await other.close()
    return 0
