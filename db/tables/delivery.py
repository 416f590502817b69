"""What came in and what must go out."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from db.tables.base import Code, Hash, Id, metadata
from db.types import UtcDateTime

Owner = String(60)
"""A bot process: its worker's name, and a mark of the machine and folder it runs in."""

inbox = Table(
    "inbox",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("update_id", BigInteger, nullable=False, unique=True),
    Column("chat_hash", Hash, nullable=False),
    Column("kind", Code, nullable=False),
    # Emptied in the commit that ends the row: afterwards only the update id is left, to know a repetition by.
    Column("payload_sealed", LargeBinary),
    Column("state", Code, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("owner", Owner),
    Column("received_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("error", String(80)),
    Index("ix_inbox_state_seq", "state", "seq"),
    Index("ix_inbox_chat_hash_state", "chat_hash", "state"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    # Says what the message is for: a second row for the same occurrence and recipient cannot exist.
    Column("dedup_key", String(160), nullable=False, unique=True),
    Column("kind", Code, nullable=False),
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("state", Code, nullable=False),
    Column("payload_sealed", LargeBinary),
    Column("policy", Code, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("urgent", Boolean, nullable=False, default=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("not_after", UtcDateTime),
    Column("attempts", Integer, nullable=False, default=0),
    Column("lease_until", UtcDateTime),
    Column("owner", Owner),
    Column("message_id", BigInteger),
    # The tap that opens the details again which the message shows; empty once it shows none.
    Column("opens", String(64), index=True),
    Column("reason", String(80)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Index("ix_outbox_state_priority_due_at", "state", "priority", "due_at"),
)

leases = Table(
    "leases",
    metadata,
    # What only one process of several does at a time, such as sending pushes.
    Column("name", Code, primary_key=True),
    Column("owner", Owner, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)
