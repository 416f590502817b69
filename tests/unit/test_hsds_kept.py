"""What changes here of an entry of another directory changes in its words too, and nothing beside it does."""

import copy
import dataclasses
import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from offers.hsds import reading, services, tabular
from offers.types import Offer

_ADDRESS = {
    "id": "9b2336c6-449c-5441-ba42-fd8086273578",
    "address_1": "Hauptstr. 1",
    "address_2": "Hinterhaus",
    "city": "Haar",
    "state_province": "BY",
    "postal_code": "85540",
    "country": "DE",
    "address_type": "physical",
}
_LOCATION = {
    "id": "2b2ff497-bf64-55a6-919a-39d4ec1a10c5",
    "location_type": "physical",
    "name": "Altes Haus",
    "latitude": 48.1,
    "addresses": [_ADDRESS],
    "contacts": [{"id": "8222c21a-00cc-5ffc-a3dd-2fe6ee83f41d", "name": "Pförtner"}],
}
_TIMES = {
    "valid_from": "2026-09-01",
    "freq": "WEEKLY",
    "byday": "TU",
    "opens_at": "10:00",
    "closes_at": "11:00",
}
GIVEN: dict[str, Any] = {
    "id": "ccea2bf0-6ec4-5f74-b983-28df235baae3",
    "name": "Schuldnerberatung",
    "status": "active",
    "description": "Beratung bei Schulden.",
    "alert": "Zu in den Ferien",
    "email": "sb@example.org",
    "assured_date": "2026-05-01",
    "organization": {
        "id": "13d37eb9-b088-545c-946f-6d61db8bba82",
        "name": "Caritas Haar",
        "description": "Ein Verein",
        "email": "info@example.org",
        "phones": [{"id": "d9311aae-570a-51f1-b1fc-797d92372207", "number": "089 99998 004", "type": "voice"}],
        "funding": [{"id": "5e189c47-c7bd-5b7f-ad36-d4b0091e5597", "source": "Land Bayern"}],
    },
    "phones": [
        {"id": "7d81e824-4ff3-579f-9254-bfc59c0b8229", "number": "089 99998 005", "extension": 12},
        {"id": "7d81e824-4ff3-579f-9254-bfc59c0b8230", "number": "089 99998 006"},
    ],
    "languages": [
        {"id": "ac8e547c-b9f9-56e9-a62a-1e97b285783b", "code": "de", "name": "Deutsch"},
        {"id": "cb09b146-5d29-5909-9463-60b782ecd038", "code": "ar", "note": "Di"},
    ],
    "cost_options": [{"id": "5f386caf-42ce-5b8d-b914-5fcd56ee8935", "amount": 7.5, "currency": "EUR", "option": "Erwachsene"}],
    "schedules": [_TIMES | {"id": "9bf90d9a-75c8-51cf-a37f-f0ff426b1e98", "description": "mit Nummer"}],
    "service_at_locations": [
        {
            "id": "e2dcd201-c834-5e85-bcd5-99be191e484a",
            "description": "Zentrale",
            "location": _LOCATION,
            "schedules": [
                _TIMES | {"id": "b9ed0b67-a665-56d0-ad44-7834c3567c88", "byday": "TH", "attending_type": "vor Ort"}
            ],
        }
    ],
    "attributes": [
        {"id": "675535de-30f3-53ce-83f0-9cecb7620716", "link_id": "ccea2bf0-6ec4-5f74-b983-28df235baae3", "value": "Verband"}
    ],
}  # fmt: skip
_AT, _IN = "service_at_locations.0.", "service_at_locations.0.location."


