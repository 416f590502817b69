"""The roadmap as a table: read from a file with every error by row and column, written back, and ordered as people number goals."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from agreements.goals.rules import roadmap_number
from agreements.indicators.types import Indicator, Light, RoadmapGoal
from i18n.messages import Message
from offers import cells, csvfile, xlsxfile
from offers.errors import CellError, Errors, TableError
from offers.tables import Column, Table
from offers.types import FIELDS_OF_ACTION, RowError

SAMPLE = Path(__file__).parent / "sample" / "roadmap.csv"
FILE = "roadmap.csv"
MOST_AIM = 1_000_000


def _number(cell: str) -> str:
    found = roadmap_number(cell)
    if found is None:
        raise CellError("cw.error.roadmap_number")
    return found


TABLE: Table = {
    "number": Column(_number, required=True),
    "field": Column(cells.one_of(FIELDS_OF_ACTION), required=True),
    "text": Column(cells.text(2000), required=True),
    "responsible": Column(cells.text(200)),
    "deadline": Column(cells.day, default=None),
    "indicator": Column(cells.text(300)),
    "target": Column(cells.text(300)),
    "measure": Column(cells.one_of([indicator.value for indicator in Indicator])),
    "aim": Column(cells.number(0, MOST_AIM), default=None),
    "light": Column(cells.one_of([light.value for light in Light])),
    "note": Column(cells.text(500)),
    "judged_on": Column(cells.day, default=None),
}


@dataclass(frozen=True)
class Row:
    """A goal of a file; `given` are the columns that the file has."""

    goal: RoadmapGoal
    given: frozenset[str]

    def over(self, stored: RoadmapGoal | None) -> RoadmapGoal:
        """The goal as it is after the import: what the file has no column for stays."""
        if stored is None:
            return self.goal
        return replace(stored, **{name: getattr(self.goal, name) for name in self.given})


def order(goal: RoadmapGoal) -> tuple[int, ...]:
    """2.2 before 2.10."""
    return tuple(int(part) for part in goal.number.split("."))


def cells_of(goal: RoadmapGoal) -> dict[str, str]:
    """A goal as a form shows it, whose fields for days speak ISO; `cell_values` reads it again."""
    values = {name: getattr(goal, name) for name in TABLE}
    return {name: v.isoformat() if isinstance(v, date) else _cell(v) for name, v in values.items()}


def rows_of(goals: Iterable[RoadmapGoal]) -> list[list[str]]:
    """The goals as the import reads them, the header first."""
    return [list(TABLE), *([_cell(getattr(goal, name)) for name in TABLE] for goal in goals)]


def read(content: bytes, file: str = FILE) -> tuple[list[Row], list[RowError]]:
    """The goals of a CSV file or of the first sheet of an Excel workbook, or what is wrong with it."""
    errors = Errors()
    found: dict[str, Row] = {}
    rows: dict[str, int] = {}
    try:
        header: list[str] = []
        for number, row in _lines(content, file):
            if not header:
                header = [cell.strip() for cell in row]
                for name, how in TABLE.items():
                    if how.required and name not in header:
                        errors.add(file, 1, name, Message("import.column_missing"))
                if errors:
                    break
                continue
            goal = _goal(file, number, dict(zip(header, row, strict=False)), errors)
            if goal is not None and goal.number in found:
                double = Message("import.double_id", {"value": goal.number, "row": rows[goal.number]})
                errors.add(file, number, "number", double)
            elif goal is not None:
                rows[goal.number] = number
                found[goal.number] = Row(goal, frozenset(header) & TABLE.keys())
        if not header:
            errors.add(file, 0, "", Message("import.file_empty"))
    except TableError as error:
        errors.add(file, error.row, "", error.message)
    return list(found.values()), errors


def cell_values(given: Mapping[str, str]) -> tuple[RoadmapGoal | None, dict[str, Message]]:
    """A goal out of the cells of a row or form, or for each that does not fit what is wrong."""
    values: dict[str, Any] = {}
    wrong: dict[str, Message] = {}
    for name, how in TABLE.items():
        try:
            text = cells.cleaned(given.get(name, ""))
            if not text and how.required:
                raise CellError("import.empty")  # noqa: TRY301 -- beside what else can be wrong with the cell
            values[name] = how.read(text) if text else how.default
        except CellError as error:
            wrong[name] = error.message
    # Whoever sets a light by hand says why and when; without a light of its own a goal needs neither.
    for name in ("note", "judged_on"):
        if values.get("light") and not values.get(name) and name not in wrong:
            wrong[name] = Message("cw.error.light_" + name)
    return (None if wrong else RoadmapGoal(**values)), wrong


def _lines(content: bytes, file: str) -> Iterator[tuple[int, Sequence[str]]]:
    if not file.lower().endswith(".xlsx"):
        yield from csvfile.rows(content)
        return
    for rows in list(xlsxfile.sheets(content).values())[:1]:
        yield from rows


def _goal(file: str, number: int, given: dict[str, str], errors: Errors) -> RoadmapGoal | None:
    goal, wrong = cell_values(given)
    for name, message in wrong.items():
        errors.add(file, number, name, message)
    return goal


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value)
