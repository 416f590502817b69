"""The catalogue as HSDS and back: nothing is lost, required fields are there, and foreign entries come as drafts."""

import dataclasses
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from lotse.commands import hsds
from offers import rules
from offers.hsds import reading, services, tabular, writing
from offers.importer import Catalogue
from offers.types import Offer
from tests import catalogue

FOREIGN: dict[str, Any] = {
    "id": "ac148810-d857-441c-9679-408f346de14b",
    "name": "Debt advice for families",
    "status": "active",
    "email": "not an address",
    "phones": [{"id": "1554f2e2-a373-45db-a3fa-9fc48a61c15e", "number": '"089 99998 001"'}],
    "organization": {"id": "d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610", "name": "Verein", "description": "x"},
    "service_at_locations": [
        {"location": {"name": "Rathaus", "addresses": [{"city": "Haar", "postal_code": "ABC 1"}]}}
    ],
    "schedules": [{"id": "s", "freq": "WEEKLY", "byday": "TH,FR", "valid_from": "2026-09-01", "opens_at": "10:00:00"}],
    "attributes": "not a list",
}  # fmt: skip


def _full() -> Offer:
    """An offer with something in every field."""
    provider = dataclasses.replace(
        catalogue.PROVIDER,
        id=rules.stable_id("organization", "verein"),
        description="Hilft.\nSeit 1990.",
        email="a@verein.example",
        website="https://verein.example",
    )
    days = (
        catalogue.schedule(skip_holidays="school", note="nicht im Advent", interval=2),
        catalogue.schedule(freq="MONTHLY", byday="1TU,-1FR", closes_at=""),
        catalogue.schedule(freq="ONCE", byday="", valid_to=date(2026, 9, 1), skip_holidays="public"),
    )
    return catalogue.offer(
        rules.stable_id("service", "kurs"),
        external_id="kurs",
        provider=provider,
        summary="Kurz",
        description="Erste Zeile\nzweite",
        keywords=("Lesen", "Schreiben"),
        level_min="A1",
        level_max="B1",
        audience=("women", "parents"),
        childcare="on_request",
        languages=("uk", "de", "kmr"),
        cost="reduced",
        cost_amount=Decimal("12.50"),
        residence_status=("tolerated", "recognised"),
        registration="email",
        registration_deadline=date(2026, 8, 20),
        capacity=12,
        free_places=0,
        barrier_free="no",
        phone="089 99998 002",
        email="kurs@verein.example",
        url="https://verein.example/kurs",
        bring=("id", "cv"),
        owner="Frau Beispiel",
        district_financed="yes",
        cooperation_until=date(2027, 12, 31),
        assured_date=date(2026, 7, 1),
        status="paused",
        schedules=days,
        texts=("Німецька, для початківців", "German"),
    )


def _there_and_back(offers: tuple[Offer, ...], form: str) -> Catalogue:
    if form == "json":
        return reading.parse_json(json.dumps(services.export(offers)).encode())
    return reading.parse_datapackage(tabular.export_datapackage(services.export(offers)))


@pytest.mark.parametrize("form", ["json", "datapackage"])
def test_no_field_is_lost(form: str) -> None:
    bare = dataclasses.replace(
        _full(), id=rules.stable_id("service", "b"), external_id="b", address_1="", phone="", schedules=()
    )
    given = (_full(), bare, *catalogue.sample())
    found = _there_and_back(given, form)
    assert found.errors == ()
    assert found.offers == given
    assert found.providers == tuple(dict.fromkeys(offer.provider for offer in given))


@pytest.mark.parametrize("form", ["json", "datapackage"])
def test_a_big_catalogue_comes_back_too(form: str) -> None:
    one = catalogue.sample()[0]
    ids = [f"kurs-{number}" for number in range(2500)]
    given = [
        catalogue.offer(rules.stable_id("service", id_), external_id=id_, provider=one.provider)
        for id_ in ids
    ]
    found = _there_and_back(tuple(given), form)
    assert found.errors == ()
    assert [offer.id for offer in found.offers] == [offer.id for offer in given]
    assert [mine.id for mine, theirs in zip(given, found.offers, strict=True) if mine != theirs] == []


