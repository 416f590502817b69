"""What the district set at the desk about how Lotse works, and who changed it."""

from sqlalchemy import Column, ForeignKey, String, Table

from db.tables.base import Code, Id, metadata
from db.types import UtcDateTime

house_settings = Table(
    "house_settings",
    metadata,
    Column("name", Code, primary_key=True),
    Column("value", String(120), nullable=False),
)

house_changes = Table(
    "house_changes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Code, nullable=False),
    Column("before", String(120), nullable=False),
    Column("after", String(120), nullable=False),
    Column("changed_by", Id, ForeignKey("persons.id", ondelete="SET NULL"), index=True),
    Column("changed_at", UtcDateTime, nullable=False, index=True),
)
