"""`lotse privacy audit`: whether the access log is whole, what its newest row is, and who looked at a case."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from db.engine import Transaction
from lotse import anchor
from lotse.commands.given import settings_of
from lotse.commands.unit import run
from lotse.runtime import Core
from people.audit.types import Anchor, Checked, Fault, Row

app = typer.Typer(no_args_is_help=True, help="Who looked at whose record.")
console = Console(markup=False, emoji=False)
_SAID = {
    Fault.CHANGED: "row {seq} was edited or put there by somebody else",
    Fault.MISSING: "rows right before {seq} were deleted",
    Fault.CUT: "rows after {seq} were cut off, or the end was replaced",
    Fault.START: "the record of what was let go of, up to row {seq}, was changed",
    Fault.KEY: "the key of row {seq} is not in the key file",
}


@app.command("verify")
def verify(context: typer.Context) -> None:
    """Follow the chain from its first row to its newest; exit 1 and say where when a row was edited, deleted, inserted or cut off."""
    path = settings_of(context).anchor_path
    kept = _kept(context)
    found: Checked = run(context, lambda core, tx: core.people.trail.check(tx, kept), reads=True)
    for broken in found.breaks:
        console.print(f"Broken: {_SAID[broken.fault].format(seq=broken.seq)}.", soft_wrap=True)
    if not found.whole:
        raise typer.Exit(1)
    try:
        anchor.keep(path, found.anchor)
    except OSError as error:
        console.print(_not_written(path, error), soft_wrap=True)
    end = f", the newest is {_told(found.anchor)}" if found.anchor else ""
    console.print(f"The access log is whole: {found.rows} rows{end}.", soft_wrap=True)


@app.command("anchor")
def show_anchor(
    context: typer.Context,
    accept: Annotated[
        bool,
        typer.Option(
            "--accept", help="Take the newest row as the truth: after a backup was restored, for example."
        ),
    ] = False,
) -> None:
    """Print the newest row, to be noted where neither the database nor this server is."""
    found = run(context, lambda core, tx: core.people.trail.anchor(tx), reads=True)
    if found is None:
        console.print("Nobody has looked at a record yet.")
        return
    if accept:
        path = settings_of(context).anchor_path
        try:
            anchor.replace(path, found)
        except OSError as error:
            raise typer.BadParameter(_not_written(path, error)) from None
    console.print(_told(found), soft_wrap=True, highlight=False)


@app.command("show")
def show(context: typer.Context, case: Annotated[str, typer.Argument(help="The case number.")]) -> None:
    """Who looked at a case and when, the newest first; staff by the name of their account."""

    async def work(core: Core, tx: Transaction) -> tuple[list[Row], dict[str, str]]:
        names = {
            core.people.trail.actor_hash(account.person_id): account.name
            for account in await core.accounts.everybody(tx)
        }
        return await core.privacy.accesses(tx, case), names

    rows, names = run(context, work, reads=True)
    table = Table("When", "As", "Who", "What", "")
    for row in rows:
        did = "changed" if row.change else "read"
        at = f"{row.at.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(at, row.acted_as.value, names.get(row.actor_hash, ""), row.part.value, did)
    console.print(table)


def _told(found: Anchor) -> str:
    return f"{found.seq} {found.link}"


def _not_written(path: Path, error: OSError) -> str:
    return f"{path} cannot be written: {error.strerror}. Note the newest row elsewhere."


def _kept(context: typer.Context) -> Anchor | None:
    try:
        return anchor.read(settings_of(context).anchor_path)
    except (OSError, ValueError) as error:
        raise typer.BadParameter(str(error)) from None
