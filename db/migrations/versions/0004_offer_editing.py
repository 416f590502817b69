"""cancelled and moved dates, offers as they were and as others wrote them, who looks after them."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "offer_exceptions",
        sa.Column("offer_id", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens_at", sa.String(length=5), nullable=False),
        sa.Column("moved_to", sa.Date(), nullable=True),
        sa.Column("moved_opens_at", sa.String(length=5), nullable=False),
        sa.Column("moved_closes_at", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offers.id"], name=op.f("fk_offer_exceptions_offer_id_offers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("offer_id", "day", "opens_at", name=op.f("pk_offer_exceptions")),
    )
    op.create_table(
        "offer_originals",
        sa.Column("offer_id", sa.String(length=32), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offers.id"], name=op.f("fk_offer_originals_offer_id_offers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_offer_originals")),
    )
    op.create_table(
        "offer_versions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("offer_id", sa.String(length=32), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("changed_by", sa.String(length=32), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["persons.id"],
            name=op.f("fk_offer_versions_changed_by_persons"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offers.id"], name=op.f("fk_offer_versions_offer_id_offers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_versions")),
    )
    op.create_index(op.f("ix_offer_versions_offer_id"), "offer_versions", ["offer_id"])
    op.create_table(
        "offer_owners",
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_offer_owners_person_id_persons"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_offer_owners")),
    )
    op.create_index(op.f("ix_offer_owners_person_id"), "offer_owners", ["person_id"])
    op.create_table(
        "offer_reviews",
        sa.Column("offer_id", sa.String(length=32), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offers.id"], name=op.f("fk_offer_reviews_offer_id_offers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_offer_reviews")),
    )


def downgrade() -> None:
    op.drop_table("offer_reviews")
    op.drop_table("offer_owners")
    op.drop_table("offer_versions")
    op.drop_table("offer_originals")
    op.drop_table("offer_exceptions")
