"""A circuit breaker: when to stop asking a part that does not answer, and when to try it again; knows nothing of what is asked."""

from collections.abc import Callable
from typing import Literal

State = Literal["closed", "open", "half_open"]


class Breaker:
    """Opens after `limit` failures in a row; after `pause` seconds it lets one probe through at a time."""

    def __init__(self, monotonic: Callable[[], float], *, limit: int = 5, pause: float = 10.0) -> None:
        self._monotonic = monotonic
        self._limit = limit
        self._pause = pause
        self._opened_at: float | None = None
        self._probing = False
        self.failures = 0

    @property
    def state(self) -> State:
        if self._opened_at is None:
            return "closed"
        return "half_open" if self._probing or self._monotonic() - self._opened_at >= self._pause else "open"

    def admits(self) -> bool:
        """Whether the caller may ask now; it must then report `succeeded`, `failed` or `abandoned`."""
        if self._opened_at is None:
            return True
        if self._probing or self.state == "open":
            return False
        self._probing = True
        return True

    def succeeded(self) -> None:
        self.failures = 0
        self._opened_at = None
        self._probing = False

    def failed(self) -> None:
        self.failures += 1
        if self._probing or (self._opened_at is None and self.failures >= self._limit):
            self._opened_at = self._monotonic()
        self._probing = False

    def abandoned(self) -> None:
        """The caller was cancelled: neither good nor bad news, but the next one may probe."""
        self._probing = False
