"""Use cases about responsibilities: where to go with a matter, what an office answers for, and keeping both right."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from db.engine import Transaction
from i18n.messages import Message
from offers import cells, places
from offers.errors import CellError, RefusedError
from offers.repository import OffersRepository
from offers.responsible import matters, rules
from offers.responsible.repository import ResponsibleRepository
from offers.responsible.types import ADVICE, Directions, Duty, Office, Overview, Responsibility
from offers.rules import stable_id
from offers.tables import RESPONSIBILITIES, tables
from offers.types import Offer, Query
from people.accessor import Accessor
from people.errors import NotFoundError
from people.types import Actor, Permission

MOST = 4
"""So many offices are told at once."""


class ResponsibleService:
    """Who is responsible for what. Never commits: `tx` is the caller's unit of work."""

    def __init__(
        self, repository: ResponsibleRepository, offers: OffersRepository, *, new_id: Callable[[], str]
    ) -> None:
        self._repository = repository
        self._offers = offers
        self._new_id = new_id
        self._accessor = Accessor()

    async def ask(self, tx: Transaction, query: Query, home: str | None, language: str) -> Directions:
        """The offices for what the words name, in the place that is said, sent or, without both, in which the person lives.

        Words that name nothing anybody is responsible for give no office.
        """
        named, kinds = matters.named(query.text, language), matters.offices_named(query.text)
        return await self._directions(tx, named, kinds, _place(query) or home, query.residence)

    async def about(self, tx: Transaction, matter: str, place: str | None) -> Directions:
        """The offices for one matter. Raises NotFoundError."""
        if matter not in matters.load() or (place is not None and places.load().find(place) is None):
            raise NotFoundError
        return await self._directions(tx, (matter,), frozenset(), place, None)

    async def counselling(self, tx: Transaction, place: str | None) -> Directions:
        """Who helps on in a place where nobody is named for what somebody needs."""
        found = await self._directions(tx, (ADVICE,), frozenset(), place, None)
        return replace(found, matters=(), helps_on=True, ask_place=False)

    async def _directions(
        self,
        tx: Transaction,
        named: Sequence[str],
        kinds: frozenset[str],
        place: str | None,
        residence: str | None,
    ) -> Directions:
        asked, center = rules.meant(await self._repository.duties(tx), named, kinds), _center()
        found = rules.answering(asked, place, center=place == center, residence=residence)
        municipalities = [name for name in places.load().names if name != center]
        ask = place is None and rules.differs_by_place(asked, municipalities)
        if not found and not ask and (named or asked) and ADVICE not in named:
            return replace(await self.counselling(tx, place), matters=tuple(named))
        return Directions(tuple(named), place, await self._offices(tx, found), ask_place=ask)

    async def _offices(self, tx: Transaction, found: Sequence[Duty]) -> tuple[Office, ...]:
        by_office: dict[str, list[Responsibility]] = {}
        for duty in found:
            by_office.setdefault(duty.entry.offer_id, []).append(duty.entry)
        offices = []
        for offer_id, entries in list(by_office.items())[:MOST]:
            offer = await self._offers.by_id(tx, offer_id)
            if offer is not None:
                offices.append(_office(offer, entries))
        return tuple(offices)

    async def everything(self, tx: Transaction) -> list[Responsibility]:
        """Every entry: for an export."""
        return await self._repository.everything(tx)

    async def of(self, tx: Transaction, offer_id: str) -> list[Responsibility]:
        """What one office is responsible for; nothing for most offers."""
        return await self._repository.of(tx, offer_id)

    async def overview(self, tx: Transaction, actor: Actor | None) -> Overview:
        """Every entry with its office, and where nobody is named. None is the operator. Raises NotAllowedError."""
        if actor is not None:
            self._accessor.require(actor, Permission.KEEP_CATALOGUE)
        entries = await self._repository.everything(tx)
        order = list(matters.load())
        entries.sort(key=lambda entry: (order.index(entry.matter), entry.places, entry.external_id))
        offices = {
            offer.id: offer for offer in await self._offers.among(tx, {entry.offer_id for entry in entries})
        }
        public = {duty.entry.id for duty in await self._repository.duties(tx)}
        shown = [entry for entry in entries if entry.id in public]
        gaps = rules.uncovered(shown, order, places.load().names, _center())
        return Overview(tuple(entries), {e.offer_id: offices[e.offer_id] for e in entries}, gaps)

    async def add(
        self,
        tx: Transaction,
        actor: Actor,
        offer_id: str,
        matter: str,
        residence_status: Sequence[str],
        where: Sequence[str],
    ) -> Responsibility:
        """From now on the office answers for a matter. Raises RefusedError, NotAllowedError, NotFoundError."""
        await self._kept(tx, actor, offer_id)
        external_id = f"lotse-{stable_id('new', self._new_id())}"
        entry = Responsibility(
            stable_id("responsibility", external_id),
            external_id,
            offer_id,
            _read("matter", matter),
            _read("residence_status", ",".join(residence_status)),
            _read("places", ",".join(where)),
        )
        if any(
            replace(old, id=entry.id, external_id=external_id) == entry for old in await self.of(tx, offer_id)
        ):
            raise RefusedError(Message("desk.responsible.twice"))
        await self._repository.add(tx, [entry])
        return entry

    async def remove(self, tx: Transaction, actor: Actor, offer_id: str, entry_id: str) -> None:
        """The office does not answer for it any more. Raises NotAllowedError, NotFoundError."""
        await self._kept(tx, actor, offer_id)
        if entry_id not in {entry.id for entry in await self.of(tx, offer_id)}:
            raise NotFoundError
        await self._repository.remove(tx, entry_id)

    async def _kept(self, tx: Transaction, actor: Actor, offer_id: str) -> None:
        self._accessor.require(actor, Permission.KEEP_CATALOGUE)
        if await self._offers.by_id(tx, offer_id) is None:
            raise NotFoundError


def _office(offer: Offer, entries: Sequence[Responsibility]) -> Office:
    named = dict.fromkeys(entry.matter for entry in entries)
    holds = frozenset().union(*(rules.papers(entry) for entry in entries))
    everybody = any(not entry.residence_status or "any" in entry.residence_status for entry in entries)
    kept = () if everybody else tuple(status for status in _order(entries) if status in holds)
    return Office(offer, tuple(named), kept)


def _order(entries: Sequence[Responsibility]) -> list[str]:
    return list(dict.fromkeys(status for entry in entries for status in entry.residence_status))


def _place(query: Query) -> str | None:
    if query.place:
        found = places.load().find(query.place)
        return found.name if found else None
    return places.load().nearest(*query.location).name if query.location else None


def _center() -> str:
    return next(place.name for place in places.load() if place.is_center)


def _read(field: str, text: str) -> Any:
    """A cell as the import would read it. Raises RefusedError."""
    column = tables()[RESPONSIBILITIES][field]
    if not text:
        if column.required:
            raise RefusedError(Message("import.empty"))
        return column.default
    try:
        return column.read(cells.cleaned(text))
    except CellError as error:
        raise RefusedError(error.message) from None
