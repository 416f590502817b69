"""Dates of series: rhythm, holidays, clock changes."""

import itertools
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offers import dates
from offers.types import WEEKDAYS, Schedule
from tests.catalogue import offer, schedule

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # a Tuesday, 10:00 in Berlin


def days_of(found: Schedule, first: date, count: int) -> list[date]:
    moment = datetime.combine(first, time(0, 0), tzinfo=dates.BERLIN)
    return [o.starts_at.date() for o in dates.next_dates(offer(schedules=(found,)), moment, count)]


def test_weekly_on_several_days() -> None:
    assert days_of(schedule(byday="MO,TH"), date(2026, 11, 24), 3) == [
        date(2026, 11, 26),
        date(2026, 11, 30),
        date(2026, 12, 3),
    ]


def test_every_second_week_counts_from_the_week_it_began() -> None:
    fortnightly = schedule(interval=2, byday="MO,FR", valid_from=date(2026, 9, 3))  # a Thursday
    assert days_of(fortnightly, date(2026, 9, 1), 4) == [
        date(2026, 9, 4),
        date(2026, 9, 14),
        date(2026, 9, 18),
        date(2026, 9, 28),
    ]
    assert days_of(fortnightly, date(2027, 9, 1), 1) == [date(2027, 9, 3)]


def test_first_tuesday_of_the_month() -> None:
    assert days_of(schedule(freq="MONTHLY", byday="1TU"), date(2026, 11, 24), 2) == [
        date(2026, 12, 1),
        date(2027, 1, 5),
    ]


def test_every_second_month_keeps_its_months() -> None:
    bimonthly = schedule(freq="MONTHLY", interval=2, byday="-1FR", valid_from=date(2026, 9, 1))
    assert days_of(bimonthly, date(2026, 12, 1), 2) == [date(2027, 1, 29), date(2027, 3, 26)]


def test_a_single_day_is_over_when_it_is_over() -> None:
    day = date(2026, 11, 24)
    single = offer(schedules=(schedule(freq="ONCE", byday="", valid_from=day, valid_to=day),))
    at_ten, at_noon = NOW, NOW + timedelta(hours=2)
    assert len(dates.next_dates(single, at_ten, 3)) == 1
    assert dates.next_dates(single, at_noon, 3) == ()
    assert dates.ended(single, at_noon)


def test_without_a_series_an_offer_never_ends() -> None:
    assert not dates.ended(offer(), NOW)


def test_holidays_are_skipped_as_far_as_the_offer_says() -> None:
    christmas = date(2026, 12, 20)
    assert days_of(schedule(byday="FR", skip_holidays="none"), christmas, 1) == [date(2026, 12, 25)]
    assert days_of(schedule(byday="FR", skip_holidays="public"), christmas, 2) == [
        date(2027, 1, 8),
        date(2027, 1, 15),
    ]
    assert days_of(schedule(byday="FR", skip_holidays="school"), christmas, 1) == [date(2027, 1, 15)]


@pytest.mark.parametrize(
    "day", [date(2026, 8, 15), date(2027, 1, 6), date(2027, 5, 27), date(2026, 11, 1), date(2027, 3, 29)]
)
def test_public_holidays_of_the_district(day: date) -> None:
    assert dates.is_public_holiday(day)


@pytest.mark.parametrize(
    ("day", "free"),
    [
        (date(2026, 11, 18), True),
        (date(2026, 11, 19), False),
        (date(2027, 2, 8), True),
        (date(2027, 9, 13), True),
        (date(2027, 9, 14), False),
    ],
)
def test_school_holidays(day: date, free: bool) -> None:
    assert dates.is_school_holiday(day) is free


def test_school_holidays_do_not_overlap_and_end_after_they_begin() -> None:
    known = dates._school_holidays()
    assert all(first <= last for first, last in known)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(known))


def test_two_series_come_in_order_and_the_same_time_only_once() -> None:
    both = offer(
        schedules=(schedule(byday="WE"), schedule(byday="TU,WE", opens_at="09:00", closes_at="12:00"))
    )
    found = dates.next_dates(both, NOW, 3)
    assert [o.starts_at.date() for o in found] == [date(2026, 11, 24), date(2026, 11, 25), date(2026, 12, 1)]


@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 3, 28)])
def test_wall_time_stays_over_a_clock_change(day: date) -> None:
    sunday = schedule(byday="SA,SU,MO", opens_at="18:30", closes_at="20:00", valid_from=date(2026, 9, 1))
    before = datetime.combine(day - timedelta(days=1), time(0), tzinfo=dates.BERLIN)
    found = dates.next_dates(offer(schedules=(sunday,)), before, 3)
    assert {o.starts_at.strftime("%H:%M") for o in found} == {"18:30"}
    assert len({o.starts_at.utcoffset() for o in found}) == 2


def test_an_hour_that_does_not_exist_is_moved() -> None:
    assert dates.at(date(2027, 3, 28), "02:30").strftime("%H:%M") == "03:30"


_series = st.builds(
    schedule,
    valid_from=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    valid_to=st.none() | st.dates(date(2028, 1, 1), date(2028, 12, 31)),
    interval=st.integers(1, 5),
    byday=st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True).map(",".join),
    opens_at=st.sampled_from(["00:30", "01:30", "02:00", "02:30", "03:00", "09:15", "23:00"]),
    closes_at=st.sampled_from(["", "23:30"]),
    skip_holidays=st.sampled_from(["none", "public", "school"]),
)


@settings(max_examples=150, deadline=None)
@given(found=_series, now=st.datetimes(datetime(2026, 1, 1), datetime(2028, 6, 1), timezones=st.just(UTC)))
def test_every_date_belongs_to_its_series(found: Schedule, now: datetime) -> None:
    upcoming = dates.next_dates(offer(schedules=(found,)), now, 8)
    stamps = [o.starts_at.timestamp() for o in upcoming]
    assert stamps == sorted(set(stamps))
    monday = found.valid_from - timedelta(days=found.valid_from.weekday())
    for occurrence in upcoming:
        day = occurrence.starts_at.date()
        assert occurrence.ends_at.timestamp() >= max(now.timestamp(), occurrence.starts_at.timestamp())
        assert found.valid_from <= day <= (found.valid_to or day)
        assert WEEKDAYS[day.weekday()] in found.byday.split(",")
        assert (day - monday).days // 7 % found.interval == 0
        assert not dates.skipped(found, day)
        gap = occurrence.starts_at.strftime("%H:%M") != found.opens_at
        assert not gap or found.opens_at in {"02:00", "02:30"}
        assert not gap or (day.month == 3 and day.weekday() == 6)


@settings(max_examples=100, deadline=None)
@given(found=_series, now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC)))
def test_an_old_series_gives_the_same_dates_as_counting_from_its_first_day(
    found: Schedule, now: datetime
) -> None:
    today = now.astimezone(dates.BERLIN).date()
    end = today + timedelta(days=120)
    direct = set(dates.days(found, today, end))
    counted = {day for day in dates.days(found, found.valid_from, end) if day >= today}
    assert direct == counted
