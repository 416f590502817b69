"""`lotse offers freshness`: what nobody has confirmed for a quarter of a year, by owner."""

import asyncio
from collections import defaultdict

import typer
from rich.console import Console
from rich.table import Table

from lotse import runtime
from lotse.clock import SystemClock
from lotse.commands.given import settings_of
from lotse.settings import Settings
from offers.freshness import DueOffer
from offers.types import Gap

console = Console()


def freshness(context: typer.Context) -> None:
    """Show how many offers wait for a check, by owner, with the day of the oldest."""
    settings = settings_of(context)
    due = asyncio.run(_due(settings))
    by_owner: dict[str, list[DueOffer]] = defaultdict(list)
    for each in due:
        by_owner[each.offer.owner or "-"].append(each)
    table = Table("Owner", "To check", "Reported", "Oldest check")
    for owner, some in sorted(by_owner.items()):
        days = [each.offer.assured_date for each in some]
        oldest = "never" if None in days else min(day for day in days if day).isoformat()
        table.add_row(owner, str(len(some)), str(sum(bool(each.reports) for each in some)), oldest)
    if due:
        console.print(table)
    console.print(f"{len(due)} offers to check.")


def gaps(context: typer.Context) -> None:
    """Show what people ask for and the catalogue has not, from five questions on."""
    settings = settings_of(context)
    table = Table("Questions", "Topic", "Place", "Lacking", "Language", "Last")
    for gap in asyncio.run(_gaps(settings)):
        table.add_row(
            str(gap.count), gap.topic, gap.place, gap.lacking, gap.language, gap.last_on.isoformat()
        )
    console.print(table if table.row_count else "Nothing that five people or more asked for.")


async def _gaps(settings: Settings) -> list[Gap]:
    core = runtime.build_core(settings, clock=SystemClock())
    try:
        async with core.database.read() as tx:
            return await core.freshness.gaps(tx, None)
    finally:
        await core.database.close()


async def _due(settings: Settings) -> list[DueOffer]:
    core = runtime.build_core(settings, clock=SystemClock())
    try:
        async with core.database.read() as tx:
            return await core.freshness.due(tx, None, core.clock.now(), most=None)
    finally:
        await core.database.close()
