"""What must never be written down in the clear: the token, what people write, who they are. Looked for byte by byte."""

import asyncio
import base64
import io
import json
import logging
import os
import struct
import sys
import traceback
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

import playground
from lotse import log, runtime
from lotse.process import run_bot
from lotse.settings import PROJECT, Settings
from playground import people
from playground.constants import PLAYGROUND_TOKEN
from tests.bot.world import LotseWorld, Pocket, all_said, data_of, said, sentence

TOKEN = "8123456789:AAcanary-canary_Canary0123456789abc"
QUESTION = "Kanarienfrage: ich habe Schulden bei Zzyzx wegen Wohnungsmiete"
ARABIC = "سؤال الكناري ديون"
CASE = "LM-KANARIE-77"
ADDRESS = "Kanarienweg 77"
CHAT = 7_123_456_789
PHRASE = "Kanarienvogel & <Zzyzx>"
SECRETS = (TOKEN, PLAYGROUND_TOKEN, QUESTION, "Zzyzx", ARABIC, CASE, ADDRESS, str(CHAT))


def spellings(secret: str) -> set[bytes]:
    """The forms in which a text travels: plain, in JSON, in an address, as repr, in base64, in UTF-16."""
    raw = secret.encode()
    texts = {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), quote(secret), repr(secret)[1:-1]}
    forms = {text.encode() for text in texts} | {secret.encode("utf-16-le")}
    # Base64 of a part depends on where it begins; its ends depend on the neighbours, and a short one is found by chance.
    for shift in range(3) if len(raw) > 8 else ():
        coded = base64.b64encode(b"\0" * shift + raw)
        forms.add(coded[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6])
    return forms


def found_in(content: bytes, secrets: tuple[str, ...] = SECRETS) -> list[str]:
    return [secret for secret in secrets if any(form in content for form in spellings(secret))]


def test_the_search_itself_finds_every_spelling() -> None:
    for secret in SECRETS:
        for form in (secret, json.dumps(secret), quote(secret), f"{secret!r}", f"({secret})"):
            assert found_in(form.encode()), form
        assert len(secret) < 9 or found_in(base64.b64encode(b"xy" + secret.encode() + b"zz")), secret
    assert not found_in(b"nothing to be seen here")


@pytest.fixture
def written(request: pytest.FixtureRequest, logs: None) -> io.StringIO:
    """Everything that is logged, at the most talkative level, of every library."""
    log.configure(level="DEBUG", style=getattr(request, "param", "json"), secrets=[TOKEN])
    stream = io.StringIO()
    [handler] = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    return stream


@pytest.fixture
async def amira(written: io.StringIO, lotse: LotseWorld) -> Pocket:
    """A linked client with a case, a goal and an appointment; logged from the first line on."""
    katrin = await lotse.coordinator(language="en")
    pocket, client_id = await lotse.client(katrin, CASE, CHAT, "en")
    actor, now = await katrin.actor(), lotse.clock.now()
    async with lotse.core.database.write() as tx:
        await lotse.core.agreements.add_milestone(
            tx, actor, client_id, "write_cv", {}, date(2026, 12, 5), None, now
        )
        await lotse.core.agreements.add_appointment(
            tx, actor, client_id, "jobcenter", "Haar", ADDRESS, datetime(2026, 12, 5, 10), 30, ["logbook"], now
        )  # fmt: skip
    await lotse.quiet()
    return pocket


async def _talk(lotse: LotseWorld, amira: Pocket) -> None:
    for text in (QUESTION, ARABIC, PHRASE, "zweitens " + QUESTION):
        await amira.says(text)
    for data in ("my.goals", "my.appts", "talk:paper", "offer:" + "0" * 16, "nowhere"):
        await amira.tampers(data)
    await amira.sends("location", latitude=48.1087, longitude=11.7285)
    await amira.sends("voice")
    await amira.opens("join_wrong-code-of-a-canary")


FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "error", "status": 500},
    {"kind": "error", "status": 400, "description": "Bad Request: can't parse entities"},
    {"kind": "error", "status": 400, "description": f"Bad Request: {QUESTION}"},
    {"kind": "error", "status": 429, "retry_after": 0},
    {"kind": "cut_before"},
    {"kind": "cut_after"},
    {"kind": "garbage"},
    {"kind": "garbage", "methods": ["answerCallbackQuery"]},
    {"kind": "garbage", "methods": ["getUpdates"]},
    {"kind": "error", "status": 502, "methods": ["getUpdates"]},
)


@pytest.mark.parametrize("written", ["json", "readable"], indirect=True)
async def test_nothing_of_it_in_the_log(
    lotse: LotseWorld, amira: Pocket, written: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    await _talk(lotse, amira)
    for fault in FAULTS:
        lotse.server.state.faults.add({"methods": ["sendMessage", "editMessageText"]} | fault)
    for _ in range(4):
        await amira.says(QUESTION)
        await amira.tampers("my.appts")
    assert not lotse.server.state.faults.active, "every fault had its turn"
    await lotse.moves(days=3)
    text = written.getvalue()
    assert "intake." in text, "the log was looked at"
    assert "delivery.settled" in text
    assert found_in(text.encode()) == []
    out, err = capfd.readouterr()
    assert found_in((out + err).encode()) == []


async def test_a_handler_that_crashes_says_where_and_not_what(
    lotse: LotseWorld, amira: Pocket, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(query: Any, *_args: Any, **_named: Any) -> None:
        error = RuntimeError(f"no hits for {query.text!r} of {CASE} with {TOKEN}")
        raise error from KeyError(query.text)

    with monkeypatch.context() as patched:
        patched.setattr(lotse.core.offers, "search", crash)
        await amira.phone.say(QUESTION)
        moment = await amira.phone.wait(sentence("en", "error.one_moment"))
    assert moment
    await lotse.moves(seconds=5)
    assert any("want:" in data for message in await amira.phone.messages() for data in data_of(message))
    text = written.getvalue()
    assert "RuntimeError at " in text
    assert "<- KeyError" in text
    assert found_in(text.encode()) == []


async def test_numbers_that_are_owed_do_not_wait_for_a_handler_that_crashes(
    lotse: LotseWorld, amira: Pocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_args: Any) -> None:
        raise RuntimeError

    lotse.server.state.faults.add(
        {"kind": "error", "status": 429, "retry_after": 0, "methods": ["sendMessage"]}
    )
    with monkeypatch.context() as patched:
        patched.setattr(lotse.lotse.runner, "_handle", crash)
        await amira.phone.say("Ich will nicht mehr leben")
        await amira.phone.wait(sentence("en", "error.one_moment"))
    assert "112" in all_said(await amira.phone.messages())
    await lotse.moves(seconds=5)
    numbers = [message for message in await amira.phone.messages() if "112" in said(message)]
    assert len(numbers) == 1, "said once, and not again with the answer"


async def test_what_crashes_for_ever_is_given_up_visibly(
    lotse: LotseWorld, amira: Pocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lotse.core.offers, "search", lambda *_args, **_named: 1 / 0)
    await amira.phone.say(QUESTION)
    await amira.phone.wait(sentence("en", "error.one_moment"))
    for _ in range(3):
        await lotse.moves(seconds=20)
    texts = all_said(await amira.phone.messages())
    assert lotse.settings.contact_phone in texts
    assert (await lotse.counts()).inbox["failed"] == 1
    assert await amira.says("/menu"), "and whatever comes next is answered"


async def test_nothing_of_it_in_the_database_file(lotse: LotseWorld, amira: Pocket) -> None:
    await _talk(lotse, amira)
    # Kept while it waits to be sent or worked on: also then it is sealed.
    lotse.server.state.faults.add(
        {"kind": "error", "status": 429, "retry_after": 2, "methods": ["sendMessage"]}
    )
    await amira.phone.say(QUESTION)
    await lotse.until(lambda: bool(lotse.rows("SELECT 1 FROM outbox WHERE state IN ('due', 'ambiguous')")))
    content = b"".join(path.read_bytes() for path in _database_files(lotse.database_file))
    secrets = (QUESTION, "Zzyzx", ARABIC, CASE, ADDRESS, str(CHAT))
    assert found_in(content, secrets) == []
    assert struct.pack(">q", CHAT)[2:] not in content, "nor the chat's number as the number it is"
    assert CASE.encode() in await _opened(lotse), "the right place was looked at: with the key it can be read"
    lotse.server.state.faults.clear()
    await lotse.moves(seconds=5)


def _database_files(file: Path) -> list[Path]:
    return [path for path in (file, Path(f"{file}-wal"), Path(f"{file}-shm")) if path.exists()]


async def _opened(lotse: LotseWorld) -> bytes:
    async with lotse.core.database.read() as tx:
        coordinator = await lotse.core.people.find(tx, 7003)
        assert coordinator is not None
        [line] = await lotse.core.agreements.list_clients(tx, coordinator, lotse.clock.now())
    return line.client.case_number.encode()


async def test_nothing_of_it_in_what_objects_print_of_themselves(lotse: LotseWorld, amira: Pocket) -> None:
    application = lotse.lotse.application
    actor = await amira.actor()
    async with lotse.core.database.read() as tx:
        address = await lotse.core.people.address(tx, actor.id)
        [client] = await lotse.core.agreements.own_clients(tx, actor)
    assert lotse.settings.keys is not None
    printed = [
        f"{thing!r} {thing}"
        for thing in (
            application,
            application.bot,
            lotse.settings,
            lotse.core,
            lotse.lotse,
            actor,
            address,
            client,
        )
    ]
    keys = lotse.settings.keys.get_secret_value()
    for text in printed:
        assert found_in(text.encode()) == []
        assert json.loads(keys)["index"] not in text


async def test_a_wrong_token_is_named_nowhere(
    server: playground.Server, written: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(runtime.StartError) as caught:
        await runtime.bot_username(TOKEN, server.url)
    told = "".join(traceback.format_exception(caught.value))
    assert "Telegram does not know this bot token" in told
    assert found_in(told.encode()) == []
    assert found_in(written.getvalue().encode()) == []
    assert found_in("".join(capfd.readouterr()).encode()) == []


async def test_a_token_that_is_revoked_ends_the_bot_without_naming_it(
    server: playground.Server, settings: Settings, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = server.state
    with_token = settings.model_copy(update={"playground_port": server.port})
    ended = asyncio.get_running_loop().run_in_executor(None, _ends, with_token, monkeypatch)
    while not state.updates.allowed:
        await asyncio.sleep(0.01)
        assert not ended.done(), await ended
    state.faults.add({"kind": "error", "status": 401, "methods": ["getUpdates"], "times": None})
    people.say(state, 7001, "/menu")
    told = await ended
    assert "token" in told
    assert found_in(told.encode()) == []
    assert found_in(written.getvalue().encode()) == []


def _ends(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    # Signals can be handled in the main thread alone, which belongs to the test here.
    monkeypatch.setattr(asyncio.unix_events._UnixSelectorEventLoop, "add_signal_handler", lambda *_args: None)
    try:
        run_bot(settings)
    except runtime.StartError as error:
        return "".join(traceback.format_exception(error))
    return "it ended without a word"


async def test_the_command_line_with_a_wrong_token(server: playground.Server, settings: Settings) -> None:
    assert settings.keys is not None
    environment = {
        "PATH": os.environ["PATH"],
        "LOTSE_VAR": str(settings.var),
        "LOTSE_DATABASE_URL": settings.storage_url,
        "LOTSE_KEYS": settings.keys.get_secret_value(),
        "LOTSE_TELEGRAM_TOKEN": TOKEN,
        "LOTSE_TELEGRAM_BASE_URL": server.url,
        "LOTSE_NLU_URL": "off",
        "LOTSE_LOG_LEVEL": "DEBUG",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lotse", "bot", env=environment, cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await process.communicate()
    assert process.returncode not in (0, None)
    assert b"Telegram does not know this bot token" in out
    assert b"Traceback" not in out
    assert found_in(out) == []
