"""What a target agreement consists of beside its milestones: goals, the coordinator's own tasks, and what was signed."""

from sqlalchemy import Column, Date, ForeignKey, LargeBinary, String, Table

from db.tables.base import Code, Id, metadata
from db.types import UtcDateTime

goals = Table(
    "goals",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("field", Code, nullable=False),
    Column("phrase", Code, nullable=False),
    # How the person says it; shown as it is.
    Column("words_sealed", LargeBinary),
    Column("roadmap_goal", String(10)),
    Column("reached_on", Date),
    Column("dropped_at", UtcDateTime),
    Column("created_by", Id, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

milestone_goals = Table(
    "milestone_goals",
    metadata,
    Column("milestone_id", Id, ForeignKey("milestones.id", ondelete="CASCADE"), primary_key=True),
    Column("goal_id", Id, ForeignKey("goals.id", ondelete="SET NULL"), index=True),
    Column("roadmap_goal", String(10)),
)

coordinator_tasks = Table(
    "coordinator_tasks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("milestone_id", Id, ForeignKey("milestones.id", ondelete="SET NULL"), index=True),
    Column("phrase", Code, nullable=False),
    Column("due_on", Date, nullable=False, index=True),
    Column("done_on", Date),
    Column("dropped_at", UtcDateTime),
    Column("created_by", Id, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

agreement_contents = Table(
    "agreement_contents",
    metadata,
    Column("agreement_id", Id, ForeignKey("agreements.id", ondelete="CASCADE"), primary_key=True),
    # What both sides signed, whole: it stays readable whatever becomes of goals and milestones.
    Column("content_sealed", LargeBinary, nullable=False),
    Column("signed_by", Id, nullable=False),
    Column("signed_at", UtcDateTime, nullable=False),
)

agreement_replies = Table(
    "agreement_replies",
    metadata,
    Column("agreement_id", Id, ForeignKey("agreements.id", ondelete="CASCADE"), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("confirmed_at", UtcDateTime),
    Column("change_at", UtcDateTime),
    # SHA-256 of the text that stood on the phone, and its language. Sealed: with few words to choose from a text could be guessed.
    Column("mark_sealed", LargeBinary),
    Column("language", Code),
)
