"""What is done every two seconds, in the one process that is the sender: reminders fall due, and once a minute what follows them."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from db.engine import StorageBusyError
from delivery.worker import DeliveryWorker
from lotse.duties import Duty, announce, attempt, in_one

if TYPE_CHECKING:
    from lotse.runtime import Core

log = structlog.get_logger(__name__)

EVERY_SECONDS = 2.0
RESTS = timedelta(minutes=1)
"""Between two rounds of what follows reminders; so long rests what broke off, too."""
_REMINDERS = "reminders"


async def keep(core: "Core", worker: DeliveryWorker, *, every: float = EVERY_SECONDS) -> None:
    """Look again and again what is due, until cancelled."""
    ticking = Ticking(core, worker)
    while True:
        await ticking.look()
        await asyncio.sleep(every)


class Ticking:
    """Small transactions, so that replies come in between, and one for each duty, so that none holds up another."""

    def __init__(self, core: "Core", worker: DeliveryWorker) -> None:
        self._core = core
        self._worker = worker
        self._rested: dict[str, datetime] = {}
        announce((_REMINDERS, *self._duties()))

    async def look(self) -> None:
        """Do what is due until nothing is. A busy storage is asked again at the next look."""
        try:
            while await self._worker.be_sender():
                if not await self._round(self._core.clock.now()):
                    break
                self._worker.wake()
        except StorageBusyError:
            log.warning("runtime.storage_busy")

    async def _round(self, now: datetime) -> int:
        """How much was due. Raises StorageBusyError."""
        done = 0
        if self._is_time(_REMINDERS, now):
            done += await self._remind(now)
        for name, duty in self._duties().items():
            if self._is_time(name, now):
                done += await attempt(name, partial(in_one, self._core.database, duty, now)) or 0
                self._rested[name] = now
        return done

    def _duties(self) -> Mapping[str, Duty]:
        core = self._core
        return {
            "appointments": core.reminders.finish_appointments,
            "repeats": core.reminders.repeat,
            "closing": partial(core.delivery.tidying.close, after=core.settings.close_after),
        }

    async def _remind(self, now: datetime) -> int:
        """How many reminders were due; where all of them together break off, whatever is wrong with one client's is kept from the others'."""
        reminders, database = self._core.reminders, self._core.database

        async def together() -> int:
            async with database.read() as tx:
                if not await reminders.anything_to_do(tx, now):
                    return 0
            return int(await in_one(database, reminders.tick, now))

        async def whose() -> list[str]:
            async with database.read() as tx:
                return await reminders.due_clients(tx, now)

        done = await attempt(_REMINDERS, together)
        if done is not None:
            return int(done)
        self._rested[_REMINDERS] = now
        each = [partial(reminders.tick, client_id=id_) for id_ in await attempt(_REMINDERS, whose) or ()]
        return sum([await attempt(_REMINDERS, partial(in_one, database, one, now)) or 0 for one in each])

    def _is_time(self, name: str, now: datetime) -> bool:
        last = self._rested.get(name)
        return last is None or abs(now - last) >= RESTS
