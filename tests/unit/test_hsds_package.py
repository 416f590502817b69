"""The data package of entries of other directories: every table of the standard is used, and ids that are not unique lose nothing."""

from typing import Any

from offers.hsds import tabular
from offers.hsds.terms import Json

_VALUE = {
    "value": "x",
    "taxonomy_term": {"id": "1d9d1314-6403-5546-85d1-0418216bb19e", "name": "Term", "description": "A term"},
}
_LOG = {
    "last_action_date": "2026-01-01",
    "last_action_type": "update",
    "field_name": "name",
    "previous_value": "a",
    "replacement_value": "b",
    "updated_by": "x",
}


def _beside(id_: str, kind: str) -> Json:
    """What may stand with each object."""
    return {
        "attributes": [{**_VALUE, "id": f"a-{id_}", "link_id": id_, "link_entity": kind}],
        "metadata": [{**_LOG, "id": f"m-{id_}", "resource_id": id_, "resource_type": kind}],
    }


def _service(id_: str, **more: Any) -> Json:
    organization = {"id": "o", "name": "Verein", "description": "Hilft."}
    return {"id": id_, "name": id_, "status": "active", "organization": organization, **more}


def _package(*services: Json) -> tuple[dict[str, list[Json]], list[Json]]:
    """The rows of each table, and the services as they are read from them."""
    files = tabular.export_datapackage(services)
    tables = {name: tabular.read(files[f"{name}.csv"]) for name in tabular.COLUMNS}
    for rows in tables.values():
        ids = [row["id"] for row in rows]
        assert len(ids) == len(set(ids))
    again = tabular.services(tables)
    assert tabular.export_datapackage(again) == files, "a package that is read and written again is the same"
    return tables, again


def _holds(found: Any, given: Any) -> bool:
    """Whether all that was given is there; rows say beside it what they belong to."""
    if isinstance(given, dict):
        return all(name in found and _holds(found[name], value) for name, value in given.items())
    if isinstance(given, list):
        return len(found) == len(given) and all(map(_holds, found, given))
    return bool(found == given)


def test_whatever_an_object_holds_beside_is_in_the_package() -> None:
    location = {
        "id": "l",
        "location_type": "physical",
        "addresses": [{"id": "ad", **_beside("ad", "address")}],
    }
    elsewhere = {"id": "l2", "location_type": "virtual", "url": "https://verein.example"}
    given = _service(
        "s",
        contacts=[{"id": "c", "name": "Ann", "phones": [{"id": "p", "number": "1", **_beside("p", "phone")}]}],
        service_at_locations=[{"id": "at", "location": {**location, **_beside("l", "location")}, **_beside("at", "service_at_location")}],
        **_beside("s", "service"),
    )  # fmt: skip
    given["organization"] |= {
        "programs": [{"id": "pr", "name": "P", "description": "x", **_beside("pr", "program")}],
        "locations": [elsewhere],
        **_beside("o", "organization"),
    }
    _, (found,) = _package(given)
    assert _holds(found, given)


def test_a_place_of_an_organization_is_not_said_again_with_each_of_its_services() -> None:
    location = {"id": "l", "location_type": "physical", "organization_id": "o", "name": "Haus"}
    _, found = _package(
        *(_service(id_, service_at_locations=[{"id": f"at-{id_}", "location": location}]) for id_ in "st")
    )
    assert ["locations" in one["organization"] for one in found] == [False, False]
    assert [one["service_at_locations"][0]["location"]["name"] for one in found] == ["Haus", "Haus"]


def test_an_id_that_several_share_loses_no_row() -> None:
    phone = {"id": "p", "number": "089 99998 001", "languages": [{"id": "l", "code": "de"}]}
    language = {"id": "l", "code": "ar"}
    tables, found = _package(*(_service(id_, phones=[phone], languages=[language]) for id_ in "st"))
    assert [[one["number"] for one in service["phones"]] for service in found] == [["089 99998 001"]] * 2
    assert [[one["code"] for one in service["phones"][0]["languages"]] for service in found] == [["de"]] * 2
    assert [[one["code"] for one in service["languages"]] for service in found] == [["ar"]] * 2
    assert len(tables["phones"]) == 2


def test_two_rows_with_one_id_in_one_entry_stay_two() -> None:
    phones = [{"id": "p", "number": "1"}, {"id": "p", "number": "2"}]
    _, (found,) = _package(_service("s", phones=phones))
    assert sorted(str(one["number"]) for one in found["phones"]) == ["1", "2"]


def test_what_is_one_row_for_several_stays_one() -> None:
    phone = {"id": "p", "number": "089 99998 001"}
    office = _service("s", phones=[phone])
    office["organization"] |= {"phones": [phone]}
    other = _service("t")
    other["organization"] |= {"phones": [phone]}
    tables, found = _package(office, other)
    assert len(tables["phones"]) == 1
    assert all(one["organization"]["phones"][0]["number"] == "089 99998 001" for one in found)


def test_an_attribute_says_what_it_belongs_to() -> None:
    tables, _ = _package(
        _service("s", contacts=[{"id": "c", "name": "Ann", "attributes": [{**_VALUE, "id": "a"}]}])
    )
    assert [(row["link_id"], row["link_entity"]) for row in tables["attributes"]] == [("c", "contact")]


def test_a_term_that_would_be_its_own_ends_nothing() -> None:
    rows = {
        "services": [{"id": "s", "name": "S"}],
        "attributes": [{"id": "a", "link_id": "s", "taxonomy_term_id": "t"}, {"id": "b", "link_id": "t", "taxonomy_term_id": "t"}],
        "taxonomy_terms": [{"id": "t", "name": "T"}],
    }  # fmt: skip
    (found,) = tabular.services(rows)
    assert found["attributes"][0]["taxonomy_term"]["name"] == "T"
