"""Files of other HSDS directories come in without loss of what Lotse models, and what is left out is told."""

import json
from decimal import Decimal
from typing import Any

import pytest

from offers.hsds import fields, prices, reading, tabular
from offers.importer import Catalogue
from tests.unit.test_hsds import FOREIGN

Json = dict[str, Any]
OTHER = "0bc248fa-dc27-4650-9ba4-8f1a24ef16a2"


def _read(*services: Json) -> Catalogue:
    return reading.parse_json(json.dumps(services).encode())


def _option(amount: object, **rest: object) -> Json:
    return {"id": "o", "amount": amount, "currency": "EUR"} | rest


def test_numbers_of_a_package_are_numbers() -> None:
    content = b"id,amount,option,valid_to\r\na,12,1,2027-01-01\r\nb,12.50,2,\r\nc,zehn,3,\r\nd,007,4,\r\n"
    rows = tabular.read(content)
    assert [row["amount"] for row in rows] == [12, 12.5, "zehn", "007"]
    assert [type(row["amount"]) for row in rows] == [int, float, str, str]
    assert rows[0]["option"] == "1"


def test_a_package_keeps_its_prices() -> None:
    files = {
        "services.csv": b"id,name,status,organization_id\r\ns,Kurs,active,o\r\n",
        "organizations.csv": b"id,name,description\r\no,Verein,Ein Verein\r\n",
        "cost_options.csv": b"id,service_id,amount,currency\r\nc,s,12.50,EUR\r\n",
    }
    found = reading.parse_datapackage(files)
    assert found.errors == ()
    assert [(offer.cost, offer.cost_amount) for offer in found.offers] == [("fee", Decimal("12.50"))]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], None),
        ([_option(0)], Decimal(0)),
        ([_option(0), _option(5)], Decimal(5)),
        ([_option("12,50")], Decimal("12.50")),
        ([_option(None), _option(True), _option(-3), _option("viel")], None),
        ([_option(float("nan")), _option(float("inf")), _option(7)], Decimal(7)),
        ([_option(9, valid_to="2026-12-31"), _option(12, valid_from="2027-01-01")], Decimal(12)),
        ([_option(9, valid_to="2025-12-31"), _option(12, valid_to="2027-12-31")], Decimal(12)),
        ([_option(9, valid_to="2025-12-31")], None),
        ([_option(9, currency="USD"), _option(4, currency="eur")], Decimal(4)),
    ],
)
def test_a_price_holds_and_is_in_euros(options: list[Json], expected: Decimal | None) -> None:
    assert prices.price({"last_modified": "2026-06-01T10:00:00Z", "cost_options": options}) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Erste\x0bZeile", "Erste\nZeile"),
        ("links\u202e rechts\u2069", "links rechts"),
        ("a\x00b\x85c", "ab\nc"),
        ("Ãœbung fÃ¼r MÃ¤nner", "Übung für Männer"),
        ("\u00c3\u0192\u00c2\u201e", "\u00c3\u00c2\u201e"),
        ("halb \ud83d", "halb"),
    ],
)
def test_what_nobody_sees_is_not_taken(said: str, expected: str) -> None:
    assert fields.text({"name": said}, "name") == expected
    found = _read(FOREIGN | {"description": said})
    assert found.errors == ()


def _at(name: str, city: str, *schedules: Json, **location: object) -> Json:
    address = {"address_1": "Hauptstr. 1", "city": city, "address_type": "physical"}
    return {
        "location": {"name": name, "location_type": "physical", "addresses": [address], **location},
        "schedules": list(schedules),
    }


def _weekly(byday: str) -> Json:
    return {"id": byday, "freq": "WEEKLY", "byday": byday, "valid_from": "2026-09-01", "opens_at": "10:00"}


def test_dates_that_lotse_cannot_hold_are_told_and_refuse_nothing() -> None:
    found = _read(FOREIGN, FOREIGN | {"id": OTHER, "schedules": [{"description": "Nach Vereinbarung"}]})
    assert found.errors == ()
    assert [len(offer.schedules) for offer in found.offers] == [1, 0]
    (left_out,) = found.left_out
    assert (left_out.file, left_out.row, left_out.column) == ("services.json", 2, "schedules")
    assert left_out.message.key == "import.hsds_schedule"


def test_organizations_bring_their_services() -> None:
    organization = {"id": "o-1", "name": "Verein", "description": "Hilft", "website": "https://v.example"}
    services = [
        {"id": "a", "name": "Kurs", "status": "active"},
        {"id": "b", "name": "Rat", "status": "active"},
    ]
    for whole in (
        [organization | {"services": services}],
        {"contents": [organization | {"services": services}]},
        organization | {"services": services},
    ):
        found = reading.parse_json(json.dumps(whole).encode())
        assert found.errors == ()
        assert [offer.name for offer in found.offers] == ["Kurs", "Rat"]
        assert [provider.name for provider in found.providers] == ["Verein"]
        assert {offer.provider.website for offer in found.offers} == {"https://v.example"}


def test_a_service_without_organization_stands_for_itself() -> None:
    bare = {"id": "a", "name": "Kleiderkammer", "status": "active"}
    placed = bare | {"id": "b", "service_at_locations": [_at("Rathaus", "Haar")]}
    found = _read(bare, placed, bare | {"id": "c", "organization_id": "o-9"})
    assert found.errors == ()
    assert [offer.provider.name for offer in found.offers] == ["Kleiderkammer", "Rathaus", "Kleiderkammer"]
    assert len({offer.provider.id for offer in found.offers}) == 3
    assert found == _read(bare, placed, bare | {"id": "c", "organization_id": "o-9"})