@pytest.mark.parametrize("status", list(writing.STATUS))
def test_every_status_comes_back(status: str) -> None:
    given = dataclasses.replace(_full(), status=status)
    assert _there_and_back((given,), "json").offers == (given,)


def test_an_export_from_before_there_was_a_field_says_nothing_of_it() -> None:
    (old,) = services.export([_full()])
    later = ("district_financed", "cooperation_until")
    old["attributes"] = [one for one in old["attributes"] if one["taxonomy_term"]["name"] not in later]
    found = reading.parse_json(json.dumps([old]).encode())
    assert found.unsaid == {_full().id: frozenset(later)}
    assert _there_and_back((_full(),), "json").unsaid == {_full().id: frozenset()}


def test_services_hold_what_hsds_requires() -> None:
    for service in services.export(catalogue.sample()):
        UUID(service["id"])
        assert service["name"]
        assert service["status"] in {"active", "inactive", "defunct", "temporarily closed"}
        assert service["organization"]["name"]
        assert service["organization"]["description"]
        (at,) = service["service_at_locations"]
        assert at["location"]["location_type"] == "physical"
        for schedule in at.get("schedules", []):
            assert schedule.get("freq") in {None, "WEEKLY", "MONTHLY"}
        for term in (one["taxonomy_term"] for one in service["attributes"]):
            assert {"id", "name", "description"} <= set(term)


def test_tables_point_to_rows_that_exist() -> None:
    files = tabular.export_datapackage(services.export(catalogue.sample()))
    tables = {name: tabular.read(files[f"{name}.csv"]) for name in tabular.COLUMNS if f"{name}.csv" in files}
    ids = {name: [row["id"] for row in rows] for name, rows in tables.items()}
    assert all(len(set(some)) == len(some) for some in ids.values())
    assert {row["organization_id"] for row in tables["services"]} == set(ids["organizations"])
    assert {row["taxonomy_term_id"] for row in tables["attributes"]} == set(ids["taxonomy_terms"])
    package = json.loads(files["datapackage.json"])
    assert {resource["path"] for resource in package["resources"]} == set(files) - {"datapackage.json"}


def test_a_foreign_service_is_a_draft_and_keeps_its_id() -> None:
    found = reading.parse_json(json.dumps(FOREIGN).encode())
    assert found.errors == ()
    (offer,) = found.offers
    assert (offer.status, offer.kind, offer.place) == ("draft", "debt_advice", "Haar")
    assert (offer.phone, offer.email, offer.postal_code, offer.cost) == ("089 99998 001", "", "", "fee")
    assert [one.byday for one in offer.schedules] == ["TH,FR"]
    assert services.export([offer])[0]["id"] == FOREIGN["id"]


def test_what_another_directory_wrote_comes_back_word_for_word() -> None:
    given = FOREIGN | {"alert": "Closed in May", "contacts": [{"id": "c", "name": "Ann"}], "minimum_age": 12}
    (offer,) = reading.parse_json(json.dumps(given).encode()).offers
    assert services.export([offer]) == [given]


def test_what_changed_since_is_written_over_it_and_the_rest_stays() -> None:
    given = FOREIGN | {"alert": "Closed in May", "attributes": [{"id": "a", "link_id": "x", "value": "y"}]}
    (offer,) = reading.parse_json(json.dumps(given).encode()).offers
    changed = dataclasses.replace(offer, name="Debt advice", status="published", phone="")
    (service,) = services.export([changed])
    assert (service["name"], service["status"], service["alert"]) == (
        "Debt advice",
        "active",
        "Closed in May",
    )
    assert "phones" not in service
    assert given["attributes"][0] in service["attributes"]
    (again,) = reading.parse_json(json.dumps([service]).encode()).offers
    assert (again.name, again.status, again.kind, again.schedules) == (
        "Debt advice",
        "published",
        offer.kind,
        offer.schedules,
    )


