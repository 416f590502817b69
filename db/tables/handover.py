"""Consents to hand a case over, and the times that something went on them."""

from sqlalchemy import Boolean, Column, ForeignKey, String, Table

from db.tables.base import Code, Id, metadata
from db.types import UtcDateTime

consents = Table(
    "consents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    # What was to be handed over, and which text was read in which language: what somebody agreed to can be shown later.
    Column("parts", String(120), nullable=False),
    Column("version", String(20), nullable=False),
    Column("language", Code, nullable=False),
    Column("how", Code, nullable=False),
    Column("asked_by", Id, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("said", Boolean),
    Column("answered_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("revoked_how", Code),
)

handovers = Table(
    "handovers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("consent_id", Id, ForeignKey("consents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("parts", String(120), nullable=False),
    Column("form", Code, nullable=False),
    Column("handed_by", Id, nullable=False),
    Column("handed_at", UtcDateTime, nullable=False),
)
