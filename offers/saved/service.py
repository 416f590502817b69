"""Use cases about what people keep: offers, profiles without names, and searches that tell of new offers once a day."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from db.engine import Transaction
from delivery.service import DeliveryService
from delivery.types import Kind, Outgoing, Push
from offers import dates, kinds
from offers.called import called
from offers.saved import rules
from offers.saved.errors import KeptFullError, NothingChosenError
from offers.saved.repository import SavedRepository
from offers.saved.types import MOST, MOST_OFFERS, News, Profile, SavedSearch
from offers.service import OffersService
from offers.types import Hit, Offer, Query
from people.accessor import Accessor
from people.errors import NotFoundError
from people.types import Actor, Permission

_OPENS, _CLOSES = 9, 20
"""Hours in Berlin at which somebody is told that there is something new."""


class SavedService:
    """Never commits: `tx` is the caller's unit of work. What is not theirs raises the same NotFoundError as what does not exist."""

    def __init__(
        self,
        repository: SavedRepository,
        offers: OffersService,
        delivery: DeliveryService,
        *,
        new_id: Callable[[], str],
    ) -> None:
        self._repository = repository
        self._offers = offers
        self._delivery = delivery
        self._new_id = new_id
        self._accessor = Accessor()

    async def keep_offer(
        self, tx: Transaction, actor: Actor, offer_id: str, now: datetime, *, on: bool
    ) -> None:
        """Keep an offer, whose changed dates are told from now on, or no longer, whatever became of it. Raises KeptFull-, NotFoundError."""
        self._accessor.require(actor, Permission.ASK)
        if not on:
            await self._repository.drop_offer(tx, actor.id, offer_id)
            return
        offer = await self._offers.get(tx, offer_id)
        if kinds.load()[offer.kind].delicate:
            # Whoever sought shelter does not want to be found to have kept its address.
            raise NotFoundError
        if await self._repository.count_offers(tx, actor.id) >= MOST_OFFERS:
            raise KeptFullError
        await self._repository.keep_offer(tx, actor.id, offer.id, now)

    async def kept_ids(self, tx: Transaction, actor: Actor) -> list[str]:
        """Ids of the offers that the actor keeps, the newest first."""
        return await self._repository.offers_of(tx, actor.id)

    async def kept(self, tx: Transaction, actor: Actor) -> list[Offer]:
        """The offers that the actor keeps, the newest first; of one that is a draft again nothing is shown but that it can be dropped."""
        ids = await self.kept_ids(tx, actor)
        found = await self._offers.several(tx, ids)
        return [found[offer_id] for offer_id in ids if offer_id in found]

    async def profiles(self, tx: Transaction, actor: Actor) -> list[Profile]:
        """The actor's profiles by colour. Raises NotAllowedError."""
        self._accessor.require(actor, Permission.HELP_OTHERS)
        return await self._repository.profiles(tx, actor.id)

    async def keep_profile(self, tx: Transaction, actor: Actor, query: Query, now: datetime) -> Profile:
        """Keep what the question says of somebody under a free colour. Raises NothingChosen-, KeptFull-, NotAllowedError."""
        filters = rules.profile_of(query)
        if not filters:
            raise NothingChosenError
        taken = {profile.mark for profile in await self.profiles(tx, actor)}
        mark = rules.free_mark(taken, MOST)
        if mark is None:
            raise KeptFullError
        profile = Profile(self._new_id(), mark, filters)
        await self._repository.add_profile(tx, profile.id, actor.id, mark, filters, now)
        return profile

    async def use_profile(self, tx: Transaction, actor: Actor, profile_id: str, now: datetime) -> Profile:
        """Take a profile up. Raises NotAllowed-, NotFoundError."""
        found = await self.profiles(tx, actor)
        profile = next((each for each in found if each.id == profile_id), None)
        if profile is None:
            raise NotFoundError
        await self._repository.use_profile(tx, profile.id, now)
        return profile

    async def drop_profile(self, tx: Transaction, actor: Actor, profile_id: str) -> None:
        """Forget a profile. Raises NotAllowed-, NotFoundError."""
        self._accessor.require(actor, Permission.HELP_OTHERS)
        if not await self._repository.drop_profile(tx, actor.id, profile_id):
            raise NotFoundError

    async def searches(self, tx: Transaction, actor: Actor) -> list[SavedSearch]:
        """The actor's searches, the oldest first. Raises NotAllowedError."""
        self._accessor.require(actor, Permission.HELP_OTHERS)
        return await self._repository.searches(tx, actor.id)

    async def keep_search(self, tx: Transaction, actor: Actor, query: Query, now: datetime) -> None:
        """Tell of what is new for this question from now on. Raises NothingChosen-, KeptFull-, NotAllowedError."""
        if not rules.kept(query):
            raise NothingChosenError
        found = await self.searches(tx, actor)
        if rules.kept(query) in [rules.kept(each.query) for each in found]:
            return
        if len(found) >= MOST:
            raise KeptFullError
        # What is there by now is no news.
        await self._repository.note_arrivals(tx, now)
        await self._repository.add_search(tx, self._new_id(), actor.id, query, now)

    async def search(self, tx: Transaction, actor: Actor, search_id: str) -> SavedSearch:
        """One of the actor's searches. Raises NotAllowed-, NotFoundError."""
        found = next((each for each in await self.searches(tx, actor) if each.id == search_id), None)
        if found is None:
            raise NotFoundError
        return found

    async def drop_search(self, tx: Transaction, actor: Actor, search_id: str) -> None:
        """Tell no more of it. Raises NotAllowed-, NotFoundError."""
        self._accessor.require(actor, Permission.HELP_OTHERS)
        if not await self._repository.drop_search(tx, actor.id, search_id):
            raise NotFoundError

    async def news(self, tx: Transaction, actor: Actor, now: datetime) -> list[News]:
        """What is new for each of the actor's searches since they looked; they have looked now. Raises NotAllowedError."""
        found = await self.searches(tx, actor)
        if not found:
            return []
        await self._repository.note_arrivals(tx, now)
        arrived = await self._repository.arrived_since(tx, min(each.seen_at for each in found))
        news = [
            News(
                each,
                each.seen_at,
                self._new(each, {o for o, at in arrived.items() if at > each.seen_at}, now),
            )
            for each in found
        ]
        # A push that has not left would tell of what was looked at.
        await self._delivery.cancel(tx, f"saved:{actor.id}:", "seen", now)
        await self._repository.change_searches(tx, [each.id for each in found], seen_at=now, told_at=now)
        return [each for each in news if each.hits]

    async def news_since(
        self, tx: Transaction, actor: Actor, search_id: str, since: datetime, now: datetime
    ) -> News:
        """What is new for one of the actor's searches since then, looked at or not. Raises NotAllowed-, NotFoundError."""
        search = await self.search(tx, actor, search_id)
        arrived = await self._repository.arrived_since(tx, since)
        return News(search, since, self._new(search, set(arrived), now))

    async def tick(self, tx: Transaction, now: datetime) -> int:
        """Tell everybody once a day, in daylight, that one of their searches has something new; returns how many are told."""
        await self._repository.note_arrivals(tx, now)
        local = now.astimezone(dates.BERLIN)
        searches = await self._repository.searches(tx) if _OPENS <= local.hour < _CLOSES else []
        if any(each.as_written for each in searches):
            await self._forget_words(tx, searches)
            searches = await self._repository.searches(tx)
        if not searches:
            return 0
        arrived = await self._repository.arrived_since(tx, min(each.told_at for each in searches))
        if not arrived:
            return 0
        await self._offers.refresh(tx)
        fresh: dict[str, list[SavedSearch]] = defaultdict(list)
        for each in searches:
            if self._new(each, {o for o, at in arrived.items() if at > each.told_at}, now):
                fresh[each.person_id].append(each)
        told = 0
        for person_id, theirs in sorted(fresh.items()):
            told += await self._tell(tx, person_id, theirs, now)
        return told

    async def _forget_words(self, tx: Transaction, searches: Sequence[SavedSearch]) -> None:
        """Of what people once wrote keep what the catalogue calls it.

        What named nothing of the catalogue goes: kept without its words it would tell of everything in a place.
        """
        await self._offers.refresh(tx)
        for each in searches:
            if not each.as_written:
                continue
            asked = replace(each.query, language=each.language)
            query = called(each.query, self._offers.kinds_named(asked), each.language, each.language)
            if query.text or query.topic:
                await self._repository.rename_search(tx, each.id, query)
            else:
                await self._repository.drop_search(tx, each.person_id, each.id)

    async def _tell(
        self, tx: Transaction, person_id: str, theirs: Sequence[SavedSearch], now: datetime
    ) -> int:
        day = f"{now.astimezone(dates.BERLIN):%Y%m%d}"
        content = {"push": Push.SAVED.value, "ref": day}
        message = Outgoing(f"saved:{person_id}:{day}", person_id, Kind.PUSH, content, now)
        # One a day: what comes after it is told tomorrow.
        if await self._delivery.enqueue(tx, message, now) is None:
            return 0
        await self._repository.change_searches(tx, [each.id for each in theirs], told_at=now)
        return 1

    def _new(self, search: SavedSearch, fresh: set[str], now: datetime) -> tuple[Hit, ...]:
        if not fresh:
            return ()
        return tuple(hit for hit in self._offers.fitting(search.query, now) if hit.offer.id in fresh)
