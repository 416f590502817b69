"""What can be wrong with a translation that a person wrote."""

from typing import ClassVar

from people.errors import DomainError


class SpansLostError(DomainError):
    """Something that had to stay as it is in German, an amount, an address, a name, is not in the text."""

    key: ClassVar[str] = "rv.spans_lost"


class TextChangedError(DomainError):
    """The German text, or what is said of it in the other language, is not what was read any more."""

    key: ClassVar[str] = "desk.error.meanwhile"


class NumbersLostError(DomainError):
    """A number of the German text is missing, a day, a time, a price; or there is no text, or far too much of it."""

    key: ClassVar[str] = "rv.numbers_lost"


class HiddenSignsError(DomainError):
    """The text holds signs that nobody sees and that would turn around or break what stands beside it."""

    key: ClassVar[str] = "import.control"
