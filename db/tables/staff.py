"""How members of staff work: what they want to be told, who had a case before, what was sent to many."""

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

staff_settings = Table(
    "staff_settings",
    metadata,
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", Boolean, nullable=False, default=False),
    Column("silent_weeks", Integer, nullable=False),
    Column("absent_until", Date),
    Column("digest_on", Date),
)

# Who stands in for all cases of a coordinator, also for those that come; of which cases somebody is the deputy says `client_deputies`.
standing_deputies = Table(
    "standing_deputies",
    metadata,
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True),
    Column("deputy_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("since", UtcDateTime, nullable=False),
)

case_handovers = Table(
    "case_handovers",
    metadata,
    Column("id", Id, primary_key=True),
    # Cases that were handed over together have one batch, which can be taken back.
    Column("batch_id", Id, nullable=False, index=True),
    Column("client_id", Id, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("before_id", Id, nullable=False),
    Column("after_id", Id, nullable=False),
    Column("handed_by", Id, nullable=False),
    Column("handed_at", UtcDateTime, nullable=False),
)

volunteer_places = Table(
    "volunteer_places",
    metadata,
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True),
    Column("place", String(60), nullable=False, index=True),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", Id, primary_key=True),
    Column("audience", Code, nullable=False),
    Column("send_at", UtcDateTime, nullable=False),
    Column("created_by", Id, nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("cancelled_at", UtcDateTime),
)

campaign_texts = Table(
    "campaign_texts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("campaign_id", Id, ForeignKey("campaigns.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("phrase", Code, nullable=False),
    Column("slots_sealed", LargeBinary),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("campaign_id", "version"),
)

campaign_recipients = Table(
    "campaign_recipients",
    metadata,
    Column("id", Id, primary_key=True),
    Column("campaign_id", Id, ForeignKey("campaigns.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("client_id", Id, ForeignKey("clients.id", ondelete="CASCADE"), index=True),
    Column("outbox_key", String(160), nullable=False, index=True),
    Column("opened_at", UtcDateTime),
    Column("answer", Code),
    Column("answered_at", UtcDateTime),
)
