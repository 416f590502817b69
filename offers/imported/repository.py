"""Every SQL statement about what imports left: the hashes of their rows."""

from sqlalchemy import select

from db.engine import Transaction
from db.tables.offers import offers, providers


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
