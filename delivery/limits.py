"""How often one sender may ask: a bucket of tokens for each, in memory; what an ask is, is decided elsewhere."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """So many at once, and so many a second afterwards."""

    burst: int
    a_second: float


_MOST = 10_000


class Limits:
    """Token buckets by key; the longest unused are forgotten first."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, key: str, rate: Rate) -> bool:
        """Take one token; False when there is none."""
        now = self._monotonic()
        left, at = self._buckets.pop(key, (float(rate.burst), now))
        left = min(float(rate.burst), left + (now - at) * rate.a_second)
        self._buckets[key] = (max(left - 1, 0.0) if left >= 1 else left, now)
        while len(self._buckets) > _MOST:
            self._buckets.popitem(last=False)
        return left >= 1
