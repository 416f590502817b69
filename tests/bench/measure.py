"""Numbers of a run: rates, percentiles, and medians of ratios over rounds."""

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field


@dataclass
class Series:
    """One subject over all rounds: how many a second, and every latency in milliseconds."""

    name: str
    peer: str | None = None
    rates: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    errors: int = 0

    def add(self, seconds: float, latencies: Sequence[float], errors: int = 0) -> None:
        """One round: its length in seconds, and the latencies of what was answered."""
        self.rates.append(len(latencies) / seconds)
        self.latencies.extend(latencies)
        self.errors += errors

    def row(self, peer: "Series | None") -> dict[str, object]:
        """The numbers for the table and the JSON."""
        cuts = statistics.quantiles(self.latencies, n=100, method="inclusive")
        found: dict[str, object] = {
            "subject": self.name,
            "rate": round(statistics.median(self.rates), 1),
            "p50_ms": round(cuts[49], 2),
            "p95_ms": round(cuts[94], 2),
            "p99_ms": round(cuts[98], 2),
            "answered": len(self.latencies),
            "errors": self.errors,
        }
        if peer is not None:
            ratios = [ours / theirs for ours, theirs in zip(self.rates, peer.rates, strict=True)]
            found |= {
                "peer": peer.name,
                "ratio": round(statistics.median(ratios), 3),
                "ratio_spread": [round(min(ratios), 3), round(max(ratios), 3)],
            }
        return found


async def timed(call: Callable[[], Awaitable[bool]]) -> tuple[float, bool]:
    """How long a call took in milliseconds, and whether it was answered."""
    started = time.perf_counter()
    good = await call()
    return (time.perf_counter() - started) * 1000, good
