"""Settings of the house may be as long as the office hours of a week.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_COLUMNS = (("house_settings", "value"), ("house_changes", "before"), ("house_changes", "after"))


def upgrade() -> None:
    _widths(60, 120)


def downgrade() -> None:
    # What is longer now would not fit: it goes back to the default.
    op.execute("DELETE FROM house_settings WHERE length(value) > 60")
    op.execute("DELETE FROM house_changes WHERE length(before) > 60 OR length(after) > 60")
    _widths(120, 60)


def _widths(before: int, after: int) -> None:
    for table, column in _COLUMNS:
        with op.batch_alter_table(table) as batch:
            batch.alter_column(
                column, existing_type=sa.String(before), type_=sa.String(after), existing_nullable=False
            )
