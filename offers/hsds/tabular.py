"""HSDS service objects as the tables of a Tabular Data Package and back; what stands in their fields is not its business."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence

from offers import csvfile
from offers.hsds.fields import clean
from offers.hsds.terms import Json, uuid

_TEXT = (
    "organizations: id name alternate_name description email website tax_status tax_id year_incorporated legal_status logo"
    " uri parent_organization_id\n"
    "programs: id organization_id name alternate_name description\n"
    "services: id organization_id program_id name alternate_name description url email status interpretation_services"
    " application_process fees_description wait_time fees accreditations eligibility_description minimum_age maximum_age"
    " assured_date assurer_email licenses alert last_modified\n"
    "attributes: id link_id taxonomy_term_id link_type link_entity value label\n"
    "service_at_location: id service_id location_id description\n"
    "locations: id location_type url organization_id name alternate_name description transportation latitude longitude"
    " external_identifier external_identifier_type\n"
    "phones: id location_id service_id organization_id contact_id service_at_location_id number extension type description\n"
    "contacts: id organization_id service_id service_at_location_id location_id name title department email\n"
    "addresses: id location_id attention address_1 address_2 city region state_province postal_code country address_type\n"
    "schedules: id service_id location_id service_at_location_id valid_from valid_to dtstart timezone until count wkst freq"
    " interval byday byweekno bymonthday byyearday description opens_at closes_at schedule_link attending_type notes\n"
    "funding: id organization_id service_id source\n"
    "service_areas: id service_id service_at_location_id name description extent extent_type uri\n"
    "required_documents: id service_id document uri\n"
    "languages: id service_id location_id phone_id name code note\n"
    "accessibility: id location_id description details url\n"
    "taxonomy_terms: id code name description parent_id taxonomy language taxonomy_id term_uri\n"
    "metadata: id resource_id resource_type last_action_date last_action_type field_name previous_value replacement_value"
    " updated_by\n"
    "meta_table_descriptions: id name language character_set\n"
    "cost_options: id service_id valid_from valid_to option currency amount amount_description\n"
    "organization_identifiers: id organization_id identifier_scheme identifier_type identifier\n"
    "taxonomies: id name description uri version\n"
    "service_capacity: id service_id unit_id available maximum description updated\n"
    "units: id name scheme identifier uri\n"
    "url: id label url organization_id service_id\n"
)
COLUMNS = {name: rest.split() for name, rest in (line.split(": ") for line in _TEXT.splitlines())}
_TYPES = {
    **dict.fromkeys(
        ("valid_from", "valid_to", "dtstart", "until", "assured_date", "last_action_date"), "date"
    ),
    **dict.fromkeys(("opens_at", "closes_at"), "time"),
    **dict.fromkeys(("updated", "last_modified"), "datetime"),
    **dict.fromkeys(
        ("count", "interval", "amount", "available", "maximum", "latitude", "longitude"), "number"
    ),
    **dict.fromkeys(("timezone", "extension", "year_incorporated", "minimum_age", "maximum_age"), "number"),
}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,20})?")
# Where the rows of a field live, and the column by which they name what they belong to.
_SERVICE, _LOCATION, _AT, _ORGANIZATION = "services", "locations", "service_at_location", "organizations"
_MANY = {
    _SERVICE: {
        "phones": ("phones", "service_id"),
        "contacts": ("contacts", "service_id"),
        "languages": ("languages", "service_id"),
        "schedules": ("schedules", "service_id"),
        "service_at_locations": (_AT, "service_id"),
        "cost_options": ("cost_options", "service_id"),
        "required_documents": ("required_documents", "service_id"),
        "capacities": ("service_capacity", "service_id"),
        "funding": ("funding", "service_id"),
        "service_areas": ("service_areas", "service_id"),
        "additional_urls": ("url", "service_id"),
    },
    _ORGANIZATION: {
        "phones": ("phones", "organization_id"),
        "contacts": ("contacts", "organization_id"),
        "funding": ("funding", "organization_id"),
        "additional_websites": ("url", "organization_id"),
        "organization_identifiers": ("organization_identifiers", "organization_id"),
        "programs": ("programs", "organization_id"),
        "locations": (_LOCATION, "organization_id"),
    },
    _AT: {
        "schedules": ("schedules", "service_at_location_id"),
        "phones": ("phones", "service_at_location_id"),
        "contacts": ("contacts", "service_at_location_id"),
        "service_areas": ("service_areas", "service_at_location_id"),
    },
    _LOCATION: {
        "addresses": ("addresses", "location_id"),
        "accessibility": ("accessibility", "location_id"),
        "phones": ("phones", "location_id"),
        "contacts": ("contacts", "location_id"),
        "languages": ("languages", "location_id"),
        "schedules": ("schedules", "location_id"),
    },
    "phones": {"languages": ("languages", "phone_id")},
    "contacts": {"phones": ("phones", "contact_id")},
}
for _name in COLUMNS.keys() - {"metadata", "meta_table_descriptions"}:
    _MANY.setdefault(_name, {})["metadata"] = ("metadata", "resource_id")
    # A term that had attributes could be one of its own.
    if _name not in ("attributes", "taxonomy_terms", "taxonomies"):
        _MANY[_name]["attributes"] = ("attributes", "link_id")
_ONE = {
    _SERVICE: {"organization": (_ORGANIZATION, "organization_id"), "program": ("programs", "program_id")},
    _AT: {"location": (_LOCATION, "location_id")},
    "service_capacity": {"unit": ("units", "unit_id")},
    "attributes": {"taxonomy_term": ("taxonomy_terms", "taxonomy_term_id")},
    "taxonomy_terms": {"taxonomy_detail": ("taxonomies", "taxonomy_id")},
}
# The package names a table by one of its rows.
_SINGULAR = {
    "addresses": "address", "taxonomies": "taxonomy", "funding": "funding", "metadata": "metadata",
    "accessibility": "accessibility", "service_at_location": "service_at_location", "url": "url",
    "service_capacity": "service_capacity",
}  # fmt: skip
LIMITS = csvfile.Limits(megabytes=50, rows=250_000)
"""Of the whole package in bytes, of each table in rows: an offer has a dozen attributes, each of them a row."""
Tables = dict[str, dict[str, Json]]


def export_datapackage(services: Sequence[Json]) -> dict[str, bytes]:
    """The files of a Tabular Data Package by name, `datapackage.json` among them."""
    tables: Tables = {name: {} for name in COLUMNS}
    for service in services:
        _spread(tables, "services", service)
    files = {f"{name}.csv": _csv(COLUMNS[name], rows.values()) for name, rows in tables.items()}
    package = {
        "name": "human_services_data",
        "title": "Human Services Data Specification",
        "profile": "tabular-data-package",
        "version": "3.1.0",
        "resources": [_resource(name) for name in tables],
    }
    return files | {"datapackage.json": json.dumps(package, indent=2).encode()}


def _spread(tables: Tables, table: str, item: Json) -> None:
    row = dict(item)
    # A row stands after the rows it points to.
    for field, (other, column) in _ONE.get(table, {}).items():
        one = row.pop(field, None)
        if isinstance(one, dict):
            one = _named(one, table, row["id"], field)
            row[column] = one["id"]
            # Within a service a programme is its organization's; on its own it must say so.
            ours = (
                {"organization_id": row["organization_id"]}
                if other == "programs" and "organization_id" in row
                else {}
            )
            _spread(tables, other, {**ours, **one})
    nested = {field: _list(row.pop(field, None)) for field in _MANY.get(table, {})}
    # The same telephone may hang on an office and on what takes place there.
    tables[table].setdefault(row["id"], {}).update(row)
    for field, (other, column) in _MANY.get(table, {}).items():
        seen: set[str] = set()
        for number, child in enumerate(nested[field]):
            named = {
                **_kind(other, table),
                **_named(child, table, row["id"], field, number),
                column: row["id"],
            }
            if _is_another(tables[other].get(named["id"]), named, column):
                named["id"] = uuid(other, named["id"], row["id"])
            if named["id"] in seen:
                named["id"] = uuid(other, named["id"], row["id"], number)
            seen.add(named["id"])
            _spread(tables, other, named)


def _kind(other: str, table: str) -> Json:
    """What rows that may belong to any table say of the one they belong to."""
    column = {"attributes": "link_entity", "metadata": "resource_type"}.get(other)
    return {column: singular(table)} if column else {}


def _is_another(known: Json | None, child: Json, column: str) -> bool:
    """Whether a row of this id is there that belongs to something else, or says something else: ids are not always unique."""
    if known is None or known.get(column) == child[column]:
        return False
    return known.get(column) is not None or any(
        known.get(name, value) != value
        for name, value in child.items()
        if not name.endswith("_id") and not isinstance(value, list | dict)
    )


def _list(value: object) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _named(item: Json, *place: object) -> Json:
    """The object with an id; one of another directory may lack it."""
    return item if isinstance(item.get("id"), str) else {**item, "id": uuid(*place)}


def _cell(value: object) -> object:
    return value if isinstance(value, str | int | float) else ""


def _csv(columns: list[str], rows: Iterable[Json]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return text.getvalue().encode()


def singular(table: str) -> str:
    """What a package calls a table."""
    return _SINGULAR.get(table, table.removesuffix("s"))


def _resource(name: str) -> Json:
    fields = [{"name": column, "type": _TYPES.get(column, "string")} for column in COLUMNS[name]]
    return {
        "name": singular(name),
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "schema": {"fields": fields, "primaryKey": "id"},
    }


def services(tables: Mapping[str, list[Json]]) -> list[Json]:
    """The service objects that the rows of the tables make up."""
    by_id = {name: {row.get("id", ""): row for row in rows} for name, rows in tables.items()}
    by_link: dict[tuple[str, str, str], list[Json]] = {}
    for name, rows in tables.items():
        for row in rows:
            for column in [column for column in row if column.endswith("_id")]:
                by_link.setdefault((name, column, row[column]), []).append(row)
    # These stand with the services that take place there; not with each service of their organization once more.
    at = {row.get("location_id") for row in tables.get(_AT, [])}

    def whole(table: str, row: Json) -> Json:
        found = dict(row)
        for field, (other, column) in _ONE.get(table, {}).items():
            if row.get(column) in by_id.get(other, {}):
                found[field] = whole(other, by_id[other][row[column]])
        for field, (other, column) in _MANY.get(table, {}).items():
            rows = by_link.get((other, column, row.get("id", "")), [])
            if (table, other) == (_ORGANIZATION, _LOCATION):
                rows = [one for one in rows if one.get("id") not in at]
            if rows:
                found[field] = [whole(other, one) for one in rows]
        return found

    return [whole("services", row) for row in tables.get("services", [])]


def read(content: bytes) -> list[Json]:
    """The rows of a table, each with the cells that are not empty; numbers are numbers. Raises TableError."""
    return [row for _, row in numbered(content)]


def numbered(content: bytes) -> list[tuple[int, Json]]:
    """The same, each with the number that a spreadsheet shows beside it. Raises TableError."""
    rows = csvfile.rows(content, LIMITS, _mended)
    _, first = next(rows, (0, []))
    header = [cell.strip() for cell in first]
    return [
        (number, {name: _value(name, cell) for name, cell in zip(header, row, strict=False) if cell != ""})
        for number, row in rows
    ]


def _mended(text: str) -> str:
    # A file full of such signs is no table that somebody wrote.
    return text if "\x00" in text else clean(text, " ")


def _value(column: str, cell: str) -> str | int | float:
    """What the cell says; what is no number in a column of numbers (`+02:00`, `007`) stays as it is written."""
    said = cell.strip()
    if _TYPES.get(column) != "number" or not _NUMBER.fullmatch(said):
        return cell
    return float(said) if "." in said else int(said)
