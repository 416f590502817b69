"""Who pays for an offer, and until when the cooperation with its provider is agreed.

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    financed = sa.Column("district_financed", sa.String(length=40), nullable=False, server_default="unknown")
    op.add_column("offers", financed)
    op.add_column("offers", sa.Column("cooperation_until", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("offers", "cooperation_until")
    op.drop_column("offers", "district_financed")
