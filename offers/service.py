"""Use cases about the catalogue: search, cards, dates, reports and the import; what it looks like is the edge's business."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from db.engine import Transaction
from i18n.languages import LANGUAGES
from i18n.messages import words
from offers import dates, ics, importer, kinds, places
from offers.followed import EVER, MOST_CHANGES, Followed, follow
from offers.imported.service import ImportService
from offers.importer import Catalogue
from offers.repository import OffersRepository
from offers.responsible.repository import ResponsibleRepository
from offers.rules import with_filter
from offers.search import OfferIndex
from offers.statistics.repository import StatisticsRepository
from offers.statistics.types import Course, Periods, Public
from offers.twins.repository import TwinsRepository
from offers.types import (
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
        self._imports = ImportService(repository, duties, twins)
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
        return await self._imports.take(tx, found, now, dry_run=dry_run)


def _index(offers: Sequence[Offer], unconfirmed_for: timedelta) -> OfferIndex:
    return OfferIndex(offers, places.load(), kinds.load(), _kind_names(), unconfirmed_for=unconfirmed_for)


def _kind_names() -> dict[str, tuple[str, ...]]:
    """What each kind is called in every language."""
    return {
        kind: tuple(dict.fromkeys(words(language).plain(f"kind.{kind}") for language in LANGUAGES))
        for kind in kinds.load()
    }
