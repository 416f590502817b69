"""Use cases about offers that somebody suggests: a draft that a coordinator looks at before anybody finds it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from db.engine import Transaction
from delivery.service import DeliveryService
from delivery.types import Kind, Outgoing, Push
from offers import dates, editing, kinds, places, series
from offers.beginning import BEGUN_HERE, NewOffer, draft, new_provider
from offers.errors import CellError, FieldError, SuggestedEnoughError
from offers.repository import OffersRepository
from offers.reviews.keepers import Keepers
from offers.types import Offer, Schedule, Suggestion
from people.errors import NotFoundError
from people.service import PeopleService
from people.types import Actor, Permission

WAITING_AT_MOST = 200
"""So many drafts that began here may wait, besides those out of files: whoever would fill the list with nonsense is stopped."""
_PHONE = re.compile(r"(?:\+\d|\b0)[\d\s/()-]{5,20}\d")


class SuggestingService:
    """Never commits: `tx` is the caller's unit of work."""

    def __init__(
        self,
        repository: OffersRepository,
        keepers: Keepers,
        people: PeopleService,
        delivery: DeliveryService,
        *,
        new_id: Callable[[], str],
    ) -> None:
        self._repository = repository
        self._keepers = keepers
        self._people = people
        self._delivery = delivery
        self._new_id = new_id

    async def suggest(
        self, tx: Transaction, actor: Actor, said: Suggestion, source: str, now: datetime
    ) -> Offer:
        """Keep it as a draft, and tell who looks after offers there; who suggested it is written nowhere.

        Raises FieldError where the import would refuse the row, SuggestedEnough-, NotAllowed-, NotFoundError.
        """
        self._people.accessor.require(actor, Permission.HELP_OTHERS)
        kind, place = kinds.load().get(said.kind), places.load().find(said.place)
        if kind is None or place is None:
            raise NotFoundError
        if await self._repository.count_drafts(tx, BEGUN_HERE) >= WAITING_AT_MOST:
            raise SuggestedEnoughError
        new = _new(said, place.name, source, dates.today(now))
        known = {item.name.casefold(): item for item in await self._repository.providers(tx)}
        provider = known.get(new.provider_name.casefold())
        begun = draft(new, kind.topic, provider or new_provider(new, self._new_id()), self._new_id())
        # What was written stands in the draft as it was: a coordinator reads it and puts it in order.
        offer = replace(editing.checked(begun), description=said.when)
        moment = await self._repository.moment(tx, now)
        if provider is None:
            await self._repository.add_providers(tx, [offer.provider])
        await self._repository.add_offers(tx, [offer], moment)
        await self.tell(tx, offer, now)
        return offer

    async def tell(self, tx: Transaction, offer: Offer, now: datetime) -> None:
        """A draft waits for whoever looks after offers there."""
        people = await self._keepers.there(tx, offer.place)
        content = {"push": Push.DRAFT.value, "ref": offer.id}
        messages = [Outgoing(f"draft:{offer.id}:{p}", p, Kind.PUSH, content, now) for p in people]
        await self._delivery.enqueue_many(tx, messages, now)


def _new(said: Suggestion, place: str, source: str, today: date) -> NewOffer:
    name, _, provider = said.name.rpartition(",")
    title = (name or said.name).strip() if provider.strip() else said.name.strip(" ,")
    found = _PHONE.search(said.when)
    phone = _phone(found[0]) if found else ""
    rest = said.when.replace(found[0], " ") if found and phone else said.when
    offered_by = provider.strip() if name.strip() and provider.strip() else title
    return NewOffer(said.kind, title, "", offered_by, place, _dates(rest, today), phone, source)


def _phone(text: str) -> str:
    """The number, where it is one that the import would take."""
    try:
        return editing.checked_text("phone", text)
    except FieldError:
        return ""


def _dates(text: str, today: date) -> tuple[Schedule, ...]:
    """The dates, where they can be read; else they stand in the description alone."""
    try:
        return series.parse(text.strip(" ,;."), today)
    except CellError:
        return ()
