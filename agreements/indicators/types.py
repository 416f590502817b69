"""The words of indicators and of the roadmap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Indicator(StrEnum):
    """What is counted; shares have a base, counts have none."""

    EDUCATION_IN_TIME = "education_in_time"
    """Goal 2.2: of people of working age whose three months are over, how many were recorded within them."""
    COMPETENCE_OFFERED = "competence_offered"
    COMPETENCE_DONE = "competence_done"
    PLACED_IN_WORK = "placed_in_work"
    """Goal 4.2: of people of working age with access to the labour market, how many began a measure of the field work."""
    PLACEMENTS = "placements"
    WOMEN = "women"
    """Of those who said it, how many are women."""
    CHILDCARE_COURSES = "childcare_courses"
    """Goal 2.1: of German courses, how many look after children meanwhile; those that do so only on request do not count."""
    OFFERS_CHECKED = "offers_checked"
    """Goal 5.2: of public offers, how many somebody confirmed within the quarter of the year that runs."""
    MEETINGS = "meetings"
    """Goal 5.9: exchange meetings and meetings of the helper circles that took place."""


class Grouping(StrEnum):
    """By what figures are broken down; never by member of staff."""

    ALL = "all"
    QUARTER = "quarter"
    MONTH = "month"
    PLACE = "place"
    FIELD = "field"


@dataclass(frozen=True)
class Count:
    """How many, and of how many where it is a share; `people` are the clients it speaks of, None where each is counted once.

    Never leaves this folder unhidden.
    """

    number: int
    base: int | None
    people: frozenset[str] | None = None

    @property
    def size(self) -> int:
        """Of how many people it speaks."""
        if self.people is not None:
            return len(self.people)
        return self.number if self.base is None else self.base


@dataclass(frozen=True)
class Figure:
    """One figure of a report; `number` is None where it would say something about few people.

    `group` is empty for all together, else `2027-Q1`, `2027-01`, a place or a field of action; empty too where that is not recorded.
    """

    indicator: Indicator
    group: str
    number: int | None
    base: int | None

    @property
    def share(self) -> float | None:
        """0 to 1, None for a count, for an empty base, and where hidden."""
        return self.number / self.base if self.number is not None and self.base else None


class Light(StrEnum):
    """How a goal stands."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    OPEN = "open"
    """Nothing is measured, or what is measured is hidden."""


@dataclass(frozen=True)
class RoadmapGoal:
    """A goal of the district's roadmap: what, in which field of action, who, until when, measured by what.

    `indicator` and `target` are the roadmap's own words. `measure` is the `Indicator` that Lotse counts for it, empty for none, and `aim`
    what that has to reach: per cent for shares, else a number. `light` is what a lead said with a `note` on the day `judged_on`; empty is
    what the figures say.
    """

    number: str
    field: str
    text: str
    responsible: str
    deadline: date | None
    indicator: str
    target: str
    measure: str = ""
    aim: int | None = None
    light: str = ""
    note: str = ""
    judged_on: date | None = None


@dataclass(frozen=True)
class Judged:
    """A goal with how it stands. `value` is per cent where `is_share`, None where nothing is measured or it is hidden."""

    goal: RoadmapGoal
    value: int | None
    is_share: bool
    computed: Light
    light: Light


@dataclass(frozen=True)
class Report:
    """What council and public get: the goals as they stand, and the figures of a quarter and of those before it, the oldest first."""

    quarter: str
    made_at: datetime
    goals: Sequence[Judged]
    quarters: Sequence[str]
    figures: Mapping[Indicator, Mapping[str, Figure]]
