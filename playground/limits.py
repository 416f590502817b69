"""Telegram's flood limits, off until switched on: a message a second for each chat, thirty a second for all."""

from dataclasses import dataclass, field

from playground.dice import Dice, dice
from playground.errors import too_many_requests
from playground.types import Json

_EVERYBODY = 0


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


@dataclass(slots=True)
class Limits:
    """Token buckets on virtual seconds; who goes over is banned for retry_after, which is drawn from a range."""

    enabled: bool = False
    per_chat: float = 1.0
    overall: float = 30.0
    retry_after: tuple[int, int] = (1, 30)
    random: Dice = field(default_factory=lambda: dice(0))
    refused: int = 0
    refused_during_ban: int = 0
    _buckets: dict[int, _Bucket] = field(default_factory=dict)
    _bans: dict[int, float] = field(default_factory=dict)

    def configure(self, spec: Json) -> None:
        self.enabled = bool(spec.get("enabled", self.enabled))
        self.per_chat = float(spec.get("per_chat_per_second", self.per_chat))
        self.overall = float(spec.get("global_per_second", self.overall))
        if "retry_after" in spec:
            value = spec["retry_after"]
            low, high = value if isinstance(value, list) else (value, value)
            self.retry_after = (int(low), int(high))
        if "seed" in spec:
            self.random = dice(int(spec["seed"]))
        self._buckets.clear()
        self._bans.clear()
        self.refused = self.refused_during_ban = 0

    def check(self, chat_id: int, now: float) -> None:
        """Raises 429 with retry_after when this message is one too many."""
        if not self.enabled:
            return
        for key in (_EVERYBODY, chat_id):
            left = self._bans.get(key, 0.0) - now
            if left > 0:
                self.refused += 1
                self.refused_during_ban += 1
                raise too_many_requests(max(1, round(left)))
        for key, rate in ((_EVERYBODY, self.overall), (chat_id, self.per_chat)):
            if not self._take(key, rate, now):
                seconds = self.random.randint(*self.retry_after)
                self._bans[key] = now + seconds
                self.refused += 1
                raise too_many_requests(seconds)

    def _take(self, key: int, rate: float, now: float) -> bool:
        capacity = max(1.0, rate)
        bucket = self._buckets.setdefault(key, _Bucket(capacity, now))
        bucket.tokens = min(capacity, bucket.tokens + max(0.0, now - bucket.at) * rate)
        bucket.at = now
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True

    def view(self) -> Json:
        return {
            "enabled": self.enabled,
            "per_chat_per_second": self.per_chat,
            "global_per_second": self.overall,
            "retry_after": list(self.retry_after),
            "refused": self.refused,
            "refused_during_ban": self.refused_during_ban,
        }
