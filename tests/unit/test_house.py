"""The settings of the house: how they are written, what does not fit, and that quiet times follow them."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from agreements import rules
from lotse.settings import Settings
from people.house.rules import house, written
from people.house.types import House, Setting


@pytest.mark.parametrize(
    ("setting", "typed", "stored"),
    [
        (Setting.QUIET_HOURS, " 22:00 - 7:30 ", "22:00-07:30"),
        (Setting.QUIET_HOURS, "00:00–06:00", "00:00-06:00"),
        (Setting.MILESTONE_REMINDERS, "0d, 7D", "7d 0d"),
        (Setting.APPOINTMENT_REMINDERS, "3h 1d", "1d 3h"),
        (Setting.REVIEW_DAYS, "180", "180"),
        (Setting.GRACE_DAYS, "0", "0"),
        (
            Setting.OFFICE_HOURS,
            "mo-We 8:00 - 16:00,Do 8:00–16:00, fr 9:00-12:30",
            "Mo-Do 08:00-16:00, Fr 09:00-12:30",
        ),
        (Setting.OFFICE_HOURS, "So 0:00-23:59", "So 00:00-23:59"),
    ],
)
def test_a_value_has_one_spelling(setting: Setting, typed: str, stored: str) -> None:
    assert written(setting, typed) == stored
    assert written(setting, stored) == stored


@pytest.mark.parametrize(
    ("setting", "typed"),
    [
        (Setting.QUIET_HOURS, "21:00"),
        (Setting.QUIET_HOURS, "25:00-08:00"),
        (Setting.QUIET_HOURS, "21:00-21:00"),
        (Setting.QUIET_HOURS, "18:00-08:01"),
        (Setting.MILESTONE_REMINDERS, "1d 1d"),
        (Setting.MILESTONE_REMINDERS, "61d"),
        (Setting.MILESTONE_REMINDERS, "5d 4d 3d 2d 1d"),
        (Setting.APPOINTMENT_REMINDERS, "24h"),
        (Setting.APPOINTMENT_REMINDERS, "-"),
        (Setting.APPOINTMENT_REMINDERS, "soon"),
        (Setting.REVIEW_DAYS, "13"),
        (Setting.REVIEW_DAYS, "1,5"),
        (Setting.GRACE_DAYS, "-1"),
        (Setting.OFFICE_HOURS, "Mo"),
        (Setting.OFFICE_HOURS, "8:00-16:00"),
        (Setting.OFFICE_HOURS, "Mo 16:00-8:00"),
        (Setting.OFFICE_HOURS, "Fr-Mo 8:00-16:00"),
        (Setting.OFFICE_HOURS, "Mo-Fr 8:00-16:00, Fr 8:00-12:00"),
        (Setting.OFFICE_HOURS, "Xy 8:00-16:00"),
    ],
)
def test_what_does_not_fit_is_refused(setting: Setting, typed: str) -> None:
    with pytest.raises(ValueError):
        written(setting, typed)


def test_without_values_all_is_as_usual() -> None:
    assert house({}) == House()
    assert house({Setting.QUIET_HOURS: "20:00-09:00"}).night == (time(20), time(9))
    assert Settings(_env_file=None).house == {  # type: ignore[call-arg]
        "quiet_hours": "21:00-08:00", "milestone_reminders": "14d 3d 0d", "appointment_reminders": "1d 2h",
        "review_days": "92", "grace_days": "60", "office_hours": "Mo-Do 08:00-16:00, Fr 08:00-12:00",
    }  # fmt: skip


def test_a_default_that_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_QUIET_HOURS", "late")
    with pytest.raises(ValidationError, match="quiet_hours"):
        Settings(_env_file=None)  # type: ignore[call-arg]


_HOURS = st.integers(0, 23)


@given(_HOURS, st.integers(1, 14), _HOURS, st.integers(1, 12), st.integers(0, 24 * 14))
def test_whatever_is_quiet_it_ends(start: int, length: int, own: int, own_length: int, hour: int) -> None:
    night = (time(start), time((start + length) % 24))
    code = f"su {own:02}00-{(own + own_length) % 24:02}00"
    try:
        quiet = rules.quiet_times(code, night)
    except ValueError:
        return
    moment = datetime(2027, 3, 20, tzinfo=UTC) + timedelta(hours=hour)
    after = rules.after_quiet(moment, quiet)
    assert moment <= after <= moment + timedelta(days=3)
    assert not rules.is_quiet(after, quiet)
    assert rules.before_quiet(moment, quiet) <= moment
