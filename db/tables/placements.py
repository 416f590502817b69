"""Which client goes to which offer, and how it went."""

from sqlalchemy import Column, ForeignKey, Index, Table

from db.tables.base import Code, Id, metadata
from db.types import UtcDateTime

placements = Table(
    "placements",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False),
    # An offer that leaves the catalogue must not take along that somebody was there.
    Column("offer_id", Id, nullable=False, index=True),
    Column("milestone_id", Id, ForeignKey("milestones.id", ondelete="SET NULL"), index=True),
    Column("request_id", Id, ForeignKey("requests.id", ondelete="SET NULL"), index=True),
    Column("status", Code, nullable=False, index=True),
    Column("result", Code),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("ix_placements_client_id_offer_id", "client_id", "offer_id"),
)

placement_events = Table(
    "placement_events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("placement_id", Id, ForeignKey("placements.id", ondelete="CASCADE"), nullable=False),
    Column("status", Code, nullable=False),
    Column("result", Code),
    Column("actor_id", Id, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_placement_events_placement_id_status_at", "placement_id", "status", "at"),
)
