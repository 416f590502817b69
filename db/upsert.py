"""Insert or update in one statement, so that of two who come first in the same moment neither fails; keys are those of a unique index."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from db.engine import Transaction


def insert_into(tx: Transaction, table: Table) -> Any:
    """The insert of the database at hand, with `on_conflict_do_nothing` and `on_conflict_do_update`."""
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    return dialect.insert(table)


async def put(tx: Transaction, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Write `values` into the row with this key, a new one where there is none; what they leave out stays."""
    new = insert_into(tx, table).values(**key, **values)
    await tx.execute(new.on_conflict_do_update(index_elements=list(key), set_=dict(values)))


async def count(tx: Transaction, table: Table, key: Mapping[str, Any], **values: Any) -> None:
    """One more in the `count` of the row with this key, which begins with 1, and `values` besides."""
    new = insert_into(tx, table).values(**key, count=1, **values)
    more = {"count": table.c.count + 1, **values}
    await tx.execute(new.on_conflict_do_update(index_elements=list(key), set_=more))
