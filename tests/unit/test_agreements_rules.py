"""Reminder times against a slow oracle that walks minute by minute, and the rules about what is accepted."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agreements import office, rules
from agreements.types import MilestoneStatus as Status
from people.house.rules import house
from people.house.types import House, Setting

BERLIN = rules.BERLIN
MINUTE = timedelta(minutes=1)
WALL = st.datetimes(datetime(2026, 1, 1), datetime(2036, 12, 31)).map(
    lambda d: d.replace(second=0, microsecond=0)
)
MOMENTS = WALL.map(lambda d: d.replace(tzinfo=UTC))


def at(text: str) -> datetime:
    """A wall time in Berlin as a point in time."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def wall(moment: datetime) -> str:
    return moment.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M")


def asleep(moment: datetime) -> bool:
    return moment.astimezone(BERLIN).hour in (21, 22, 23, 0, 1, 2, 3, 4, 5, 6, 7)


def oracle_point(local: datetime) -> datetime:
    """Search all minutes around for the first that shows this wall time; in the gap, as far after it as into the gap."""
    start = local.replace(tzinfo=UTC) - timedelta(hours=3)
    shown = [
        start + step * MINUTE
        for step in range(6 * 60)
        if (start + step * MINUTE).astimezone(BERLIN).replace(tzinfo=None) == local
    ]
    return shown[0] if shown else oracle_point(local - timedelta(hours=1)) + timedelta(hours=1)


def oracle_before(moment: datetime) -> datetime:
    """Walk back out of the quiet hours, then on to 20:00."""
    if not asleep(moment):
        return moment
    while asleep(moment) or moment.astimezone(BERLIN).strftime("%H:%M") != "20:00":
        moment -= MINUTE
    return moment


def oracle_after(moment: datetime) -> datetime:
    while asleep(moment):
        moment += MINUTE
    return moment


def oracle_appointment(starts_at: datetime, now: datetime) -> tuple[datetime, ...]:
    local = starts_at.astimezone(BERLIN)
    evening = oracle_point(datetime.combine(local.date() - timedelta(days=1), time(18)))
    two_hours = starts_at - timedelta(hours=2)
    moved = oracle_before(two_hours)
    found = {moment for moment in (evening, moved) if moment > now}
    if moved != two_hours and evening in found and evening < moved <= evening + timedelta(hours=3):
        found.discard(moved)
    return tuple(sorted(found))


def oracle_milestone(due_on: date, now: datetime) -> tuple[datetime, ...]:
    days = (due_on - timedelta(days=14), due_on - timedelta(days=3), due_on)
    found = sorted(p for p in (oracle_point(datetime.combine(day, time(9))) for day in days) if p > now)
    today = now.astimezone(BERLIN).date()
    if not found and today in (due_on, due_on - timedelta(days=1)):
        first = oracle_after(now)
        found = [first] if first.astimezone(BERLIN).date() <= due_on else []
    return tuple(found)


@settings(max_examples=500, deadline=None)
@given(start=WALL, lead=st.integers(0, 60 * 24 * 4))
@example(start=datetime(2027, 3, 28, 9), lead=60 * 24 * 3)
@example(start=datetime(2027, 3, 28, 2, 30), lead=60 * 24)
@example(start=datetime(2027, 10, 31, 2, 30), lead=60 * 24)
@example(start=datetime(2027, 10, 31, 10), lead=60 * 24 * 3)
def test_appointment_times_are_those_of_the_oracle(start: datetime, lead: int) -> None:
    starts_at = rules.at_berlin(start)
    assert starts_at == oracle_point(start)
    now = starts_at - lead * MINUTE
    found = rules.appointment_times(starts_at, now)
    assert found == oracle_appointment(starts_at, now)
    assert all(now < moment < starts_at and not asleep(moment) for moment in found)


@settings(max_examples=500, deadline=None)
@given(now=MOMENTS, days=st.integers(0, 30))
@example(now=at("2027-03-14 08:00"), days=14)
@example(now=at("2027-10-17 08:00"), days=14)
@example(now=at("2027-03-28 21:30"), days=0)
def test_milestone_times_are_those_of_the_oracle(now: datetime, days: int) -> None:
    due_on = rules.today(now) + timedelta(days=days)
    found = rules.milestone_times(due_on, now)
    assert found == oracle_milestone(due_on, now)
    assert all(moment >= now and not asleep(moment) for moment in found)


@settings(max_examples=500, deadline=None)
@given(wanted=st.lists(MOMENTS, max_size=6), now=MOMENTS)
def test_nothing_goes_out_in_quiet_hours_or_in_the_past(wanted: list[datetime], now: datetime) -> None:
    found = rules.reminder_times(wanted, now)
    assert list(found) == sorted(set(found))
    assert all(moment > now and not asleep(moment) for moment in found)
    due = {oracle_before(moment) for moment in wanted if oracle_before(moment) > now}
    assert set(found) <= due
    for moment in due - set(found):
        assert any(other < moment <= other + timedelta(hours=3) for other in due)


