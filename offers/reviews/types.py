"""The words of this folder: an offer that waits to be looked at, and who is asked about it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """An offer to look at: `owner` is the name in the catalogue, empty where there is none, `person_id` who looks after it, None where nobody does."""

    offer_id: str
    owner: str
    person_id: str | None
