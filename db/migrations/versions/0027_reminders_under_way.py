"""What a client has under way is found without reading all that is still to come.

Revision ID: 0027
Revises: 0026
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_reminders_client_id_state", "reminders", ["client_id", "state"])
    op.drop_index("ix_reminders_client_id", "reminders")


def downgrade() -> None:
    op.create_index("ix_reminders_client_id", "reminders", ["client_id"])
    op.drop_index("ix_reminders_client_id_state", "reminders")
