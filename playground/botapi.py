"""The Bot API over HTTP: token, method, parameters, faults, answer and log; what a method does is in methods/."""

import asyncio
import json
from typing import Any

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from playground.constants import PLAYGROUND_TOKEN
from playground.errors import ApiError
from playground.faults import Fault
from playground.methods import METHODS
from playground.params import Params, read_params
from playground.world import World

_log = structlog.get_logger("playground")
ABORT = "playground.abort"
_GARBAGE = b'{"ok":true,"result":{"message_id":1,"da'


class Cut(Response):
    """No answer at all: the connection is gone."""

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        scope[ABORT]()
        while (await receive())["type"] != "http.disconnect":
            pass


class WireResponse(Response):
    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return json.dumps(content, separators=(",", ":")).encode()


def _success(result: Any) -> Response:
    return WireResponse({"ok": True, "result": result})


def _failure(error: ApiError) -> Response:
    if error.code == 502:
        return HTMLResponse("<html><head><title>502 Bad Gateway</title></head></html>", status_code=502)
    body = {"ok": False, "error_code": error.code, "description": error.description}
    return WireResponse(body | ({"parameters": error.parameters} if error.parameters else {}), error.code)


class BotApi:
    def __init__(self, world: World) -> None:
        self.world = world

    async def call(self, request: Request) -> Response:
        if request.path_params["token"] != PLAYGROUND_TOKEN:
            return _failure(ApiError(401, "Unauthorized"))
        name = request.path_params["method"]
        try:
            params = await read_params(request)
        except ApiError as error:
            self.world.log_call(name, {}, ok=False, error_code=error.code, description=error.description)
            return _failure(error)
        except ClientDisconnect:
            return Response(status_code=400)
        return await self._answer(name, params)

    async def _answer(self, name: str, params: Params) -> Response:
        method = name.lower()
        chat_id = params.text("chat_id")
        fault = self.world.faults.pick(method, int(chat_id) if chat_id.lstrip("-").isdecimal() else None)
        kind = fault.kind if fault else None
        params.confirm_lost = kind == "confirm_lost"
        try:
            if fault and (spoilt := await self._before(fault)):
                self.world.log_call(name, params.loggable(), ok=False, fault=kind)
                return spoilt
            result = await self._run(method, params)
        except ApiError as error:
            outcome = {"ok": False, "error_code": error.code, "description": error.description, "fault": kind}
            self.world.log_call(name, params.loggable(), **outcome)
            return _failure(error)
        if kind == "duplicate_updates" and fault:
            result = _doubled(result, fault)
        logged = len(result) if method == "getupdates" else result
        self.world.log_call(name, params.loggable(), result=logged, fault=kind)
        return await self._after(fault, result)

    async def _before(self, fault: Fault) -> Response | None:
        """Faults that keep the call from having its effect."""
        if fault.kind == "hang" and not fault.applied:
            await asyncio.sleep(fault.seconds)
        elif fault.kind == "cut_before":
            return Cut()
        elif fault.kind == "garbage" and not fault.applied:
            return Response(_GARBAGE, media_type="application/json")
        elif fault.kind == "error" and not fault.applied:
            raise fault.error()
        return None

    async def _run(self, method: str, params: Params) -> Any:
        if method not in METHODS:
            raise ApiError(404, "Not Found: method not found")
        try:
            return await METHODS[method](self.world, params)
        except ApiError:
            raise
        except Exception:  # noqa: BLE001  as with Telegram, the caller hears of it and the server lives on
            _log.exception("a method failed", method=method)
            raise ApiError(500, "Internal Server Error: the playground failed") from None

    async def _after(self, fault: Fault | None, result: Any) -> Response:
        """Faults the caller sees although the call had its effect."""
        if fault is None:
            return _success(result)
        if fault.kind == "cut_after":
            return Cut()
        if fault.kind == "hang" and fault.applied:
            await asyncio.sleep(fault.seconds)
        if fault.kind == "garbage":
            return Response(_GARBAGE, media_type="application/json")
        if fault.kind == "error":
            return _failure(fault.error())
        return _success(result)

    async def download(self, request: Request) -> Response:
        if request.path_params["token"] != PLAYGROUND_TOKEN:
            return _failure(ApiError(401, "Unauthorized"))
        path = request.path_params["path"]
        for file in self.world.files.values():
            if file.path == path:
                return Response(file.content, media_type="application/octet-stream")
        return _failure(ApiError(404, "Not Found"))


def _doubled(updates: list[Any], fault: Fault) -> list[Any]:
    """Every update that many times, out of order."""
    doubled = [update for update in updates for _ in range(fault.copies)]
    fault.random.shuffle(doubled)
    return doubled
