"""The phrase book: what coordinators can say to clients without free text, with slots for dates, times, places and papers.

The words are in the catalogues under `phrase.<category>.<id>`; papers under `paper.<id>`, offices under `office.<id>`.
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
    QUESTION = "question"
    REQUEST = "request"
    CHEER = "cheer"
    GOAL = "goal"
    MESSAGE = "message"


SAYINGS = (Category.ANSWER, Category.QUESTION, Category.REQUEST, Category.CHEER)
"""What can be said to a client: answers, questions that are answered with yes or no, requests, encouragement."""


class SlotKind(StrEnum):
    """What fills a slot: an ISO date, a time as HH:MM, the German name of a place or of an offer, a paper or an office of the closed lists."""

    DATE = "date"
    TIME = "time"
    PLACE = "place"
    PAPER = "paper"
    OFFICE = "office"
    OFFER = "offer"


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

OFFICES = (
    "landratsamt",
    "jobcenter",
    "employment_agency",
    "foreigners_office",
    "social_office",
    "youth_office",
    "health_office",
    "housing_office",
    "town_hall",
    "registry_office",
    "bamf",
    "counselling",
    "health_insurance",
    "bank",
)
"""Offices that a phrase may name."""

_LONGEST: Mapping[SlotKind, int] = MappingProxyType({SlotKind.PLACE: 60, SlotKind.OFFER: 120})
_D, _T, _PLACE, _PAPER = SlotKind.DATE, SlotKind.TIME, SlotKind.PLACE, SlotKind.PAPER
_OFFICE, _OFFER = SlotKind.OFFICE, SlotKind.OFFER

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
    ("come_to_first_talk", ()),
    ("learn_to_read_and_write", ()),
    ("practise_speaking", ()),
    ("take_life_in_germany_exam", ()),
    ("visit_office", (_OFFICE,)),
    ("make_office_appointment", (_OFFICE,)),
    ("hand_in_at_office", (_PAPER, _OFFICE)),
    ("extend_residence_permit", ()),
    ("apply_child_benefit", ()),
    ("apply_social_benefits", ()),
    ("finish_internship", ()),
    ("start_work", ()),
    ("start_apprenticeship", ()),
    ("catch_up_school_certificate", ()),
    ("recognise_driving_licence", ()),
    ("find_doctor", ()),
    ("vaccinate_child", ()),
    ("arrange_childcare", ()),
    ("visit_family_advice", ()),
    ("meet_volunteer", ()),
    ("plan_money", ()),
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
    "lawyer",
    "social_office",
    "youth_office",
    "health_office",
    "registry_office",
    "course_start",
    "exam",
    "volunteer",
    "information_event",
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
    ("place_for_you", (_OFFER,)),
    ("course_begins", (_OFFER, _D)),
    ("you_can_start_on", (_D,)),
    ("on_waiting_list", ()),
    ("go_to_office", (_OFFICE,)),
    ("i_come_with_you", (_D, _T)),
    ("volunteer_comes_with_you", ()),
    ("deadline_is", (_D,)),
    ("deputy_answers", ()),
    ("i_am_back_on", (_D,)),
    ("papers_complete", ()),
    ("paper_missing", (_PAPER,)),
    ("copy_is_enough", ()),
    ("original_needed", ()),
    ("travel_costs_back", ()),
    ("not_possible", ()),
    ("wait_for_letter", ()),
    ("letter_is_important", ()),
    ("lawyer_must_answer", ()),
)
_QUESTIONS: tuple[tuple[str, tuple[SlotKind, ...]], ...] = (
    ("can_you_come", (_D, _T)),
    ("do_mornings_suit", ()),
    ("do_evenings_suit", ()),
    ("do_you_need_interpreter", ()),
    ("do_you_need_childcare", ()),
    ("have_you_got_letter", ()),
    ("have_you_got_paper", (_PAPER,)),
    ("did_you_register", ()),
    ("did_you_go", ()),
    ("is_it_going_well", ()),
    ("do_you_want_offer", (_OFFER,)),
    ("do_you_still_want_it", ()),
    ("has_number_changed", ()),
    ("did_you_understand_letter", ()),
    ("shall_we_meet", ()),
)
_REQUESTS: tuple[tuple[str, tuple[SlotKind, ...]], ...] = (
    ("please_bring_logbook", ()),
    ("please_hand_in", (_PAPER, _D)),
    ("please_pick_up", (_PAPER, _OFFICE)),
    ("please_go_to_office", (_OFFICE, _D)),
    ("please_sign", ()),
    ("please_call_me", ()),
    ("please_answer_by", (_D,)),
    ("please_say_if_you_cannot_come", ()),
    ("please_be_early", ()),
    ("please_check_letter_box", ()),
    ("please_do_not_sign", ()),
    ("please_do_not_pay", ()),
)
_CHEERS: tuple[tuple[str, tuple[SlotKind, ...]], ...] = (
    ("no_disadvantage", ()),
    ("your_decision", ()),
    ("good_step", ()),
    ("congratulations", ()),
    ("good_luck", ()),
    ("do_not_worry", ()),
    ("you_are_not_alone", ()),
    ("mistakes_are_fine", ()),
    ("you_can_always_ask", ()),
    ("no_hurry", ()),
    ("thank_you_for_coming", ()),
    ("welcome", ()),
    ("bring_someone", ()),
)
_GOALS = (
    "flat_of_my_own",
    "know_about_renting",
    "german_for_everyday",
    "german_for_work",
    "school_certificate",
    "recognised_certificates",
    "children_looked_after",
    "know_my_rights",
    "meet_people",
    "stay_healthy",
    "find_work",
    "start_apprenticeship",
    "know_my_skills",
    "live_on_my_own_money",
    "take_part_in_public",
)
_MESSAGES: tuple[tuple[str, tuple[SlotKind, ...]], ...] = (
    ("please_call", ()),
    ("please_come", (_D, _T)),
    ("event_in", (_D, _T, _PLACE)),
    ("course_has_places", (_PLACE,)),
    ("office_closed_on", (_D,)),
    ("bring_paper_until", (_PAPER, _D)),
    ("how_are_you_getting_on", ()),
    ("new_offers", ()),
    ("helpers_wanted", (_D, _T, _PLACE)),
    ("helpers_meet", (_D, _T, _PLACE)),
)

PHRASES: Mapping[str, Phrase] = MappingProxyType(
    {
        phrase.id: phrase
        for phrase in (
            *(Phrase(name, Category.MILESTONE, slots) for name, slots in _MILESTONES),
            *(Phrase(name, Category.APPOINTMENT) for name in _APPOINTMENTS),
            *(Phrase(name, Category.ANSWER, slots) for name, slots in _ANSWERS),
            *(Phrase(name, Category.QUESTION, slots) for name, slots in _QUESTIONS),
            *(Phrase(name, Category.REQUEST, slots) for name, slots in _REQUESTS),
            *(Phrase(name, Category.CHEER, slots) for name, slots in _CHEERS),
            *(Phrase(name, Category.GOAL) for name in _GOALS),
            *(Phrase(name, Category.MESSAGE, slots) for name, slots in _MESSAGES),
        )
    }
)
"""Every phrase by its id, in the order in which it is offered."""


def of_category(category: Category) -> tuple[Phrase, ...]:
    """The phrases of a category, in the order in which they are offered."""
    return tuple(phrase for phrase in PHRASES.values() if phrase.category is category)


def checked(
    phrase_id: str, category: Category | tuple[Category, ...], slots: Mapping[str, str]
) -> dict[str, str]:
    """The slots as they are stored, by slot kind. Raises PhraseError for an unknown phrase or a slot missing, too many, or filled wrongly."""
    phrase = PHRASES.get(phrase_id)
    allowed = (category,) if isinstance(category, Category) else category
    if phrase is None or phrase.category not in allowed:
        raise PhraseError("unknown phrase")
    if set(slots) != {kind.value for kind in phrase.slots}:
        raise PhraseError("slots do not match the phrase")
    return {kind.value: checked_slot(kind, slots[kind.value]) for kind in phrase.slots}


def checked_slot(kind: SlotKind, value: str) -> str:
    """What fills one slot, as it is stored. Raises PhraseError."""
    try:
        match kind:
            case SlotKind.DATE:
                return date.fromisoformat(value).isoformat()
            case SlotKind.TIME:
                return f"{time.fromisoformat(value):%H:%M}"
            case SlotKind.PAPER if value not in PAPERS:
                raise PhraseError(kind.value)
            case SlotKind.OFFICE if value not in OFFICES:
                raise PhraseError(kind.value)
            case SlotKind.PLACE | SlotKind.OFFER if (
                not value.strip() or len(value) > _LONGEST[kind] or not value.isprintable()
            ):
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
        case SlotKind.OFFICE:
            return Message(f"office.{value}")
        case _:
            return value
