"""S4 in files: every naughty string into every column of every table that is read, and into everything that is written for others."""

import csv
import html
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from icalendar import Calendar
from openpyxl.utils.exceptions import IllegalCharacterError

from agreements.ics import appointment_calendar
from agreements.indicators import roadmap
from agreements.sheets import content as sheets
from agreements.sheets.layout import pdf
from agreements.transfer import reading
from agreements.transfer import tables as transfer
from agreements.transfer.types import Columns
from agreements.types import Appointment, AppointmentStatus
from bot.views import cards
from i18n.messages import words
from lotse.commands.translate import _read as read_texts
from offers import cells, ics, importer, tablefile, xlsxfile
from offers.hsds import reading as hsds_reading
from offers.hsds import services as hsds_services
from offers.hsds import tabular
from offers.publish import site
from offers.tables import Column
from offers.tables import tables as catalogue
from offers.translations import rules as translation_rules
from offers.translations.types import TextField
from offers.types import Offer
from tests.catalogue import PROVIDER, REVIEW_DAYS, offer, sample_files, schedule
from tests.trust import naughty
from tests.trust.promise import LONG, held

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
SAID = naughty.EVERY if LONG else tuple(text for turn in range(3) for text in naughty.of_each(turn))
ROADMAP = "roadmap.csv"
GOOD: Mapping[str, Mapping[str, str]] = {
    "organizations.csv": {"id": "p", "name": "Verein"},
    "services.csv": {
        "id": "s", "organization_id": "p", "topic": "work", "kind": "job_fair", "field_of_action": "work", "name": "Messe",
        "place": "Haar", "cost": "free", "registration": "none", "source": "Test", "status": "published",
    },
    "schedules.csv": {"service_id": "s", "valid_from": "01.09.2026", "freq": "ONCE", "opens_at": "9:00"},
    "responsibilities.csv": {"id": "r", "matter": "residence", "service_id": "s"},
    "clients": {"case_number": "LM-1", "language": "ar"},
    "milestones": {"id": "M1", "case_number": "LM-1", "phrase": "write_cv", "due_on": "20.02.2027"},
    "appointments": {"id": "A1", "case_number": "LM-1", "phrase": "jobcenter", "day": "10.02.2027", "time": "9:30"},
    ROADMAP: {"number": "4.2", "field": "work", "text": "Arbeit"},
}  # fmt: skip
COLUMNS: Mapping[str, Mapping[str, Column]] = {**catalogue(), **transfer.TABLES, ROADMAP: roadmap.TABLE}


def test_every_table_has_a_good_row() -> None:
    """A new table must be listed in GOOD, and a new required column must be filled there."""
    assert set(GOOD) == set(COLUMNS)
    for name, row in GOOD.items():
        assert not {column for column, how in COLUMNS[name].items() if how.required} - set(row), name


def _csv(name: str, column: str, text: str) -> bytes:
    row = {**GOOD[name], column: text}
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(list(row))
    writer.writerow(list(row.values()))
    return out.getvalue().encode("utf-8", "surrogatepass")


def _xlsx(name: str, column: str, text: str) -> bytes | None:
    """The same in a workbook; None where a workbook cannot hold the text at all."""
    row = {**GOOD[name], column: text}
    try:
        return xlsxfile.workbook({name.removesuffix(".csv"): [list(row), list(row.values())]})
    except (ValueError, UnicodeError, IllegalCharacterError):
        return None


def _read(name: str, content: bytes, *, book: bool) -> tuple[object, bool]:
    """What a table's reader makes of a file: its first row, and whether it was refused."""
    file = "x.xlsx" if book else name
    if name in catalogue():
        others = (
            {}
            if book
            else {
                other: _csv(other, "id" if other != "schedules.csv" else "note", GOOD[other].get("id", ""))
                for other in catalogue()
            }
        )
        found = importer.parse({**others, file: content})
        return found, bool(found.errors)
    if name == ROADMAP:
        goals, errors = roadmap.read(content)
        return goals, bool(errors)
    rows, wrong = reading.read({file if book else f"{name}.csv": content}, Columns())
    return rows, bool(wrong)


