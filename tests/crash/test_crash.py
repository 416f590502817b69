"""The short form of `make crash-test`: the same cruelties with smaller numbers."""

from pathlib import Path

import pytest

from tests.crash import promises
from tests.crash.promises import Place, Row

REMINDERS, KILLS = 400, 20


@pytest.fixture
def place(database_url: str, tmp_path: Path) -> Place:
    return Place(database_url, tmp_path)


def check(rows: list[Row]) -> None:
    assert rows
    assert all(row.good for row in rows), rows


@pytest.mark.slow
async def test_reminders_survive_being_killed(place: Place) -> None:
    check(await promises.reminders_survive(place, 1, REMINDERS, KILLS))
