"""The words of this folder."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Standing:
    """A message on a phone that shows details: its row, whose phone, its number there, and the tap that opens the same again."""

    id: str
    person_id: str
    message_id: int
    opens: str
