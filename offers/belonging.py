"""Whose an offer is: a coordinator keeps all of them, a provider their own and nobody else's."""

from db.engine import Transaction
from offers.errors import MergedError, SuggestedEnoughError
from offers.repository import OffersRepository
from offers.reviews.repository import ReviewsRepository
from offers.reviews.rules import kept_as
from offers.twins.repository import TwinsRepository
from offers.types import Offer, Provider, Status
from people import rules
from people.accessor import Accessor
from people.errors import NotAllowedError, NotFoundError
from people.types import Actor, Permission

WAITING_AT_MOST = 30
"""So many drafts of one provider wait for a coordinator."""
STAFF_FIELDS = frozenset({"owner"})
"""Who looks after an entry is decided by those who keep the catalogue."""


def keeps_all(actor: Actor) -> bool:
    """Whether every offer is the actor's to change."""
    return rules.has_role(actor, Permission.KEEP_CATALOGUE)


class Belonging:
    """The rights of whoever edits offers. Never commits: `tx` is the caller's unit of work."""

    def __init__(self, offers: OffersRepository, twins: TwinsRepository, people: ReviewsRepository) -> None:
        self._offers = offers
        self._twins = twins
        self._people = people
        self._accessor = Accessor()

    async def offer(self, tx: Transaction, actor: Actor, offer_id: str, *, to_write: bool = False) -> Offer:
        """An offer that the actor may change. Raises NotAllowedError; NotFoundError also where it is another's."""
        self._accessor.require(actor, Permission.EDIT_OFFERS)
        found = await self._offers.by_id(tx, offer_id, to_write=to_write)
        if found is None or not await self._is_theirs(tx, actor, found.provider.id):
            raise NotFoundError
        return found

    def check_fields(self, actor: Actor, fields: frozenset[str]) -> None:
        """Raises NotFoundError where one of them is not the actor's to change."""
        if fields & STAFF_FIELDS and not keeps_all(actor):
            raise NotFoundError

    async def check_publish(self, tx: Transaction, actor: Actor, offer: Offer) -> None:
        """A provider publishes again what was public before. Raises NotAllowedError, MergedError."""
        if keeps_all(actor):
            return
        if offer.status == Status.DRAFT:
            raise NotAllowedError
        if await self._twins.merged_into(tx, offer.id) is not None:
            raise MergedError

    async def check_begin(self, tx: Transaction, actor: Actor, provider_id: str) -> None:
        """Whether the actor may enter an offer of this provider. Raises NotAllowed-, NotFound-, SuggestedEnoughError."""
        self._accessor.require(actor, Permission.EDIT_OFFERS)
        if not await self._is_theirs(tx, actor, provider_id):
            raise NotFoundError
        if not keeps_all(actor):
            waiting = [o for o in await self.offers(tx, actor) if o.status == Status.DRAFT]
            if len(waiting) >= WAITING_AT_MOST:
                raise SuggestedEnoughError

    async def offers(self, tx: Transaction, actor: Actor) -> list[Offer]:
        """A provider's own offers that have not ended, by name, drafts included. Raises NotAllowedError."""
        self._accessor.require(actor, Permission.EDIT_OFFERS)
        own = await self._people.providers_of(tx, actor.id)
        found = [offer for offer in await self._offers.known(tx) if offer.provider.id in own] if own else []
        return sorted(found, key=lambda offer: (offer.name.casefold(), offer.id))

    async def providers(self, tx: Transaction, actor: Actor) -> list[Provider]:
        """For whom a provider enters offers. Raises NotAllowedError."""
        self._accessor.require(actor, Permission.EDIT_OFFERS)
        own = await self._people.providers_of(tx, actor.id)
        return [provider for provider in await self._offers.providers(tx) if provider.id in own]

    async def give(self, tx: Transaction, provider_id: str, person_id: str) -> None:
        """Whoever took up the invitation for a provider keeps its offers, in the place of who did before."""
        await self._people.set_provider(tx, provider_id, person_id)

    async def take(self, tx: Transaction, actor: Actor, offer: Offer) -> bool:
        """Whoever keeps the catalogue looks after what they begin or publish, unless somebody does or a name says who should; returns whether they now do."""
        owner = kept_as(offer.id, offer.owner)
        takes = keeps_all(actor) and not offer.owner and not await self._people.owners(tx, [owner])
        if takes:
            await self._people.set_owner(tx, owner, actor.id)
        return takes

    async def let_go(self, tx: Transaction, person_id: str | None, offer: Offer) -> None:
        """Nobody looks after the offer again, if it is still the person who took it."""
        owner = kept_as(offer.id, "")
        if (await self._people.owners(tx, [owner])).get(owner) == person_id:
            await self._people.set_owner(tx, owner, None)

    async def _is_theirs(self, tx: Transaction, actor: Actor, provider_id: str) -> bool:
        return keeps_all(actor) or provider_id in await self._people.providers_of(tx, actor.id)
