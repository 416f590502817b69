"""The words of shared appointments."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Share:
    """That an appointment may be seen by one helper: whoever opens its link first."""

    id: str
    appointment_id: str
    helper_id: str | None
    created_at: datetime
    opened_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class NewShare:
    """A fresh share with its code, which is shown once and stored nowhere."""

    id: str
    code: str = field(repr=False)
