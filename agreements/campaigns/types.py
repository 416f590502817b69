"""The words of messages to many: who is meant, what is said, who has it and what they answered."""

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agreements.types import Client
from delivery.types import OutboxState
from i18n.messages import Message


class Audience(StrEnum):
    """Clients of the sender, or volunteers of a place."""

    CLIENTS = "clients"
    VOLUNTEERS = "volunteers"


class Reply(StrEnum):
    """What a recipient says with one tap."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True)
class Selection:
    """Which of the sender's clients are meant; all that is given must hold, nothing given means all of them.

    `phrase` is the topic of a milestone that is still to be done, `offer_id` an offer that they keep, wished for, were suggested or go to;
    `overdue` and `unanswered` are about their milestones.
    """

    client_ids: frozenset[str] = frozenset()
    place: str = ""
    language: str = ""
    phrase: str = ""
    offer_id: str = ""
    overdue: bool = False
    unanswered: bool = False


@dataclass(frozen=True)
class Choices:
    """What one's clients can be selected by: their places, languages (BCP 47) and the topics that are still to be done; each sorted."""

    places: tuple[str, ...]
    languages: tuple[str, ...]
    phrases: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """One version of the text; the newest is the one that opens."""

    version: int
    phrase: str
    slots: Mapping[str, str] = dataclasses.field(repr=False)
    created_at: datetime


@dataclass(frozen=True)
class Campaign:
    """A message to many, with every version of its text, the newest first."""

    id: str
    audience: Audience
    send_at: datetime
    created_by: str
    created_at: datetime
    cancelled_at: datetime | None
    texts: tuple[Said, ...]


@dataclass(frozen=True)
class Recipient:
    """One person who is sent a message, and what they did with it."""

    id: str
    campaign_id: str
    person_id: str
    client_id: str | None
    outbox_key: str
    opened_at: datetime | None
    answer: Reply | None
    answered_at: datetime | None


@dataclass(frozen=True)
class Spoken:
    """The exact text in one language, and how many get it."""

    language: str
    count: int
    text: Message


@dataclass(frozen=True)
class Unreached:
    """A client who is meant and gets nothing; `why` is the key of the sentence that says so."""

    client: Client
    why: str


@dataclass(frozen=True)
class Preview:
    """What sending now would do: to how many in which words, who is not reached, and when it leaves at the earliest.

    `again` is None but for the correction of a message that has left: so many know the old text and are written to once more.
    """

    count: int
    spoken: tuple[Spoken, ...]
    unreached: tuple[Unreached, ...]
    goes_at: datetime
    people: frozenset[str] = frozenset()
    again: int | None = None

    @property
    def mark(self) -> str:
        """A short name for who would read what; another one where somebody came in or fell out, or the words differ."""
        said = repr((sorted(self.people), self.spoken))
        return hashlib.sha256(said.encode("utf-8", "backslashreplace")).hexdigest()[:32]


@dataclass(frozen=True)
class RecipientLine:
    """How one recipient's message stands; `client` is None for a volunteer or a case that is not the sender's any more.

    `state` is None once the outbox has forgotten a message that ended two weeks ago.
    """

    recipient: Recipient
    client: Client | None
    state: OutboxState | None


@dataclass(frozen=True)
class Delivery:
    """A message to many and how it stands."""

    campaign: Campaign
    lines: tuple[RecipientLine, ...]

    def count(self, *states: OutboxState) -> int:
        """How many messages are in one of these states."""
        return sum(line.state in states for line in self.lines)

    @property
    def arrived(self) -> int:
        """How many surely have it: whoever opened it, and whose message is known to have been sent."""
        return sum(_arrived(line) for line in self.lines)

    @property
    def forgotten(self) -> int:
        """Of how many it is no longer known whether it arrived."""
        return sum(line.state is None and not _arrived(line) for line in self.lines)

    @property
    def opened(self) -> int:
        """How many have opened it."""
        return sum(line.recipient.opened_at is not None for line in self.lines)

    def answered(self, reply: Reply) -> int:
        """How many said so."""
        return sum(line.recipient.answer is reply for line in self.lines)


def _arrived(line: RecipientLine) -> bool:
    return line.state is OutboxState.SENT or line.recipient.opened_at is not None


@dataclass(frozen=True)
class OpenedMessage:
    """What a recipient reads; `corrected` says that it was written anew since it was sent."""

    recipient: Recipient
    text: Message
    corrected: bool
