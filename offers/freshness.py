"""Keeping the catalogue true: which offers nobody has confirmed in the time that the house gives, and what somebody says of them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from db.engine import Transaction
from offers import dates
from offers.errors import ChangedSinceError, MergedError
from offers.repository import OffersRepository
from offers.statistics.repository import StatisticsRepository
from offers.twins.repository import TwinsRepository
from offers.types import Answered, DueOffer, Gap, Offer, Report, SearchResult, Status
from people.accessor import Accessor
from people.errors import NotFoundError
from people.house.service import HouseService
from people.types import Actor, Permission

GAP_SHOWN_FROM = 5
"""A question that fewer people asked could tell who they are."""
_BECOMES = {"still": Status.PUBLISHED, "pause": Status.PAUSED, "end": Status.ENDED}
ANSWERS = tuple(_BECOMES)
"""What can be said of an offer: it is still right, it pauses, it has ended."""


class FreshnessService:
    """Reviews of offers. Never commits: `tx` is the caller's unit of work."""

    def __init__(self, repository: OffersRepository, house: HouseService) -> None:
        """The house says how often an offer is checked."""
        self._repository = repository
        self._house = house
        self._statistics = StatisticsRepository()
        self._twins = TwinsRepository()
        self._accessor = Accessor()

    async def due(self, tx: Transaction, now: datetime) -> list[DueOffer]:
        """All that should be looked at, for the operator at the command line."""
        reports = await self._reports(tx)
        found = await self._repository.to_review(tx, self.due_before(now))
        return [DueOffer(offer, tuple(reports.get(offer.id, ()))) for offer in found]

    async def look(self, tx: Transaction, actor: Actor, offer_id: str) -> DueOffer:
        """One offer with what people say of it. Raises NotAllowedError, NotFoundError."""
        self._accessor.require(actor, Permission.KEEP_CATALOGUE)
        offer = await self._public(tx, offer_id)
        return DueOffer(offer, tuple(await self._repository.open_reports(tx, offer.id)))

    async def answer(
        self, tx: Transaction, actor: Actor, offer_id: str, answer: str, now: datetime
    ) -> Answered:
        """Confirm, pause or end an offer, which closes the reports on it. Raises MergedError, NotAllowedError, NotFoundError."""
        self._accessor.require(actor, Permission.KEEP_CATALOGUE)
        if answer not in _BECOMES:
            raise NotFoundError
        offer = await self._alone(tx, offer_id)
        moment = await self._repository.moment(tx, now)
        assured = dates.today(now) if answer == "still" else offer.assured_date
        await self._repository.review(tx, offer.id, _BECOMES[answer], assured, moment)
        await self._repository.close_reports(tx, offer.id, moment)
        if answer == "still":
            for day in {offer.assured_date or dates.today(now), dates.today(now)}:
                await self._statistics.checked(tx, offer.id, day)
        return Answered(await self._public(tx, offer_id), offer.status, offer.assured_date, moment)

    async def close_reports(self, tx: Transaction, offer_id: str) -> None:
        """What is reported of the offer was settled with its last change."""
        changed = await self._repository.changed_at(tx, offer_id)
        if changed is not None:
            await self._repository.close_reports(tx, offer_id, changed)

    async def reopen_reports(self, tx: Transaction, offer_id: str) -> int:
        """The last change of the offer is taken back, and what it settled is not; returns how many are open again."""
        return await self._repository.reopen_reports(tx, offer_id)

    async def several(self, tx: Transaction, actor: Actor, ids: Sequence[str]) -> list[DueOffer]:
        """Some offers with what people say of them, in the order given; what is gone is left out. Raises NotAllowedError."""
        self._accessor.require(actor, Permission.KEEP_CATALOGUE)
        reports = await self._reports(tx)
        found = {offer.id: offer for offer in await self._repository.among(tx, ids)}
        return [DueOffer(found[id_], tuple(reports.get(id_, ()))) for id_ in ids if id_ in found]

    async def due_of(self, tx: Transaction, owners: Collection[str], now: datetime) -> list[tuple[str, str]]:
        """Id and owner (`reviews.rules.kept_as`) of all of these owners that should be looked at: reported ones first, then the longest unconfirmed."""
        return await self._repository.ids_to_review(tx, self.due_before(now), owners)

    async def due_count(self, tx: Transaction, actor: Actor | None, now: datetime) -> int:
        """How many should be looked at in all; None is the operator. Raises NotAllowedError."""
        if actor is not None:
            self._accessor.require(actor, Permission.KEEP_CATALOGUE)
        return await self._repository.count_to_review(tx, self.due_before(now))

    def due_before(self, now: datetime) -> date:
        """What was last confirmed before this day is due."""
        return dates.today(now) - timedelta(days=self._house.current.review_days)

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
        """Undo the last answer, which was given `at`: status and day as they were, its reports open again.

        Raises ChangedSinceError where somebody has decided or changed something since, MergedError, NotAllowedError, NotFoundError.
        """
        self._accessor.require(actor, Permission.KEEP_CATALOGUE)
        if status not in set(_BECOMES.values()) or (assured is not None and assured > dates.today(now)):
            raise NotFoundError
        offer = await self._alone(tx, offer_id)
        if await self._repository.changed_at(tx, offer.id) != at:
            raise ChangedSinceError
        await self._repository.reopen_reports(tx, offer.id)
        if assured != dates.today(now):
            await self._statistics.not_checked(tx, offer.id, dates.today(now))
        await self._repository.review(
            tx, offer.id, Status(status), assured, await self._repository.moment(tx, now)
        )
        return await self.look(tx, actor, offer_id)

    async def missed(self, tx: Transaction, language: str, result: SearchResult, now: datetime) -> None:
        """Count a question whose best answer lacks something of it; nothing of who asked, nor their words."""
        if result.hits and not result.hits[0].misses:
            return
        lacking = result.hits[0].misses[0] if result.hits else "everything"
        query = result.query
        gap = (language, query.topic or "-", query.place or "-", lacking)
        await self._statistics.count_gap(tx, gap, dates.today(now))

    async def gaps(self, tx: Transaction, actor: Actor | None) -> list[Gap]:
        """What people ask for and the catalogue has not, from `GAP_SHOWN_FROM` questions on. Raises NotAllowedError."""
        if actor is not None:
            self._accessor.require(actor, Permission.KEEP_CATALOGUE)
        return await self._statistics.gaps(tx, GAP_SHOWN_FROM)

    async def _reports(self, tx: Transaction) -> dict[str, list[Report]]:
        """What nobody has closed, by offer."""
        found: dict[str, list[Report]] = {}
        for report in await self._repository.open_reports(tx):
            found.setdefault(report.offer_id, []).append(report)
        return found

    async def _public(self, tx: Transaction, offer_id: str) -> Offer:
        offer = await self._repository.by_id(tx, offer_id)
        if offer is None or offer.status == Status.DRAFT:
            raise NotFoundError
        return offer

    async def _alone(self, tx: Transaction, offer_id: str) -> Offer:
        """One that goes on as another has nothing to be confirmed, and must not stand beside it again."""
        offer = await self._public(tx, offer_id)
        if await self._twins.merged(tx, [offer.id]):
            raise MergedError
        return offer
