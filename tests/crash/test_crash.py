"""The short form of `make crash-test`: the same cruelties with the numbers below, in about a minute for both databases."""

from pathlib import Path

import pytest

from tests.crash import inbox, promises, schedules
from tests.crash.promises import Place, Row

REMINDERS, KILLS = 300, 12
# More than five for each of the sixteen who tap: what each may do a few times only must not pass for an effect.
UPDATES, UPDATE_KILLS = 96, 4
REPEATED = 96
SCHEDULES = 800
JUMPED, JUMPS = 200, 10
BY_TWO = 200

pytestmark = pytest.mark.slow


@pytest.fixture
def place(database_url: str, tmp_path: Path) -> Place:
    return Place(database_url, tmp_path)


def check(rows: list[Row]) -> None:
    assert rows
    assert all(row.good for row in rows), rows


async def test_reminders_survive_being_killed(place: Place) -> None:
    check(await promises.reminders_survive(place, 1, REMINDERS, KILLS))


async def test_updates_survive_being_killed(place: Place) -> None:
    check(await inbox.survives(place, 7, UPDATES, UPDATE_KILLS))


async def test_repeated_updates_have_their_effect_once(sqlite_url: str, tmp_path: Path) -> None:
    check(await inbox.repeated(Place(sqlite_url, tmp_path), 8, REPEATED))


def test_schedules_are_those_of_the_oracle() -> None:
    row = schedules.against_oracle(SCHEDULES, 20261201)
    assert row.good, row


async def test_clock_jumps_are_harmless(place: Place) -> None:
    check(await schedules.clock_jumps(place, 11, JUMPED, JUMPS))


async def test_two_workers_by_accident_double_nothing(place: Place) -> None:
    check(await promises.two_workers(place, BY_TWO))


async def test_a_second_bot_stops_with_a_sentence(sqlite_url: str, tmp_path: Path) -> None:
    check(await inbox.two_pollers(Place(sqlite_url, tmp_path)))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_the_place_of_a_killed_sender_is_taken(place: Place) -> None:
    check(await promises.sender_replaced(place, BY_TWO))
