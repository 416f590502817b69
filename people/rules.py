"""Who may do what: the policy as one table, and the decisions about invitations, as pure functions."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from people.types import Actor, Invitation, Ownership, Permission, Role

STAFF_INVITATION = timedelta(hours=72)
CLIENT_INVITATION = timedelta(hours=72)
VOLUNTEER_INVITATION = timedelta(days=14)
VOLUNTEER_USES = 50
OPEN_CODES = 5
"""So many codes for volunteers may one person have open."""
ATTEMPTS_AN_HOUR = 5
DRAFT_LIFE = timedelta(minutes=30)
CONTEXT_LIFE = timedelta(minutes=15)
CODE_BYTES = 16
ATTEMPT_LIFE = timedelta(days=1)

_STAFF = frozenset({Role.COORDINATOR})
_CIRCLE = frozenset({Role.CIRCLE_COORDINATOR, Role.COORDINATOR})
EVERYBODY: frozenset[Role] = frozenset()

POLICY: Mapping[Permission, frozenset[Role]] = {
    Permission.ASK: EVERYBODY,
    Permission.OWN_RECORD: EVERYBODY,
    Permission.SHARE_OFFER: EVERYBODY,
    Permission.KEEP_CATALOGUE: _STAFF,
    # A provider's own; which those are, `offers.belonging` knows.
    Permission.EDIT_OFFERS: _STAFF | {Role.PROVIDER},
    Permission.CREATE_CLIENT: _STAFF,
    Permission.LIST_CLIENTS: _STAFF,
    Permission.WORK_ON_CLIENT: _STAFF,
    Permission.REVIEW_TRANSLATION: frozenset({Role.REVIEWER, Role.COORDINATOR}),
    Permission.SEE_DAY: frozenset({Role.COORDINATOR, Role.LEAD}),
    Permission.SEE_TEAM: frozenset({Role.LEAD}),
    Permission.HAND_OVER_OTHERS: frozenset({Role.LEAD}),
    Permission.SEE_FIGURES: frozenset({Role.COORDINATOR, Role.LEAD, Role.ADMINISTRATOR}),
    Permission.KEEP_ROADMAP: frozenset({Role.LEAD, Role.ADMINISTRATOR}),
    Permission.WRITE_TO_VOLUNTEERS: _CIRCLE,
    Permission.HELP_OTHERS: _CIRCLE | {Role.VOLUNTEER},
    Permission.KEEP_MEETINGS: _CIRCLE,
    Permission.INVITE_VOLUNTEER: frozenset({Role.COORDINATOR, Role.CIRCLE_COORDINATOR, Role.ADMINISTRATOR}),
    Permission.INVITE_STAFF: frozenset({Role.ADMINISTRATOR}),
    Permission.USE_DESK: frozenset({Role.COORDINATOR, Role.LEAD, Role.ADMINISTRATOR, Role.REVIEWER}),
    Permission.MANAGE_ACCOUNTS: frozenset({Role.ADMINISTRATOR}),
    Permission.KEEP_SETTINGS: frozenset({Role.ADMINISTRATOR}),
}
"""Roles of which one is needed; EVERYBODY needs none. What belongs to somebody is decided by `allows` as well."""


def has_role(actor: Actor, permission: Permission) -> bool:
    """Whether one of the actor's roles includes this."""
    wanted = POLICY[permission]
    return not wanted or bool(wanted & actor.roles)


def allows(actor: Actor, permission: Permission, ownership: Ownership | None = None) -> bool:
    """Whether `actor` may do this, to a record with this ownership."""
    if not has_role(actor, permission):
        return False
    if permission is Permission.OWN_RECORD:
        return ownership is not None and ownership.person_id == actor.id
    if permission is Permission.WORK_ON_CLIENT:
        return ownership is not None and (
            ownership.coordinator_id == actor.id or actor.id in ownership.deputies
        )
    return True


def usable(invitation: Invitation, now: datetime) -> bool:
    """Whether the code still opens something at `now`."""
    return (
        invitation.revoked_at is None
        and invitation.uses < invitation.max_uses
        and now < invitation.expires_at
    )


def invitation_life(role: Role) -> tuple[timedelta, int]:
    """How long an invitation for this role is valid and how many may use it."""
    if role is Role.VOLUNTEER:
        return VOLUNTEER_INVITATION, VOLUNTEER_USES
    return (CLIENT_INVITATION if role is Role.CLIENT else STAFF_INVITATION), 1
