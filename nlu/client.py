"""The way to the trained model: asks a Rasa server over a Unix socket or http; no thresholds and no rules here."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

from i18n.breaker import Breaker, State
from nlu.errors import NluUnavailable
from nlu.types import Understanding
from nlu.wire import parse_answer

MAX_TEXT = 1_000
MAX_ANSWER = 256 * 1024
TIMEOUT_SECONDS = 2.0
CONNECTIONS = 8

_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "Content-Type": "application/json"}
# Neither can be a word; replaced one for one, so that offsets hold.
_UNSENDABLE = {0: " "} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


@dataclass(frozen=True, slots=True)
class NluStatus:
    """How asking the model went lately; `last_error` is a fixed phrase, never text of a person."""

    state: State
    failures: int
    last_error: str | None


def _connection(address: str) -> tuple[httpx.AsyncHTTPTransport, httpx.URL]:
    limits = httpx.Limits(max_connections=CONNECTIONS)
    if address.startswith(("http://", "https://")):
        return httpx.AsyncHTTPTransport(limits=limits, trust_env=False), httpx.URL(address)
    path = address.removeprefix("unix://").removeprefix("unix:")
    if "://" in path or not path:
        raise ValueError("the NLU address must be a socket path or an http(s) URL")
    return httpx.AsyncHTTPTransport(uds=path, limits=limits, trust_env=False), httpx.URL("http://nlu")


class NluClient:
    """Asks one Rasa server. `address` is a socket path (with or without `unix:`) or an http(s) URL; `monotonic` counts seconds."""

    def __init__(
        self, address: str, *, monotonic: Callable[[], float], timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        transport, base = _connection(address)
        # A token in the query stays with both routes.
        self._parse_url = base.copy_with(path=base.path.rstrip("/") + "/model/parse")
        self._status_url = base.copy_with(path=base.path.rstrip("/") + "/status")
        self._timeout = timeout_seconds
        self._breaker = Breaker(monotonic)
        self._last_error: str | None = None
        self._http = httpx.AsyncClient(
            transport=transport,
            headers=_HEADERS,
            trust_env=False,
            timeout=timeout_seconds,
            follow_redirects=False,
        )

    def __repr__(self) -> str:
        return f"<NluClient {self._breaker.state}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    def status(self) -> NluStatus:
        return NluStatus(self._breaker.state, self._breaker.failures, self._last_error)

    async def parse(self, text: str) -> Understanding:
        """The model's own answer, without thresholds; NluUnavailable within the timeout when there is none."""
        if not self._breaker.admits():
            raise NluUnavailable("the model did not answer lately")
        text = text[:MAX_TEXT].translate(_UNSENDABLE)
        body = json.dumps({"text": text}).encode()
        try:
            answer, problem = await self._exchange("POST", self._parse_url, body)
            understood = parse_answer(answer, length=len(text)) if problem is None else None
        except NluUnavailable as error:
            understood, problem = None, str(error)
        except BaseException:
            self._breaker.abandoned()
            raise
        self._last_error = problem
        if understood is None:
            self._breaker.failed()
            raise NluUnavailable(problem)
        self._breaker.succeeded()
        return understood

    async def ready(self) -> bool:
        """Whether the server says that a model is loaded; asks once, beside the breaker."""
        _answer, problem = await self._exchange("GET", self._status_url, None)
        return problem is None

    async def _exchange(self, method: str, url: httpx.URL, body: bytes | None) -> tuple[bytes, str | None]:
        """The body and no problem, or nothing and a fixed phrase: errors of the HTTP library hold the request, so none gets out."""
        try:
            async with (
                asyncio.timeout(self._timeout),
                self._http.stream(method, url, content=body) as response,
            ):
                if response.status_code != httpx.codes.OK:
                    return b"", f"the server answered {response.status_code}"
                received = bytearray()
                async for chunk in response.aiter_raw():
                    received += chunk
                    if len(received) > MAX_ANSWER:
                        return b"", "the answer is too long"
                return bytes(received), None
        except TimeoutError:
            return b"", "no answer in time"
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError):
            return b"", "the server cannot be reached or broke off"
