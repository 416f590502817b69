"""What the helper circles do: their meetings, who comes, and what became of each date."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String, Table

from db.tables.base import Code, Id, metadata
from db.types import UtcDateTime

meetings = Table(
    "meetings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Code, nullable=False),
    Column("place", String(60), nullable=False),
    Column("location", String(200), nullable=False, default=""),
    # The series as of an offer's dates; `valid_to` is the day on which it ended or ends.
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, index=True),
    Column("freq", Code, nullable=False),
    Column("interval", Integer, nullable=False),
    Column("byday", String(40), nullable=False, default=""),
    Column("opens_at", String(5), nullable=False),
    Column("created_by", Id, ForeignKey("persons.id", ondelete="SET NULL"), index=True),
    Column("created_at", UtcDateTime, nullable=False),
)

meeting_dates = Table(
    "meeting_dates",
    metadata,
    Column("meeting_id", Id, ForeignKey("meetings.id", ondelete="CASCADE"), primary_key=True),
    # The day that the series says.
    Column("day", Date, primary_key=True),
    Column("cancelled", Boolean, nullable=False, default=False),
    Column("moved_to", Date),
    Column("moved_opens_at", String(5), nullable=False, default=""),
    Column("asked_at", UtcDateTime),
    Column("held", Boolean),
    Column("people", Integer),
)

meeting_guests = Table(
    "meeting_guests",
    metadata,
    Column("meeting_id", Id, ForeignKey("meetings.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True),
    Column("coming", Boolean, nullable=False),
    Column("answered_at", UtcDateTime, nullable=False),
)
