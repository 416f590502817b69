"""From offers to full HSDS service objects; how those become tables is in `tabular`."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone

from offers import dates, places, rules
from offers.hsds.terms import Json, attributes, entity_id, uuid
from offers.responsible.rules import covers
from offers.responsible.types import Responsibility
from offers.tables import SERVICES, tables
from offers.types import DateException, Offer, Provider, Schedule

STATUS = {"published": "active", "draft": "inactive", "paused": "temporarily closed", "ended": "defunct"}
STATE, COUNTRY = "BY", "DE"
_LAST = date(2099, 12, 31)
_OWN_FIELDS = [
    "external_id",
    "topic",
    "kind",
    "field_of_action",
    "summary",
    "keywords",
    "place",
    "level_min",
    "level_max",
    "audience",
    "childcare",
    "cost",
    "cost_amount",
    "residence_status",
    "registration",
    "registration_deadline",
    "capacity",
    "free_places",
    "barrier_free",
    "source",
    "owner",
    "district_financed",
    "cooperation_until",
    "texts",
]
OWN = (
    frozenset(_OWN_FIELDS)
    | frozenset(tables()[SERVICES])
    | {"exceptions", "responsible", "without", "no_description", "skip_holidays"}
)
"""Attributes that Lotse writes."""


def _filled(values: Json) -> Json:
    return {name: value for name, value in values.items() if value not in ("", None, [])}


def service(offer: Offer, duties: Sequence[Responsibility] = ()) -> Json:
    """The full service object, with its organization, location, dates and what it is responsible for in it."""
    id_ = entity_id("service", offer.external_id)
    own = {name: getattr(offer, name) for name in _OWN_FIELDS}
    own["exceptions"] = tuple(map(exception_text, offer.exceptions))
    own["responsible"] = tuple(map(duty_text, duties))
    if not _has_address(offer.address_1, offer.postal_code):
        own |= {"address_1": offer.address_1, "postal_code": offer.postal_code}
    return _filled(
        {
            "id": id_,
            "name": offer.name,
            "description": offer.description,
            "url": offer.url,
            "email": offer.email,
            "status": STATUS[offer.status],
            "assured_date": offer.assured_date.isoformat() if offer.assured_date else None,
            "organization": _organization(offer.provider),
            "phones": _phones(id_, offer.phone),
            "languages": [{"id": uuid("language", id_, code), "code": code} for code in offer.languages],
            "service_at_locations": [_at_location(id_, offer)],
            "cost_options": _costs(id_, offer),
            "required_documents": [
                {"id": uuid("document", id_, code), "document": code} for code in offer.bring
            ],
            "capacities": _capacities(id_, offer),
            "service_areas": _areas(id_, duties),
            "attributes": attributes("service", id_, own),
        }
    )


def exception_text(exception: DateException) -> str:
    """`2027-02-03T18:00` for a cancelled date, `2027-02-03T18:00/2027-02-05T17:00/18:30` for a moved one."""
    planned = f"{exception.day.isoformat()}T{exception.opens_at}"
    if exception.moved_to is None:
        return planned
    return (
        f"{planned}/{exception.moved_to.isoformat()}T{exception.moved_opens_at}/{exception.moved_closes_at}"
    )


def duty_text(entry: Responsibility) -> str:
    """`wohngeld|housing_benefit|recognised|Haar,Ottobrunn`: id, matter, papers, places."""
    return "|".join(
        (entry.external_id, entry.matter, ",".join(entry.residence_status), ",".join(entry.places))
    )


def _areas(id_: str, duties: Sequence[Responsibility]) -> list[Json]:
    """Every place that an office is there for; none where that is not said or everywhere."""
    if not duties or not all(entry.places for entry in duties):
        return []
    covered = (p for p in places.load() if any(covers(e, p.name, center=p.is_center) for e in duties))
    return [{"id": uuid("area", id_, place.name), "name": place.name} for place in covered]


def _organization(provider: Provider) -> Json:
    id_ = entity_id("organization", provider.external_id)
    own = {name: getattr(provider, name) for name in ("external_id", "place", "address_1", "postal_code")}
    # HSDS wants a description; the mark says that there is none.
    own["no_description"] = "" if provider.description else "yes"
    return _filled(
        {
            "id": id_,
            "name": provider.name,
            "description": provider.description or provider.name,
            "email": provider.email,
            "website": provider.website,
            "phones": _phones(id_, provider.phone),
            "attributes": attributes("organization", id_, own),
        }
    )


def _phones(id_: str, number: str) -> list[Json]:
    return [{"id": uuid("phone", id_), "number": number, "type": "voice"}] if number else []


def _has_address(address_1: str, postal_code: str) -> bool:
    return bool(address_1 and postal_code)


def _at_location(id_: str, offer: Offer) -> Json:
    location = uuid("location", id_)
    address = {
        "id": uuid("address", id_),
        "address_1": offer.address_1,
        "city": offer.place,
        "state_province": STATE,
        "postal_code": offer.postal_code,
        "country": COUNTRY,
        "address_type": "physical",
    }
    accessible = {"yes": "barrier-free", "no": "not barrier-free"}.get(offer.barrier_free)
    return _filled(
        {
            "id": uuid("at", id_),
            "location": _filled(
                {
                    "id": location,
                    "location_type": "physical",
                    "name": offer.location_name,
                    "transportation": offer.transportation,
                    "addresses": [address] if _has_address(offer.address_1, offer.postal_code) else [],
                    "accessibility": [{"id": uuid("accessibility", id_), "description": accessible}]
                    if accessible
                    else [],
                }
            ),
            "schedules": [_schedule(id_, at, one) for at, one in enumerate(offer.schedules)],
        }
    )


def _schedule(service: str, at: int, schedule: Schedule) -> Json:
    id_ = uuid("schedule", service, at)
    once = schedule.freq == "ONCE"
    first = next(dates.days(schedule, schedule.valid_from, _LAST), schedule.valid_from)
    return _filled(
        {
            "id": id_,
            "valid_from": schedule.valid_from.isoformat(),
            "valid_to": schedule.valid_to.isoformat() if schedule.valid_to else None,
            # HSDS knows no single day but a series of one, and counts every other week from the first date.
            "dtstart": first.isoformat() if once or schedule.interval > 1 else None,
            "timezone": _timezone(first, schedule),
            "count": 1 if once else None,
            "freq": None if once else schedule.freq,
            "interval": schedule.interval,
            "byday": schedule.byday,
            "opens_at": f"{schedule.opens_at}:00",
            "closes_at": f"{schedule.closes_at}:00" if schedule.closes_at else None,
            "notes": schedule.note,
            "attributes": attributes("schedule", id_, {"skip_holidays": schedule.skip_holidays}),
        }
    )


def _timezone(first: date, schedule: Schedule) -> int | None:
    """How far Berlin's clocks are ahead of UTC on the first date, as HSDS counts them; None in the night in which they are changed."""
    clocks = [rules.clock(said) for said in (schedule.opens_at, schedule.closes_at) if said]
    offsets = {datetime.combine(first, clock, dates.BERLIN).utcoffset() for clock in clocks}
    (offset, *others) = offsets
    if others or offset is None:
        return None
    zone = timezone(offset)
    if any(datetime.combine(first, clock, zone).astimezone(dates.BERLIN).time() != clock for clock in clocks):
        return None
    return int(offset / timedelta(hours=1))


def _costs(id_: str, offer: Offer) -> list[Json]:
    amount = 0 if offer.cost == "free" else offer.cost_amount
    cost: Json = {"id": uuid("cost", id_), "option": offer.cost}
    if amount is not None:
        cost |= {"currency": "EUR", "amount": float(amount)}
    return [cost]


def _capacities(id_: str, offer: Offer) -> list[Json]:
    """HSDS wants to know when places were counted; the day of the last check is the only one that is known."""
    if offer.free_places is None or offer.assured_date is None:
        return []
    unit = {"id": uuid("unit", "places"), "name": "places"}
    capacity = {
        "id": uuid("capacity", id_),
        "unit": unit,
        "available": offer.free_places,
        "maximum": offer.capacity,
        "updated": f"{offer.assured_date.isoformat()}T00:00:00Z",
    }
    return [_filled(capacity)]
