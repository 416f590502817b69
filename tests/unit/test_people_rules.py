"""The table of rights, row by row, and the decisions about invitations."""

from datetime import UTC, datetime, timedelta
from itertools import chain, combinations

import pytest

from people import rules
from people.accessor import Accessor
from people.errors import DomainError, InvitationInvalidError, NotAllowedError, NotFoundError
from people.types import Actor, Invitation, NewInvitation, Ownership, Permission, Person, Role

NOW = datetime(2027, 2, 1, 10, 0, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
NOBODY: frozenset[Role] = frozenset()


def actor(*roles: Role, person_id: str = "me") -> Actor:
    return Actor(Person(person_id, "de", True, "1", False, True, NOW), frozenset(roles))


def invitation(
    *, uses: int = 0, max_uses: int = 1, expires_at: datetime = NOW, revoked: bool = False
) -> Invitation:
    return Invitation("i1", Role.VOLUNTEER, None, "by", expires_at, max_uses, uses, NOW if revoked else None)


MAY = {
    Permission.ASK: None,
    Permission.SHARE_OFFER: None,
    Permission.KEEP_CATALOGUE: {Role.COORDINATOR},
    Permission.EDIT_OFFERS: {Role.COORDINATOR, Role.PROVIDER},
    Permission.CREATE_CLIENT: {Role.COORDINATOR},
    Permission.LIST_CLIENTS: {Role.COORDINATOR},
    Permission.REVIEW_TRANSLATION: {Role.REVIEWER, Role.COORDINATOR},
    Permission.USE_DESK: {Role.COORDINATOR, Role.LEAD, Role.ADMINISTRATOR, Role.REVIEWER},
    Permission.MANAGE_ACCOUNTS: {Role.ADMINISTRATOR},
    Permission.SEE_DAY: {Role.COORDINATOR, Role.LEAD},
    Permission.SEE_TEAM: {Role.LEAD},
    Permission.HAND_OVER_OTHERS: {Role.LEAD},
    Permission.SEE_FIGURES: {Role.COORDINATOR, Role.LEAD, Role.ADMINISTRATOR},
    Permission.KEEP_ROADMAP: {Role.LEAD, Role.ADMINISTRATOR},
    Permission.KEEP_SETTINGS: {Role.ADMINISTRATOR},
    Permission.WRITE_TO_VOLUNTEERS: {Role.COORDINATOR, Role.CIRCLE_COORDINATOR},
    Permission.HELP_OTHERS: {Role.COORDINATOR, Role.CIRCLE_COORDINATOR, Role.VOLUNTEER},
    Permission.KEEP_MEETINGS: {Role.COORDINATOR, Role.CIRCLE_COORDINATOR},
    Permission.INVITE_VOLUNTEER: {Role.COORDINATOR, Role.CIRCLE_COORDINATOR, Role.ADMINISTRATOR},
    Permission.INVITE_STAFF: {Role.ADMINISTRATOR},
}


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_against_every_pair_of_roles(permission: Permission) -> None:
    pairs = chain.from_iterable(combinations(Role, size) for size in range(3))
    mine = Ownership(person_id="me", coordinator_id="me", deputies=frozenset({"me"}))
    for roles in pairs:
        if permission in MAY:
            wanted = MAY[permission]
            expected = wanted is None or bool(wanted & set(roles))
        else:
            expected = permission is Permission.OWN_RECORD or Role.COORDINATOR in roles
        assert rules.allows(actor(*roles), permission, mine) is expected, roles


def test_every_permission_has_a_row() -> None:
    assert set(rules.POLICY) == set(Permission)


@pytest.mark.parametrize("roles", [(), *((role,) for role in Role), tuple(Role)])
def test_no_role_opens_what_belongs_to_another(roles: tuple[Role, ...]) -> None:
    foreign = (
        None,
        Ownership(),
        Ownership(person_id="other", coordinator_id="other", deputies=frozenset({"third"})),
    )
    for ownership in foreign:
        assert not rules.allows(actor(*roles), Permission.OWN_RECORD, ownership)
        assert not rules.allows(actor(*roles), Permission.WORK_ON_CLIENT, ownership)


def test_a_client_file_is_open_to_its_coordinator_and_the_deputies() -> None:
    owned = Ownership(person_id="c", coordinator_id="me", deputies=frozenset({"deputy"}))
    work = Permission.WORK_ON_CLIENT
    assert rules.allows(actor(Role.COORDINATOR), work, owned)
    assert rules.allows(actor(Role.COORDINATOR, person_id="deputy"), work, owned)
    assert not rules.allows(actor(Role.COORDINATOR, person_id="c"), work, owned)
    assert not rules.allows(actor(person_id="me"), work, owned)


def test_a_foreign_record_looks_like_none() -> None:
    accessor = Accessor()
    accessor.require(actor(Role.COORDINATOR), Permission.LIST_CLIENTS)
    with pytest.raises(NotAllowedError):
        accessor.require(actor(), Permission.LIST_CLIENTS)
    with pytest.raises(NotFoundError):
        accessor.require(actor(), Permission.OWN_RECORD, Ownership(person_id="other"))
    with pytest.raises(NotFoundError):
        accessor.require(actor(), Permission.WORK_ON_CLIENT, Ownership())


@pytest.mark.parametrize(
    ("found", "open_at_now"),
    [
        (invitation(expires_at=NOW + MOMENT), True),
        (invitation(expires_at=NOW), False),
        (invitation(expires_at=NOW - MOMENT), False),
        (invitation(expires_at=NOW + MOMENT, uses=1), False),
        (invitation(expires_at=NOW + MOMENT, uses=49, max_uses=50), True),
        (invitation(expires_at=NOW + MOMENT, uses=50, max_uses=50), False),
        (invitation(expires_at=NOW + MOMENT, revoked=True), False),
    ],
)
def test_when_a_code_opens(found: Invitation, open_at_now: bool) -> None:
    assert rules.usable(found, NOW) is open_at_now


@pytest.mark.parametrize("role", Role)
def test_only_invitations_of_volunteers_are_for_many(role: Role) -> None:
    life, uses = rules.invitation_life(role)
    assert (life, uses) == ((timedelta(days=14), 50) if role is Role.VOLUNTEER else (timedelta(hours=72), 1))


def test_a_code_holds_128_bits_and_is_in_no_repr() -> None:
    assert rules.CODE_BYTES * 8 >= 128
    assert "canary" not in repr(NewInvitation("i1", NOW, "canary-code"))


def test_an_error_carries_the_sentence_for_the_person() -> None:
    error = InvitationInvalidError(count=3)
    assert (error.message.key, error.message.params) == ("error.invitation_invalid", {"count": 3})
    assert InvitationInvalidError.keeps_effect
    assert not DomainError.keeps_effect
    assert not NotFoundError.keeps_effect
