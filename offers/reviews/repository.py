"""Every SQL statement about who looks after offers, what waits for them, when they were asked, and who reported something."""

from datetime import date

from sqlalchemy import case, delete, insert, select, union, update

from db.engine import Transaction
from db.tables.offers import offer_owners, offer_reports, offer_reviews, offers
from offers.dates import BERLIN
from offers.repository import reported, stale
from offers.reviews.types import Waiting
from offers.types import Status

_PROVIDER = "provider:"
"""Before a provider's id, where a person stands for the provider and not for a name in the catalogue."""


class ReviewsRepository:
    """Owners, rounds of questions, reporters."""

    async def owners(self, tx: Transaction) -> dict[str, str]:
        """The person behind each name that stands as owner in the catalogue, so far as known."""
        named = offer_owners.c.owner.not_like(f"{_PROVIDER}%")
        rows = await tx.execute(select(offer_owners).where(named).order_by(offer_owners.c.owner))
        return {row.owner: row.person_id for row in rows}

    async def providers_of(self, tx: Transaction, person_id: str) -> frozenset[str]:
        """The providers for whom a person keeps the offers."""
        here = (offer_owners.c.person_id == person_id) & offer_owners.c.owner.like(f"{_PROVIDER}%")
        owners = await tx.scalars(select(offer_owners.c.owner).where(here))
        return frozenset(owner.removeprefix(_PROVIDER) for owner in owners)

    async def waiting(
        self, tx: Transaction, person_id: str, before: date, begun: str, most: int
    ) -> list[Waiting]:
        """The newest drafts whose ids in files begin like `begun`, and what is due and the person stands behind, reported ones first.

        A draft or a reported offer is everybody's, unless somebody else stands behind it. One statement for all.
        """
        is_draft, wrong = offers.c.status == Status.DRAFT.value, offers.c.id.in_(reported())
        columns = offers.c.id, offers.c.name, offers.c.place, offers.c.assured_date, offers.c.changed_at
        asked = select(*columns, is_draft.label("draft"), wrong.label("reported"))
        others = select(offer_owners.c.owner).where(offer_owners.c.person_id != person_id)
        anybodys = offers.c.owner.not_in(others)
        mine = select(offer_owners.c.owner).where(offer_owners.c.person_id == person_id)
        # Each part has an index to go by: the page asks for them again and again.
        found = union(
            asked.where(is_draft, offers.c.external_id.startswith(begun), anybodys),
            asked.where(wrong, ~is_draft, anybodys),
            asked.where(mine.exists(), offers.c.owner.in_(mine), stale(before)),
        ).subquery()
        newest = case((found.c.draft, found.c.changed_at)).desc()
        order = found.c.draft.desc(), found.c.reported.desc(), newest, found.c.assured_date.nulls_first()
        rows = await tx.execute(select(found).order_by(*order, found.c.id).limit(most))
        return [
            Waiting(
                row.id,
                row.name,
                row.place,
                bool(row.draft),
                bool(row.reported),
                row.changed_at.astimezone(BERLIN).date() if row.draft else row.assured_date,
            )
            for row in rows
        ]

    async def set_provider(self, tx: Transaction, provider_id: str, person_id: str) -> None:
        """The person keeps this provider's offers from now on, in the place of who did before."""
        await self.set_owner(tx, _PROVIDER + provider_id, person_id)

    async def set_owner(self, tx: Transaction, owner: str, person_id: str | None) -> None:
        await tx.execute(delete(offer_owners).where(offer_owners.c.owner == owner))
        if person_id is not None:
            await tx.execute(insert(offer_owners).values(owner=owner, person_id=person_id))

    async def asked(self, tx: Transaction) -> dict[str, tuple[date, int]]:
        """When each offer was last asked about, and how often since it was last settled."""
        rows = await tx.execute(select(offer_reviews))
        return {row.offer_id: (row.asked_on, row.times) for row in rows}

    async def ask(self, tx: Transaction, offer_id: str, day: date) -> None:
        here = offer_reviews.c.offer_id == offer_id
        again = update(offer_reviews).where(here).values(asked_on=day, times=offer_reviews.c.times + 1)
        if (await tx.execute(again)).rowcount == 0:
            await tx.execute(insert(offer_reviews).values(offer_id=offer_id, asked_on=day, times=1))

    async def settle(self, tx: Transaction, offer_id: str) -> None:
        await tx.execute(delete(offer_reviews).where(offer_reviews.c.offer_id == offer_id))

    async def reporters(self, tx: Transaction, offer_id: str) -> list[str]:
        """Who said that something is wrong with the offer, as long as nobody has looked at it."""
        rows = await tx.execute(
            select(offer_reports.c.person_id)
            .where(
                offer_reports.c.offer_id == offer_id,
                offer_reports.c.closed_at.is_(None),
                offer_reports.c.person_id.is_not(None),
            )
            .distinct()
            .order_by(offer_reports.c.person_id)
        )
        return [row.person_id for row in rows]