def _leaves(item: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """What stands where; what Lotse says in its own words is left out."""
    if isinstance(item, dict):
        for name, value in item.items():
            yield from _leaves(value, f"{path}{name}.")
    elif isinstance(item, list):
        known = [one for one in item if not _is_ours(one)]
        for number, one in enumerate(known):
            yield from _leaves(one, f"{path}{number}.")
    else:
        yield path.removesuffix("."), item


def _is_ours(item: Any) -> bool:
    return isinstance(item, dict) and str(item.get("taxonomy_term", {}).get("code", "")).startswith("lotse:")


def _moved(offer: Offer) -> Offer:
    first, *rest = offer.schedules
    return dataclasses.replace(offer, schedules=(dataclasses.replace(first, opens_at="09:30"), *rest))


def _last_gone(offer: Offer) -> Offer:
    return dataclasses.replace(offer, schedules=offer.schedules[:-1])


def _provider(**changes: str) -> Callable[[Offer], Offer]:
    return lambda offer: dataclasses.replace(offer, provider=dataclasses.replace(offer.provider, **changes))


def _field(**changes: Any) -> Callable[[Offer], Offer]:
    return lambda offer: dataclasses.replace(offer, **changes)


_CLOCK = {f"schedules.0.{name}" for name in ("opens_at", "closes_at", "interval", "timezone")}


@pytest.mark.parametrize(
    ("edit", "paths"),
    [
        (_field(name="Beratung"), {"name"}),
        (_field(email=""), {"email"}),
        (_field(level_min="A1"), set()),
        (_field(status="published"), set()),
        (_field(assured_date=date(2026, 11, 1)), {"assured_date"}),
        (_field(phone="089 99998 777"), {"phones.0.number"}),
        (_field(cost_amount=Decimal("12.50")), {"cost_options.0.amount"}),
        (_field(cost="reduced"), set()),
        (_field(cost="free", cost_amount=None), {"cost_options.0.amount"}),
        (_field(place="Ottobrunn"), {_IN + "addresses.0.city"}),
        (_field(address_1="Weg 2", postal_code="85521"), {_IN + "addresses.0." + one for one in ("address_1", "postal_code")}),
        (_field(location_name="Neues Haus"), {_IN + "name"}),
        (_field(languages=("de", "ar", "uk")), {"languages.2.id", "languages.2.code"}),
        (_field(languages=("de",)), {"languages.1.id", "languages.1.code", "languages.1.note"}),
        (_field(bring=("id",)), {"required_documents.0.id", "required_documents.0.document"}),
        (_moved, _CLOCK),
        (_last_gone, {f"{_AT}schedules.0.{name}" for name in {*_TIMES, "id", "attending_type"}}),
        (_provider(phone="089 99998 888"), {"organization.phones.0.number"}),
        (_provider(email=""), {"organization.email"}),
        (_provider(phone="", name="Caritas"), {"organization.name", *(f"organization.phones.0.{one}" for one in ("id", "number", "type"))}),
    ],
)  # fmt: skip
def test_one_change_changes_only_that(edit: Callable[[Offer], Offer], paths: set[str]) -> None:
    before = copy.deepcopy(GIVEN)
    (offer,) = reading.parse_json(json.dumps(GIVEN).encode()).offers
    edited = edit(offer)
    assert offer.original is not None
    exported = services.export([dataclasses.replace(edited, original=GIVEN)])
    assert {path for path, _ in {*_leaves(GIVEN)} ^ {*_leaves(exported[0])}} == paths
    assert before == GIVEN, "what is kept is not written into"
    (again,) = reading.parse_json(json.dumps(exported).encode()).offers
    assert again == edited
    (again,) = reading.parse_datapackage(tabular.export_datapackage(exported)).offers
    assert again == edited


def test_what_is_taken_away_here_does_not_come_back_from_what_the_entry_also_says() -> None:
    (offer,) = reading.parse_json(json.dumps(GIVEN).encode()).offers
    edited = dataclasses.replace(offer, phone="", location_name="", languages=())
    (exported,) = services.export([edited])
    assert [phone["number"] for phone in exported["phones"]] == ["089 99998 006"]
    (again,) = reading.parse_json(json.dumps(exported).encode()).offers
    assert again == edited


def test_a_draft_is_a_draft_after_an_edit_too() -> None:
    (offer,) = reading.parse_json(json.dumps(GIVEN).encode()).offers
    assert offer.status == "draft"
    exported = services.export([dataclasses.replace(offer, name="Beratung")])
    (again,) = reading.parse_json(json.dumps(exported).encode()).offers
    assert again.status == "draft"


def test_an_entry_that_says_less_of_its_organization_than_another_stays_word_for_word() -> None:
    thin = {"id": GIVEN["organization"]["id"], "name": "Caritas Haar", "description": "Ein Verein"}
    other = GIVEN | {"id": "b04d1200-6ec4-5f74-b983-28df235baae3", "organization": thin}
    found = reading.parse_json(json.dumps([GIVEN, other]).encode())
    assert services.export(found.offers) == [GIVEN, other]
