"""What waits in the catalogue for whoever keeps it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Waiting:
    """An offer that is to be confirmed, or a draft that is to be published.

    `on` is the day it was last confirmed, None for never, or on which the draft was last written; `reported`: somebody says that it is wrong.
    """

    offer_id: str
    name: str
    place: str
    draft: bool
    reported: bool
    on: date | None
