"""Every SQL statement about meetings, their dates and who comes."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, insert, or_, select, update

from db import upsert
from db.among import among
from db.engine import Transaction
from db.tables.circle import meeting_dates, meeting_guests, meetings
from offers.meetings.types import Change, Meeting, MeetingKind
from offers.types import Schedule


class MeetingsRepository:
    """Series, what became of their dates, and answers."""

    async def add(self, tx: Transaction, meeting: Meeting) -> None:
        series = meeting.schedule
        await tx.execute(
            insert(meetings).values(
                id=meeting.id,
                kind=meeting.kind.value,
                place=meeting.place,
                location=meeting.location,
                valid_from=series.valid_from,
                valid_to=series.valid_to,
                freq=series.freq,
                interval=series.interval,
                byday=series.byday,
                opens_at=series.opens_at,
                created_by=meeting.created_by,
                created_at=meeting.created_at,
            )
        )

    async def end(self, tx: Transaction, meeting_id: str, last: date) -> None:
        await tx.execute(update(meetings).where(meetings.c.id == meeting_id).values(valid_to=last))

    async def meeting(self, tx: Transaction, meeting_id: str) -> Meeting | None:
        row = (await tx.execute(select(meetings).where(meetings.c.id == meeting_id))).first()
        return _meeting(row) if row else None

    async def running(self, tx: Transaction, since: date) -> list[Meeting]:
        """Series that have not ended before this day."""
        live = or_(meetings.c.valid_to.is_(None), meetings.c.valid_to >= since)
        rows = await tx.execute(select(meetings).where(live).order_by(meetings.c.created_at, meetings.c.id))
        return [_meeting(row) for row in rows]

    async def changes(self, tx: Transaction, meeting_ids: Collection[str]) -> dict[str, dict[date, Change]]:
        """What is known of dates, by meeting and day."""
        found: dict[str, dict[date, Change]] = {meeting_id: {} for meeting_id in meeting_ids}
        table = meeting_dates
        for row in await tx.execute(select(table).where(among(table.c.meeting_id, meeting_ids))):
            found[row.meeting_id][row.day] = _change(row)
        return found

    async def change(self, tx: Transaction, meeting_id: str, day: date, **values: Any) -> None:
        """Write what is known of a date, beside what was known of it."""
        await upsert.put(tx, meeting_dates, {"meeting_id": meeting_id, "day": day}, values)

    async def answer(
        self, tx: Transaction, meeting_id: str, day: date, person_id: str, now: datetime, *, coming: bool
    ) -> None:
        key = {"meeting_id": meeting_id, "day": day, "person_id": person_id}
        await upsert.put(tx, meeting_guests, key, {"coming": coming, "answered_at": now})

    async def guests(self, tx: Transaction, meeting_id: str, day: date) -> dict[str, tuple[bool, datetime]]:
        """Who said whether they come, and when."""
        table = meeting_guests
        rows = await tx.execute(
            select(table)
            .where(table.c.meeting_id == meeting_id, table.c.day == day)
            .order_by(table.c.person_id)
        )
        return {row.person_id: (row.coming, row.answered_at) for row in rows}

    async def numbers(self, tx: Transaction, meeting_ids: Collection[str]) -> dict[tuple[str, date], int]:
        """How many come, by meeting and day; dates to which nobody comes are left out."""
        table = meeting_guests
        rows = await tx.execute(
            select(table.c.meeting_id, table.c.day, func.count().label("number"))
            .where(among(table.c.meeting_id, meeting_ids), table.c.coming.is_(True))
            .group_by(table.c.meeting_id, table.c.day)
        )
        return {(row.meeting_id, row.day): row.number for row in rows}

    async def days_with_guests(self, tx: Transaction, meeting_id: str) -> list[date]:
        table = meeting_guests
        rows = await tx.execute(select(table.c.day).where(table.c.meeting_id == meeting_id).distinct())
        return sorted(rows.scalars())

    async def coming_of(self, tx: Transaction, person_id: str) -> set[tuple[str, date]]:
        """The dates to which somebody comes."""
        table = meeting_guests
        rows = await tx.execute(
            select(table.c.meeting_id, table.c.day).where(
                table.c.person_id == person_id, table.c.coming.is_(True)
            )
        )
        return {(row.meeting_id, row.day) for row in rows}

    async def held(self, tx: Transaction) -> list[tuple[Meeting, Change]]:
        """Every date of which somebody said that it took place."""
        joined = meeting_dates.join(meetings, meetings.c.id == meeting_dates.c.meeting_id)
        rows = await tx.execute(
            select(meetings, meeting_dates).select_from(joined).where(meeting_dates.c.held.is_(True))
        )
        return [(_meeting(row), _change(row)) for row in rows]


def _meeting(row: Row[Any]) -> Meeting:
    once = row.freq == "ONCE"
    series = Schedule(
        row.valid_from, row.valid_to, row.freq, row.interval, row.byday, row.opens_at, "", "none" if once else "public", ""
    )  # fmt: skip
    return Meeting(
        row.id, MeetingKind(row.kind), row.place, row.location, series, row.created_by, row.created_at
    )


def _change(row: Row[Any]) -> Change:
    return Change(
        row.day, row.cancelled, row.moved_to, row.moved_opens_at, row.asked_at, row.held, row.people
    )
