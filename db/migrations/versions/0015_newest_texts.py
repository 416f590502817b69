"""an index by which the search sees that a translation changed."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_offer_texts_updated_at"), "offer_texts", ["updated_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_offer_texts_updated_at"), table_name="offer_texts")
