"""Every SQL statement about entries that are the same, or not."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert, select, tuple_, update

from db.among import among
from db.engine import Transaction
from db.tables.circle import saved_offers
from db.tables.offers import (
    offer_merges,
    offer_owners,
    offer_reports,
    offer_reviews,
    offer_twins_denied,
    offers,
)
from offers.reviews.rules import OF_OFFER
from offers.types import Status


class TwinsRepository:
    """Which entries were told apart, and which went on as another."""

    async def denied(self, tx: Transaction) -> set[tuple[str, str]]:
        """Ids of entries that are not the same, the smaller one first."""
        rows = await tx.execute(select(offer_twins_denied.c.first_id, offer_twins_denied.c.second_id))
        return {(row.first_id, row.second_id) for row in rows}

    async def deny(self, tx: Transaction, one: str, other: str, actor_id: str, now: datetime) -> None:
        first, second = sorted((one, other))
        if (first, second) not in await self.denied(tx):
            await tx.execute(
                insert(offer_twins_denied).values(
                    first_id=first, second_id=second, denied_by=actor_id, denied_at=now
                )
            )

    async def near(self, tx: Transaction, ids: Collection[str]) -> set[str]:
        """Entries of the topic and place of one of these, with which they could be the same."""
        shelf = select(offers.c.topic, offers.c.place).where(among(offers.c.id, ids))
        here = tuple_(offers.c.topic, offers.c.place).in_(shelf)
        return set((await tx.execute(select(offers.c.id).where(here))).scalars())

    async def merged_into(self, tx: Transaction, offer_id: str) -> str | None:
        """The entry that goes on in the place of this one, at the end of the way where that was merged as well."""
        seen = {offer_id}
        into = offer_id
        while True:
            found = await tx.execute(select(offer_merges.c.into_id).where(offer_merges.c.offer_id == into))
            after = found.scalar_one_or_none()
            if after is None or after in seen:
                return into if into != offer_id else None
            seen.add(after)
            into = after

    async def merged(self, tx: Transaction, ids: Collection[str]) -> set[str]:
        """Those of some entries that have ended because they went on as another."""
        chosen = select(offers.c.id).join(offer_merges, offer_merges.c.offer_id == offers.c.id)
        ended = offers.c.status == Status.ENDED.value
        return set((await tx.execute(chosen.where(among(offers.c.id, ids), ended))).scalars())

    async def end_again(self, tx: Transaction, ids: Collection[str]) -> None:
        """These stay ended, whatever was written of them in this transaction."""
        await tx.execute(update(offers).where(among(offers.c.id, ids)).values(status=Status.ENDED.value))

    async def part(self, tx: Transaction, offer_id: str) -> str | None:
        """The entry stands by itself again; returns which one it had gone on as."""
        here = offer_merges.c.offer_id == offer_id
        return (
            await tx.execute(delete(offer_merges).where(here).returning(offer_merges.c.into_id))
        ).scalar_one_or_none()

    async def point(self, tx: Transaction, old: str, new: str, actor_id: str, now: datetime) -> None:
        """The old one goes on as the new one; what hangs on them stays where it is."""
        await tx.execute(
            insert(offer_merges).values(offer_id=old, into_id=new, merged_by=actor_id, merged_at=now)
        )

    async def made_one(self, tx: Transaction, offer_id: str, moment: datetime) -> bool:
        """Whether the entry became one with another at this moment, as the one that stayed or the one that ended."""
        either = (offer_merges.c.offer_id == offer_id) | (offer_merges.c.into_id == offer_id)
        found = await tx.execute(
            select(offer_merges.c.offer_id).where(either, offer_merges.c.merged_at == moment)
        )
        return found.first() is not None

    async def merge(self, tx: Transaction, old: str, new: str, actor_id: str, now: datetime) -> None:
        """The old one points to the new one; who saved it has saved the new one, and what was reported of it is said of that."""
        await tx.execute(delete(offer_merges).where(offer_merges.c.offer_id.in_((old, new))))
        await self.point(tx, old, new, actor_id, now)
        open_ = offer_reports.c.closed_at.is_(None)
        await tx.execute(
            update(offer_reports).where(offer_reports.c.offer_id == old, open_).values(offer_id=new)
        )
        here = saved_offers.c.offer_id == old
        both = select(saved_offers.c.person_id).where(saved_offers.c.offer_id == new)
        await tx.execute(delete(saved_offers).where(here, saved_offers.c.person_id.in_(both)))
        await tx.execute(update(saved_offers).where(here).values(offer_id=new))
        await tx.execute(delete(offer_reviews).where(offer_reviews.c.offer_id == old))
        # Whoever looked at both has looked at this one, and may be somebody else than was asked before.
        await tx.execute(update(offer_reviews).where(offer_reviews.c.offer_id == new).values(times=0))
        await self._hand_on(tx, f"{OF_OFFER}{old}", f"{OF_OFFER}{new}")

    async def _hand_on(self, tx: Transaction, old: str, new: str) -> None:
        """Who looks after the one looks after the other, unless somebody does."""
        table = offer_owners
        if await tx.scalar(select(table.c.person_id).where(table.c.owner == new)) is None:
            await tx.execute(update(table).where(table.c.owner == old).values(owner=new))
        await tx.execute(delete(table).where(table.c.owner == old))
