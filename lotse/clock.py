"""Where time comes from: the machine, or, in the playground alone, the playground's clock."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from typing import Protocol

import httpx

from lotse.settings import Settings


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 -- this is the one place where the clock is read


class PlaygroundClock:
    """The machine's clock plus the offset that the playground's buttons set; `follow` keeps the offset up to date."""

    def __init__(self, playground_url: str, system: Clock) -> None:
        self._url = playground_url
        self._system = system
        self._offset = timedelta()

    def now(self) -> datetime:
        """The playground's present, aware, in UTC."""
        return self._system.now() + self._offset

    async def follow(self, every: float = 0.25) -> None:
        """Ask for the offset again and again, until cancelled."""
        async with self._client() as client:
            while True:
                await self._ask(client)
                await asyncio.sleep(every)

    async def catch_up(self) -> None:
        """Ask for the offset once: nothing may be worked on at the machine's own time when the playground is days ahead."""
        async with self._client() as client:
            await self._ask(client)

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self._url, trust_env=False, timeout=2)

    async def _ask(self, client: httpx.AsyncClient) -> None:
        with contextlib.suppress(httpx.HTTPError, ValueError, KeyError):
            answer = await client.get("/clock")
            self._offset = timedelta(seconds=float(answer.json()["offset_seconds"]))


def of(settings: Settings) -> tuple[Clock, PlaygroundClock | None]:
    """The clock of case work; where that is the playground's, it is given a second time, to be kept up to date."""
    if not settings.playground:
        return SystemClock(), None
    follower = PlaygroundClock(settings.playground_url, SystemClock())
    return follower, follower
