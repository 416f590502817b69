"""Which cases must be kept, and what is left of erased ones."""

from sqlalchemy import Column, Date, ForeignKey, Table

from db.tables.base import Code, Hash, Id, metadata
from db.types import UtcDateTime

case_holds = Table(
    "case_holds",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("reason", Code, nullable=False),
    Column("until", Date, nullable=False),
    Column("held_by", Id, nullable=False),
    Column("held_at", UtcDateTime, nullable=False),
    Column("lifted_at", UtcDateTime),
    Column("lifted_by", Id),
)

tombstones = Table(
    "tombstones",
    metadata,
    # A keyed hash of what was the case number: an import is told by it that the case must not come back.
    Column("case_hash", Hash, primary_key=True),
    Column("reason", Code, nullable=False),
    Column("erased_on", Date, nullable=False),
)
