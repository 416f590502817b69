"""Migrations from code: bring a database to the newest schema, or say which one it has."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool

from db.engine import sqlite_file, translated
from db.tables import metadata


class NewerSchemaError(Exception):
    """The database was written by a newer version of the code; the text says what to do."""


HERE = Path(__file__).parent / "migrations"


def sync_url(url: str) -> str:
    """The URL with the blocking driver, which Alembic uses."""
    parsed = make_url(url)
    driver = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}[parsed.get_backend_name()]
    return parsed.set(drivername=driver).render_as_string(hide_password=False)


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = sync_url(url)
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database to `revision`; creates what is missing. Raises NewerSchemaError."""
    file = sqlite_file(url)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    check_known(current(url))
    if file is not None and not file.exists():
        # SQLite gives its log the rights of the file; left to itself it lets everybody read both.
        file.touch(mode=0o600)
    command.upgrade(_config(url), revision)


def check_known(found: str | None) -> None:
    """Raise NewerSchemaError for a schema that only a newer version of the code has."""
    if found is not None and found not in known():
        raise NewerSchemaError(
            f"The database has schema {found}, which this version of Lotse does not know (its newest is {newest()}). "
            "Start the newer version again, or restore a backup from before it."
        )


def downgrade(url: str, revision: str) -> None:
    """Take the database back to `revision` (`base` for an empty one)."""
    command.downgrade(_config(url), revision)


def current(url: str) -> str | None:
    """The revision the database has, None when it is empty or not there; makes no file to find out.

    Raises StorageBusyError when it cannot be reached, StorageDamagedError when it is broken.
    """
    if not is_reached(url):
        return None
    engine = create_engine(sync_url(url), poolclass=NullPool, hide_parameters=True)
    with translated(), engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_there(url: str) -> bool:
    """Whether there is a database with a schema."""
    return current(url) is not None


def is_reached(url: str) -> bool:
    """Whether there is something to open: a server to be asked, or a file."""
    file = sqlite_file(url)
    return file is None or file.exists()


def known() -> set[str]:
    """Every revision that this code has."""
    scripts = ScriptDirectory.from_config(_config("sqlite://"))
    return {script.revision for script in scripts.walk_revisions()}


@cache
def newest() -> str | None:
    """The revision that this code needs."""
    return ScriptDirectory.from_config(_config("sqlite://")).get_current_head()


def difference(url: str) -> list[object]:
    """What the tables in the code have that the database has not, and the other way round; empty when they match."""
    engine = create_engine(sync_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        return list(
            compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
        )
