"""Every SQL statement about who looks after offers, what waits for them, when they were asked, and who reported something."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    tuple_,
    union,
    update,
)

from db.among import among
from db.engine import Transaction
from db.tables.offers import offer_owners, offer_reports, offer_reviews, offers
from db.tables.people import persons, roles
from offers import dates
from offers.reviews.rules import OF_OFFER
from offers.reviews.types import Pending, Waiting
from offers.types import Status
from people.rules import POLICY
from people.types import Permission

_PROVIDER = "provider:"
"""Before a provider's id, where a person stands for the provider and not for a name in the catalogue."""


KEPT_AS: ColumnElement[str] = case(
    (offers.c.owner != "", offers.c.owner), else_=literal(OF_OFFER, String).concat(offers.c.id)
)
"""`rules.kept_as` of a row of the catalogue."""
_KEEPS = (
    exists()
    .where(roles.c.person_id == offer_owners.c.person_id, roles.c.ended_at.is_(None))
    .where(roles.c.role.in_(sorted(role.value for role in POLICY[Permission.KEEP_CATALOGUE])))
)
"""Who has left looks after nothing any more."""
_NAMED = offer_owners.c.owner.not_like(f"{_PROVIDER}%") & _KEEPS


def reported() -> Select[tuple[str]]:
    """Ids of offers that somebody says are wrong."""
    return select(offer_reports.c.offer_id).where(offer_reports.c.closed_at.is_(None))


def stale(before: date) -> ColumnElement[bool]:
    """Public, and last confirmed before this day or never."""
    old = offers.c.assured_date.is_(None) | (offers.c.assured_date < before)
    # Most are public and few are old: the index of the days is the one to go by.
    return (offers.c.status.concat("") == Status.PUBLISHED.value) & old


def due(before: date) -> ColumnElement[bool]:
    """What should be looked at: stale, or reported and no draft."""
    return stale(before) | offers.c.id.in_(reported()) & (offers.c.status != Status.DRAFT.value)


IN_TURN = offers.c.id.in_(reported()).desc(), offers.c.assured_date.nulls_first(), offers.c.id
"""Reported ones first, then what nobody ever confirmed, on every database, then the longest unconfirmed."""


