"""Which tables and columns come in and go out, how each is read, and which program leads it unless said otherwise."""

from collections.abc import Mapping
from typing import Any

from agreements.files import fields
from agreements.transfer.errors import ColumnsInvalidError
from agreements.transfer.types import Columns, Leader
from i18n.phrases import PAPERS, Category, of_category
from offers import cells
from offers.tables import Column, Table
from offers.types import BRING

CLIENTS, MILESTONES, APPOINTMENTS, PLACEMENTS = "clients", "milestones", "appointments", "placements"
_NEVER_OUT = frozenset({"call_name"})
"""Shown at the desk only."""
_LED_HERE = frozenset(
    {
        "call_name", "school_years", "degree", "german_level", "profession", "literacy",
        "education_recorded_on", "competence_offered_on", "competence_done_on",
    }
)  # fmt: skip


def _phrase(category: Category) -> Column:
    return Column(cells.one_of([phrase.id for phrase in of_category(category)]), required=True)


_CASE = Column(fields.OF_CLIENT["case_number"], required=True)
_MILESTONES: Table = {
    "id": Column(cells.text(120), required=True),
    "case_number": _CASE,
    "phrase": _phrase(Category.MILESTONE),
    "place": Column(cells.place),
    "paper": Column(cells.one_of(PAPERS)),
    "due_on": Column(cells.day, required=True),
    "status": Column(cells.one_of(("open", "done", "dropped")), default="open"),
    "roadmap_goal": Column(cells.text(10)),
}
_APPOINTMENTS: Table = {
    "id": Column(cells.text(120), required=True),
    "case_number": _CASE,
    "phrase": _phrase(Category.APPOINTMENT),
    "place": Column(cells.place_or_text),
    "where": Column(cells.text(200)),
    "day": Column(cells.day, required=True),
    "time": Column(cells.clock, required=True),
    "minutes": Column(cells.number(5, 720), default=60),
    "bring": Column(cells.several_of(BRING), default=()),
    "status": Column(cells.one_of(("planned", "cancelled")), default="planned"),
}
_CLIENTS: Table = {name: Column(read, required=name == "case_number") for name, read in fields.FIELDS.items()}
TABLES: Mapping[str, Table] = {CLIENTS: _CLIENTS, MILESTONES: _MILESTONES, APPOINTMENTS: _APPOINTMENTS}
"""The tables of an import; also the names of its files without ending, or of the sheets of one workbook."""
OUT: Mapping[str, tuple[str, ...]] = {
    CLIENTS: ("case_number", *(n for n in fields.OF_RECORD if n not in _NEVER_OUT), "language", "place"),
    MILESTONES: (
        "id",
        "case_number",
        "phrase",
        "place",
        "paper",
        "due_on",
        "status",
        "roadmap_goal",
        "title",
    ),
    APPOINTMENTS: (
        "id",
        "case_number",
        "phrase",
        "place",
        "where",
        "day",
        "time",
        "minutes",
        "bring",
        "status",
    ),
    PLACEMENTS: ("id", "case_number", "offer", "status", "result", "changed_on"),
}
"""The columns of an export."""


def name(columns: Columns, table: str, field: str) -> str:
    """What the other program calls a field."""
    return columns.names.get(table, {}).get(field, field)


def leader(columns: Columns, table: str, field: str) -> Leader:
    """Which program leads a field."""
    usual = Leader.LOTSE if table == CLIENTS and field in _LED_HERE else Leader.PROGRAM
    return columns.leaders.get(table, {}).get(field, usual)


def described(found: Mapping[str, Any]) -> Columns:
    """A description as it stands in a file: table → field → a name, or `{column: …, leads: program|lotse}`. Raises ColumnsInvalidError."""
    names: dict[str, dict[str, str]] = {}
    leaders: dict[str, dict[str, Leader]] = {}
    for table, given in found.items():
        if table not in OUT or not isinstance(given, Mapping):
            raise ColumnsInvalidError
        for field, how in given.items():
            if field not in OUT[table] and field not in TABLES.get(table, {}):
                raise ColumnsInvalidError
            about = how if isinstance(how, Mapping) else {"column": how}
            names.setdefault(table, {})[field] = str(about.get("column", field)).strip()
            if "leads" in about:
                leaders.setdefault(table, {})[field] = _leader(about["leads"])
        if len(set(names[table].values())) < len(names[table]):
            raise ColumnsInvalidError
    return Columns(names, leaders)


def _leader(text: object) -> Leader:
    try:
        return Leader(str(text))
    except ValueError:
        raise ColumnsInvalidError from None
