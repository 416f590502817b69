"""Excel workbooks: from bytes to rows of text, sheet by sheet, and back; formulas are refused, never computed."""

import io
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

# Where lxml happens to be installed openpyxl would read with it, past defusedxml.
os.environ["OPENPYXL_LXML"] = "False"

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from offers.csvfile import ONE_FILE
from offers.errors import TableError

Rows = list[tuple[int, list[str]]]
MAX_UNPACKED = 60_000_000
_MAX_PARTS = 500
_MAX_COLUMNS = 100
_BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, InvalidFileException, ParseError,
    KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, EOFError, RuntimeError,
)  # fmt: skip


def sheets(content: bytes) -> dict[str, Rows]:
    """Rows that are not empty, with their numbers, by the sheet's name in small letters. Raises TableError."""
    if len(content) > ONE_FILE.megabytes * 1_000_000:
        raise TableError("import.file_too_big", limit=ONE_FILE.megabytes)
    try:
        _check_size(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        try:
            return {sheet.title.strip().lower(): list(_rows(sheet)) for sheet in book.worksheets}
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


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    # What the file says of its own size may be anything.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(max_col=_MAX_COLUMNS), 1):
        if number > ONE_FILE.rows + 1:
            raise TableError("import.too_many_rows", limit=ONE_FILE.rows)
        cells = [_text(cell, number) for cell in row]
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            yield number, cells


def _text(cell: Any, row: int) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise TableError("import.formula", row=row)
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
