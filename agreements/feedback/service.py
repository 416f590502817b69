"""Use cases about feedback: who wants to be asked, asking once after a date, counting without anybody, showing from five on."""

from collections.abc import Callable
from datetime import datetime, timedelta

from agreements.access import CaseAccess
from agreements.feedback.repository import FeedbackRepository
from agreements.feedback.types import Answer, Counts
from agreements.pushes import Pushes
from db.engine import Transaction
from offers import dates, kinds
from offers.service import OffersService
from offers.types import Offer
from people.errors import NotFoundError
from people.types import Actor, Permission

SHOWN_FROM = 5
"""Fewer answers could tell who gave them."""
_AT, _UNTIL = 17, 20
"""Hours in Berlin at which somebody is asked about a date of this day or the evening before."""
_DAY = timedelta(days=1)
_DATES_A_DAY = 10
"""More dates of one offer nobody looks at."""


class FeedbackService:
    """Never commits: `tx` is the caller's unit of work."""

    def __init__(
        self,
        repository: FeedbackRepository,
        offers: OffersService,
        access: CaseAccess,
        pushes: Pushes,
        *,
        new_id: Callable[[], str],
    ) -> None:
        self._repository = repository
        self._offers = offers
        self._access = access
        self._pushes = pushes
        self._new_id = new_id

    async def wants(self, tx: Transaction, actor: Actor) -> bool:
        """Whether the actor wants to be asked."""
        return await self._repository.wants(tx, actor.id)

    async def set_wish(self, tx: Transaction, actor: Actor, now: datetime, *, on: bool) -> None:
        """Ask from now on, or no longer."""
        await self._repository.set_wish(tx, actor.id, now, on=on)

    async def asked(self, tx: Transaction, actor: Actor, ask_id: str) -> Offer:
        """What the actor was asked about and has not answered. Raises NotFoundError."""
        offer_id = await self._repository.open_ask(tx, actor.id, ask_id)
        if offer_id is None:
            raise NotFoundError
        return await self._offers.get(tx, offer_id)

    async def answer(self, tx: Transaction, actor: Actor, ask_id: str, answer: Answer) -> Offer:
        """Count the answer and forget whose it was. Raises NotFoundError, also the second time."""
        offer = await self.asked(tx, actor, ask_id)
        if not await self._repository.close(tx, ask_id):
            raise NotFoundError
        await self._repository.count(tx, offer.id, answer)
        return offer

    async def counts(self, tx: Transaction, actor: Actor, offer_id: str) -> Counts | None:
        """How often each answer was given; None for fewer than five in all. Raises NotAllowedError."""
        self._access.may(actor, Permission.KEEP_CATALOGUE)
        found = await self._repository.counts(tx, offer_id)
        return found if found.total >= SHOWN_FROM else None

    async def tick(self, tx: Transaction, now: datetime) -> int:
        """In the late afternoon, ask who wants it about offers that had a date since yesterday; once for each. Returns how many."""
        if not _AT <= now.astimezone(dates.BERLIN).hour < _UNTIL:
            return 0
        concerned = await self._repository.concerned(tx)
        last: dict[str, datetime | None] = {}
        asked = 0
        for person_id, offer_id in sorted(concerned, key=lambda pair: (pair[1], pair[0])):
            if offer_id not in last:
                last[offer_id] = await self._last_ended(tx, offer_id, now)
            ended, since = last[offer_id], concerned[person_id, offer_id]
            if ended is not None and (since is None or since <= ended):
                ask_id = self._new_id()
                await self._repository.ask(tx, ask_id, person_id, offer_id, now)
                await self._pushes.ask_feedback(tx, person_id, ask_id, now)
                asked += 1
        return asked

    async def _last_ended(self, tx: Transaction, offer_id: str, now: datetime) -> datetime | None:
        """When the last date since yesterday was over; None where there was none, or nobody is asked."""
        try:
            offer = await self._offers.get(tx, offer_id)
        except NotFoundError:
            # It became a draft again: nobody finds it now, and nobody is asked about it.
            return None
        if kinds.load()[offer.kind].delicate:
            # Nobody is reminded of where they sought shelter.
            return None
        recent = self._offers.next_dates(offer, now - _DAY, _DATES_A_DAY)
        over = [date.ends_at for date in recent if date.starts_at < now and date.ends_at <= now]
        return max(over, default=None)
