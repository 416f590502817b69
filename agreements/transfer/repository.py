"""Every SQL statement about what came from another program and when something went back."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from agreements.sealing import Sealing
from agreements.transfer.types import Known
from db.among import among
from db.engine import Transaction
from db.tables.transfer import transfer_exports, transfer_ids


class TransferRepository(Sealing):
    """Ids of the other program, and marks of exports."""

    def row_hash(self, values: Mapping[str, Any]) -> str:
        """A keyed hash of a row."""
        text = json.dumps(values, sort_keys=True, default=str)
        return self._cipher.blind("transfer-row", text)

    async def known(self, tx: Transaction, kind: str, external_id: str) -> Known | None:
        hashed = self._cipher.blind(f"transfer:{kind}", external_id)
        same = transfer_ids.c.kind == kind, transfer_ids.c.external_hash == hashed
        row = (await tx.execute(select(transfer_ids).where(*same))).first()
        if row is None:
            return None
        return Known(row.id, row.client_id, external_id, row.subject_id, row.row_hash)

    async def add(self, tx: Transaction, kind: str, known: Known) -> None:
        await tx.execute(
            insert(transfer_ids).values(
                id=known.id,
                client_id=known.client_id,
                kind=kind,
                external_hash=self._cipher.blind(f"transfer:{kind}", known.external_id),
                external_sealed=self._seal("transfer_ids", "external_sealed", known.id, known.external_id),
                subject_id=known.subject_id,
                row_hash=known.row_hash,
            )
        )

    async def seen(self, tx: Transaction, known_id: str, row_hash: str) -> None:
        await tx.execute(update(transfer_ids).where(transfer_ids.c.id == known_id).values(row_hash=row_hash))

    async def external_ids(self, tx: Transaction, client_ids: Collection[str]) -> dict[str, str]:
        """Ids of the other program by our own."""
        rows = await tx.execute(select(transfer_ids).where(among(transfer_ids.c.client_id, client_ids)))
        return {
            row.subject_id: str(self._open("transfer_ids", "external_sealed", row.id, row.external_sealed))
            for row in rows
        }

    async def last_export(self, tx: Transaction, person_id: str) -> datetime | None:
        mine = transfer_exports.c.person_id == person_id
        moment: datetime | None = (
            await tx.execute(select(func.max(transfer_exports.c.exported_at)).where(mine))
        ).scalar()
        return moment

    async def mark(self, tx: Transaction, mark_id: str, person_id: str, now: datetime) -> None:
        values = {"id": mark_id, "person_id": person_id, "exported_at": now}
        await tx.execute(insert(transfer_exports).values(**values))
