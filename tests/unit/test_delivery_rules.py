"""The state machines of the two boxes, every row of their tables."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from delivery import rules
from delivery.types import (
    Ambiguous,
    Failed,
    InboxItem,
    Incoming,
    Kind,
    NotSent,
    OutboxItem,
    OutboxState,
    Outgoing,
    Policy,
    Rejected,
    Unreachable,
)
from people.types import Address

S = OutboxState
NOW = datetime(2027, 2, 1, 10, 0, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def item(
    *,
    attempts: int = 1,
    kind: Kind = Kind.PUSH,
    policy: Policy = Policy.REPEAT_ONCE,
    not_after: datetime | None = None,
) -> OutboxItem:
    return OutboxItem("id1", "key", "p1", kind, S.SENDING, policy, attempts, NOW, not_after, False, None, {})


def address(*, paused: bool = False, reachable: bool = True) -> Address:
    return Address("p1", "de", paused, reachable, 7)


@pytest.mark.parametrize(
    ("policy", "attempts", "result", "state"),
    [
        (Policy.REPEAT_ONCE, 1, Ambiguous(), S.AMBIGUOUS),
        (Policy.REPEAT_ONCE, 2, Ambiguous(), S.UNKNOWN),
        (Policy.REPEAT_ONCE, 3, Ambiguous(), S.UNKNOWN),
        (Policy.AT_MOST_ONCE, 1, Ambiguous(), S.UNKNOWN),
        (Policy.REPEAT_ONCE, 1, NotSent(3), S.DUE),
        (Policy.REPEAT_ONCE, 2, NotSent(3), S.AMBIGUOUS),
        (Policy.AT_MOST_ONCE, 1, NotSent(3, limited=True), S.DUE),
        (Policy.REPEAT_ONCE, 1, Unreachable(), S.UNREACHABLE),
        (Policy.REPEAT_ONCE, 2, Unreachable(), S.UNREACHABLE),
        (Policy.REPEAT_ONCE, 1, Rejected("bad"), S.REJECTED),
        (Policy.AT_MOST_ONCE, 1, Rejected("bad"), S.REJECTED),
    ],
)
def test_what_a_send_ends_in(policy: Policy, attempts: int, result: Failed, state: OutboxState) -> None:
    assert rules.after_sending(item(attempts=attempts, policy=policy), result) is state


def test_no_history_of_lost_answers_makes_a_third_attempt() -> None:
    for policy in Policy:
        attempts, state = 0, S.DUE
        while state in (S.DUE, S.AMBIGUOUS):
            attempts += 1
            state = rules.after_sending(item(attempts=attempts, policy=policy), Ambiguous())
            assert state is rules.orphan_state(policy, attempts)
        assert attempts == (2 if policy is Policy.REPEAT_ONCE else 1)
        assert state is S.UNKNOWN


def test_replies_go_before_urgent_pushes_before_the_rest() -> None:
    assert rules.priority(Kind.REPLY, False) == rules.priority(Kind.REPLY, True)
    assert (
        rules.priority(Kind.REPLY, False) < rules.priority(Kind.PUSH, True) < rules.priority(Kind.PUSH, False)
    )


def test_a_failed_update_rests_longer_each_time_and_is_given_up() -> None:
    assert [rules.retry_delay(n).total_seconds() for n in range(7)] == [1, 1, 4, 16, 64, 256, 300]
    assert [n for n in range(10) if rules.after_failure(n)] == [0, 1, 2, 3]


def test_the_last_moment_is_not_too_late() -> None:
    assert not rules.too_late(item(), NOW)
    assert not rules.too_late(item(not_after=NOW), NOW)
    assert rules.too_late(item(not_after=NOW - MOMENT), NOW)


@pytest.mark.parametrize(("kind", "paused", "reachable"), list(product(Kind, (False, True), (False, True))))
def test_who_is_refused_a_message(kind: Kind, paused: bool, reachable: bool) -> None:
    found = rules.refusal(item(kind=kind), address(paused=paused, reachable=reachable), NOW)
    if kind is not Kind.PUSH or (reachable and not paused):
        assert found is None
    elif paused:
        assert found == (S.CANCELLED, "paused")
    else:
        assert found == (S.UNREACHABLE, "unreachable")


@pytest.mark.parametrize("kind", Kind)
def test_nobody_is_written_to_too_late_or_after_they_went(kind: Kind) -> None:
    late = item(kind=kind, not_after=NOW - MOMENT)
    assert rules.refusal(late, address(), NOW) == (S.STALE, "too_late")
    assert rules.refusal(late, None, NOW) == (S.STALE, "too_late")
    assert rules.refusal(item(kind=kind), None, NOW) == (S.CANCELLED, "person_gone")


def test_what_somebody_wrote_is_in_no_repr() -> None:
    secret = {"text": "Canary"}
    shown = [
        Incoming(1, 4711, "text", secret),
        InboxItem(1, 1, "hash", "text", 1, NOW, secret),
        Outgoing("key", "p1", Kind.REPLY, secret, NOW),
        OutboxItem(
            "id1", "key", "p1", Kind.PUSH, S.DUE, Policy.REPEAT_ONCE, 0, NOW, None, False, None, secret
        ),
        Address("p1", "de", False, True, 4711),
    ]
    assert not [text for text in map(repr, shown) if "Canary" in text or "4711" in text]
