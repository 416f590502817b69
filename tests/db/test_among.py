"""Conditions over many ids: the same rows as `in_` finds, in one parameter, over an index."""

from typing import Any

import pytest
from sqlalchemy import ColumnElement, event, select, text

from db.among import among
from db.engine import Database
from db.tables.people import persons
from tests.db.test_engine import add

ODD = ["id1'", '"id2"', "id\\3", "أ,{id4}", "id5\n"]


async def found(database: Database, ids: list[str]) -> list[str]:
    async with database.read() as tx:
        chosen = select(persons.c.id).where(among(persons.c.id, ids)).order_by(persons.c.id)
        return list(await tx.scalars(chosen))


async def test_what_stands_in_the_list_is_found(database: Database) -> None:
    for number in range(4):
        await add(database, number)
    assert await found(database, ["id1", "id3", "id3", "id7"]) == ["id1", "id3"]
    assert await found(database, []) == []


async def test_more_ids_than_a_statement_may_have_parameters(database: Database) -> None:
    """SQLite takes 32,766 and PostgreSQL 65,535."""
    for number in range(3):
        await add(database, number)
    assert await found(database, [f"id{number}" for number in range(1, 70_000)]) == ["id1", "id2"]


async def test_an_id_is_a_text_and_nothing_else(database: Database) -> None:
    for number in range(6):
        await add(database, number)
    assert await found(database, ODD) == []
    async with database.read() as tx:
        there = select(persons.c.id).where(~among(persons.c.id, [*ODD, "id0"])).order_by(persons.c.id)
        assert list(await tx.scalars(there)) == ["id1", "id2", "id3", "id4", "id5"]


@pytest.mark.parametrize("more", [(), (persons.c.paused.is_(False),)])
async def test_they_are_looked_up_instead_of_reading_the_table(
    database: Database, more: tuple[ColumnElement[bool], ...]
) -> None:
    asked: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        asked.append((statement, parameters))

    engine = database.engine.sync_engine
    async with database.write() as tx:
        if engine.dialect.name == "postgresql":
            # A table with nothing in it is read: it is to say what it would do with much.
            await tx.execute(text("SET LOCAL enable_seqscan = off"))
        event.listen(engine, "before_cursor_execute", note)
        await tx.execute(select(persons.c.id).where(among(persons.c.id, ["id1"]), *more))
        event.remove(engine, "before_cursor_execute", note)
        explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
        ((statement, parameters),) = asked
        plan = " ".join(str(row) for row in await tx.exec_driver_sql(f"{explain} {statement}", parameters))
    assert "SEARCH persons USING" in plan or "Index" in plan, plan
