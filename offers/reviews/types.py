"""The words of this folder: an offer that waits to be looked at, who is asked about it, and what waits for one who keeps the catalogue."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Waiting:
    """An offer to look at: `owner` is the name in the catalogue, empty where there is none, `person_id` who looks after it, None where nobody does."""

    offer_id: str
    owner: str
    person_id: str | None


@dataclass(frozen=True)
class Pending:
    """An offer that one person is to confirm, or a draft that is to be published; of what pauses or has ended only what is reported stands here.

    `on` is the day it was last confirmed, None for never, or on which the draft was last written; `reported`: somebody says that it is wrong.
    """

    offer_id: str
    name: str
    place: str
    draft: bool
    public: bool
    reported: bool
    on: date | None
