"""HSDS service objects as the tables of a Tabular Data Package and back; what stands in their fields is not its business."""

import csv
import io
import json
from collections.abc import Mapping, Sequence

from offers import csvfile
from offers.hsds.terms import Json
from offers.hsds.writing import export_json
from offers.types import Offer

_TEXT = (
    "organizations: id name description email website\n"
    "services: id organization_id name description url email status assured_date\n"
    "service_at_location: id service_id location_id description\n"
    "locations: id location_type name latitude longitude\n"
    "addresses: id location_id address_1 city state_province postal_code country address_type\n"
    "accessibility: id location_id description\n"
    "schedules: id service_id location_id service_at_location_id valid_from valid_to dtstart count freq interval"
    " byday opens_at closes_at notes\n"
    "phones: id location_id service_id organization_id service_at_location_id number type\n"
    "languages: id service_id location_id phone_id code\n"
    "cost_options: id service_id option currency amount\n"
    "required_documents: id service_id document\n"
    "service_capacity: id service_id unit_id available maximum updated\n"
    "units: id name\n"
    "attributes: id link_id taxonomy_term_id link_entity value\n"
    "taxonomy_terms: id code name description taxonomy taxonomy_id\n"
    "taxonomies: id name description\n"
)
COLUMNS = {name: rest.split() for name, rest in (line.split(": ") for line in _TEXT.splitlines())}
_TYPES = {
    "valid_from": "date", "valid_to": "date", "dtstart": "date", "assured_date": "date", "opens_at": "time",
    "closes_at": "time", "count": "number", "interval": "number", "amount": "number", "available": "number",
    "maximum": "number", "latitude": "number", "longitude": "number", "updated": "datetime",
}  # fmt: skip
# Where the rows of a field live, and the column by which they name what they belong to.
_SERVICE, _LOCATION, _AT, _ORGANIZATION = "services", "locations", "service_at_location", "organizations"
_MANY = {
    _SERVICE: {
        "phones": ("phones", "service_id"),
        "languages": ("languages", "service_id"),
        "schedules": ("schedules", "service_id"),
        "service_at_locations": (_AT, "service_id"),
        "cost_options": ("cost_options", "service_id"),
        "required_documents": ("required_documents", "service_id"),
        "capacities": ("service_capacity", "service_id"),
        "attributes": ("attributes", "link_id"),
    },
    _ORGANIZATION: {"phones": ("phones", "organization_id"), "attributes": ("attributes", "link_id")},
    _AT: {"schedules": ("schedules", "service_at_location_id")},
    _LOCATION: {
        "addresses": ("addresses", "location_id"),
        "accessibility": ("accessibility", "location_id"),
    },
    "schedules": {"attributes": ("attributes", "link_id")},
}
_ONE = {
    _SERVICE: {"organization": (_ORGANIZATION, "organization_id")},
    _AT: {"location": (_LOCATION, "location_id")},
    "service_capacity": {"unit": ("units", "unit_id")},
    "attributes": {"taxonomy_term": ("taxonomy_terms", "taxonomy_term_id")},
    "taxonomy_terms": {"taxonomy_detail": ("taxonomies", "taxonomy_id")},
}
_SINGULAR = {
    "organizations": "organization", "services": "service", "locations": "location", "addresses": "address",
    "schedules": "schedule", "phones": "phone", "languages": "language", "cost_options": "cost_option",
    "required_documents": "required_document", "units": "unit", "attributes": "attribute",
    "taxonomy_terms": "taxonomy_term", "taxonomies": "taxonomy",
}  # fmt: skip
Tables = dict[str, dict[str, Json]]


def export_datapackage(offers: Sequence[Offer]) -> dict[str, bytes]:
    """The files of a Tabular Data Package by name, `datapackage.json` among them."""
    tables: Tables = {name: {} for name in COLUMNS}
    for service in export_json(offers):
        _spread(tables, "services", service)
    filled = {name: rows for name, rows in tables.items() if rows or name == "services"}
    files = {f"{name}.csv": _csv(COLUMNS[name], rows.values()) for name, rows in filled.items()}
    package = {
        "name": "human_services_data",
        "title": "Human Services Data Specification",
        "profile": "tabular-data-package",
        "version": "3.1.0",
        "resources": [_resource(name) for name in filled],
    }
    return files | {"datapackage.json": json.dumps(package, indent=2).encode()}


def _spread(tables: Tables, table: str, item: Json) -> None:
    row = dict(item)
    # A row stands after the rows it points to.
    for field, (other, column) in _ONE.get(table, {}).items():
        if field in row:
            one = row.pop(field)
            row[column] = one["id"]
            _spread(tables, other, one)
    children = [
        (other, {**child, column: row["id"]})
        for field, (other, column) in _MANY.get(table, {}).items()
        for child in row.pop(field, [])
    ]
    tables[table][row["id"]] = row
    for other, child in children:
        _spread(tables, other, child)


def _csv(columns: list[str], rows: object) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)  # type: ignore[arg-type]
    return text.getvalue().encode()


def _resource(name: str) -> Json:
    fields = [{"name": column, "type": _TYPES.get(column, "string")} for column in COLUMNS[name]]
    return {
        "name": _SINGULAR.get(name, name),
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

    def whole(table: str, row: Json) -> Json:
        found = dict(row)
        for field, (other, column) in _ONE.get(table, {}).items():
            if row.get(column) in by_id.get(other, {}):
                found[field] = whole(other, by_id[other][row[column]])
        for field, (other, column) in _MANY.get(table, {}).items():
            rows = by_link.get((other, column, row.get("id", "")), [])
            found[field] = [whole(other, one) for one in rows]
        return found

    return [whole("services", row) for row in tables.get("services", [])]


def read(content: bytes) -> list[Json]:
    """The rows of a table, each with the cells that are not empty. Raises TableError."""
    rows = [row for _, row in csvfile.rows(content)]
    header = [cell.strip() for cell in rows[0]] if rows else []
    return [{name: cell for name, cell in zip(header, row, strict=False) if cell != ""} for row in rows[1:]]
