"""What is done every ten minutes and every night: retention, digests, checks, the write-ahead log, the anchor of the access log."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from agreements import rules
from db.engine import StorageBusyError
from lotse import anchor

if TYPE_CHECKING:
    from lotse.runtime import Core

log = structlog.get_logger(__name__)

EVERY = timedelta(minutes=10)
"""By the clock of the house, so that days that pass in a playground are kept like others."""
_LOOK_SECONDS = 2.0


async def keep(core: "Core") -> None:
    """Look after the house again and again, until cancelled."""
    day, removed, done = None, Counter[str](), None
    while True:
        now: datetime = core.clock.now()
        if done is not None and abs(now - done) < EVERY:
            await asyncio.sleep(_LOOK_SECONDS)
            continue
        try:
            async with core.database.write() as tx:
                removed.update(await core.privacy.purge(tx, now))
                asked, digests = await core.reviews.ask(tx, now), await core.cases.day.tick(tx, now)
                circle = await core.circle.tick(tx, now) + await core.cases.feedback.tick(tx, now)
            await core.database.clear_log()
            log.info("runtime.housekeeping", offers_asked_about=asked, digests=digests, circle=circle)
            # One line a night for the record of what was let go: numbers of rows, nothing else.
            if day != rules.today(now):
                log.info("runtime.retention", removed=dict(removed))
                await anchor.keep_newest(core.database, core.people.trail, core.settings.anchor_path)
                day = rules.today(now)
                removed.clear()
            done = now
        except StorageBusyError:
            log.warning("runtime.storage_busy")
            await asyncio.sleep(_LOOK_SECONDS)
