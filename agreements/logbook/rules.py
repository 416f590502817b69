"""Which registers the district's Logbuch has, what belongs where, and which papers each office wants to see."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from agreements.logbook.types import Register
from agreements.types import Bring

REGISTERS: tuple[Register, ...] = (
    Register("identity", "🪪", ("bring.id", "logbook.paper.residence", "logbook.paper.address", "bring.photos")),
    Register("letters", "✉️", ("paper.letter_from_office", "logbook.paper.decisions", "logbook.paper.envelopes")),
    Register("school", "🎓", ("bring.school_reports", "paper.course_certificate", "logbook.paper.registrations")),
    Register("work", "🛠", ("bring.cv", "paper.work_permit", "paper.employment_contract", "bring.payslips")),
    Register("health", "🩺", ("bring.insurance_card", "bring.medication_list", "logbook.paper.vaccinations")),
    Register("housing", "🏠", ("paper.tenancy_contract", "bring.rental_papers", "paper.housing_form")),
    Register("money", "💶", ("paper.bank_statement", "logbook.paper.benefits", "logbook.paper.tax_number")),
    Register("family", "👨‍👩‍👧", ("logbook.paper.civil_status", "paper.kindergarten_form", "paper.child_benefit_form")),
    Register("appointments", "📅", ("logbook.paper.agreement", "logbook.paper.invitations")),
)  # fmt: skip
"""The registers in the order in which they lie in the folder."""

_ALWAYS = (Bring.LOGBOOK, Bring.ID)
_TO: Mapping[str, tuple[Bring, ...]] = {
    "coordinator": (Bring.LETTERS,),
    "jobcenter": (Bring.LETTERS, Bring.PAYSLIPS, Bring.RENTAL_PAPERS),
    "employment_agency": (Bring.CV, Bring.CERTIFICATES),
    "foreigners_office": (Bring.LETTERS, Bring.PHOTOS),
    "landratsamt": (Bring.LETTERS, Bring.RENTAL_PAPERS),
    "town_hall": (Bring.RENTAL_PAPERS,),
    "doctor": (Bring.INSURANCE_CARD, Bring.MEDICATION_LIST),
    "hospital": (Bring.INSURANCE_CARD, Bring.MEDICATION_LIST),
    "language_school": (Bring.CERTIFICATES, Bring.LETTERS),
    "placement_test": (Bring.CERTIFICATES,),
    "recognition_advice": (Bring.CERTIFICATES, Bring.CV),
    "career_advice": (Bring.CV, Bring.CERTIFICATES),
    "kindergarten": (Bring.LETTERS,),
    "school": (Bring.SCHOOL_REPORTS,),
    "counselling": (Bring.LETTERS,),
    "debt_advice": (Bring.LETTERS, Bring.PAYSLIPS),
    "interview_work": (Bring.CV, Bring.CERTIFICATES),
    "flat_viewing": (Bring.PAYSLIPS, Bring.LETTERS),
    "bank": (Bring.LETTERS, Bring.RENTAL_PAPERS),
    "lawyer": (Bring.LETTERS,),
    "social_office": (Bring.LETTERS, Bring.PAYSLIPS, Bring.RENTAL_PAPERS),
    "youth_office": (Bring.LETTERS,),
    "health_office": (Bring.LETTERS, Bring.MEDICATION_LIST),
    "registry_office": (Bring.CERTIFICATES, Bring.LETTERS),
    "course_start": (Bring.LETTERS,),
    "exam": (Bring.LETTERS,),
    "volunteer": (Bring.LETTERS,),
    "information_event": (),
}
OFFICES: Mapping[str, tuple[Bring, ...]] = MappingProxyType(
    {phrase: (*_ALWAYS, *papers) for phrase, papers in _TO.items()}
)
"""What to take along to whom, by the appointment's phrase."""


def register(register_id: str) -> Register | None:
    """The register with this id."""
    return next((found for found in REGISTERS if found.id == register_id), None)


def to_bring(phrase: str, told: Sequence[Bring]) -> tuple[Bring, ...]:
    """The papers for an appointment: those that were told, else what such an office usually wants to see."""
    return tuple(told) or OFFICES.get(phrase, _ALWAYS)
