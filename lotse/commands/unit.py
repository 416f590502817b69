"""One unit of work from the command line: the core is built, one transaction is opened, all is closed again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer

from db.engine import Transaction
from i18n.languages import SOURCE
from i18n.messages import words
from lotse import runtime
from lotse.clock import SystemClock
from lotse.commands.given import settings_of
from lotse.runtime import Core
from people.errors import DomainError

_Found = TypeVar("_Found")


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
        core = runtime.build_core(settings_of(context), clock=SystemClock())
        try:
            async with core.database.read() if reads else core.database.write() as tx:
                found = await work(core, tx)
            if clear:
                await core.database.clear_log()
            return found
        finally:
            await core.database.close()

    try:
        return asyncio.run(unit())
    except DomainError as error:
        raise typer.BadParameter(words(SOURCE).render(error.message).striptags()) from None
