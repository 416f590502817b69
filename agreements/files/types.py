"""The words of the client's file: groups, degrees, channels, the record and what was changed in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from agreements.types import Client


class StatusGroup(StrEnum):
    """The groups that offers are open to; nothing finer is kept."""

    ASYLUM_SEEKER = "asylum_seeker"
    TOLERATED = "tolerated"
    RECOGNISED = "recognised"


class Gender(StrEnum):
    """Only where the person says it, and only for the share of women."""

    WOMAN = "woman"
    MAN = "man"
    DIVERSE = "diverse"


class Degree(StrEnum):
    """The highest degree, wherever it was made."""

    NONE = "none"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    UPPER_SECONDARY = "upper_secondary"
    VOCATIONAL = "vocational"
    UNIVERSITY = "university"


class Literacy(StrEnum):
    """Which letters somebody reads and writes."""

    LATIN = "latin"
    OTHER_SCRIPT = "other_script"
    NONE = "none"


class Channel(StrEnum):
    """How somebody was spoken to."""

    OFFICE = "office"
    VISIT = "visit"
    PHONE = "phone"
    CHAT = "chat"
    LETTER = "letter"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Record:
    """What the coordinator records about a client; None and "" are what nobody has recorded.

    `call_name` is how the person wants to be called; it is shown at the desk only. `german_level` is one of the catalogue's levels.
    """

    client_id: str
    allocated_on: date | None = None
    working_age: bool | None = field(default=None, repr=False)
    labour_access_on: date | None = field(default=None, repr=False)
    status_group: StatusGroup | None = field(default=None, repr=False)
    gender: Gender | None = field(default=None, repr=False)
    call_name: str = field(default="", repr=False)
    school_years: int | None = field(default=None, repr=False)
    degree: Degree | None = field(default=None, repr=False)
    german_level: str = field(default="", repr=False)
    profession: str = field(default="", repr=False)
    literacy: Literacy | None = field(default=None, repr=False)
    education_recorded_on: date | None = None
    competence_offered_on: date | None = None
    competence_done_on: date | None = None


Case = tuple[str, Record]
"""What figures know of a client: where they live, and what is recorded."""


@dataclass(frozen=True)
class Change:
    """One change, with what the named fields held before and hold since, as the cells of a form.

    `subject` is "file" or the id of a note; `undoes` is the change that this one takes back.
    """

    id: str
    client_id: str
    subject: str
    before: Mapping[str, Any] = field(repr=False)
    after: Mapping[str, Any] = field(repr=False)
    undoes: str | None
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True)
class Note:
    """A note, or with a `channel` a contact: for staff alone, it is never sent."""

    id: str
    client_id: str
    channel: Channel | None
    happened_on: date
    text: str = field(repr=False)
    created_by: str
    created_at: datetime


@dataclass(frozen=True)
class File:
    """A client with all that is recorded: notes and changes, the newest first."""

    client: Client
    record: Record
    notes: tuple[Note, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Caseload:
    """Cases, and how each wants to be called, by client id; empty or left out where nobody said."""

    clients: tuple[Client, ...]
    names: Mapping[str, str]
