"""The words of what clients say to their agreement."""

from dataclasses import dataclass, field
from datetime import datetime

from agreements.goals.types import AgreementView, Goal, Task
from agreements.types import Client, Milestone


@dataclass(frozen=True)
class AgreementReply:
    """What the client did with one signed version; the later of confirmed and change wished counts.

    `mark` is that of the text as it stood on the phone last, in this language (`replies.shown`); once it was agreed to, of that one.
    None where it was before marks were kept.
    """

    agreement_id: str
    seen_at: datetime
    confirmed_at: datetime | None = None
    change_at: datetime | None = None
    mark: str | None = None
    language: str | None = None

    @property
    def confirmed(self) -> bool:
        """Whether the client agrees, and has wished for no change since."""
        return self.confirmed_at is not None and not self.changing

    @property
    def changing(self) -> bool:
        """Whether the client wishes for a change, and has not agreed since."""
        return self.change_at is not None and (
            self.confirmed_at is None or self.change_at > self.confirmed_at
        )


@dataclass(frozen=True)
class Standing:
    """An agreement as both sides see it, and what the client says to its newest signed version.

    `reworded` says that this version reads differently now than what the client agreed to.
    """

    client: Client
    view: AgreementView = field(repr=False)
    goals: tuple[Goal, ...]
    milestones: tuple[Milestone, ...]
    tasks: tuple[Task, ...]
    reply: AgreementReply | None
    reworded: bool = False
