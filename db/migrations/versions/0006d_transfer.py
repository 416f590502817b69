"""What came out of other programs and went back, and the district's roadmap."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0006d"
down_revision = "0006c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "roadmap_goals",
        sa.Column("number", sa.String(length=10), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("responsible", sa.String(length=200), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("indicator", sa.String(length=300), nullable=False),
        sa.Column("target", sa.String(length=300), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_roadmap_goals")),
    )
    op.create_table(
        "transfer_exports",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("exported_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_transfer_exports_person_id_persons"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_exports")),
    )
    with op.batch_alter_table("transfer_exports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transfer_exports_person_id"), ["person_id"], unique=False)

    op.create_table(
        "transfer_ids",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("external_hash", sa.String(length=64), nullable=False),
        sa.Column("external_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.Column("row_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_transfer_ids_client_id_clients"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_ids")),
        sa.UniqueConstraint("kind", "external_hash", name=op.f("uq_transfer_ids_kind_external_hash")),
    )
    with op.batch_alter_table("transfer_ids", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transfer_ids_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfer_ids_subject_id"), ["subject_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("transfer_ids", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transfer_ids_subject_id"))
        batch_op.drop_index(batch_op.f("ix_transfer_ids_client_id"))

    op.drop_table("transfer_ids")
    with op.batch_alter_table("transfer_exports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transfer_exports_person_id"))

    op.drop_table("transfer_exports")
    op.drop_table("roadmap_goals")
