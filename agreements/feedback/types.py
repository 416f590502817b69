"""The words of this folder: answers and their counts."""

from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """What one tap says of a course date."""

    HELPED = "helped"
    SO_SO = "so_so"
    NOT = "not"


@dataclass(frozen=True)
class Counts:
    """How often each answer was given for an offer."""

    helped: int
    so_so: int
    not_: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.helped + self.so_so + self.not_
