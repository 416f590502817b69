"""The words of this folder: what was looked at, as whom, the row that says so, and where a chain breaks."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class Part(StrEnum):
    """Which part of a record was read or changed."""

    CASE = "case"
    FILE = "file"
    NOTES = "notes"
    AGREEMENT = "agreement"
    APPOINTMENTS = "appointments"
    REQUESTS = "requests"
    PLACEMENTS = "placements"
    LINK = "link"
    TEAM = "team"
    HOLD = "hold"
    ERASURE = "erasure"
    """That the person wants everything deleted: the deadline for it, and deciding on it."""
    RESTRICTION = "restriction"
    COPY = "copy"
    LIST = "list"
    """A line among all cases of somebody: number, language, what is due."""
    ACCOUNT_MADE = "account_made"
    ACCOUNT_RECOVERED = "account_recovered"
    ACCOUNT_ROLES = "account_roles"
    ACCOUNT_CLOSED = "account_closed"
    ACCOUNT_OPENED = "account_opened"
    """Of an account of the desk, whose id then stands where a case does."""


class Capacity(StrEnum):
    """As whom somebody looked."""

    COORDINATOR = "coordinator"
    DEPUTY = "deputy"
    LEAD = "lead"
    CLIENT = "client"
    """The person themselves, on their phone."""
    HELPER = "helper"
    """Somebody to whom the person showed one appointment."""
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    """At the command line: nobody knows who sits there."""


@dataclass(frozen=True)
class Access:
    """Somebody looked at a part of a case, or changed it."""

    actor_id: str
    acted_as: Capacity
    case_id: str
    part: Part
    change: bool = False

    def undone(self) -> "Access":
        """What was not changed after all was still seen."""
        return replace(self, change=False)


@dataclass(frozen=True)
class Row:
    """One row of the log. `link` binds it, with the key of that id, to the row before."""

    seq: int
    at: datetime
    actor_hash: str
    acted_as: Capacity
    case_hash: str
    part: Part
    change: bool
    key_id: int
    link: str = field(default="", repr=False)


@dataclass(frozen=True)
class End:
    """One end of the chain: the newest row, or the last one that was let go of. `proof` is made with a key."""

    name: str
    seq: int
    link: str
    key_id: int
    proof: str


HEAD, START = "head", "start"


@dataclass(frozen=True)
class Anchor:
    """The newest row as it was at some time, kept where the database is not."""

    seq: int
    link: str


class Fault(StrEnum):
    """How a chain is broken."""

    CHANGED = "changed"
    """The row does not say what it said when it was written, or was put there by somebody else."""
    MISSING = "missing"
    """Rows before this one are gone."""
    CUT = "cut"
    """The newest rows are gone."""
    START = "start"
    """What says how far old rows were let go of was changed."""
    KEY = "key"
    """The key of this row is not in the key file."""


@dataclass(frozen=True)
class Break:
    """Where the chain is broken, and how."""

    seq: int
    fault: Fault


@dataclass(frozen=True)
class Checked:
    """What a check of the chain found."""

    rows: int
    breaks: tuple[Break, ...]
    anchor: Anchor | None

    @property
    def whole(self) -> bool:
        """Whether nothing was edited, deleted, inserted or cut off."""
        return not self.breaks
