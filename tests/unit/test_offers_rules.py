"""Levels, times of day, freshness and ids."""

from datetime import date

import pytest

from offers import rules
from tests.catalogue import offer, schedule


@pytest.mark.parametrize(
    ("level", "low", "high", "steps"),
    [
        ("A1", "A1", "A1", 0),
        ("A2", "A1", "B1", 0),
        ("B2", "A1", "B1", 1),
        ("A1", "B2", "C1", 3),
        ("B1", None, None, 0),
    ],
)
def test_a_course_fits_who_is_between_its_levels(level: str, low: str, high: str, steps: int) -> None:
    assert rules.level_steps(level, low, high, taught=True) == steps


@pytest.mark.parametrize(("level", "steps"), [("C1", 0), ("B1", 0), ("A2", 1), ("literacy", 3)])
def test_elsewhere_only_too_little_german_is_in_the_way(level: str, steps: int) -> None:
    assert rules.level_steps(level, "B1", "B2", taught=False) == steps


@pytest.mark.parametrize(
    ("opens", "closes", "byday", "expected"),
    [
        ("09:00", "11:00", "MO", {"morning"}),
        ("11:30", "13:00", "MO", {"morning"}),
        ("12:00", "13:30", "MO", {"afternoon"}),
        ("16:30", "18:30", "TU", {"afternoon"}),
        ("17:00", "", "TU", {"evening"}),
        ("08:00", "18:00", "FR", {"morning", "afternoon", "evening"}),
        ("08:30", "12:30", "FR", {"morning"}),
        ("18:00", "20:00", "SA", {"evening", "weekend"}),
        ("10:00", "12:00", "1SU", {"morning", "weekend"}),
    ],
)
def test_time_of_day(opens: str, closes: str, byday: str, expected: set[str]) -> None:
    assert rules.daytimes(schedule(opens_at=opens, closes_at=closes, byday=byday)) == expected


def test_a_single_day_knows_its_weekday() -> None:
    saturday = date(2026, 11, 28)
    single = schedule(freq="ONCE", byday="", valid_from=saturday, valid_to=saturday)
    assert "weekend" in rules.daytimes(single)


@pytest.mark.parametrize("byday", ["", "XX", "MO;TU", "6MO", "0MO", "1", "MO,,TU"])
def test_weekdays_that_are_none(byday: str) -> None:
    with pytest.raises(ValueError):
        rules.parse_byday(byday)


def test_ids_depend_on_kind_and_external_id_alone() -> None:
    assert rules.stable_id("service", "a") == rules.stable_id("service", "a")
    assert (
        len(
            {
                rules.stable_id("service", "a"),
                rules.stable_id("organization", "a"),
                rules.stable_id("service", "b"),
            }
        )
        == 3
    )
    assert len(rules.stable_id("service", "x" * 120)) == 16


def test_full_is_zero_places_not_unknown() -> None:
    assert rules.is_full(offer(free_places=0))
    assert not rules.is_full(offer(free_places=None))
