"""The places of the district and how near one is to another; where an offer takes place is said by the offer."""

import math
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from i18n.text import search_key
from offers.types import Near, Place

DATA = Path(__file__).parent / "places.yml"
_EARTH_KM = 6371.0
RANK: dict[Near, int] = {"same": 0, "neighbour": 1, "line": 2, "far": 3}


class Places:
    """The places by name; every way to write one leads to it."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = {place.name: place for place in places}
        self._known: dict[str, Place] = {}
        for place in self._places.values():
            for spelling in (place.name, *place.aliases):
                self._known.setdefault(search_key(spelling), place)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._places.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The names, as the catalogue writes them."""
        return tuple(self._places)

    def find(self, name: str) -> Place | None:
        """The place with this name, quarter, stop or other spelling."""
        return self._places.get(name) or self._known.get(search_key(name))

    def spellings(self, name: str) -> tuple[str, ...]:
        """All ways to write a place, normalised for search."""
        return tuple(key for key, place in self._known.items() if place.name == name)

    def nearest(self, latitude: float, longitude: float) -> Place:
        """The place whose middle is closest."""
        return min(
            self._places.values(),
            key=lambda p: distance_km((p.latitude, p.longitude), (latitude, longitude)),
        )

    def nearness(self, asked: str, other: str) -> Near:
        """The same place, a neighbour, reachable by one S- or U-Bahn line, or far. The city is on everybody's line."""
        if asked == other:
            return "same"
        here, there = self._places.get(asked), self._places.get(other)
        if here is None or there is None:
            return "far"
        if other in here.neighbours or asked in there.neighbours:
            return "neighbour"
        if set(here.lines) & set(there.lines) or here.is_center or there.is_center:
            return "line"
        return "far"

    def distance_km(self, asked: str, other: str) -> float | None:
        """Kilometres as the crow flies between the middles of two places."""
        here, there = self._places.get(asked), self._places.get(other)
        if here is None or there is None:
            return None
        return distance_km((here.latitude, here.longitude), (there.latitude, there.longitude))

    def distance_from(self, location: tuple[float, float], other: str) -> float | None:
        """Kilometres as the crow flies from a location to the middle of a place."""
        there = self._places.get(other)
        return None if there is None else distance_km(location, (there.latitude, there.longitude))


def distance_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Kilometres on the great circle between two points in degrees of latitude and longitude."""
    lat1, lat2 = math.radians(here[0]), math.radians(there[0])
    dlat, dlon = lat2 - lat1, math.radians(there[1] - here[1])
    half = math.sin(dlat / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(dlon / 2) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


@cache
def load(path: Path = DATA) -> Places:
    """The places of the data file."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Places(_place(row) for row in rows)


def _place(row: dict[str, Any]) -> Place:
    return Place(
        name=row["name"],
        kind=row["kind"],
        is_center=row["is_center"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        postal_codes=tuple(row["postal_codes"]),
        neighbours=tuple(row["neighbours"]),
        lines=tuple(row["lines"]),
        aliases=tuple(row["aliases"]),
        note=row["note"],
    )
