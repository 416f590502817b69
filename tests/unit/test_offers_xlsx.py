"""Excel workbooks and the tables that are written for Excel: what goes out comes back the same, and nothing is computed."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest

from offers import importer, tablefile, xlsxfile
from offers.errors import TableError
from offers.importer import Catalogue
from offers.types import Offer, Provider
from offers.xlsxfile import openpyxl
from tests.catalogue import sample, sample_files

SHEETS = ("organizations", "services", "schedules")


def catalogue() -> tuple[list[Provider], list[Offer]]:
    found = importer.parse(sample_files())
    assert found.errors == ()
    return list(found.providers), list(found.offers)


def as_files(form: str, providers: list[Provider], offers: list[Offer]) -> dict[str, bytes]:
    if form == "xlsx":
        return {"katalog.xlsx": tablefile.workbook(providers, offers)}
    return tablefile.csv_files(providers, offers)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_written_reads_back_the_same(form: str) -> None:
    providers, offers = catalogue()
    again = importer.parse(as_files(form, providers, offers))
    assert again.errors == ()
    assert list(again.providers) == providers
    assert list(again.offers) == offers
    assert len(sample()) == len(offers) > 100


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "name", ["=1+1", "@SUM(A1)", "-2+3", "+49 Kurs", '=HYPERLINK("http://x.org")', "'zitiert"]
)
def test_text_that_looks_like_a_formula_stays_text(form: str, name: str) -> None:
    providers, offers = catalogue()
    offers[0] = replace(offers[0], name=name)
    files = as_files(form, providers, offers)
    assert importer.parse(files).offers[0].name == name
    if form == "csv":
        assert not any(
            cell[:1] in "=+-@"
            for line in files["services.csv"].decode("utf-8-sig").splitlines()
            for cell in line.split(";")
            if cell
        )
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(files["katalog.xlsx"]))["services"]
        assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}


def test_csv_is_as_german_excel_reads_it() -> None:
    files = tablefile.csv_files(*catalogue())
    content = files["services.csv"]
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"12.10.2026" in content
    assert content.count(b"\r\n") > 100


def book(**sheets: list[list[object]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name in SHEETS:
        sheet = made.create_sheet(name.upper())
        for row in sheets.get(name, [["id"]]):
            sheet.append(row)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def test_cells_as_excel_stores_them_become_text() -> None:
    row = [datetime(2027, 2, 1), date(2027, 2, 3), time(8, 30), 16.0, 2.5, 85540, None, "  Text "]
    found = xlsxfile.sheets(book(services=[["a"], row]))["services"]
    assert found[1] == (2, ["2027-02-01", "2027-02-03", "08:30", "16", "2.5", "85540", "", "  Text "])


def test_a_postal_code_keeps_its_leading_zero() -> None:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet.append([1067])
    sheet["A1"].number_format = "00000"
    content = io.BytesIO()
    made.save(content)
    assert list(xlsxfile.sheets(content.getvalue()).values()) == [[(1, ["01067"])]]


def test_a_formula_is_refused_with_its_row() -> None:
    found = importer.parse({"k.xlsx": book(services=[["id", "name"], ["x", "=1+1"]])})
    assert [(e.file, e.row, e.column, e.message.key) for e in found.errors] == [
        ("k.xlsx: services", 2, "B", "import.formula")
    ]


def more(change: Callable[[Any], None]) -> Catalogue:
    """The sample as a workbook in which somebody changed something."""
    made = openpyxl.load_workbook(io.BytesIO(tablefile.workbook(*catalogue())))
    change(made)
    content = io.BytesIO()
    made.save(content)
    return importer.parse({"k.xlsx": content.getvalue()})


def test_sheets_of_something_else_are_not_read() -> None:
    def change(made: Any) -> None:
        notes = made.create_sheet("Notizen")
        notes["A1"] = "=SUM(B1:B9)"
        notes["A21000"] = "viel"
        notes.merge_cells("B1:C2")

    assert more(change).errors == ()


def test_merged_cells_are_refused_with_their_place() -> None:
    (error,) = more(lambda made: made["services"].merge_cells("B2:B4")).errors
    assert (error.file, error.message.key) == ("k.xlsx: services", "import.merged")
    assert error.message.params == {"cells": "B2:B4"}


def test_two_sheets_of_one_name_are_refused() -> None:
    (error,) = more(lambda made: made.create_sheet("services ")).errors
    assert (error.file, error.message.key) == ("k.xlsx: services", "import.sheet_double")


def test_rows_that_have_nothing_but_a_format_are_no_rows() -> None:
    def change(made: Any) -> None:
        for row in range(20_000, 20_100):
            made["services"].cell(row, 1).number_format = "@"

    assert more(change).errors == ()


def test_a_tick_of_excel_is_called_what_it_shows() -> None:
    def change(made: Any) -> None:
        made["services"].cell(2, [c.value for c in made["services"][1]].index("cost") + 1).value = True

    (error,) = more(change).errors
    assert error.message.params["value"] == "WAHR"


def test_a_missing_sheet_and_a_wrong_cell_are_named() -> None:
    made = openpyxl.Workbook()
    made.worksheets[0].title = "organizations"
    made.worksheets[0].append(["id", "name"])
    made.worksheets[0].append(["a b", "Haus"])
    content = io.BytesIO()
    made.save(content)
    errors = importer.parse({"k.xlsx": content.getvalue()}).errors
    assert [(error.file, error.row, error.column, error.message.key) for error in errors] == [
        ("k.xlsx: organizations", 2, "id", "import.bad_id"),
        ("k.xlsx: services", 0, "", "import.sheet_missing"),
        ("k.xlsx: schedules", 0, "", "import.sheet_missing"),
    ]


def packed(**parts: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, some in parts.items():
            archive.writestr(name, some)
    return content.getvalue()


def with_part(name: str, text: bytes) -> bytes:
    """A good workbook with one of its parts replaced."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book())) as old, zipfile.ZipFile(content, "w") as new:
        for part in old.namelist():
            new.writestr(part, text if part == name else old.read(part))
    return content.getvalue()


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>"""


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "import.not_xlsx"),
        (b"id;name\r\n", "import.not_xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "import.not_xlsx"),
        (packed(x=b"nothing"), "import.not_xlsx"),
        (book()[:900], "import.not_xlsx"),
        (with_part("xl/worksheets/sheet1.xml", LAUGHS), "import.not_xlsx"),
        (with_part("xl/workbook.xml", b"<workbook"), "import.not_xlsx"),
        (packed(bomb=b"\0" * (xlsxfile.MAX_UNPACKED + 1)), "import.file_too_big"),
        (b"\0" * 5_000_001, "import.file_too_big"),
    ],
)
def test_a_file_that_is_no_workbook_or_a_hostile_one_gets_a_sentence(content: bytes, key: str) -> None:
    with pytest.raises(TableError) as raised:
        xlsxfile.sheets(content)
    assert raised.value.message.key == key


def test_a_sheet_with_a_cell_at_its_far_end_is_refused_quickly() -> None:
    far = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/>
<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>"""
    with pytest.raises(TableError) as raised:
        xlsxfile.sheets(with_part("xl/worksheets/sheet1.xml", far))
    assert raised.value.message.key == "import.too_many_rows"
