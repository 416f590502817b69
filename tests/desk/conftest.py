"""`desk`: the real desk over HTTP beside the real bot at a playground, with a coordinator who can sign in."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from playwright.async_api import Browser, async_playwright

from desk.limits import PAGES
from tests.bot.conftest import clean_environment, interpreter, logs, lotse, prepared, server, settings
from tests.bot.world import LotseWorld
from tests.conftest import skip_or_fail
from tests.desk.world import DeskWorld
from tests.playground.test_page import FLAGS

__all__ = ["clean_environment", "interpreter", "logs", "lotse", "prepared", "server", "settings"]


@pytest.fixture
async def desk(lotse: LotseWorld, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DeskWorld]:
    monkeypatch.setattr("desk.pages.today.LIVE_SECONDS", 0.1)
    world = DeskWorld(lotse)
    await world.start()
    yield world
    await world.stop()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = shutil.which("chromium") or "/usr/bin/chromium"
    if shutil.which(path) is None:
        skip_or_fail("the desk's pages need Debian's chromium: apt-get install chromium")
    async with async_playwright() as tools:
        found = await tools.chromium.launch(executable_path=path, args=FLAGS)
        yield found
        await found.close()


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is told to wait, for a test that asks more often than a person could."""
    monkeypatch.setattr("desk.app.PAGES", replace(PAGES, burst=1_000_000))
