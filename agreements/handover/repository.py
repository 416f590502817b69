"""Every SQL statement about consents and hand-overs."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from agreements.handover.types import Consent, Given, HandedOver, Part
from db.among import among
from db.engine import Transaction
from db.tables.handover import consents, handovers


class HandoverRepository:
    """Codes and times only: what was handed over stands in the case itself."""

    async def add(self, tx: Transaction, consent: Consent) -> None:
        values = asdict(consent) | {"parts": _joined(consent.parts)}
        await tx.execute(insert(consents).values(**values))

    async def consent(self, tx: Transaction, consent_id: str) -> Consent | None:
        row = (await tx.execute(select(consents).where(consents.c.id == consent_id))).first()
        return _consent(row) if row else None

    async def consents(self, tx: Transaction, client_id: str) -> list[Consent]:
        """The newest first."""
        statement = select(consents).where(consents.c.client_id == client_id)
        rows = await tx.execute(statement.order_by(consents.c.asked_at.desc(), consents.c.id))
        return [_consent(row) for row in rows]

    async def answer(self, tx: Transaction, consent_id: str, said: bool, now: datetime) -> None:
        """Write the answer, unless there is one."""
        waiting = consents.c.id == consent_id, consents.c.said.is_(None)
        await tx.execute(update(consents).where(*waiting).values(said=said, answered_at=now))

    async def revoke(self, tx: Transaction, consent_id: str, how: Given, now: datetime) -> None:
        """Write that a yes was taken back, unless it was before."""
        given = consents.c.id == consent_id, consents.c.revoked_at.is_(None)
        await tx.execute(update(consents).where(*given).values(revoked_at=now, revoked_how=how.value))

    async def withdraw(self, tx: Transaction, client_id: str) -> list[str]:
        """Take questions back that nobody answered; returns their ids."""
        waiting = consents.c.client_id == client_id, consents.c.said.is_(None)
        ids = list((await tx.execute(select(consents.c.id).where(*waiting))).scalars())
        await tx.execute(delete(consents).where(among(consents.c.id, ids)))
        return ids

    async def hand_over(self, tx: Transaction, handed: HandedOver) -> None:
        await tx.execute(insert(handovers).values(**asdict(handed) | {"parts": _joined(handed.parts)}))

    async def handovers(self, tx: Transaction, client_id: str) -> list[HandedOver]:
        """The newest first."""
        statement = select(handovers).where(handovers.c.client_id == client_id)
        rows = await tx.execute(statement.order_by(handovers.c.handed_at.desc(), handovers.c.id))
        return [_handed(row) for row in rows]


def _joined(parts: Iterable[Part]) -> str:
    return ",".join(part.value for part in parts)


def _parts(text: str) -> tuple[Part, ...]:
    return tuple(Part(name) for name in text.split(",") if name)


def _consent(row: Row[Any]) -> Consent:
    return Consent(
        row.id,
        row.client_id,
        _parts(row.parts),
        row.version,
        row.language,
        Given(row.how),
        row.asked_by,
        row.asked_at,
        row.said,
        row.answered_at,
        row.revoked_at,
        Given(row.revoked_how) if row.revoked_how else None,
    )


def _handed(row: Row[Any]) -> HandedOver:
    return HandedOver(
        row.id, row.client_id, row.consent_id, _parts(row.parts), row.form, row.handed_by, row.handed_at
    )
