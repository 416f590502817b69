"""Who a message goes to and what they would read, before it leaves: pure functions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from agreements.campaigns import rules
from agreements.campaigns.types import Preview, Recipient, Spoken, Unreached
from agreements.types import Client
from delivery.types import OutboxState
from i18n import phrases

LEFT = (OutboxState.SENT, OutboxState.SENDING, OutboxState.AMBIGUOUS, OutboxState.UNKNOWN, None)


@dataclass(frozen=True)
class Target:
    """Somebody who is written to, in their language."""

    person_id: str
    client_id: str | None
    language: str


def targets(clients: Sequence[Client]) -> list[Target]:
    """Those of these clients who can be reached by chat."""
    return [
        Target(client.person_id, client.id, client.language)
        for client in clients
        if client.person_id is not None and rules.obstacle(client) is None
    ]


def preview(
    chosen: Sequence[Target],
    unreached: tuple[Unreached, ...],
    phrase: str,
    slots: Mapping[str, str],
    goes_at: datetime,
    again: int | None = None,
) -> Preview:
    """What sending to them would do; `again` is how many of them know a text that this one replaces."""
    counts = Counter(target.language for target in chosen)
    spoken = tuple(
        Spoken(language, count, phrases.message(phrase, slots, language))
        for language, count in sorted(counts.items())
    )
    people = frozenset(target.person_id for target in chosen)
    return Preview(len(chosen), spoken, unreached, goes_at, people, again)


def told_again(who: Recipient, state: OutboxState | None) -> bool:
    """Whether a correction is news to a recipient: they know the old text."""
    return who.opened_at is not None and state in LEFT
