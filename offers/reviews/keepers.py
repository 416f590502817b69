"""Whom to tell that something in the catalogue wants looking at."""

from db.engine import Transaction
from offers.reviews.repository import ReviewsRepository
from offers.reviews.rules import kept_as
from offers.types import Offer
from people.service import PeopleService
from people.types import Role


class Keepers:
    """People who look after offers and have a phone. Never commits: `tx` is the caller's unit of work."""

    def __init__(self, repository: ReviewsRepository, people: PeopleService) -> None:
        self._repository = repository
        self._people = people

    async def of(self, tx: Transaction, offer: Offer) -> list[str]:
        """Who looks after the offer; where nobody does, as `there`."""
        owner = kept_as(offer.id, offer.owner)
        person = (await self._repository.owners(tx, [owner])).get(owner)
        if person is not None and await self._repository.reached(tx, [person]):
            return [person]
        return await self.there(tx, offer.place)

    async def there(self, tx: Transaction, place: str) -> list[str]:
        """Who looks after most offers of a place; where nobody looks after any, all coordinators."""
        owners = await self._repository.owners(tx)
        reached = await self._repository.reached(tx, set(owners.values()))
        counts = dict.fromkeys(sorted(reached), 0)
        for owner, count in (await self._repository.counts(tx, place)).items():
            if owners.get(owner) in counts:
                counts[owners[owner]] += count
        if any(counts.values()):
            return [max(counts, key=counts.__getitem__)]
        return await self._people.holders(tx, Role.COORDINATOR)
