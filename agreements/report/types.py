"""What a report says, sentence by sentence, before it is laid out."""

from collections.abc import Sequence
from dataclasses import dataclass

from agreements.indicators.types import Light


@dataclass(frozen=True)
class GoalText:
    """A goal: its light as a colour and in words, and what is known of it, a line each."""

    number: str
    text: str
    light: Light
    said: str
    lines: Sequence[str]


@dataclass(frozen=True)
class FieldText:
    """A field of action with its goals."""

    name: str
    goals: Sequence[GoalText]


@dataclass(frozen=True)
class ReportText:
    """The whole report: goals by field of action, and a table of indicators with a column for each quarter."""

    title: str
    as_of: str
    district: str
    tally: Sequence[tuple[Light, str, int]]
    fields: Sequence[FieldText]
    quarters: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]
    notes: Sequence[str]
    headings: tuple[str, str]
    """Above the goals, above the figures."""