class ReviewsRepository:
    """Owners, rounds of questions, reporters."""

    async def owners(self, tx: Transaction, among_these: Collection[str] | None = None) -> dict[str, str]:
        """Who looks after offers and may, by what `rules.kept_as` says of them; of all, or of some."""
        named = _NAMED
        if among_these is not None:
            named &= among(offer_owners.c.owner, among_these)
        rows = await tx.execute(select(offer_owners).where(named).order_by(offer_owners.c.owner))
        return {row.owner: row.person_id for row in rows}

    async def counts(self, tx: Transaction, place: str) -> dict[str, int]:
        """How many public offers there are in a place, by who looks after them as `rules.kept_as` says it."""
        here = (offers.c.place == place) & (offers.c.status == Status.PUBLISHED.value)
        rows = await tx.execute(select(KEPT_AS.label("owner"), func.count()).where(here).group_by(KEPT_AS))
        return {row[0]: row[1] for row in rows}

    async def providers_of(self, tx: Transaction, person_id: str) -> frozenset[str]:
        """The providers for whom a person keeps the offers."""
        here = (offer_owners.c.person_id == person_id) & offer_owners.c.owner.like(f"{_PROVIDER}%")
        owners = await tx.scalars(select(offer_owners.c.owner).where(here))
        return frozenset(owner.removeprefix(_PROVIDER) for owner in owners)

    async def pending(
        self, tx: Transaction, person_id: str, before: date, begun: str, most: int
    ) -> list[Pending]:
        """The newest drafts whose ids in files begin like `begun`, and what is due and the person stands behind, reported ones first.

        A draft or a reported offer is everybody's, unless somebody else stands behind it. One statement for all.
        """
        is_draft, wrong = offers.c.status == Status.DRAFT.value, offers.c.id.in_(reported())
        columns = (
            offers.c.id,
            offers.c.name,
            offers.c.place,
            offers.c.status,
            offers.c.assured_date,
            offers.c.changed_at,
        )
        asked = select(*columns, is_draft.label("draft"), wrong.label("reported"))
        others = select(offer_owners.c.owner).where(offer_owners.c.person_id != person_id, _KEEPS)
        anybodys = KEPT_AS.not_in(others)
        mine = select(offer_owners.c.owner).where(offer_owners.c.person_id == person_id)
        found = union(
            asked.where(is_draft, offers.c.external_id.startswith(begun), anybodys),
            asked.where(wrong, ~is_draft, anybodys),
            asked.where(mine.exists(), KEPT_AS.in_(mine), stale(before)),
        ).subquery()
        newest = case((found.c.draft, found.c.changed_at)).desc()
        # Drafts may be many; what is asked about is not to be lost behind them.
        order = found.c.draft, found.c.reported.desc(), newest, found.c.assured_date.nulls_first()
        rows = await tx.execute(select(found).order_by(*order, found.c.id).limit(most))
        return [
            Pending(
                row.id,
                row.name,
                row.place,
                bool(row.draft),
                row.status == Status.PUBLISHED.value,
                bool(row.reported),
                dates.today(row.changed_at) if row.draft else row.assured_date,
            )
            for row in rows
        ]

    async def waiting(self, tx: Transaction, person_id: str, before: date, span: range) -> list[Waiting]:
        """Some of what is due, by owner: the person's own first, then owners with something reported; of each owner in turn."""
        keepers = select(offer_owners.c.owner, offer_owners.c.person_id).where(_NAMED).subquery()
        keeper = func.coalesce(keepers.c.person_id, "").label("keeper")
        found = select(offers.c.id, offers.c.owner, keeper).outerjoin_from(
            offers, keepers, keepers.c.owner == KEPT_AS
        )
        wrong = offers.c.id.in_(reported()), offers.c.status != Status.DRAFT.value
        urgent = found.with_only_columns(offers.c.owner, keeper).where(*wrong).correlate(None)
        order = (
            (keeper != person_id),
            tuple_(offers.c.owner, keeper).not_in(urgent),
            (offers.c.owner == ""),
            offers.c.owner,
            keeper,
            *IN_TURN,
        )
        page = found.where(due(before)).order_by(*order).offset(span.start).limit(len(span))
        return [Waiting(row.id, row.owner, row.keeper or None) for row in await tx.execute(page)]

    async def set_provider(self, tx: Transaction, provider_id: str, person_id: str) -> None:
        """The person keeps this provider's offers from now on, in the place of who did before."""
        await self.set_owner(tx, _PROVIDER + provider_id, person_id)

    async def set_owner(self, tx: Transaction, owner: str, person_id: str | None) -> None:
        """The person stands behind the name from now on, or nobody; whoever is new there was asked about nothing yet."""
        here = offer_owners.c.owner == owner
        if await tx.scalar(select(offer_owners.c.person_id).where(here)) == person_id:
            return
        await tx.execute(delete(offer_owners).where(here))
        if person_id is not None:
            await tx.execute(insert(offer_owners).values(owner=owner, person_id=person_id))
        theirs = select(offers.c.id).where(among(KEPT_AS, [owner]))
        await tx.execute(delete(offer_reviews).where(offer_reviews.c.offer_id.in_(theirs)))

    async def reached(self, tx: Transaction, person_ids: Collection[str]) -> set[str]:
        """Who of these people reads what is pushed: on a phone that is there, and without having stopped it."""
        there: tuple[ColumnElement[bool], ...] = (
            persons.c.chat_hash.is_not(None),
            persons.c.reachable.is_(True),
            persons.c.paused.is_(False),
        )
        return set(await tx.scalars(select(persons.c.id).where(among(persons.c.id, person_ids), *there)))

    async def asked(self, tx: Transaction) -> dict[str, tuple[date, int]]:
        """When each offer was last asked about, and how often since it was last settled."""
        rows = await tx.execute(select(offer_reviews))
        return {row.offer_id: (row.asked_on, row.times) for row in rows}

    async def asked_on(self, tx: Transaction, day: date) -> list[str]:
        """The owners of what was asked about on this day, once for each offer, answered or not."""
        joined = select(KEPT_AS).join(offer_reviews, offer_reviews.c.offer_id == offers.c.id)
        return list(await tx.scalars(joined.where(offer_reviews.c.asked_on == day)))

    async def ask(self, tx: Transaction, offer_id: str, day: date) -> None:
        here = offer_reviews.c.offer_id == offer_id
        again = update(offer_reviews).where(here).values(asked_on=day, times=offer_reviews.c.times + 1)
        if (await tx.execute(again)).rowcount == 0:
            await tx.execute(insert(offer_reviews).values(offer_id=offer_id, asked_on=day, times=1))

    async def settle(self, tx: Transaction, offer_ids: Collection[str]) -> None:
        """Somebody looked at these: when they fall due again it is asked anew. That it was asked today counts on."""
        await tx.execute(
            update(offer_reviews).where(among(offer_reviews.c.offer_id, offer_ids)).values(times=0)
        )

    async def reported(self, tx: Transaction) -> set[str]:
        """Ids of the offers about which somebody said something that nobody has looked at."""
        return set(await tx.scalars(reported().distinct()))

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
