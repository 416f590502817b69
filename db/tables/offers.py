"""The measure catalogue: providers, offers, their schedules and texts, and what people report about them."""

from sqlalchemy import (
    JSON,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from db.tables.base import Code, Hash, Id, metadata
from db.types import UtcDateTime

providers = Table(
    "providers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("external_id", String(120), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("description", Text, nullable=False, default=""),
    Column("place", String(60), nullable=False, default=""),
    Column("address_1", String(200), nullable=False, default=""),
    Column("postal_code", String(10), nullable=False, default=""),
    Column("phone", String(40), nullable=False, default=""),
    Column("email", String(200), nullable=False, default=""),
    Column("website", String(300), nullable=False, default=""),
    Column("row_hash", Hash, nullable=False),
)

offers = Table(
    "offers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("external_id", String(120), nullable=False, unique=True),
    Column("provider_id", Id, ForeignKey("providers.id"), nullable=False, index=True),
    Column("topic", Code, nullable=False, index=True),
    Column("kind", Code, nullable=False),
    Column("field_of_action", Code, nullable=False),
    Column("name", String(200), nullable=False),
    Column("summary", String(400), nullable=False, default=""),
    Column("description", Text, nullable=False, default=""),
    Column("keywords", JSON, nullable=False),
    Column("place", String(60), nullable=False, index=True),
    Column("location_name", String(200), nullable=False, default=""),
    Column("address_1", String(200), nullable=False, default=""),
    Column("postal_code", String(10), nullable=False, default=""),
    Column("transportation", String(200), nullable=False, default=""),
    Column("level_min", Code),
    Column("level_max", Code),
    Column("audience", JSON, nullable=False),
    Column("childcare", Code, nullable=False),
    Column("languages", JSON, nullable=False),
    Column("cost", Code, nullable=False),
    Column("cost_amount", Numeric(8, 2)),
    Column("residence_status", JSON, nullable=False),
    Column("registration", Code, nullable=False),
    Column("registration_deadline", Date),
    Column("capacity", Integer),
    Column("free_places", Integer),
    Column("barrier_free", Code, nullable=False),
    Column("phone", String(40), nullable=False, default=""),
    Column("email", String(200), nullable=False, default=""),
    Column("url", String(300), nullable=False, default=""),
    Column("bring", JSON, nullable=False),
    Column("source", String(200), nullable=False),
    Column("owner", String(120), nullable=False, default=""),
    Column("district_financed", Code, nullable=False, default="unknown"),
    Column("cooperation_until", Date),
    Column("assured_date", Date, index=True),
    Column("status", Code, nullable=False, index=True),
    Column("row_hash", Hash, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False, index=True),
)

schedules = Table(
    "schedules",
    metadata,
    Column("id", Id, primary_key=True),
    Column("offer_id", Id, ForeignKey("offers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("freq", Code, nullable=False),
    Column("interval", Integer, nullable=False, default=1),
    Column("byday", String(40), nullable=False, default=""),
    Column("opens_at", String(5), nullable=False),
    Column("closes_at", String(5), nullable=False, default=""),
    Column("skip_holidays", Code, nullable=False),
    Column("note", String(200), nullable=False, default=""),
    UniqueConstraint("offer_id", "position"),
)

responsibilities = Table(
    "responsibilities",
    metadata,
    Column("id", Id, primary_key=True),
    Column("external_id", String(120), nullable=False, unique=True),
    # Who is responsible: an office is an offer as well.
    Column("offer_id", Id, ForeignKey("offers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("matter", Code, nullable=False),
    Column("residence_status", JSON, nullable=False),
    Column("places", JSON, nullable=False),
    Column("row_hash", Hash, nullable=False),
)

offer_merges = Table(
    "offer_merges",
    metadata,
    Column("offer_id", Id, ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True),
    # The entry that says the same and went on instead.
    Column("into_id", Id, ForeignKey("offers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("merged_by", Id, ForeignKey("persons.id", ondelete="SET NULL")),
    Column("merged_at", UtcDateTime, nullable=False),
)

offer_twins_denied = Table(
    "offer_twins_denied",
    metadata,
    # Two entries, the smaller id first, of which somebody said that they are not the same.
    Column("first_id", Id, ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True),
    Column("second_id", Id, ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True),
    Column("denied_by", Id, ForeignKey("persons.id", ondelete="SET NULL")),
    Column("denied_at", UtcDateTime, nullable=False),
)

offer_exceptions = Table(
    "offer_exceptions",
    metadata,
    Column("offer_id", Id, ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True),
    # The date that the series says, on a clock in Berlin.
    Column("day", Date, primary_key=True),
    Column("opens_at", String(5), primary_key=True),
    Column("moved_to", Date),
    Column("moved_opens_at", String(5), nullable=False, default=""),
    Column("moved_closes_at", String(5), nullable=False, default=""),
)

offer_originals = Table(
    "offer_originals",
    metadata,
    Column("offer_id", Id, ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True),
    # A service as another HSDS directory wrote it.
    Column("content", JSON, nullable=False),
)

offer_versions = Table(
    "offer_versions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("offer_id", Id, ForeignKey("offers.id", ondelete="CASCADE"), nullable=False, index=True),
    # The offer as it was before somebody changed it: what undo brings back, and what tells who changed what.
    Column("before", JSON, nullable=False),
    Column("changed_by", Id, ForeignKey("persons.id", ondelete="SET NULL")),
    Column("changed_at", UtcDateTime, nullable=False),
)

offer_texts = Table(
    "offer_texts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("offer_id", Id, ForeignKey("offers.id", ondelete="CASCADE"), nullable=False),
    Column("language", Code, nullable=False),
    Column("field", Code, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", Code, nullable=False),
    Column("source_hash", Hash, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False, index=True),
    UniqueConstraint("offer_id", "language", "field"),
    Index("ix_offer_texts_language_updated_at", "language", "updated_at"),
)

search_gaps = Table(
    "search_gaps",
    metadata,
    Column("language", Code, primary_key=True),
    Column("topic", Code, primary_key=True),
    Column("place", String(60), primary_key=True),
    Column("lacking", Code, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_on", Date, nullable=False),
)

offer_owners = Table(
    "offer_owners",
    metadata,
    # The name that stands in the catalogue, and who is asked about offers with it; or `provider:<id>`, and who changes that provider's offers.
    Column("owner", String(120), primary_key=True),
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
)

offer_reviews = Table(
    "offer_reviews",
    metadata,
    Column("offer_id", Id, ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True),
    Column("asked_on", Date, nullable=False),
    Column("times", Integer, nullable=False),
)

offer_checks = Table(
    "offer_checks",
    metadata,
    # Every day on which somebody confirmed an offer: the offer itself knows only the last one.
    Column("offer_id", Id, ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True),
    Column("checked_on", Date, primary_key=True),
)

offer_reports = Table(
    "offer_reports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("offer_id", Id, ForeignKey("offers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("reason", Code, nullable=False),
    Column("person_id", Id, ForeignKey("persons.id", ondelete="SET NULL")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
)
