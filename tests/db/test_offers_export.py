"""`lotse offers export` as people use it, on both databases: what it writes, the import takes back without a change."""

import csv
import io
import re
from pathlib import Path

import pytest
from icalendar import Calendar
from typer.testing import CliRunner, Result

from db.crypto import Keyring
from lotse import cli, log


@pytest.fixture
def home(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOTSE_DATABASE_URL", database_url)
    monkeypatch.setenv("LOTSE_KEYS", Keyring.generate().to_json())
    monkeypatch.setenv("LOTSE_VAR", str(tmp_path / "var"))
    monkeypatch.setattr(log, "configure", lambda **_: None)
    assert call("import", str(cli.SAMPLE)).exit_code == 0
    return tmp_path


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["offers", *arguments])


@pytest.mark.parametrize(("target", "form"), [("tables", "csv"), ("katalog.xlsx", "xlsx")])
def test_an_export_comes_back_without_a_change(home: Path, target: str, form: str) -> None:
    written = call("export", str(home / target), "--format", form)
    assert written.exit_code == 0, written.output
    again = call("import", str(home / target), "--format", form)
    assert again.exit_code == 0, again.output
    assert "0 neu, 0 geändert" in " ".join(again.output.split())


@pytest.mark.parametrize(("target", "form"), [("hsds.json", "hsds"), ("package", "hsds-tabular")])
def test_hsds_comes_back_without_a_change(home: Path, target: str, form: str) -> None:
    assert call("export", str(home / target), "--format", form).exit_code == 0
    again = call("import", str(home / target), "--format", "hsds")
    assert again.exit_code == 0, again.output
    assert "0 neu, 0 geändert" in " ".join(again.output.split())


def test_hsds_that_is_not_there_or_none_gets_a_sentence(home: Path) -> None:
    (home / "none.json").write_text("{")
    assert call("import", str(home / "none.json"), "--format", "hsds").exit_code == 1
    assert call("import", str(home / "nowhere.json"), "--format", "hsds").exit_code == 2


def test_a_calendar_of_one_topic(home: Path) -> None:
    assert call("export", str(home / "d.ics"), "--format", "ics", "--topic", "german_course").exit_code == 0
    told = call("export", str(home / "all [/x].ics"), "--format", "ics")
    assert told.exit_code == 0, told.output
    assert re.search(r"The dates of [1-9][0-9]+ offers in .*all \[/x\]\.ics", told.output), told.output
    german, everything = (
        Calendar.from_ical((home / name).read_bytes()).walk("VEVENT") for name in ("d.ics", "all [/x].ics")
    )
    assert 5 < len(german) < len(everything)
    assert "Deutschkurse · Landkreis München" in (home / "d.ics").read_text("utf-8")


def test_what_cannot_be_written_gets_a_sentence(home: Path) -> None:
    (home / "file").write_text("x")
    for arguments in ((str(home / "file"),), (str(home / "x.xlsx"), "--topic", "work", "--format", "xlsx")):
        result = call("export", *arguments)
        assert result.exit_code == 2
        assert "Traceback" not in result.output


def _services(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "services.csv").read_text("utf-8-sig")), delimiter=";"))


def test_a_file_without_a_column_leaves_what_is_stored_of_it(home: Path) -> None:
    tables, later = home / "tables", ("district_financed", "cooperation_until")
    assert call("export", str(tables)).exit_code == 0
    before = {row["id"]: row for row in _services(tables)}
    old = [{k: v for k, v in row.items() if k not in later} for row in before.values()]
    course = next(row for row in old if row["id"] == "deutsch-a1-kinderbetreuung-haar")
    course["summary"] = "Deutsch von Anfang an."
    with (tables / "services.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(old[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(old)
    assert call("import", str(tables)).exit_code == 0
    assert "0 neu, 0 geändert" in " ".join(call("import", str(tables)).output.split())
    assert call("export", str(tables)).exit_code == 0
    after = {row["id"]: row for row in _services(tables)}
    assert after["deutsch-a1-kinderbetreuung-haar"]["summary"] == "Deutsch von Anfang an."
    kept = [(row["district_financed"], row["cooperation_until"]) for row in after.values()]
    assert kept == [(row["district_financed"], row["cooperation_until"]) for row in before.values()]
    assert ("yes", "31.07.2027") in kept
