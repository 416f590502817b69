"""Processes to be killed: a server that forks lives of the engine, and one that forks the whole bot."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.crash.telegram import Telegram

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240.0


def noon_shift() -> timedelta:
    """From now to noon in Berlin of the day after tomorrow, so that nobody sleeps."""
    now = datetime.now(UTC)  # noqa: TID251 -- real processes need the real time
    return (now + timedelta(days=2)).replace(hour=10, minute=30) - now


class Forks:
    """A process that forks another for each line that it is given."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def line(self, command: str | None = None) -> str:
        """Send a line, if any, and wait for one."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if command is not None:
            self._process.stdin.write(f"{command}\n".encode())
        async with asyncio.timeout(PATIENCE):
            return (await self._process.stdout.readline()).decode().strip()

    async def live(self, name: str = "one", *, calm: float = 2.0, pace: float = 0) -> int:
        """A life of the engine; returns its process id when it is ready to work."""
        lines = [await self.line(f"live {name} {calm} {pace}"), await self.line()]
        (pid,) = (line.split()[1] for line in lines if line.startswith("pid"))
        return int(pid)

    async def kill(self, pid: int, number: signal.Signals = signal.SIGKILL) -> int:
        """End a life; returns its exit code."""
        os.kill(pid, number)
        return int((await self.line(f"wait {pid}")).split()[1])


def environment(telegram: Telegram, url: str, keys: str, var: Path, **more: str) -> dict[str, str]:
    """What a process is told by its environment, and nothing else."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "LOTSE_VAR": str(var),
        "LOTSE_DATABASE_URL": url,
        "LOTSE_KEYS": keys,
        "LOTSE_TELEGRAM_TOKEN": telegram.token,
        "LOTSE_TELEGRAM_BASE_URL": telegram.url,
        "LOTSE_NLU_URL": "off",
        "LOTSE_MESSAGES_A_MINUTE": "0",
        "LOTSE_LOG_LEVEL": "ERROR",
        **more,
    }


@contextlib.asynccontextmanager
async def forking(module: str, env: dict[str, str], var: Path) -> AsyncIterator[Forks]:
    """The server of lives, gone at the end with all of them."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, env=env, cwd=var, stdin=pipe, stdout=pipe, start_new_session=True
    )
    try:
        yield Forks(process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
