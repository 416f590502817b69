"""The words of translating the catalogue: fields, states, texts, and what a batch did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class TextField(StrEnum):
    """What is translated of an offer; everything else is coded or a name."""

    NAME = "name"
    SUMMARY = "summary"
    DESCRIPTION = "description"


class TextState(StrEnum):
    """Integreat's states: read by a person, by a machine, made from an older German text, not there, or not usable."""

    REVIEWED = "reviewed"
    MACHINE = "machine"
    OUTDATED = "outdated"
    MISSING = "missing"
    FAILED = "failed"


SHOWN = frozenset({TextState.REVIEWED, TextState.MACHINE})
"""Texts that people get to read; instead of any other they read the German one."""


@dataclass(frozen=True)
class StoredText:
    """One text as it is kept. `source_hash` is of the German text it was made from."""

    offer_id: str
    language: str
    field: TextField
    text: str
    state: TextState
    source_hash: str
    updated_at: datetime


@dataclass(frozen=True)
class GermanText:
    """One public German text, with the names in it that stay as they are."""

    offer_id: str
    field: TextField
    source: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Job:
    """One German text that a language lacks, with the names in it that stay as they are."""

    offer_id: str
    language: str
    field: TextField
    source: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spoken:
    """What there is of one offer in one language; empty for what must be said in German. `machine` names what no person has read."""

    texts: Mapping[TextField, str] = field(default_factory=dict)
    machine: frozenset[TextField] = frozenset()

    @property
    def by_machine(self) -> bool:
        """Whether a machine translated any of it."""
        return bool(self.machine)

    @property
    def name(self) -> str:
        """The offer's name, empty when it is not translated."""
        return self.texts.get(TextField.NAME, "")

    @property
    def summary(self) -> str:
        """The offer in a line, empty when it is not translated."""
        return self.texts.get(TextField.SUMMARY, "")

    @property
    def description(self) -> str:
        """What is told of the offer, empty when it is not translated."""
        return self.texts.get(TextField.DESCRIPTION, "")


UNSPOKEN = Spoken()
"""Nothing is translated."""


@dataclass(frozen=True)
class Coverage:
    """How many texts of a language are in each state."""

    language: str
    counts: Mapping[TextState, int]


@dataclass(frozen=True)
class ToReview:
    """A machine's text beside its source, and how many wait in that language."""

    job: Job
    text: str
    waiting: int
