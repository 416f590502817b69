"""A new key for everything: whatever is killed in between goes on, what is sealed stays readable, and the old key can go."""

import errno
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, select
from sqlalchemy.pool import NullPool
from typer.testing import CliRunner

from db import migrate, rotation
from db.crypto import Cipher, KeyFileError, Keyring, create_keyring, load_keyring, replace_keyring
from db.engine import Database
from db.tables.people import persons
from lotse.cli import app
from tests.db.test_crypto_at_rest import fill

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
PEOPLE = 1_000


def opened(url: str, ring: Keyring) -> dict[tuple[str, str, str], str]:
    """Everything sealed, opened, by table, column and row."""
    cipher, found = Cipher(ring), {}
    engine = create_engine(migrate.sync_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        for sealed in rotation.sealed_tables():
            for row in connection.execute(select(sealed.bound, *sealed.columns)):
                for column, value in zip(sealed.columns, row[1:], strict=True):
                    if value:
                        place = (sealed.table.name, column.name, str(row[0]))
                        found[place] = cipher.open(*place, value)
    return found


@pytest.fixture
def ring() -> Keyring:
    return Keyring.generate()


async def test_everything_is_sealed_anew_and_the_old_key_can_go(
    database: Database, ring: Keyring, new_id: Callable[[], str]
) -> None:
    url = database.url
    await fill(database, Cipher(ring), new_id)
    before = opened(url, ring)
    assert len({table for table, _, _ in before}) >= 10, (
        "the sample fills most tables that have something sealed"
    )
    both = ring.with_new_key()
    assert rotation.in_use(url) == {1}
    assert rotation.rotate(url, both) == len(before)
    assert rotation.in_use(url) == {2}
    assert opened(url, both.without([1])) == before
    assert rotation.rotate(url, both) == 0


def _rotate(url: str, ring: str) -> None:
    rotation._AT_ONCE = 50
    rotation.rotate(url, Keyring.from_json(ring))


def test_killed_again_and_again_it_comes_to_an_end(database_url: str, ring: Keyring) -> None:
    cipher = Cipher(ring)
    engine = create_engine(migrate.sync_url(database_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(
            insert(persons),
            [
                {
                    "id": f"p{number}",
                    "language": "ti",
                    "created_at": NOW,
                    "seen_at": NOW,
                    "chat_sealed": cipher.seal("persons", "chat_sealed", f"p{number}", str(number)),
                }
                for number in range(PEOPLE)
            ],
        )
    both = ring.with_new_key()
    method = multiprocessing.get_context("fork")
    kills = 0
    while rotation.in_use(database_url) != {2}:
        process = method.Process(target=_rotate, args=(database_url, both.to_json()))
        process.start()
        time.sleep(0.2 + kills * 0.05)
        if process.is_alive() and process.pid:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.join()
        assert len(opened(database_url, both)) == PEOPLE, "whatever was half done is readable"
        assert kills < 200
    assert kills > 0, "nothing was killed: the test shows nothing"
    found = opened(database_url, both.without([1]))
    assert set(found.values()) == {str(number) for number in range(PEOPLE)}


def test_an_operator_rotates_and_forgets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("LOTSE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOTSE_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "200")
    run = CliRunner()
    assert run.invoke(app, ["setup"]).exit_code == 0
    assert run.invoke(app, ["admin", "invite"]).exit_code == 0
    file = tmp_path / "var" / "keys.json"
    done = run.invoke(app, ["keys", "rotate"])
    assert done.exit_code == 0, done.output
    assert set(load_keyring(file).keys) == {1, 2}
    assert file.stat().st_mode & 0o077 == 0
    done = run.invoke(app, ["keys", "forget"])
    assert "Keys 1 are gone" in done.output
    assert set(load_keyring(file).keys) == {2}
    assert "in use" in run.invoke(app, ["keys", "forget"]).output
    monkeypatch.setenv("LOTSE_KEYS", file.read_text())
    assert "LOTSE_KEYS" in str(run.invoke(app, ["keys", "rotate"]).exception)


def test_a_key_file_that_cannot_be_written_gets_a_sentence_and_stays(
    ring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret of a container lies where nothing may be written."""
    path = tmp_path / "keys.json"
    create_keyring(path)
    before = path.read_text()

    def refused(*_: object) -> int:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(KeyFileError, match=r"cannot be written \(Read-only file system\).*LOTSE_KEYS_FILE"):
        replace_keyring(path, ring)
    monkeypatch.undo()
    assert path.read_text() == before
