"""guide pages."""

import sqlalchemy as sa
from alembic import op

from db import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guide_pages",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("region", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("path", sa.String(length=1000), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("url", sa.String(length=1200), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("last_updated", sa.Date(), nullable=True),
        sa.Column("row_hash", sa.String(length=64), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guide_pages")),
    )
    with op.batch_alter_table("guide_pages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guide_pages_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index("ix_guide_pages_region_language", ["region", "language"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("guide_pages", schema=None) as batch_op:
        batch_op.drop_index("ix_guide_pages_region_language")
        batch_op.drop_index(batch_op.f("ix_guide_pages_changed_at"))

    op.drop_table("guide_pages")
