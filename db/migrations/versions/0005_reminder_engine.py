"""one elected sender, reminders repeated once, quiet times and offsets of a person, indexes for the ticker."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=60), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "reminder_wishes",
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.Column("offsets", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_reminder_wishes_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("client_id", "subject", "subject_id", name=op.f("pk_reminder_wishes")),
    )
    for name in ("inbox", "outbox"):
        with op.batch_alter_table(name) as table:
            table.alter_column("owner", type_=sa.String(length=60), existing_type=sa.String(length=40))
    with op.batch_alter_table("persons") as table:
        table.add_column(sa.Column("quiet", sa.String(length=20), nullable=False, server_default=""))
    with op.batch_alter_table("reminders") as table:
        table.add_column(sa.Column("again", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("appointments") as table:
        table.create_index("ix_appointments_status_starts_at", ["status", "starts_at"])


def downgrade() -> None:
    with op.batch_alter_table("appointments") as table:
        table.drop_index("ix_appointments_status_starts_at")
    with op.batch_alter_table("reminders") as table:
        table.drop_column("again")
    with op.batch_alter_table("persons") as table:
        table.drop_column("quiet")
    for name in ("inbox", "outbox"):
        with op.batch_alter_table(name) as table:
            table.alter_column("owner", type_=sa.String(length=40), existing_type=sa.String(length=60))
    op.drop_table("reminder_wishes")
    op.drop_table("leases")
