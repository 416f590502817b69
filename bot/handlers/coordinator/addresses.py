"""Where an appointment may take place: addresses of the catalogue that fit what it is for, near the client first."""

from collections.abc import Iterator, Mapping

from agreements.types import Client
from bot.turn import Turn
from offers import kinds
from offers.types import Offer, Query, Topic

MOST = 6
_ENOUGH = 200

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


def nearby(turn: Turn, client: Client, phrase_id: str) -> list[Offer]:
    """Offers whose addresses can be chosen, each address once: first of the kind that fits, then offices."""
    found: dict[tuple[str, str], Offer] = {}
    for offer in _candidates(turn, client, _KINDS.get(phrase_id, ())):
        if offer.address_1:
            found.setdefault((offer.address_1, offer.place), offer)
        if len(found) == MOST:
            break
    return list(found.values())


def where(offer: Offer) -> tuple[str, str]:
    """What an appointment keeps of an address: the place with its postal code, and the house."""
    house = ", ".join(part for part in (offer.location_name or offer.provider.name, offer.address_1) if part)
    return f"{offer.postal_code} {offer.place}".strip(), house


def _candidates(turn: Turn, client: Client, wanted: tuple[str, ...]) -> Iterator[Offer]:
    known = kinds.load()
    topics = dict.fromkeys(known[kind].topic for kind in wanted)
    for topic in topics:
        yield from (offer for offer in _of_topic(turn, client, topic) if offer.kind in wanted)
    yield from _of_topic(turn, client, Topic.OFFICE.value)


def _of_topic(turn: Turn, client: Client, topic: str) -> Iterator[Offer]:
    query = Query(topic=topic, place=client.place or None)
    for hit in turn.services.offers.search(query, turn.now, limit=_ENOUGH).hits:
        yield hit.offer
