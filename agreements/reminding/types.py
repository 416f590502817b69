"""The words of the reminder engine."""

from dataclasses import dataclass
from enum import StrEnum

from agreements.rules import QuietTimes


@dataclass(frozen=True)
class Case:
    """What the engine must know of a client; nothing that is sealed. Nobody is told anything about one that is only `stored`. `in_chat` counts the cases that share its chat, itself included."""

    id: str
    person_id: str | None
    coordinator_id: str
    reminders: bool
    reachable: bool
    ended: bool
    quiet: QuietTimes
    picture: str
    in_chat: int
    stored: bool = False


class Often(StrEnum):
    """How often somebody wants to be reminded of one thing."""

    ONCE = "once"
    USUAL = "usual"
    MORE = "more"


@dataclass(frozen=True)
class OwnTimes:
    """When messages may come to a person, and how often; `often` is None where there is no case, or where the coordinator chose times."""

    quiet: QuietTimes
    often: Often | None
    reminded: bool
