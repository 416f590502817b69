"""Settings, what the log leaves out, and one process at a time."""

import asyncio
import base64
import contextlib
import gc
import io
import itertools
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import structlog
import typer
from pydantic import SecretStr, ValidationError

from db.crypto import create_keyring
from desk.errors import BotUnknownError
from desk.turn import Bot
from lotse import cli, desk, garbage, launch, log, process
from lotse import clock as clocks
from lotse.clock import PlaygroundClock, SystemClock
from lotse.commands import keys
from lotse.log import Redactor, describe
from lotse.process import alone_with_keys, only_one, with_keys
from lotse.runtime import StartError, build_core
from lotse.settings import PROJECT, Settings
from lotse.wrong import described

TOKEN = "123456789:AAE0-canary_TOKEN_canary-TOKEN-0123"
SECRET = 'web"hook\\ÄÖ+/=secret'
STYLES = ["readable", "json"]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("LOTSE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """What the log says; afterwards logging is as it was."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield lambda: capsys.readouterr().err
    root.handlers[:], root.level = before, level
    structlog.reset_defaults()


def test_without_settings_there_is_a_playground_in_the_project() -> None:
    settings = Settings()
    assert settings.telegram_token is None
    assert settings.storage_url == f"sqlite:///{PROJECT / 'var' / 'lotse.db'}"
    assert settings.key_path == PROJECT / "var" / "keys.json"
    assert settings.nlu_socket == PROJECT / "var" / "nlu.sock"
    assert settings.playground_url == "http://127.0.0.1:8081"
    assert settings.secrets == ()


def test_the_environment_wins_over_the_file_and_empty_is_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(
        f"LOTSE_TELEGRAM_TOKEN={TOKEN}\nLOTSE_WORKER=bot-7\nLOTSE_DATABASE_URL=\nLOTSE_VAR=/srv/lotse\nOTHER=1\n"
    )
    monkeypatch.setenv("LOTSE_WORKER", "bot-8")
    settings = Settings()
    assert settings.telegram_token is not None
    assert settings.telegram_token.get_secret_value() == TOKEN
    assert (settings.worker, settings.database_url) == ("bot-8", None)
    assert settings.storage_url == "sqlite:////srv/lotse/lotse.db"
    monkeypatch.setenv("LOTSE_TELEGRAM_TOKEN", "")
    assert Settings().telegram_token is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOTSE_WEBHOOK_PORT", "0"),
        ("LOTSE_WEBHOOK_URL", "http://bot.example.org/telegram"),
        ("LOTSE_WEBHOOK_URL", "https:///telegram"),
        ("LOTSE_WEBHOOK_SECRET", "abc"),
        ("LOTSE_WEBHOOK_SECRET", "ü" * 40),
        ("LOTSE_PLAYGROUND_PORT", "70000"),
        ("LOTSE_WORKER", "Bot 1"),
        ("LOTSE_WORKER", "../x"),
        ("LOTSE_LOG_FORMAT", "xml"),
        ("LOTSE_LOG_LEVEL", "loud"),
        ("LOTSE_DATABASE_URL", "mysql://x/y"),
        ("LOTSE_DATABASE_URL", "lotse.db"),
        ("LOTSE_DATABASE_URL", "postgres://lotse:geheim@db/lotse"),
        ("LOTSE_DATABASE_URL", "postgresql://lotse:geheim@db:abc/lotse"),
        ("LOTSE_DATABASE_URL", "sqlite://lotse.db"),
    ],
)
def test_a_wrong_value_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert caught.value.errors()[0]["loc"] == (name.removeprefix("LOTSE_").lower(),)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("LOTSE_LOG_LEVEL", "loud", "LOTSE_LOG_LEVEL: does not fit. DEBUG, INFO, WARNING or ERROR."),
        ("LOTSE_PUBLIC_URL", "x", "LOTSE_PUBLIC_URL: does not fit. Address under which"),
        ("LOTSE_QUIET_HOURS", "foo", "LOTSE_QUIET_HOURS: does not fit; it is written like 21:00-08:00"),
        ("LOTSE_WEBHOOK_PORT", "x", "LOTSE_WEBHOOK_PORT: has to be a whole number"),
        ("LOTSE_WEBHOOK_PORT", "0", "LOTSE_WEBHOOK_PORT: has to be at least 1"),
        ("LOTSE_DATABASE_URL", "mysql://u:geheim@x/y", "LOTSE_DATABASE_URL: mysql is not supported; use"),
        ("LOTSE_TRANSLATION__URL", "http://[::1", "LOTSE_TRANSLATION__URL: is no address"),
    ],
)
def test_what_is_wrong_with_a_setting_is_said_in_words_of_our_own(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert told in described(caught.value)
    assert "geheim" not in described(caught.value)


def test_the_level_of_the_log_is_taken_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_LOG_LEVEL", "debug")
    assert Settings().log_level == "DEBUG"


def test_a_group_without_parts_and_a_file_of_another_encoding_get_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    context = typer.Context(typer.main.get_command(cli.app))
    with monkeypatch.context() as patched:
        patched.setenv("LOTSE_TRANSLATION", "foo")
        with pytest.raises(StartError, match="LOTSE_TRANSLATION"):
            cli.prepare(context)
    (tmp_path / ".env").write_bytes("LOTSE_CONTACT_NAME=Büro\n".encode("latin-1"))
    with pytest.raises(StartError, match="no text in UTF-8"):
        cli.prepare(context)


def test_a_wrong_value_stops_the_start_with_a_sentence_that_does_not_quote_it(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), "LOTSE_WORKER": "Canary 1"}
    environment["LOTSE_VAR"] = str(tmp_path)
    ended = subprocess.run(
        [sys.executable, "-m", "lotse", "setup"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode != 0
    assert "LOTSE_WORKER" in ended.stderr
    assert "Canary" not in ended.stderr
    assert "Traceback" not in ended.stderr


def test_settings_show_no_secret_and_know_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("LOTSE_WEBHOOK_SECRET", "webhook-" * 5)
    monkeypatch.setenv("LOTSE_KEYS", '{"keys": "canary"}')
    monkeypatch.setenv("LOTSE_DATABASE_URL", "postgresql://lotse:p%40ss-word@db/lotse")
    settings = Settings()
    assert settings.secrets == (TOKEN, "webhook-" * 5, '{"keys": "canary"}', "p%40ss-word", "p@ss-word")
    shown = repr((settings.telegram_token, settings.webhook_secret, settings.keys))
    assert "canary" not in shown
    assert "hook" not in shown


def spellings(secret: str) -> dict[str, str]:
    raw = secret.encode()
    around = {f"base64 at {n}": base64.b64encode(b"user:"[:n] + raw + b"\nmore").decode() for n in range(4)}
    return around | {
        "plain": secret,
        "quoted": quote(secret),
        "quoted to the end": quote(secret, safe=""),
        "quoted for a form": quote_plus(secret),
        "quoted in small letters": quote(secret, safe="").replace("%3A", "%3a").replace("%C3", "%c3"),
        "repr": repr(secret),
        "json": json.dumps(secret),
        "json in UTF-8": json.dumps(secret, ensure_ascii=False),
        "base64 for addresses": base64.urlsafe_b64encode(raw).decode(),
    }


@pytest.mark.parametrize("spelling", spellings(TOKEN))
def test_a_token_is_hidden_in_every_spelling(spelling: str) -> None:
    said = spellings(TOKEN)[spelling]
    shown = Redactor([TOKEN])(f"GET https://api.telegram.org/bot{said}/getMe failed")
    assert shown.startswith("GET https://api.telegram.org/bot")
    assert shown.endswith("/getMe failed")
    assert "[hidden]" in shown
    middle = said[len(said) // 2 - 5 : len(said) // 2 + 5]
    assert middle not in shown
    assert "canary" not in shown


@pytest.mark.parametrize("spelling", sorted(set(spellings(SECRET)) - {"quoted", "quoted in small letters"}))
def test_any_secret_is_hidden_in_every_spelling(spelling: str) -> None:
    said = spellings(SECRET)[spelling]
    shown = Redactor([SECRET])(f"before {said} after")
    assert "[hidden]" in shown
    assert said[6:16] not in shown


@pytest.mark.parametrize(
    "text",
    [
        f"https://api.telegram.org/bot{TOKEN}/getUpdates",
        f"bot{TOKEN}",
        f"token={TOKEN}&x=1",
        f"/bot{quote(TOKEN, safe='')}/sendMessage",
        f"/bot{quote(TOKEN, safe='').replace('%3A', '%3a')}/sendMessage",
        f"redirect%3Fto%3D{quote(quote(TOKEN, safe=''), safe='')}",
        f"('{TOKEN}',)",
        f"_{TOKEN}_",
    ],
)
def test_a_token_that_nobody_told_of_is_known_by_its_looks(text: str) -> None:
    shown = Redactor()(text)
    assert "canary" not in shown
    assert "[hidden]" in shown


def test_everything_else_is_left_as_it_is() -> None:
    said = "2027-02-01T10:00:00Z chat 123456789: at 12:30, 50%3A50, id AbCd-_ef, 123456:short"
    assert Redactor([TOKEN])(said) == said
    assert Redactor(["", "abc"])("x abc y") == "x [hidden] y"
    assert Redactor([""])(said) == said


def fail() -> None:
    """An error within an error, each with what somebody wrote in its text."""
    try:
        fail_within()
    except ValueError:
        raise RuntimeError("Canary", {"text": "Canary"})  # noqa: B904 -- the context is what is tested


def fail_within() -> None:
    try:
        dict[str, str]()[f"Canary {TOKEN}"]
    except KeyError as error:
        raise ValueError("Canary in the middle") from error


def fail_together() -> None:
    raise ExceptionGroup("Canary", [ValueError("Canary")])


def test_an_error_is_described_by_its_kinds_and_places_only() -> None:
    with pytest.raises(RuntimeError) as caught:
        fail()
    caught.value.add_note("Canary")
    shown = describe(caught.value)
    here = Path(__file__).name
    assert [part.split(" at ")[0] for part in shown.split(" <- ")] == [
        "RuntimeError",
        "ValueError",
        "KeyError",
    ]
    assert shown.count(here) == 3
    assert "Canary" not in shown
    assert describe(ValueError("Canary")) == "ValueError"


def test_a_circle_of_errors_has_an_end() -> None:
    one, two = ValueError("Canary"), KeyError("Canary")
    one.__cause__, two.__cause__ = two, one
    assert describe(one).count(" <- ") == 5


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("way", ["structlog", "structlog given", "logging", "logging given", "group"])
def test_no_way_of_logging_an_error_shows_its_text(logged: Callable[[], str], style: str, way: str) -> None:
    log.configure(level="INFO", style=style, secrets=[TOKEN])
    ours, theirs = structlog.get_logger("lotse.test"), logging.getLogger("elsewhere")
    try:
        fail_together() if way == "group" else fail()
    except Exception as error:  # noqa: BLE001 -- each kind is to be logged
        if way == "structlog":
            ours.exception("it.failed", update=7)
        elif way == "logging":
            theirs.exception("it.failed")
        elif way == "logging given":
            theirs.error("it.failed", exc_info=error, stack_info=True)
        else:
            ours.error("it.failed", update=7, exc_info=error)
    shown = logged()
    assert "it.failed" in shown
    assert ("ExceptionGroup" if way == "group" else "RuntimeError") in shown
    assert "Canary" not in shown
    assert "canary" not in shown


@pytest.mark.parametrize("style", STYLES)
def test_every_line_is_one_line_without_secrets(logged: Callable[[], str], style: str) -> None:
    log.configure(level="INFO", style=style, secrets=[TOKEN, SECRET])
    structlog.get_logger("lotse.test").info("it.happened", address=f"/bot{TOKEN}/getMe", secret=SECRET)
    logging.getLogger("elsewhere").warning("%s and %r\r\nINFO forged\x1b[31m", TOKEN, SECRET)
    shown = logged()
    assert shown.count("[hidden]") == 4
    assert "canary" not in shown
    assert "hook" not in shown
    assert len(shown.splitlines()) == 2
    assert "\x1b" not in shown
    assert "INFO forged" in shown
    if style == "json":
        first, second = map(json.loads, shown.splitlines())
        assert (first["event"], first["level"], first["logger"]) == ("it.happened", "info", "lotse.test")
        assert second["event"].endswith("\r\nINFO forged\x1b[31m")


def test_levels_and_the_libraries_that_say_too_much(logged: Callable[[], str]) -> None:
    log.configure(level="INFO", style="json")
    logging.getLogger("httpx").info("HTTP Request: GET https://api.telegram.org/")
    logging.getLogger("telegram.ext").info("chatter")
    structlog.get_logger().debug("too.fine")
    structlog.get_logger().info("just.right")
    logging.getLogger("httpx").warning("trouble")
    assert [json.loads(line)["event"] for line in logged().splitlines()] == ["just.right", "trouble"]


def test_one_process_for_one_name(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with only_one(var, "bot-1"):
        with pytest.raises(StartError, match="bot-1 is running here already"), only_one(var, "bot-1"):
            pytest.fail("a second one got in")
        with only_one(var, "bot-2"):
            pass
    with only_one(var, "bot-1"):
        pass


@pytest.mark.parametrize("fails", [True, False])
def test_a_start_looks_for_no_garbage_and_whatever_follows_it_does(
    fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled: list[bool] = []
    monkeypatch.setattr(garbage, "settle", lambda: settled.append(gc.isenabled()))
    with contextlib.suppress(StartError), process._building() as built:
        assert not gc.isenabled()
        if fails:
            raise StartError
        built()
        assert gc.isenabled()
    assert gc.isenabled()
    assert settled == ([] if fails else [False])


async def test_garbage_is_looked_for_between_answers_and_all_of_it_once_an_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[str] = []
    monkeypatch.setattr(garbage, "TIDY_SECONDS", 0)
    monkeypatch.setattr(garbage, "SECOND_LOOK_ROUNDS", 2)
    monkeypatch.setattr(garbage, "THOROUGH_ROUNDS", 5)
    monkeypatch.setattr(garbage.gc, "unfreeze", lambda: looked.append("stays no longer"))
    monkeypatch.setattr(garbage, "settle", lambda: looked.append("all"))
    monkeypatch.setattr(garbage.gc, "collect", lambda generation: looked.append(f"up to {generation}"))
    counts = itertools.cycle([garbage.WORTH_IT, garbage.WORTH_IT, garbage.WORTH_IT - 1])
    monkeypatch.setattr(garbage.gc, "get_count", lambda: (next(counts), 0, 0))
    async with asyncio.TaskGroup() as group:
        tidying = group.create_task(garbage.tidy())
        while len(looked) < 7:
            await asyncio.sleep(0)
        tidying.cancel()
    # The third time nothing is worth it.
    assert looked[:7] == ["up to 0", "up to 1", "up to 1", "stays no longer", "all", "up to 1", "up to 1"]


def test_another_process_holds_the_lock_until_it_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib\nfrom lotse.process import only_one\n"
        "with only_one(pathlib.Path(sys.argv[1]), 'bot-1'):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(StartError), only_one(tmp_path, "bot-1"):
            pytest.fail("a second one got in")
        other.kill()
    with only_one(tmp_path, "bot-1"):
        pass


def test_keys_are_not_changed_under_a_bot_or_a_desk(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is running goes on with the keys it has read: rows it writes would open with an old key file alone."""
    create_keyring(tmp_path / "keys.json")
    before = (tmp_path / "keys.json").read_text()
    settings, met = Settings(var=tmp_path, database_url=sqlite_url, worker="bot-2"), []

    async def serves(*_arguments: object) -> None:
        for command in (keys.rotate, keys.forget):
            with pytest.raises(StartError, match="Stop every one of them"):
                command(typer.Context(typer.main.get_command(cli.app)))
            met.append(command)

    monkeypatch.setattr(keys, "settings_of", lambda _: settings)
    for module in (desk, process):
        monkeypatch.setattr(module, "_run", serves)
    with with_keys(tmp_path):
        desk.run_desk(settings, "lotse_bot")
    process.run_bot(settings)
    assert met == [keys.rotate, keys.forget] * 2
    assert (tmp_path / "keys.json").read_text() == before
    with alone_with_keys(tmp_path), pytest.raises(StartError, match="being changed"):
        desk.run_desk(settings, "lotse_bot")


@pytest.mark.parametrize("known", ["", "lotse_bot"])
async def test_a_desk_asks_for_the_bots_name_until_it_is_told(
    monkeypatch: pytest.MonkeyPatch, known: str
) -> None:
    asked: list[str] = []

    async def answers(_token: str, base_url: str) -> str:
        asked.append(base_url)
        return "told_bot"

    monkeypatch.setattr(desk, "bot_username", answers)
    bot, settings = Bot(known), Settings(telegram_token=SecretStr(TOKEN), telegram_base_url="http://x")
    await desk._learn_name(settings, bot)
    assert (bot.username, asked) == ((known, []) if known else ("told_bot", ["http://x"]))


def test_only_the_playground_has_a_clock_of_its_own() -> None:
    clock, follower = clocks.of(Settings(telegram_token=SecretStr(TOKEN)))
    assert (type(clock), follower) == (SystemClock, None)
    clock, follower = clocks.of(Settings(telegram_token=None))
    assert isinstance(clock, PlaygroundClock)
    assert clock is follower


async def test_a_token_that_nobody_knows_leaves_the_desk_without_links(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refuses(_token: str, _base_url: str) -> str:
        raise StartError("unknown token")

    monkeypatch.setattr(desk, "bot_username", refuses)
    bot = Bot()
    await desk._learn_name(Settings(telegram_token=SecretStr(TOKEN)), bot)
    with pytest.raises(BotUnknownError):
        bot.link("join_x")


def test_a_taken_port_is_told_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []

    async def start(*arguments: Any, **_named: Any) -> None:
        started.append(arguments)

    said = io.StringIO()
    monkeypatch.setattr(launch.console, "file", said)
    monkeypatch.setattr("lotse.launch.asyncio.create_subprocess_exec", start)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert launch._port_taken(port)
        assert launch.run(Settings(playground_port=port, var=tmp_path)) == 2
    assert not launch._port_taken(port)
    assert started == []
    assert f"Port {port} is in use" in " ".join(said.getvalue().split())
    assert "LOTSE_PLAYGROUND_PORT" in said.getvalue()


@pytest.mark.parametrize(
    "start",
    [
        launch.run,
        process.run_bot,
        lambda settings: desk.run_desk(settings, "lotse_bot"),
        lambda settings: build_core(settings, clock=SystemClock()),
    ],
)
def test_without_the_schema_of_today_nothing_starts(
    tmp_path: Path, start: Callable[[Settings], object]
) -> None:
    with pytest.raises(StartError, match="lotse setup"):
        start(Settings(var=tmp_path, playground_port=18999))


def test_a_bot_that_waits_for_telegram_ends_when_told_to(tmp_path: Path, sqlite_url: str) -> None:
    create_keyring(tmp_path / "keys.json")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        environment = {
            "PATH": os.environ["PATH"],
            "LOTSE_VAR": str(tmp_path),
            "LOTSE_DATABASE_URL": sqlite_url,
            "LOTSE_TELEGRAM_TOKEN": "1000000001:" + "x" * 35,
            "LOTSE_TELEGRAM_BASE_URL": f"http://127.0.0.1:{nobody.getsockname()[1]}/bot",
        }
        with subprocess.Popen(
            [sys.executable, "-m", "lotse", "bot"],
            stderr=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
            env=environment,
        ) as bot:
            assert bot.stderr is not None
            assert any("telegram_unreachable" in line for line in bot.stderr)
            bot.send_signal(signal.SIGTERM)
            assert bot.wait(100) == 0


@pytest.mark.parametrize(
    "address", ["/run/nlu.sock", "off", "http://127.0.0.1:5005", "http://[::1]:5005", "http://localhost"]
)
def test_what_people_write_is_understood_on_this_machine(address: str) -> None:
    assert Settings(nlu_url=address).nlu_url == address


@pytest.mark.parametrize(
    "address", ["http://nlu.example.org", "https://10.0.0.7:5005", "http://localhost.example.org", "http://"]
)
def test_what_people_write_is_not_sent_to_another_machine(address: str) -> None:
    with pytest.raises(ValidationError, match="needs a socket path or an address of this machine"):
        Settings(nlu_url=address)