def _values(name: str, column: str, found: object) -> object:
    if name == "services.csv":
        assert isinstance(found, importer.Catalogue)
        return getattr(found.offers[0], column, None)
    if name == ROADMAP:
        assert isinstance(found, list)
        return getattr(found[0].goal, column)
    if name in transfer.TABLES:
        assert isinstance(found, list)
        return found[0].values[column]
    return None


@pytest.mark.timeout(3600)
def test_naughty_text_into_every_column() -> None:
    tried = equal = 0
    for name, table in COLUMNS.items():
        for column, how in table.items():
            for text in SAID:
                found, refused = _read(name, _csv(name, column, text), book=False)
                tried += 1
                expected = naughty.in_a_cell(text)
                if refused or how.lines or expected is None or not _is_text(how):
                    continue
                kept = _values(name, column, found)
                if kept is not None:
                    assert kept == (expected or how.default), (name, column, ascii(text[:60]))
                    equal += 1
    wanted = len(SAID) * sum(map(len, COLUMNS.values()))
    held(
        "S4",
        f"{len(SAID)} strings × the columns of {len(COLUMNS)} tables, CSV",
        f"{wanted:,} read or refused",
        f"{tried:,}, {equal:,} kept and equal",
        tried == wanted and equal > wanted / 20,
    )


def _is_text(how: Column) -> bool:
    """Whether the column keeps free text as it is."""
    return how.read.__qualname__ == cells.text(1).__qualname__


@pytest.mark.timeout(3600)
def test_naughty_text_into_workbooks() -> None:
    tried = books = 0
    for name, table in {name: table for name, table in COLUMNS.items() if name != ROADMAP}.items():
        texts = [column for column, how in table.items() if _is_text(how)] or [next(iter(table))]
        for column in texts:
            for text in SAID if LONG else SAID[::4]:
                content = _xlsx(name, column, text)
                tried += 1
                if content is None:
                    continue
                books += 1
                _read(name, content, book=True)
    held(
        "S4",
        f"{len(SAID)} strings × text columns, XLSX",
        "0 exceptions",
        f"{tried:,} tried, {books:,} books",
        books > tried / 2,
    )


def _kept() -> Iterator[str]:
    """What can stand in the catalogue."""
    for text in SAID:
        kept = naughty.in_a_cell(text)
        if kept and len(kept) <= 200:
            yield kept


@pytest.mark.timeout(3600)
def test_what_is_written_for_others_holds_it_as_text() -> None:
    count, tables = 0, importer.parse(sample_files())
    provider = tables.providers[0]
    for text in _kept():
        one = replace(
            tables.offers[0],
            name=text,
            summary=text[:140].strip(),
            location_name=text,
            description=text,
            provider=provider,
        )
        _tables_come_back(one)
        _calendar_is_whole(replace(one, schedules=(schedule(),)), text)
        _hsds_is_whole(one)
        _card_is_balanced(one)
        count += 1
    held(
        "S4",
        "strings in tables, calendars, HSDS and cards",
        "0 exceptions, equal or neutral",
        f"{count:,} strings",
        count > len(SAID) / 2,
    )


