"""The words of this folder: meetings, their dates, and what became of them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from offers.types import Schedule


class MeetingKind(StrEnum):
    """What sort of meeting it is."""

    CIRCLE = "circle"
    EXCHANGE = "exchange"


class Rhythm(StrEnum):
    """How often a meeting takes place."""

    ONCE = "once"
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"


@dataclass(frozen=True)
class NewMeeting:
    """What is needed to enter a meeting; `opens_at` is `HH:MM` on a clock in Berlin, `location` may be empty."""

    kind: MeetingKind
    place: str
    location: str
    first: date
    opens_at: str
    rhythm: Rhythm


@dataclass(frozen=True)
class Meeting:
    """A series of meetings; `created_by` is None when whoever entered it was forgotten."""

    id: str
    kind: MeetingKind
    place: str
    location: str
    schedule: Schedule
    created_by: str | None
    created_at: datetime


@dataclass(frozen=True)
class Change:
    """What is known of one date beside what the series says."""

    day: date
    cancelled: bool = False
    moved_to: date | None = None
    moved_opens_at: str = ""
    asked_at: datetime | None = None
    held: bool | None = None
    people: int | None = None


@dataclass(frozen=True)
class MeetingDate:
    """One date. `change.day` names it: the day that the series says; `starts_at` is when it takes place, in Berlin."""

    meeting: Meeting
    change: Change
    planned_at: datetime
    starts_at: datetime

    @property
    def day(self) -> date:
        """The day that the series says."""
        return self.change.day


@dataclass(frozen=True)
class Seen:
    """A date as somebody sees it: how many come, what they said themselves, and whether they may change it."""

    date: MeetingDate
    coming: int
    answer: bool | None
    keeper: bool


@dataclass(frozen=True)
class Held:
    """A meeting that took place, for figures: `people` is how many came, None where nobody said."""

    kind: MeetingKind
    place: str
    on: date
    people: int | None
