"""Which columns the tables of a catalogue have and how each is read; how rows hang together is the importer's business."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from offers import cells, kinds
from offers.responsible import matters
from offers.responsible.types import DISTRICT
from offers.types import (
    AUDIENCES,
    BARRIER_FREE,
    BRING,
    CHILDCARE,
    COSTS,
    DISTRICT_FINANCED,
    FIELDS_OF_ACTION,
    FREQUENCIES,
    LANGUAGE_CODES,
    LEVELS,
    REGISTRATION,
    RESIDENCE,
    SKIP_HOLIDAYS,
    Status,
    Topic,
)

ORGANIZATIONS, SERVICES, SCHEDULES = "organizations.csv", "services.csv", "schedules.csv"
RESPONSIBILITIES = "responsibilities.csv"
OPTIONAL = frozenset({RESPONSIBILITIES})
"""Tables without which a catalogue is whole: what is stored of them stays as it is."""


@dataclass(frozen=True)
class Column:
    """How a column is read; an empty cell becomes `default` unless it is required."""

    read: cells.Reader
    required: bool = False
    default: Any = ""
    lines: bool = False
    """Whether line breaks within the text are kept."""
    draft: cells.Reader | None = None
    """How it is read in a row whose status is draft, where it may also be empty; None: no different."""


Table = Mapping[str, Column]


def _needed(read: cells.Reader) -> Column:
    return Column(read, required=True)


def _contact(web: str) -> dict[str, Column]:
    return {"phone": Column(cells.phone), "email": Column(cells.email), web: Column(cells.url)}


_LONG = Column(cells.text(5000), lines=True)
_ADDRESS = {"address_1": Column(cells.text(200)), "postal_code": Column(cells.postal_code)}


def _organizations() -> Table:
    return {
        "id": _needed(cells.identifier),
        "name": _needed(cells.text(200)),
        "description": _LONG,
        "place": Column(cells.place),
        **_ADDRESS,
        **_contact("website"),
    }


def _services() -> Table:
    return {
        "id": _needed(cells.identifier),
        "organization_id": _needed(cells.identifier),
        "topic": _needed(cells.one_of([topic.value for topic in Topic])),
        "kind": _needed(cells.one_of(tuple(kinds.load()))),
        "field_of_action": _needed(cells.one_of(FIELDS_OF_ACTION)),
        "name": _needed(cells.text(200)),
        "description": _LONG,
        "summary": Column(cells.text(140)),
        "place": Column(cells.place, required=True, draft=cells.place_or_text),
        "location_name": Column(cells.text(200)),
        **_ADDRESS,
        "transportation": Column(cells.text(200)),
        "level_min": Column(cells.one_of(LEVELS), default=None),
        "level_max": Column(cells.one_of(LEVELS), default=None),
        "audience": Column(cells.several_of(AUDIENCES), default=()),
        "childcare": Column(cells.one_of(CHILDCARE), default="no"),
        "languages": Column(cells.several_of(LANGUAGE_CODES), default=()),
        "cost": _needed(cells.one_of(COSTS)),
        "cost_amount": Column(cells.amount, default=None),
        "residence_status": Column(cells.several_of(RESIDENCE), default=()),
        "registration": _needed(cells.one_of(REGISTRATION)),
        "registration_deadline": Column(cells.day, default=None),
        "capacity": Column(cells.number(0, 100_000), default=None),
        "free_places": Column(cells.number(0, 100_000), default=None),
        "barrier_free": Column(cells.one_of(BARRIER_FREE), default="unknown"),
        **_contact("url"),
        "bring": Column(cells.several_of(BRING), default=()),
        "source": _needed(cells.text(200)),
        "owner": Column(cells.text(120)),
        "assured_date": Column(cells.day, default=None),
        "status": _needed(cells.one_of([status.value for status in Status])),
        "keywords": Column(cells.words(2000), default=()),
        "district_financed": Column(cells.one_of(DISTRICT_FINANCED), default="unknown"),
        "cooperation_until": Column(cells.day, default=None),
    }


def _schedules() -> Table:
    return {
        "service_id": _needed(cells.identifier),
        "valid_from": _needed(cells.day),
        "valid_to": Column(cells.day, default=None),
        "freq": _needed(cells.one_of(FREQUENCIES)),
        "interval": Column(cells.number(1, 52), default=1),
        "byday": Column(cells.byday),
        "opens_at": _needed(cells.clock),
        "closes_at": Column(cells.clock),
        "skip_holidays": Column(cells.one_of(SKIP_HOLIDAYS), default="none"),
        "note": Column(cells.text(200)),
    }


def _responsibilities() -> Table:
    return {
        "id": _needed(cells.identifier),
        "matter": _needed(cells.one_of(tuple(matters.load()))),
        "residence_status": Column(cells.several_of(RESIDENCE), default=()),
        "places": Column(cells.places_or(DISTRICT), default=()),
        "service_id": _needed(cells.identifier),
    }


@cache
def tables() -> Mapping[str, Table]:
    """The tables of a catalogue by file name."""
    return {
        ORGANIZATIONS: _organizations(),
        SERVICES: _services(),
        SCHEDULES: _schedules(),
        RESPONSIBILITIES: _responsibilities(),
    }
