"""The client's file: what is recorded, every change of it, contacts and notes."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_notes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_case_notes_client_id_clients"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_notes")),
    )
    with op.batch_alter_table("case_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_notes_client_id"), ["client_id"], unique=False)

    op.create_table(
        "client_changes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("before_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("after_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("undoes", sa.String(length=32), nullable=True),
        sa.Column("changed_by", sa.String(length=32), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_client_changes_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_changes")),
    )
    with op.batch_alter_table("client_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_client_changes_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_client_changes_client_id"), ["client_id"], unique=False)

    op.create_table(
        "client_files",
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("allocated_on", sa.Date(), nullable=True),
        sa.Column("education_recorded_on", sa.Date(), nullable=True),
        sa.Column("competence_offered_on", sa.Date(), nullable=True),
        sa.Column("competence_done_on", sa.Date(), nullable=True),
        sa.Column("record_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_client_files_client_id_clients"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_client_files")),
    )


def downgrade() -> None:
    op.drop_table("client_files")
    with op.batch_alter_table("client_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_client_changes_client_id"))
        batch_op.drop_index(batch_op.f("ix_client_changes_changed_at"))

    op.drop_table("client_changes")
    with op.batch_alter_table("case_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_notes_client_id"))

    op.drop_table("case_notes")
