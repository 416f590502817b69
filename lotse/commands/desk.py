"""`lotse desk` and `lotse admin account`: the web desk, and who may sign in there before anybody can."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from lotse import launch, runtime
from lotse.clock import SystemClock
from lotse.commands.given import settings_of
from lotse.desk import run_desk
from lotse.settings import Settings
from people.accounts.types import NewCode
from people.types import Role

console = Console()


def serve(context: typer.Context) -> None:
    """Start the web desk alone."""
    settings = settings_of(context)
    run_desk(settings, asyncio.run(launch.username(settings)))


def account(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The user name.")],
    role: Annotated[Role, typer.Option(help="What the account may do.")] = Role.ADMINISTRATOR,
    shown: Annotated[str, typer.Option(help="The name that colleagues read.")] = "",
) -> None:
    """Make an account for the desk and print the one-time link to its password, valid for 72 hours."""
    settings = settings_of(context)
    new = asyncio.run(_create(settings, name, shown, role))
    console.print(f"{settings.desk_address}/welcome/{new.code}", soft_wrap=True, highlight=False)


async def _create(settings: Settings, name: str, shown: str, role: Role) -> NewCode:
    core = runtime.build_core(settings, clock=SystemClock())
    try:
        async with core.database.write() as tx:
            return await core.accounts.create(tx, None, name, shown, [role], core.clock.now())
    finally:
        await core.database.close()
