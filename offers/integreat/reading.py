"""From saved answers of Integreat's API to a catalogue: locations and events become drafts; pages are left to offers.guides."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from i18n.messages import Message
from offers.errors import EntryError
from offers.guides.integreat import MAX_BYTES, entries, is_page, whose
from offers.hsds import reading
from offers.hsds.terms import Json
from offers.importer import Catalogue
from offers.integreat import services
from offers.types import RowError

NAMED = {"locations.json": services.LOCATION, "events.json": services.EVENT}
"""What a file of this name holds, all of its region."""
_Where = tuple[str, int]
"""File and number of an entry."""
_Key = tuple[str, str, str]
"""Region, location or event, and its id."""


def parse(files: Mapping[str, bytes]) -> Catalogue:
    """Read every location and event of the files in German; entries count from 1, and each that is wrong is named."""
    errors: list[RowError] = []
    sorted_: dict[_Key, list[tuple[_Where, Mapping[str, Any]]]] = {}
    regions: set[str] = set()
    for where, entry in _entries(files, errors):
        if is_page(entry):
            regions |= _region(entry)
            continue
        try:
            key = _key(entry)
        except EntryError as error:
            errors.append(_wrong(where, error.field))
            continue
        regions |= _region(entry)
        if key is not None:
            sorted_.setdefault(key, []).append((where, entry))
    found: list[Json] = []
    for (region, kind, _), some in sorted_.items():
        wheres, those = [where for where, _ in some], [entry for _, entry in some]
        try:
            found.append(services.CONVERT[kind](those, region))
        except EntryError as error:
            errors.append(_wrong(wheres[0], error.field))
        if kind == services.LOCATION:
            errors += [_wrong(where, "location", "import.guide_double") for where in wheres[1:]]
    if errors:
        return Catalogue((), (), tuple(errors))
    spoken_for = {(region, kind) for region, kind, _ in sorted_} | set(product(regions, _kinds(files)))
    beginnings = sorted(services.external_id(*both, "") for both in spoken_for)
    return replace(reading.catalogue(found, "integreat", first=1), speaks_for=tuple(beginnings))


def _kinds(files: Mapping[str, bytes]) -> set[str]:
    """Of what the files hold every one by their names, also where that is none any more."""
    return {kind for name, kind in NAMED.items() if name in files}


def _key(entry: Mapping[str, Any]) -> _Key | None:
    """Which location or event it is; None for one in a language that is not that of offers. Raises EntryError."""
    region = services.region_of(entry)
    if region is None:
        return None
    if "event" in entry:
        return region, services.EVENT, services.event_id(entry)
    return region, services.LOCATION, services.location_id(entry)


def _region(entry: Any) -> set[str]:
    """The region whose entry it is, if it says so; of a wrong page offers.guides tells."""
    try:
        return {whose(entry)[0]} if isinstance(entry, dict) else set()
    except EntryError:
        return set()


def _entries(files: Mapping[str, bytes], errors: list[RowError]) -> Iterator[tuple[_Where, Any]]:
    for name, content in files.items():
        try:
            found = entries(content)
        except ValueError as error:
            message = Message(str(error), {"limit": MAX_BYTES // 1_000_000})
            errors.append(RowError(name, 0, "", message))
            continue
        yield from (((name, n), entry) for n, entry in enumerate(found, 1))


def _wrong(where: _Where, field: str, key: str = "import.guide_field") -> RowError:
    return RowError(*where, field, Message(key, {}))
