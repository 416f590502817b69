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
