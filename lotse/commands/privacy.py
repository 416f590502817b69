"""`lotse privacy`: how long personal data stays, what would go now, and the whole copy for somebody who asks at the office."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from agreements.holds.types import HoldReason
from db.engine import Transaction
from lotse.commands import audit
from lotse.commands.given import settings_of
from lotse.commands.unit import run
from lotse.runtime import Core
from lotse.settings import RetentionSettings
from people.types import Actor

app = typer.Typer(
    no_args_is_help=True, help="Personal data: how long it stays, who gets a copy, who looked at it."
)
app.add_typer(audit.app, name="audit")
console = Console(markup=False, emoji=False)


@app.command("retention")
def retention(
    context: typer.Context,
    preview: Annotated[bool, typer.Option("--preview", help="Only say what would go.")] = False,
) -> None:
    """Let go of what has been kept long enough, as the bot does by itself; with --preview only count it."""
    settings = settings_of(context)
    kept = Table("Setting", "Days", "What")
    for name, described in RetentionSettings.model_fields.items():
        kept.add_row(
            f"LOTSE_RETENTION__{name.upper()}", str(getattr(settings.retention, name)), described.description
        )
    console.print(kept)

    async def work(core: Core, tx: Transaction) -> dict[str, int]:
        step = core.privacy.preview if preview else core.privacy.purge
        return await step(tx, core.clock.now())

    gone = run(context, work, clear=not preview)
    if gone:
        table = Table("Table", "Rows to go" if preview else "Rows removed")
        for name, count in sorted(gone.items()):
            table.add_row(name, str(count))
        console.print(table)
    console.print(f"{sum(gone.values())} rows {'would go' if preview else 'removed'}.")


@app.command("copy")
def copy(
    context: typer.Context,
    case: Annotated[str, typer.Argument(help="The case number.")],
    coordinator: Annotated[str, typer.Option(help="Id of the coordinator whose case this is.")],
    target: Annotated[Path, typer.Option(help="Where the JSON file goes; it is readable by its owner only.")],
) -> None:
    """Write everything that is stored about a client, also the notes that only the office shows."""

    async def work(core: Core, tx: Transaction) -> str:
        actor = await core.people.actor(tx, coordinator)
        found = await core.privacy.copy_of_case(tx, actor, case, core.clock.now())
        return json.dumps(found.as_json(), ensure_ascii=False, indent=1)

    text = run(context, work)
    try:
        target.touch(mode=0o600, exist_ok=False)
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"{target} cannot be written: {error.strerror}") from None
    console.print(f"Everything about {case} is in {target}.", soft_wrap=True)


@app.command("hold")
def hold(
    context: typer.Context,
    case: Annotated[str, typer.Argument(help="The case number.")],
    coordinator: Annotated[str, typer.Option(help="Id of the coordinator whose case this is.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day on which it is kept.")],
    reason: Annotated[HoldReason, typer.Option(help="Why it must not be deleted yet.")],
) -> None:
    """Keep a case against every deletion up to a day."""

    async def work(core: Core, tx: Transaction) -> None:
        actor, client = await _case(core, tx, coordinator, case)
        await core.cases.holds.hold(tx, actor, client, reason, until.date(), core.clock.now())

    run(context, work)
    console.print(f"{case} is kept until {until.date()}.")


@app.command("release")
def release(
    context: typer.Context,
    case: Annotated[str, typer.Argument(help="The case number.")],
    coordinator: Annotated[str, typer.Option(help="Id of the coordinator whose case this is.")],
) -> None:
    """End the hold on a case."""

    async def work(core: Core, tx: Transaction) -> None:
        actor, client = await _case(core, tx, coordinator, case)
        await core.cases.holds.lift(tx, actor, client, core.clock.now())

    run(context, work)
    console.print(f"{case} need not be kept any more.")


@app.command("erase")
def erase(
    context: typer.Context,
    case: Annotated[str, typer.Argument(help="The case number.")],
    coordinator: Annotated[str, typer.Option(help="Id of the coordinator whose case this is.")],
) -> None:
    """Remove a case with all that hangs on it, at once and for good; an import does not bring it back."""

    async def work(core: Core, tx: Transaction) -> None:
        actor, client = await _case(core, tx, coordinator, case)
        await core.cases.holds.erase(tx, actor, client, core.clock.now())

    run(context, work, clear=True)
    console.print(f"{case} is erased.")


async def _case(core: Core, tx: Transaction, coordinator: str, case: str) -> tuple[Actor, str]:
    actor = await core.people.actor(tx, coordinator)
    return actor, (await core.agreements.client_by_case(tx, actor, case)).id
