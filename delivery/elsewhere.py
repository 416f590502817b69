"""What other folders are asked and told of pushes: whatever breaks off for one of them is kept from all others.

A message is sent by the same process that answers everybody; one client's broken row must neither end it nor meet it again at its next start.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from db.engine import StorageBusyError, Transaction, translated
from delivery.measures import BROKEN_OFF
from delivery.service import Outcome
from delivery.types import OutboxItem, OutboxState, Postpone, Verdict

log = structlog.get_logger(__name__)

Recheck = Callable[[Transaction, Sequence[OutboxItem], datetime], Awaitable[Mapping[str, Verdict]]]
"""Asked right before pushes go out: are they still wanted? Verdicts by the ids of the items."""
ASKED_AGAIN = timedelta(minutes=5)
"""So long waits a push of which nobody could say whether it is wanted; its last moment still counts."""
_T = TypeVar("_T")
_R = TypeVar("_R")


class Elsewhere:
    """The two questions with a savepoint around them, for all together and, where that breaks off, for each alone. Both raise StorageBusyError."""

    def __init__(self, recheck: Recheck, outcome: Outcome) -> None:
        self._recheck = recheck
        self._outcome = outcome

    async def recheck(
        self, tx: Transaction, items: Sequence[OutboxItem], now: datetime
    ) -> Mapping[str, Verdict]:
        """Verdicts of those that are judged; whatever cannot be judged waits."""
        judged, broken = await _kept_apart(tx, "recheck", items, lambda some: self._recheck(tx, some, now))
        waiting = {item.id: Postpone(now + ASKED_AGAIN) for item in broken}
        return {id_: verdict for verdicts in judged for id_, verdict in verdicts.items()} | waiting

    async def outcome(
        self, tx: Transaction, ended: Sequence[tuple[OutboxItem, OutboxState]], now: datetime
    ) -> None:
        """Tell what became of them. What became of a message is kept also where nobody could be told: else it would be sent again."""
        _, broken = await _kept_apart(tx, "outcome", ended, lambda some: self._outcome(tx, some, now))
        for item, state in broken:
            log.error("delivery.not_told", outbox=item.id, state=state.value)


async def _kept_apart(
    tx: Transaction, step: str, all_: Sequence[_T], do: Callable[[Sequence[_T]], Awaitable[_R]]
) -> tuple[list[_R], list[_T]]:
    """What came of it, once for all or for each by itself; and those with which it broke off."""
    found: list[_R] = []
    broken: list[_T] = []
    parts = [all_]
    while parts:
        part = parts.pop()
        try:
            with translated():
                async with tx.begin_nested():
                    found.append(await do(part))
        except StorageBusyError:
            raise
        except Exception:
            if len(part) > 1:
                parts += [[one] for one in reversed(part)]
                continue
            log.exception("delivery.broken_off", step=step)
            BROKEN_OFF.labels(step).inc()
            broken += part
    return found, broken
