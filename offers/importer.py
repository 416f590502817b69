"""From four tables, of which one may be missing, to providers and offers, with every error by file, row and column; what is stored already is not its business."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from i18n.messages import Message
from offers import cells, csvfile, kinds, rules, xlsxfile
from offers.errors import CellError, Errors, TableError
from offers.responsible.types import Responsibility
from offers.tables import (
    OPTIONAL,
    ORGANIZATIONS,
    RESPONSIBILITIES,
    SCHEDULES,
    SERVICES,
    Column,
    Table,
    tables,
)
from offers.types import LEVELS, Offer, Provider, RowError, Schedule, Status

Values = dict[str, Any]


@dataclass(frozen=True)
class Catalogue:
    """What the tables hold; with `errors` it is not to be used."""

    providers: tuple[Provider, ...]
    offers: tuple[Offer, ...]
    errors: tuple[RowError, ...]
    responsibilities: tuple[Responsibility, ...] | None = None
    """None where the files say nothing of them: then they stay as they are."""
    unsaid: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Offer id → fields that its file does not say: of an offer that is stored they stay as they are."""
    speaks_for: tuple[str, ...] | None = None
    """How the ids begin of all that the files would hold, so that what is missing there is gone; None: every one."""
    elsewhere: bool = False
    """The files are another directory's: only what came from such files before is gone when it is missing there."""
    left_out: tuple[RowError, ...] = ()
    """What of it cannot be held here; the rest can be used."""


@dataclass(frozen=True)
class _Row:
    """A row; one that is not `whole` has cells that could not be read and only says that its id exists."""

    file: str
    number: int
    values: Values
    whole: bool = True
    unsaid: frozenset[str] = frozenset()
    """Columns that the file does not have."""


class _Errors(Errors):
    def in_order(self) -> tuple[RowError, ...]:
        """File by file from top to bottom, as somebody works them off; that there are more comes last."""
        files = list(dict.fromkeys(error.file for error in self))
        read, more = self[: self.MOST], self[self.MOST :]
        return (*sorted(read, key=lambda error: (files.index(error.file), error.row)), *more)

    def at(self, where: _Row, column: str, key: str, /, **params: object) -> None:
        """One more, in a cell of this row."""
        self.add(where.file, where.number, column, Message(key, params))


def parse(files: Mapping[str, bytes]) -> Catalogue:
    """Read the tables of a catalogue; `files` are contents by file name, or one workbook with a sheet for each."""
    errors = _Errors()
    found: dict[str, list[_Row]] = {}
    book = next((name for name in files if name.lower().endswith(".xlsx")), None)
    if book is not None and len(files) == 1:
        found = _read_workbook(book, files[book], errors)
        return (
            _joined(found, errors, once=True) if _is_complete(found) else Catalogue((), (), errors.in_order())
        )
    for name in files:
        if name not in tables():
            known = ", ".join(tables())
            errors.add(cells.shown(name), 0, "", Message("import.file_unknown", {"names": known}))
    for name, table in tables().items():
        rows = _read(name, table, csvfile.rows(files[name]), errors) if name in files else None
        if name not in files and name not in OPTIONAL:
            errors.add(name, 0, "", Message("import.file_missing"))
        if rows is not None:
            found[name] = rows
    return _joined(found, errors, once=True) if _is_complete(found) else Catalogue((), (), errors.in_order())


def from_rows(rows: Mapping[str, Iterable[list[str]]]) -> Catalogue:
    """The same for tables that were taken apart already: file name → rows, the header first."""
    errors = _Errors()
    found: dict[str, list[_Row]] = {}
    for name, table in tables().items():
        if name in OPTIONAL and name not in rows:
            continue
        read = _read(name, table, enumerate(rows[name], 1), errors)
        if read is not None:
            found[name] = read
    return _joined(found, errors) if _is_complete(found) else Catalogue((), (), errors.in_order())


def _is_complete(found: Mapping[str, list[_Row]]) -> bool:
    """Whether every table could be read: with half a table every reference into the other half would be called wrong."""
    return all(name in found for name in tables() if name not in OPTIONAL)


