"""Dates of other HSDS directories: read at the hour and for as long as they say, or not at all."""

from typing import Any

import pytest

from offers.hsds import series

_WEEKLY = {"freq": "WEEKLY", "byday": "TU", "dtstart": "2026-09-01", "opens_at": "10:00"}


def _read(item: dict[str, Any]) -> tuple[str, ...] | None:
    row = series.read(item)
    names = ("valid_from", "valid_to", "freq", "interval", "byday", "opens_at", "closes_at")
    return tuple(row[name] for name in names) if row else None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"freq": "weekly", "byday": "tu, we"}, ("2026-09-01", "", "WEEKLY", "1", "TU,WE", "10:00", "")),
        ({"byday": ""}, ("2026-09-01", "", "WEEKLY", "1", "TU", "10:00", "")),
        ({"dtstart": ""}, ("2000-01-01", "", "WEEKLY", "1", "TU", "10:00", "")),
        ({"dtstart": "1998-01-06"}, ("2000-01-01", "", "WEEKLY", "1", "TU", "10:00", "")),
        ({"valid_to": "9999-12-31"}, ("2026-09-01", "", "WEEKLY", "1", "TU", "10:00", "")),
        ({"until": "2026-12-22T23:00:00Z"}, ("2026-09-01", "2026-12-22", "WEEKLY", "1", "TU", "10:00", "")),
        (
            {"until": "2026-12-22", "valid_to": "2027-08-31"},
            ("2026-09-01", "2026-12-22", "WEEKLY", "1", "TU", "10:00", ""),
        ),
        ({"closes_at": "24:00"}, ("2026-09-01", "", "WEEKLY", "1", "TU", "10:00", "23:59")),
        (
            {"opens_at": "9:00", "closes_at": "17:00:30"},
            ("2026-09-01", "", "WEEKLY", "1", "TU", "09:00", "17:00"),
        ),
        ({"count": 10}, ("2026-09-01", "2026-11-03", "WEEKLY", "1", "TU", "10:00", "")),
        ({"count": "10", "interval": "2"}, ("2026-09-01", "2027-01-05", "WEEKLY", "2", "TU", "10:00", "")),
        (
            {"count": 10, "until": "2026-09-29"},
            ("2026-09-01", "2026-09-29", "WEEKLY", "1", "TU", "10:00", ""),
        ),
        ({"count": 1}, ("2026-09-01", "2026-09-01", "ONCE", "1", "", "10:00", "")),
        (
            {"interval": 2.0, "dtstart": "2026-09-08", "valid_from": "2026-08-31"},
            ("2026-09-08", "", "WEEKLY", "2", "TU", "10:00", ""),
        ),
        (
            {"interval": 2, "dtstart": "2026-09-03", "valid_from": "2026-09-01", "byday": "TH"},
            ("2026-09-01", "", "WEEKLY", "2", "TH", "10:00", ""),
        ),
        (
            {"interval": 2, "valid_from": "2026-09-07"},
            ("2026-09-15", "", "WEEKLY", "2", "TU", "10:00", ""),
        ),
        (
            {"interval": 2, "valid_from": "2026-09-14"},
            ("2026-09-14", "", "WEEKLY", "2", "TU", "10:00", ""),
        ),
        (
            {"freq": "MONTHLY", "byday": "-1FR,+1TU"},
            ("2026-09-01", "", "MONTHLY", "1", "-1FR,1TU", "10:00", ""),
        ),
        (
            {"opens_at": "16:00Z", "closes_at": "17:30Z"},
            ("2026-09-01", "", "WEEKLY", "1", "TU", "18:00", "19:30"),
        ),
        ({"opens_at": "18:00:00+02:00"}, ("2026-09-01", "", "WEEKLY", "1", "TU", "18:00", "")),
        (
            {"opens_at": "18:00+02:00", "dtstart": "2026-12-01"},
            ("2026-12-01", "", "WEEKLY", "1", "TU", "17:00", ""),
        ),
        ({"timezone": 3}, ("2026-09-01", "", "WEEKLY", "1", "TU", "09:00", "")),
        ({"timezone": "Europe/Berlin"}, ("2026-09-01", "", "WEEKLY", "1", "TU", "10:00", "")),
        ({"timezone": "+01:00", "dtstart": ""}, ("2000-01-01", "", "WEEKLY", "1", "TU", "10:00", "")),
    ],
)  # fmt: skip
def test_dates_that_can_be_said_here(change: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert _read(_WEEKLY | change) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"byweekno": "20,40"},
        {"bymonthday": "15"},
        {"byyearday": "100"},
        {"freq": "MONTHLY", "byday": ""},
        {"freq": "MONTHLY", "byday": "-2MO"},
        {"freq": "WEEKLY", "byday": "2MO"},
        {"freq": "DAILY"},
        {"dtstart": "", "interval": 2},
        {"dtstart": "", "count": 5},
        {"dtstart": "", "opens_at": "16:00Z"},
        {"count": 0},
        {"count": 100_000},
        {"interval": 2, "wkst": "SU", "byday": "SU,TU"},
        {"opens_at": ""},
        {"opens_at": "24:00"},
        {"opens_at": "vormittags"},
        {"opens_at": "23:30Z"},
        {"timezone": "Berlin time"},
        {"valid_to": "2026-08-01"},
        {"valid_to": "soon"},
        {"until": "1999-12-31", "dtstart": "1999-01-05"},
    ],
)
def test_dates_that_would_be_other_ones_are_left_out(change: dict[str, Any]) -> None:
    assert _read(_WEEKLY | change) is None


def test_a_single_day_moves_with_its_hour() -> None:
    once = {"dtstart": "2026-09-01", "count": 1, "opens_at": "23:30Z", "valid_to": "2026-12-31"}
    assert _read(once) == ("2026-09-02", "2026-09-02", "ONCE", "1", "", "01:30", "")
    assert _read({"description": "Nach Vereinbarung"}) is None
    assert _read({"valid_from": "2026-09-01", "valid_to": "9999-12-31", "opens_at": "09:00"}) is None


def test_what_stands_beside_the_hours_is_their_note() -> None:
    row = series.read(_WEEKLY | {"description": "nur mit Termin"})
    assert row is not None
    assert row["note"] == "nur mit Termin"
