"""`lotse agreements`: tables in and out for a coordinator, the roadmap and its figures."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from db.crypto import Cipher, Keyring
from db.engine import Database
from lotse import cli, log
from people.types import Role
from tests.db.agreements_world import World

TABLE = "Aktenzeichen;language\nLM-1;fr\n"


@pytest.fixture
def coordinator(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    ring = Keyring.generate()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOTSE_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("LOTSE_KEYS", ring.to_json())
    monkeypatch.setenv("LOTSE_VAR", str(tmp_path / "var"))
    monkeypatch.setattr(log, "configure", lambda **_: None)

    async def make() -> str:
        database = Database(sqlite_url)
        numbers = iter(range(10**6))
        world = World(database, Cipher(ring), lambda: f"cli{next(numbers)}")
        person = await world.person(Role.COORDINATOR)
        await database.close()
        return person.id

    return asyncio.run(make())


def call(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli.app, ["agreements", *words])
    return result.exit_code, " ".join(result.output.split())


def test_a_table_comes_in_once_and_goes_out(coordinator: str, tmp_path: Path) -> None:
    assert call("coordinators") == (0, coordinator)
    columns = tmp_path / "columns.yml"
    columns.write_text("clients: {case_number: Aktenzeichen}", encoding="utf-8")
    source = tmp_path / "clients.csv"
    source.write_text(TABLE, encoding="utf-8")
    common = ("--coordinator", coordinator, "--columns", str(columns))
    for preview, new in ((("--preview",), "1"), ((), "1"), ((), "0")):
        code, said = call("import", str(source), *common, *preview)
        assert code == 0, said
        assert said.split()[0] == new or new in said
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "clients.csv").touch(0o644)
    code, said = call("export", str(tmp_path / "out"), *common, "--all")
    assert (code, said.split()[0]) == (0, "0"), "nothing was recorded about the client"
    assert (tmp_path / "out" / "clients.csv").read_text("utf-8-sig").startswith("Aktenzeichen;")
    code, _ = call("export", str(tmp_path / "out.xlsx"), *common, "--format", "xlsx")
    assert code == 0
    assert (tmp_path / "out.xlsx").read_bytes()[:2] == b"PK"
    written = [tmp_path / "out.xlsx", *(tmp_path / "out").iterdir()]
    assert {file.stat().st_mode & 0o777 for file in written} == {0o600}, "case data is nobody else's business"


def test_what_cannot_be_read_says_so(coordinator: str, tmp_path: Path) -> None:
    source = tmp_path / "clients.csv"
    source.write_text("case_number\nx\n", encoding="utf-8")
    assert call("import", str(source), "--coordinator", coordinator)[0] == 1
    assert call("import", str(source), "--coordinator", "nobody")[0] == 2
    assert call("import", str(tmp_path / "none.csv"), "--coordinator", coordinator)[0] == 2
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("clients: {x: y}", encoding="utf-8")
    assert call("import", str(source), "--coordinator", coordinator, "--columns", str(wrong))[0] == 2


def test_roadmap_and_figures(coordinator: str) -> None:
    code, said = call("roadmap")
    assert code == 0
    assert "7" in said
    code, said = call("figures")
    assert code == 0
    assert "indicator" in said


def test_the_report_is_written_for_council_and_homepage(coordinator: str, tmp_path: Path) -> None:
    assert call("roadmap")[0] == 0
    assert call("report", str(tmp_path / "out" / "report.pdf"), "--quarter", "2026-Q3")[0] == 0
    assert (tmp_path / "out" / "report.pdf").read_bytes()[:5] == b"%PDF-"
    assert call("report", str(tmp_path / "report.html"))[0] == 0
    assert "Erfassungsquote" in (tmp_path / "report.html").read_text("utf-8")
    for wrong in (
        ("report.doc",),
        ("report.pdf", "--quarter", "2026-Q5"),
        ("report.pdf", "--quarter", "2099-Q1"),
    ):
        assert call("report", str(tmp_path / wrong[0]), *wrong[1:])[0] == 2


def test_a_case_is_closed_and_opened_again(coordinator: str, tmp_path: Path) -> None:
    source = tmp_path / "clients.csv"
    source.write_text("case_number;language\nLM-1;fr\n", encoding="utf-8")
    whose = ("--coordinator", coordinator)
    assert call("import", str(source), *whose)[0] == 0
    assert call("end", "LM-1", *whose)[0] == 0
    assert call("reopen", "lm-1", *whose) == (0, "LM-1 is open.")
    assert call("reopen", "LM-2", *whose)[0] == 2
