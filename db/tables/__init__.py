"""All tables of the schema; importing this module fills `metadata`."""

from db.tables import (
    accounts,
    agreements,
    audit,
    circle,
    delivery,
    files,
    goals,
    guides,
    handover,
    holds,
    house,
    offers,
    people,
    placements,
    staff,
    transfer,
)
from db.tables.base import metadata

__all__ = [
    "accounts",
    "agreements",
    "audit",
    "circle",
    "delivery",
    "files",
    "goals",
    "guides",
    "handover",
    "holds",
    "house",
    "metadata",
    "offers",
    "people",
    "placements",
    "staff",
    "transfer",
]
