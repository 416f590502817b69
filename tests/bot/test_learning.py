"""While the bot learns it answers; when it ends, what learns for it ends too."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

import playground
from lotse import runtime
from lotse.learning import Learning
from lotse.settings import Settings
from nlu.interpreter import Interpreter
from playground.phone import buttons
from tests.bot.world import LotseWorld

FOR_EVER = "import os, time, pathlib; pathlib.Path({!r}).write_text(str(os.getpid())); time.sleep(600)"


async def test_the_bot_answers_while_another_process_learns(
    server: playground.Server,
    settings: Settings,
    interpreter: Interpreter,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(runtime, "load_lexicons", dict)
    monkeypatch.setattr(Interpreter, "build", lambda *_: interpreter)
    here = tmp_path / "pid"
    world = LotseWorld(
        server,
        settings,
        Learning(
            interpreter,
            tmp_path / "learned",
            worker="bot-1",
            command=(sys.executable, "-c", FOR_EVER.format(str(here))),
        ),
    )
    await world.start()
    try:
        while not (here.exists() and here.read_text()):
            await asyncio.sleep(0.01)
        assert buttons((await world.phone(7004).opens())[-1])
        os.kill(int(here.read_text()), 0)
    finally:
        await world.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(int(here.read_text()), 0)


def test_what_is_learned_is_kept_in_the_folder_of_the_house(settings: Settings) -> None:
    assert settings.learned_path == settings.var / "learned"
