"""`lotse run`: starts nlu, playground, bot and desk as processes of their own, watches them, and ends them in order."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from lotse import runtime, sample
from lotse.commands import unit
from lotse.settings import PROJECT, Settings
from people.accounts.passwords import Passwords
from people.types import Role
from playground.constants import BOT_USERNAME

console = Console(stderr=True)

SERVICE = PROJECT / "nlu" / "service"
NLU_PYTHON = SERVICE / ".venv" / "bin" / "python"
# The nlu process knows nothing of ours: no token, no database, no key.
NLU_ENVIRONMENT = {"PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", ""), "LANG": "C.UTF-8"}
_GRACE = 10.0
_RESTART_PAUSE = 5.0


def nlu_command(settings: Settings) -> list[str] | None:
    """How to start the nlu service, None where it is not set up; the last word is the socket."""
    models = sorted(settings.models_path.glob("nlu-*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not os.access(NLU_PYTHON, os.X_OK) or not models:
        return None
    return [
        str(NLU_PYTHON),
        str(SERVICE / "server.py"),
        "--model",
        str(models[-1]),
        "--socket",
        str(settings.nlu_socket),
    ]


def python_in_a_home() -> Path | None:
    """The understanding's Python where it lies in somebody's home: units with ProtectHome do not see it. None where it lies elsewhere."""
    # Not all of the way may be ours to follow; what can be read of it says enough.
    real = Path(os.path.realpath(NLU_PYTHON))
    return real if real.parts[1:2] in (("home",), ("root",)) else None


def train_command(settings: Settings) -> list[str] | None:
    """How to train a model where the training data have none, None where there is no environment for it."""
    if not os.access(NLU_PYTHON, os.X_OK):
        return None
    return [str(NLU_PYTHON), str(SERVICE / "train.py"), "--out", str(settings.models_path)]


async def username(settings: Settings) -> str:
    """The bot's name at Telegram, empty where it cannot be asked."""
    if settings.telegram_token is None:
        return BOT_USERNAME
    with contextlib.suppress(runtime.StartError, TimeoutError):
        async with asyncio.timeout(10):
            return await runtime.bot_username(
                settings.telegram_token.get_secret_value(), settings.telegram_base_url
            )
    return ""


def run(settings: Settings) -> int:
    """Start everything and wait for Ctrl-C; returns the exit code. Raises StartError."""
    return asyncio.run(_Launch(settings).run())


@dataclass
class _Launch:
    settings: Settings
    processes: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    async def run(self) -> int:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        playground = self.settings.playground
        if playground and _port_taken(self.settings.playground_port):
            console.print(
                f"Port {self.settings.playground_port} is in use. Is Lotse running already? "
                "Else choose another with LOTSE_PLAYGROUND_PORT."
            )
            return 2
        runtime.need_schema(self.settings)
        try:
            return await self._serve(stop, playground=playground)
        finally:
            await self._end()

    async def _serve(self, stop: asyncio.Event, *, playground: bool) -> int:
        watched: list[asyncio.Task[int]] = []
        async with asyncio.TaskGroup() as group:
            keeper = group.create_task(self._keep_nlu())
            if playground:
                port = str(self.settings.playground_port)
                watched.append(
                    group.create_task(
                        await self._start("playground", [sys.executable, "-m", "playground", "--port", port])
                    )
                )
                await self._greet()
                await self._sample()
            watched.append(
                group.create_task(await self._start("bot", [sys.executable, "-m", "lotse", "bot"]))
            )
            watched.append(
                group.create_task(await self._start("desk", [sys.executable, "-m", "lotse", "desk"]))
            )
            stopper = group.create_task(stop.wait())
            done, _ = await asyncio.wait([*watched, stopper], return_when=asyncio.FIRST_COMPLETED)
            code = 0 if stopper in done else next(task.result() for task in watched if task in done) or 1
            if stopper in done:
                console.print("Stopping …")
            keeper.cancel()
            stopper.cancel()
            await self._end()
        return code

    async def _start(
        self, name: str, command: Sequence[str], environment: dict[str, str] | None = None
    ) -> Coroutine[Any, Any, int]:
        """Start a process; what is returned waits for its end."""
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, cwd=PROJECT, start_new_session=True, stdin=asyncio.subprocess.DEVNULL
        )
        self.processes[name] = process
        return process.wait()

    async def _keep_nlu(self) -> None:
        """Run the nlu service; when it dies the bot answers by keywords until it is back."""
        if self.settings.nlu_url is not None:
            return
        command = nlu_command(self.settings)
        if command is None:
            console.print(
                "[yellow]Keyword mode:[/] there is no trained model. `make setup` says what it needs."
            )
            return
        while True:
            code = await (await self._start("nlu", command, NLU_ENVIRONMENT))
            console.print(f"The nlu service ended (code {code}); it starts again in {_RESTART_PAUSE:.0f} s.")
            await asyncio.sleep(_RESTART_PAUSE)

    async def _greet(self) -> None:
        """Wait for the playground, and put an invitation for a coordinator and one for a volunteer on its page."""
        url = self.settings.playground_url
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=5) as client:
            for _ in range(100):
                with contextlib.suppress(httpx.HTTPError):
                    await client.get("/clock")
                    break
                await asyncio.sleep(0.1)
            for role, phone in ((Role.COORDINATOR, 7003), (Role.VOLUNTEER, 7002)):
                async with unit.opened(self.settings) as core, core.database.write() as tx:
                    invitation = await core.people.invite(tx, None, role, core.clock.now())
                link = f"https://t.me/{BOT_USERNAME}?start=join_{invitation.code}"
                note = {"title": f"Invitation: {role.value}", "link": link, "phone": phone}
                (await client.post("/play/notes", json=note)).raise_for_status()
        console.print(f"\n  [bold green]Playground:[/] open [bold]{url}[/] in a browser. Ctrl-C ends it.\n")

    async def _sample(self) -> None:
        """Fill the desk with invented people, once, and their chats at the playground, which forgets them."""
        users = {"id": sample.FIRST_CHAT, "count": sample.LINKED, "started": True}
        async with httpx.AsyncClient(
            base_url=self.settings.playground_url, trust_env=False, timeout=5
        ) as client:
            (await client.post("/play/users", json=users)).raise_for_status()
        async with unit.opened(self.settings) as core:
            now = core.clock.now()
            made = await sample.make(core, now, wall=now, passwords=Passwords())
        console.print(f"  [bold green]Desk:[/] {self.settings.desk_address}")
        if made is None:
            console.print(
                "  The sample coordinator was made before; `lotse admin account NAME` makes another.\n"
            )
            return
        console.print("  A sample, plainly invented, shown this once:", highlight=False)
        console.print(
            f"  user [bold]{made.name}[/], password [bold]{made.password}[/], authenticator key [bold]{made.totp_secret}[/]\n",
            highlight=False,
            soft_wrap=True,
        )

    async def _end(self) -> None:
        for name in ("desk", "bot", "nlu", "playground"):
            process = self.processes.pop(name, None)
            if process is None or process.returncode is not None:
                continue
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                async with asyncio.timeout(_GRACE):
                    await process.wait()
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()


def _port_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
