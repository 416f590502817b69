"""`lotse`: the real application at a playground, over its own copy of a prepared database; in keyword mode."""

import asyncio
import logging
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
import structlog
from pydantic import SecretStr

import playground
from db import migrate
from db.crypto import Keyring
from delivery.pace import Pace
from lotse import cli, housekeeping, log, runtime
from lotse.clock import SystemClock
from lotse.settings import Settings
from nlu.interpreter import Interpreter
from tests.bot.world import START, LotseWorld, at
from tests.language import knowing


@dataclass(frozen=True)
class Prepared:
    """A database with the newest schema and the sample catalogue, and the keys that go with it."""

    file: Path
    keys: str


# The desk's tests and others have these fixtures, too, which are one each to pytest: what they cost is paid once in a process.
@cache
def _prepared(folder: Path) -> Prepared:
    file = folder / "lotse.db"
    keys = Keyring.generate().to_json()
    migrate.upgrade(f"sqlite:///{file}")
    asyncio.run(_import_sample(_settings(file, keys)))
    return Prepared(file, keys)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return _prepared(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def interpreter() -> Interpreter:
    """What the bot learns in its first half minute."""
    return _knowing()


_knowing = cache(knowing)


@pytest.fixture(autouse=True)
def logs() -> Iterator[None]:
    """The log as every process of Lotse writes it, on standard error; taken back afterwards."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    log.configure(level="INFO", style="json")
    yield
    root.handlers[:], root.level = before
    structlog.reset_defaults()


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("LOTSE_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def settings(prepared: Prepared, tmp_path: Path, clean_environment: None) -> Settings:
    """Settings over a fresh copy of the prepared database."""
    file = tmp_path / "lotse.db"
    shutil.copy(prepared.file, file)
    return _settings(file, prepared.keys)


@pytest.fixture
async def server(clean_environment: None) -> AsyncIterator[playground.Server]:
    """A playground whose clock stands on a Tuesday morning."""
    async with playground.serving(port=0) as running:
        running.state.clock.set(at(START))
        yield running


@pytest.fixture
async def lotse(
    server: playground.Server, settings: Settings, interpreter: Interpreter, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[LotseWorld]:
    # Clocks jump by days here; what a night's work does is tried where it is asked for.
    monkeypatch.setattr(housekeeping, "EVERY", timedelta(days=10_000))
    # Tests tap faster than people; how many replies a chat gets at once has tests of its own.
    monkeypatch.setattr(runtime, "Pace", lambda: Pace(at_once=1_000_000))
    monkeypatch.setattr(runtime, "load_lexicons", dict)
    monkeypatch.setattr(Interpreter, "build", lambda *_: interpreter)
    world = LotseWorld(server, settings)
    await world.start()
    try:
        yield world
    finally:
        await world.stop()


def _settings(file: Path, keys: str) -> Settings:
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        var=file.parent,
        database_url=f"sqlite:///{file}",
        keys=SecretStr(keys),
        nlu_url="off",
        # Tests write faster than people; what is too much for one chat has tests of its own.
        messages_a_minute=0,
        # Tests jump by days and read what was on the phone before; that it closes has tests of its own, too.
        close_after_minutes=0,
    )


async def _import_sample(settings: Settings) -> None:
    core = runtime.build_core(settings, clock=SystemClock())
    try:
        async with core.database.write() as tx:
            report = await core.offers.import_tables(
                tx, cli._read_folder(cli.SAMPLE), at(START), dry_run=False
            )
        assert not report.errors
    finally:
        await core.database.close()
