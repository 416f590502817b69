"""The words of a team: what was handed over, and numbers without content."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class HandOver:
    """Cases that went from one coordinator to another together."""

    batch_id: str
    before_id: str
    after_id: str
    client_ids: tuple[str, ...]
    handed_by: str
    handed_at: datetime


@dataclass(frozen=True)
class TeamNumbers:
    """How the team stands, without who the clients are or what they asked.

    `waiting` counts unanswered requests, `stale` those that lie for two working days or more. `caseloads` says how many clients each
    coordinator has, and `closed` how many closed cases are kept with somebody, which go along with them: that is what a hand-over needs.
    """

    clients: int
    linked: int
    unreachable: int
    waiting: int
    stale: int
    overdue: int
    education_due: int
    caseloads: Mapping[str, int]
    stale_at: Mapping[str, int]
    closed: Mapping[str, int]
