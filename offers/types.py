"""The words of this folder: topics, offers, providers, dates, questions and what is found; values without behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, Protocol

Near = Literal["same", "neighbour", "line", "far"]
"""How far a place is from the one that was asked for."""

LEVELS: tuple[str, ...] = ("literacy", "A1", "A2", "B1", "B2", "C1", "C2")
FIELDS_OF_ACTION: tuple[str, ...] = ("housing", "education", "participation", "work", "public")
AUDIENCES: tuple[str, ...] = ("women", "men", "parents", "children", "youth", "seniors")
CHILDCARE: tuple[str, ...] = ("yes", "no", "on_request")
LANGUAGE_CODES: tuple[str, ...] = (
    "de", "en", "fr", "ar", "fa", "ps", "ur", "ckb", "kmr", "ti", "am", "so", "tr", "ru", "uk",
)  # fmt: skip
COSTS: tuple[str, ...] = ("free", "fee", "reduced")
RESIDENCE: tuple[str, ...] = ("any", "asylum_seeker", "tolerated", "recognised")
REGISTRATION: tuple[str, ...] = ("none", "phone", "email", "in_person", "online", "coordinator")
BARRIER_FREE: tuple[str, ...] = ("yes", "no", "unknown")
DISTRICT_FINANCED: tuple[str, ...] = ("yes", "no", "unknown")
BRING: tuple[str, ...] = (
    "logbook", "id", "letters", "certificates", "cv", "sports_clothes", "swimwear", "photos", "insurance_card",
    "payslips", "rental_papers", "school_reports", "medication_list",
)  # fmt: skip
FREQUENCIES: tuple[str, ...] = ("WEEKLY", "MONTHLY", "ONCE")
WEEKDAYS: tuple[str, ...] = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SKIP_HOLIDAYS: tuple[str, ...] = ("school", "public", "none")
DAYTIMES: tuple[str, ...] = ("morning", "afternoon", "evening", "weekend")
FILTERS: tuple[str, ...] = (
    "topic", "dates", "residence", "audience", "level", "childcare", "spoken", "free", "daytime", "weekday", "place",
)  # fmt: skip
"""What a hit may miss of a question, in the order in which it is told."""


class Topic(StrEnum):
    """What the catalogue is about: the intents `find_<topic>`."""

    GERMAN_COURSE = "german_course"
    SCHOOL = "school"
    WORK = "work"
    TRAINING = "training"
    HOUSING = "housing"
    HEALTH = "health"
    LEGAL_ADVICE = "legal_advice"
    MONEY_HELP = "money_help"
    LEISURE = "leisure"
    ORIENTATION = "orientation"
    VOLUNTEER = "volunteer"
    RETURN_ADVICE = "return_advice"
    OFFICE = "office"


class Status(StrEnum):
    """Whether an offer is shown: a draft to nobody, a paused or ended one only to those who know it already."""

    DRAFT = "draft"
    PUBLISHED = "published"
    PAUSED = "paused"
    ENDED = "ended"


class ReportReason(StrEnum):
    """What somebody says is wrong with an entry."""

    PHONE = "phone"
    CLOSED = "closed"
    MOVED = "moved"
    FULL = "full"
    OTHER = "other"


@dataclass(frozen=True)
class Place:
    """A municipality of the district, or the city in its middle; latitude and longitude in WGS 84."""

    name: str
    kind: str
    is_center: bool
    latitude: float
    longitude: float
    postal_codes: tuple[str, ...]
    neighbours: tuple[str, ...]
    lines: tuple[str, ...]
    aliases: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Kind:
    """What an offer is, in a word or two; `unasked` is "never" for kinds that only come up when asked for.

    `asked` are beginnings of words, in any language, with which people ask for a kind that never comes up unasked; `words` are
    other names for it, in any language.
    """

    id: str
    topic: str
    names: Mapping[str, str]
    unasked: Literal["", "never"] = ""
    asked: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def delicate(self) -> bool:
        """Whether nobody should meet it unasked."""
        return self.unasked == "never"


@dataclass(frozen=True)
class Provider:
    """Who makes an offer."""

    id: str
    external_id: str
    name: str
    description: str
    place: str
    address_1: str
    postal_code: str
    phone: str
    email: str
    website: str


@dataclass(frozen=True)
class Schedule:
    """A series of dates, one day, or opening hours; times are `HH:MM` on a clock in Berlin, `closes_at` may be empty."""

    valid_from: date
    valid_to: date | None
    freq: str
    interval: int
    byday: str
    opens_at: str
    closes_at: str
    skip_holidays: str
    note: str


@dataclass(frozen=True)
class Occurrence:
    """One meeting of a series, as aware times in Europe/Berlin; both are the same where the end is unknown."""

    starts_at: datetime
    ends_at: datetime
    note: str = ""


@dataclass(frozen=True)
class DateException:
    """A date of a series that does not take place then: cancelled, or moved to another day or hour; clocks in Berlin.

    `day` and `opens_at` name the date that the series says; `moved_to` is None where it is cancelled.
    """

    day: date
    opens_at: str
    moved_to: date | None = None
    moved_opens_at: str = ""
    moved_closes_at: str = ""


@dataclass(frozen=True)
class Offer:
    """An offer of the catalogue with its provider and its dates."""

    id: str
    external_id: str
    provider: Provider
    topic: str
    kind: str
    field_of_action: str
    name: str
    summary: str
    description: str
    keywords: tuple[str, ...]
    place: str
    location_name: str
    address_1: str
    postal_code: str
    level_min: str | None
    level_max: str | None
    audience: tuple[str, ...]
    childcare: str
    languages: tuple[str, ...]
    cost: str
    cost_amount: Decimal | None
    residence_status: tuple[str, ...]
    registration: str
    registration_deadline: date | None
    capacity: int | None
    free_places: int | None
    barrier_free: str
    phone: str
    email: str
    url: str
    bring: tuple[str, ...]
    source: str
    owner: str
    assured_date: date | None
    status: str
    schedules: tuple[Schedule, ...] = ()
    exceptions: tuple[DateException, ...] = ()
    """Dates that were cancelled or moved; of an import's own they count for new offers only."""
    texts: tuple[str, ...] = field(default=(), repr=False)
    """Translations of its texts, for the search alone."""
    original: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)
    """The HSDS service it was read from, when that is not Lotse's own: an export gives back what Lotse knows nothing of."""
    transportation: str = ""
    """How to get there: lines and stops, as they are called on the spot."""
    district_financed: str = "unknown"
    """Whether the district pays for it, one of `DISTRICT_FINANCED`; for the district's people, on no card."""
    cooperation_until: date | None = None
    """Until when the cooperation agreement with the provider runs; for the district's people, on no card."""


