"""Every SQL statement about series of appointments."""

from datetime import datetime

from sqlalchemy import insert, select, update

from agreements.types import AppointmentStatus
from db.engine import Transaction
from db.tables.agreements import appointment_series, appointments


class SeriesRepository:
    """The rule of a series, and which appointments belong to it."""

    async def add(self, tx: Transaction, series_id: str, client_id: str, rule: str, now: datetime) -> None:
        values = {"id": series_id, "client_id": client_id, "rule": rule, "created_at": now}
        await tx.execute(insert(appointment_series).values(**values))

    async def join(self, tx: Transaction, appointment_id: str, series_id: str) -> None:
        same = appointments.c.id == appointment_id
        await tx.execute(update(appointments).where(same).values(series_id=series_id))

    async def following(self, tx: Transaction, series_id: str, after: datetime) -> list[str]:
        """Ids of those that begin later and still take place, in order."""
        live = (AppointmentStatus.PLANNED.value, AppointmentStatus.CANCEL_REQUESTED.value)
        table = appointments
        theirs = table.c.series_id == series_id, table.c.starts_at > after, table.c.status.in_(live)
        found = await tx.execute(select(table.c.id).where(*theirs).order_by(table.c.starts_at))
        return list(found.scalars())
