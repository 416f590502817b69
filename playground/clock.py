"""The playground's clock: the machine's time plus an offset that the page and tests move; no timers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def machine_time() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  the edge where time comes in


class Clock:
    def __init__(self, real: Callable[[], datetime] = machine_time) -> None:
        self._real = real
        self.offset = timedelta()

    def now(self) -> datetime:
        return self._real() + self.offset

    def timestamp(self) -> int:
        """Whole seconds, as Telegram writes dates."""
        return int(self.now().timestamp())

    def advance(self, seconds: float) -> None:
        """Moves on, or back when negative; OverflowError beyond what a date can hold."""
        moved = self.offset + timedelta(seconds=seconds)
        _ = self._real() + moved
        self.offset = moved

    def set(self, now: datetime) -> None:
        self.offset = now - self._real()

    def reset(self) -> None:
        self.offset = timedelta()
