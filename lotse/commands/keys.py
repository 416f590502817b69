"""`lotse keys`: the keys that encrypt personal data, a new one for everything, and the end of an old one."""

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from db import rotation
from db.crypto import KeyFileError, Keyring, create_keyring, replace_keyring
from lotse.commands.given import settings_of
from lotse.keyrings import fitting_keyring
from lotse.process import alone_with_keys
from lotse.runtime import need_schema
from lotse.settings import Settings

console = Console(markup=False, emoji=False)


def new(context: typer.Context) -> None:
    """Make a key file, readable by its owner only; never over an existing one."""
    path = settings_of(context).key_path
    try:
        create_keyring(path)
    except FileExistsError:
        raise KeyFileError(f"{path} exists already; without it the database cannot be read.") from None
    console.print(f"Made the key file {path}.")


def rotate(context: typer.Context) -> None:
    """Add a key and encrypt everything anew with it. Stop bot and desk first; after a kill the same command goes on."""
    settings = settings_of(context)
    with alone_with_keys(settings.var):
        ring = _load(settings)
        if rotation.in_use(settings.storage_url) <= {max(ring.keys)}:
            ring = ring.with_new_key()
            replace_keyring(settings.key_path, ring)
            console.print(f"{settings.key_path} has a new key. Put a copy of the file in its safe place now.")
        bar = Progress(
            SpinnerColumn(), TextColumn("{task.completed} fields"), TimeElapsedColumn(), console=console
        )
        with bar:
            task = bar.add_task("", total=None)
            done = rotation.rotate(settings.storage_url, ring, lambda n: bar.update(task, completed=n))
    console.print(
        f"{done} fields are sealed with the new key. `lotse keys forget` takes the old ones out of the file; backups made before need them."
    )


def forget(context: typer.Context) -> None:
    """Take out of the key file what nothing is sealed with any more."""
    settings = settings_of(context)
    with alone_with_keys(settings.var):
        ring = _load(settings)
        used = rotation.in_use(settings.storage_url) | {max(ring.keys)}
        unused = sorted(set(ring.keys) - used)
        bound = rotation.chain_in_use(settings.storage_url) | {max(ring.chain)}
        unbound = set(ring.chain) - bound
        if unused or unbound:
            replace_keyring(settings.key_path, ring.without(unused, unbound))
    console.print(
        f"Keys {', '.join(map(str, unused))} are gone from {settings.key_path}. Keep an older copy as long as backups of that time."
        if unused
        else "Every key in the file is in use."
    )


def _load(settings: Settings) -> Keyring:
    if settings.keys is not None:
        raise KeyFileError("The keys come from LOTSE_KEYS; only a key file can be changed here.")
    # Of a newer schema this program does not know what is sealed in it.
    need_schema(settings)
    return fitting_keyring(settings)
