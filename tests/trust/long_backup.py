"""R12 in full: fifty backups while two hundred rows a second are written, and a hundred thousand rows back in time."""

import threading
import time
from pathlib import Path

import pytest

from db import backup, migrate
from tests.db.test_backup import KEYS, NOW, person, rows, run
from tests.trust.promise import held

BACKUPS, A_SECOND, ROWS = 50, 200, 100_000


@pytest.mark.timeout(3600)
def test_fifty_backups_under_load(database_url: str, tmp_path: Path) -> None:
    stop, written = threading.Event(), [0]

    def write() -> None:
        began = time.monotonic()
        while not stop.is_set():
            number = written[0]
            pairs = [name for n in range(number, number + 10) for name in (f"a{n}", f"b{n}")]
            run(database_url, *(person(database_url, name) for name in pairs))
            written[0] += 10
            time.sleep(max(0.0, began + written[0] * 2 / A_SECOND - time.monotonic()))

    began = time.monotonic()
    writer = threading.Thread(target=write)
    writer.start()
    files = [tmp_path / f"{number}.backup" for number in range(BACKUPS)]
    try:
        for file in files:
            backup.back_up(database_url, KEYS, file, NOW)
    finally:
        stop.set()
        writer.join()
    rate = written[0] * 2 / (time.monotonic() - began)
    counts, torn = [], 0
    for number, file in enumerate(files):
        url = f"sqlite:///{tmp_path / f'{number}.db'}"
        backup.restore(url, KEYS, file)
        names = {row[0] for row in rows(url)["persons"]}
        torn += {n[1:] for n in names if n[0] == "a"} != {n[1:] for n in names if n[0] == "b"}
        counts.append(len(names))
        (tmp_path / f"{number}.db").unlink()
    engine = "SQLite" if database_url.startswith("sqlite") else "PostgreSQL"
    good = not torn and counts == sorted(counts) and rate >= A_SECOND * 0.9
    held(
        "R12",
        f"{engine}: {BACKUPS} backups at {A_SECOND} rows a second",
        "torn 0",
        f"torn {torn}, {rate:.0f} rows a second, {counts[0]}-{counts[-1]} rows",
        good,
    )


@pytest.mark.timeout(3600)
def test_a_hundred_thousand_rows_come_back_in_time(database_url: str, tmp_path: Path) -> None:
    for start in range(0, ROWS, 10_000):
        run(database_url, *(person(database_url, f"p{n}") for n in range(start, start + 10_000)))
    file, target = tmp_path / "lotse.backup", f"sqlite:///{tmp_path / 'back.db'}"
    backup.back_up(database_url, KEYS, file, NOW)
    began = time.monotonic()
    count = backup.restore(target, KEYS, file)
    seconds = time.monotonic() - began
    same = rows(target) == rows(database_url)
    engine = "SQLite" if database_url.startswith("sqlite") else "PostgreSQL"
    held(
        "R12",
        f"{engine}: {ROWS:,} rows restored",
        "≤ 60 s, equal",
        f"{count:,} rows in {seconds:.1f} s",
        same and seconds <= 60 and migrate.difference(target) == [],
    )
