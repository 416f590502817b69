"""The webhook: takes updates from Telegram alone, and says 200 only when they are stored."""

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

MAX_BODY = 1_000_000
_LARGEST_ID = 2**63 - 1
PATH = "/telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 -- a header's name

Take = Callable[[list[dict[str, Any]]], Awaitable[None]]


def webhook_app(secret: str, take: Take) -> Starlette:
    """POST /telegram with the secret header and one update as JSON; anything else is refused without a word about why."""

    async def receive(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return PlainTextResponse("", 403)
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return PlainTextResponse("", 415)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                return PlainTextResponse("", 413)
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            return PlainTextResponse("", 400)
        if not _is_update(update):
            return PlainTextResponse("", 400)
        await take([update])
        return PlainTextResponse("")

    app = Starlette(routes=[Route(PATH, receive, methods=["POST"])])
    app.router.redirect_slashes = False
    return app


def _is_update(value: Any) -> bool:
    number = value.get("update_id") if isinstance(value, dict) else None
    return type(number) is int and 0 <= number <= _LARGEST_ID


async def serve(app: Starlette, port: int) -> None:
    """Listen on loopback until cancelled; a reverse proxy brings the certificate."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_config=None, access_log=False, lifespan="off"
    )
    server = uvicorn.Server(config)
    await server.serve()
