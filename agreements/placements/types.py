"""The words of placements: their states and results, and why an offer fits a client."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from offers.types import Hit, Occurrence


class PlacementStatus(StrEnum):
    """suggested → requested → started → finished; dropped ends it at any time."""

    SUGGESTED = "suggested"
    REQUESTED = "requested"
    STARTED = "started"
    FINISHED = "finished"
    DROPPED = "dropped"


class PlacementResult(StrEnum):
    """What came of it."""

    JOB = "job"
    MINI_JOB = "mini_job"
    APPRENTICESHIP = "apprenticeship"
    INTERNSHIP = "internship"
    CERTIFICATE = "certificate"
    SCHOOL_CERTIFICATE = "school_certificate"
    ATTENDED = "attended"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Placement:
    """A client and an offer; `request_id` is the wish that it came from, if the client had one."""

    id: str
    client_id: str
    offer_id: str
    milestone_id: str | None
    request_id: str | None
    status: PlacementStatus
    result: PlacementResult | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class PlacementEvent:
    """One step of a placement: who did it and when."""

    id: str
    placement_id: str
    status: PlacementStatus
    result: PlacementResult | None
    actor_id: str
    at: datetime


class Aspect(StrEnum):
    """What decides whether an offer fits, in the order in which it is told."""

    LEVEL = "level"
    PLACE = "place"
    AUDIENCE = "audience"
    CHILDCARE = "childcare"
    STATUS = "status"
    NEXT_DATE = "next_date"


@dataclass(frozen=True)
class Reason:
    """Why an offer fits in one respect, or does not; `wanted` is the client's side and `given` the offer's, as codes.

    `fits` is None where nothing is known of the client or the offer says nothing.
    """

    aspect: Aspect
    fits: bool | None
    wanted: str
    given: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """An offer that may fit, with the reason for each aspect; `placement` is what there is of it already."""

    hit: Hit
    reasons: tuple[Reason, ...]
    next_date: Occurrence | None
    placement: Placement | None


@dataclass(frozen=True)
class Suggested:
    """A suggestion, and whether the client is told in the chat; else it is to be told in person."""

    placement: Placement
    told: bool
