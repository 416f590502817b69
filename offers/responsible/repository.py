"""Every SQL statement about who is responsible for what."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from db.engine import Transaction
from db.tables.offers import offers, responsibilities
from offers.responsible.types import Duty, Responsibility
from offers.types import Status


class ResponsibleRepository:
    """Responsibilities, and the offices that hold them."""

    async def everything(self, tx: Transaction) -> list[Responsibility]:
        """Every entry, whatever has become of its office, by its id in the file it came from."""
        rows = await tx.execute(select(responsibilities).order_by(responsibilities.c.external_id))
        return [_entry(row) for row in rows]

    async def of(self, tx: Transaction, offer_id: str) -> list[Responsibility]:
        """What one office is responsible for."""
        here = responsibilities.c.offer_id == offer_id
        rows = await tx.execute(
            select(responsibilities).where(here).order_by(responsibilities.c.matter, responsibilities.c.id)
        )
        return [_entry(row) for row in rows]

    async def duties(self, tx: Transaction) -> list[Duty]:
        """The entries of offices that are public, beside the office's kind."""
        rows = await tx.execute(
            select(responsibilities, offers.c.kind)
            .join(offers, offers.c.id == responsibilities.c.offer_id)
            .where(offers.c.status == Status.PUBLISHED.value)
            .order_by(responsibilities.c.external_id)
        )
        return [Duty(_entry(row), row.kind) for row in rows]

    async def hashes(self, tx: Transaction) -> dict[str, tuple[str, str]]:
        """Name and row hash of every entry by id."""
        rows = await tx.execute(
            select(responsibilities.c.id, responsibilities.c.external_id, responsibilities.c.row_hash)
        )
        return {row.id: (row.external_id, row.row_hash) for row in rows}

    async def add(self, tx: Transaction, items: Sequence[Responsibility]) -> None:
        if items:
            await tx.execute(insert(responsibilities), [_values(item) for item in items])

    async def change(self, tx: Transaction, items: Iterable[Responsibility]) -> None:
        for item in items:
            here = responsibilities.c.id == item.id
            await tx.execute(update(responsibilities).where(here).values(_values(item)))

    async def remove(self, tx: Transaction, entry_id: str) -> None:
        await tx.execute(delete(responsibilities).where(responsibilities.c.id == entry_id))

    async def hand_over(self, tx: Transaction, old: str, new: str) -> None:
        """What one office was responsible for, another is from now on."""
        here = responsibilities.c.offer_id == old
        await tx.execute(update(responsibilities).where(here).values(offer_id=new))


def entry_hash(item: Responsibility) -> str:
    """Changes whenever the imported row does."""
    said = (item.external_id, item.offer_id, item.matter, *item.residence_status, "in", *item.places)
    return sha256("|".join(said).encode()).hexdigest()


def _values(item: Responsibility) -> dict[str, Any]:
    lists = {"residence_status": list(item.residence_status), "places": list(item.places)}
    return {**vars(item), **lists, "row_hash": entry_hash(item)}


def _entry(row: Row[Any]) -> Responsibility:
    return Responsibility(
        row.id,
        row.external_id,
        row.offer_id,
        row.matter,
        tuple(row.residence_status),
        tuple(row.places),
    )
