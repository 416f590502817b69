"""how goals of the roadmap are measured and judged."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_NEW = ("measure", "aim", "light", "note", "judged_on")


def upgrade() -> None:
    with op.batch_alter_table("roadmap_goals") as batch:
        batch.add_column(sa.Column("measure", sa.String(length=40), nullable=False, server_default=""))
        batch.add_column(sa.Column("aim", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("light", sa.String(length=40), nullable=False, server_default=""))
        batch.add_column(sa.Column("note", sa.String(length=500), nullable=False, server_default=""))
        batch.add_column(sa.Column("judged_on", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("roadmap_goals") as batch:
        for name in _NEW:
            batch.drop_column(name)
