"""Asking those who look after offers whether they are still right, and telling those who reported something that it was settled."""

from collections import Counter
from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta

from db.engine import Transaction
from delivery.service import DeliveryService
from delivery.types import Kind, Outgoing, Push
from offers import dates
from offers.beginning import BEGUN_HERE
from offers.belonging import keeps_all
from offers.editing import EditingService
from offers.freshness import FreshnessService
from offers.reviews import rules
from offers.reviews.keepers import Keepers
from offers.reviews.repository import ReviewsRepository
from offers.reviews.types import Pending, Waiting
from offers.types import Answered, DueOffer, Edited, Offer
from people.accessor import Accessor
from people.errors import NotFoundError
from people.house.service import HouseService
from people.types import Actor, Permission

A_DAY = 5
"""So many questions a person gets on one day: a catalogue that falls due as a whole is worked off in portions."""
TELL_AFTER = timedelta(minutes=10)
"""Whoever reported something hears of it when the answer can no longer be a slip of the finger."""
MOST_PENDING = 300
"""So much is read of what waits for somebody; what is beyond it stands on the page of the catalogue."""


class ReviewRounds:
    """Questions to owners and news to reporters. Never commits: `tx` is the caller's unit of work."""

    def __init__(
        self,
        repository: ReviewsRepository,
        freshness: FreshnessService,
        editing: EditingService,
        delivery: DeliveryService,
        keepers: Keepers,
        *,
        house: HouseService,
        new_id: Callable[[], str],
    ) -> None:
        self._repository = repository
        self._keepers = keepers
        self._freshness = freshness
        self._editing = editing
        self._delivery = delivery
        self._house = house
        self._new_id = new_id
        self._accessor = Accessor()

    async def waiting(self, tx: Transaction, actor: Actor, span: range, now: datetime) -> list[Waiting]:
        """What should be looked at, by owner, the actor's own first: `span` of all that `FreshnessService.due_count` counts.

        Raises NotAllowedError.
        """
        self._accessor.require(actor, Permission.KEEP_CATALOGUE)
        return await self._repository.waiting(tx, actor.id, self._freshness.due_before(now), span)

    async def keeper(self, tx: Transaction, offer: Offer) -> str | None:
        """Who looks after the offer, None where nobody does."""
        owner = rules.kept_as(offer.id, offer.owner)
        return (await self._repository.owners(tx, [owner])).get(owner)

    async def mine(self, tx: Transaction, actor: Actor) -> frozenset[str]:
        """What the actor looks after, as `rules.kept_as` says it. Raises NotAllowedError."""
        self._accessor.require(actor, Permission.KEEP_CATALOGUE)
        owners = await self._repository.owners(tx)
        return frozenset(owner for owner, person in owners.items() if person == actor.id)

    async def pending(self, tx: Transaction, actor: Actor, now: datetime) -> list[Pending]:
        """Questions about what the actor looks after, what is reported of what nobody looks after, and drafts.

        Drafts out of files are worked off on the page of the catalogue: there may be hundreds of them. Raises NotAllowedError.
        """
        self._accessor.require(actor, Permission.KEEP_CATALOGUE)
        before = self._freshness.due_before(now)
        return await self._repository.pending(tx, actor.id, before, BEGUN_HERE, MOST_PENDING)

    async def look_after(self, tx: Transaction, actor: Actor, offer_id: str, *, on: bool) -> None:
        """From now on the actor is asked about every offer with the same owner as this one, or no longer; of one without an owner, about that.

        Raises NotAllowedError, and NotFoundError where what somebody else looks after is to be taken off.
        """
        due = await self._freshness.look(tx, actor, offer_id)
        owner = rules.kept_as(due.offer.id, due.offer.owner)
        if not on and owner not in await self.mine(tx, actor):
            raise NotFoundError
        await self._repository.set_owner(tx, owner, actor.id if on else None)

    async def ask(self, tx: Transaction, now: datetime) -> int:
        """Ask about offers that are due, in the house's office hours: once, and once more after a week; returns how many were asked."""
        local = now.astimezone(dates.BERLIN)
        hours = dates.office_hours(local.date(), self._house.current.office)
        if hours is None or not hours[0] <= local.time() < hours[1]:
            return 0
        owners = await self._repository.owners(tx)
        # Whoever hears nothing now was not asked.
        reached = await self._repository.reached(tx, set(owners.values()))
        owners = {owner: person for owner, person in owners.items() if person in reached}
        if not owners:
            return 0
        asked, today = await self._repository.asked(tx), local.date()
        of_today = await self._repository.asked_on(tx, today)
        per_person = Counter(owners[owner] for owner in of_today if owner in owners)
        count = 0
        for offer_id, owner in await self._freshness.due_of(tx, owners, now):
            person = owners[owner]
            if per_person[person] >= A_DAY or not rules.is_wanted(asked.get(offer_id), today):
                continue
            per_person[person] += 1
            await self._push(tx, person, Push.REVIEW, offer_id, now, once=f"{today:%Y%m%d}")
            await self._repository.ask(tx, offer_id, today)
            count += 1
        return count

    async def reported(self, tx: Transaction, offer: Offer, now: datetime) -> None:
        """Somebody says that an offer is wrong: whoever looks after it hears at once, and where nobody does, who looks after offers there."""
        for person in await self._keepers.of(tx, offer):
            await self._push(tx, person, Push.REVIEW, offer.id, now)

    async def answer(
        self, tx: Transaction, actor: Actor, offer_id: str, answer: str, now: datetime
    ) -> Answered:
        """As `FreshnessService.answer`; nobody is asked again, and whoever reported something hears that it was looked at."""
        reporters = await self._repository.reporters(tx, offer_id)
        answered = await self._freshness.answer(tx, actor, offer_id, answer, now)
        await self._repository.settle(tx, [offer_id])
        await self._tell(tx, reporters, offer_id, now)
        return answered

    async def publish(self, tx: Transaction, actor: Actor, offer_id: str, now: datetime) -> Edited:
        """As `EditingService.publish`; whoever keeps the catalogue has looked at what was reported, and whoever did hears of it."""
        edited = await self._editing.publish(tx, actor, offer_id, now)
        if keeps_all(actor):
            reporters = await self._repository.reporters(tx, offer_id)
            await self._freshness.close_reports(tx, offer_id)
            await self._tell(tx, reporters, offer_id, now)
        return edited

    async def undo(
        self, tx: Transaction, actor: Actor, offer_id: str, version_id: str, now: datetime
    ) -> Offer:
        """As `EditingService.undo`; reports that were closed with the change are open again, and who was not told yet is not told."""
        reopened = await self._freshness.reopen_reports(tx, offer_id)
        offer = await self._editing.undo(tx, actor, offer_id, version_id, now)
        if reopened:
            await self._delivery.cancel(tx, f"{Push.SETTLED.value}:{offer_id}:", "taken_back", now)
        return offer

    async def take_back(
        self,
        tx: Transaction,
        actor: Actor,
        offer_id: str,
        status: str,
        assured: date | None,
        at: datetime,
        now: datetime,
    ) -> DueOffer:
        """As `FreshnessService.take_back`; who was not told yet is not told."""
        due = await self._freshness.take_back(tx, actor, offer_id, status, assured, at, now)
        await self._delivery.cancel(tx, f"{Push.SETTLED.value}:{offer_id}:", "taken_back", now)
        return due

    async def _tell(self, tx: Transaction, reporters: Collection[str], offer_id: str, now: datetime) -> None:
        for person in reporters:
            await self._push(tx, person, Push.SETTLED, offer_id, now + TELL_AFTER, created=now)

    async def _push(
        self,
        tx: Transaction,
        person_id: str,
        push: Push,
        offer_id: str,
        due_at: datetime,
        *,
        created: datetime | None = None,
        once: str = "",
    ) -> None:
        """With the same `once` a second push is none."""
        message = Outgoing(
            f"{push.value}:{offer_id}:{person_id}:{once or self._new_id()}",
            person_id,
            Kind.PUSH,
            {"push": push.value, "ref": offer_id},
            due_at,
        )
        await self._delivery.enqueue(tx, message, created or due_at)
