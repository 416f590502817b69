"""The words of this folder: why a case must be kept, until when, and why one was erased."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class HoldReason(StrEnum):
    """Why a case must not be deleted yet."""

    COURT = "court"
    AUDIT = "audit"
    MONEY = "money"


class ErasedFor(StrEnum):
    """Why a case was erased."""

    WISH = "wish"
    RETENTION = "retention"


@dataclass(frozen=True)
class Hold:
    """A case is kept up to and with a day, whoever asks for its deletion."""

    id: str
    client_id: str
    reason: HoldReason
    until: date
    held_by: str
    held_at: datetime
