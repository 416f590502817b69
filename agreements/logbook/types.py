"""The words of the Logbuch: a register of the folder, and the papers that belong in it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Register:
    """One register sheet: its title is the message `logbook.register.<id>`; `papers` are ids of messages, each naming a paper."""

    id: str
    icon: str
    papers: tuple[str, ...]

    @property
    def key(self) -> str:
        """The id of its title in the catalogues."""
        return f"logbook.register.{self.id}"
