"""`lotse doctor`: looks at everything that Lotse needs and says what to do about what is wrong."""

import asyncio
import os
import shutil
import stat
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Annotated
from urllib.parse import quote

import httpx
import typer
from rich.console import Console

from db import migrate
from db.crypto import KeyFileError
from db.engine import Database, StorageBusyError, StorageDamagedError, shown_url, sqlite_file, why_busy
from lotse import launch
from lotse.clock import SystemClock
from lotse.commands.given import settings_of
from lotse.keyrings import fitting_keyring, keyring
from lotse.runtime import nlu_client
from lotse.settings import FILE, Settings, open_to_others
from nlu.errors import NluError

console = Console()
LEAST_FREE = 1 << 30
OLDEST_BACKUP = timedelta(days=1)
MOST_SKEW = timedelta(seconds=30)
MOST_WAITING = 100


class Verdict(Enum):
    """How something is: right, worth knowing, or wrong."""

    GOOD = "[green]ok[/green]  "
    NOTE = "[yellow]note[/yellow]"
    BAD = "[red]BAD[/red] "


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `advice` says what to do where something is to be done.

    `mends_itself` where running is what mends it.
    """

    verdict: Verdict
    what: str
    advice: str = ""
    mends_itself: bool = False


def doctor(
    context: typer.Context,
    stopped: Annotated[
        bool, typer.Option("--stopped", help="Lotse is stopped: what its running mends is a note.")
    ] = False,
) -> None:
    """Check token, webhook, database, schema, keys, model, clock, disk, permissions and backups; exit 1 when something is wrong."""
    findings = asyncio.run(_look(settings_of(context)))
    if stopped:
        findings = [
            replace(finding, verdict=Verdict.NOTE) if finding.mends_itself else finding
            for finding in findings
        ]
    for finding in findings:
        console.print(f"{finding.verdict.value} {finding.what}", soft_wrap=True, highlight=False)
        if finding.advice:
            console.print(f"      {finding.advice}", soft_wrap=True, highlight=False)
    raise typer.Exit(1 if any(finding.verdict is Verdict.BAD for finding in findings) else 0)


async def _look(settings: Settings) -> list[Finding]:
    found: list[Finding] = []
    for look in (_keys, _settings_file, _folder, _anchor, _disk, _backups):
        with _noting(found):
            found += look(settings)
    for ask in (_database, _model, _telegram):
        with _noting(found):
            found += [finding async for finding in ask(settings)]
    return found


@contextmanager
def _noting(found: list[Finding]) -> Iterator[None]:
    """What cannot be looked at is a finding, once, and no reason to look at nothing else."""
    try:
        yield
    except OSError as error:
        finding = Finding(
            Verdict.BAD,
            f"{error.filename or 'Something'} cannot be looked at ({error.strerror}).",
            "Let this account own it, or run the command as the account that Lotse runs as.",
        )
        if finding not in found:
            found.append(finding)


def _keys(settings: Settings) -> list[Finding]:
    try:
        keyring(settings)
    except KeyFileError as error:
        if settings.keys is not None or settings.key_path.exists():
            return [Finding(Verdict.BAD, "Keys", str(error))]
        way = "Run: make setup"
        if _is_there(settings):
            way = "The database needs its own keys: put the copy back that is kept apart from the backups."
        return [Finding(Verdict.BAD, "Keys", f"{error} {way}")]
    return [Finding(Verdict.GOOD, "Keys: readable, and by nobody else.")]


def _is_there(settings: Settings) -> bool:
    try:
        return migrate.is_there(settings.storage_url)
    except (StorageBusyError, StorageDamagedError):
        return True


def _settings_file(_settings: Settings) -> list[Finding]:
    if not open_to_others():
        return []
    what = f"Everybody on this machine may read {FILE.resolve()}, which can hold the bot's token."
    return [Finding(Verdict.BAD, what, f"Run: chmod o= {FILE}")]


def _folder(settings: Settings) -> list[Finding]:
    if not settings.var.is_dir():
        if settings.var.exists():
            what, way = f"{settings.var} is a file, not a folder.", "Let LOTSE_VAR name a folder."
        else:
            what, way = f"The folder {settings.var} is not there.", "Run: make setup"
        return [Finding(Verdict.BAD, what, way)]
    if not os.access(settings.var, os.W_OK):
        return [Finding(Verdict.BAD, f"Nothing can be written to {settings.var}.", "Let this user own it.")]
    open_files = [
        path for path in (settings.var, *settings.var.glob("lotse.db*")) if path.stat().st_mode & stat.S_IRWXO
    ]
    # Into a closed folder nobody looks, whatever the files in it say.
    if settings.var in open_files:
        names = " ".join(map(str, open_files))
        return [
            Finding(Verdict.NOTE, f"Everybody on this machine may read {names}.", f"Run: chmod o= {names}")
        ]
    return [Finding(Verdict.GOOD, f"{settings.var}: writable, and closed to others.")]


def _anchor(settings: Settings) -> list[Finding]:
    path = settings.anchor_path
    if path.parent == settings.var or os.access(path.parent, os.W_OK):
        return []
    what = f"The newest row of the access log cannot be kept any more: {path.parent} is closed to this user."
    return [Finding(Verdict.BAD, what, f"Move {path.name} from there to {settings.var}.")]


def _disk(settings: Settings) -> list[Finding]:
    if not settings.var.is_dir():
        return []
    free = shutil.disk_usage(settings.var).free
    what = f"{free / (1 << 30):.1f} GiB are free on the disk of {settings.var}."
    if free < LEAST_FREE:
        return [Finding(Verdict.BAD, what, "Make room: without it no message can be kept.")]
    return [Finding(Verdict.GOOD, what)]


def _backups(settings: Settings) -> list[Finding]:
    files = settings.backups()
    if not files:
        return [
            Finding(
                Verdict.NOTE, "There is no backup in Lotse's own folder.", "Run every night: lotse backup"
            )
        ]
    age = time.time() - max(file.stat().st_mtime for file in files)
    what = f"The newest backup is {age / 3600:.0f} hours old."
    if age > OLDEST_BACKUP.total_seconds():
        return [Finding(Verdict.BAD, what, "Run every night: lotse backup", mends_itself=True)]
    return [Finding(Verdict.GOOD, what)]


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    name, file = shown_url(settings.storage_url), sqlite_file(settings.storage_url)
    if file is not None and not await asyncio.to_thread(file.exists):
        yield Finding(Verdict.BAD, f"Database: {name} is not there.", "Run: make setup")
        return
    database = Database(settings.storage_url)
    try:
        await database.check()
        schema = await asyncio.to_thread(migrate.current, settings.storage_url)
        if schema != migrate.newest():
            yield _schema(schema, name)
            return
        yield Finding(Verdict.GOOD, f"Database: answers, schema {schema}.")
        for finding in await asyncio.to_thread(_locks, settings):
            yield finding
        damage = await database.damage()
        if damage:
            yield _damaged(damage)
    except StorageDamagedError as error:
        yield _damaged(f"{file}: {error}")
    except StorageBusyError:
        yield Finding(Verdict.BAD, f"Database: {name} does not answer.", why_busy(settings.storage_url))
    finally:
        await database.close()


def _schema(found: str | None, name: str) -> Finding:
    if found is None:
        return Finding(Verdict.BAD, f"Database: {name} is empty.", "Run: lotse setup")
    what = f"Database: schema {found}, this version needs {migrate.newest()}."
    try:
        migrate.check_known(found)
    except migrate.NewerSchemaError as error:
        return Finding(Verdict.BAD, what, str(error))
    way = "Stop Lotse, then run: lotse backup (with the version before), lotse db upgrade"
    return Finding(Verdict.BAD, what, way)


def _locks(settings: Settings) -> list[Finding]:
    """Whether the keys open the database; what is wrong with the keys themselves is said by then."""
    try:
        keyring(settings)
    except KeyFileError:
        return []
    try:
        fitting_keyring(settings)
    except KeyFileError as error:
        return [Finding(Verdict.BAD, f"Database: {error}")]
    return []


def _damaged(said: str) -> Finding:
    return Finding(
        Verdict.BAD,
        f"Database: the file is damaged, or no database ({said}).",
        "Stop Lotse, move the file away and restore the newest backup.",
    )


async def _model(settings: Settings) -> AsyncIterator[Finding]:
    client = nlu_client(settings)
    if client is None:
        yield Finding(Verdict.NOTE, "Understanding: switched off (LOTSE_NLU_URL=off); key words answer.")
        return
    if settings.nlu_url is None and launch.nlu_command(settings) is None:
        yield Finding(
            Verdict.BAD, "Understanding: there is no trained model.", "Run: make setup (it needs Python 3.10)"
        )
        return
    try:
        ready = await client.ready()
    except NluError:
        ready = False
    finally:
        await client.close()
    if ready:
        yield Finding(Verdict.GOOD, "Understanding: the nlu service answers.")
    else:
        way = "Start: lotse nlu serve"
        if settings.nlu_url is not None:
            way = f"Look at its service (systemctl status lotse-nlu): it is to listen at {settings.nlu_url}."
        if python := launch.python_in_a_home():
            way += f" Its Python is {python}: in a home, where other accounts do not look."
        yield Finding(Verdict.NOTE, "Understanding: the nlu service does not answer; key words do.", way)


async def _telegram(settings: Settings) -> AsyncIterator[Finding]:
    if settings.telegram_token is None:
        yield Finding(Verdict.NOTE, "Telegram: no token; `make run` starts the playground.")
        return
    token = quote(settings.telegram_token.get_secret_value(), safe=":")
    try:
        async with httpx.AsyncClient(base_url=settings.telegram_base_url.rstrip("/"), timeout=10) as client:
            me = await client.get(f"/bot{token}/getMe")
            hook = await client.get(f"/bot{token}/getWebhookInfo")
            bot, webhook = me.json().get("result") or {}, hook.json().get("result") or {}
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, AttributeError):
        # The error itself would name the address, and the token is part of that.
        yield Finding(
            Verdict.BAD,
            f"Telegram: {settings.telegram_base_url} does not answer as the Bot API does.",
            "Is the way out of this network open (proxy, firewall)?",
        )
        return
    if me.status_code != httpx.codes.OK:
        yield Finding(
            Verdict.BAD,
            "Telegram: the token is not known.",
            "Set LOTSE_TELEGRAM_TOKEN to the one from @BotFather.",
        )
        return
    yield Finding(Verdict.GOOD, f"Telegram: the token is @{bot.get('username')}'s.")
    for finding in _webhook(settings, webhook):
        yield finding
    for finding in _clock(me.headers.get("date"), SystemClock().now()):
        yield finding


def _webhook(settings: Settings, info: dict[str, object]) -> list[Finding]:
    found = []
    registered = bool(info.get("url"))
    if registered and settings.webhook_url is None:
        found.append(
            Finding(
                Verdict.BAD,
                "Webhook: one is registered, but Lotse is set to polling.",
                "Starting the bot takes it away; is another program using the same token?",
            )
        )
    elif settings.webhook_url is not None and not registered:
        found.append(Finding(Verdict.NOTE, "Webhook: not registered yet.", "Start: lotse bot"))
    if info.get("last_error_message"):
        found.append(
            Finding(
                Verdict.BAD,
                f"Webhook: Telegram says “{info['last_error_message']}”.",
                "Look at the reverse proxy and its certificate.",
                mends_itself=True,
            )
        )
    waiting = info.get("pending_update_count")
    if isinstance(waiting, int) and waiting > MOST_WAITING:
        found.append(
            Finding(
                Verdict.BAD, f"{waiting} messages wait at Telegram.", "Is the bot running?", mends_itself=True
            )
        )
    return found


def _clock(date: str | None, now: datetime) -> list[Finding]:
    try:
        theirs = parsedate_to_datetime(date or "")
    except ValueError:
        return []
    skew = abs(now - theirs)
    if skew > MOST_SKEW:
        return [
            Finding(
                Verdict.BAD,
                f"Clock: {skew.total_seconds():.0f} seconds away from Telegram's.",
                "Switch on time synchronisation: timedatectl set-ntp true",
            )
        ]
    return [Finding(Verdict.GOOD, "Clock: agrees with Telegram's.")]
