"""`lotse desk`, `lotse admin account` and `lotse admin leave`: the web desk, who may sign in there before anybody can, and who may no more."""

import asyncio
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from db.engine import Transaction
from lotse import launch
from lotse.commands.given import settings_of
from lotse.commands.unit import run
from lotse.desk import run_desk
from lotse.runtime import Core
from people.types import Role

console = Console(markup=False, emoji=False)


class StaffRole(StrEnum):
    """The roles that have an account at the desk."""

    COORDINATOR = Role.COORDINATOR.value
    LEAD = Role.LEAD.value
    ADMINISTRATOR = Role.ADMINISTRATOR.value
    REVIEWER = Role.REVIEWER.value


def serve(context: typer.Context) -> None:
    """Start the web desk alone."""
    settings = settings_of(context)
    run_desk(settings, asyncio.run(launch.username(settings)))


def account(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The user name.")],
    role: Annotated[StaffRole, typer.Option(help="What the account may do.")] = StaffRole.ADMINISTRATOR,
    shown: Annotated[str, typer.Option(help="The name that colleagues read.")] = "",
) -> None:
    """Make an account for the desk and print the one-time link to its password, valid for 72 hours."""
    roles = [Role(role.value)]
    new = run(context, lambda core, tx: core.accounts.create(tx, None, name, shown, roles, core.clock.now()))
    console.print(f"{settings_of(context).desk_address}/welcome/{new.code}", soft_wrap=True, highlight=False)


def leave(
    context: typer.Context,
    who: Annotated[str, typer.Argument(help="The user name at the desk, or the person's id.")],
) -> None:
    """Somebody leaves: account, sessions, codes, roles, the phone, deputyships and invitations end at once."""

    async def leaves(core: Core, tx: Transaction) -> int:
        person_id = await core.accounts.find(tx, who)
        await core.accounts.end_rights(tx, person_id, core.clock.now())
        return await core.cases.team.leave(tx, person_id)

    cases = run(context, leaves)
    console.print(f"{who} has no right any more.", highlight=False)
    if cases:
        console.print(
            f"{cases} cases are still theirs, open and closed: a lead hands them over at the desk (Team)."
        )
