"""Everything that the helper circles use beside search, put together: what the bot holds in its hands."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from db.engine import Transaction
from delivery.service import DeliveryService
from offers.meetings.repository import MeetingsRepository
from offers.meetings.service import MeetingsService


@dataclass(frozen=True)
class Circle:
    """The use cases of volunteers and of whoever coordinates a circle."""

    meetings: MeetingsService

    async def tick(self, tx: Transaction, now: datetime) -> int:
        """Queue what is due; returns how many pushes."""
        return await self.meetings.tick(tx, now)


def build_circle(delivery: DeliveryService, *, new_id: Callable[[], str]) -> Circle:
    """One of each."""
    return Circle(MeetingsService(MeetingsRepository(), delivery, new_id=new_id))
