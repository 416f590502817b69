"""Lets in only what comes from this machine: loopback host names, no page of another origin."""

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from playground.botapi import ABORT
from playground.webhook import is_loopback

_OWN_SITE = {"same-origin", "none"}


class Guard:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope[ABORT] = _abort(send)
            problem = _problem(scope["path"], Headers(scope=scope))
            if problem:
                await PlainTextResponse(problem, status_code=403)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _problem(path: str, headers: Headers) -> str:
    host = headers.get("host", "")
    if not is_loopback(urlsplit(f"//{host}").hostname or ""):
        return "The playground answers to the names of this machine only."
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        return "The playground takes no requests from other pages."
    site = headers.get("sec-fetch-site")
    if site is not None and site not in _OWN_SITE and path != "/":
        return "The playground takes no requests from other pages."
    return ""


def _abort(send: Send) -> Callable[[], None]:
    """Drops the connection below HTTP: uvicorn's send is a method of the object that holds the transport."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)

    def abort() -> None:
        if transport is None:
            raise ConnectionAbortedError("this server has no connection to cut")
        transport.abort()

    return abort