@dataclass(frozen=True)
class Query:
    """What somebody looks for; everything may be left out. `location` is latitude and longitude in WGS 84.

    `spoken` is a language code, `weekday` one of `WEEKDAYS`, `residence` one of `RESIDENCE`; `language` is that of the text where it is known.
    """

    text: str = field(default="", repr=False)
    topic: str | None = None
    place: str | None = None
    level: str | None = None
    audience: str | None = None
    childcare: bool | None = None
    daytime: str | None = None
    weekday: str | None = None
    free: bool | None = None
    spoken: str | None = None
    residence: str | None = None
    location: tuple[float, float] | None = field(default=None, repr=False)
    language: str | None = None


@dataclass(frozen=True)
class Hit:
    """An offer that was found; `misses` names what was asked for and is not met (`FILTERS`)."""

    offer: Offer
    distance_km: float | None
    near: Near | None
    misses: tuple[str, ...]


@dataclass(frozen=True)
class SearchResult:
    """The best hits first; `total` counts all that miss nothing more than the last one shown."""

    hits: tuple[Hit, ...]
    total: int
    query: Query


@dataclass(frozen=True)
class Report:
    """Somebody says that an entry is wrong."""

    id: str
    offer_id: str
    offer_name: str
    owner: str
    reason: str
    created_at: datetime


@dataclass(frozen=True)
class Gap:
    """Questions that the catalogue could not meet, counted without who asked; `-` is what was not said.

    `lacking` is what the best offer missed (`FILTERS`), or "everything" when there was none.
    """

    language: str
    topic: str
    place: str
    lacking: str
    count: int
    last_on: date


@dataclass(frozen=True)
class DueOffer:
    """An offer that somebody should look at, with the reports on it that nobody has closed."""

    offer: Offer
    reports: tuple[Report, ...]


@dataclass(frozen=True)
class Answered:
    """What an offer became and when, and what it was: enough to take it back."""

    offer: Offer
    status_before: str
    assured_before: date | None
    at: datetime

    @property
    def before(self) -> Offer:
        """The offer as it was."""
        return replace(self.offer, status=self.status_before, assured_date=self.assured_before)


@dataclass(frozen=True)
class Edited:
    """An offer after a change, and what brings the old one back."""

    offer: Offer
    version_id: str


@dataclass(frozen=True)
class Suggestion:
    """What somebody says of an offer: `name` may end in a comma and who offers it; `when` is dates and a telephone number as they write them."""

    kind: str
    name: str
    place: str
    when: str


class Sentence(Protocol):
    """A message that is not rendered yet."""

    @property
    def key(self) -> str:
        """Its id in the catalogues."""

    @property
    def params(self) -> dict[str, Any]:
        """What fills its slots."""


@dataclass(frozen=True)
class RowError:
    """What is wrong in a table; rows count from 1, the row of names, and 0 is the file as a whole."""

    file: str
    row: int
    column: str
    message: Sentence


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or would do; with `errors` nothing was changed."""

    new: int
    changed: int
    unchanged: int
    vanished: tuple[str, ...]
    errors: tuple[RowError, ...]
    news: tuple[tuple[str, DateException | None], ...] = ()
    """What people who mean to come have to know, as `exceptions.news` says it, each with the id of its offer."""
    left_out: tuple[RowError, ...] = ()
    """What the files say that cannot be held here; the rest was taken."""
    begun: tuple[str, ...] = ()
    """Names of what is new."""
    altered: tuple[str, ...] = ()
    """Names of what changed."""
    dateless: tuple[str, ...] = ()
    """Names of offers that had dates, and have none in the files."""
    overwritten: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Names of offers, each with the columns that were changed here and of which the files say something else now."""
