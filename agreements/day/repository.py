"""Every SQL statement about what members of staff want to be told."""

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from agreements.day.types import StaffSettings
from db import upsert
from db.among import among
from db.engine import Transaction
from db.tables.agreements import clients, requests
from db.tables.handover import consents
from db.tables.staff import staff_settings


class DayRepository:
    """Settings of staff, and requests of everybody that lie unanswered."""

    async def settings(self, tx: Transaction, person_ids: Collection[str]) -> dict[str, StaffSettings]:
        """By person; who has set nothing is left out."""
        rows = await tx.execute(select(staff_settings).where(among(staff_settings.c.person_id, person_ids)))
        return {row.person_id: _settings(row) for row in rows}

    async def wanting_digest(self, tx: Transaction) -> list[StaffSettings]:
        rows = await tx.execute(select(staff_settings).where(staff_settings.c.digest.is_(True)))
        return [_settings(row) for row in rows]

    async def put_settings(self, tx: Transaction, settings: StaffSettings) -> None:
        values = dict(vars(settings))
        await upsert.put(tx, staff_settings, {"person_id": values.pop("person_id")}, values)

    async def consents_answered(self, tx: Transaction, client_ids: Collection[str]) -> list[datetime]:
        """When questions about handing their case over were answered, and when a yes was taken back."""
        theirs = select(consents.c.answered_at, consents.c.revoked_at).where(
            among(consents.c.client_id, client_ids)
        )
        rows = (await tx.execute(theirs)).all()
        return sorted(moment for row in rows for moment in row if moment is not None)

    async def waiting(self, tx: Transaction) -> list[Row[Any]]:
        """`created_at`, `client_id` and `coordinator_id` of every request that nobody has answered, but for cases that are only stored."""
        joined = requests.join(clients, clients.c.id == requests.c.client_id)
        columns = requests.c.created_at, requests.c.client_id, clients.c.coordinator_id
        open_ones = (
            requests.c.answered_at.is_(None),
            clients.c.ended_at.is_(None),
            clients.c.restricted_at.is_(None),
        )
        return list(await tx.execute(select(*columns).select_from(joined).where(*open_ones)))


def _settings(row: Row[Any]) -> StaffSettings:
    return StaffSettings(**{field.name: getattr(row, field.name) for field in fields(StaffSettings)})