def _read_workbook(book: str, content: bytes, errors: _Errors) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = {}
    try:
        sheets = xlsxfile.sheets(content, [name.removesuffix(".csv") for name in tables()])
    except TableError as error:
        errors.put(error.at(book))
        return found
    for name, table in tables().items():
        sheet = name.removesuffix(".csv")
        if sheet not in sheets and name in OPTIONAL:
            continue
        if sheet not in sheets:
            errors.add(f"{book}: {sheet}", 0, "", Message("import.sheet_missing"))
            continue
        rows = _read(f"{book}: {sheet}", table, sheets[sheet], errors)
        if rows is not None:
            found[name] = rows
    return found


def _read(
    name: str, table: Table, rows: Iterable[tuple[int, list[str]]], errors: _Errors
) -> list[_Row] | None:
    """The rows of one file, as far as their cells can be read; None where the file itself is wrong."""
    found: list[_Row] = []
    header: list[str] | None = None
    try:
        for number, row in rows:
            if header is None:
                header = _header(row, table)
                if not _header_is_right(name, table, header, errors):
                    return None
                continue
            values = _values(_Row(name, number, {}), table, header, row, errors)
            found.append(_Row(name, number, values, len(values) == len(table), frozenset(table) - {*header}))
    except TableError as error:
        errors.put(error.at(name))
        return None
    if header is None:
        errors.add(name, 0, "", Message("import.file_empty"))
        return None
    return found


def _header(row: list[str], table: Table) -> list[str]:
    known = {column.casefold(): column for column in table}
    names = [known.get(cell.strip().casefold(), cell.strip()) for cell in row]
    while names and not names[-1]:
        names.pop()
    return names


def _header_is_right(name: str, table: Table, header: list[str], errors: _Errors) -> bool:
    before = len(errors)
    for index, column in enumerate(header):
        if not column:
            errors.add(name, 1, xlsxfile.letter(index + 1), Message("import.column_unnamed"))
        elif column not in table:
            errors.add(name, 1, cells.shown(column), Message("import.column_unknown"))
        elif column in header[:index]:
            errors.add(name, 1, column, Message("import.column_double"))
    for column, how in table.items():
        if how.required and column not in header:
            errors.add(name, 1, column, Message("import.column_missing"))
    return len(errors) == before


def _values(where: _Row, table: Table, header: list[str], row: list[str], errors: _Errors) -> Values:
    if any(cell.strip() for cell in row[len(header) :]):
        errors.at(where, "", "import.too_many_cells")
    given = dict(zip(header, row, strict=False))
    draft = given.get("status", "").strip() == Status.DRAFT
    values: Values = {}
    for name, column in table.items():
        try:
            values[name] = _value(column, given.get(name, ""), draft=draft)
        except CellError as error:
            errors.add(where.file, where.number, name, error.message)
    return values


def _value(column: Column, cell: str, *, draft: bool) -> Any:
    text = cells.cleaned(cell, lines=column.lines)
    lenient = column.draft if draft else None
    if text:
        return (lenient or column.read)(text)
    if column.required and lenient is None:
        raise CellError("import.empty")
    return column.default


def _joined(found: Mapping[str, list[_Row]], errors: _Errors, *, once: bool = False) -> Catalogue:
    """`once`: the same row of dates twice is a mistake, as it is for whoever keeps tables by hand."""
    organizations = _by_id(found[ORGANIZATIONS], errors)
    services = _by_id(found[SERVICES], errors)
    for row in filter(_is_whole, services.values()):
        _check_service(row, organizations, errors)
    series: dict[str, list[Schedule]] = {}
    if once:
        _check_once_each(found[SCHEDULES], errors)
    for row in filter(_is_whole, found[SCHEDULES]):
        _check_schedule(row, services, errors)
        values = dict(row.values)
        if values["freq"] == "ONCE":
            values["valid_to"] = values["valid_from"]
        series.setdefault(values.pop("service_id"), []).append(Schedule(**values))
    duties = None
    if RESPONSIBILITIES in found:
        rows = _by_id(found[RESPONSIBILITIES], errors)
        for row in filter(_is_whole, rows.values()):
            _check_service_id(row, services, errors)
        duties = tuple(_responsibility(row.values) for row in filter(_is_whole, rows.values()))
    if errors:
        return Catalogue((), (), errors.in_order())
    providers = {external_id: _provider(row.values) for external_id, row in organizations.items()}
    offers = [
        _offer(row.values, providers[row.values["organization_id"]], tuple(series.get(external_id, ())))
        for external_id, row in services.items()
    ]
    unsaid = {offer.id: services[offer.external_id].unsaid for offer in offers}
    return Catalogue(tuple(providers.values()), tuple(offers), (), duties, unsaid)


