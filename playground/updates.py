"""The queue of updates: their ids, confirmation by offset, long polling, and what the bot asked for."""

import asyncio
import time
from collections import deque

from playground.errors import ApiError
from playground.types import Json

_FUTURE = 10
_NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}


def conflict(reason: str) -> ApiError:
    return ApiError(409, f"Conflict: {reason}")


class UpdateQueue:
    def __init__(self) -> None:
        self.pending: deque[Json] = deque()
        # A new playground goes on above the old one's ids, as Telegram would: a bot remembers those for a week.
        self.next_id = int(time.time())
        self.allowed: list[str] = []
        self.closed = False
        self.arrived = asyncio.Event()
        self._waiting: asyncio.Future[str] | None = None

    def put(self, kind: str, content: Json) -> int | None:
        """Queues an update; None when the bot did not ask for that kind."""
        if (kind not in self.allowed) if self.allowed else (kind in _NOT_BY_DEFAULT):
            return None
        update_id = self.next_id
        self.next_id += 1
        self.put_raw({"update_id": update_id, kind: content})
        return update_id

    def put_raw(self, update: Json) -> None:
        self.pending.append(update)
        self._wake("")

    def jump(self, by: int) -> None:
        """The next id is that much higher or lower: Telegram does so after a quiet week."""
        self.next_id += by

    def confirm(self, offset: int) -> None:
        """Forgets what lies before the offset; a negative one keeps only that many from the end."""
        if offset < 0:
            while len(self.pending) > -offset:
                self.pending.popleft()
        elif offset <= self.next_id + _FUTURE:
            self.pending = deque(update for update in self.pending if update["update_id"] >= offset)

    def terminate(self, reason: str) -> None:
        """Ends the long poll that waits, if one does, with 409."""
        self._wake(reason)

    def close(self) -> None:
        self.closed = True
        self._wake("")

    def _wake(self, reason: str) -> None:
        self.arrived.set()
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(reason)

    async def poll(self, *, limit: int, seconds: float) -> list[Json]:
        """The first updates; waits for one up to that many seconds, unless another poll comes."""
        self.terminate(
            "terminated by other getUpdates request; make sure that only one bot instance is running"
        )
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not self.pending and not self.closed and (left := deadline - loop.time()) > 0:
            mine: asyncio.Future[str] = loop.create_future()
            self._waiting = mine
            try:
                async with asyncio.timeout(left):
                    reason = await mine
            except TimeoutError:
                break
            finally:
                if self._waiting is mine:
                    self._waiting = None
            if reason:
                raise conflict(reason)
        return [self.pending[index] for index in range(min(limit, len(self.pending)))]
