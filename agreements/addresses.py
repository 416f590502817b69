"""What kind of place an appointment is at, and how its address is kept: pure functions."""

from collections.abc import Mapping

from offers.types import Offer

_KINDS: Mapping[str, tuple[str, ...]] = {
    "coordinator": ("coordination_office",),
    "jobcenter": ("jobcenter",),
    "employment_agency": ("employment_agency",),
    "foreigners_office": ("foreigners_office",),
    "landratsamt": ("landratsamt", "social_office", "youth_office", "health_office"),
    "town_hall": ("registry_office",),
    "doctor": ("doctor", "dentist", "child_health"),
    "language_school": ("german_course", "integration_course", "literacy_course"),
    "placement_test": ("placement_test",),
    "recognition_advice": ("recognition_advice",),
    "career_advice": ("career_advice",),
    "kindergarten": ("childcare_place",),
    "school": ("school_registration",),
    "counselling": ("asylum_counselling", "residence_advice", "form_help"),
    "debt_advice": ("debt_advice",),
}
"""Where the phrase says what kind of place it is; everything else may be anywhere."""


def kinds_for(phrase_id: str) -> tuple[str, ...]:
    """The kinds of offers at whose addresses such an appointment may be, the likeliest first; empty for any."""
    return _KINDS.get(phrase_id, ())


def address_of(offer: Offer) -> tuple[str, str]:
    """What an appointment keeps of an address: the place with its postal code, and the house."""
    house = ", ".join(part for part in (offer.location_name or offer.provider.name, offer.address_1) if part)
    return f"{offer.postal_code} {offer.place}".strip(), house
