"""Who is responsible for what, how to get there, and which entries of the catalogue are the same."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "offers", sa.Column("transportation", sa.String(length=200), nullable=False, server_default="")
    )
    op.create_table(
        "responsibilities",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=False),
        _offer("responsibilities", "offer_id"),
        sa.Column("matter", sa.String(length=40), nullable=False),
        sa.Column("residence_status", sa.JSON(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("row_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responsibilities")),
        sa.UniqueConstraint("external_id", name=op.f("uq_responsibilities_external_id")),
    )
    op.create_index(op.f("ix_responsibilities_offer_id"), "responsibilities", ["offer_id"])
    op.create_table(
        "offer_merges",
        _offer("offer_merges", "offer_id"),
        _offer("offer_merges", "into_id"),
        _person("offer_merges", "merged_by"),
        sa.Column("merged_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_offer_merges")),
    )
    op.create_index(op.f("ix_offer_merges_into_id"), "offer_merges", ["into_id"])
    op.create_table(
        "offer_twins_denied",
        _offer("offer_twins_denied", "first_id"),
        _offer("offer_twins_denied", "second_id"),
        _person("offer_twins_denied", "denied_by"),
        sa.Column("denied_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_offer_twins_denied")),
    )


def _offer(table: str, column: str) -> sa.Column[str]:
    name = op.f(f"fk_{table}_{column}_offers")
    key = sa.ForeignKey("offers.id", name=name, ondelete="CASCADE")
    return sa.Column(column, sa.String(length=32), key, nullable=False)


def _person(table: str, column: str) -> sa.Column[str]:
    key = sa.ForeignKey("persons.id", name=op.f(f"fk_{table}_{column}_persons"), ondelete="SET NULL")
    return sa.Column(column, sa.String(length=32), key, nullable=True)


def downgrade() -> None:
    op.drop_table("offer_twins_denied")
    op.drop_table("offer_merges")
    op.drop_table("responsibilities")
    op.drop_column("offers", "transportation")
