"""The words of responsibilities: what somebody needs an office for, which one answers for whom and where, and what is told."""

from collections.abc import Mapping
from dataclasses import dataclass

from offers.types import Offer

DISTRICT = "district"
"""Every municipality of the district, but not the city in its middle."""
ADVICE = "advice"
"""The matter of the counselling services, which help on where no office is named."""


@dataclass(frozen=True)
class Matter:
    """What somebody needs an office for. `name` is the id of its message, `lists` are those of what people call it.

    Where it is named, the matters of `instead_of` are not meant although a word of theirs is said.
    """

    id: str
    name: str
    lists: tuple[str, ...]
    instead_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Responsibility:
    """One entry: for this matter, people with one of these papers, living in one of these places, go to this office.

    No `residence_status`: everybody. No `places`: everywhere; `DISTRICT` may stand among them.
    """

    id: str
    external_id: str
    offer_id: str
    matter: str
    residence_status: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True)
class Duty:
    """An entry beside the kind of its office."""

    entry: Responsibility
    kind: str


@dataclass(frozen=True)
class Office:
    """An office to go to: for which matters and, where it is not for everybody, with which papers."""

    offer: Offer
    matters: tuple[str, ...]
    residence_status: tuple[str, ...]


@dataclass(frozen=True)
class Directions:
    """Where to go. `helps_on` is set where nobody is named and a counselling service stands in for them.

    `ask_place`: elsewhere it is another office, and nobody said where.
    """

    matters: tuple[str, ...]
    place: str | None
    offices: tuple[Office, ...]
    helps_on: bool = False
    ask_place: bool = False


@dataclass(frozen=True)
class Uncovered:
    """A matter and the places in which nobody is named for it, or not for everybody."""

    matter: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class Overview:
    """Every entry beside its office, and where entries are missing; `offices` are by id, drafts included."""

    entries: tuple[Responsibility, ...]
    offices: Mapping[str, Offer]
    uncovered: tuple[Uncovered, ...]
