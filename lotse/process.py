"""The bot process: one at a time for a worker's name, from the first log line to the last."""

import asyncio
import contextlib
import fcntl
import gc
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import structlog
from telegram.error import InvalidToken

from bot.intake import AnotherPollerError
from lotse import clock as clocks
from lotse import garbage
from lotse.health import serve_health
from lotse.keyrings import fitting_keyring
from lotse.runtime import (
    StartError,
    bot_username,
    build,
    build_core,
    keep_place,
    need_closed_settings,
    need_schema,
    nlu_client,
    running,
    webhook_of,
)
from lotse.settings import Settings
from playground.constants import PLAYGROUND_TOKEN

log = structlog.get_logger(__name__)

# No worker can have this name.
_KEYS_LOCK = "keys.in-use.lock"


@contextlib.contextmanager
def only_one(var: Path, worker: str) -> Iterator[None]:
    """Hold the lock of this worker's name. Raises StartError when another process has it."""
    refused = (
        f"A bot named {worker} is running here already. Stop it first, or set LOTSE_WORKER to another name."
    )
    with _locked(var / f"{worker}.lock", fcntl.LOCK_EX, refused):
        yield


@contextlib.contextmanager
def with_keys(var: Path) -> Iterator[None]:
    """Go by the keys as they are now: many processes may, until somebody changes them. Raises StartError while that is going on."""
    with _locked(
        var / _KEYS_LOCK, fcntl.LOCK_SH, "The keys are being changed. Start again when that is done."
    ):
        yield


@contextlib.contextmanager
def alone_with_keys(var: Path) -> Iterator[None]:
    """Change the keys. Raises StartError while a bot or a desk goes by them here: it would go on sealing with the old one."""
    running = (
        "A bot or a desk is running here and would go on with the old keys. Stop every one of them first."
    )
    with _locked(var / _KEYS_LOCK, fcntl.LOCK_EX, running):
        yield


@contextlib.contextmanager
def _locked(path: Path, how: int, refused: str) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("w") as file:
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
        except OSError:
            raise StartError(refused) from None
        yield


def run_bot(settings: Settings) -> None:
    """Run the bot until SIGTERM or Ctrl-C. Raises StartError, KeyFileError."""
    webhook_of(settings)
    need_closed_settings()
    need_schema(settings)
    with only_one(settings.var, settings.worker), with_keys(settings.var):
        # Before Telegram is waited for: keys that others may read or that are not the database's are refused at once.
        fitting_keyring(settings)
        try:
            asyncio.run(_run(settings))
        except* InvalidToken:
            raise StartError("Telegram does not know this bot token (it may have been revoked).") from None
        except* AnotherPollerError:
            raise StartError(
                "Another program fetches this bot's updates. Two at a time would steal each other's; stop one of them."
            ) from None
        except* StartError as group:
            raise _first(group) from None


def _first(group: BaseExceptionGroup[StartError]) -> StartError:
    """What went wrong, out of however many groups it is in."""
    found: StartError | BaseExceptionGroup[StartError] = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found


@contextlib.contextmanager
def _building() -> Iterator[Callable[[], None]]:
    """Nothing is garbage while a start builds what stays: looking for some again and again takes a third of the start. Call what is given at its end."""

    def built() -> None:
        garbage.settle()
        gc.enable()

    gc.disable()
    try:
        yield built
    finally:
        gc.enable()


def _at_the_end(call: Callable[[], object]) -> None:
    """What SIGTERM and Ctrl-C do from now on."""
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, call)


async def _run(settings: Settings) -> None:
    if (this := asyncio.current_task()) is not None:
        _at_the_end(this.cancel)
    stop = asyncio.Event()
    clock, follower = clocks.of(settings)
    token = (
        PLAYGROUND_TOKEN if settings.telegram_token is None else settings.telegram_token.get_secret_value()
    )
    base_url = settings.playground_url if settings.playground else settings.telegram_base_url
    try:
        # As long as Telegram cannot be reached, nothing runs yet that would have to come to its end.
        username = await bot_username(token, base_url)
    except asyncio.CancelledError:
        return
    _at_the_end(stop.set)
    if follower is not None:
        await follower.catch_up()
    with _building() as built:
        core = build_core(settings, clock=clock)
        webhook = settings.webhook_url is not None and not settings.playground
        if not webhook:
            # Before the word lists of all languages are read: whoever is one too many is told at once.
            await keep_place(core)
        lotse = build(core, token=token, base_url=base_url, nlu=nlu_client(settings), username=username)
        async with asyncio.TaskGroup() as group:
            beside = [group.create_task(serve_health(lotse, polling=not webhook))]
            if follower is not None:
                beside.append(group.create_task(follower.follow()))
            async with running(lotse, webhook=webhook):
                built()
                log.info("bot.ready", bot=username, playground=settings.playground)
                await stop.wait()
                log.info("bot.stopping")
            for task in beside:
                task.cancel()
