"""What every command is given."""

import typer

from lotse.settings import Settings


def settings_of(context: typer.Context) -> Settings:
    """The settings that were read when the program started."""
    settings = context.find_object(Settings)
    if settings is None:
        raise typer.Exit(1)
    return settings
