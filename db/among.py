"""Conditions over many ids: one parameter for all of them, so that a statement is prepared once for any number."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, Boolean, ColumnElement, Dialect, String, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


def among(column: Any, ids: Collection[str]) -> ColumnElement[bool]:
    """Whether the column's value is one of the ids.

    `in_` writes a question mark for each, which takes longer than the search itself where a page asks ten tables
    about 250 clients, and SQLite takes no more than 32,766 of them.
    """
    return _Among(column, bindparam(None, list(ids), type_=_Ids(), unique=True))


class _Ids(TypeDecorator[list[str]]):
    """A list of texts in one parameter: an array for PostgreSQL, JSON for SQLite, which has no arrays."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else ARRAY(String))

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> Any:
        return json.dumps(value) if dialect.name == "sqlite" else value


class _Among(FunctionElement[bool]):
    inherit_cache = True
    type = Boolean()

    def self_group(self, against: Any = None) -> "_Among":  # noqa: ARG002 -- the base class names it
        """A condition already: SQLite would be asked for `(…) = 1` otherwise, which finds no index."""
        return self


@compiles(_Among, "sqlite")
def _in_json(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 -- both parts were compiled: a column and a parameter


@compiles(_Among, "postgresql")
def _in_array(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} = ANY ({ids})"
