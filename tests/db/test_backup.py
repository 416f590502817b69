"""Backups: taken while others write, whole or refused, and back into either database with every row."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.pool import NullPool

from db import backup, migrate
from db.crypto import Cipher, Keyring
from db.tables import metadata

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
KEYS = Keyring.generate()


def rows(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that stands in the tables."""
    engine = create_engine(migrate.sync_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def run(url: str, *statements: str) -> None:
    engine = create_engine(migrate.sync_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


@pytest.fixture
def empty(tmp_path: Path) -> str:
    """An empty database: SQLite without a file."""
    return f"sqlite:///{tmp_path / 'restored.db'}"


def person(url: str, name: str) -> str:
    """The statement that puts a person there, whose chat is sealed as the program seals it."""
    sealed = Cipher(KEYS).seal("persons", "chat_sealed", name, "7").hex()
    truth, chat = ("1", f"x'{sealed}'") if url.startswith("sqlite") else ("true", f"'\\x{sealed}'::bytea")
    values = (
        f"('{name}', 'ti', {truth}, {truth}, {truth}, '2026-12-01 08:00:00', '2026-12-01 08:00:00.5', {chat})"
    )
    return f"INSERT INTO persons (id, language, language_chosen, paused, reachable, created_at, seen_at, chat_sealed) VALUES {values}"


def fill(url: str, count: int = 3) -> None:
    run(url, *(person(url, f"p{number}") for number in range(count)))


def test_every_row_comes_back(database_url: str, empty: str, tmp_path: Path) -> None:
    fill(database_url)
    file, seen = tmp_path / "lotse.backup", list[int]()
    written = backup.back_up(database_url, KEYS, file, NOW, seen.append)
    assert written >= 3
    assert seen[-1] == written
    assert file.stat().st_mode & 0o077 == 0
    assert backup.check(file, KEYS).made_at == NOW
    assert backup.restore(empty, KEYS, file) == written
    assert rows(empty) == rows(database_url)
    assert migrate.difference(empty) == []


def test_back_into_the_other_database(database_url: str, sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url)
    file = tmp_path / "lotse.backup"
    backup.back_up(sqlite_url, KEYS, file, NOW)
    migrate.downgrade(database_url, "base")
    backup.restore(database_url, KEYS, file)
    assert rows(database_url) == rows(sqlite_url)
    # New rows are numbered after the old ones.
    run(
        database_url,
        "INSERT INTO inbox (update_id, chat_hash, kind, payload_sealed, received_at, not_before, state, attempts) SELECT 1, 'c', 'text', chat_sealed, created_at, created_at, 'new', 0 FROM persons WHERE id = 'p1'",
    )


def test_one_moment_of_a_database_that_is_written_to(database_url: str, empty: str, tmp_path: Path) -> None:
    """Two rows are always written together; no backup has one of them without the other."""
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            pair = (f"a{number}", f"b{number}")
            run(database_url, *(person(database_url, name) for name in pair))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        files = [tmp_path / f"{number}.backup" for number in range(6)]
        for file in files:
            backup.back_up(database_url, KEYS, file, NOW)
    finally:
        stop.set()
        writer.join()
    counts = []
    for number, file in enumerate(files):
        url = f"sqlite:///{tmp_path / f'{number}.db'}"
        backup.restore(url, KEYS, file)
        names = {row[0] for row in rows(url)["persons"]}
        assert {name.replace("a", "b") for name in names if name[0] == "a"} == {
            n for n in names if n[0] == "b"
        }
        counts.append(len(names))
    assert counts[-1] > counts[0]


@pytest.mark.parametrize("spoilt", ["cut", "changed", "longer", "empty", "text"])
def test_a_spoilt_file_is_refused_and_leaves_nothing(
    sqlite_url: str, empty: str, tmp_path: Path, spoilt: str
) -> None:
    fill(sqlite_url, 50)
    file = tmp_path / "lotse.backup"
    backup.back_up(sqlite_url, KEYS, file, NOW)
    content = file.read_bytes()
    middle = len(content) // 2
    file.write_bytes(
        {
            "cut": content[:-1],
            "changed": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
            "longer": content + b"more",
            "empty": b"",
            "text": b"Guten Tag" * 10,
        }[spoilt]
    )
    with pytest.raises(backup.BackupError, match=str(file)):
        backup.restore(empty, KEYS, file)
    assert migrate.current(empty) is None


# The driver cannot close the cursor of a connection that is gone, and says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_server_that_goes_down_in_the_middle_gets_a_sentence_and_leaves_nothing_half(
    database_url: str, tmp_path: Path
) -> None:
    fill(database_url, 1_500)

    def goes_down(_rows: int) -> None:
        others = (
            "pid <> pg_backend_pid() AND datname = current_database() AND backend_type = 'client backend'"
        )
        run(database_url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")

    file = tmp_path / "lotse.backup"
    with pytest.raises(backup.BackupError, match="there is no lotse"):
        backup.back_up(database_url, KEYS, file, NOW, goes_down)
    assert list(tmp_path.iterdir()) == []
    backup.back_up(database_url, KEYS, file, NOW)
    migrate.downgrade(database_url, "base")
    with pytest.raises(backup.BackupError, match="not to be used"):
        backup.restore(database_url, KEYS, file, goes_down)
    assert not any(found for name, found in rows(database_url).items() if name == "persons")
    with pytest.raises(backup.BackupError, match="not empty"):
        backup.restore(database_url, KEYS, file)


def test_other_keys_open_nothing(sqlite_url: str, empty: str, tmp_path: Path) -> None:
    fill(sqlite_url)
    file = tmp_path / "lotse.backup"
    backup.back_up(sqlite_url, KEYS, file, NOW)
    assert b"p1" not in file.read_bytes()
    with pytest.raises(backup.BackupError, match="not its keys"):
        backup.restore(empty, Keyring.generate(), file)
    with pytest.raises(backup.BackupError, match="not in the key file"):
        backup.restore(empty, Keyring({2: bytes(range(32))}, bytes(range(32))), file)


def test_a_full_database_is_never_overwritten(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url)
    file, before = tmp_path / "lotse.backup", rows(sqlite_url)
    backup.back_up(sqlite_url, KEYS, file, NOW)
    with pytest.raises(backup.BackupError, match="not empty"):
        backup.restore(sqlite_url, KEYS, file)
    assert rows(sqlite_url) == before


def test_an_older_schema_is_brought_up_to_date(sqlite_url: str, empty: str, tmp_path: Path) -> None:
    file = tmp_path / "lotse.backup"
    migrate.downgrade(sqlite_url, "0008")
    with pytest.raises(backup.BackupError, match="db upgrade"):
        backup.back_up(sqlite_url, KEYS, file, NOW)
    assert not file.exists()


def test_a_folder_that_is_not_there_gets_a_sentence(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(backup.BackupError, match="cannot be written"):
        backup.back_up(sqlite_url, KEYS, tmp_path / "nowhere" / "lotse.backup", NOW)
