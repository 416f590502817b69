"""What was said once and holds: the day by which an answer was promised; and nothing to sign in with at accounts closed before it went at once.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("requests", sa.Column("answer_by", sa.Date(), nullable=True))
    op.execute(
        "UPDATE desk_accounts SET password_sealed = NULL, totp_sealed = NULL, subject_hash = NULL WHERE disabled_at IS NOT NULL"
    )


def downgrade() -> None:
    """Take the columns away; what was let go of stays gone."""
    op.drop_column("requests", "answer_by")
