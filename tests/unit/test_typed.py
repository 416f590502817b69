"""Dates and times as people type them."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.typed import parse_date, parse_time

TODAY = date(2026, 11, 24)
FEBRUARY = date(2027, 2, 3)


@pytest.mark.parametrize(
    "text",
    [
        "3.2.27",
        "03.02.2027",
        "3.2.2027",
        "3. 2. 2027",
        " 3.2. ",
        "3.2",
        "3/2/2027",
        "3-2-27",
        "2027-02-03",
        "2027-2-3",
        "٣.٢.٢٧",
        "۰۳/۰۲/۲۰۲۷",
        "\u200f٢٠٢٧-٠٢-٠٣\u200f",
    ],
)
def test_a_day_is_read_in_every_way_to_write_it(text: str) -> None:
    assert parse_date(text, TODAY) == FEBRUARY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31.02.",
        "31.02.2027",
        "0.1.2027",
        "1.13.2027",
        "29.2.2027",
        "3.2.027",
        "1.1.1.1",
        "morgen",
        "am 3.2.2027",
        "3.2.2027 14:00",
        "3²2.2027",
        "32",
        "0000-01-01",
        "3.2." + " " * 50 + "2027",
        "9" * 5000,
    ],
)
def test_everything_else_is_no_day(text: str) -> None:
    assert parse_date(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "today", "expected"),
    [
        ("24.11.", TODAY, TODAY),
        ("23.11.", TODAY, date(2027, 11, 23)),
        ("31.12.", TODAY, date(2026, 12, 31)),
        ("29.2.", TODAY, date(2028, 2, 29)),
        ("29.2.", date(2096, 3, 1), date(2104, 2, 29)),
    ],
)
def test_without_a_year_it_is_the_next_such_day(text: str, today: date, expected: date) -> None:
    assert parse_date(text, today) == expected


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_comes_back_from_its_spellings(day: date) -> None:
    spellings = (f"{day.day}.{day.month}.{day:%y}", f"{day:%d.%m.%Y}", day.isoformat())
    assert {parse_date(text, TODAY) for text in spellings} == {day}


@given(st.text(max_size=60))
def test_no_text_breaks_the_parsers(text: str) -> None:
    parse_date(text, TODAY)
    parse_time(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9", time(9)),
        ("9:30", time(9, 30)),
        ("09.30", time(9, 30)),
        ("14 Uhr", time(14)),
        ("14 Uhr 30", time(14, 30)),
        ("14:30 Uhr", time(14, 30)),
        ("14h15", time(14, 15)),
        ("0:00", time()),
        ("٩:٣٠", time(9, 30)),
        ("۱۴:۳۰", time(14, 30)),
    ],
)
def test_a_time_is_read(text: str, expected: time) -> None:
    assert parse_time(text) == expected


@pytest.mark.parametrize(
    "text", ["", "24:00", "9:60", "9:3", "930", "um neun", "14:30 Uhr 30", "9-10", "-1", "9:30:00"]
)
def test_everything_else_is_no_time(text: str) -> None:
    assert parse_time(text) is None
