"""What every test may use: an empty database of each engine, keys, ids, and a guard against the network."""

import itertools
import os
import shutil
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from db import migrate
from db.crypto import Cipher, Keyring
from db.engine import Database
from tests import postgres

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Nothing but loopback and Unix sockets may be reached."""
    real = socket.socket.connect, socket.socket.connect_ex

    def guarded(call: Callable[..., Any]) -> Callable[..., Any]:
        def connect(self: socket.socket, address: Any) -> Any:
            if isinstance(address, tuple) and not str(address[0]).startswith(LOOPBACK):
                raise RuntimeError(f"a test tried to reach {address[0]}")
            return call(self, address)

        return connect

    socket.socket.connect = guarded(real[0])  # type: ignore[method-assign]
    socket.socket.connect_ex = guarded(real[1])  # type: ignore[method-assign]
    yield
    socket.socket.connect, socket.socket.connect_ex = real  # type: ignore[method-assign]


def skip_or_fail(reason: str) -> None:
    """Skip on a developer's machine; where CI=true nothing may be left out."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "lotse.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL of our own for this test process; yields its URL."""
    # Processes are killed in tests, machines are not: each DROP DATABASE would wait for the disk.
    with postgres.started(durable=False) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    migrate.upgrade(postgres.created(postgres_server, "lotse_template"))
    return "lotse_template"


_numbers = itertools.count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database with the newest schema, once for each engine."""
    if request.param == "sqlite":
        path = tmp_path / "lotse.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server, template = (
        request.getfixturevalue("postgres_server"),
        request.getfixturevalue("postgres_template"),
    )
    name = f"lotse_{next(_numbers)}"
    yield postgres.created(server, name, template=template)
    postgres.execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty SQLite database, for tests that are not about storage."""
    path = tmp_path / "lotse.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    found = Database(database_url)
    yield found
    await found.close()


@pytest.fixture
def cipher() -> Cipher:
    return Cipher(Keyring.generate())


@pytest.fixture
def new_id() -> Callable[[], str]:
    counter = itertools.count(1)
    return lambda: f"id{next(counter):06d}"
