"""Faults on demand: which call fails, and how; carrying the fault out is the work of the Bot API."""

from dataclasses import dataclass, field
from typing import Any

from playground.dice import Dice, dice
from playground.errors import ApiError, ControlError, too_many_requests
from playground.types import Json

KINDS = (
    "error",
    "hang",
    "cut_before",
    "cut_after",
    "garbage",
    "duplicate_updates",
    "confirm_lost",
)
_DESCRIPTIONS = {
    400: "Bad Request: chat not found",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    500: "Internal Server Error: restart",
    502: "Bad Gateway",
}
_POLLING = ("getupdates",)


@dataclass(slots=True)
class Fault:
    """times None means for ever; retry_after and seconds may be a pair to draw from."""

    id: int
    kind: str
    methods: tuple[str, ...]
    times: int | None
    probability: float
    random: Dice
    chat_id: int | None = None
    status: int = 500
    description: str = ""
    retry_after: tuple[int, int] = (1, 1)
    seconds: float = 1.0
    applied: bool = False
    copies: int = 2
    hits: int = 0

    def error(self) -> ApiError:
        if self.status == 429:
            return too_many_requests(self.random.randint(*self.retry_after))
        return ApiError(self.status, self.description or _DESCRIPTIONS.get(self.status, "Error"))

    def view(self) -> Json:
        return {
            "id": self.id,
            "kind": self.kind,
            "methods": list(self.methods),
            "times": self.times,
            "probability": self.probability,
            "chat_id": self.chat_id,
            "status": self.status,
            "hits": self.hits,
        }


@dataclass(slots=True)
class Faults:
    active: list[Fault] = field(default_factory=list)
    count: int = 0

    def add(self, spec: Json) -> Fault:
        """spec: kind and any of methods, times (1), probability (1), seed, chat_id, status, description, retry_after, seconds, applied, copies."""
        kind = spec.get("kind", "error")
        if kind not in KINDS:
            raise ControlError(f"no fault {kind!r}; there are {', '.join(KINDS)}")
        default = _POLLING if kind in {"duplicate_updates", "confirm_lost"} else ()
        methods = tuple(str(method).lower() for method in spec.get("methods") or default)
        self.count += 1
        fault = Fault(
            id=self.count,
            kind=kind,
            methods=methods,
            times=spec.get("times", 1),
            probability=float(spec.get("probability", 1)),
            random=dice(int(spec.get("seed", 0))),
            chat_id=spec.get("chat_id"),
            status=int(spec.get("status", 500)),
            description=str(spec.get("description", "")),
            retry_after=_pair(spec.get("retry_after", 1)),
            seconds=float(spec.get("seconds", 1)),
            applied=bool(spec.get("applied", False)),
            copies=int(spec.get("copies", 2)),
        )
        self.active.append(fault)
        return fault

    def pick(self, method: str, chat_id: int | None) -> Fault | None:
        """The first fault that hits this call, counted down."""
        for fault in self.active:
            if fault.methods and method not in fault.methods:
                continue
            if fault.chat_id is not None and fault.chat_id != chat_id:
                continue
            if fault.probability < 1 and fault.random.random() >= fault.probability:
                continue
            fault.hits += 1
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self.active.remove(fault)
            return fault
        return None

    def clear(self) -> None:
        self.active.clear()


def _pair(value: Any) -> tuple[int, int]:
    low, high = value if isinstance(value, list | tuple) else (value, value)
    return int(low), int(high)
