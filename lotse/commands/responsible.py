"""`lotse offers responsible`: who is responsible for what, as the catalogue says it, and where it says nothing."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from i18n.languages import SOURCE
from i18n.messages import words
from lotse.commands.unit import run
from offers import places
from offers.responsible import matters, rules

console = Console(markup=False, emoji=False)


def responsible(
    context: typer.Context,
    place: Annotated[str, typer.Option(help="Only who answers for people who live there.")] = "",
    matter: Annotated[str, typer.Option(help="Only this matter: housing_benefit.")] = "",
) -> None:
    """Show which office answers for what, for whom and where, when it was last checked, and where nobody is named."""
    known = places.load().find(place) if place else None
    if place and known is None:
        raise typer.BadParameter(f"{place} is no place of the district", param_hint="--place")
    if matter and matter not in matters.load():
        raise typer.BadParameter(f"one of {', '.join(matters.load())}", param_hint="--matter")
    found = run(context, lambda core, tx: core.responsible.overview(tx, None), reads=True)
    table = Table("Matter", "For", "Where", "Office", "Status", "Checked")
    for entry in found.entries:
        if matter not in ("", entry.matter):
            continue
        if known and not rules.covers(entry, known.name, center=known.is_center):
            continue
        office = found.offices[entry.offer_id]
        table.add_row(
            entry.matter,
            ", ".join(entry.residence_status) or "everybody",
            ", ".join(entry.places) or "everywhere",
            office.name,
            office.status,
            office.assured_date.isoformat() if office.assured_date else "never",
        )
    console.print(table if table.row_count else "Nobody is named.")
    for gap in found.uncovered:
        lacking = [name for name in gap.places if known is None or name == known.name]
        if lacking and matter in ("", gap.matter):
            name = words(SOURCE).plain(matters.load()[gap.matter].name)
            where = "anywhere" if len(lacking) == len(places.load().names) else f"in {', '.join(lacking)}"
            console.print(f"Not for everybody: {gap.matter} ({name}) {where}.", soft_wrap=True)
