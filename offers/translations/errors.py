"""What can be wrong with a translation that a person wrote."""

from typing import ClassVar

from people.errors import DomainError


class NumbersLostError(DomainError):
    """A number of the German text is missing, a day, a time, a price; or there is no text, or far too much of it."""

    key: ClassVar[str] = "rv.numbers_lost"
