"""The words of imports and exports: tables, columns, which program leads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Leader(StrEnum):
    """Whose value counts when both programs have one."""

    PROGRAM = "program"
    LOTSE = "lotse"


@dataclass(frozen=True)
class Columns:
    """How another program names its columns and which of the fields it leads: table → field → name, table → field → leader.

    What is not named is called like the field and led as `transfer.tables` says.
    """

    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    leaders: Mapping[str, Mapping[str, Leader]] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """What an earlier import made of a row of the other program."""

    id: str
    client_id: str
    external_id: str = field(repr=False)
    subject_id: str
    row_hash: str


@dataclass(frozen=True)
class Export:
    """What changed since a time (or everything): table → rows of text, the header first."""

    since: datetime | None
    tables: Mapping[str, list[list[str]]] = field(repr=False)

    @property
    def rows(self) -> int:
        """How many rows there are without the headers."""
        return sum(len(rows) - 1 for rows in self.tables.values())
