"""The client's file: what the coordinator records, every change of it, contacts and notes."""

from sqlalchemy import Column, Date, ForeignKey, LargeBinary, Table

from db.tables.base import Code, Id, metadata
from db.types import UtcDateTime

client_files = Table(
    "client_files",
    metadata,
    Column("client_id", Id, ForeignKey("clients.id", ondelete="CASCADE"), primary_key=True),
    # Days stay plain: deadlines are looked for by them.
    Column("allocated_on", Date),
    Column("education_recorded_on", Date),
    Column("competence_offered_on", Date),
    Column("competence_done_on", Date),
    # Who the person is and what they have learnt: one sealed object, because nothing is ever selected by it.
    Column("record_sealed", LargeBinary),
    Column("updated_at", UtcDateTime, nullable=False),
)

client_changes = Table(
    "client_changes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    # What is changed: "file", or the id of a note.
    Column("subject", Id, nullable=False),
    Column("before_sealed", LargeBinary),
    Column("after_sealed", LargeBinary),
    Column("undoes", Id),
    Column("changed_by", Id, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False, index=True),
)

case_notes = Table(
    "case_notes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    # A contact has a channel and a day; a note is only text.
    Column("channel", Code),
    Column("happened_on", Date, nullable=False),
    Column("text_sealed", LargeBinary),
    Column("created_by", Id, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
)
