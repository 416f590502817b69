"""A new offer before it is one: what is needed for it, and the row of the catalogue that it begins as."""

from dataclasses import dataclass

from offers import cells
from offers.rules import stable_id
from offers.types import Offer, Provider, Schedule, Status

_FIELD_OF_ACTION = {
    "housing": "housing",
    "german_course": "education",
    "school": "education",
    "work": "work",
    "training": "work",
    "office": "public",
    "return_advice": "public",
}

BEGUN_HERE = "lotse-"
"""How the ids of what did not come out of a file begin."""


@dataclass(frozen=True)
class NewOffer:
    """What is needed to begin an offer; the rest is filled in afterwards. `provider_id` is empty for a new provider."""

    kind: str
    name: str
    provider_id: str
    provider_name: str
    place: str
    schedules: tuple[Schedule, ...]
    phone: str
    source: str


def new_provider(new: NewOffer, new_id: str) -> Provider:
    """Whoever is named as offering it."""
    external_id = f"{BEGUN_HERE}{stable_id('new', new_id)}"
    name = cells.cleaned(new.provider_name)
    return Provider(stable_id("organization", external_id), external_id, name, "", "", "", "", "", "", "")


def draft(new: NewOffer, topic: str, provider: Provider, new_id: str) -> Offer:
    """The offer as a draft; what nobody said yet is empty or usual."""
    external_id = f"{BEGUN_HERE}{stable_id('new', new_id)}"
    return Offer(
        id=stable_id("service", external_id),
        external_id=external_id,
        provider=provider,
        topic=topic,
        kind=new.kind,
        field_of_action=_FIELD_OF_ACTION.get(topic, "participation"),
        name=new.name,
        summary="",
        description="",
        keywords=(),
        place=new.place,
        location_name="",
        address_1="",
        postal_code="",
        level_min=None,
        level_max=None,
        audience=(),
        childcare="no",
        languages=(),
        cost="free",
        cost_amount=None,
        residence_status=(),
        registration="phone" if new.phone or provider.phone else "none",
        registration_deadline=None,
        capacity=None,
        free_places=None,
        barrier_free="unknown",
        phone=new.phone,
        email="",
        url="",
        bring=(),
        source=new.source,
        owner="",
        assured_date=None,
        status=Status.DRAFT.value,
        schedules=new.schedules,
    )
