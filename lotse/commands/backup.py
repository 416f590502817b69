"""`lotse backup` and `lotse restore`: encrypted copies of the database while everything runs, and the way back."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from db import backup
from lotse.clock import SystemClock
from lotse.commands.given import settings_of
from lotse.runtime import keyring

console = Console()
DAYS, WEEKS = 7, 4
_NAME = "lotse-%Y%m%dT%H%M%SZ.backup"


def make(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(help="Where it goes; `backups` in Lotse's own folder if not said.")
    ] = None,
    prune: Annotated[
        bool, typer.Option(help=f"Remove older ones, but the last of each of {DAYS} days and {WEEKS} weeks.")
    ] = True,
) -> None:
    """Write an encrypted backup while everything runs. The key file is not in it: keep that apart."""
    settings, now = settings_of(context), SystemClock().now()
    place = folder or settings.var / "backups"
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = place / now.astimezone(UTC).strftime(_NAME)
    with _progress("backing up") as bar:
        task = bar.add_task("", total=None)
        rows = backup.back_up(
            settings.storage_url, keyring(settings), file, now, lambda n: bar.update(task, completed=n)
        )
    console.print(f"{rows} rows in {file} ({file.stat().st_size // 1024} KiB).", soft_wrap=True)
    for old in superseded(place.glob("lotse-*.backup")) if prune else ():
        old.unlink()
        console.print(f"Removed {old.name}.")


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A backup.", exists=True, dir_okay=False)],
    check: Annotated[bool, typer.Option("--check", help="Only read it to its end.")] = False,
) -> None:
    """Fill an empty database from a backup; stop Lotse first."""
    settings = settings_of(context)
    head = backup.check(file, keyring(settings))
    console.print(f"{file.name} is whole: schema {head.schema}, made {head.made_at:%Y-%m-%d %H:%M} UTC.")
    if check:
        return
    with _progress("restoring") as bar:
        task = bar.add_task("", total=None)
        rows = backup.restore(
            settings.storage_url, keyring(settings), file, lambda n: bar.update(task, completed=n)
        )
    console.print(f"{rows} rows restored. What fell due meanwhile is looked at again before it is sent.")


def superseded(files: Iterable[Path]) -> list[Path]:
    """Those that are neither the last of one of the newest seven days nor of one of the newest four weeks."""
    by_time = sorted(((datetime.strptime(file.name, _NAME), file) for file in files), reverse=True)  # noqa: DTZ007 -- names are UTC
    days: dict[object, Path] = {}
    weeks: dict[object, Path] = {}
    for moment, file in by_time:
        days.setdefault(moment.date(), file)
        weeks.setdefault(moment.isocalendar()[:2], file)
    kept = {*list(days.values())[:DAYS], *list(weeks.values())[:WEEKS]}
    return [file for _, file in by_time if file not in kept]


def _progress(what: str) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn(what),
        TextColumn("{task.completed} rows"),
        TimeElapsedColumn(),
        console=console,
    )
