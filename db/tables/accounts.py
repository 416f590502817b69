"""Who signs in at the desk: accounts, their sessions, one-time codes and failed attempts."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table

from db.tables.base import Code, Hash, Id, metadata
from db.types import UtcDateTime

desk_accounts = Table(
    "desk_accounts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("name_hash", Hash, nullable=False, unique=True),
    Column("name_sealed", LargeBinary, nullable=False),
    Column("shown_sealed", LargeBinary, nullable=False),
    Column("password_sealed", LargeBinary),
    Column("totp_sealed", LargeBinary),
    # The time step of the last code: no code opens twice.
    Column("totp_step", Integer, nullable=False, default=0),
    Column("subject_hash", Hash, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
)

desk_sessions = Table(
    "desk_sessions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("token_hash", Hash, nullable=False, unique=True),
    Column("account_id", Id, ForeignKey("desk_accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

desk_codes = Table(
    "desk_codes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("token_hash", Hash, nullable=False, unique=True),
    Column("account_id", Id, ForeignKey("desk_accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", Code, nullable=False),
    Column("totp_sealed", LargeBinary),
    Column("claimed_by", Id, ForeignKey("persons.id", ondelete="SET NULL")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

desk_attempts = Table(
    "desk_attempts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name_hash", Hash, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_desk_attempts_name_hash_at", "name_hash", "at"),
)
