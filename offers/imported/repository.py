"""Every SQL statement about what imports left: the hashes of their rows, and entries of other directories."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import bindparam, false, or_, select, update

from db.among import among
from db.engine import Transaction
from db.tables.offers import offer_originals, offer_versions, offers, providers

INTEGREAT = "integreat."
"""How the ids of Integreat's entries begin."""


class ImportedRepository:
    """What the rows of the last imports said."""

    async def provider_hashes(self, tx: Transaction) -> dict[str, tuple[str, str]]:
        """Name and row hash of every provider by id."""
        rows = await tx.execute(select(providers.c.id, providers.c.name, providers.c.row_hash))
        return {row.id: (row.name, row.row_hash) for row in rows}

    async def offer_hashes(self, tx: Transaction) -> dict[str, tuple[str, str]]:
        """Name and row hash of every offer by id."""
        rows = await tx.execute(select(offers.c.id, offers.c.name, offers.c.row_hash))
        return {row.id: (row.name, row.row_hash) for row in rows}

    async def originals(self, tx: Transaction, ids: Collection[str]) -> dict[str, Mapping[str, Any]]:
        """The HSDS services that some offers were read from, by the offer's id; none for Lotse's own."""
        if not ids:
            return {}
        here = select(offer_originals).where(among(offer_originals.c.offer_id, ids))
        return {row.offer_id: row.content for row in await tx.execute(here)}

    async def versions(self, tx: Transaction, ids: Collection[str]) -> dict[str, list[Mapping[str, Any]]]:
        """What some offers were before each change by hand, the latest first, by the offer's id."""
        found: dict[str, list[Mapping[str, Any]]] = {}
        chosen = select(offer_versions.c.offer_id, offer_versions.c.before)
        here = chosen.where(among(offer_versions.c.offer_id, ids))
        for row in await tx.execute(here.order_by(offer_versions.c.changed_at.desc(), offer_versions.c.id)):
            found.setdefault(row.offer_id, []).append(row.before)
        return found

    async def remember(self, tx: Transaction, hashes: Mapping[str, str]) -> None:
        """Keep the hashes of rows, by the offer's id, that say what is stored already."""
        if hashes:
            statement = (
                update(offers).where(offers.c.id == bindparam("row_id")).values(row_hash=bindparam("said"))
            )
            await tx.execute(statement, [{"row_id": id_, "said": said} for id_, said in hashes.items()])

    async def others(
        self, tx: Transaction, beginnings: Collection[str], known: Collection[str]
    ) -> tuple[str, ...]:
        """Names of the offers whose ids in the files begin so, without those that are known."""
        here = or_(false(), *(offers.c.external_id.startswith(one, autoescape=True) for one in beginnings))
        rows = await tx.execute(select(offers.c.id, offers.c.name).where(here))
        return tuple(sorted(row.name for row in rows if row.id not in known))

    async def gone(
        self, tx: Transaction, beginnings: Collection[str] | None, known: Collection[str]
    ) -> tuple[str, ...]:
        """Names of what the files of another directory do not hold any more: of `others`, else of what such files of HSDS held before."""
        if beginnings is not None:
            return await self.others(tx, beginnings, known)
        read = select(offers.c.id, offers.c.name).join(
            offer_originals, offer_originals.c.offer_id == offers.c.id
        )
        # Integreat's places and events are kept as such services too.
        here = ~offers.c.external_id.startswith(INTEGREAT, autoescape=True)
        rows = {row.id: row.name for row in await tx.execute(read.where(here))}
        # A directory of which nothing is stored is a new one, and says nothing about another's entries.
        missing = rows.keys() - {*known} if rows.keys() & {*known} else ()
        return tuple(sorted(rows[id_] for id_ in missing))
