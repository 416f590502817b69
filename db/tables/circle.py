"""What helpers keep and do: meetings and who comes; what somebody keeps; and what is said of a course after a date."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

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

saved_offers = Table(
    "saved_offers",
    metadata,
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True),
    Column("offer_id", Id, ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("saved_at", UtcDateTime, nullable=False),
)

saved_profiles = Table(
    "saved_profiles",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), nullable=False),
    # A colour instead of a name, by its number.
    Column("mark", Integer, nullable=False),
    Column("filters_sealed", LargeBinary, nullable=False),
    Column("used_at", UtcDateTime, nullable=False),
    UniqueConstraint("person_id", "mark"),
)

saved_searches = Table(
    "saved_searches",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("query_sealed", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    # Up to when the person was told that something is new, and up to when they looked.
    Column("told_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

offer_arrivals = Table(
    "offer_arrivals",
    metadata,
    # When an offer was found public for the first time: one that pauses and comes back is not new.
    Column("offer_id", Id, ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True),
    Column("arrived_at", UtcDateTime, nullable=False, index=True),
)

feedback_wishes = Table(
    "feedback_wishes",
    metadata,
    # Whoever stands here said that they want to be asked.
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True),
    Column("since", UtcDateTime, nullable=False),
)

feedback_asks = Table(
    "feedback_asks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), nullable=False),
    Column("offer_id", Id, ForeignKey("offers.id", ondelete="CASCADE"), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    # Whether, not what: that is counted without anybody.
    Column("answered", Boolean, nullable=False, default=False),
    UniqueConstraint("person_id", "offer_id"),
)

offer_feedback = Table(
    "offer_feedback",
    metadata,
    Column("offer_id", Id, ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True),
    Column("answer", Code, primary_key=True),
    Column("count", Integer, nullable=False),
)
