"""The words of this folder: whose a table is, how long something stays, and the copy that a person gets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from people.audit.types import Capacity


class Whose(StrEnum):
    """What becomes of a table's rows when a person is forgotten."""

    PERSON = "person"
    """They hang on the person and go with them."""
    CASE = "case"
    """They hang on a case: they stay with the coordinator until the case is over and its time has passed."""
    UNLINKED = "unlinked"
    """They stay without the person: the column that names them is emptied."""
    PASSING = "passing"
    """They are emptied or removed within days, whoever they are about."""
    LOGGED = "logged"
    """They name the person and the case by keyed hashes alone, which lead nowhere once both are gone; they stay for their own time."""
    NOBODY = "nobody"
    """They are about nobody."""


@dataclass(frozen=True)
class Rule:
    """What holds for one table.

    `by` is the column that leads to the person or case; with `of` it leads to that table, whose rule leads on. `trail` are columns that may
    name the person as whoever did something: they are emptied. `shown` columns stand in the copy that a person gets; every other column
    stands in `not_personal`, by the reason. What is kept `at_office` is left out of the copy that goes through Telegram.
    """

    whose: Whose
    by: str = ""
    of: str = ""
    trail: Sequence[str] = ()
    shown: Sequence[str] = ()
    not_personal: Mapping[str, Sequence[str]] = field(default_factory=dict)
    at_office: bool = False


@dataclass(frozen=True)
class Limits:
    """How many days each class of data stays."""

    strangers: int = 1
    idle_chats: int = 365
    updates: int = 7
    messages: int = 14
    attempts: int = 1
    invitations: int = 30
    reports: int = 365
    removed_notes: int = 30
    history: int = 730
    access_log: int = 365
    tombstones: int = 3650
    campaigns: int = 365
    guests: int = 30
    asked: int = 90
    saved: int = 365
    ended_roles: int = 1095
    closed_cases: int = 1095


@dataclass(frozen=True)
class Seen:
    """Who looked at somebody's record: days in Berlin, the newest first, with as whom; and on how many days it stood in a list."""

    days: Sequence[tuple[date, Sequence[Capacity]]]
    listed: int


@dataclass(frozen=True)
class Copy:
    """Everything that is stored about a person: rows by table, and how many rows there are that only the office shows."""

    made_at: datetime
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    at_office: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """What the file says, for other programs to read."""
        made_at = self.made_at.isoformat(timespec="seconds")
        return {"made_at": made_at, "only_at_the_office": dict(self.at_office), "data": dict(self.rows)}

    def count(self, table: str) -> int:
        """How many rows a table has about the person."""
        return len(self.rows.get(table, ())) + self.at_office.get(table, 0)

    def first(self, table: str) -> Mapping[str, Any]:
        """The one row of a table that has one, or an empty one."""
        return next(iter(self.rows.get(table, ())), {})
