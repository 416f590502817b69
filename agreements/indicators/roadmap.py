"""The roadmap as a table: read from a file with every error by row and column, and ordered as people number goals."""

from pathlib import Path

from agreements.goals.rules import roadmap_number
from agreements.indicators.types import RoadmapGoal
from i18n.messages import Message
from offers import cells, csvfile
from offers.errors import CellError, TableError
from offers.tables import Column, Table
from offers.types import FIELDS_OF_ACTION, RowError

SAMPLE = Path(__file__).parent / "sample" / "roadmap.csv"
FILE = "roadmap.csv"


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
}


def order(goal: RoadmapGoal) -> tuple[int, ...]:
    """2.2 before 2.10."""
    return tuple(int(part) for part in goal.number.split("."))


def read(content: bytes) -> tuple[list[RoadmapGoal], list[RowError]]:
    """The goals of a CSV file, or what is wrong with it."""
    errors: list[RowError] = []
    found: dict[str, RoadmapGoal] = {}
    try:
        header: list[str] = []
        for number, row in csvfile.rows(content):
            if not header:
                header = [cell.strip() for cell in row]
                errors += [
                    RowError(FILE, 1, name, Message("import.column_missing"))
                    for name, how in TABLE.items()
                    if how.required and name not in header
                ]
                if errors:
                    break
                continue
            goal = _goal(number, dict(zip(header, row, strict=False)), errors)
            if goal is not None and goal.number in found:
                double = Message("import.double_id", {"value": goal.number, "row": 0})
                errors.append(RowError(FILE, number, "number", double))
            elif goal is not None:
                found[goal.number] = goal
    except TableError as error:
        errors.append(RowError(FILE, error.row, "", error.message))
    return list(found.values()), errors


def cell_values(given: dict[str, str]) -> tuple[RoadmapGoal | None, dict[str, Message]]:
    """A goal out of the cells of a row or form, or for each that does not fit what is wrong."""
    values = {}
    wrong: dict[str, Message] = {}
    for name, how in TABLE.items():
        try:
            text = cells.cleaned(given.get(name, ""))
            if not text and how.required:
                raise CellError("import.empty")  # noqa: TRY301 -- beside what else can be wrong with the cell
            values[name] = how.read(text) if text else how.default
        except CellError as error:
            wrong[name] = error.message
    return (None if wrong else RoadmapGoal(**values)), wrong


def _goal(number: int, given: dict[str, str], errors: list[RowError]) -> RoadmapGoal | None:
    goal, wrong = cell_values(given)
    errors += [RowError(FILE, number, name, message) for name, message in wrong.items()]
    return goal
