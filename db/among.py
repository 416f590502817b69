"""Conditions over many ids whose statement is the same for any number of them, so that it is prepared once."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, String, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY

from db.engine import Transaction


def among(tx: Transaction, column: Any, ids: Collection[str]) -> ColumnElement[bool]:
    """Whether the column's value is one of the ids. PostgreSQL takes them as one array; SQLite as a list."""
    found: ColumnElement[bool]
    if tx.dialect.name == "sqlite":
        found = column.in_(ids)
        return found
    found = column == any_(bindparam(None, list(ids), type_=ARRAY(String), unique=True))
    return found