def test_nine_o_clock_is_told_once_the_evening_before() -> None:
    found = rules.appointment_times(at("2027-02-03 09:00"), at("2027-01-20 12:00"))
    assert [wall(moment) for moment in found] == ["2027-02-02 18:00"]


def test_made_after_six_it_is_told_at_eight() -> None:
    found = rules.appointment_times(at("2027-02-03 09:00"), at("2027-02-02 18:30"))
    assert [wall(moment) for moment in found] == ["2027-02-02 20:00"]


def test_afternoon_is_told_twice() -> None:
    found = rules.appointment_times(at("2027-02-03 14:00"), at("2027-01-20 12:00"))
    assert [wall(moment) for moment in found] == ["2027-02-02 18:00", "2027-02-03 12:00"]


def test_late_evening_moves_before_the_quiet_hours_of_the_same_day() -> None:
    found = rules.appointment_times(at("2027-02-03 23:30"), at("2027-02-03 10:00"))
    assert [wall(moment) for moment in found] == ["2027-02-03 20:00"]


@pytest.mark.parametrize(("day", "offset"), [("2027-03-28", 2), ("2027-10-31", 1), ("2027-03-27", 1)])
def test_nine_stays_nine_over_both_clock_changes(day: str, offset: int) -> None:
    found = rules.milestone_times(date.fromisoformat(day), at("2027-01-01 12:00"))
    assert wall(found[-1]) == f"{day} 09:00"
    assert found[-1].hour == 9 - offset


def test_gap_and_fold() -> None:
    assert wall(rules.at_berlin(datetime(2027, 3, 28, 2, 30))) == "2027-03-28 03:30"
    assert rules.at_berlin(datetime(2027, 10, 31, 2, 30)) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_due_today_is_told_at_once_but_only_once() -> None:
    now = at("2027-02-03 11:00")
    assert rules.milestone_times(date(2027, 2, 3), now) == (now,)
    assert rules.milestone_times(date(2027, 2, 3), now, told_today=True) == ()
    assert rules.milestone_times(date(2027, 2, 3), at("2027-02-03 21:30")) == ()


def test_nothing_may_follow_the_end_and_nothing_goes_back_to_open() -> None:
    for before in Status:
        for after in Status:
            expected = before not in (Status.CONFIRMED, Status.DROPPED) and after is not Status.OPEN
            assert rules.may_follow(before, after) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" lm-2027/014 ", "LM-2027/014"),
        ("abc", "ABC"),
        ("A.1/2-3", "A.1/2-3"),
        ("ab", None),
        ("-abc", None),
        ("A" * 21, None),
        ("A B C", None),
        ("ÄBC", None),
        ("١٢٣", None),
        ("abc\n", "ABC"),
        ("abc\x00", None),
    ],
)
def test_case_numbers(text: str, expected: str | None) -> None:
    assert rules.case_number(text) == expected


def test_due_days_have_bounds() -> None:
    now = at("2027-02-03 23:30")
    assert rules.due_in_past(date(2027, 2, 2), now)
    assert not rules.due_in_past(date(2027, 2, 3), now)
    assert not rules.due_too_far(date(2030, 2, 3), now)
    assert rules.due_too_far(date(2030, 2, 10), now)


def test_lines_lose_what_could_turn_or_break_them() -> None:
    assert rules.clean_line(" Haus\r\nBEGIN:VALARM\u202e \ud800x\x00 ") == "Haus BEGIN:VALARM x"
    assert rules.clean_line("نیم\u200cفاصله") == "نیم\u200cفاصله"


def test_working_days_skip_weekends_and_bavarian_holidays() -> None:
    assert office.next_working_day(date(2027, 2, 5)) == date(2027, 2, 8)
    assert office.next_working_day(date(2027, 1, 5)) == date(2027, 1, 7)
    assert office.next_working_day(date(2026, 12, 24)) == date(2026, 12, 28)
    assert office.is_working_day(date(2027, 2, 3))
    assert not office.is_working_day(date(2028, 8, 15)), "the Assumption is a holiday in the district"


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("2027-02-03 15:59", date(2027, 2, 4)),  # Wednesday, somebody is there
        ("2027-02-03 02:00", date(2027, 2, 4)),  # read when the office opens
        ("2027-02-03 16:00", date(2027, 2, 5)),  # after hours: read on Thursday
        ("2027-02-05 11:00", date(2027, 2, 8)),  # Friday morning
        ("2027-02-05 12:30", date(2027, 2, 9)),  # Friday afternoon: read on Monday
        ("2027-02-07 10:00", date(2027, 2, 9)),  # Sunday
        ("2027-01-06 10:00", date(2027, 1, 8)),  # Epiphany
    ],
)
def test_an_answer_is_promised_by_office_hours(asked: str, answered: date) -> None:
    assert office.answer_day(at(asked), House().office) == answered
    four_days = house({Setting.OFFICE_HOURS: "Mo-Do 10:00-12:00"}).office
    assert office.answer_day(at("2027-02-04 09:00"), four_days) == date(2027, 2, 8)
