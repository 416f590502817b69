"""Two routes in Rasa's wire format over HTTP/1.1; knows nothing of models but a function that parses."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import Any, Callable, Dict, Optional, Set, Tuple

import httptools

BODY_LIMIT = 64 * 1024
HEAD_LIMIT = 16 * 1024
TEXT_LIMIT = 1_000
IDLE_SECONDS = 75.0
REQUEST_SECONDS = 10.0

Answer = Tuple[int, Dict[str, Any]]


class RefusedError(Exception):
    """{message}"""

    def __init__(self, status: int, message: str) -> None:
        """`message` must not repeat what was sent."""
        super().__init__(message)
        self.status = status


class Service:
    """What is answered; `parse` and `status` are set once the model is loaded."""

    def __init__(self, version: str) -> None:
        """Until `open` every known route answers 503."""
        self._version = version
        self._parse: Optional[Callable[[str], Dict[str, Any]]] = None
        self._status: Dict[str, Any] = {}
        self.connections: Set[Connection] = set()

    def open(self, parse: Callable[[str], Dict[str, Any]], status: Dict[str, Any]) -> None:
        """From now on questions are answered."""
        self._parse, self._status = parse, status

    def answer(self, method: bytes, path: bytes, body: bytes) -> Answer:
        """Status and JSON of one request; never raises, never tells what was asked."""
        try:
            return 200, self._route(method, path, body)
        except RefusedError as refused:
            return refused.status, self.failure(refused.status, str(refused))
        except Exception:  # noqa: BLE001 - the process serves on, and its message could hold the text
            return 500, self.failure(500, "the text could not be understood because of an error in the model")

    def failure(self, status: int, message: str) -> Dict[str, Any]:
        """Rasa's form of an error."""
        return {
            "version": self._version,
            "status": "failure",
            "message": message,
            "reason": HTTPStatus(status).phrase,
            "details": {},
            "help": None,
            "code": status,
        }

    def _route(self, method: bytes, path: bytes, body: bytes) -> Dict[str, Any]:
        if (method, path) not in {(b"GET", b"/status"), (b"POST", b"/model/parse")}:
            raise RefusedError(404, "there is only GET /status and POST /model/parse")
        if self._parse is None:
            raise RefusedError(503, "the model is still being loaded")
        return self._status if path == b"/status" else self._parse(_text_of(body))


def _text_of(body: bytes) -> str:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise RefusedError(400, "the body is not JSON") from problem
    text = content.get("text") if isinstance(content, dict) else None
    if not isinstance(text, str):
        raise RefusedError(400, 'the body must be an object with a "text"')
    if len(text) > TEXT_LIMIT:
        raise RefusedError(400, f"the text is longer than {TEXT_LIMIT} characters")
    return text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair cannot be answered


class Connection(asyncio.Protocol):
    """One caller; requests are answered in their order."""

    def __init__(self, service: Service) -> None:
        """Created by the event loop for each connection."""
        self._service = service
        self._parser = httptools.HttpRequestParser(self)
        self._transport: Optional[asyncio.Transport] = None
        self._timer: Optional[asyncio.TimerHandle] = None
        self._begin()

    def _begin(self) -> None:
        self._url, self._body, self._head, self._busy = b"", b"", 0, False

    def _watch(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self.close)

    def close(self) -> None:
        """Ends the connection at once."""
        if self._transport:
            self._transport.abort()

    def connection_made(self, transport: Any) -> None:
        """A caller has come."""
        self._transport = transport
        self._service.connections.add(self)
        self._watch(REQUEST_SECONDS)

    def connection_lost(self, exc: Optional[Exception]) -> None:  # noqa: ARG002
        """The caller is gone."""
        self._service.connections.discard(self)
        if self._timer:
            self._timer.cancel()
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Feeds the parser; a request that takes too long ends its connection."""
        if not self._busy:
            self._busy = True
            self._watch(REQUEST_SECONDS)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._refuse(400, "this server does not change its protocol")
        except httptools.HttpParserError as problem:
            reason = problem.__context__
            refused = (
                reason if isinstance(reason, RefusedError) else RefusedError(400, "this is not HTTP/1.1")
            )
            self._refuse(refused.status, str(refused))

    def _count(self, size: int) -> None:
        self._head += size
        if self._head > HEAD_LIMIT:
            raise RefusedError(431, "the head of the request is too long")

    def on_url(self, url: bytes) -> None:
        """A part of the address."""
        self._count(len(url))
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; only the length of the body matters."""
        self._count(len(name) + len(value))
        if name.lower() == b"content-length" and value.isdigit() and int(value[:12]) > BODY_LIMIT:
            raise RefusedError(413, f"the body is longer than {BODY_LIMIT} bytes")

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._body += body
        if len(self._body) > BODY_LIMIT:
            raise RefusedError(413, f"the body is longer than {BODY_LIMIT} bytes")

    def on_message_complete(self) -> None:
        """The request is whole."""
        path = self._url.partition(b"?")[0]
        status, content = self._service.answer(self._parser.get_method(), path, self._body)
        self._send(status, content, keep=self._parser.should_keep_alive())
        self._begin()
        self._watch(IDLE_SECONDS)

    def _refuse(self, status: int, message: str) -> None:
        self._send(status, self._service.failure(status, message), keep=False)

    def _send(self, status: int, content: Dict[str, Any], *, keep: bool) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        body = json.dumps(content, ensure_ascii=False).encode("utf-8")
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\nconnection: {'keep-alive' if keep else 'close'}\r\n\r\n"
        )
        self._transport.write(head.encode("ascii") + body)
        if not keep:
            self._transport.close()
