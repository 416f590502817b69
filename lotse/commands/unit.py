"""One unit of work from the command line: the core is built, one transaction is opened, all is closed again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import typer

from db.engine import Transaction
from i18n.languages import SOURCE
from i18n.messages import words
from lotse import runtime
from lotse.clock import SystemClock
from lotse.commands.given import settings_of
from lotse.runtime import Core
from lotse.settings import Settings
from people.errors import DomainError

_Found = TypeVar("_Found")


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Core]:
    """The core by the machine's own clock; its database is closed when the block ends, however it ends."""
    core = runtime.build_core(settings, clock=SystemClock())
    try:
        yield core
    finally:
        await core.database.close()


def run(
    context: typer.Context,
    work: Callable[[Core, Transaction], Awaitable[_Found]],
    *,
    reads: bool = False,
    clear: bool = False,
) -> _Found:
    """What `work` gives back. `reads` opens a transaction that writes nothing, `clear` lets go of what the storage kept of erased rows.

    Raises typer.BadParameter with the sentence of an error of the domain.
    """

    async def unit() -> _Found:
        async with opened(settings_of(context)) as core:
            async with core.database.read() if reads else core.database.write() as tx:
                found = await work(core, tx)
            if clear:
                await core.database.clear_log()
            return found

    try:
        return asyncio.run(unit())
    except DomainError as error:
        raise typer.BadParameter(words(SOURCE).render(error.message).striptags()) from None
