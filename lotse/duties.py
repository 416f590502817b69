"""Regular duties, each by itself: one that breaks off is seen in the log and in the figures, and takes nothing with it."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any

import structlog

from db.engine import Database, StorageBusyError, Transaction
from lotse.measures import DUTIES_FAILED

log = structlog.get_logger(__name__)

Duty = Callable[[Transaction, datetime], Awaitable[Any]]


def announce(names: Iterable[str]) -> None:
    """Begin to count at 0: a number that appears with the first failure has not risen for Prometheus."""
    for name in names:
        DUTIES_FAILED.labels(name)


async def in_one(database: Database, duty: Duty, now: datetime) -> Any:
    """Do a duty in a transaction of its own."""
    async with database.write() as tx:
        return await duty(tx, now)


async def attempt(name: str, work: Callable[[], Awaitable[Any]]) -> Any:
    """What came of it; None where it broke off, which must not end the process: that would meet the same again when it starts anew.

    Raises StorageBusyError: the same may succeed soon.
    """
    try:
        return await work()
    except StorageBusyError:
        raise
    except Exception:
        log.exception("runtime.duty_failed", duty=name)
        DUTIES_FAILED.labels(name).inc()
        return None
