"""From HSDS, Lotse's own or anybody's, to a catalogue; what an entry must look like is the importer's business."""

import dataclasses
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from i18n.messages import Message
from offers import cells, csvfile, importer
from offers.errors import TableError
from offers.hsds import fields, rows, tabular
from offers.hsds.terms import Json, values
from offers.importer import Catalogue
from offers.tables import ORGANIZATIONS, RESPONSIBILITIES, SCHEDULES, SERVICES, tables
from offers.types import Offer, RowError

JSON_FILE = "services.json"
_TOO_BIG = Message("import.file_too_big", {"limit": tabular.LIMITS.megabytes})


def parse_json(content: bytes) -> Catalogue:
    """Read a list of service objects, a page of them (`contents`), or a single one."""
    if _too_big(len(content)):
        return _nothing(JSON_FILE, _TOO_BIG)
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return _nothing(JSON_FILE, Message("import.hsds_not_json"))
    if isinstance(found, dict) and "name" not in found:
        found = found.get("contents", found.get("services"))
    services = found if isinstance(found, list) else [found]
    if not all(isinstance(service, dict) for service in services):
        return _nothing(JSON_FILE, Message("import.hsds_no_services"))
    return catalogue(services, JSON_FILE, first=1)


def read_one(service: Json) -> Offer | None:
    """A service as the import would take it; None where it would not."""
    found = catalogue([service], JSON_FILE, first=1)
    return found.offers[0] if found.offers and not found.errors else None


def parse_datapackage(files: Mapping[str, bytes]) -> Catalogue:
    """Read the tables of a Tabular Data Package by file name; files that are not known are left out."""
    if SERVICES not in files:
        return _nothing(SERVICES, Message("import.hsds_no_services"))
    if _too_big(sum(map(len, files.values()))):
        return _nothing(SERVICES, _TOO_BIG)
    found: dict[str, list[Json]] = {}
    for name in tabular.COLUMNS:
        file = f"{name}.csv"
        try:
            if file in files:
                found[name] = tabular.read(files[file])
        except TableError as error:
            return Catalogue((), (), (RowError(file, error.row, "", error.message),))
    return catalogue(tabular.services(found), SERVICES, first=2)


def _too_big(size: int) -> bool:
    return size > tabular.LIMITS.megabytes * 1_000_000


def _nothing(file: str, message: Message) -> Catalogue:
    return Catalogue((), (), (RowError(file, 0, "", message),))


def catalogue(services: Iterable[Json], file: str, *, first: int) -> Catalogue:
    """A list of services: what can be read, and a sentence about each entry or date that cannot; the importer checks what is left."""
    errors: list[RowError] = []
    organizations: dict[str, Json] = {}
    found: list[Json] = []
    series: list[Json] = []
    duties: list[Json] = []
    beside: dict[str, dict[str, Any]] = {}
    unsaid: dict[str, frozenset[str]] = {}
    for number, service in enumerate(services, first):
        missing = rows.missing(service)
        if missing:
            column, key = missing
            name = cells.shown(fields.text(service, "name"))
            errors.append(RowError(file, number, column, Message(key, {"name": name})))
            continue
        organization = rows.organization(service["organization"])
        organizations.setdefault(organization["id"], organization)
        row = rows.service(service, organization)
        found.append(row)
        beside[row["id"]] = {
            "texts": tuple(values(fields.items(service, "attributes")).get("texts", ())),
            "exceptions": rows.exceptions(service),
            "original": None if rows.is_own(service) else service,
        }
        unsaid[row["id"]] = rows.unsaid(service, row)
        duties += [duty | {"service_id": row["id"]} for duty in rows.duties(service)]
        for schedule in rows.schedules(service):
            read = rows.schedule(schedule)
            if read is None:
                message = Message("import.hsds_schedule", {"name": cells.shown(row["name"])})
                errors.append(RowError(file, number, "schedules", message))
            else:
                series.append(read | {"service_id": row["id"]})
    given: dict[str, Collection[Json]] = {
        ORGANIZATIONS: organizations.values(),
        SERVICES: found,
        SCHEDULES: series,
    }
    if duties:
        given[RESPONSIBILITIES] = duties
    try:
        read_in = importer.from_rows({name: _table(name, some) for name, some in given.items()})
    except TableError as error:
        return Catalogue((), (), (*errors, RowError(file, 0, "", error.message)))
    offers = tuple(
        dataclasses.replace(offer, **beside.get(offer.external_id, {})) for offer in read_in.offers
    )
    return Catalogue(
        read_in.providers,
        offers,
        (*errors, *read_in.errors),
        read_in.responsibilities,
        {offer.id: unsaid[offer.external_id] for offer in offers},
    )


def _table(name: str, some: Collection[Json]) -> list[list[str]]:
    """A table of ours, the header first. Raises TableError where there is too much of it, or it is no text."""
    if len(some) > csvfile.ONE_FILE.rows:
        raise TableError("import.too_many_rows", limit=csvfile.ONE_FILE.rows)
    columns = list(tables()[name])
    found = [[row.get(column, "") for column in columns] for row in some]
    csvfile.checked("\n".join(cell for row in found for cell in row))
    return [columns, *found]
