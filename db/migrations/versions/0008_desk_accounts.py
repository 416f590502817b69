"""accounts, sessions and codes of the desk; staff without a phone."""

import sqlalchemy as sa
from alembic import op

from db.types import UtcDateTime

revision = "0008"
down_revision = "0006d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("persons") as batch:
        batch.alter_column("chat_hash", existing_type=sa.String(length=64), nullable=True)
        batch.alter_column("chat_sealed", existing_type=sa.LargeBinary(), nullable=True)
    op.create_table(
        "desk_accounts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("shown_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("password_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("subject_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("disabled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_desk_accounts_person_id_persons"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_accounts")),
        sa.UniqueConstraint("person_id", name=op.f("uq_desk_accounts_person_id")),
        sa.UniqueConstraint("name_hash", name=op.f("uq_desk_accounts_name_hash")),
        sa.UniqueConstraint("subject_hash", name=op.f("uq_desk_accounts_subject_hash")),
    )
    _belonging_to_accounts()
    op.create_table(
        "desk_attempts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_attempts")),
    )
    op.create_index("ix_desk_attempts_name_hash_at", "desk_attempts", ["name_hash", "at"])


def _belonging_to_accounts() -> None:
    op.create_table(
        "desk_sessions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["desk_accounts.id"],
            name=op.f("fk_desk_sessions_account_id_desk_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_desk_sessions_token_hash")),
    )
    op.create_index(op.f("ix_desk_sessions_account_id"), "desk_sessions", ["account_id"])
    op.create_index(op.f("ix_desk_sessions_expires_at"), "desk_sessions", ["expires_at"])
    op.create_table(
        "desk_codes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("claimed_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["desk_accounts.id"],
            name=op.f("fk_desk_codes_account_id_desk_accounts"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["claimed_by"], ["persons.id"], name=op.f("fk_desk_codes_claimed_by_persons"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_codes")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_desk_codes_token_hash")),
    )
    op.create_index(op.f("ix_desk_codes_account_id"), "desk_codes", ["account_id"])


def downgrade() -> None:
    op.drop_table("desk_attempts")
    op.drop_table("desk_codes")
    op.drop_table("desk_sessions")
    op.drop_table("desk_accounts")
    op.execute("DELETE FROM persons WHERE chat_hash IS NULL")
    with op.batch_alter_table("persons") as batch:
        batch.alter_column("chat_sealed", existing_type=sa.LargeBinary(), nullable=False)
        batch.alter_column("chat_hash", existing_type=sa.String(length=64), nullable=False)
