"""Every SQL statement about what people keep; what they look for is sealed."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, literal, select, update

from db.among import among
from db.crypto import Cipher
from db.engine import Transaction
from db.tables.circle import offer_arrivals, saved_offers, saved_profiles, saved_searches
from db.tables.offers import offers
from db.tables.people import persons
from offers.saved import rules
from offers.saved.types import Profile, SavedSearch
from offers.types import Query, Status


class KeepersRepository:
    """Who keeps an offer; nothing here is sealed."""

    async def keepers(self, tx: Transaction, offer_id: str) -> list[str]:
        """Ids of everybody who keeps the offer."""
        table = saved_offers
        rows = await tx.execute(select(table.c.person_id).where(table.c.offer_id == offer_id))
        return sorted(rows.scalars())

    async def kept(self, tx: Transaction, offer_ids: Collection[str]) -> set[str]:
        """Those of some offers that somebody keeps."""
        here = among(saved_offers.c.offer_id, offer_ids)
        return set(await tx.scalars(select(saved_offers.c.offer_id).where(here).distinct()))

    async def kept_by(self, tx: Transaction, person_ids: Collection[str]) -> set[tuple[str, str]]:
        """Person and offer, for everything that these people keep."""
        table = saved_offers
        rows = await tx.execute(
            select(table.c.person_id, table.c.offer_id).where(among(table.c.person_id, person_ids))
        )
        return {(row.person_id, row.offer_id) for row in rows}


class SavedRepository:
    """Offers, profiles, searches, arrivals."""

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher

    async def keep_offer(self, tx: Transaction, person_id: str, offer_id: str, now: datetime) -> None:
        await self.drop_offer(tx, person_id, offer_id)
        await tx.execute(insert(saved_offers).values(person_id=person_id, offer_id=offer_id, saved_at=now))

    async def drop_offer(self, tx: Transaction, person_id: str, offer_id: str) -> None:
        table = saved_offers
        await tx.execute(delete(table).where(table.c.person_id == person_id, table.c.offer_id == offer_id))

    async def offers_of(self, tx: Transaction, person_id: str) -> list[str]:
        """Ids, the newest first."""
        table = saved_offers
        rows = await tx.execute(
            select(table.c.offer_id)
            .where(table.c.person_id == person_id)
            .order_by(table.c.saved_at.desc(), table.c.offer_id)
        )
        return list(rows.scalars())

    async def profiles(self, tx: Transaction, person_id: str) -> list[Profile]:
        table = saved_profiles
        rows = await tx.execute(select(table).where(table.c.person_id == person_id).order_by(table.c.mark))
        return [self._profile(row) for row in rows]

    async def add_profile(
        self,
        tx: Transaction,
        profile_id: str,
        person_id: str,
        mark: int,
        filters: Mapping[str, Any],
        now: datetime,
    ) -> None:
        sealed = self._cipher.seal("saved_profiles", "filters_sealed", profile_id, json.dumps(dict(filters)))
        await tx.execute(
            insert(saved_profiles).values(
                id=profile_id, person_id=person_id, mark=mark, filters_sealed=sealed, used_at=now
            )
        )

    async def use_profile(self, tx: Transaction, profile_id: str, now: datetime) -> None:
        await tx.execute(update(saved_profiles).where(saved_profiles.c.id == profile_id).values(used_at=now))

    async def drop_profile(self, tx: Transaction, person_id: str, profile_id: str) -> bool:
        """Whether it was theirs and is gone."""
        table = saved_profiles
        gone = await tx.execute(delete(table).where(table.c.id == profile_id, table.c.person_id == person_id))
        return bool(gone.rowcount)

    async def searches(self, tx: Transaction, person_id: str | None = None) -> list[SavedSearch]:
        """Those of a person, or everybody's; the oldest first."""
        table = saved_searches
        joined = table.join(persons, persons.c.id == table.c.person_id)
        chosen = (
            select(table, persons.c.language).select_from(joined).order_by(table.c.created_at, table.c.id)
        )
        if person_id is not None:
            chosen = chosen.where(table.c.person_id == person_id)
        return [self._search(row) for row in await tx.execute(chosen)]

    async def add_search(
        self, tx: Transaction, search_id: str, person_id: str, query: Query, now: datetime
    ) -> None:
        sealed = self._sealed(search_id, query)
        await tx.execute(
            insert(saved_searches).values(
                id=search_id, person_id=person_id, query_sealed=sealed, created_at=now, told_at=now, seen_at=now
            )
        )  # fmt: skip

    async def rename_search(self, tx: Transaction, search_id: str, query: Query) -> None:
        """The same search in other words."""
        same = saved_searches.c.id == search_id
        await tx.execute(
            update(saved_searches).where(same).values(query_sealed=self._sealed(search_id, query))
        )

    async def change_searches(self, tx: Transaction, search_ids: Collection[str], **values: datetime) -> None:
        table = saved_searches
        await tx.execute(update(table).where(among(table.c.id, search_ids)).values(**values))

    async def drop_search(self, tx: Transaction, person_id: str, search_id: str) -> bool:
        """Whether it was theirs and is gone."""
        table = saved_searches
        gone = await tx.execute(delete(table).where(table.c.id == search_id, table.c.person_id == person_id))
        return bool(gone.rowcount)

    async def note_arrivals(self, tx: Transaction, now: datetime) -> None:
        """Write down every public offer that was not seen before."""
        known = select(offer_arrivals.c.offer_id)
        fresh = select(offers.c.id, _literal(now)).where(
            offers.c.status == Status.PUBLISHED.value, offers.c.id.not_in(known)
        )
        await tx.execute(insert(offer_arrivals).from_select(["offer_id", "arrived_at"], fresh))

    async def arrived_since(self, tx: Transaction, since: datetime) -> dict[str, datetime]:
        """Offers that came after this moment, and when."""
        table = offer_arrivals
        rows = await tx.execute(select(table).where(table.c.arrived_at > since))
        return {row.offer_id: row.arrived_at for row in rows}

    async def count_offers(self, tx: Transaction, person_id: str) -> int:
        chosen = select(func.count()).select_from(saved_offers)
        return int((await tx.execute(chosen.where(saved_offers.c.person_id == person_id))).scalar_one())

    def _profile(self, row: Row[Any]) -> Profile:
        opened = self._cipher.open("saved_profiles", "filters_sealed", row.id, row.filters_sealed)
        return Profile(row.id, row.mark, json.loads(opened))

    def _search(self, row: Row[Any]) -> SavedSearch:
        opened = self._cipher.open("saved_searches", "query_sealed", row.id, row.query_sealed)
        stored = json.loads(opened)
        times, query = (row.told_at, row.seen_at), rules.asked(stored)
        written = rules.as_written(stored)
        return SavedSearch(row.id, row.person_id, *times, query, row.language, as_written=written)

    def _sealed(self, search_id: str, query: Query) -> bytes:
        text = json.dumps(rules.kept(query))
        return self._cipher.seal("saved_searches", "query_sealed", search_id, text)


def _literal(now: datetime) -> Any:
    return literal(now, offer_arrivals.c.arrived_at.type)
