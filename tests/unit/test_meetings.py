"""When meetings take place: rhythms, moved and cancelled dates, the calendar file."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from bot.typed import parse_number
from offers.meetings import calendar
from offers.meetings.types import Change, Meeting, MeetingKind, Rhythm

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


def meeting(first: date, rhythm: Rhythm, opens_at: str = "18:30") -> Meeting:
    series = calendar.schedule(first, opens_at, rhythm)
    return Meeting("m", MeetingKind.CIRCLE, "Haar", "Hauptstraße 1", series, "p", NOW)


def days(found: Meeting, first: date, last: date, *changes: Change) -> list[date]:
    known = {change.day: change for change in changes}
    return sorted(each.starts_at.date() for each in calendar.between(found, known, first, last))


@pytest.mark.parametrize(
    ("first", "rhythm", "wanted"),
    [
        (date(2027, 2, 9), Rhythm.ONCE, [9]),
        (date(2027, 2, 2), Rhythm.WEEKLY, [2, 9, 16, 23]),
        (date(2027, 2, 2), Rhythm.FORTNIGHTLY, [2, 16]),
        (date(2027, 1, 12), Rhythm.MONTHLY, [9]),
        (date(2026, 12, 29), Rhythm.MONTHLY, [23]),
    ],
)
def test_rhythms(first: date, rhythm: Rhythm, wanted: list[int]) -> None:
    found = meeting(first, rhythm)
    assert [day.day for day in days(found, date(2027, 2, 1), date(2027, 2, 28))] == wanted
    assert calendar.rhythm(found.schedule) is rhythm


def test_a_series_pauses_on_public_holidays_and_keeps_its_hour_when_the_clocks_change() -> None:
    found = meeting(date(2027, 3, 15), Rhythm.WEEKLY)
    assert date(2027, 3, 29) not in days(found, date(2027, 3, 15), date(2027, 4, 6)), "Easter Monday"
    hours = {f"{d.starts_at:%H:%M}" for d in calendar.between(found, {}, date(2027, 3, 15), date(2027, 4, 6))}
    assert hours == {"18:30"}


def test_a_moved_date_is_found_where_it_now_is() -> None:
    found = meeting(date(2027, 2, 2), Rhythm.WEEKLY)
    moved = Change(date(2027, 2, 2), moved_to=date(2027, 2, 4), moved_opens_at="10:00")
    assert days(found, date(2027, 2, 4), date(2027, 2, 4), moved) == [date(2027, 2, 4)]
    assert days(found, date(2027, 2, 2), date(2027, 2, 2), moved) == []
    one = calendar.one(found, moved)
    assert one is not None
    assert f"{one.planned_at:%d.%m. %H:%M} {one.starts_at:%d.%m. %H:%M}" == "02.02. 18:30 04.02. 10:00"


def test_a_day_that_the_series_does_not_say_is_none_unless_something_is_known_of_it() -> None:
    found = meeting(date(2027, 2, 2), Rhythm.WEEKLY)
    assert calendar.one(found, Change(date(2027, 2, 3))) is None
    ended = replace(found, schedule=replace(found.schedule, valid_to=date(2027, 2, 3)))
    assert calendar.one(ended, Change(date(2027, 2, 9))) is None
    assert calendar.one(ended, Change(date(2027, 2, 9), cancelled=True)) is not None


def test_the_calendar_file_holds_one_date_in_berlin() -> None:
    found = calendar.one(meeting(date(2027, 2, 2), Rhythm.WEEKLY), Change(date(2027, 2, 2)))
    assert found is not None
    file = calendar.ics(found, "Treffen, mit Komma\nX-ALARM:1", NOW + timedelta(days=1))
    event = Calendar.from_ical(file).walk("VEVENT")[0]
    assert event["DTSTAMP"].dt == NOW + timedelta(days=1), "what is made later is newer"
    assert event["DTSTART"].dt == found.starts_at
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert event["LOCATION"] == "Hauptstraße 1, Haar"
    assert b"\r\nX-ALARM" not in file
    assert max(map(len, file.split(b"\r\n"))) <= 75


def test_hours_and_numbers_as_people_type_them() -> None:
    assert [calendar.valid_clock(text) for text in ("18:30", "8:30", "24:00", "", "18:30:00")] == [
        True, False, False, False, False,
    ]  # fmt: skip
    assert [parse_number(text) for text in ("12", " ١٢ ", "0", "-1", "zwölf", "99999", "")] == [
        12, 12, 0, None, None, None, None,
    ]  # fmt: skip
    assert timedelta(days=30) > calendar.ROOM, "who comes is known longer than a date can be moved"
