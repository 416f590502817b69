"""Between the types of the catalogue and the rows of its tables: hashes that tell whether an imported row changed, and values."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from offers.rules import stable_id
from offers.types import Offer, Provider, Schedule

_ELSEWHERE = {"provider", "schedules", "exceptions", "texts", "original"}
_COLUMNS = tuple(field.name for field in fields(Offer) if field.name not in _ELSEWHERE)
"""Fields that are columns of the offer's own table, under the same name."""
_LATER = {"original": None, "transportation": "", "district_financed": "unknown", "cooperation_until": None}
"""Fields that came after the first catalogues, and what they hold where nobody said anything."""
_CODES = ("keywords", "audience", "languages", "residence_status", "bring")


def provider_hash(item: Provider) -> str:
    """Changes whenever the imported row does."""
    return _digest(asdict(item))


def offer_hash(item: Offer) -> str:
    """Changes whenever the imported row or one of its dates does; the provider has a hash of its own."""
    values = {**asdict(item), "provider": item.provider.id}
    # No file holds them, so that the row they belong to is the same with and without.
    del values["exceptions"]
    for later, nothing in _LATER.items():
        # An entry without one is the same as before there was such a field.
        if values[later] == nothing:
            del values[later]
    return _digest(values)


def provider_values(item: Provider) -> dict[str, Any]:
    """The row of a provider."""
    return {**asdict(item), "row_hash": provider_hash(item)}


def offer_values(item: Offer, now: datetime) -> dict[str, Any]:
    """The row of an offer; its columns are the fields that share their name."""
    values = {name: getattr(item, name) for name in _COLUMNS}
    values |= {name: list(values[name]) for name in _CODES}
    return {
        **values,
        "provider_id": item.provider.id,
        "row_hash": offer_hash(item),
        "changed_at": now,
    }


def schedule_values(item: Offer) -> list[dict[str, Any]]:
    """The rows of its schedules, in order."""
    return [
        {
            **asdict(schedule),
            "id": stable_id("schedule", f"{item.external_id}:{position}"),
            "offer_id": item.id,
            "position": position,
        }
        for position, schedule in enumerate(item.schedules)
    ]


def original_values(items: Iterable[Offer]) -> list[dict[str, Any]]:
    """The rows of what an import held beyond the model."""
    return [{"offer_id": item.id, "content": dict(item.original)} for item in items if item.original]


def exception_values(item: Offer) -> list[dict[str, Any]]:
    """The rows of cancelled and moved dates."""
    return [{"offer_id": item.id, **asdict(exception)} for exception in item.exceptions]


def provider_of(row: Mapping[str, Any]) -> Provider:
    """A provider from its row."""
    values = dict(row)
    del values["row_hash"]
    return Provider(**values)


def schedule_of(row: Mapping[str, Any]) -> Schedule:
    """A schedule from its row."""
    values = dict(row)
    for name in ("id", "offer_id", "position"):
        del values[name]
    return Schedule(**values)


def offer_of(row: Mapping[str, Any], provider: Provider, **parts: Any) -> Offer:
    """An offer from its row; `parts` are its schedules, exceptions and texts."""
    values = dict(row)
    for name in ("provider_id", "row_hash", "changed_at"):
        del values[name]
    values |= {name: tuple(values[name]) for name in _CODES}
    return Offer(**values, provider=provider, **parts)


def _digest(values: Mapping[str, Any]) -> str:
    canonical = json.dumps(values, default=str, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
