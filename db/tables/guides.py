"""Guide pages: longer information from outside the catalogue, one row for each page and language."""

from sqlalchemy import JSON, Column, Date, Index, String, Table

from db.tables.base import Code, Hash, Id, metadata
from db.types import UtcDateTime

guide_pages = Table(
    "guide_pages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("region", String(120), nullable=False),
    Column("language", Code, nullable=False),
    Column("path", String(1000), nullable=False),
    Column("title", String(400), nullable=False),
    Column("lines", JSON, nullable=False),
    Column("url", String(1200), nullable=False),
    Column("source", String(200), nullable=False),
    Column("last_updated", Date),
    Column("row_hash", Hash, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False, index=True),
    Index("ix_guide_pages_region_language", "region", "language"),
)
