"""one tap after a course date: who wants to be asked, who was, and how often which answer."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0016"
down_revision = "0015b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedback_wishes",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_feedback_wishes_person_id_persons"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_feedback_wishes")),
    )
    op.create_table(
        "feedback_asks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("offer_id", sa.String(length=32), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["persons.id"],
            name=op.f("fk_feedback_asks_person_id_persons"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"],
            ["offers.id"],
            name=op.f("fk_feedback_asks_offer_id_offers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_asks")),
        sa.UniqueConstraint("person_id", "offer_id", name=op.f("uq_feedback_asks_person_id_offer_id")),
    )
    op.create_table(
        "offer_feedback",
        sa.Column("offer_id", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["offer_id"],
            ["offers.id"],
            name=op.f("fk_offer_feedback_offer_id_offers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("offer_id", "answer", name=op.f("pk_offer_feedback")),
    )


def downgrade() -> None:
    op.drop_table("offer_feedback")
    op.drop_table("feedback_asks")
    op.drop_table("feedback_wishes")
