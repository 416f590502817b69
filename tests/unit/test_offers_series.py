"""Dates as coordinators type them: what a line means, that it can be written back, and what is said when it means nothing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from i18n.messages import words
from offers import series
from offers.errors import CellError
from offers.types import WEEKDAYS, Schedule

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Mo, Mi 18-19:30 ab 1.2.2027 bis 31.7.2027", "Mo, Mi 18:00-19:30 ab 01.02.2027 bis 31.07.2027"),
        ("Montag und Mittwoch von 18 bis 19:30 Uhr", "Mo, Mi 18:00-19:30 ab 24.11.2026"),
        ("Di 9.30 Uhr", "Di 09:30 ab 24.11.2026"),
        ("Mo 9", "Mo 09:00 ab 24.11.2026"),
        ("Mo-Fr 9-17 Uhr", "Mo, Di, Mi, Do, Fr 09:00-17:00 ab 24.11.2026"),
        ("Sa-Mo 10-11", "Mo, Sa, So 10:00-11:00 ab 24.11.2026"),
        ("1. und 3. Do 14:00-16:00", "1. Do, 3. Do 14:00-16:00 ab 24.11.2026"),
        ("letzter Freitag im Monat 18 Uhr", "letzter Fr 18:00 ab 24.11.2026"),
        ("alle 2 Wochen Sa 10-12, nicht in den Ferien", "alle 2 Wochen Sa 10:00-12:00 ab 24.11.2026, nicht in den Ferien"),
        ("14-tägig Mo 8-9, auch an Feiertagen", "alle 2 Wochen Mo 08:00-09:00 ab 24.11.2026, auch an Feiertagen"),
        ("5.12. 15-17 „Raum 3“", '05.12.2026 15:00-17:00 "Raum 3"'),
        ("3.3. 10 Uhr", "03.03.2027 10:00"),
        ("2027-02-03 10:00", "03.02.2027 10:00"),
        ("am 5.12.26 um 10 Uhr", "05.12.2026 10:00"),
        ("1.2.2027-31.7.2027 Di 9:00-11:30", "Di 09:00-11:30 ab 01.02.2027 bis 31.07.2027"),
        ("every tuesday 10:00-12:00 until 30.6.", "Di 10:00-12:00 ab 24.11.2026 bis 30.06.2027"),
    ],
)  # fmt: skip
def test_what_a_line_means(typed: str, written: str) -> None:
    assert series.text(series.parse(typed, TODAY)) == written


def test_a_line_for_each_series() -> None:
    found = series.parse("Mo 9-11\nDo 14-16; 5.12. 10-12", TODAY)
    assert [schedule.freq for schedule in found] == ["WEEKLY", "WEEKLY", "ONCE"]


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("", "ed.series_no_day"),
        ("18-19 Uhr", "ed.series_no_day"),
        ("Mo", "ed.series_no_time"),
        ("Mo foo 9-10", "ed.series_word"),
        ("Mo 10-9", "ed.series_hours"),
        ("Mo 25:00", "import.bad_time"),
        ("Mo 9-10 ab 31.2.2027", "import.bad_date"),
        ("Mo 9-10 ab 1.2.2027 bis 1.1.2027", "ed.series_order"),
        ("1. Mo, Di 9-10", "ed.series_mixed"),
        ("1. 9-10", "ed.series_no_day"),
        ("alle 60 Wochen Mo 9-10", "ed.series_word"),
        ("Mo 9-10 " + "x" * 500, "import.too_long"),
        ("Mo 9-10\n" * 20, "ed.series_too_many"),
    ],
)
def test_what_means_nothing_is_said_in_a_sentence(typed: str, key: str) -> None:
    with pytest.raises(CellError) as caught:
        series.parse(typed, TODAY)
    assert caught.value.message.key == key
    for language in ("de", "en"):
        assert words(language).render(caught.value.message)


_CLOCKS = st.integers(0, 23 * 60 + 58)
_DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    start = draw(_CLOCKS)
    end = draw(st.one_of(st.none(), st.integers(start + 1, 23 * 60 + 59)))
    hours = [f"{minute // 60:02}:{minute % 60:02}" if minute is not None else "" for minute in (start, end)]
    first = draw(_DAYS)
    note = draw(st.sampled_from(["", "Raum 3, 1. Stock", "Mo nur mit Anmeldung"]))
    days = sorted(draw(st.sets(st.sampled_from(WEEKDAYS), min_size=1)), key=WEEKDAYS.index)
    freq = draw(st.sampled_from(["ONCE", "WEEKLY", "MONTHLY"]))
    if freq == "ONCE":
        return Schedule(first, first, "ONCE", 1, "", *hours, "none", note)
    last = draw(st.one_of(st.none(), st.integers(0, 900).map(lambda more: first + timedelta(days=more))))
    interval = draw(st.integers(1, 52))
    number = draw(st.sampled_from([1, 2, 5, -1])) if freq == "MONTHLY" else ""
    skip = draw(st.sampled_from(["school", "public", "none"]))
    byday = ",".join(f"{number}{day}" for day in days)
    return Schedule(first, last, freq, interval, byday, *hours, skip, note)


@given(schedules())
def test_every_series_can_be_written_and_read_again(schedule: Schedule) -> None:
    if schedule.freq == "MONTHLY" and schedule.interval > 1:
        return  # said in weeks, which months do not have
    assert series.parse(series.line(schedule), TODAY) == (schedule,)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(typed: str) -> None:
    try:
        found = series.parse(typed, TODAY)
    except CellError:
        return
    assert all(schedule.opens_at for schedule in found)


@pytest.mark.parametrize(
    ("note", "kept"),
    [
        ("bitte; anmelden", "bitte; anmelden"),
        (";", ";"),
        ('Raum "Isar"; 1. Stock', "Raum 'Isar'; 1. Stock"),
        ("Raum „Isar“", "Raum 'Isar'"),
    ],
)
def test_a_note_with_marks_of_its_own_comes_back(note: str, kept: str) -> None:
    monday = Schedule(date(2027, 1, 11), None, "WEEKLY", 1, "MO", "18:00", "19:30", "public", note)
    friday = replace(monday, byday="FR", note="")
    expected = (replace(monday, note=kept), friday)
    assert series.parse(series.text((monday, friday)), date(2027, 1, 1)) == expected
    assert series.parse("; ".join(map(series.line, (monday, friday))), date(2027, 1, 1)) == expected


def test_a_semicolon_after_a_mark_that_is_never_closed_still_parts_two_series() -> None:
    with pytest.raises(CellError):
        series.parse('Mo 18-19 "offen; Di 9', date(2027, 1, 1))
    assert len(series.parse('Mo 18-19 "a"; Di 9; ; Mi 10 "b;c"', date(2027, 1, 1))) == 3