@pytest.mark.parametrize("turned", [False, True])
def test_what_one_entry_says_of_an_organization_another_completes(turned: bool) -> None:
    thin: Json = {"id": "o-1", "name": "Verein", "description": "x"}
    fat = thin | {"website": "https://v.example", "phones": [{"number": "089 4600300"}]}
    some = [FOREIGN | {"organization": thin}, FOREIGN | {"id": OTHER, "organization": fat}]
    (provider,) = _read(*(some[::-1] if turned else some)).providers
    assert (provider.website, provider.phone) == ("https://v.example", "089 4600300")


def test_errors_name_the_entry_and_the_file() -> None:
    found = reading.parse_json(json.dumps([{"name": ""}, FOREIGN, FOREIGN]).encode(), "theirs.json")
    assert [(e.file, e.row, e.column) for e in found.errors] == [
        ("theirs.json", 1, "name"),
        ("theirs.json", 3, "id"),
    ]
    assert found.errors[1].message.params["row"] == 2


def test_errors_name_the_row_of_a_package() -> None:
    rows = b"id,name,status\r\n\r\na,Kurs,active\r\n\r\na,Rat,active\r\n"
    (error,) = reading.parse_datapackage({"services.csv": rows}, {"services.csv": "data/service.csv"}).errors
    assert (error.file, error.row, error.message.params["row"]) == ("data/service.csv", 5, 3)


@pytest.mark.parametrize(
    "id_",
    ["urn:uuid:318d6fb4-ef33-5a3e-8015-d4c35f18ccba", "https://v.example/dienste/1", "ä" * 200, "", None],
)
def test_any_id_is_a_stable_one(id_: str | None) -> None:
    given = FOREIGN | {"id": id_, "organization": {"id": id_, "name": "Verein"}}
    found = _read(given)
    assert found.errors == ()
    assert _read(given).offers == found.offers
    assert _read(given | {"name": "Sonst etwas", "id": "x"}).offers[0].id != found.offers[0].id
    assert found.offers[0].original == given


def test_the_place_is_one_in_the_district_that_people_can_go_to() -> None:
    virtual = {"location": {"name": "Online", "location_type": "virtual"}}
    away, here = _at("Büro", "Wien"), _at("Rathaus", "Haar")
    postal = {"address_1": "Postfach 12", "city": "Ottobrunn", "address_type": "postal"}
    here["location"]["addresses"].insert(0, postal)
    found = _read(FOREIGN | {"service_at_locations": [virtual, away, here]}).offers[0]
    assert (found.place, found.location_name, found.address_1) == ("Haar", "Rathaus", "Hauptstr. 1")


def test_dates_elsewhere_do_not_become_dates_here() -> None:
    two = [_at("Haus 1", "Haar", _weekly("MO")), _at("Haus 2", "Unterhaching", _weekly("TU"))]
    found = _read(FOREIGN | {"schedules": [], "service_at_locations": two})
    assert [one.byday for one in found.offers[0].schedules] == ["MO"]
    (left_out,) = found.left_out
    assert left_out.message.key == "import.hsds_elsewhere"
    assert left_out.message.params["place"] == "Haus 2, Unterhaching"
    at_location = _at("Haus 1", "Haar", schedules=[_weekly("WE")])
    (offer,) = _read(FOREIGN | {"schedules": [], "service_at_locations": [at_location]}).offers
    assert [one.byday for one in offer.schedules] == ["WE"]


@pytest.mark.parametrize(
    ("phones", "at", "location", "contact", "expected"),
    [
        ([{"number": "089 1111111", "type": "fax"}, {"number": "089 2222222"}], [], [], [], "089 2222222"),
        ([{"number": "siehe Webseite"}, {"number": "089.2222222"}], [], [], [], "089 2222222"),
        ([], [{"number": "089 3333333"}], [{"number": "089 4444444"}], [], "089 3333333"),
        ([], [], [{"number": "089 4444444"}], [{"number": "089 5555555"}], "089 4444444"),
        ([], [], [], [{"number": "089 5555555"}], "089 5555555"),
    ],
)
def test_the_number_is_one_that_can_be_spoken_to(
    phones: list[Json], at: list[Json], location: list[Json], contact: list[Json], expected: str
) -> None:
    where = _at("Rathaus", "Haar", phones=location) | {"phones": at}
    given = {"phones": phones, "service_at_locations": [where], "contacts": [{"phones": contact}]}
    assert _read(FOREIGN | given).offers[0].phone == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([{"code": "deu"}, {"code": "ara"}, {"code": "EN"}, {"code": "de-DE"}], ("de", "ar", "en")),
        ([{"code": "prs"}, {"code": "kur"}, {"code": "ckb"}, {"code": "spa"}], ("fa", "kmr", "ckb")),
        ([{"name": "Ukrainisch"}, {"name": "Dari"}, {"name": "turkish"}], ("uk", "fa", "tr")),
        ([{"code": "Arabisch", "name": ""}], ("ar",)),
    ],
)
def test_languages_by_any_code_or_name(said: list[Json], expected: tuple[str, ...]) -> None:
    assert _read(FOREIGN | {"languages": said}).offers[0].languages == expected
    where = _at("Rathaus", "Haar", languages=said)
    assert _read(FOREIGN | {"service_at_locations": [where]}).offers[0].languages == expected


def test_no_number_of_python_is_kept() -> None:
    content = json.dumps(FOREIGN)[:-1] + ', "minimum_age": 1e999, "maximum_age": NaN}'
    (offer,) = reading.parse_json(content.encode()).offers
    assert offer.original is not None
    assert (offer.original["minimum_age"], offer.original["maximum_age"]) == (None, None)
