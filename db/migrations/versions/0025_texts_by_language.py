"""how the translations of one language stand is asked for by language."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

INDEX = "ix_offer_texts_language_updated_at"


def upgrade() -> None:
    op.create_index(INDEX, "offer_texts", ["language", "updated_at"])


def downgrade() -> None:
    op.drop_index(INDEX, table_name="offer_texts")