def _is_whole(row: _Row) -> bool:
    return row.whole


def _by_id(rows: list[_Row], errors: _Errors) -> dict[str, _Row]:
    found: dict[str, _Row] = {}
    for row in rows:
        external_id = row.values.get("id")
        if external_id is None:
            continue
        if external_id in found:
            errors.at(row, "id", "import.double_id", value=external_id, row=found[external_id].number)
        else:
            found[external_id] = row
    return found


def _check_service(row: _Row, organizations: Mapping[str, _Row], errors: _Errors) -> None:
    values = row.values
    if values["organization_id"] not in organizations:
        errors.at(
            row, "organization_id", "import.unknown_id", value=values["organization_id"], file=ORGANIZATIONS
        )
    if kinds.load()[values["kind"]].topic != values["topic"]:
        errors.at(row, "kind", "import.wrong_kind", value=values["kind"], topic=values["topic"])
    low, high = values["level_min"], values["level_max"]
    if low and high and LEVELS.index(high) < LEVELS.index(low):
        errors.at(row, "level_max", "import.order", other="level_min")
    capacity, free = values["capacity"], values["free_places"]
    if capacity is not None and free is not None and free > capacity:
        errors.at(row, "free_places", "import.free_over_capacity")
    if values["cost"] == "free" and values["cost_amount"]:
        errors.at(row, "cost_amount", "import.amount_though_free")


def _check_schedule(row: _Row, services: Mapping[str, _Row], errors: _Errors) -> None:
    values = row.values
    first, last = values["valid_from"], values["valid_to"]
    _check_service_id(row, services, errors)
    if last is not None and last < first:
        errors.at(row, "valid_to", "import.order", other="valid_from")
    if values["closes_at"] and values["closes_at"] <= values["opens_at"]:
        errors.at(row, "closes_at", "import.order", other="opens_at")
    check: Callable[[_Row, _Errors], None] = _check_once if values["freq"] == "ONCE" else _check_byday
    check(row, errors)


def _check_once_each(rows: Iterable[_Row], errors: _Errors) -> None:
    seen: dict[tuple[Any, ...], int] = {}
    for row in filter(_is_whole, rows):
        said = tuple(row.values.values())
        if said in seen:
            errors.at(row, "", "import.double_row", row=seen[said])
        else:
            seen[said] = row.number


def _check_service_id(row: _Row, services: Mapping[str, _Row], errors: _Errors) -> None:
    service_id = row.values["service_id"]
    if service_id not in services:
        errors.at(row, "service_id", "import.unknown_id", value=service_id, file=SERVICES)


def _check_once(row: _Row, errors: _Errors) -> None:
    if row.values["byday"]:
        errors.at(row, "byday", "import.byday_for_once")
    if row.values["valid_to"] not in (None, row.values["valid_from"]):
        errors.at(row, "valid_to", "import.once_one_day")


def _check_byday(row: _Row, errors: _Errors) -> None:
    byday = row.values["byday"]
    if not byday:
        errors.at(row, "byday", "import.empty")
        return
    numbered = [number != 0 for number, _ in rules.parse_byday(byday)]
    if any(numbered) if row.values["freq"] == "WEEKLY" else not all(numbered):
        errors.at(row, "byday", "import.bad_byday", value=byday)


def _provider(values: Values) -> Provider:
    rest = {name: value for name, value in values.items() if name != "id"}
    return Provider(id=rules.stable_id("organization", values["id"]), external_id=values["id"], **rest)


def _offer(values: Values, provider: Provider, schedules: tuple[Schedule, ...]) -> Offer:
    rest = {name: value for name, value in values.items() if name not in ("id", "organization_id")}
    return Offer(
        id=rules.stable_id("service", values["id"]),
        external_id=values["id"],
        provider=provider,
        schedules=schedules,
        **rest,
    )


def _responsibility(values: Values) -> Responsibility:
    return Responsibility(
        id=rules.stable_id("responsibility", values["id"]),
        external_id=values["id"],
        offer_id=rules.stable_id("service", values["service_id"]),
        matter=values["matter"],
        residence_status=values["residence_status"],
        places=values["places"],
    )
