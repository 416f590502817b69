"""From HSDS, Lotse's own or anybody's, to a catalogue; what an entry must look like is the importer's business."""

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from i18n.messages import Message
from offers import cells, csvfile, importer
from offers.errors import TableError
from offers.hsds import fields, locations, package, rows, tabular
from offers.hsds.terms import Json, values
from offers.importer import Catalogue
from offers.tables import ORGANIZATIONS, RESPONSIBILITIES, SCHEDULES, SERVICES, tables
from offers.types import Offer, RowError

JSON_FILE = "services.json"
_LISTS = ("contents", "services", "organizations")
_TOO_BIG = Message("import.file_too_big", {"limit": tabular.LIMITS.megabytes})


@dataclass(frozen=True)
class _Entry:
    """A service and where it stands."""

    service: Json
    file: str
    number: int

    def says(self, column: str, key: str, /, **params: str) -> RowError:
        """A sentence about it, with its name."""
        name = cells.shown(fields.text(self.service, "name"))
        return RowError(self.file, self.number, column, Message(key, {"name": name, **params}))


def parse_json(content: bytes, file: str = JSON_FILE) -> Catalogue:
    """Read a list of service objects, a page of them (`contents`) or a single one, or of organizations with their services."""
    if _too_big(len(content)):
        return _nothing(file, _TOO_BIG)
    try:
        found = fields.loaded(content)
    except (ValueError, RecursionError):
        return _nothing(file, Message("import.hsds_not_json"))
    if isinstance(found, dict) and "name" not in found:
        found = next((found[name] for name in _LISTS if name in found), None)
    entries = [
        _Entry(service, file, number)
        for number, one in enumerate(found if isinstance(found, list) else [found], 1)
        for service in _unfolded(one)
    ]
    if not all(isinstance(entry.service, dict) for entry in entries):
        return _nothing(file, Message("import.hsds_no_services"))
    return _catalogue(entries) if entries else _nothing(file, Message("import.hsds_nothing"))


def _unfolded(one: Any) -> list[Any]:
    """The services of an organization, each with it as theirs; a service itself."""
    if not isinstance(one, dict) or not isinstance(one.get("services"), list):
        return [one]
    organization = {name: value for name, value in one.items() if name != "services"}
    return [
        {**service, "organization": service.get("organization") or organization}
        if isinstance(service, dict)
        else service
        for service in one["services"]
    ]


def read_one(service: Json) -> Offer | None:
    """A service as the import would take it; None where it would not."""
    found = catalogue([service], JSON_FILE, first=1)
    return found.offers[0] if found.offers and not found.errors else None


def parse_datapackage(files: Mapping[str, bytes], called: Mapping[str, str] | None = None) -> Catalogue:
    """Read the tables of a Tabular Data Package by file name; files that are not known are left out.

    `called` are the paths at which they stand, where those are others.
    """
    names = called or {}
    services = names.get(SERVICES, SERVICES)
    if SERVICES not in files:
        return _nothing(SERVICES, Message("import.hsds_no_services"))
    if _too_big(sum(map(len, files.values()))):
        return _nothing(services, _TOO_BIG)
    found: dict[str, list[tuple[int, Json]]] = {}
    for name in tabular.COLUMNS:
        file = f"{name}.csv"
        try:
            if file in files:
                found[name] = tabular.numbered(files[file])
        except TableError as error:
            return Catalogue((), (), (RowError(names.get(file, file), error.row, "", error.message),))
    numbers = [number for number, _ in found["services"]]
    read = tabular.services({name: [row for _, row in rows] for name, rows in found.items()})
    entries = [_Entry(one, services, number) for one, number in zip(read, numbers, strict=True)]
    return _catalogue(entries) if entries else _nothing(services, Message("import.hsds_nothing"))


def parse_zip(content: bytes, file: str) -> Catalogue:
    """The same for a package that is packed as ZIP."""
    if _too_big(len(content)):
        return _nothing(file, _TOO_BIG)
    try:
        return parse_datapackage(*package.unpacked(content))
    except TableError as error:
        return _nothing(file, error.message)


def _too_big(size: int) -> bool:
    return size > tabular.LIMITS.megabytes * 1_000_000


def _nothing(file: str, message: Message) -> Catalogue:
    return Catalogue((), (), (RowError(file, 0, "", message),))


def catalogue(services: Iterable[Json], file: str, *, first: int) -> Catalogue:
    """A list of services: what can be read, and a sentence about each entry or date that cannot; the importer checks what is left."""
    return _catalogue([_Entry(service, file, number) for number, service in enumerate(services, first)])


