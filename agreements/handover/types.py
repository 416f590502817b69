"""The words of this folder: parts of a case, a consent and what became of it, a hand-over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from agreements.files.types import Record
from agreements.goals.types import Goal
from agreements.placements.types import Placement
from agreements.types import Appointment, Client, Milestone


class Part(StrEnum):
    """What may be handed over, each as a whole; the client sees the same list."""

    PERSON = "person"
    """Case number, language, place: without them nobody knows whose it is, so it always goes."""
    EDUCATION = "education"
    WORK = "work"
    AGREEMENT = "agreement"
    APPOINTMENTS = "appointments"
    PLACEMENTS = "placements"


class Given(StrEnum):
    """How somebody said yes or no."""

    PHONE = "phone"
    PAPER = "paper"


class State(StrEnum):
    """Where a consent stands."""

    ASKED = "asked"
    LAPSED = "lapsed"
    """Asked, and not answered for too long."""
    REFUSED = "refused"
    VALID = "valid"
    OLD = "old"
    """A yes of so long ago, or followed by another answer, that it has to be asked for again."""
    REVOKED = "revoked"


@dataclass(frozen=True)
class Consent:
    """A question and its answer: which text was read (`version`, `language`), what was to be handed over, when and how somebody answered.

    `said` is None until there is an answer. `revoked_how` is the phone, or paper where staff wrote it down.
    """

    id: str
    client_id: str
    parts: tuple[Part, ...]
    version: str
    language: str
    how: Given
    asked_by: str
    asked_at: datetime
    said: bool | None = None
    answered_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_how: Given | None = None


@dataclass(frozen=True)
class HandedOver:
    """What went, when, and on which consent."""

    id: str
    client_id: str
    consent_id: str
    parts: tuple[Part, ...]
    form: str
    handed_by: str
    handed_at: datetime


@dataclass(frozen=True)
class OwnConsent:
    """A consent as the client sees it, with the last time that something went on it."""

    consent: Consent
    state: State
    handed_at: datetime | None


@dataclass(frozen=True)
class CaseConsents:
    """A case's consents and hand-overs for staff, the newest first; `valid` is the consent on which something may go now.

    `warned` are hand-overs whose consent was taken back since: whoever got the file must be told.
    """

    client: Client
    consents: Sequence[tuple[Consent, State]]
    handovers: Sequence[HandedOver]
    valid: Consent | None
    warned: Sequence[HandedOver]


@dataclass(frozen=True)
class Bundle:
    """A case as another office may read it, of which only `parts` are said; `offers` are names by id."""

    parts: frozenset[Part]
    client: Client
    record: Record
    goals: Sequence[Goal]
    milestones: Sequence[Milestone]
    appointments: Sequence[Appointment]
    placements: Sequence[Placement]
    offers: Mapping[str, str]
    author: str
    consent: Consent | None = field(default=None)
