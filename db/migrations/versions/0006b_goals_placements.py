"""Target agreements and placements: goals, tasks, what was signed, who goes where."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0006b"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "goals",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("phrase", sa.String(length=40), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("roadmap_goal", sa.String(length=10), nullable=True),
        sa.Column("reached_on", sa.Date(), nullable=True),
        sa.Column("dropped_at", UtcDateTime(), nullable=True),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_goals_client_id_clients"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goals")),
    )
    with op.batch_alter_table("goals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_goals_client_id"), ["client_id"], unique=False)

    op.create_table(
        "agreement_contents",
        sa.Column("agreement_id", sa.String(length=32), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("signed_by", sa.String(length=32), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.id"],
            name=op.f("fk_agreement_contents_agreement_id_agreements"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("agreement_id", name=op.f("pk_agreement_contents")),
    )
    op.create_table(
        "coordinator_tasks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("milestone_id", sa.String(length=32), nullable=True),
        sa.Column("phrase", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("dropped_at", UtcDateTime(), nullable=True),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_coordinator_tasks_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"],
            ["milestones.id"],
            name=op.f("fk_coordinator_tasks_milestone_id_milestones"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coordinator_tasks")),
    )
    with op.batch_alter_table("coordinator_tasks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coordinator_tasks_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_coordinator_tasks_due_on"), ["due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_coordinator_tasks_milestone_id"), ["milestone_id"], unique=False)

    op.create_table(
        "milestone_goals",
        sa.Column("milestone_id", sa.String(length=32), nullable=False),
        sa.Column("goal_id", sa.String(length=32), nullable=True),
        sa.Column("roadmap_goal", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["goal_id"], ["goals.id"], name=op.f("fk_milestone_goals_goal_id_goals"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"],
            ["milestones.id"],
            name=op.f("fk_milestone_goals_milestone_id_milestones"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("milestone_id", name=op.f("pk_milestone_goals")),
    )
    with op.batch_alter_table("milestone_goals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestone_goals_goal_id"), ["goal_id"], unique=False)

    op.create_table(
        "placements",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("offer_id", sa.String(length=32), nullable=False),
        sa.Column("milestone_id", sa.String(length=32), nullable=True),
        sa.Column("request_id", sa.String(length=32), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("result", sa.String(length=40), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_placements_client_id_clients"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"],
            ["milestones.id"],
            name=op.f("fk_placements_milestone_id_milestones"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["requests.id"],
            name=op.f("fk_placements_request_id_requests"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placements")),
    )
    with op.batch_alter_table("placements", schema=None) as batch_op:
        batch_op.create_index("ix_placements_client_id_offer_id", ["client_id", "offer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_placements_milestone_id"), ["milestone_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_placements_offer_id"), ["offer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_placements_request_id"), ["request_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_placements_status"), ["status"], unique=False)

    op.create_table(
        "placement_events",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("placement_id", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("result", sa.String(length=40), nullable=True),
        sa.Column("actor_id", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["placement_id"],
            ["placements.id"],
            name=op.f("fk_placement_events_placement_id_placements"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_events")),
    )
    with op.batch_alter_table("placement_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_placement_events_placement_id"), ["placement_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("placement_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_placement_events_placement_id"))

    op.drop_table("placement_events")
    with op.batch_alter_table("placements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_placements_status"))
        batch_op.drop_index(batch_op.f("ix_placements_request_id"))
        batch_op.drop_index(batch_op.f("ix_placements_offer_id"))
        batch_op.drop_index(batch_op.f("ix_placements_milestone_id"))
        batch_op.drop_index("ix_placements_client_id_offer_id")

    op.drop_table("placements")
    with op.batch_alter_table("milestone_goals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestone_goals_goal_id"))

    op.drop_table("milestone_goals")
    with op.batch_alter_table("coordinator_tasks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coordinator_tasks_milestone_id"))
        batch_op.drop_index(batch_op.f("ix_coordinator_tasks_due_on"))
        batch_op.drop_index(batch_op.f("ix_coordinator_tasks_client_id"))

    op.drop_table("coordinator_tasks")
    op.drop_table("agreement_contents")
    with op.batch_alter_table("goals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_goals_client_id"))

    op.drop_table("goals")
