"""who looked at whose record, in a chain that is only ever added to."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_KEPT = "(SELECT seq FROM access_chain WHERE name = 'start')"


def upgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_hash", sa.String(length=64), nullable=False),
        sa.Column("acted_as", sa.String(length=40), nullable=False),
        sa.Column("case_hash", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("change", sa.Boolean(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("link", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_access_log")),
    )
    op.create_index("ix_access_log_case_hash_at", "access_log", ["case_hash", "at"])
    op.create_index("ix_access_log_actor_hash_at", "access_log", ["actor_hash", "at"])
    op.create_table(
        "access_chain",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("proof", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_access_chain")),
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _ON_SQLITE if on_sqlite else _ON_POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("access_log")
    op.drop_table("access_chain")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION access_log_only_grows()")


# The program never changes a row; the triggers are for everybody else's statements, by mistake or not.
_NEVER_CHANGES = """
CREATE TRIGGER access_log_never_changes BEFORE UPDATE ON access_log
BEGIN SELECT RAISE(ABORT, 'access_log only grows'); END
"""
_ONLY_GROWS = f"""
CREATE TRIGGER access_log_only_grows BEFORE DELETE ON access_log WHEN OLD.seq > coalesce({_KEPT}, 0)
BEGIN SELECT RAISE(ABORT, 'access_log only grows'); END
"""
_FUNCTION = f"""
CREATE FUNCTION access_log_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' AND OLD.seq <= coalesce({_KEPT}, 0) THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'access_log only grows';
END $$
"""
_TRIGGER = """
CREATE TRIGGER access_log_only_grows BEFORE UPDATE OR DELETE ON access_log
FOR EACH ROW EXECUTE FUNCTION access_log_only_grows()
"""
_ON_SQLITE = (_NEVER_CHANGES, _ONLY_GROWS)
_ON_POSTGRESQL = (_FUNCTION, _TRIGGER)
