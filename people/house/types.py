"""The words of this folder: the settings of the house, and a change of one."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum


class Setting(StrEnum):
    """What can be set."""

    QUIET_HOURS = "quiet_hours"
    MILESTONE_REMINDERS = "milestone_reminders"
    APPOINTMENT_REMINDERS = "appointment_reminders"
    REVIEW_DAYS = "review_days"
    GRACE_DAYS = "grace_days"
    OFFICE_HOURS = "office_hours"


OfficeWeek = tuple[tuple[time, time] | None, ...]
"""From when until when somebody is there, Monday first; None on a day when nobody is."""
_DAY = (time(8), time(16))


@dataclass(frozen=True)
class House:
    """The settings as they hold now.

    `night` is from when until when nothing but the urgent is sent. Offsets are how long before a goal's day or an appointment somebody is
    reminded who wants nothing else. After `review_days` an offer is to be checked, and `grace_days` later it ranks behind the others.
    What is asked while nobody is in the office counts from when it opens.
    """

    night: tuple[time, time] = (time(21), time(8))
    milestone_offsets: tuple[timedelta, ...] = (timedelta(days=14), timedelta(days=3), timedelta())
    appointment_offsets: tuple[timedelta, ...] = (timedelta(days=1), timedelta(hours=2))
    review_days: int = 92
    grace_days: int = 60
    office: OfficeWeek = (_DAY, _DAY, _DAY, _DAY, (time(8), time(12)), None, None)


@dataclass(frozen=True)
class SettingLine:
    """A setting as the desk shows it: `value` is empty where the default holds."""

    setting: Setting
    value: str
    default: str


@dataclass(frozen=True)
class SettingChange:
    """Who changed what when; `changed_by` is None when they were forgotten, and an empty text is the default."""

    id: str
    setting: Setting
    before: str
    after: str
    changed_by: str | None
    changed_at: datetime


@dataclass(frozen=True)
class RoleChange:
    """Somebody got a role, or lost it (`ended`); `by` is None for the command line."""

    person_id: str
    role: str
    ended: bool
    by: str | None
    at: datetime