class _Found:
    """Rows of our tables and what stands beside them, each row with the entry that says it."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[_Entry, Mapping[str, str]]]] = {
            ORGANIZATIONS: [],
            SERVICES: [],
            SCHEDULES: [],
        }
        self.beside: dict[str, dict[str, Any]] = {}
        self.unsaid: dict[str, frozenset[str]] = {}
        self.left_out: list[RowError] = []

    def add(self, entry: _Entry, provider: Mapping[str, str]) -> None:
        """A service with its dates and what it is responsible for."""
        service = entry.service
        row = rows.service(service, provider)
        self.rows[SERVICES].append((entry, row))
        self.beside[row["id"]] = {
            "texts": tuple(values(fields.items(service, "attributes")).get("texts", ())),
            "exceptions": rows.exceptions(service),
            "original": None if rows.is_own(service) else service,
        }
        self.unsaid[row["id"]] = rows.unsaid(service, row)
        for duty in rows.duties(service):
            self.rows.setdefault(RESPONSIBILITIES, []).append((entry, duty | {"service_id": row["id"]}))
        for schedule in locations.schedules(service):
            read = rows.schedule(schedule)
            if read is None:
                self.left_out.append(entry.says("schedules", "import.hsds_schedule"))
            else:
                self.rows[SCHEDULES].append((entry, read | {"service_id": row["id"]}))
        for place in locations.others(service):
            said = entry.says("service_at_locations", "import.hsds_elsewhere", place=cells.shown(place))
            self.left_out.append(said)

    def where(self, error: RowError) -> RowError:
        """An error of the importer, at the place in the file that was read."""
        if error.file not in self.rows or not error.row:
            return error
        entry = self._entry(error.file, error.row)
        params = error.message.params
        if "row" in params:
            params = {**params, "row": self._entry(error.file, params["row"]).number}
        return RowError(entry.file, entry.number, error.column, Message(error.message.key, params))

    def _entry(self, table: str, row: int) -> _Entry:
        return self.rows[table][row - 2][0]


def _catalogue(entries: Sequence[_Entry]) -> Catalogue:
    nameless = [entry for entry in entries if not fields.text(entry.service, "name")]
    errors = [entry.says("name", "import.hsds_no_name") for entry in nameless]
    named = [entry for entry in entries if fields.text(entry.service, "name")]
    found = _Found()
    providers = _providers(named)
    found.rows[ORGANIZATIONS] = list(providers.values())
    for entry in named:
        found.add(entry, providers[rows.organization(entry.service)["id"]][1])
    try:
        read_in = importer.from_rows({name: _table(name, some) for name, some in found.rows.items()})
    except TableError as error:
        return Catalogue((), (), (*errors, RowError(entries[0].file, 0, "", error.message)))
    offers = tuple(
        dataclasses.replace(offer, **found.beside.get(offer.external_id, {})) for offer in read_in.offers
    )
    return Catalogue(
        read_in.providers,
        offers,
        (*errors, *map(found.where, read_in.errors)),
        read_in.responsibilities,
        {offer.id: found.unsaid[offer.external_id] for offer in offers},
        elsewhere=all(offer.original is not None for offer in offers),
        left_out=tuple(found.left_out),
    )


def _providers(entries: Iterable[_Entry]) -> dict[str, tuple[_Entry, Mapping[str, str]]]:
    """Organizations by id: what one entry does not say of them is what a later one does."""
    found: dict[str, tuple[_Entry, Mapping[str, str]]] = {}
    for entry in entries:
        row = rows.organization(entry.service)
        first, before = found.get(row["id"], (entry, row))
        found[row["id"]] = first, {name: before[name] or value for name, value in row.items()}
    return {
        id_: (entry, {**row, "name": row["name"] or rows.instead(entry.service)})
        for id_, (entry, row) in found.items()
    }


def _table(name: str, some: Collection[tuple[_Entry, Mapping[str, str]]]) -> list[list[str]]:
    """A table of ours, the header first. Raises TableError where there is too much of it, or it is no text."""
    if len(some) > csvfile.ONE_FILE.rows:
        raise TableError("import.too_many_rows", limit=csvfile.ONE_FILE.rows)
    columns = list(tables()[name])
    found = [[row.get(column, "") for column in columns] for _, row in some]
    csvfile.checked("\n".join(cell for row in found for cell in row))
    return [columns, *found]