def test_tables_hold_what_another_directory_wrote() -> None:
    contact = {"id": "7d2a5b0e-35f5-4a3c-8f44-0c2c6f6d8b11", "name": "Ann"}
    given = FOREIGN | {"contacts": [contact], "wait_time": "two weeks", "funding": [{"source": "no id"}]}
    (offer,) = reading.parse_json(json.dumps(given).encode()).offers
    files = tabular.export_datapackage(services.export([offer]))
    tables = {name: tabular.read(files[f"{name}.csv"]) for name in tabular.COLUMNS}
    assert tables["services"][0]["wait_time"] == "two weeks"
    assert [row["name"] for row in tables["contacts"]] == ["Ann"]
    assert [row["source"] for row in tables["funding"]] == ["no id"]
    (back,) = reading.parse_datapackage(files).offers
    assert dataclasses.replace(back, original=None) == dataclasses.replace(offer, original=None)


def test_a_place_elsewhere_or_none_stays_a_draft_with_what_is_written() -> None:
    elsewhere = FOREIGN | {"service_at_locations": [{"location": {"addresses": [{"city": "Springfield"}]}}]}
    nowhere = FOREIGN | {"id": "0bc248fa-dc27-4650-9ba4-8f1a24ef16a2", "service_at_locations": []}
    found = reading.parse_json(json.dumps([elsewhere, nowhere]).encode())
    assert found.errors == ()
    assert [(offer.place, offer.status) for offer in found.offers] == [
        ("Springfield", "draft"),
        ("", "draft"),
    ]


def test_what_cannot_be_taken_is_told_and_the_rest_is_read() -> None:
    other = FOREIGN | {"id": "0bc248fa-dc27-4650-9ba4-8f1a24ef16a2", "name": ""}
    found = reading.parse_json(json.dumps({"contents": [FOREIGN, other]}).encode())
    assert [(error.row, error.message.key) for error in found.errors] == [(2, "import.hsds_no_name")]
    assert FOREIGN["id"] in {offer.external_id for offer in found.offers}


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"{", "import.hsds_not_json"),
        (b"\xff\xfe", "import.hsds_not_json"),
        (b"[" * 100_000, "import.hsds_not_json"),
        (b"3", "import.hsds_no_services"),
        (b'{"a": 1}', "import.hsds_no_services"),
        (b"[]", "import.hsds_nothing"),
        (b'{"total_items": 0, "contents": []}', "import.hsds_nothing"),
        (b'{"name": "Verein", "services": []}', "import.hsds_nothing"),
    ],
)
def test_what_is_no_hsds_is_told(content: bytes, key: str) -> None:
    assert [error.message.key for error in reading.parse_json(content).errors] == [key]


def test_a_package_without_services_is_told() -> None:
    (error,) = reading.parse_datapackage({"phones.csv": b"id\r\n"}).errors
    assert error.message.key == "import.hsds_no_services"


@pytest.mark.parametrize(("form", "name"), [("json", "catalogue.json"), ("datapackage", "package")])
def test_files_on_disk(tmp_path: Path, form: hsds.Format, name: str) -> None:
    path = tmp_path / name
    hsds.export_hsds([_full()], path, form)
    assert hsds.read_hsds(path).offers == (_full(),)


def test_a_field_of_ours_that_we_do_not_have_ends_nothing() -> None:
    term = {"id": "t", "code": "lotse:colour", "name": "colour", "description": "x"}
    given = FOREIGN | {"attributes": [{"id": "a", "link_id": "x", "value": "red", "taxonomy_term": term}]}
    found = reading.parse_json(json.dumps(given).encode())
    assert found.errors == ()
    assert services.export(found.offers) == [given]
