"""What may follow what in a placement, what is asked of the catalogue for a client, and why an offer fits: pure functions."""

from collections.abc import Mapping
from datetime import datetime

from agreements.files.types import Gender, Record
from agreements.placements.types import Aspect, Placement, PlacementStatus, Reason
from agreements.types import Client
from offers.types import Hit, Query, Topic

Status = PlacementStatus
OPEN = frozenset({Status.SUGGESTED, Status.REQUESTED, Status.STARTED})
TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    Status.SUGGESTED: frozenset({Status.REQUESTED, Status.STARTED, Status.DROPPED}),
    Status.REQUESTED: frozenset({Status.STARTED, Status.DROPPED}),
    Status.STARTED: frozenset({Status.FINISHED, Status.DROPPED}),
    Status.FINISHED: frozenset(),
    Status.DROPPED: frozenset(),
}
_FURTHER = {Status.SUGGESTED: 0, Status.REQUESTED: 1, Status.STARTED: 2}
_AUDIENCE = {Gender.WOMAN: "women", Gender.MAN: "men"}
_BY_TOPIC: Mapping[Topic, tuple[str, ...]] = {
    Topic.GERMAN_COURSE: (
        "register_german_course",
        "start_german_course",
        "attend_german_course",
        "finish_german_course",
        "take_placement_test",
        "take_german_exam",
    ),
    Topic.LEISURE: ("join_club",),
}
"""Where the words of the phrase alone would lead elsewhere as well."""
TOPICS: Mapping[str, Topic] = {phrase: topic for topic, names in _BY_TOPIC.items() for phrase in names}
"""The topic of the catalogue that a milestone is about."""


def may_follow(before: Status, after: Status) -> bool:
    """Whether a placement may go from one state to the other."""
    return after in TRANSITIONS[before]


def further_first(placement: Placement) -> tuple[int, datetime]:
    """The sort key of open placements: what has come furthest, of two equals the older."""
    return -_FURTHER[placement.status], placement.created_at


def question(
    client: Client, record: Record, *, text: str, topic: str | None, childcare: bool | None
) -> Query:
    """What is asked of the catalogue for a client."""
    return Query(
        text=text,
        topic=topic,
        place=client.place or None,
        level=record.german_level or None,
        audience=_AUDIENCE.get(record.gender) if record.gender else None,
        childcare=childcare,
        residence=record.status_group.value if record.status_group else None,
    )


def reasons(hit: Hit, query: Query, next_date: datetime | None) -> tuple[Reason, ...]:
    """Why the offer fits or not, aspect by aspect."""
    offer = hit.offer
    levels = tuple(level for level in (offer.level_min, offer.level_max) if level)
    near = (offer.place, *((hit.near,) if hit.near else ()))
    dates = (next_date.isoformat(),) if next_date else ()
    ended = bool(offer.schedules) and next_date is None
    return (
        _reason(Aspect.LEVEL, "level" in hit.misses, query.level or "", levels),
        _reason(Aspect.PLACE, "place" in hit.misses, query.place or "", near),
        _reason(Aspect.AUDIENCE, "audience" in hit.misses, query.audience or "", offer.audience),
        _reason(
            Aspect.CHILDCARE, "childcare" in hit.misses, "yes" if query.childcare else "", (offer.childcare,)
        ),
        _reason(
            Aspect.STATUS,
            "residence" in hit.misses,
            query.residence or "",
            offer.residence_status or ("any",),
        ),
        Reason(Aspect.NEXT_DATE, None if not offer.schedules else not ended, "", dates),
    )


def _reason(aspect: Aspect, missed: bool, wanted: str, given: tuple[str, ...]) -> Reason:
    fits = None if not wanted or not given else not missed
    return Reason(aspect, fits, wanted, given)
