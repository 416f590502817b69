"""cases that are only stored because the client asked for it."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("clients") as batch:
        batch.add_column(sa.Column("restricted_at", UtcDateTime(), nullable=True))
        batch.add_column(sa.Column("restriction_asked_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("clients") as batch:
        batch.drop_column("restriction_asked_at")
        batch.drop_column("restricted_at")
