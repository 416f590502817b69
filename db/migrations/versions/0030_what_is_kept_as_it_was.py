"""What was kept once and has to hold: nothing to sign in with at accounts that were closed before it went at once.

Revision ID: 0030
Revises: 0029
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE desk_accounts SET password_sealed = NULL, totp_sealed = NULL, subject_hash = NULL WHERE disabled_at IS NOT NULL"
    )


def downgrade() -> None:
    """What was let go of stays gone."""
