"""The words of a coordinator's day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from agreements.goals.types import Task
from agreements.types import Appointment, Client, Milestone, RequestLine


class LineKind(StrEnum):
    """What waits, worst first. To settle is what a client said of a milestone or appointment that was answered, and nothing came of."""

    CALL = "call"
    REQUEST = "request"
    WISH = "wish"
    SETTLE = "settle"
    ERASURE = "erasure"
    UNANSWERED = "unanswered"
    OVERDUE = "overdue"
    DUE = "due"
    TASK = "task"
    CALL_LIST = "call_list"
    EDUCATION = "education"
    SILENT = "silent"


@dataclass(frozen=True)
class DayLine:
    """One thing to do for one client.

    `on` is the day it is due or waits since; `subject_id` the request, milestone, appointment or task, if there is one.
    `about` is the milestone, task or appointment itself. `stale` counts the working days for which a request lies unanswered, None for everything else. `as_deputy`: somebody else's case.
    `late`: the day is there on which the law wants it done at the latest.
    """

    kind: LineKind
    client: Client
    on: date
    subject_id: str | None = None
    stale: int | None = None
    as_deputy: bool = False
    about: Milestone | Task | Appointment | None = None
    late: bool = False


@dataclass(frozen=True)
class Day:
    """All that waits, worst first, with the requests among it and how the coordinator calls each client (by id, empty for by nothing).

    `answered` is when clients last said something about a hand-over.
    """

    lines: list[DayLine]
    requests: list[RequestLine]
    names: Mapping[str, str]
    answered: Sequence[datetime] = ()


@dataclass(frozen=True)
class StaffSettings:
    """What a member of staff wants: a digest in the morning, after how many weeks of silence a client is named.

    While somebody is absent (until a day, included) deputies see all that waits.
    """

    person_id: str
    digest: bool = False
    silent_weeks: int = 6
    absent_until: date | None = None
    digest_on: date | None = None
