"""What can go wrong with making two entries one."""

from typing import ClassVar

from people.errors import DomainError


class NotTwinsError(DomainError):
    """An entry is no twin of itself, and one that ended has nothing to give."""

    key: ClassVar[str] = "desk.twins.not_two"
