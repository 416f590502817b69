"""Excel workbooks: from bytes to rows of text, sheet by sheet, and back; formulas are refused, never computed."""

import io
import os
import re
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from operator import is_not
from typing import Any
from xml.etree.ElementTree import ParseError

# Where lxml happens to be installed openpyxl would read with it, past defusedxml.
os.environ["OPENPYXL_LXML"] = "False"

import openpyxl
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from offers.csvfile import ONE_FILE
from offers.errors import TableError

Rows = list[tuple[int, list[str]]]
MAX_UNPACKED = 60_000_000
_MAX_PARTS = 500
_MAX_COLUMNS = 100
_LAST_ROW = 200_000
"""As far down as somebody's formats without any text may reach."""
_NO_CELLS = (EMPTY_CELL,) * _MAX_COLUMNS
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*ref="([A-Z0-9:]{1,30})"')
_BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, InvalidFileException, ParseError,
    KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, EOFError, RuntimeError,
)  # fmt: skip


def sheets(content: bytes, only: Collection[str] = ()) -> dict[str, Rows]:
    """Rows that are not empty, with their numbers, by the sheet's name in small letters; of those that are named `only` no other is read.

    Raises TableError; for a named sheet also where it stands there twice, or hides values under merged cells.
    """
    if len(content) > ONE_FILE.megabytes * 1_000_000:
        raise TableError("import.file_too_big", limit=ONE_FILE.megabytes)
    try:
        _check_size(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        try:
            found: dict[str, Rows] = {}
            for sheet in book.worksheets:
                name = sheet.title.strip().lower()
                if only and name not in only:
                    continue
                if only and name in found:
                    raise TableError("import.sheet_double", sheet=name)
                if only:
                    _check_merged(name, sheet)
                found[name] = list(_rows(name, sheet))
            return found
        finally:
            book.close()
    except _BROKEN:
        raise TableError("import.not_xlsx") from None


def _check_size(content: bytes) -> None:
    """A workbook is a packed archive: a small file may unpack to more than the memory holds."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise TableError("import.file_too_big", limit=ONE_FILE.megabytes)


def _check_merged(name: str, sheet: Any) -> None:
    """Of merged cells only the first has a value: for the rows below it is lost."""
    # What is read row by row knows nothing of them.
    with sheet._get_source() as source:  # noqa: SLF001 -- the sheet's own part of the archive has no other way in
        merged = _MERGED.search(source.read())
    if merged:
        raise TableError("import.merged", sheet=name, cells=merged[1].decode())


def _rows(name: str, sheet: Any) -> Iterator[tuple[int, list[str]]]:
    # What the file says of its own size may be anything.
    sheet.reset_dimensions()
    filled = 0
    for number, row in enumerate(sheet.iter_rows(max_col=_MAX_COLUMNS), 1):
        if number > _LAST_ROW:
            raise TableError("import.too_many_rows", sheet=name, limit=ONE_FILE.rows)
        if not any(map(is_not, row, _NO_CELLS)):
            continue
        cells = [_text(cell, name, number) for cell in row]
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            continue
        filled += 1
        if filled > ONE_FILE.rows + 1:
            raise TableError("import.too_many_rows", sheet=name, limit=ONE_FILE.rows)
        yield number, cells


def _text(cell: Any, sheet: str, row: int) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise TableError("import.formula", sheet=sheet, row=row, column=letter(cell.column))
    if isinstance(value, bool):
        return "WAHR" if value else "FALSCH"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    shown = str(value)
    # A postal code that Excel took for a number keeps its zeros in the format only.
    zeros = str(cell.number_format or "")
    return shown.zfill(len(zeros)) if isinstance(value, int) and set(zeros) == {"0"} else shown


def letter(column: int) -> str:
    """What a spreadsheet calls its first, second … column."""
    return str(get_column_letter(column))


def workbook(tables: Mapping[str, Iterable[Sequence[str | int]]]) -> bytes:
    """A workbook with a sheet for each table; text stays text, whatever it begins with, and whole numbers are numbers."""
    book = openpyxl.Workbook(write_only=False)
    book.remove(book.worksheets[0])
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                cell = sheet.cell(number, column)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
                    cell.number_format = "@"
        sheet.freeze_panes = "A2"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
