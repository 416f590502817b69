"""The bot in a process of its own at a playground, watched from outside: memory, files, tasks, write-ahead log."""

import asyncio
import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx

import playground
from playground.types import User
from tests.bench.telegram import Bot

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class House:
    """A bot process and its playground."""

    bot: Bot
    pid: int
    var: Path
    health: str

    def memory(self) -> float:
        """Megabytes that the process holds."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def files(self) -> int:
        """Open files and sockets of the process."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    async def tasks(self) -> int:
        """What runs side by side in the bot, the answer to this among it."""
        async with httpx.AsyncClient() as http:
            said = (await http.get(f"{self.health}/metrics")).text
        return int(float(re.search(r"(?m)^lotse_tasks (\S+)", said)[1]))

    def wal(self) -> float:
        """Megabytes of the write-ahead log."""
        file = self.var / "lotse.db-wal"
        return file.stat().st_size / 2**20 if file.exists() else 0.0


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@asynccontextmanager
async def house(
    var: Path, users: range, *, at: datetime | None = None, **settings: str
) -> AsyncIterator[House]:
    """Set up in an empty folder, with so many phones; every one of them has started the bot, chosen English and read the notice."""
    async with playground.serving(port=0) as server:
        if at is not None:
            server.state.clock.set(at)
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "LOTSE_VAR": str(var), "LOTSE_PLAYGROUND_PORT": str(server.port), "LOTSE_NLU_URL": "off", "LOTSE_LOG_LEVEL": "ERROR", "LOTSE_HEALTH_PORT": str(port := _free_port()), **settings,
        }  # fmt: skip
        command = [sys.executable, "-m", "lotse"]
        subprocess.run([*command, "setup"], env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        for user in users:
            server.state.add_user(User(user, f"Phone {user}", language_code="en"))
        process = await asyncio.create_subprocess_exec(*command, "bot", env=environment, cwd=ROOT)
        try:
            yield House(Bot(server), process.pid, var, f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            await process.wait()
