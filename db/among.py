"""Conditions over many ids whose statement is the same for any number of them, so that it is prepared once."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, String, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY

from db.engine import Transaction


def among(tx: Transaction, column: Any, ids: Collection[str]) -> ColumnElement[bool]:
    """Whether the column's value is one of the ids. PostgreSQL takes them as one array; SQLite as a list."""
    if tx.dialect.name == "sqlite":
        return one_of(column, ids)
    found: ColumnElement[bool] = column == any_(bindparam(None, list(ids), type_=ARRAY(String), unique=True))
    return found


def one_of(column: Any, ids: Collection[str]) -> ColumnElement[bool]:
    """The same as a list on both: for hundreds of ids, which `in_` would wrap one by one every time."""
    found: ColumnElement[bool] = column.in_(bindparam(None, list(ids), expanding=True, unique=True))
    return found
