"""Calendar files: what another program reads out of them is what the bot says."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from dateutil.rrule import rrule, rruleset, rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Timezone

from offers import dates, ics
from offers.types import DateException, Offer
from tests.catalogue import offer, sample, schedule

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def events(content: bytes) -> list[Any]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def starts(event: Any) -> list[datetime]:
    """Every start of an event as a calendar program works it out, on the wall clock in Berlin."""
    first = event["DTSTART"].dt
    naive = first.replace(tzinfo=None)
    if "RRULE" not in event:
        return [naive]
    rule = event["RRULE"].to_ical().decode()
    until = event["RRULE"]["UNTIL"][0].astimezone(dates.BERLIN).strftime("%Y%m%dT%H%M%S")
    parts = [part if not part.startswith("UNTIL=") else f"UNTIL={until}" for part in rule.split(";")]
    series = rruleset()
    repeated = rrulestr(";".join(parts), dtstart=naive)
    assert isinstance(repeated, rrule)
    series.rrule(repeated)
    for moment in event["EXDATE"].dts if "EXDATE" in event else ():
        series.exdate(moment.dt.replace(tzinfo=None))
    return list(series)


def said(found: Offer, now: datetime) -> list[datetime]:
    return [o.starts_at.replace(tzinfo=None) for s in found.schedules for o in dates.occurrences(s, now)]


@pytest.mark.parametrize("found", [o for o in sample() if o.schedules], ids=lambda o: o.external_id)
def test_calendar_and_card_agree_on_every_date(found: Offer) -> None:
    content = ics.calendar(found, NOW)
    wanted = sorted(said(found, NOW))
    read = sorted(moment for event in events(content) for moment in starts(event))
    # The last day of the year ahead may be counted from a different start.
    limit = (NOW + dates.HORIZON - timedelta(days=1)).replace(tzinfo=None)
    assert [m for m in read if m < limit] == [m for m in wanted if m < limit]


def test_form_of_the_file() -> None:
    found = offer(name="Ä" * 150, location_name="Saal; Haus 1, oben", schedules=(schedule(),))
    content = ics.calendar(found, NOW)
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"BEGIN:VTIMEZONE" in content
    assert b"DTSTART;TZID=Europe/Berlin:20261130T090000" in content
    [event] = events(content)
    assert event["SUMMARY"] == "Ä" * 150
    assert event["LOCATION"] == "Saal; Haus 1, oben, Kirchplatz 1, 85540 Haar"


def test_wall_time_in_the_file_stays_over_the_clock_change() -> None:
    found = offer(schedules=(schedule(opens_at="18:30", closes_at="20:00", byday="SU"),))
    [event] = events(ics.calendar(found, datetime(2027, 3, 20, tzinfo=UTC)))
    assert {moment.strftime("%H:%M") for moment in starts(event)} == {"18:30"}
    zone = Calendar.from_ical(ics.calendar(found, NOW)).walk("VTIMEZONE")[0]
    assert isinstance(zone, Timezone)
    berlin = zone.to_tz()
    for day, hours in ((date(2027, 3, 27), 1), (date(2027, 3, 29), 2), (date(2027, 11, 1), 1)):
        local = datetime(day.year, day.month, day.day, 12, tzinfo=berlin)
        assert local.utcoffset() == timedelta(hours=hours)


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_no_text_becomes_a_property(text: str) -> None:
    hostile = f"{text}\r\nATTENDEE:mailto:x@example.org\r\nBEGIN:VALARM\r\n{text}"
    found = offer(name=hostile, location_name=hostile, schedules=(schedule(),))
    [event] = events(ics.calendar(found, NOW))
    assert set(event) == {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "CLASS", "RRULE"}
    assert event.subcomponents == []


def test_a_delicate_offer_is_not_named() -> None:
    found = offer(
        kind="violence_help",
        topic="health",
        name="Hilfe nach Gewalt",
        location_name="Frauenhaus",
        schedules=(schedule(),),
    )
    content = ics.calendar(found, NOW).decode()
    assert "Gewalt" not in content
    assert "Frauenhaus" not in content
    assert "SUMMARY:Termin" in content


def test_an_offer_that_is_over_gives_no_event() -> None:
    over = offer(schedules=(schedule(valid_to=date(2026, 10, 1)),))
    assert events(ics.calendar(over, NOW)) == []


def test_two_dates_of_a_day_that_were_moved_are_two_events() -> None:
    monday = date(2026, 11, 30)
    moved = tuple(DateException(monday, at, date(2026, 12, 1), at, "") for at in ("10:00", "14:00"))
    series = tuple(schedule(opens_at=at, closes_at="") for at in ("10:00", "14:00"))
    found = events(ics.calendar(offer(schedules=series, exceptions=moved), NOW))
    assert len({str(event["UID"]) for event in found}) == len(found) == 4
