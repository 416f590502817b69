"""The words of this folder."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Lock:
    """A chat's lock: the salted hash of its pictures, wrong tries since the last right one, and until when it waits or stands open."""

    salt: str = field(repr=False)
    hashed: str = field(repr=False)
    wrong: int
    waits_until: datetime | None
    open_until: datetime | None
