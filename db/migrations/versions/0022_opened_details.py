"""messages that show details know what opens them again, and are closed after a while."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbox") as batch:
        batch.add_column(sa.Column("opens", sa.String(length=64), nullable=True))
        batch.create_index(op.f("ix_outbox_opens"), ["opens"])


def downgrade() -> None:
    with op.batch_alter_table("outbox") as batch:
        batch.drop_index(op.f("ix_outbox_opens"))
        batch.drop_column("opens")
