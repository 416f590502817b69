"""The words of this folder: profiles and searches that somebody keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from offers.types import Hit, Query

MOST = 10
"""So many profiles, and so many searches, may somebody keep; of a profile each has a colour of its own."""
MOST_OFFERS = 100


@dataclass(frozen=True)
class Profile:
    """What somebody looks for again and again, for somebody whose name is not written down. `mark` is a colour, from 0."""

    id: str
    mark: int
    filters: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class SavedSearch:
    """A search that tells of new offers; one from before may still be `as_written` by the person, who reads this `language`."""

    id: str
    person_id: str
    told_at: datetime
    seen_at: datetime
    query: Query = field(repr=False)
    language: str
    as_written: bool = False


@dataclass(frozen=True)
class News:
    """What is new for a search `since` somebody looked."""

    search: SavedSearch
    since: datetime
    hits: tuple[Hit, ...]
