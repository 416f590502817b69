"""How fast messages may leave: so many pushes a second over all, each chat's a while apart; replies only where one chat gets many at once."""

import asyncio
from collections import OrderedDict

PUSHES_A_SECOND = 25.0
"""Telegram takes about thirty messages a second from a bot: the rest is left to replies."""
CHAT_APART = 1.0
CHAT_AT_ONCE = 20
"""Telegram takes a message a second of a chat, and more for a short while: a few long answers, but not all that somebody can tap."""
_MOST_A_SECOND = 28.0
_CATCH_UP = 2
_REMEMBERED = 256


class Pace:
    """Hands out evenly spaced moments. Whoever comes late may catch up two of them, so that a slow commit costs nothing,
    and no second holds more than two above the rate."""

    def __init__(
        self,
        a_second: float = PUSHES_A_SECOND,
        *,
        chat_apart: float = CHAT_APART,
        at_once: int = CHAT_AT_ONCE,
    ) -> None:
        self._interval = 1 / a_second
        self._next = 0.0
        self._departure = 0.0
        self.chat_apart = chat_apart
        self._at_once = at_once
        # When the last message went, and when all would have gone one after the other.
        self._chats: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def turn(self) -> None:
        """Wait for the next moment at which a push may leave."""
        now = asyncio.get_running_loop().time()
        moment = max(self._next, now - _CATCH_UP * self._interval)
        self._next = moment + self._interval
        if moment > now:
            await asyncio.sleep(moment - now)

    async def spread(self) -> None:
        """Wait until the push before this one is a moment away: a slow commit must not let a bunch of them leave together."""
        now = asyncio.get_running_loop().time()
        moment = max(self._departure, now)
        self._departure = moment + min(self._interval, 1 / _MOST_A_SECOND)
        if moment > now:
            await asyncio.sleep(moment - now)

    def told(self, person_id: str) -> None:
        """A message goes to this person now."""
        now = asyncio.get_running_loop().time()
        _, paid = self._chats.pop(person_id, (0.0, 0.0))
        self._chats[person_id] = now, max(paid, now) + self.chat_apart
        if len(self._chats) > _REMEMBERED:
            self._chats.popitem(last=False)

    def wait_for(self, person_id: str) -> float:
        """Seconds until this person may be told something more unasked, 0 for now."""
        if person_id not in self._chats:
            return 0.0
        told, _ = self._chats[person_id]
        return max(0.0, told + self.chat_apart - asyncio.get_running_loop().time())

    def takes_one_more(self, person_id: str) -> bool:
        """Whether a reply may follow at once on what this person was told lately."""
        _, paid = self._chats.get(person_id, (0.0, 0.0))
        return paid - asyncio.get_running_loop().time() <= (self._at_once - 1) * self.chat_apart
