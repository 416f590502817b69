"""How much one chat may say, and how often it is told that it was too much or has to wait; what goes beyond is not read."""

from collections.abc import Callable

from delivery.limits import Limits, Rate

_ONCE_A_MINUTE = Rate(burst=1, a_second=1 / 60)
# Whoever is in danger may say so several times; the numbers stand in the chat already.
_ALARMS = Rate(burst=5, a_second=0.1)


class Flood:
    """Buckets by chat. `a_minute` messages and taps may come at once and then one a second or so; 0 sets no limit."""

    def __init__(self, a_minute: int, monotonic: Callable[[], float]) -> None:
        self._rate = Rate(a_minute, a_minute / 60) if a_minute else None
        self._limits = Limits(monotonic)

    def reads(self, chat_id: int) -> bool:
        """Whether one more of this chat is taken in."""
        return self._rate is None or self._limits.allows(f"read:{chat_id}", self._rate)

    def tells(self, chat_id: int) -> bool:
        """Whether the chat is told that not everything is read."""
        return self._limits.allows(f"told:{chat_id}", _ONCE_A_MINUTE)

    def apologises(self, chat_id: int) -> bool:
        """Whether the chat is told that its message has to wait for the database."""
        return self._limits.allows(f"sorry:{chat_id}", _ONCE_A_MINUTE)

    def alarms(self, chat_id: int) -> bool:
        """Whether the emergency numbers go out once more."""
        return self._rate is None or self._limits.allows(f"alarm:{chat_id}", _ALARMS)
