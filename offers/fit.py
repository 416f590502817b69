"""How well one offer meets the filters of a question, and what it costs to miss one; words and nearness are the search's business."""

from collections.abc import Sequence, Set
from datetime import datetime

from offers import dates, rules
from offers.types import Offer, Query, Schedule, Topic

COST = {
    "topic": 128,
    "dates": 64,
    "kind": 48,
    "residence": 40,
    "childcare": 32,
    "audience": 10,
    "free": 6,
    "spoken": 5,
    "level": 4,
    "daytime": 2,
    "weekday": 2,
    "place": 1,
}
"""What it costs to miss something: what is dearer is given up later, childcare last of what a person may do without.

A level costs one more for every further step, and still less than another audience.
"""
_OTHER_COURSE = 16
"""Instead of a kind that costs `kind`: one German course can stand in for another, football for sewing cannot."""
_SHUT_OUT = 64
"""Something else of the topic serves a man better than what is for women only."""
_OTHER_SEX = {"men": "women", "women": "men"}
_OTHER_AGE = {
    **dict.fromkeys(("men", "women", "seniors"), frozenset({"children"})),
    "children": frozenset({"men", "women", "seniors"}),
    "youth": frozenset({"seniors"}),
}
MILD = COST["daytime"] + COST["place"]
"""Offers that miss no more than this are shown beside those that miss nothing."""
AT_MOST_WORSE = COST["audience"]
"""Where nothing meets everything, offers that miss more than this beyond the best one are not shown beside it."""
NO_KIND = frozenset({""})
"""Asked for something that is no kind of offer."""


def misses(
    offer: Offer, query: Query, kinds: Set[str], now: datetime, *, far: bool, ended: bool
) -> tuple[frozenset[str], int]:
    """What an offer lacks of a question, and what that costs; `kinds` are those that the words name, none for all."""
    steps = _level_steps(offer, query.level) if query.level else 0
    checks = (
        ("place", far),
        ("dates", ended),
        ("kind", kinds and offer.kind not in kinds),
        ("audience", query.audience and offer.audience and query.audience not in offer.audience),
        ("childcare", query.childcare and offer.childcare == "no"),
        ("daytime", not _daytime_fits(offer, query, now)),
        ("weekday", not _weekday_fits(offer, query, now)),
        ("free", query.free and offer.cost != "free"),
        ("spoken", query.spoken is not None and query.spoken not in offer.languages),
        ("residence", query.residence is not None and not _is_open_to(offer, query.residence)),
        ("level", steps > 0),
    )
    found = [name for name, missed in checks if missed]
    return frozenset(found), _cost(offer, query, found, steps)


def _cost(offer: Offer, query: Query, missed: Sequence[str], steps: int) -> int:
    cost = sum([COST[name] for name in missed]) + max(0, steps - 1)
    if "kind" in missed and offer.topic == Topic.GERMAN_COURSE:
        cost += _OTHER_COURSE - COST["kind"]
    if query.audience and _shut_out(offer, query.audience):
        cost += _SHUT_OUT
    return cost


def _shut_out(offer: Offer, audience: str) -> bool:
    """Whether whoever asks would be sent away: a man from what is for women, a grown-up from what is for small children."""
    meant = frozenset(offer.audience)
    if not meant or audience in meant:
        return False
    return _OTHER_SEX.get(audience) in meant or meant <= _OTHER_AGE.get(audience, frozenset())


def _level_steps(offer: Offer, level: str) -> int:
    taught = offer.topic == Topic.GERMAN_COURSE
    return rules.level_steps(level, offer.level_min, offer.level_max, taught=taught)


def _is_open_to(offer: Offer, residence: str) -> bool:
    return not offer.residence_status or bool({"any", residence} & set(offer.residence_status))


def _weekday_fits(offer: Offer, query: Query, now: datetime) -> bool:
    """By appointment any day may do."""
    return query.weekday is None or not offer.schedules or bool(_on_day(offer, query.weekday, now))


def _daytime_fits(offer: Offer, query: Query, now: datetime) -> bool:
    """By appointment any time may do; a series that is over says nothing any more.

    Where a weekday is asked for too, one and the same series must meet both: Monday mornings and Tuesday afternoons make no Monday afternoon.
    """
    if query.daytime is None or not offer.schedules:
        return True
    series = _current(offer, now)
    if query.weekday is not None:
        series = _on_day(offer, query.weekday, now) or series
    return any(query.daytime in rules.daytimes(schedule) for schedule in series)


def _on_day(offer: Offer, weekday: str, now: datetime) -> list[Schedule]:
    return [schedule for schedule in _current(offer, now) if weekday in rules.weekdays(schedule)]


def _current(offer: Offer, now: datetime) -> list[Schedule]:
    today = dates.today(now)
    return [s for s in offer.schedules if s.valid_to is None or s.valid_to >= today]
