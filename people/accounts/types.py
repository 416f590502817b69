"""The words of this folder: accounts, sessions and one-time codes."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from people.audit.types import Part
from people.types import Actor, Role


class CodeKind(StrEnum):
    """What a one-time code is for: the first password, a new one, or the phone of somebody signed in."""

    INVITE = "invite"
    RECOVER = "recover"
    PHONE = "phone"


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in; `shown` is the name that colleagues read, `ready` says whether a password is set."""

    id: str
    person_id: str
    name: str
    shown: str
    ready: bool
    external: bool
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True)
class Secrets:
    """What a sign-in is held against; `totp_step` is the last time step that was used."""

    password_hash: str = field(repr=False)
    totp_secret: str = field(repr=False)
    totp_step: int


@dataclass(frozen=True)
class Candidate:
    """What a sign-in needs to be judged: the account, if there is one, and what it is held against."""

    name: str
    account: Account | None
    secrets: Secrets | None

    @property
    def password_hash(self) -> str | None:
        """The hash that the typed password must fit."""
        return self.secrets.password_hash if self.secrets else None


@dataclass(frozen=True)
class Session:
    """A browser in which somebody signed in."""

    id: str
    account_id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class SignedIn:
    """Who is behind a request; `locked` sessions show nothing until the password is typed again."""

    account: Account
    actor: Actor
    session: Session
    locked: bool


@dataclass(frozen=True)
class NewSession:
    """A fresh session with its token, which the browser keeps and nobody else."""

    session: Session
    token: str = field(repr=False)


@dataclass(frozen=True)
class Code:
    """A one-time code that still opens something; `totp_secret` is what the authenticator is to learn."""

    id: str
    account: Account
    kind: CodeKind
    expires_at: datetime
    claimed_by: str | None
    totp_secret: str = field(repr=False)


@dataclass(frozen=True)
class NewCode:
    """A fresh code, shown once and stored nowhere."""

    account: Account
    expires_at: datetime
    code: str = field(repr=False)


@dataclass(frozen=True)
class Member:
    """A line of the list of accounts."""

    account: Account
    roles: frozenset[Role]
    has_phone: bool
    seen_at: datetime | None


@dataclass(frozen=True)
class AccountEvent:
    """What was done with an account: `shown` is whose it is, `by` who did it, empty for the command line and for who is gone."""

    at: datetime
    part: Part
    shown: str
    by: str
