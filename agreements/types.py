"""The words of case work: clients, milestones, appointments, reminders, requests, and their states."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class MilestoneStatus(StrEnum):
    """open → reported_done → confirmed, with needs_time, needs_help and moved on the way; dropped ends it too."""

    OPEN = "open"
    REPORTED_DONE = "reported_done"
    CONFIRMED = "confirmed"
    NEEDS_TIME = "needs_time"
    NEEDS_HELP = "needs_help"
    MOVED = "moved"
    DROPPED = "dropped"


class AppointmentStatus(StrEnum):
    """planned → cancel_requested → cancelled, or planned again by moving it; done once it is over."""

    PLANNED = "planned"
    CANCEL_REQUESTED = "cancel_requested"
    CANCELLED = "cancelled"
    DONE = "done"


class ReminderState(StrEnum):
    """planned → queued → sent → opened → answered; held ones wait for the message of another, and are sent with it."""

    PLANNED = "planned"
    QUEUED = "queued"
    HELD = "held"
    SENT = "sent"
    OPENED = "opened"
    ANSWERED = "answered"
    CANCELLED = "cancelled"
    STALE = "stale"
    UNKNOWN = "unknown"
    UNREACHABLE = "unreachable"


class RequestKind(StrEnum):
    """What a client wants from the coordinator."""

    HELP = "help"
    WISH = "wish"
    TALK = "talk"
    CANCEL_APPOINTMENT = "cancel_appointment"
    MORE_TIME = "more_time"
    CHANGE = "change"
    DONE = "done"
    YES = "yes"
    NO = "no"


class HelpReason(StrEnum):
    """Why somebody needs help or time or cannot come; chosen by a picture, never written."""

    PAPER = "paper"
    LANGUAGE = "language"
    CHILDCARE = "childcare"
    MONEY = "money"
    TIME = "time"
    ILLNESS = "illness"
    DONT_UNDERSTAND = "dont_understand"
    OTHER = "other"


class Instead(StrEnum):
    """What somebody who cannot come would like instead."""

    OTHER_TIME = "other_time"
    BY_PHONE = "by_phone"
    NOTHING = "nothing"


class Subject(StrEnum):
    """What a reminder is about."""

    MILESTONE = "milestone"
    APPOINTMENT = "appointment"


class Bring(StrEnum):
    """What somebody takes along to an appointment."""

    LOGBOOK = "logbook"
    ID = "id"
    LETTERS = "letters"
    CERTIFICATES = "certificates"
    CV = "cv"
    SPORTS_CLOTHES = "sports_clothes"
    SWIMWEAR = "swimwear"
    PHOTOS = "photos"
    INSURANCE_CARD = "insurance_card"
    PAYSLIPS = "payslips"
    RENTAL_PAPERS = "rental_papers"
    SCHOOL_REPORTS = "school_reports"
    MEDICATION_LIST = "medication_list"


@dataclass(frozen=True)
class Client:
    """A case: a number, whose it is, and, once linked, the person behind the chat.

    `language` is the linked person's, else the one the coordinator chose. `reminders` is the person's own yes.
    `picture` (`agreements.pictures`) tells the cases of one chat apart; it is empty while there was never a second.
    A case that is restricted since `restricted_at` is only stored; `restriction_asked_at` is set while the client waits for that.
    """

    id: str
    case_number: str = field(repr=False)
    person_id: str | None
    coordinator_id: str
    deputies: frozenset[str]
    language: str
    place: str
    reminders: bool
    reachable: bool
    paused: bool
    created_at: datetime
    linked_at: datetime | None
    ended_at: datetime | None
    picture: str = ""
    restricted_at: datetime | None = None
    restriction_asked_at: datetime | None = None

    @property
    def linked(self) -> bool:
        """Whether a chat stands for this client."""
        return self.person_id is not None


@dataclass(frozen=True)
class Agreement:
    """The target agreement that a client's milestones belong to."""

    id: str
    client_id: str
    signed_on: date
    version: int
    created_at: datetime


@dataclass(frozen=True)
class Milestone:
    """What was agreed, as a phrase of the phrase book with its slots, and by when."""

    id: str
    agreement_id: str
    client_id: str
    phrase: str
    slots: Mapping[str, str] = field(repr=False)
    offer_id: str | None
    due_on: date
    status: MilestoneStatus
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class MilestoneEvent:
    """One step in a milestone's life: who did it, when, and why."""

    id: str
    milestone_id: str
    status: MilestoneStatus
    reason: HelpReason | None = field(repr=False)
    actor_id: str | None
    at: datetime


