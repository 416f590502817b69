"""What was said once and holds: the day by which an answer was promised, who stands in for all cases of a coordinator,
and which text a client agreed to.

Accounts of the desk that were closed before it went at once lose what somebody could sign in with.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("requests", sa.Column("answer_by", sa.Date(), nullable=True))
    op.add_column("agreement_replies", sa.Column("mark_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("agreement_replies", sa.Column("language", sa.String(length=40), nullable=True))
    op.create_table(
        "standing_deputies",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("deputy_id", sa.String(length=32), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column],
                ["persons.id"],
                name=op.f(f"fk_standing_deputies_{column}_persons"),
                ondelete="CASCADE",
            )
            for column in ("person_id", "deputy_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "deputy_id", name=op.f("pk_standing_deputies")),
    )
    op.create_index(op.f("ix_standing_deputies_deputy_id"), "standing_deputies", ["deputy_id"])
    _name_standing_deputies()
    op.execute(
        "UPDATE desk_accounts SET password_sealed = NULL, totp_sealed = NULL, subject_hash = NULL WHERE disabled_at IS NOT NULL"
    )


def _name_standing_deputies() -> None:
    """Whoever is the deputy of every open case of somebody was taken for the deputy of all."""
    clients = sa.table("clients", *map(sa.column, ("id", "coordinator_id", "ended_at")))
    deputies = sa.table("client_deputies", *map(sa.column, ("client_id", "person_id")))
    standing = sa.table("standing_deputies", *map(sa.column, ("person_id", "deputy_id", "since")))
    is_open = clients.c.ended_at.is_(None)
    every = sa.select(clients.c.coordinator_id, sa.func.count().label("cases")).where(is_open)
    cases = every.group_by(clients.c.coordinator_id).subquery()
    whose = clients.c.coordinator_id, deputies.c.person_id
    joined = deputies.join(clients, clients.c.id == deputies.c.client_id)
    pairs = sa.select(*whose, sa.func.count().label("cases")).select_from(joined).where(is_open)
    named = pairs.group_by(*whose).subquery()
    of_all = sa.and_(cases.c.coordinator_id == named.c.coordinator_id, cases.c.cases == named.c.cases)
    found = sa.select(named.c.coordinator_id, named.c.person_id, sa.func.now()).select_from(
        named.join(cases, of_all)
    )
    op.execute(sa.insert(standing).from_select(["person_id", "deputy_id", "since"], found))


def downgrade() -> None:
    """Take the columns away; what was let go of stays gone."""
    op.drop_table("standing_deputies")
    op.drop_column("agreement_replies", "language")
    op.drop_column("agreement_replies", "mark_sealed")
    op.drop_column("requests", "answer_by")
