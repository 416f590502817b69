"""The words of this folder: the catalogue as far as it is counted."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

Span = tuple[date, date | None]
"""From when until when a series has dates, both days included; None is without end."""
Periods = Mapping[str, tuple[date, date]]
"""Stretches of time by name, each from its first day until before another, where the next begins; the oldest first."""


class Public(NamedTuple):
    """How many offers of a group are public now, and of how many somebody said lately that they are right; so German courses.

    `group` is a place or a field of action, empty where all are one.
    """

    group: str
    offers: int
    checked: int
    courses: int
    with_childcare: int


class Course(NamedTuple):
    """A German course that ran, and when."""

    with_childcare: bool
    spans: Sequence[Span]
