"""The words of this folder: inbox items, outbox messages, their states, and what sending can end in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class InboxState(StrEnum):
    """new → working → done; a failed attempt goes back to new until the attempts are used up, then failed."""

    NEW = "new"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


class Push(StrEnum):
    """What the content of a push says as `push`: the name by which the bot renders it; its `ref` is what opens after the tap."""

    REMINDER = "reminder"
    AGAIN = "again"
    NEWS = "news"
    ANSWER = "answer"
    APPOINTMENT = "appointment"
    MILESTONE = "milestone"
    AGREEMENT = "agreement"
    SHARED = "shared"
    OFFER_DATE = "offer_date"
    SUGGESTION = "suggestion"
    DAY = "day"
    MESSAGE = "message"
    CONSENT = "consent"
    RESTRICTION = "restriction"
    FEEDBACK = "feedback"
    MEETING = "meeting"
    SAVED = "saved"
    DRAFT = "draft"
    REVIEW = "review"
    SETTLED = "settled"
    CLOSED = "closed"
    """Nothing new: a message that showed details shows them no more."""


class OutboxState(StrEnum):
    """due → sending → sent | unreachable | rejected | unknown; before it is sent also stale | cancelled.

    What Telegram did not take is due again. Where nobody knows, it is ambiguous: that is sent once more, and is unknown when its attempts
    are used up.
    """

    DUE = "due"
    SENDING = "sending"
    AMBIGUOUS = "ambiguous"
    SENT = "sent"
    UNREACHABLE = "unreachable"
    STALE = "stale"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    REJECTED = "rejected"


OPEN_STATES = (OutboxState.DUE, OutboxState.SENDING, OutboxState.AMBIGUOUS)
WAITING_STATES = (OutboxState.DUE, OutboxState.AMBIGUOUS)


class Kind(StrEnum):
    """What a message is: an answer to what somebody just did, a push out of the blue, or a change of what stands on the phone."""

    REPLY = "reply"
    PUSH = "push"
    TIDY = "tidy"


class Policy(StrEnum):
    """What happens when nobody knows whether a message arrived: one more attempt, or none."""

    REPEAT_ONCE = "repeat_once"
    AT_MOST_ONCE = "at_most_once"


@dataclass(frozen=True)
class Incoming:
    """One update as it is kept: an allow-list of its fields, sealed at rest."""

    update_id: int
    chat_id: int = field(repr=False)
    kind: str
    payload: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class InboxItem:
    """One update that this process holds the lease of."""

    seq: int
    update_id: int
    chat_hash: str
    kind: str
    attempts: int
    received_at: datetime
    payload: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Outgoing:
    """A message to a person before it is a row. `dedup_key` says what it is for: there is never a second one.

    `opens` marks one that shows details and closes again by itself: it is the tap that opens them another time. `changes` is the number of
    the message that it takes the place of.
    """

    dedup_key: str
    person_id: str
    kind: Kind
    content: Mapping[str, Any] = field(repr=False)
    due_at: datetime
    policy: Policy = Policy.REPEAT_ONCE
    not_after: datetime | None = None
    urgent: bool = False
    opens: str | None = None
    changes: int | None = None


@dataclass(frozen=True)
class OutboxItem:
    """A message that this process may send now."""

    id: str
    dedup_key: str
    person_id: str
    kind: Kind
    state: OutboxState
    policy: Policy
    attempts: int
    due_at: datetime
    not_after: datetime | None
    urgent: bool
    message_id: int | None
    content: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Sent:
    """Telegram has it."""

    message_id: int | None


@dataclass(frozen=True)
class NotSent:
    """It certainly did not arrive; try again after so many seconds. Counts no attempt.

    `limited`: Telegram takes no more for so long, of this chat or of all; it does not say which.
    """

    retry_after: float
    limited: bool = False


@dataclass(frozen=True)
class Ambiguous:
    """The line broke in between: it may have arrived."""


@dataclass(frozen=True)
class Unreachable:
    """The person blocked the bot or their account is gone."""


@dataclass(frozen=True)
class Rejected:
    """It can never be sent as it is; the reason is a short code."""

    reason: str


Failed = NotSent | Ambiguous | Unreachable | Rejected
Result = Sent | Failed


@dataclass(frozen=True)
class Go:
    """The message is still wanted; `more` is added to its content for this one send."""

    more: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Cancel:
    """The message is not wanted any more; the reason is a short code. `stale`: it was wanted, and would come too late."""

    reason: str
    stale: bool = False


@dataclass(frozen=True)
class Postpone:
    """The message is wanted, but at another time."""

    until: datetime


Verdict = Go | Cancel | Postpone


@dataclass(frozen=True)
class Doubtful:
    """A message of which nobody can know whether it arrived once: an attempt of it ended in between."""

    id: str
    dedup_key: str
    kind: Kind
    state: OutboxState
    attempts: int
    due_at: datetime


@dataclass(frozen=True)
class Counts:
    """How many rows are in which state."""

    inbox: Mapping[str, int]
    outbox: Mapping[str, int]
