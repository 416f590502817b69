"""Lets the searches follow what is stored, beside everything else: a question never waits for one to be built."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from db.engine import Database, StorageBusyError, Transaction
from lotse import garbage
from offers.guides.service import GuidesService
from offers.service import OffersService
from people.house.service import HouseService

GUIDES_SECONDS = 3.0
CATALOGUE_SECONDS = 2.0
HOUSE_SECONDS = 2.0
_Found = TypeVar("_Found")
log = structlog.get_logger(__name__)


async def guides(database: Database, service: GuidesService) -> None:
    """Follow the guide pages."""
    while True:
        changed = await _read(database, service.changed_pages)
        if changed is not None:
            await service.learn(*changed)
            log.info("runtime.guides_learned", pages=len(changed[1]))
        await asyncio.sleep(GUIDES_SECONDS)


async def catalogue(database: Database, service: OffersService) -> None:
    """Follow the offers."""
    first = True
    while True:
        if await _read(database, service.refresh):
            log.info("runtime.catalogue_followed")
            if first:
                garbage.settle()
                first = False
        await asyncio.sleep(CATALOGUE_SECONDS)


async def house(database: Database, service: HouseService) -> None:
    """Follow what administrators set at the desk."""
    while True:
        await _read(database, service.refresh)
        await asyncio.sleep(HOUSE_SECONDS)


async def _read(database: Database, work: Callable[[Transaction], Awaitable[_Found]]) -> _Found | None:
    """What is read in a transaction of its own; None where the storage is busy, the next round comes soon."""
    try:
        async with database.read() as tx:
            return await work(tx)
    except StorageBusyError:
        log.warning("runtime.storage_busy")
        return None
