"""A Bot API on loopback, small and fast and strict, that writes down what it was given; faults are those of a killed client."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

TOKEN = "1000000001:AAcrash-test-token-for-loopback-only"
ANSWER_SECONDS = 0.002
_ME = {"id": 1000000001, "is_bot": True, "first_name": "Lotse", "username": "lotse_crash_bot"}


@dataclass(frozen=True)
class Delivered:
    """One message that reached Telegram: when on the loop's clock, to whom, and what its buttons carry."""

    at: float
    chat_id: int
    buttons: tuple[str, ...]


@dataclass
class Telegram:
    """The server with all it knows. `updates` wait until they are confirmed by the offset of getUpdates."""

    token: str = TOKEN
    port: int = 0
    delivered: list[Delivered] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    calls: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    a_second: float | None = None
    _poll: asyncio.Future[None] | None = None
    _more: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _messages: int = 0
    _tokens: float = 30.0
    _at: float = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def copies(self, route: str = "remember") -> dict[str, int]:
        """How often a message with a button of this route was delivered, by what the button points at."""
        found: dict[str, int] = {}
        for message in self.delivered:
            for button in message.buttons:
                name, _, ref = button.partition(":")
                if name == route:
                    found[ref] = found.get(ref, 0) + 1
        return found

    def say(self, *updates: dict[str, Any]) -> None:
        """People did something."""
        self.updates += updates
        self._more.set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = head.split(" ", 2)[1]
                headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                status, answer = await self._answer(
                    path, dict(parse_qsl(body.decode(), keep_blank_values=True))
                )
                content = json.dumps(answer).encode()
                writer.write(
                    b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                    % (status, len(content))
                    + content
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, path: str, params: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        _, _, rest = path.partition("/bot")
        token, _, method = rest.partition("/")
        if token != self.token:
            return _error(401, "Unauthorized")
        self.calls[method] = self.calls.get(method, 0) + 1
        match method:
            case "getMe":
                return _good(_ME)
            case "getUpdates":
                return await self._get_updates(params)
            case "sendMessage" | "editMessageText":
                return await self._message(params)
            case _:
                return _good(True)

    async def _message(self, params: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        problem = _problem(params)
        if problem is not None:
            self.refused.append(problem)
            return _error(400, f"Bad Request: {problem}")
        if not self._within_limit():
            self.refused.append("429")
            return 429, {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 1",
                         "parameters": {"retry_after": 1}}  # fmt: skip
        keyboard = json.loads(params.get("reply_markup") or "{}").get("inline_keyboard", [])
        buttons = tuple(b["callback_data"] for row in keyboard for b in row if "callback_data" in b)
        chat_id = int(params["chat_id"])
        self.delivered.append(Delivered(asyncio.get_running_loop().time(), chat_id, buttons))
        self._messages += 1
        number = self._messages
        # The answer takes a moment, in which whoever sent it may die.
        await asyncio.sleep(ANSWER_SECONDS)
        chat = {"id": chat_id, "type": "private", "first_name": "P"}
        return _good({"message_id": number, "date": 1_800_000_000, "chat": chat, "text": params["text"]})

    def _within_limit(self) -> bool:
        if self.a_second is None:
            return True
        now = asyncio.get_running_loop().time()
        self._tokens = min(self.a_second, self._tokens + (now - self._at) * self.a_second)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    async def _get_updates(self, params: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        offset = int(params.get("offset", "0"))
        if offset:
            self.updates = [update for update in self.updates if update["update_id"] >= offset]
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        ours = self._poll = asyncio.get_running_loop().create_future()
        patience = float(params.get("timeout", "0"))
        end = asyncio.get_running_loop().time() + patience
        while not self.updates and not ours.done():
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                break
            self._more.clear()
            more = asyncio.ensure_future(self._more.wait())  # noqa: TID251 -- ended two lines on
            await asyncio.wait({more, ours}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            more.cancel()
        if ours.done():
            return _error(409, "Conflict: terminated by other getUpdates request")
        ours.set_result(None)
        return _good(self.updates[:100])


def _problem(params: Mapping[str, str]) -> str | None:
    text = params.get("text", "")
    if not params.get("chat_id", "").lstrip("-").isdigit():
        return "chat_id is not a number"
    if not text or len(text.encode("utf-16-le")) // 2 > 4096:
        return "message text is empty or too long"
    for row in json.loads(params.get("reply_markup") or "{}").get("inline_keyboard", []):
        if any(not 1 <= len(button.get("callback_data", "x").encode()) <= 64 for button in row):
            return "BUTTON_DATA_INVALID"
    return None


def _good(result: object) -> tuple[int, dict[str, Any]]:
    return 200, {"ok": True, "result": result}


def _error(code: int, description: str) -> tuple[int, dict[str, Any]]:
    return code, {"ok": False, "error_code": code, "description": description}
