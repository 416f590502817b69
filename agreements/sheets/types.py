"""What stands on a printed sheet: every text in German and in the client's language, without a thought to the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class Pair:
    """One text in German, for the office, and in the language of whoever takes the sheet home."""

    german: str
    own: str


class Mark(Enum):
    """What stands in front of a line: a box to tick by hand, a ticked one, a struck one; or a light, whose colour the line says too."""

    EMPTY = "empty"
    TICKED = "ticked"
    STRUCK = "struck"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    OPEN = "open"


@dataclass(frozen=True)
class Heading:
    """The title of a part."""

    text: Pair


@dataclass(frozen=True)
class Line:
    """A sentence, with a smaller one below it (a day, a place), perhaps with a box in front."""

    text: Pair
    below: Pair | None = None
    mark: Mark | None = None


@dataclass(frozen=True)
class Fact:
    """A label and what it says: when, where, telephone."""

    label: Pair
    value: Pair


@dataclass(frozen=True)
class Signatures:
    """Empty lines to sign on, each with who signs below it."""

    who: Sequence[Pair]


Block = Heading | Line | Fact | Signatures


@dataclass(frozen=True)
class Sheet:
    """A sheet in German and `language`; `foot` stands at the end of each page, in German only."""

    title: Pair
    language: str
    blocks: Sequence[Block]
    foot: str = ""