def _tables_come_back(one: Offer) -> None:
    """CSV and, now and then, the workbook: a spreadsheet computes nothing, and the next import reads the same."""
    files = tablefile.csv_files([one.provider], [one])
    again = importer.parse(files)
    assert not again.errors
    assert again.offers[0].name == one.name
    assert again.offers[0].description == one.description
    for row in csv.reader(io.StringIO(files["services.csv"].decode("utf-8-sig")), delimiter=";"):
        assert not [cell for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


def _calendar_is_whole(one: Offer, text: str) -> None:
    content = ics.calendar(one, NOW)
    assert all(len(line) <= 75 for line in content.split(b"\r\n")), ascii(text)
    assert b"\n" not in content.replace(b"\r\n", b"")
    [event] = Calendar.from_ical(content).walk("VEVENT")
    assert set(event) <= {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "CLASS", "RRULE"}
    assert event.subcomponents == []


def _hsds_is_whole(one: Offer) -> None:
    content = json.dumps(hsds_services.export([one])).encode()
    found = hsds_reading.parse_json(content)
    assert not found.errors
    assert found.offers[0].name == one.name
    package = tabular.export_datapackage(hsds_services.export([one]))
    assert package


def _card_is_balanced(one: Offer) -> None:
    shown = cards.full_card(words("ar"), one, [], NOW, edit=False, review_days=REVIEW_DAYS)
    for tag in ("b", "i", "a"):
        assert str(shown.text).count(f"<{tag}>") + len(re.findall(f"<{tag} ", str(shown.text))) == str(
            shown.text
        ).count(f"</{tag}>")


def test_appointments_in_calendars_and_on_paper() -> None:
    local, count = datetime(2027, 2, 10, 10), 0
    for text in SAID if LONG else SAID[::5]:
        found = Appointment(
            "a", "c", "jobcenter", text[:60], text[:200], local, "Europe/Berlin", local.replace(tzinfo=UTC), 30, (), AppointmentStatus.PLANNED, NOW, NOW
        )  # fmt: skip
        content = appointment_calendar(found, NOW)
        [event] = Calendar.from_ical(content).walk("VEVENT")
        assert event["SUMMARY"] == "Termin"
        assert event.subcomponents == []
        assert all(len(line) <= 75 for line in content.split(b"\r\n"))
        assert pdf(sheets.appointments_sheet([found], "ar", district=text[:40]), NOW).startswith(b"%PDF-")
        count += 1
    held(
        "S4",
        "strings in clients' calendars and printed sheets",
        "0 exceptions",
        f"{count} strings",
        count > 10,
    )


@pytest.mark.timeout(1800)
def test_public_pages_show_it_as_text() -> None:
    texts = list(_kept())[:: 1 if LONG else 4]
    shown = [
        offer(f"o{n}", name=text, summary=text[:140], description=text, provider=replace(PROVIDER, name=text))
        for n, text in enumerate(texts)
    ]
    pages = dict(site.files(shown, (), "Landkreis <b>", NOW, review_days=REVIEW_DAYS))
    page_names = [name for name in pages if name.endswith(".html")]
    for name in page_names:
        page = pages[name].decode()
        for mark in ("<script>alert", "<img src=x", "<svg><script", "Landkreis <b>", "onload=alert(20)>"):
            assert mark not in page, (name, mark)
    german = "".join(html.unescape(pages[name].decode()) for name in page_names if name.startswith("de/"))
    missing = [ascii(text) for text in texts if text.isprintable() and text not in german]
    held(
        "S4",
        "strings on the public pages",
        "all shown, none as markup",
        f"{len(texts)} strings on {len(page_names)} pages, missing {len(missing)}",
        not missing,
    )


def test_translations_from_a_file(tmp_path: Path) -> None:
    """A file of translated texts is taken whole or refused with its row."""
    [job] = translation_rules.jobs(offer(name="Kurs"), ["fr"], [TextField.NAME])
    file, taken = tmp_path / "fr.csv", 0
    for text in SAID:
        out = io.StringIO()
        csv.writer(out, delimiter=";").writerows(
            [["id", "field", "text", "state"], ["o1", "name", text, "machine"]]
        )
        file.write_bytes(out.getvalue().encode("utf-8", "surrogatepass"))
        try:
            read_texts(file, {("o1", "name"): job})
            taken += 1
        except typer.BadParameter:
            pass
    held(
        "S4",
        "strings in files of translations",
        "0 exceptions",
        f"{len(SAID)} tried, {taken} taken",
        taken > 0,
    )
