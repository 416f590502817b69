"""`lotse backup` and `lotse restore`: encrypted copies of the database while everything runs, and the way back."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from db import backup
from db.crypto import Cipher, Keyring
from db.engine import StorageBusyError
from lotse.clock import SystemClock
from lotse.commands.given import settings_of
from lotse.commands.unit import run
from lotse.erasures import Erasures
from lotse.keyrings import keyring
from lotse.runtime import need_schema
from lotse.settings import Settings

console = Console(markup=False, emoji=False)
DAYS, WEEKS = 7, 4
_NAME = "lotse-%Y%m%dT%H%M%SZ.backup"


def make(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(help="Where it goes; `backups` in Lotse's own folder if not said.")
    ] = None,
    prune: Annotated[
        bool,
        typer.Option(
            help=f"Remove older ones, but the last of each of {DAYS} days, {WEEKS} weeks and every schema in them."
        ),
    ] = True,
) -> None:
    """Write an encrypted backup while everything runs. The key file is not in it: keep that apart."""
    settings, now = settings_of(context), SystemClock().now()
    # Before a folder is made: where there is no database, there is nothing to keep.
    need_schema(settings)
    place = folder or settings.var / "backups"
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = place / now.astimezone(UTC).strftime(_NAME)
    with _progress("backing up") as bar:
        task = bar.add_task("", total=None)
        rows = backup.back_up(
            settings.storage_url, keyring(settings), file, now, lambda n: bar.update(task, completed=n)
        )
    console.print(f"{rows} rows in {file} ({file.stat().st_size // 1024} KiB).", soft_wrap=True)
    if prune:
        _prune(sorted(place.glob("lotse-*.backup")), keyring(settings))
    Erasures(settings.var, Cipher(keyring(settings))).let_go(now)


def restore(
    context: typer.Context,
    # Whether it is there is seen when it is opened: in a folder that is closed to this account, nobody can tell.
    file: Annotated[Path, typer.Argument(help="A backup.", dir_okay=False)],
    check: Annotated[bool, typer.Option("--check", help="Only read it to its end.")] = False,
) -> None:
    """Fill an empty database from a backup, without those who were erased since; stop Lotse first."""
    settings = settings_of(context)
    head = backup.check(file, keyring(settings))
    console.print(f"{file.name} is whole: schema {head.schema}, made {head.made_at:%Y-%m-%d %H:%M} UTC.")
    if check:
        return
    was_erased = _erased_since(settings, head.made_at)
    with _progress("restoring") as bar:
        task = bar.add_task("", total=None)
        rows = backup.restore(
            settings.storage_url, keyring(settings), file, lambda n: bar.update(task, completed=n)
        )
    console.print(f"{rows} rows restored. What fell due meanwhile is looked at again before it is sent.")
    try:
        people, cases, stay = run(
            context,
            lambda core, tx: core.privacy.erase_again(tx, was_erased, core.clock.now()),
            clear=True,
        )
    except (StorageBusyError, KeyboardInterrupt) as error:
        raise backup.BackupError(
            "This was stopped, or the database does not answer any more. Its rows are back, but also those of people who were erased since the backup: do not start bot "
            "or desk with it. Make the database empty and run restore again."
        ) from error
    if people or cases:
        console.print(f"Erased since then, and now again: {people} people, {cases} cases.")
    if stay:
        console.print(
            f"{stay} who were erased since coordinate cases in this backup: hand these over, then erase them again."
        )


def _erased_since(settings: Settings, moment: datetime) -> Callable[[str], bool]:
    try:
        return Erasures(settings.var, Cipher(keyring(settings))).since(moment)
    except (OSError, ValueError) as error:
        raise backup.BackupError(
            f"Who was erased since the backup cannot be read from {settings.var}/erased-*.log ({type(error).__name__}): nothing was restored."
        ) from error


def superseded(files: Iterable[Path], schema: Callable[[Path], str | None]) -> list[Path]:
    """Those that are neither the last of one of the newest seven days, of one of the newest four weeks, nor of their schema in these weeks.

    The last of a schema is what going back to the version before needs. Files of other names are nobody's to remove.
    """
    by_time = sorted(((moment, file) for file in files if (moment := _made_at(file))), reverse=True)
    days: dict[object, Path] = {}
    weeks: dict[object, Path] = {}
    for moment, file in by_time:
        days.setdefault(moment.date(), file)
        weeks.setdefault(moment.isocalendar()[:2], file)
    recent = set(list(weeks)[:WEEKS])
    schemas: dict[str | None, Path] = {}
    for moment, file in by_time:
        if moment.isocalendar()[:2] in recent:
            schemas.setdefault(schema(file), file)
    kept = {*list(days.values())[:DAYS], *list(weeks.values())[:WEEKS], *schemas.values()}
    return [file for _, file in by_time if file not in kept]


def _prune(files: list[Path], keys: Keyring) -> None:
    for old in superseded(files, lambda file: backup.schema_of(file, keys)):
        old.unlink()
        console.print(f"Removed {old.name}.")
    for other in (file for file in files if _made_at(file) is None):
        console.print(
            f"Left {other.name}: its name is not one that `lotse backup` gives. Remove it by hand after {WEEKS} weeks.",
            soft_wrap=True,
        )


def _made_at(file: Path) -> datetime | None:
    try:
        return datetime.strptime(file.name, _NAME).replace(tzinfo=UTC)
    except ValueError:
        return None


def _progress(what: str) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn(what),
        TextColumn("{task.completed} rows"),
        TimeElapsedColumn(),
        console=console,
    )
