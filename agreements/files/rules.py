"""What a client's file says as pure functions: deadlines, days that cannot be right, and where an interview waits."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from agreements.files.types import Record
from agreements.rules import months_later

EDUCATION_MONTHS = 3
"""Goal 2.2 of the roadmap: education is recorded at the latest three months after allocation."""
EDUCATION_WARNING_DAYS = 14
MAY_LIE_AHEAD = ("allocated_on", "labour_access_on")
"""Days that may be known before they come; the others say what has happened."""
NOT_BEFORE: Mapping[str, str] = {
    "education_recorded_on": "allocated_on",
    "competence_done_on": "competence_offered_on",
}
"""Days that cannot be before another."""
EDUCATION = ("school_years", "degree")
"""What makes an education recorded."""
DRAFTS = "interview:"
"""How the kind of every draft of an interview begins."""


def draft_kind(client_id: str) -> str:
    """The kind of draft in which an interview waits: whoever types keeps it, but it is about the case and goes with it."""
    return f"{DRAFTS}{client_id}"[:40]


def education_due_on(record: Record) -> date | None:
    """Until when education is to be recorded; None when it is, or when nothing is said about the person's age or allocation."""
    if record.allocated_on is None or record.working_age is False or record.education_recorded_on:
        return None
    return months_later(record.allocated_on, EDUCATION_MONTHS)


class Slip(StrEnum):
    """What is wrong with a day, most likely a slip in the year."""

    AHEAD = "ahead"
    """It has happened, and is said to be still to come."""
    TOO_FAR = "too_far"
    ORDER = "order"
    """Before the one of `NOT_BEFORE`."""


def slips(record: Record, values: Mapping[str, object], latest: date, today: date) -> dict[str, Slip]:
    """What is wrong with the days among some values that are new to a record; `latest` is the last day that may be planned.

    Of two days in the wrong order it is said of the later field, whichever of them is new.
    """
    found: dict[str, Slip] = {}
    for name, day in values.items():
        if not isinstance(day, date) or day == getattr(record, name):
            continue
        if name in MAY_LIE_AHEAD:
            if day > latest:
                found[name] = Slip.TOO_FAR
        elif day > today:
            found[name] = Slip.AHEAD
    for pair in NOT_BEFORE.items():
        stored = [getattr(record, name) for name in pair]
        day, first = given = [values.get(name, was) for name, was in zip(pair, stored, strict=True)]
        new = given != stored and not found.keys() & set(pair)
        if new and isinstance(day, date) and isinstance(first, date) and day < first:
            found[pair[0]] = Slip.ORDER
    return found


def typed(cells: Mapping[str, str], shown: Mapping[str, str]) -> dict[str, str]:
    """The cells of a form that are not as they were shown: a field of which nothing was shown counts as typed."""
    return {name: cell for name, cell in cells.items() if cell.strip() != shown.get(name)}


def overtaken(typed: Mapping[str, str], shown: Mapping[str, str], there: Mapping[str, str]) -> set[str]:
    """Which typed cells somebody else has changed since, and not to the same."""
    return {n for n, cell in typed.items() if there[n] not in (shown.get(n, there[n]), cell.strip())}


def interviewed(cells: Mapping[str, str], recorded_on: date | None, today: date) -> dict[str, str]:
    """The cells of an interview; who says what somebody learnt and no day of it has recorded it before, or does so today."""
    learnt = any(cells.get(name, "").strip() for name in EDUCATION)
    if not learnt or cells.get("education_recorded_on", "").strip():
        return dict(cells)
    return {**cells, "education_recorded_on": (recorded_on or today).isoformat()}


def education_until(record: Record) -> date | None:
    """The last day for goal 2.2; None where it does not count: no day of allocation, or not of working age."""
    if record.allocated_on is None or record.working_age is not True:
        return None
    return months_later(record.allocated_on, EDUCATION_MONTHS)


def recorded_in_time(record: Record) -> bool | None:
    """Whether goal 2.2 was kept; None where it does not count."""
    until = education_until(record)
    if until is None:
        return None
    return record.education_recorded_on is not None and record.education_recorded_on <= until
