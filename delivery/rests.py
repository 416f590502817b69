"""How long nothing may leave: to one chat, or to any."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_PAUSE = 60.0
TOGETHER = 5.0
"""Two chats that are refused within so many seconds, while nothing arrived in between, are refused because of all."""
APART = 1.0
"""What waits for a chat leaves so many seconds apart: Telegram takes one a second."""
SET_BACK = 5.0
"""Where the last message falls due so much later than it could, the clock was set back."""


@dataclass
class _Rest:
    """`until` is Telegram's; up to `queued` messages wait, the last of which falls due at `due`."""

    until: float
    queued: float
    due: datetime


class Rests:
    """What was refused lately and what waits since, by the loop's clock.

    Telegram does not say which of its limits was met, so the chat rests first: whoever taps quickly makes nobody else wait.
    """

    def __init__(self) -> None:
        self._chats: dict[str, _Rest] = {}
        self._all_until = 0.0
        self._last: tuple[str, float] | None = None

    def refused(self, person_id: str, seconds: float, at: datetime) -> None:
        """Telegram wants a rest of so many seconds after a message to this person."""
        now = _time()
        rest = self._of(person_id, at)
        rest.until = max(rest.until, now + seconds)
        rest.queued = max(rest.queued, rest.until)
        rest.due = max(rest.due, at + timedelta(seconds=seconds))
        if self._last is not None and self._last[0] != person_id and now - self._last[1] <= TOGETHER:
            self._all_until = max(self._all_until, now + min(seconds, LONGEST_PAUSE))
        self._last = person_id, now

    def arrived(self, began: float) -> None:
        """A message that left at `began` arrived: what was refused before concerned its own chat."""
        if self._last is not None and began > self._last[1]:
            self._last = None

    def of_all(self) -> float:
        """Seconds for which nothing may leave; not positive when something may."""
        return self._all_until - _time()

    def of(self, person_id: str) -> float:
        """Seconds for which Telegram wants nothing to leave to this person; not positive when something may."""
        rest = self._chats.get(person_id)
        return max(self.of_all(), rest.until - _time() if rest else 0.0)

    def waits_for(self, person_id: str) -> bool:
        """Whether a new message would overtake others to this person."""
        rest = self._chats.get(person_id)
        return self.of_all() > 0 or (rest is not None and rest.queued > _time())

    def put_off(self, person_id: str, now: datetime) -> datetime:
        """When a message falls due that must wait: after those that wait already."""
        rest = self._of(person_id, now)
        rest.queued = max(rest.queued, _time() + self.of(person_id)) + APART
        due = now + timedelta(seconds=rest.queued - _time())
        # By the loop's clock, whatever the house's showed before it was set back.
        if rest.due <= due + timedelta(seconds=SET_BACK):
            due = max(rest.due + timedelta(seconds=APART), due)
        rest.due = due
        return due

    def _of(self, person_id: str, now: datetime) -> _Rest:
        # A new rest counts from now, whatever the clock showed in the one before.
        self._chats = {known: rest for known, rest in self._chats.items() if rest.queued > _time()}
        return self._chats.setdefault(person_id, _Rest(_time(), _time(), now))


def _time() -> float:
    return asyncio.get_running_loop().time()
