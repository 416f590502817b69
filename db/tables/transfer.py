"""What came out of other programs and went back there, and the district's roadmap."""

from sqlalchemy import Column, Date, ForeignKey, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from db.tables.base import Code, Hash, Id, metadata
from db.types import UtcDateTime

transfer_ids = Table(
    "transfer_ids",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", Code, nullable=False),
    # Ids of another program may hold a case number: a keyed hash finds them, the id itself is sealed.
    Column("external_hash", Hash, nullable=False),
    Column("external_sealed", LargeBinary, nullable=False),
    Column("subject_id", Id, nullable=False, index=True),
    # A keyed hash of the row as it was last read: the same row a second time changes nothing.
    Column("row_hash", Hash, nullable=False),
    UniqueConstraint("kind", "external_hash"),
)

transfer_exports = Table(
    "transfer_exports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("exported_at", UtcDateTime, nullable=False),
)

roadmap_goals = Table(
    "roadmap_goals",
    metadata,
    Column("number", String(10), primary_key=True),
    Column("field", Code, nullable=False),
    Column("text", Text, nullable=False),
    Column("responsible", String(200), nullable=False, default=""),
    Column("deadline", Date),
    Column("indicator", String(300), nullable=False, default=""),
    Column("target", String(300), nullable=False, default=""),
    # What Lotse itself counts for it, and what that has to reach.
    Column("measure", Code, nullable=False, default="", server_default=""),
    Column("aim", Integer),
    # How it stands by the word of a lead; empty is what the figures say.
    Column("light", Code, nullable=False, default="", server_default=""),
    Column("note", String(500), nullable=False, default="", server_default=""),
    Column("judged_on", Date),
    Column("updated_at", UtcDateTime, nullable=False),
)
