"""Use cases about the catalogue: search, cards, dates, reports and the import; what it looks like is the edge's business."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from db.engine import Transaction
from i18n.languages import LANGUAGES
from i18n.messages import words
from offers import dates, exceptions, ics, importer, kinds, merging, places
from offers.followed import EVER, MOST_CHANGES, Followed, follow
from offers.hsds.changes import unchanged
from offers.imported.repository import ImportedRepository
from offers.importer import Catalogue
from offers.repository import OffersRepository
from offers.responsible.repository import ResponsibleRepository, entry_hash
from offers.responsible.types import Responsibility
from offers.reviews.repository import ReviewsRepository
from offers.rows import offer_hash, provider_hash
from offers.rules import with_filter
from offers.search import OfferIndex
from offers.statistics.repository import StatisticsRepository
from offers.statistics.types import Course, Periods, Public
from offers.twins.repository import TwinsRepository
from offers.types import (
    DateException,
    Hit,
    ImportReport,
    Occurrence,
    Offer,
    Provider,
    Query,
    Report,
    ReportReason,
    SearchResult,
    Status,
)
from people.accessor import Accessor
from people.errors import NotFoundError
from people.house.service import HouseService
from people.types import Actor, Permission

_Item = TypeVar("_Item", Provider, Offer, Responsibility)


class OffersService:
    """The catalogue. Never commits: `tx` is the caller's unit of work. `refresh` comes before `search`."""

    def __init__(
        self,
        repository: OffersRepository,
        duties: ResponsibleRepository,
        twins: TwinsRepository,
        *,
        new_id: Callable[[], str],
        house: HouseService,
    ) -> None:
        """The house says how long an offer that nobody confirms is recommended before others."""
        self._house = house
        self._repository = repository
        self._statistics = StatisticsRepository()
        self._imported = ImportedRepository()
        self._reviews = ReviewsRepository()
        self._duties = duties
        self._twins = twins
        self._new_id = new_id
        self._accessor = Accessor()
        self._built: OfferIndex | None = None
        self._followed: Followed | None = None
        self._filling = asyncio.Lock()

    async def refresh(self, tx: Transaction) -> bool:
        """Bring the search to what the catalogue says now; True when something changed. One small query when nothing did.

        Single changes go into the search as it is; after very many it is built anew beside it, and until then answers as before.
        """
        # What administrators set holds at once: it is asked for at each search, not built in.
        if self._built is not None:
            self._built.unconfirmed_for = self._unconfirmed_for
        if self._filling.locked() and self._followed is not None:
            return False
        async with self._filling:
            old = self._followed
            since = old.since if old else EVER
            seen = await self._repository.changes(tx, since)
            if old is not None and seen == old.seen:
                return False
            # First where to look from next time, then what is there: whatever comes between is read twice, not missed.
            followed = await follow(self._repository, tx, seen)
            ids = await self._repository.changed(tx, since, MOST_CHANGES)
            changed = (
                None if old is None or len(ids) > MOST_CHANGES else await self._changed(tx, ids | old.ids)
            )
            if changed is None:
                offers = await self._repository.published(tx)
                # Python's threads take turns: whoever asks meanwhile waits for milliseconds.
                self._built = await asyncio.to_thread(_index, offers, self._unconfirmed_for)
            else:
                gone, new = changed
                self._index.drop(gone)
                self._index.put(new)
            self._followed = followed
        return True

    @property
    def _index(self) -> OfferIndex:
        """The search, empty before the first `refresh`: a command that never searches does not wait for it."""
        if self._built is None:
            self._built = _index((), self._unconfirmed_for)
        return self._built

    @property
    def _unconfirmed_for(self) -> timedelta:
        return timedelta(days=self._house.current.review_days + self._house.current.grace_days)

    async def _changed(
        self, tx: Transaction, ids: frozenset[str]
    ) -> tuple[frozenset[str], list[Offer]] | None:
        """What is public no more, and what is as it is now; None where the search has no shelf for it."""
        offers = await self._repository.published_among(tx, ids)
        if not self._index.takes(offers):
            return None
        return ids - {offer.id for offer in offers}, offers

    def search(self, query: Query, now: datetime, limit: int = 3) -> SearchResult:
        """The offers that fit best, as of the last `refresh`."""
        return self._index.search(query, now, limit)

    def kinds_named(self, query: Query) -> tuple[str, ...]:
        """The kinds of offers that the words of a question name, as of the last `refresh`."""
        return self._index.kinds_named(query)

    def fitting(self, query: Query, now: datetime) -> list[Hit]:
        """Every offer that misses nothing of the question, the best first, as of the last `refresh`."""
        return self._index.fitting(query, now)

    def facets(self, query: Query, name: str, values: Sequence[str], now: datetime) -> dict[str, int]:
        """How many offers would be left with each of these values for a filter; none for those that leave nothing."""
        wide = with_filter(query, name, None)
        if not self._index.fitting(wide, now):
            return {}
        counts = {value: len(self._index.fitting(with_filter(wide, name, value), now)) for value in values}
        return {value: count for value, count in counts.items() if count}

    async def count(self, tx: Transaction) -> int:
        """How many offers the catalogue has, drafts included."""
        return (await self._repository.stamp(tx))[1]

    async def published(self, tx: Transaction) -> list[Offer]:
        """Everything that is public, by id."""
        return await self._repository.published(tx)

    async def everything(self, tx: Transaction) -> tuple[list[Provider], list[Offer]]:
        """Every provider and offer, drafts included: for an export."""
        return await self._repository.everything(tx)

    async def public(self, tx: Transaction, by: str | None, checked: tuple[date, date]) -> list[Public]:
        """How many offers are public, by `place`, `field_of_action` or all together; `checked` is from when until before when."""
        return await self._statistics.public(tx, by, checked)

    async def courses(self, tx: Transaction, since: date) -> list[Course]:
        """German courses that have dates on that day or later, those that are over included."""
        return await self._statistics.courses(tx, since)

    async def confirmed(self, tx: Transaction, periods: Periods) -> dict[str, int]:
        """Of how many offers somebody said in each stretch of time that they are right."""
        return await self._statistics.confirmed(tx, periods)

    async def names(self, tx: Transaction, ids: Collection[str]) -> dict[str, str]:
        """What these offers are called, whatever their state; those that are gone are left out."""
        return await self._statistics.names(tx, ids)

    async def unlisted(self, tx: Transaction, text: str, limit: int) -> dict[str, str]:
        """Names by id of entries that are drafts, pause or have ended, by words of their name: for staff who know of them."""
        return await self._statistics.unlisted(tx, text, limit)

    async def get(self, tx: Transaction, offer_id: str) -> Offer:
        """An offer that is or was public; in the place of one that was merged, the one it went on as. Raises NotFoundError."""
        offer = (await self.several(tx, [offer_id])).get(offer_id)
        if offer is None or offer.status == Status.DRAFT:
            raise NotFoundError
        return offer

    async def several(self, tx: Transaction, ids: Collection[str]) -> dict[str, Offer]:
        """Offers by the ids that were asked for, drafts included; what was merged is the one it went on as, what is gone is left out."""
        found = {offer.id: offer for offer in await self._repository.among(tx, ids)}
        for offer_id in [offer.id for offer in found.values() if offer.status == Status.ENDED]:
            into = await self._twins.merged_into(tx, offer_id)
            found[offer_id] = (await self._repository.by_id(tx, into) if into else None) or found[offer_id]
        return found

    def next_dates(self, offer: Offer, now: datetime, count: int) -> tuple[Occurrence, ...]:
        """What takes place next; a paused or ended offer has no dates."""
        return dates.next_dates(offer, now, count) if offer.status == Status.PUBLISHED else ()

    def calendar(self, offer: Offer, now: datetime) -> bytes:
        """The dates as a calendar file."""
        return ics.calendar(offer, now)

    async def report(
        self, tx: Transaction, actor: Actor | None, offer_id: str, reason: str, now: datetime
    ) -> Offer | None:
        """Keep what somebody says is wrong, and return what it is about; None where the same person said the same already.

        Raises NotFoundError.
        """
        if actor is not None:
            self._accessor.require(actor, Permission.ASK)
        if reason not in set(ReportReason):
            raise NotFoundError
        offer = await self.get(tx, offer_id)
        person_id = actor.id if actor else None
        if person_id and await self._repository.has_open_report(tx, offer.id, reason, person_id):
            return None
        await self._repository.add_report(tx, self._new_id(), offer.id, reason, person_id, now)
        return offer

    async def open_reports(self, tx: Transaction, offer_id: str | None = None) -> list[Report]:
        """What people said is wrong and nobody looked at yet, of one offer or all, oldest first."""
        return await self._repository.open_reports(tx, offer_id)

    async def import_tables(
        self, tx: Transaction, files: Mapping[str, bytes], now: datetime, *, dry_run: bool
    ) -> ImportReport:
        """Bring the catalogue to what its tables say, or nothing at all when one of their cells is wrong.

        Counts providers, offers and responsibilities. What is not in the tables any more stays and is named.
        """
        return await self.import_catalogue(tx, importer.parse(files), now, dry_run=dry_run)

    async def import_catalogue(
        self, tx: Transaction, found: Catalogue, now: datetime, *, dry_run: bool
    ) -> ImportReport:
        """The same for a catalogue that was read from another format."""
        if found.errors:
            return ImportReport(0, 0, 0, (), found.errors, left_out=found.left_out)
        providers = _difference(found.providers, provider_hash, await self._imported.provider_hashes(tx))
        offers = _difference(found.offers, offer_hash, await self._imported.offer_hashes(tx))
        if found.speaks_for is not None or found.elsewhere:
            gone = await self._imported.gone(tx, found.speaks_for, {offer.id for offer in found.offers})
            providers, offers = replace(providers, vanished=()), replace(offers, vanished=gone)
        parts: list[_Difference[Provider] | _Difference[Offer] | _Difference[Responsibility]] = [
            providers,
            offers,
        ]
        hashes = {row.id: offer_hash(row) for row in offers.changed}
        ids = [row.id for row in offers.changed]
        stored = {offer.id: offer for offer in await self._repository.among(tx, ids)}
        offers = replace(offers, changed=tuple(await self._over(tx, offers.changed, stored, found.unsaid)))
        merged = await self._twins.merged(tx, ids)
        offers, news = _carried(offers, stored, merged, now)
        if not dry_run:
            await self._write(tx, providers, offers, hashes, now)
            # What a file says of an entry that went on as another does not make two of it again.
            await self._twins.end_again(tx, merged)
            await self._reviews.settle(tx, _looked_at(offers.changed, stored))
        if found.responsibilities is not None:
            duties = _difference(found.responsibilities, entry_hash, await self._duties.hashes(tx))
            parts.append(duties)
            if not dry_run:
                await self._duties.add(tx, duties.new)
                await self._duties.change(tx, duties.changed)
        return ImportReport(
            new=sum(len(part.new) for part in parts),
            changed=sum(len(part.changed) for part in parts),
            unchanged=sum(part.unchanged for part in parts),
            vanished=tuple(name for part in parts for name in part.vanished),
            errors=(),
            news=news,
            left_out=found.left_out,
        )

    async def _write(
        self,
        tx: Transaction,
        providers: "_Difference[Provider]",
        offers: "_Difference[Offer]",
        hashes: Mapping[str, str],
        now: datetime,
    ) -> None:
        moment = await self._repository.moment(tx, now)
        await self._repository.add_providers(tx, providers.new)
        await self._repository.change_providers(tx, providers.changed, moment)
        await self._repository.add_offers(tx, offers.new, moment)
        await self._repository.change_offers(tx, offers.changed, moment, hashes)

    async def _over(
        self,
        tx: Transaction,
        rows: Sequence[Offer],
        stored: Mapping[str, Offer],
        unsaid: Mapping[str, frozenset[str]],
    ) -> list[Offer]:
        """What changed rows make of the offers that are stored."""
        before = await self._imported.originals(tx, [row.id for row in rows])
        return [
            merging.over(
                stored[row.id],
                row,
                unsaid.get(row.id, frozenset())
                | (unchanged(before[row.id], row) if row.original and row.id in before else frozenset()),
            )
            for row in rows
        ]


