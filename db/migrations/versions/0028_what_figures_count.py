"""What figures count is found in an index: when placements began, and on which day offers were last said to be right.

Revision ID: 0028
Revises: 0027
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_offers_assured_date", "offers", ["assured_date"])
    # Begins with the placement, so it finds the events of one as well.
    columns = ["placement_id", "status", "at"]
    op.create_index("ix_placement_events_placement_id_status_at", "placement_events", columns)
    op.drop_index("ix_placement_events_placement_id", "placement_events")


def downgrade() -> None:
    op.create_index("ix_placement_events_placement_id", "placement_events", ["placement_id"])
    op.drop_index("ix_placement_events_placement_id_status_at", "placement_events")
    op.drop_index("ix_offers_assured_date", "offers")
