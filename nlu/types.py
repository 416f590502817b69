"""What understanding a message comes to: intents, entities, guesses; values that answer only what follows from themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Source = Literal["model", "keywords", "rule"]


class Intent(StrEnum):
    """What a person wants; those that begin with `find_` are the topics of the catalogue."""

    FIND_GERMAN_COURSE = "find_german_course"
    FIND_SCHOOL = "find_school"
    FIND_WORK = "find_work"
    FIND_TRAINING = "find_training"
    FIND_HOUSING = "find_housing"
    FIND_HEALTH = "find_health"
    FIND_LEGAL_ADVICE = "find_legal_advice"
    FIND_MONEY_HELP = "find_money_help"
    FIND_LEISURE = "find_leisure"
    FIND_ORIENTATION = "find_orientation"
    FIND_VOLUNTEER = "find_volunteer"
    FIND_RETURN_ADVICE = "find_return_advice"
    FIND_OFFICE = "find_office"
    SHOW_APPOINTMENTS = "show_appointments"
    CANCEL_APPOINTMENT = "cancel_appointment"
    SHOW_AGREEMENT = "show_agreement"
    MILESTONE_DONE = "milestone_done"
    NEED_MORE_TIME = "need_more_time"
    CONTACT_COORDINATOR = "contact_coordinator"
    LOGBOOK = "logbook"
    EMERGENCY = "emergency"
    CHANGE_LANGUAGE = "change_language"
    STOP_MESSAGES = "stop_messages"
    PRIVACY = "privacy"
    GREET = "greet"
    THANKS = "thanks"
    HELP = "help"
    OUT_OF_SCOPE = "out_of_scope"


TOPICS: tuple[Intent, ...] = tuple(intent for intent in Intent if intent.value.startswith("find_"))

# What the model is trained on says the same in nlu/service/language_data.py, which runs on Python 3.10 without this package's
# types; tests/nlu/test_language_data.py holds the two together.
ENTITIES: tuple[str, ...] = ("place", "level", "audience", "childcare", "daytime")
LEVELS: tuple[str, ...] = ("literacy", "A1", "A2", "B1", "B2", "C1", "C2")
AUDIENCES: tuple[str, ...] = ("women", "men", "parents", "children", "youth", "seniors")
DAYTIMES: tuple[str, ...] = ("morning", "afternoon", "evening", "weekend")
PLACES: tuple[str, ...] = (
    "Aschheim",
    "Aying",
    "Baierbrunn",
    "Brunnthal",
    "Feldkirchen",
    "Garching",
    "Gräfelfing",
    "Grasbrunn",
    "Grünwald",
    "Haar",
    "Höhenkirchen-Siegertsbrunn",
    "Hohenbrunn",
    "Ismaning",
    "Kirchheim",
    "Neubiberg",
    "Neuried",
    "Oberhaching",
    "Oberschleißheim",
    "Ottobrunn",
    "Planegg",
    "Pullach",
    "Putzbrunn",
    "Sauerlach",
    "Schäftlarn",
    "Straßlach-Dingharting",
    "Taufkirchen",
    "Unterföhring",
    "Unterhaching",
    "Unterschleißheim",
    "München",
)
# The closed set of values of each entity; childcare is only ever true.
ENTITY_VALUES: dict[str, tuple[str, ...]] = {
    "place": PLACES,
    "level": LEVELS,
    "audience": AUDIENCES,
    "daytime": DAYTIMES,
}


@dataclass(frozen=True, slots=True)
class Guess:
    """One intent with its confidence, 0 to 1."""

    intent: Intent
    confidence: float


@dataclass(frozen=True, slots=True)
class Entity:
    """A value found in the text; `start` and `end` count code points of the text as it was written."""

    entity: str
    value: str | bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message means. `intent` has passed the thresholds; `ranking` is what was guessed, best first.

    `details` is how much a model found the whole message to speak for each detail it knows (`level=A1`): 0 is the border, -1 surely not.
    `is_fallback`: no guess was good enough, `intent` is out of scope. `is_unsure`: good enough, but the next ones may be meant.
    `said` is every detail that the word lists know, whatever the message is about, and `beside` the words beside these (`Gazetteer.read`).
    """

    intent: Intent
    confidence: float
    ranking: tuple[Guess, ...]
    entities: tuple[Entity, ...]
    source: Source
    is_fallback: bool = False
    is_unsure: bool = False
    details: Mapping[str, float] = field(default_factory=dict)
    said: tuple[Entity, ...] = ()
    beside: tuple[str, ...] = field(default=(), repr=False)

    def value(self, entity: str) -> str | bool | None:
        """The first value of this entity, None when the message has none."""
        return next((found.value for found in self.entities if found.entity == entity), None)

    def chance(self, intent: Intent) -> float:
        """How likely this intent was guessed to be."""
        return next((guess.confidence for guess in self.ranking if guess.intent is intent), 0.0)

    @property
    def guesses(self) -> tuple[Intent, ...]:
        """The three best guesses a person may be shown as buttons."""
        return tuple(guess.intent for guess in self.ranking if guess.intent is not Intent.OUT_OF_SCOPE)[:3]


EmergencyKind = Literal["violence", "fire", "medical", "suicide", "other"]


@dataclass(frozen=True, slots=True)
class Emergency:
    """Danger now, as the rules see it; `language` is the one to answer in: what the message surely is in, else the one whose rule matched."""

    language: str
    kind: EmergencyKind
