"""Offers for tests: small made-up ones, and the sample catalogue as it is shipped."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from offers import importer
from offers.types import Offer, Provider, Schedule
from people.house.repository import HouseRepository
from people.house.service import HouseService
from people.house.types import House

SAMPLE = Path(__file__).parent.parent / "offers" / "sample"

HOUSE = HouseService(HouseRepository(), new_id=lambda: "house")
"""Nothing was set: the defaults hold."""
REVIEW_DAYS = House().review_days
UNCONFIRMED_FOR = timedelta(days=REVIEW_DAYS + House().grace_days)

PROVIDER = Provider("p1", "verein", "Verein", "", "Haar", "Kirchplatz 1", "85540", "089 99998 001", "", "")


def schedule(**values: Any) -> Schedule:
    """Mondays from nine to eleven from September 2026 on, but for `values`."""
    known: dict[str, Any] = {
        "valid_from": date(2026, 9, 1),
        "valid_to": None,
        "freq": "WEEKLY",
        "interval": 1,
        "byday": "MO",
        "opens_at": "09:00",
        "closes_at": "11:00",
        "skip_holidays": "none",
        "note": "",
    }
    return Schedule(**known | values)


def offer(offer_id: str = "o1", **values: Any) -> Offer:
    """A free course in Haar for everybody, but for `values`."""
    known: dict[str, Any] = {
        "id": offer_id,
        "external_id": offer_id,
        "provider": PROVIDER,
        "topic": "german_course",
        "kind": "german_course",
        "field_of_action": "education",
        "name": f"Deutschkurs {offer_id}",
        "summary": "",
        "description": "",
        "keywords": (),
        "place": "Haar",
        "location_name": "Bürgerhaus",
        "address_1": "Kirchplatz 1",
        "postal_code": "85540",
        "level_min": None,
        "level_max": None,
        "audience": (),
        "childcare": "no",
        "languages": ("de",),
        "cost": "free",
        "cost_amount": None,
        "residence_status": (),
        "registration": "none",
        "registration_deadline": None,
        "capacity": None,
        "free_places": None,
        "barrier_free": "unknown",
        "phone": "",
        "email": "",
        "url": "",
        "bring": (),
        "source": "Test",
        "owner": "",
        "assured_date": None,
        "status": "published",
        "schedules": (),
    }
    return Offer(**known | values)


def sample_files() -> dict[str, bytes]:
    """The tables of the sample catalogue."""
    return {path.name: path.read_bytes() for path in SAMPLE.glob("*.csv")}


@cache
def sample() -> tuple[Offer, ...]:
    """The offers of the sample catalogue."""
    found = importer.parse(sample_files())
    assert found.errors == ()
    return found.offers
