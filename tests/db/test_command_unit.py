"""What every command has in common: errors in a sentence, and a database that is closed whatever happens."""

import asyncio
import os
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from db.crypto import create_keyring
from db.engine import Database
from lotse import launch
from lotse.cli import app
from lotse.settings import Settings

RUNNER = CliRunner()


class Playground:
    """Takes whatever it is told."""

    async def __aenter__(self) -> "Playground":
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def post(self, _path: str, **_named: object) -> httpx.Response:
        return httpx.Response(200, request=httpx.Request("POST", "http://127.0.0.1"))

    async def get(self, _path: str) -> httpx.Response:
        return httpx.Response(200)


@pytest.fixture(autouse=True)
def house(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("LOTSE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOTSE_VAR", str(tmp_path))
    monkeypatch.setenv("LOTSE_DATABASE_URL", sqlite_url)
    create_keyring(tmp_path / "keys.json")


def test_a_name_that_is_taken_gets_a_sentence() -> None:
    assert RUNNER.invoke(app, ["admin", "account", "katrin"]).exit_code == 0
    again = RUNNER.invoke(app, ["admin", "account", "katrin"])
    assert again.exit_code == 2, again.exception
    assert "Invalid value" in again.output


@pytest.mark.parametrize(
    ("step", "broken"),
    [
        (launch._Launch._sample, "lotse.sample.make"),
        (launch._Launch._greet, "people.service.PeopleService.invite"),
    ],
)
def test_a_start_that_fails_leaves_no_database_open(
    monkeypatch: pytest.MonkeyPatch, step: object, broken: str
) -> None:
    closed: list[Database] = []
    close = Database.close

    async def noted(database: Database) -> None:
        closed.append(database)
        await close(database)

    async def fails(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(Database, "close", noted)
    monkeypatch.setattr(broken, fails)
    monkeypatch.setattr(launch.httpx, "AsyncClient", lambda **_: Playground())
    with pytest.raises(RuntimeError, match="no"):
        asyncio.run(step(launch._Launch(Settings())))
    assert len(closed) == 1