@dataclass(frozen=True)
class _Difference(Generic[_Item]):
    """How a table differs from what is stored; `vanished` are names."""

    new: tuple[_Item, ...]
    changed: tuple[_Item, ...]
    unchanged: int
    vanished: tuple[str, ...]


def _difference(
    items: Sequence[_Item], digest: Callable[[_Item], str], stored: Mapping[str, tuple[str, str]]
) -> _Difference[_Item]:
    new = tuple(item for item in items if item.id not in stored)
    changed = tuple(item for item in items if item.id in stored and stored[item.id][1] != digest(item))
    ids = {item.id for item in items}
    vanished = tuple(sorted(name for id_, (name, _) in stored.items() if id_ not in ids))
    return _Difference(new, changed, len(items) - len(new) - len(changed), vanished)


def _carried(
    offers: _Difference[Offer], stored: Mapping[str, Offer], merged: Collection[str], now: datetime
) -> tuple[_Difference[Offer], tuple[tuple[str, DateException | None], ...]]:
    """The changed offers with the cancelled and moved dates that go on with their new series, and what is news about them."""
    changed = tuple(
        replace(offer, exceptions=exceptions.carried(stored[offer.id], offer.schedules, now))
        for offer in offers.changed
    )
    there = [offer for offer in changed if offer.id not in merged]
    news = ((o.id, found) for o in there for found in exceptions.news(stored[o.id], o, now))
    return replace(offers, changed=changed), tuple(news)


def _looked_at(changed: Sequence[Offer], stored: Mapping[str, Offer]) -> list[str]:
    """What the file says was confirmed on another day, or is somebody else's to look after."""
    return [
        offer.id
        for offer in changed
        for old in [stored[offer.id]]
        if (offer.assured_date, offer.owner) != (old.assured_date, old.owner)
    ]


def _index(offers: Sequence[Offer], unconfirmed_for: timedelta) -> OfferIndex:
    return OfferIndex(offers, places.load(), kinds.load(), _kind_names(), unconfirmed_for=unconfirmed_for)


def _kind_names() -> dict[str, tuple[str, ...]]:
    """What each kind is called in every language."""
    return {
        kind: tuple(dict.fromkeys(words(language).plain(f"kind.{kind}") for language in LANGUAGES))
        for kind in kinds.load()
    }
