"""The fields of a client's file: how each is read from a cell of a form or table, and how it is written there."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from agreements import rules
from agreements.files.rules import NOT_BEFORE, Slip
from agreements.files.types import Degree, Gender, Literacy, Record, StatusGroup
from agreements.types import Client
from i18n.languages import LANGUAGES
from i18n.messages import Message
from offers import cells
from offers.errors import CellError
from offers.types import LEVELS

_YES, _NO = "yes", "no"


def _flag(cell: str) -> bool:
    return bool(cells.one_of((_YES, _NO))(cell) == _YES)


def _coded(codes: type[StrEnum]) -> cells.Reader:
    read = cells.one_of([code.value for code in codes])
    return lambda cell: codes(read(cell))


def _case_number(cell: str) -> str:
    number = rules.case_number(cell)
    if number is None:
        raise CellError("error.case_number_invalid")
    return number


LENGTHS: Mapping[str, int] = {"call_name": 60, "profession": 100}
"""How long what is written in own words may be."""
OF_CLIENT: Mapping[str, cells.Reader] = {
    "case_number": _case_number,
    "language": cells.one_of(tuple(LANGUAGES)),
    "place": cells.place_or_text,
}
"""Fields that the client's row holds: selections need language and place in plain."""
OF_RECORD: Mapping[str, cells.Reader] = {
    "allocated_on": cells.day,
    "working_age": _flag,
    "labour_access_on": cells.day,
    "status_group": _coded(StatusGroup),
    "gender": _coded(Gender),
    "call_name": cells.text(LENGTHS["call_name"]),
    "school_years": cells.number(0, 30),
    "degree": _coded(Degree),
    "german_level": cells.one_of(LEVELS),
    "profession": cells.text(LENGTHS["profession"]),
    "literacy": _coded(Literacy),
    "education_recorded_on": cells.day,
    "competence_offered_on": cells.day,
    "competence_done_on": cells.day,
}
FIELDS: Mapping[str, cells.Reader] = {**OF_CLIENT, **OF_RECORD}
"""Every field by name; a reader takes a cell that is not empty."""
DATES = ("allocated_on", "education_recorded_on", "competence_offered_on", "competence_done_on")
"""Fields that are kept in plain, because deadlines are looked for by them."""
_NEEDED = ("case_number", "language")
_TEXTS = ("call_name", "profession", "german_level", "place")


def read(cells_given: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Message]]:
    """The values of a form's cells, and for each field that does not fit what is wrong; an empty cell clears its field."""
    values: dict[str, Any] = {}
    wrong: dict[str, Message] = {}
    for name, cell in cells_given.items():
        try:
            values[name] = _value(name, cells.cleaned(cell))
        except CellError as error:
            wrong[name] = error.message
    return values, wrong


def _value(name: str, cell: str) -> Any:
    reader = FIELDS.get(name)
    if reader is None:
        raise CellError("import.column_unknown")
    if cell:
        return reader(cell)
    if name in _NEEDED:
        raise CellError("import.empty")
    return "" if name in _TEXTS else None


def slipped(name: str, slip: Slip) -> Message:
    """What is wrong with the day of a field, as a sentence."""
    match slip:
        case Slip.TOO_FAR:
            return Message("error.due_too_far")
        case Slip.AHEAD:
            return Message("cw.error.day_ahead")
        case Slip.ORDER:
            return Message("cw.error.days_order", {"first": Message("desk.f." + NOT_BEFORE[name])})


def opened(stored: Mapping[str, str]) -> dict[str, Any]:
    """The values of cells as `written` wrote them: nobody typed these, so there is nothing to clean."""
    return {name: _OF_STORED[name](cell) for name, cell in stored.items()}


def written(value: Any) -> str:
    """A value as a cell that `read` takes."""
    match value:
        case None:
            return ""
        case bool():
            return _YES if value else _NO
        case StrEnum():
            return value.value
        case date():
            return value.isoformat()
        case _:
            return str(value)


_OF_STORED: Mapping[str, Callable[[str], Any]] = {
    "working_age": _YES.__eq__,
    "labour_access_on": date.fromisoformat,
    "status_group": StatusGroup,
    "gender": Gender,
    "call_name": str,
    "school_years": int,
    "degree": Degree,
    "german_level": str,
    "profession": str,
    "literacy": Literacy,
}


def all_cells(client: Client, record: Record) -> dict[str, str]:
    """Every field as it is, for a form or a table."""
    return {name: written(getattr(client if name in OF_CLIENT else record, name)) for name in FIELDS}
