"""R11: a disk that is full, a file that another program holds, a file that cannot be written: people are told to wait, and then it goes on."""

import asyncio
import resource
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from playground.types import Json
from tests.bot.world import CLIENT, LotseWorld, all_said, data_of, said, sentence
from tests.trust.promise import held, size

LOCKED_SECONDS = size(6, 12)
TIMES = size(1, 4)


@contextmanager
def no_room(extra: int) -> Iterator[None]:
    """No file of this process may grow beyond the size of `extra` bytes: for SQLite the disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (extra, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def _one_moment(message: Json) -> bool:
    """In the language that was chosen, or, where the database cannot be asked for it, in that of the phone."""
    told = (sentence(language, "error.one_moment") in said(message) for language in ("en", "ar"))
    return bool(message["from_bot"]) and any(told)


def _whole(lotse: LotseWorld) -> bool:
    return bool(lotse.rows("PRAGMA integrity_check") == [("ok",)])


@pytest.mark.timeout(600)
async def test_a_full_disk(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    told = answered = 0
    for number in range(TIMES):
        await lotse.core.database.clear_log()
        with no_room(1):
            await amira.phone.say(f"/help {number}")
            # Waited for by what the phone shows, not by time.
            message = await amira.phone.wait(_one_moment, 60)
            told += _one_moment(message)
        answers = await amira.reads()
        answered += any(sentence("en", "help.text")[:20] in all_said([answer]) for answer in answers)
        assert _whole(lotse)
    assert "topic:german_course" in data_of((await amira.says("/menu"))[-1])
    held(
        "R11",
        "full disk: told to wait, answered later",
        f"{TIMES}, {TIMES}",
        f"{told}, {answered}",
        told == answered == TIMES,
    )


@pytest.mark.timeout(600)
async def test_a_file_that_another_program_holds(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    locked, release = threading.Event(), threading.Event()

    def hold() -> None:
        connection = sqlite3.connect(lotse.database_file, isolation_level=None, timeout=30)
        connection.execute("BEGIN IMMEDIATE")
        locked.set()
        release.wait(60)
        connection.execute("ROLLBACK")
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    await asyncio.to_thread(locked.wait, 30)
    await amira.phone.say("/help")
    message = await amira.phone.wait(_one_moment, 60)
    await asyncio.sleep(max(0, LOCKED_SECONDS - 5))
    release.set()
    thread.join()
    answers = await amira.reads()
    good = _one_moment(message) and sentence("en", "help.text")[:20] in all_said(answers)
    held(
        "R11",
        f"held for ≥ {LOCKED_SECONDS} s by another program",
        "told to wait, then answered",
        "told, answered" if good else "not so",
        good and _whole(lotse),
    )
