"""Who somebody is: persons, roles, invitations, and the steps of a dialogue under way."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from db.tables.base import Code, Hash, Id, metadata
from db.types import UtcDateTime

persons = Table(
    "persons",
    metadata,
    Column("id", Id, primary_key=True),
    # Empty for staff who work at the desk and have linked no phone.
    Column("chat_hash", Hash, unique=True),
    Column("chat_sealed", LargeBinary),
    Column("language", Code, nullable=False),
    Column("language_chosen", Boolean, nullable=False, default=False),
    Column("notice_version", String(20)),
    Column("notice_at", UtcDateTime),
    # Which notice stood on the phone, read or not.
    Column("notice_shown", String(20)),
    Column("paused", Boolean, nullable=False, default=False),
    Column("reachable", Boolean, nullable=False, default=True),
    # Times without pushes beside the night: "su" for Sundays, "2000-1000" for hours of every day.
    Column("quiet", String(20), nullable=False, default="", server_default=""),
    # The command menu that Telegram shows in this chat alone: a language, for coordinators with " staff".
    Column("menu", String(20), nullable=False, default="", server_default=""),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

opt_ins = Table(
    "opt_ins",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("what", Code, nullable=False),
    Column("given", Boolean, nullable=False),
    # Which words it was about, and in which language they stood there.
    Column("version", String(20), nullable=False),
    Column("language", Code, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

picture_locks = Table(
    "picture_locks",
    metadata,
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), primary_key=True),
    # The pictures stand nowhere: only what they give with the salt and a key that is not in the database.
    Column("salt", Id, nullable=False),
    Column("pictures_hash", Hash, nullable=False),
    Column("wrong", Integer, nullable=False, default=0),
    Column("waits_until", UtcDateTime),
    Column("open_until", UtcDateTime),
    Column("made_at", UtcDateTime, nullable=False),
)

roles = Table(
    "roles",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("role", Code, nullable=False),
    Column("granted_by", Id),
    Column("granted_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("token_hash", Hash, nullable=False, unique=True),
    Column("role", Code, nullable=False),
    # Of a provider's invitation, the provider.
    Column("client_id", Id, index=True),
    Column("created_by", Id),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("max_uses", Integer, nullable=False),
    Column("uses", Integer, nullable=False, default=0),
    Column("revoked_at", UtcDateTime),
)

invitation_attempts = Table(
    "invitation_attempts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_invitation_attempts_person_id_at", "person_id", "at"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("persons.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Code, nullable=False),
    Column("step", Code, nullable=False),
    Column("data_sealed", LargeBinary, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    UniqueConstraint("person_id", "kind"),
)
