"""Transactions of both databases: whole or nothing, busy in every way a database can be, and well again afterwards."""

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from db.engine import Database, StorageBusyError, Transaction, async_url
from db.tables.people import persons
from tests.db.delivery_world import START

Open = Callable[[], AbstractAsyncContextManager[Transaction]]


async def add(database: Database, number: int, *, sealed: bytes = b"x", now: datetime = START) -> None:
    values: dict[str, object] = {
        "id": f"id{number}",
        "chat_hash": f"hash{number}",
        "chat_sealed": sealed,
        "language": "de",
    }
    values |= {"language_chosen": False, "paused": False, "reachable": True}
    async with database.write() as tx:
        await tx.execute(insert(persons).values(**values, created_at=now, seen_at=now))


async def count(database: Database) -> int:
    async with database.read() as tx:
        return int((await tx.execute(select(func.count()).select_from(persons))).scalar_one())


async def run(open_: Open, statement: str) -> None:
    async with open_() as tx:
        await tx.execute(text(statement))


async def test_a_transaction_is_whole_or_nothing(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as tx:
            await tx.execute(text("UPDATE persons SET language = 'uk'"))
            raise RuntimeError

    await add(database, 1)
    with pytest.raises(RuntimeError):
        await fail()
    await run(database.read, "UPDATE persons SET language = 'uk'")
    async with database.read() as tx:
        assert (await tx.execute(select(persons.c.language))).scalar_one() == "de"


async def test_a_point_in_time_comes_back_as_it_was_and_needs_a_zone(database: Database) -> None:
    await add(database, 1, now=START)
    async with database.read() as tx:
        found = (await tx.execute(select(persons.c.created_at))).scalar_one()
    assert (found, found.utcoffset()) == (START, timedelta())
    with pytest.raises(StatementError, match="time zone"):
        await add(database, 2, now=START.replace(tzinfo=None))


async def test_the_state_is_another_one_after_every_commit_of_anybody(database: Database) -> None:
    other = Database(database.url)
    before = await database.state()
    assert await count(database) == 0
    assert await database.state() == before, "reading changes nothing"
    await add(other, 1)
    theirs = await database.state()
    assert theirs != before
    await add(database, 2)
    own = await database.state()
    assert own not in (before, theirs)
    with pytest.raises(DBAPIError):
        await run(database.write, "nonsense")
    async with other.read() as tx:
        await tx.execute(select(persons.c.id))
        # Whoever reads meanwhile holds nobody's view back.
        await add(database, 3)
        assert await database.state() != own
    await other.close()


async def test_whoever_goes_while_asking_for_the_state_leaves_it_to_the_next(database: Database) -> None:
    before = await database.state()
    for steps in range(12):
        asking = asyncio.get_running_loop().create_task(database.state())
        for _ in range(steps):
            await asyncio.sleep(0)
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking
        await add(database, steps)
        after = await database.state()
        assert after != before
        assert await database.state() == after
        before = after


async def test_a_mistake_in_a_statement_is_no_busy_database(database: Database) -> None:
    for statement in ("SELECT 1 FROM nonsense", "nonsense"):
        with pytest.raises(DBAPIError, match="nonsense"):
            await run(database.write, statement)
    await add(database, 1)
    with pytest.raises(DBAPIError) as caught:
        await add(database, 1, sealed=b"Canary")
    assert "hidden" in str(caught.value)
    assert "Canary" not in str(caught.value.args)


async def test_a_pool_that_runs_dry_is_busy(database: Database) -> None:
    with pytest.raises(StorageBusyError):
        async with database.read():
            raise PoolTimeoutError


async def test_a_locked_sqlite_is_busy_and_well_again(sqlite_url: str) -> None:
    database, other = Database(sqlite_url), Database(sqlite_url)
    await run(database.read, "PRAGMA busy_timeout=10")
    async with other.write():
        with pytest.raises(StorageBusyError):
            await add(database, 1)
        # Readers are not hindered by who writes.
        await database.check()
    await add(database, 1)
    assert await count(database) == 1
    await database.close()
    await other.close()


@pytest.mark.parametrize(
    ("hindrance", "relief"),
    [
        ("PRAGMA query_only=ON", "PRAGMA query_only=OFF"),
        ("PRAGMA max_page_count=1", "PRAGMA max_page_count=1000000"),
    ],
    ids=["read-only", "full"],
)
async def test_a_sqlite_that_takes_nothing_is_busy_and_well_again(
    sqlite_url: str, hindrance: str, relief: str
) -> None:
    database = Database(sqlite_url)
    await run(database.read, hindrance)
    with pytest.raises(StorageBusyError):
        await add(database, 1, sealed=b"x" * 100_000)
    await run(database.read, relief)
    assert await count(database) == 0
    await add(database, 1, sealed=b"x" * 100_000)
    assert await count(database) == 1
    await database.close()


async def test_what_cannot_be_opened_is_busy(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}", "postgresql://nobody@127.0.0.1:9/lotse"):
        database = Database(url)
        with pytest.raises(StorageBusyError):
            await database.check()
        await database.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_postgresql_that_ends_the_connection_is_busy_and_well_again(database: Database) -> None:
    with pytest.raises(StorageBusyError):
        await run(database.write, "SELECT pg_terminate_backend(pg_backend_pid())")
    await add(database, 1)
    assert await count(database) == 1


async def test_sqlite_writes_what_a_power_cut_must_not_take(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    async with database.read() as tx:
        found = {name: (await tx.execute(text(f"PRAGMA {name}"))).scalar_one() for name in expected}
    assert found == expected
    await database.close()


def test_only_two_kinds_of_database_are_spoken_to() -> None:
    assert async_url("sqlite:///x.db") == "sqlite+aiosqlite:///x.db"
    assert async_url("postgresql://u:p@h/n") == "postgresql+psycopg://u:p@h/n"
    with pytest.raises(ValueError, match="mysql"):
        async_url("mysql://h/n")
