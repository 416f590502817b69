"""`lotse privacy audit`: whole or not, the anchor, and who looked at a case."""

import asyncio
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from db.crypto import Cipher, Keyring
from db.engine import Database
from lotse import anchor, cli, log
from lotse.clock import SystemClock
from lotse.commands import doctor
from lotse.runtime import build_core
from lotse.settings import Settings
from tests.db.agreements_world import World


@pytest.fixture
def case(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The number of a case that its coordinator has opened."""
    ring = Keyring.generate()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOTSE_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("LOTSE_KEYS", ring.to_json())
    monkeypatch.setenv("LOTSE_VAR", str(tmp_path / "var"))
    (tmp_path / "var").mkdir()
    monkeypatch.setattr(log, "configure", lambda **_: None)

    async def make() -> str:
        database = Database(sqlite_url)
        numbers = iter(range(10**6))
        world = World(database, Cipher(ring), lambda: f"cli{next(numbers)}")
        coordinator, client, _ = await world.case()
        async with database.read() as tx:
            await world.files.file(tx, coordinator, client.id)
        await database.close()
        return client.case_number

    return asyncio.run(make())


def call(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli.app, ["privacy", "audit", *words])
    return result.exit_code, " ".join(result.output.split())


def change(tmp_path: Path, statement: str) -> None:
    """Past the triggers, as whoever has the file can."""
    with sqlite3.connect(tmp_path / "lotse.db") as connection:
        connection.executescript(
            "DROP TRIGGER IF EXISTS access_log_never_changes; DROP TRIGGER IF EXISTS access_log_only_grows;"
        )
        connection.execute(statement)
    connection.close()


def test_it_says_where_the_chain_breaks(case: str, tmp_path: Path) -> None:
    code, said = call("verify")
    assert code == 0, said
    assert "whole: 4 rows" in said
    assert (tmp_path / "var" / "access-log.anchor").stat().st_mode & 0o077 == 0
    _, said = call("anchor")
    assert said.split()[0] == "4"
    code, said = call("show", case.lower())
    assert code == 0
    assert ("coordinator" in said, "file" in said, "client" in said) == (True, True, True)
    change(tmp_path, "DELETE FROM access_log WHERE seq = 2")
    code, said = call("verify")
    assert (code, said) == (1, "Broken: rows right before 3 were deleted.")
    change(tmp_path, "UPDATE access_log SET change = 1 - change WHERE seq = 4")
    code, said = call("verify")
    assert code == 1
    assert "row 4 was edited" in said


def test_a_tail_that_was_cut_is_told_by_the_anchor(case: str, tmp_path: Path) -> None:
    assert case
    assert call("verify")[0] == 0
    change(tmp_path, "DELETE FROM access_log")
    change(tmp_path, "DELETE FROM access_chain")
    code, said = call("verify")
    assert (code, said) == (1, "Broken: rows after 0 were cut off, or the end was replaced.")
    assert call("anchor") == (0, "Nobody has looked at a record yet.")


def test_its_end_is_kept_where_the_bot_may_write(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key file may be mounted where nothing else is ever written; an end that lies there already still counts."""
    assert case
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    monkeypatch.setenv("LOTSE_KEYS_FILE", str(secrets / "keys.json"))
    assert call("verify")[0] == 0
    kept = tmp_path / "var" / "access-log.anchor"
    assert kept.exists()
    assert not list(secrets.iterdir())
    kept.rename(secrets / kept.name)
    change(tmp_path, "DELETE FROM access_log WHERE seq = 4")
    assert call("verify")[0] == 1
    assert not kept.exists()


def test_an_end_that_cannot_be_kept_is_told_and_ends_nothing(case: str, tmp_path: Path) -> None:
    assert case
    blocked = tmp_path / "file" / "access-log.anchor"
    blocked.parent.write_text("no folder")

    async def keep() -> None:
        core = build_core(Settings(), clock=SystemClock())
        await anchor.keep_newest(core.database, core.people.trail, blocked)
        await core.database.close()

    with structlog.testing.capture_logs() as logged:
        asyncio.run(keep())
    assert [(line["event"], line["log_level"]) for line in logged] == [
        ("anchor.access_log", "info"),
        ("anchor.not_kept", "warning"),
    ]
    shutil.rmtree(tmp_path / "var")
    (tmp_path / "var").write_text("no folder either")
    assert call("anchor", "--accept")[0] == 2


def test_the_doctor_says_when_it_cannot_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets, var = tmp_path / "secrets", tmp_path / "var"
    secrets.mkdir()
    settings = Settings(var=var, keys_file=secrets / "keys.json")
    assert doctor._anchor(settings) == []
    (secrets / "access-log.anchor").touch()
    monkeypatch.setattr(os, "access", lambda path, _: path != secrets)
    [found] = doctor._anchor(settings)
    assert found.verdict is doctor.Verdict.BAD
    assert str(secrets) in found.what
    assert str(var) in found.advice
