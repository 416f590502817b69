"""Who looked at whose record: rows that are only ever added, each bound to the one before, and the two ends of their chain."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table

from db.tables.base import Code, Hash, metadata
from db.types import UtcDateTime

access_log = Table(
    "access_log",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    # Keyed hashes instead of ids: when the person or the case is gone they lead nowhere, and the chain stays whole.
    Column("actor_hash", Hash, nullable=False),
    Column("acted_as", Code, nullable=False),
    Column("case_hash", Hash, nullable=False),
    Column("part", Code, nullable=False),
    Column("change", Boolean, nullable=False),
    Column("key_id", Integer, nullable=False),
    Column("link", Hash, nullable=False),
    Index("ix_access_log_case_hash_at", "case_hash", "at"),
    Index("ix_access_log_actor_hash_at", "actor_hash", "at"),
)

access_chain = Table(
    "access_chain",
    metadata,
    # "head" is the newest row; "start" the last one that was let go of when its time was over.
    Column("name", Code, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("link", Hash, nullable=False),
    Column("key_id", Integer, nullable=False),
    Column("proof", Hash, nullable=False),
)
