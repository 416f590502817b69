"""Case work: clients, agreements with milestones, appointments, reminders, and what clients ask for."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    false,
)

from db.tables.base import Code, Hash, Id, metadata
from db.types import UtcDateTime

clients = Table(
    "clients",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_hash", String(64), nullable=False, unique=True),
    Column("case_sealed", LargeBinary, nullable=False),
    # Who the chat is stays out of the case tables but for this key.
    Column("person_id", Id, ForeignKey("persons.id", ondelete="SET NULL")),
    # Several cases of a family may share a chat: each then has a picture of its own.
    Column("picture", Code, nullable=False, default="", server_default=""),
    Column("coordinator_id", Id, ForeignKey("persons.id"), nullable=False, index=True),
    Column("language", Code, nullable=False),
    Column("place", String(60), nullable=False, default=""),
    Column("reminders", Boolean, nullable=False, default=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("linked_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    # Only stored since then (Article 18), and asked to be.
    Column("restricted_at", UtcDateTime),
    Column("restriction_asked_at", UtcDateTime),
    UniqueConstraint("person_id", "picture"),
)

client_deputies = Table(
    "client_deputies",
    metadata,
    Column("client_id", Id, ForeignKey("clients.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True),
)

agreements = Table(
    "agreements",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("signed_on", Date, nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Column("created_by", Id, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("client_id", "version"),
)

milestones = Table(
    "milestones",
    metadata,
    Column("id", Id, primary_key=True),
    Column("agreement_id", Id, ForeignKey("agreements.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("client_id", Id, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    # What was agreed is a sentence of the phrase book: its id, and what fills its slots, sealed.
    Column("phrase", Code, nullable=False),
    Column("slots_sealed", LargeBinary),
    Column("offer_id", Id),
    Column("due_on", Date, nullable=False, index=True),
    Column("status", Code, nullable=False, index=True),
    Column("created_by", Id, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

milestone_events = Table(
    "milestone_events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("milestone_id", Id, ForeignKey("milestones.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("status", Code, nullable=False),
    # Why somebody needs help can say that they are ill.
    Column("reason_sealed", LargeBinary),
    Column("actor_id", Id),
    Column("at", UtcDateTime, nullable=False),
)

appointments = Table(
    "appointments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("phrase", Code, nullable=False),
    Column("place", String(60), nullable=False),
    Column("where_sealed", LargeBinary),
    # Wall time where the appointment is; the point in time follows from it, also when the clocks change.
    Column("local_time", String(16), nullable=False),
    Column("time_zone", String(40), nullable=False),
    Column("starts_at", UtcDateTime, nullable=False, index=True),
    Column("minutes", Integer, nullable=False),
    Column("bring", String(200), nullable=False, default=""),
    # What was brought along, ticked afterwards; empty until somebody ticks.
    Column("brought", String(200)),
    # Appointments that were made together, one after the other.
    Column("series_id", Id, ForeignKey("appointment_series.id", ondelete="SET NULL"), index=True),
    Column("status", Code, nullable=False),
    Column("created_by", Id, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("ix_appointments_status_starts_at", "status", "starts_at"),
)

appointment_series = Table(
    "appointment_series",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("rule", String(80), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

# One appointment, shown to one helper who comes along.
appointment_shares = Table(
    "appointment_shares",
    metadata,
    Column("id", Id, primary_key=True),
    Column(
        "appointment_id", Id, ForeignKey("appointments.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("token_hash", Hash, nullable=False, unique=True),
    Column("helper_id", Id, ForeignKey("persons.id", ondelete="SET NULL"), index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("opened_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
)

reminders = Table(
    "reminders",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False),
    Column("subject", Code, nullable=False),
    Column("subject_id", Id, nullable=False, index=True),
    Column("occurrence", UtcDateTime, nullable=False),
    Column("not_after", UtcDateTime, nullable=False),
    Column("urgent", Boolean, nullable=False, default=False),
    Column("state", Code, nullable=False),
    Column("outbox_id", Id, index=True),
    # The reminder whose message shows this one as well.
    Column("lead_id", Id, index=True),
    Column("sent_at", UtcDateTime),
    Column("opened_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("answer", Code),
    # A friendly repeat of one that nobody answered: it is not repeated itself.
    Column("again", Boolean, nullable=False, default=False, server_default=false()),
    UniqueConstraint("subject_id", "occurrence"),
    Index("ix_reminders_client_id_state", "client_id", "state"),
    Index("ix_reminders_state_occurrence", "state", "occurrence"),
)

# How long before to remind, where a client or one milestone or appointment (`subject_id`) differs from what is usual.
reminder_wishes = Table(
    "reminder_wishes",
    metadata,
    Column("client_id", Id, ForeignKey("clients.id", ondelete="CASCADE"), primary_key=True),
    Column("subject", Code, primary_key=True),
    Column("subject_id", Id, primary_key=True, default=""),
    Column("offsets", String(60), nullable=False),
)

requests = Table(
    "requests",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", Code, nullable=False),
    Column("reason_sealed", LargeBinary),
    Column("subject_id", Id, index=True),
    Column("offer_id", Id),
    # What somebody who cannot come would like instead.
    Column("instead", Code),
    Column("created_at", UtcDateTime, nullable=False),
    # The day that the client was told; empty where it was asked before days were kept.
    Column("answer_by", Date),
    Column("seen_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("answered_by", Id),
    Column("answer_sealed", LargeBinary),
)
