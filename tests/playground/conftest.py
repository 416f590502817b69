"""A running playground, a caller of its Bot API, and its phones; nothing of the bot."""

import os
import shutil
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

import playground
from playground.constants import TOKEN_VARIABLE
from playground.errors import ApiError
from tests.conftest import skip_or_fail


class Caller:
    """Calls the Bot API as a bot would: api("sendMessage", chat_id=1, …) gives the result or raises ApiError."""

    def __init__(self, server: playground.Server) -> None:
        self.server = server
        self.client = httpx.AsyncClient(base_url=server.url, timeout=30, trust_env=False)

    async def __call__(self, method: str, **params: Any) -> Any:
        response = await self.client.post(f"/bot{self.server.token}/{method}", json=params)
        found = response.json()
        if not found["ok"]:
            assert found["error_code"] == response.status_code
            raise ApiError(found["error_code"], found["description"], found.get("parameters"))
        return found["result"]

    async def play(self, path: str, *, verb: str = "POST", **body: Any) -> Any:
        response = await self.client.request(verb, path, json=body)
        assert response.status_code == 200, response.text
        return response.json()

    async def refused(self, method: str, **params: Any) -> str:
        """The description of the error that this call must give."""
        with pytest.raises(ApiError) as caught:
            await self(method, **params)
        return caught.value.description


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[playground.Server]:
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    async with playground.serving() as running:
        yield running


@pytest.fixture
async def api(server: playground.Server) -> AsyncIterator[Caller]:
    caller = Caller(server)
    yield caller
    await caller.client.aclose()


@pytest.fixture
async def client_phone(server: playground.Server) -> AsyncIterator[playground.Phone]:
    """The client's phone, with the bot started."""
    async with server.phone(7001) as phone:
        await phone.open()
        server.state.updates.pending.clear()
        yield phone


@pytest.fixture
def chromium() -> str:
    path = shutil.which("chromium") or "/usr/bin/chromium"
    if not os.path.exists(path):  # noqa: PTH110  also true for a link
        skip_or_fail("the page needs Debian's chromium: apt-get install chromium")
    return path
