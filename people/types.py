"""The words of this folder: persons, actors, roles, permissions, invitations and drafts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What somebody is in the district; a client is one by the link to a case, not by a row of its own."""

    VOLUNTEER = "volunteer"
    CIRCLE_COORDINATOR = "circle_coordinator"
    REVIEWER = "reviewer"
    PROVIDER = "provider"
    COORDINATOR = "coordinator"
    LEAD = "lead"
    ADMINISTRATOR = "administrator"
    CLIENT = "client"


class Permission(StrEnum):
    """One thing that may be done; `people.rules` says by whom."""

    ASK = "ask"
    OWN_RECORD = "own_record"
    SHARE_OFFER = "share_offer"
    KEEP_CATALOGUE = "keep_catalogue"
    EDIT_OFFERS = "edit_offers"
    CREATE_CLIENT = "create_client"
    LIST_CLIENTS = "list_clients"
    WORK_ON_CLIENT = "work_on_client"
    REVIEW_TRANSLATION = "review_translation"
    SEE_DAY = "see_day"
    SEE_TEAM = "see_team"
    HAND_OVER_OTHERS = "hand_over_others"
    SEE_FIGURES = "see_figures"
    KEEP_ROADMAP = "keep_roadmap"
    WRITE_TO_VOLUNTEERS = "write_to_volunteers"
    INVITE_VOLUNTEER = "invite_volunteer"
    HELP_OTHERS = "help_others"
    KEEP_MEETINGS = "keep_meetings"
    INVITE_STAFF = "invite_staff"
    USE_DESK = "use_desk"
    MANAGE_ACCOUNTS = "manage_accounts"
    KEEP_SETTINGS = "keep_settings"


@dataclass(frozen=True)
class Person:
    """Somebody who wrote to the bot: an id, the language, and no name. `menu` is the command menu that their chat got for itself."""

    id: str
    language: str
    language_chosen: bool
    notice_version: str | None
    paused: bool
    reachable: bool
    seen_at: datetime
    menu: str = ""
    notice_shown: str | None = None


class Consent(StrEnum):
    """What somebody was told, or says yes or no to; each of them off until they do."""

    NOTICE_SHOWN = "notice_shown"
    NOTICE_READ = "notice_read"
    LINK = "link"
    REMINDERS = "reminders"
    FEEDBACK = "feedback"


@dataclass(frozen=True)
class Address:
    """Where a person is reached; only delivery asks for it, only the bot's edge reads `chat_id`."""

    person_id: str
    language: str
    paused: bool
    reachable: bool
    chat_id: int = field(repr=False)


@dataclass(frozen=True)
class Actor:
    """Who asks for something, and with which roles."""

    person: Person
    roles: frozenset[Role]

    @property
    def id(self) -> str:
        """The person's id."""
        return self.person.id


@dataclass(frozen=True)
class Ownership:
    """Whose a record is, so far as rights depend on it."""

    person_id: str | None = None
    coordinator_id: str | None = None
    deputies: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Invitation:
    """A role that waits for whoever brings the code; for a client `client_id` is the case, for a provider whose offers they are."""

    id: str
    role: Role
    client_id: str | None
    created_by: str | None
    expires_at: datetime
    max_uses: int
    uses: int
    revoked_at: datetime | None


@dataclass(frozen=True)
class NewInvitation:
    """A fresh invitation with its code, which is shown once and stored nowhere."""

    id: str
    expires_at: datetime
    code: str = field(repr=False)


@dataclass(frozen=True)
class Draft:
    """A dialogue of several steps, or what was asked a moment ago."""

    kind: str
    step: str
    data: Mapping[str, Any] = field(repr=False)
