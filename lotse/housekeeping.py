"""What is done every ten minutes and every night: retention, digests, checks, the write-ahead log, the anchor of the access log."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from agreements import rules
from db.engine import StorageBusyError
from delivery.worker import DeliveryWorker
from lotse import anchor
from lotse.duties import Duty, announce, attempt, in_one

if TYPE_CHECKING:
    from lotse.runtime import Core

log = structlog.get_logger(__name__)

EVERY = timedelta(minutes=10)
"""By the clock of the house, so that days that pass in a playground are kept like others."""
_LOOK_SECONDS = 2.0


async def keep(core: "Core", worker: DeliveryWorker) -> None:
    """Look after the house again and again, until cancelled."""
    house = Housekeeping(core, worker)
    while True:
        await house.look()
        await asyncio.sleep(_LOOK_SECONDS)


class Housekeeping:
    """The duties of the house. Of several processes only the one that is the sender changes what is stored."""

    def __init__(self, core: "Core", worker: DeliveryWorker) -> None:
        self._core = core
        self._worker = worker
        self._done: datetime | None = None
        self._day: date | None = None
        self._removed = Counter[str]()
        announce((*self._duties(), "anchor"))

    async def look(self) -> None:
        """Do what is due. What is broken is seen in the log and in the figures; a busy storage is asked again at the next look."""
        now = self._core.clock.now()
        try:
            if (self._done is None or abs(now - self._done) >= EVERY) and await self._worker.be_sender():
                await self._round(now)
                self._done = now
            if self._day != rules.today(now):
                await self._night()
                self._day = rules.today(now)
        except StorageBusyError:
            log.warning("runtime.storage_busy")

    async def _round(self, now: datetime) -> None:
        """Every duty in a transaction of its own, so that none undoes or holds up another. Raises StorageBusyError when all were tried."""
        done: dict[str, Any] = {}
        busy: StorageBusyError | None = None
        for name, duty in self._duties().items():
            try:
                done[name] = await attempt(name, partial(in_one, self._core.database, duty, now))
            except StorageBusyError as error:
                busy = error
        self._removed.update(done.pop("retention", None) or {})
        log.info("runtime.housekeeping", **done)
        if busy is not None:
            raise busy
        await self._core.database.clear_log()

    def _duties(self) -> Mapping[str, Duty]:
        core = self._core
        return {
            "retention": core.privacy.purge,
            "offers_asked_about": core.reviews.ask,
            "digests": core.cases.day.tick,
            "meetings": core.circle.meetings.tick,
            "saved_searches": core.circle.saved.tick,
            "feedback": core.cases.feedback.tick,
        }

    async def _night(self) -> None:
        core = self._core
        if self._done is not None:
            # One line a night for the record of what was let go: numbers of rows, nothing else.
            log.info("runtime.retention", removed=dict(self._removed))
            self._removed.clear()
        kept = partial(anchor.keep_newest, core.database, core.people.trail, core.settings.anchor_path)
        await attempt("anchor", kept)
