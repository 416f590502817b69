"""The playground as a server: the application, its start on loopback beside no real token, and its end."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from playground import control
from playground.botapi import BotApi
from playground.clock import Clock
from playground.constants import PLAYGROUND_TOKEN, TOKEN_VARIABLE
from playground.guard import Guard
from playground.phone import Phone
from playground.webhook import is_loopback
from playground.world import World

_PAGE = Path(__file__).parent / "page"
_CONTENT = {"": "index.html", "style.css": "style.css", "page.js": "page.js", "icon.svg": "icon.svg"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class StartRefused(Exception):  # noqa: N818  reads as the sentence it is
    """The playground will not start; the text says why, in one sentence."""


def check_start(host: str, environ: Mapping[str, str]) -> None:
    if not is_loopback(host):
        raise StartRefused(
            f"The playground listens on this machine only (127.0.0.1, ::1, localhost), not on {host}."
        )
    token = environ.get(TOKEN_VARIABLE, "")
    if token and token != PLAYGROUND_TOKEN:
        raise StartRefused(f"{TOKEN_VARIABLE} is set: the playground does not run beside a real bot token.")


def create_app(world: World) -> ASGIApp:
    """The whole playground as one ASGI application around that world."""
    api = BotApi(world)

    async def page(request: Request) -> Response:
        name = request.path_params.get("name", "")
        if name not in _CONTENT:
            return Response("Not found.", status_code=404, media_type="text/plain")
        return FileResponse(_PAGE / _CONTENT[name], headers=_HEADERS)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            delivery = tasks.create_task(world.webhook.deliver_forever(world.clock.timestamp))
            yield
            delivery.cancel()

    routes = [
        Route("/bot{token}/{method}", api.call, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", api.download, methods=["GET"]),
        *control.routes(world),
        Route("/", page, methods=["GET"]),
        Route("/page/{name}", page, methods=["GET"]),
    ]
    return Guard(Starlette(routes=routes, lifespan=lifespan))


class _Uvicorn(uvicorn.Server):
    """Ends the long waits first, so that nobody keeps the server from stopping."""

    def __init__(self, config: uvicorn.Config, world: World, *, signals: bool) -> None:
        super().__init__(config)
        self.world = world
        self.signals = signals

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals() if self.signals else contextlib.nullcontext():
            yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.world.updates.close()
        self.world.hub.close()
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; StartRefused when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, or asyncio leaves Nagle on and every answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise StartRefused(
            f"Port {port} is in use: end what runs there or choose another with --port."
        ) from error
    return listener


class Server:
    """A playground in this process; state may be read and changed from the same event loop."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock | None = None,
        environ: Mapping[str, str] | None = None,
        signals: bool = False,
    ) -> None:
        check_start(host, os.environ if environ is None else environ)
        self.state = World(clock or Clock())
        self._socket = listen(host, port)
        self.host, self.port = host, int(self._socket.getsockname()[1])
        config = uvicorn.Config(
            create_app(self.state),
            log_level="error",
            access_log=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=2,
            lifespan="on",
            ws="none",
        )
        self._uvicorn = _Uvicorn(config, self.state, signals=signals)
        self._task: asyncio.Task[None] | None = None

    token = PLAYGROUND_TOKEN

    @property
    def url(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{name}:{self.port}"

    @property
    def api_url(self) -> str:
        """What python-telegram-bot calls base_url."""
        return f"{self.url}/bot"

    @property
    def file_url(self) -> str:
        """What python-telegram-bot calls base_file_url."""
        return f"{self.url}/file/bot"

    @property
    def page_url(self) -> str:
        return f"{self.url}/"

    def phone(self, user_id: int) -> Phone:
        """A person's phone, driven over HTTP; close it or use it as an async context manager."""
        return Phone(self.url, user_id)

    async def run(self) -> None:
        """Serves until stopped or, with signals, until Ctrl-C."""
        await self._uvicorn.serve(sockets=[self._socket])

    async def start(self) -> None:
        """Returns when it listens; stop() brings out what went wrong meanwhile."""
        loop = asyncio.get_running_loop()
        self._task = loop.create_task(self.run())
        while not self._uvicorn.started:
            if self._task.done():
                self._task.result()
                raise StartRefused("The playground ended while it started.")
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        self._uvicorn.should_exit = True
        if self._task:
            await self._task
        self._socket.close()


@contextlib.asynccontextmanager
async def serving(
    *, port: int = 0, clock: Clock | None = None, environ: Mapping[str, str] | None = None
) -> AsyncIterator[Server]:
    """A running playground on a free port of this machine, gone at the end."""
    server = Server(port=port, clock=clock, environ=environ)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
