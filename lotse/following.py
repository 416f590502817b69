"""Lets the searches follow what is stored, beside everything else: a question never waits for one to be built."""

import asyncio

import structlog

from db.engine import Database, StorageBusyError
from offers.guides.service import GuidesService
from offers.service import OffersService
from people.house.service import HouseService

GUIDES_SECONDS = 3.0
CATALOGUE_SECONDS = 2.0
HOUSE_SECONDS = 2.0
log = structlog.get_logger(__name__)


async def guides(database: Database, service: GuidesService) -> None:
    """Follow the guide pages."""
    while True:
        try:
            async with database.read() as tx:
                changed = await service.changed_pages(tx)
            if changed is not None:
                await service.learn(*changed)
                log.info("runtime.guides_learned", pages=len(changed[1]))
        except StorageBusyError:
            log.warning("runtime.storage_busy")
        await asyncio.sleep(GUIDES_SECONDS)


async def catalogue(database: Database, service: OffersService) -> None:
    """Follow the offers."""
    while True:
        try:
            async with database.read() as tx:
                if await service.refresh(tx):
                    log.info("runtime.catalogue_followed")
        except StorageBusyError:
            log.warning("runtime.storage_busy")
        await asyncio.sleep(CATALOGUE_SECONDS)


async def house(database: Database, service: HouseService) -> None:
    """Follow what administrators set at the desk."""
    while True:
        try:
            async with database.read() as tx:
                await service.refresh(tx)
        except StorageBusyError:
            log.warning("runtime.storage_busy")
        await asyncio.sleep(HOUSE_SECONDS)
