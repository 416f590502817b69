"""what somebody was shown, said yes or no to, in which words, and when."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("persons") as batch:
        batch.add_column(sa.Column("notice_shown", sa.String(length=20), nullable=True))
    # Whoever went on past the notice has seen it.
    op.execute("UPDATE persons SET notice_shown = notice_version")
    op.create_table(
        "opt_ins",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_opt_ins_person_id_persons"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_ins")),
    )
    op.create_index(op.f("ix_opt_ins_person_id"), "opt_ins", ["person_id"])


def downgrade() -> None:
    op.drop_table("opt_ins")
    with op.batch_alter_table("persons") as batch:
        batch.drop_column("notice_shown")
