"""`lotse offers freshness`: what nobody has confirmed for as long as the house allows, by owner."""

from collections import defaultdict

import typer
from rich.console import Console
from rich.table import Table

from db.engine import Transaction
from lotse.commands.unit import run
from lotse.runtime import Core
from offers.types import DueOffer

console = Console(markup=False, emoji=False)


def freshness(context: typer.Context) -> None:
    """Show how many offers wait for a check, by owner, with the day of the oldest."""

    async def find(core: Core, tx: Transaction) -> list[DueOffer]:
        # After how many days a check is due is set at the desk.
        await core.people.house.refresh(tx)
        return await core.freshness.due(tx, core.clock.now())

    due = run(context, find, reads=True)
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
    table = Table("Questions", "Topic", "Place", "Lacking", "Language", "Last")
    for gap in run(context, lambda core, tx: core.freshness.gaps(tx, None), reads=True):
        table.add_row(
            str(gap.count), gap.topic, gap.place, gap.lacking, gap.language, gap.last_on.isoformat()
        )
    console.print(table if table.row_count else "Nothing that five people or more asked for.")
