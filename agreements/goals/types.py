"""The words of target agreements: goals, the coordinator's tasks, what was signed."""

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Goal:
    """What somebody wants to reach: a phrase of the book, perhaps in own words (German, shown as they are)."""

    id: str
    client_id: str
    field: str
    phrase: str
    words: str = dataclasses.field(repr=False)
    roadmap_goal: str | None
    reached_on: date | None
    created_at: datetime


@dataclass(frozen=True)
class Task:
    """What the coordinator does, by when; for a milestone of the client or on its own."""

    id: str
    client_id: str
    milestone_id: str | None
    phrase: str
    due_on: date
    done_on: date | None
    created_at: datetime


@dataclass(frozen=True)
class MilestoneGoal:
    """Which goal a milestone leads to, and which goal of the district's roadmap it stands for."""

    milestone_id: str
    goal_id: str | None
    roadmap_goal: str | None


@dataclass(frozen=True)
class AgreedGoal:
    """A goal as it stands in an agreement."""

    id: str
    field: str
    phrase: str
    words: str = dataclasses.field(repr=False)
    roadmap_goal: str | None


@dataclass(frozen=True)
class AgreedStep:
    """What the client does: a milestone as it stands in an agreement."""

    id: str
    goal_id: str | None
    phrase: str
    slots: Mapping[str, str] = dataclasses.field(repr=False)
    due_on: date
    offer_id: str | None
    roadmap_goal: str | None


@dataclass(frozen=True)
class AgreedTask:
    """What the coordinator does, as it stands in an agreement."""

    id: str
    milestone_id: str | None
    phrase: str
    due_on: date


@dataclass(frozen=True)
class Content:
    """Everything that both sides agree on; what became of it since is no part of it."""

    goals: tuple[AgreedGoal, ...]
    steps: tuple[AgreedStep, ...]
    tasks: tuple[AgreedTask, ...]

    @property
    def mark(self) -> str:
        """A short name for all of it, for a page to say what stood there; another one where anything differs."""
        said = repr(dataclasses.astuple(self))
        return hashlib.sha256(said.encode("utf-8", "backslashreplace")).hexdigest()[:32]


@dataclass(frozen=True)
class Version:
    """What was signed, when and by which member of staff."""

    agreement_id: str
    number: int
    signed_on: date
    signed_by: str
    content: Content = dataclasses.field(repr=False)


@dataclass(frozen=True)
class AgreementView:
    """The agreement as it is now, and the signed versions, the newest first.

    `changed` says that something differs from the newest signed version: it waits to be signed, as the next version.
    """

    client_id: str
    content: Content = dataclasses.field(repr=False)
    versions: tuple[Version, ...]

    @property
    def changed(self) -> bool:
        """Whether what stands there now was not signed like this.

        The offer of a step is chosen once and for all; that its entry in the catalogue became one with another changes nothing agreed.
        """
        return not self.versions or _agreed(self.versions[0].content) != _agreed(self.content)


def _agreed(content: Content) -> Content:
    steps = tuple(dataclasses.replace(step, offer_id=None) for step in content.steps)
    return dataclasses.replace(content, steps=steps)
