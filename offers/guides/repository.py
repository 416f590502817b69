"""Every SQL statement about guide pages."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, tuple_

from db.among import among
from db.engine import Transaction
from db.tables.guides import guide_pages
from offers.guide_types import GuidePage

Stamp = tuple[datetime | None, int]
"""When a page last changed and how many there are: equal as long as nothing moved."""

_BATCH = 200


class GuidesRepository:
    """Guide pages by region and language."""

    async def stamp(self, tx: Transaction) -> Stamp:
        chosen = select(func.max(guide_pages.c.changed_at), func.count()).select_from(guide_pages)
        row = (await tx.execute(chosen)).one()
        return row[0], int(row[1])

    async def pages(self, tx: Transaction) -> list[GuidePage]:
        """All pages, in the order of their paths."""
        rows = await tx.execute(select(guide_pages).order_by(guide_pages.c.path))
        return [
            GuidePage(
                row.id, row.region, row.language, row.title, tuple(row.lines), row.url, row.source,
                row.last_updated, row.path,
            )
            for row in rows
        ]  # fmt: skip

    async def hashes(self, tx: Transaction, scope: Sequence[tuple[str, str]]) -> dict[str, tuple[str, str]]:
        """Title and row hash by id of every page in these regions and languages."""
        if not scope:
            return {}
        chosen = select(guide_pages.c.id, guide_pages.c.title, guide_pages.c.row_hash).where(
            tuple_(guide_pages.c.region, guide_pages.c.language).in_(list(scope))
        )
        return {row.id: (row.title, row.row_hash) for row in await tx.execute(chosen)}

    async def put(self, tx: Transaction, pages: Sequence[GuidePage], now: datetime) -> None:
        """Write pages over what is stored under their ids."""
        await self.remove(tx, [page.id for page in pages])
        values = [_values(page, now) for page in pages]
        for start in range(0, len(values), _BATCH):
            await tx.execute(insert(guide_pages), values[start : start + _BATCH])

    async def remove(self, tx: Transaction, ids: Sequence[str]) -> None:
        await tx.execute(delete(guide_pages).where(among(guide_pages.c.id, ids)))


def page_hash(page: GuidePage) -> str:
    """Changes whenever the page does."""
    canonical = json.dumps(asdict(page), default=str, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _values(page: GuidePage, now: datetime) -> dict[str, Any]:
    return {**asdict(page), "lines": list(page.lines), "row_hash": page_hash(page), "changed_at": now}
