"""From files to rows of checked values, with every error by file, row and column; nothing is looked up here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from agreements.transfer import tables
from agreements.transfer.errors import ColumnsInvalidError
from agreements.transfer.types import Columns
from i18n.messages import Message
from offers import cells, csvfile, xlsxfile
from offers.errors import CellError, Errors, TableError
from offers.tables import Column


@dataclass(frozen=True)
class Row:
    """A row whose cells fit; `given` are the fields of which the file has a column."""

    file: str
    table: str
    number: int
    values: Mapping[str, Any]
    given: frozenset[str]


def columns(content: bytes) -> Columns:
    """A description of columns out of a YAML file. Raises ColumnsInvalidError."""
    try:
        return tables.described(yaml.safe_load(content.decode("utf-8")) or {})
    except (UnicodeDecodeError, yaml.YAMLError, AttributeError, RecursionError) as error:
        raise ColumnsInvalidError from error


def read(files: Mapping[str, bytes], columns: Columns) -> tuple[list[Row], Errors]:
    """Rows of all tables, clients first; `files` are contents by file name: `clients.csv` …, or one workbook with such sheets."""
    errors = Errors()
    found: dict[str, list[Row]] = {}
    for file, table, rows in _tables(files, errors):
        if table in tables.TABLES:
            found[table] = list(_rows(file, table, rows, columns, errors))
        elif table != tables.PLACEMENTS:
            known = ", ".join(tables.TABLES)
            errors.add(cells.shown(file), 0, "", Message("import.file_unknown", {"names": known}))
    return [row for table in tables.TABLES for row in found.get(table, ())], errors


def _tables(
    files: Mapping[str, bytes], errors: Errors
) -> Iterator[tuple[str, str, Iterable[tuple[int, list[str]]]]]:
    for file, content in files.items():
        if not file.lower().endswith(".xlsx"):
            yield file, file.lower().removesuffix(".csv"), csvfile.rows(content)
            continue
        try:
            sheets = xlsxfile.sheets(content)
        except TableError as error:
            errors.put(error.at(file))
            continue
        for sheet, rows in sheets.items():
            yield f"{file}: {sheet}", sheet, rows


def _rows(
    file: str, table: str, rows: Iterable[tuple[int, list[str]]], columns: Columns, errors: Errors
) -> Iterator[Row]:
    header: list[str] | None = None
    seen: dict[str, int] = {}
    try:
        for number, row in rows:
            if header is None:
                header = _header(file, table, row, columns, errors)
                if header is None:
                    return
                continue
            found = _row(file, table, number, dict(zip(header, row, strict=False)), columns, errors)
            if found is None:
                continue
            key = str(found.values["id" if "id" in tables.TABLES[table] else "case_number"])
            if key in seen:
                double = Message("import.double_id", {"value": cells.shown(key), "row": seen[key]})
                errors.add(file, number, "", double)
            else:
                seen[key] = number
                yield found
    except TableError as error:
        errors.add(file, error.row, "", error.message)
        return
    if header is None:
        errors.add(file, 0, "", Message("import.file_empty"))


def _header(file: str, table: str, row: list[str], columns: Columns, errors: Errors) -> list[str] | None:
    """The fields that the columns stand for, "" for columns that nobody asked for: another program has many."""
    fields = {tables.name(columns, table, field): field for field in tables.TABLES[table]}
    header = [fields.get(cell.strip(), "") for cell in row]
    before = len(errors)
    for field, how in tables.TABLES[table].items():
        called = tables.name(columns, table, field)
        if how.required and field not in header:
            errors.add(file, 1, called, Message("import.column_missing"))
        if header.count(field) > 1:
            errors.add(file, 1, called, Message("import.column_double"))
    return header if len(errors) == before else None


def _row(
    file: str, table: str, number: int, given: dict[str, str], columns: Columns, errors: Errors
) -> Row | None:
    given.pop("", None)
    values: dict[str, Any] = {}
    before = len(errors)
    for field, how in tables.TABLES[table].items():
        try:
            values[field] = _value(how, given.get(field, ""))
        except CellError as error:
            errors.add(file, number, tables.name(columns, table, field), error.message)
    return Row(file, table, number, values, frozenset(given)) if len(errors) == before else None


def _value(how: Column, cell: str) -> Any:
    text = cells.cleaned(cell)
    if text:
        return how.read(text)
    if how.required:
        raise CellError("import.empty")
    return how.default
