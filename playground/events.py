"""Tells the page and tests what changed, as it happens; it keeps nothing for those who come later."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

_QUEUE_MAX = 5000
_PING_SECONDS = 15.0


class Hub:
    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[str | None]] = set()
        self._changed = asyncio.Event()
        self.closed = False
        self.count = 0

    def publish(self, event: str, data: Any) -> None:
        """Sends to whoever listens; a listener that fell far behind is cut off and reconnects."""
        self._wake()
        if not self._listeners:
            return
        self.count += 1
        text = f"id: {self.count}\nevent: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
        for queue in list(self._listeners):
            if queue.qsize() >= _QUEUE_MAX:
                self._listeners.discard(queue)
                queue.put_nowait(None)
            else:
                queue.put_nowait(text)

    async def changed(self, seconds: float) -> None:
        """Returns at the next change, at the end, or after that many seconds."""
        if self.closed:
            return
        event = self._changed
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def close(self) -> None:
        self.closed = True
        self._changed.set()
        for queue in self._listeners:
            queue.put_nowait(None)

    @contextmanager
    def listening(self) -> Iterator[asyncio.Queue[str | None]]:
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    async def stream(self, first: str, data: Any) -> AsyncIterator[str]:
        """Server-sent events: one that tells how things stand, then every change."""
        with self.listening() as queue:
            yield f"retry: 1000\nevent: {first}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
            while not self.closed:
                try:
                    async with asyncio.timeout(_PING_SECONDS):
                        text = await queue.get()
                except TimeoutError:
                    text = ": still here\n\n"
                if text is None:
                    return
                yield text