@dataclass(frozen=True)
class Appointment:
    """With whom (a phrase), where and when; `local` is the wall time there, `starts_at` the same point in time.

    `brought` is what was brought along of `bring`, None until somebody says so afterwards.
    """

    id: str
    client_id: str
    phrase: str
    place: str
    where: str = field(repr=False)
    local: datetime
    time_zone: str
    starts_at: datetime
    minutes: int
    bring: tuple[Bring, ...]
    status: AppointmentStatus
    created_at: datetime
    updated_at: datetime
    brought: tuple[Bring, ...] | None = None
    series_id: str | None = None


@dataclass(frozen=True)
class Reminder:
    """One occurrence of a reminder, and what became of it. `lead_id` is the reminder whose message shows it.

    `again` is the friendly repeat of one that nobody answered.
    """

    id: str
    client_id: str
    subject: Subject
    subject_id: str
    occurrence: datetime
    not_after: datetime
    urgent: bool
    state: ReminderState
    lead_id: str | None = None
    sent_at: datetime | None = None
    opened_at: datetime | None = None
    answered_at: datetime | None = None
    again: bool = False


@dataclass(frozen=True)
class OpenedReminder:
    """What a tapped reminder shows: everything that it stands for and that is still open."""

    reminder: Reminder
    milestones: tuple[Milestone, ...]
    appointments: tuple[Appointment, ...]


@dataclass(frozen=True)
class Request:
    """Something a client asked for, and the answer when there is one (a phrase with its slots).

    `answer_by` is the day that the client was told first, also where the same was asked again after it; None for what was asked before
    days were kept.
    """

    id: str
    client_id: str
    kind: RequestKind
    reason: HelpReason | None = field(repr=False)
    subject_id: str | None
    offer_id: str | None
    created_at: datetime
    seen_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    answer: str | None = field(default=None, repr=False)
    answer_slots: Mapping[str, str] = field(default_factory=dict, repr=False)
    instead: Instead | None = None
    answer_by: date | None = None

    @property
    def open(self) -> bool:
        """Whether it waits for an answer."""
        return self.answered_at is None


@dataclass(frozen=True)
class RequestLine:
    """A request as the coordinator sees it, with what it is about."""

    request: Request
    client: Client
    milestone: Milestone | None
    appointment: Appointment | None
    question: Request | None = None
    """What the coordinator had asked, where this is the client's yes or no."""
    answer_by: date | None = None
    """By when the client was promised an answer; None where nobody asked for it."""


@dataclass(frozen=True)
class ClientFile:
    """A client with everything that belongs to the case: milestones by their day, appointments by time, open requests by age."""

    client: Client
    milestones: tuple[Milestone, ...]
    appointments: tuple[Appointment, ...]
    requests: tuple[Request, ...]


@dataclass(frozen=True)
class Receipt:
    """What a client is told after asking for something: it has arrived, and who answers by when.

    The coordinator answers, or with `deputy` who stands in for them while they are away; `answer_by` is an office day after it
    was there to be read, or where nobody stands in the first one after they are back; None where nobody is there who could answer. `new` is False when the same was asked before and still waits.
    """

    request: Request
    coordinator_id: str
    answer_by: date | None
    new: bool
    milestone: Milestone | None = None
    appointment: Appointment | None = None
    deputy: bool = False


@dataclass(frozen=True)
class ClientLine:
    """One line of the coordinator's list: what is due and what is stuck.

    `calls` counts open calls for help, `undelivered` reminders of the last 14 days that did not reach the person,
    `unanswered` milestones of which a reminder was sent more than a day ago without an answer.
    """

    client: Client
    next_due: date | None
    overdue: int
    open_requests: int
    calls: int
    unanswered: int
    undelivered: int
    unreachable: bool


@dataclass(frozen=True)
class PushPreview:
    """What pushing now would do: to how many, in which language, and when it goes out.

    `obstacle` is the key of the sentence that says why nobody would get it, None when `count` is above zero.
    """

    language: str
    count: int
    goes_at: datetime
    obstacle: str | None = None


@dataclass(frozen=True)
class News:
    """What a coordinator's push was about, resolved from its ref; exactly the fields that apply are set."""

    client: Client
    request: RequestLine | None = None
    milestone: Milestone | None = None
    reminder: Reminder | None = None
    agreement: bool = False
