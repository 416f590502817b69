"""what people keep: offers, profiles without names, searches; and since when an offer is there."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0015b"
down_revision = "0015"
branch_labels = None
depends_on = None


def _person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["person_id"], ["persons.id"], name=op.f(f"fk_{table}_person_id_persons"), ondelete="CASCADE"
    )


def _offer(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["offer_id"], ["offers.id"], name=op.f(f"fk_{table}_offer_id_offers"), ondelete="CASCADE"
    )


def upgrade() -> None:
    op.create_table(
        "saved_offers",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("offer_id", sa.String(length=32), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        _person("saved_offers"),
        _offer("saved_offers"),
        sa.PrimaryKeyConstraint("person_id", "offer_id", name=op.f("pk_saved_offers")),
    )
    op.create_index(op.f("ix_saved_offers_offer_id"), "saved_offers", ["offer_id"])
    op.create_table(
        "saved_profiles",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("filters_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        _person("saved_profiles"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_profiles")),
        sa.UniqueConstraint("person_id", "mark", name=op.f("uq_saved_profiles_person_id_mark")),
    )
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("query_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        _person("saved_searches"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
    )
    op.create_index(op.f("ix_saved_searches_person_id"), "saved_searches", ["person_id"])
    op.create_table(
        "offer_arrivals",
        sa.Column("offer_id", sa.String(length=32), nullable=False),
        sa.Column("arrived_at", UtcDateTime(), nullable=False),
        _offer("offer_arrivals"),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_offer_arrivals")),
    )
    op.create_index(op.f("ix_offer_arrivals_arrived_at"), "offer_arrivals", ["arrived_at"])
    # What is public already is no news.
    op.execute(
        "INSERT INTO offer_arrivals (offer_id, arrived_at)"
        " SELECT id, changed_at FROM offers WHERE status = 'published'"
    )


def downgrade() -> None:
    op.drop_table("offer_arrivals")
    op.drop_table("saved_searches")
    op.drop_table("saved_profiles")
    op.drop_table("saved_offers")
