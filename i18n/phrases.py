"""The phrase book: what coordinators can say to clients without free text, with slots for dates, times, places and papers.

The words are in the catalogues under `phrase.<category>.<id>`; papers under `paper.<id>`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from types import MappingProxyType

from i18n import dates
from i18n.messages import Message


class Category(StrEnum):
    """Where a phrase is used."""

    MILESTONE = "milestone"
    APPOINTMENT = "appointment"
    ANSWER = "answer"


class SlotKind(StrEnum):
    """What fills a slot: an ISO date, a time as HH:MM, the German name of a place, or a paper of the closed list."""

    DATE = "date"
    TIME = "time"
    PLACE = "place"
    PAPER = "paper"


class PhraseError(ValueError):
    """There is no such phrase, or what fills its slots does not fit; the text names the phrase or slot only."""


@dataclass(frozen=True)
class Phrase:
    """One sentence of the book. Its id is unique over all categories and at most 40 characters long."""

    id: str
    category: Category
    slots: tuple[SlotKind, ...] = ()

    @property
    def key(self) -> str:
        """Its id in the catalogues."""
        return f"phrase.{self.category.value}.{self.id}"


PAPERS = (
    "registration_form",
    "social_benefits_form",
    "child_benefit_form",
    "housing_form",
    "bank_form",
    "health_insurance_form",
    "school_form",
    "kindergarten_form",
    "recognition_form",
    "school_certificate",
    "course_certificate",
    "identity_card",
    "work_permit",
    "tenancy_contract",
    "employment_contract",
    "bank_statement",
    "letter_from_office",
)
"""Papers that a phrase may name."""

_D, _T, _PLACE, _PAPER = SlotKind.DATE, SlotKind.TIME, SlotKind.PLACE, SlotKind.PAPER

_MILESTONES: tuple[tuple[str, tuple[SlotKind, ...]], ...] = (
    ("register_german_course", ()),
    ("take_placement_test", ()),
    ("start_german_course", ()),
    ("attend_german_course", ()),
    ("finish_german_course", ()),
    ("take_german_exam", ()),
    ("finish_course", ()),
    ("attend_orientation_course", ()),
    ("hand_in_school_certificate", ()),
    ("translate_certificates", ()),
    ("apply_recognition", ()),
    ("visit_recognition_advice", ()),
    ("visit_career_advice", ()),
    ("do_competence_analysis", ()),
    ("write_cv", ()),
    ("write_application", ()),
    ("find_internship", ()),
    ("look_for_apprenticeship", ()),
    ("register_jobcenter", ()),
    ("apply_work_permit", ()),
    ("register_school", ()),
    ("register_kindergarten", ()),
    ("register_homework_help", ()),
    ("open_bank_account", ()),
    ("get_tax_number", ()),
    ("register_health_insurance", ()),
    ("get_health_check", ()),
    ("visit_debt_advice", ()),
    ("do_tenant_licence", ()),
    ("look_for_flat", ()),
    ("join_club", (_PLACE,)),
    ("visit_place", (_PLACE,)),
    ("fill_form", (_PAPER,)),
    ("bring_paper", (_PAPER,)),
    ("sort_logbook", ()),
)
_APPOINTMENTS = (
    "coordinator",
    "jobcenter",
    "employment_agency",
    "foreigners_office",
    "landratsamt",
    "town_hall",
    "doctor",
    "hospital",
    "language_school",
    "placement_test",
    "recognition_advice",
    "career_advice",
    "kindergarten",
    "school",
    "counselling",
    "debt_advice",
    "interview_work",
    "flat_viewing",
    "bank",
)
_ANSWERS: tuple[tuple[str, tuple[SlotKind, ...]], ...] = (
    ("i_will_call_you", ()),
    ("i_will_call_you_on", (_D, _T)),
    ("come_to_my_office", (_D, _T)),
    ("i_come_to_you", (_D, _T)),
    ("bring_letter", ()),
    ("bring_this_paper", (_PAPER,)),
    ("i_ask_the_office", ()),
    ("extended", (_D,)),
    ("take_your_time", ()),
    ("appointment_moved_ok", ()),
    ("appointment_cancelled_ok", ()),
    ("appointment_stays", ()),
    ("you_did_well", ()),
    ("please_write_when_you_are_ready", ()),
    ("interpreter_comes", (_D,)),
    ("childcare_is_possible", ()),
    ("i_look_for_childcare", ()),
    ("costs_are_covered", ()),
    ("see_counselling", (_PLACE,)),
    ("i_register_you", ()),
    ("register_yourself_there", (_PLACE,)),
    ("course_is_full", ()),
    ("get_well_soon", ()),
    ("we_talk_next_time", ()),
)

PHRASES: Mapping[str, Phrase] = MappingProxyType(
    {
        phrase.id: phrase
        for phrase in (
            *(Phrase(name, Category.MILESTONE, slots) for name, slots in _MILESTONES),
            *(Phrase(name, Category.APPOINTMENT) for name in _APPOINTMENTS),
            *(Phrase(name, Category.ANSWER, slots) for name, slots in _ANSWERS),
        )
    }
)
"""Every phrase by its id, in the order in which it is offered."""


def of_category(category: Category) -> tuple[Phrase, ...]:
    """The phrases of a category, in the order in which they are offered."""
    return tuple(phrase for phrase in PHRASES.values() if phrase.category is category)


def checked(phrase_id: str, category: Category, slots: Mapping[str, str]) -> dict[str, str]:
    """The slots as they are stored, by slot kind. Raises PhraseError for an unknown phrase or a slot missing, too many, or filled wrongly."""
    phrase = PHRASES.get(phrase_id)
    if phrase is None or phrase.category is not category:
        raise PhraseError("unknown phrase")
    if set(slots) != {kind.value for kind in phrase.slots}:
        raise PhraseError("slots do not match the phrase")
    return {kind.value: _checked_slot(kind, slots[kind.value]) for kind in phrase.slots}


def _checked_slot(kind: SlotKind, value: str) -> str:
    try:
        match kind:
            case SlotKind.DATE:
                return date.fromisoformat(value).isoformat()
            case SlotKind.TIME:
                return f"{time.fromisoformat(value):%H:%M}"
            case SlotKind.PAPER if value not in PAPERS:
                raise PhraseError(kind.value)
            case SlotKind.PLACE if not value.strip() or len(value) > 60 or not value.isprintable():
                raise PhraseError(kind.value)
    except ValueError as error:
        raise PhraseError(kind.value) from error
    return value


def message(phrase_id: str, slots: Mapping[str, str], language: str) -> Message:
    """The phrase ready for `Words.render`, its dates and papers written in `language`. Raises KeyError when it is unknown."""
    return Message(
        PHRASES[phrase_id].key,
        {name: _shown(SlotKind(name), value, language) for name, value in slots.items()},
    )


def _shown(kind: SlotKind, value: str, language: str) -> str | Message:
    match kind:
        case SlotKind.DATE:
            return dates.day(date.fromisoformat(value), language)
        case SlotKind.TIME:
            return dates.spoken_clock(time.fromisoformat(value), language)
        case SlotKind.PAPER:
            return Message(f"paper.{value}")
        case _:
            return value
