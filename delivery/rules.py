"""The state machines of inbox and outbox as pure functions; no clock and no storage."""

from datetime import datetime, timedelta
from typing import Protocol

from delivery.types import Ambiguous, Failed, Kind, NotSent, OutboxItem, OutboxState, Policy, Rejected

INBOX_LEASE = timedelta(seconds=60)
OUTBOX_LEASE = timedelta(seconds=60)
INBOX_ATTEMPTS = 4
SEND_ATTEMPTS = 2
UPDATE_ID_LIFE = timedelta(days=7)
SENT_LIFE = timedelta(days=14)
SENDER_LEASE = timedelta(seconds=10)
"""How long a sender that died keeps its place: the ticks of the others take it soon after."""
LEASE_RENEWED = SENDER_LEASE * 2 / 3
"""A place is renewed once less than this is left of it."""
PRIORITIES = (0, 1, 2)


def priority(kind: Kind, urgent: bool) -> int:
    """Replies before urgent pushes before the rest: who asks, or wants something off the phone, must never wait behind a campaign."""
    if kind is Kind.REPLY:
        return 0
    return 1 if urgent or kind is Kind.TIDY else 2


def retry_delay(attempts: int) -> timedelta:
    """How long an update rests after its attempts-th failure: 1, 4, 16 … seconds."""
    return timedelta(seconds=min(4 ** max(attempts - 1, 0), 300))


def after_failure(attempts: int) -> bool:
    """Whether an update that failed `attempts` times is tried again."""
    return attempts < INBOX_ATTEMPTS


def too_late(item: OutboxItem, now: datetime) -> bool:
    """Whether the message has lost its sense by now."""
    return item.not_after is not None and now > item.not_after


class Reachability(Protocol):
    """What is known of the recipient."""

    @property
    def paused(self) -> bool: ...
    @property
    def reachable(self) -> bool: ...


def refusal(
    item: OutboxItem, recipient: Reachability | None, now: datetime
) -> tuple[OutboxState, str] | None:
    """The state and reason that end a message unsent, or None; replies reach also those who paused the pushes."""
    if too_late(item, now):
        return OutboxState.STALE, "too_late"
    if recipient is None:
        return OutboxState.CANCELLED, "person_gone"
    if item.kind is Kind.PUSH and recipient.paused:
        return OutboxState.CANCELLED, "paused"
    if item.kind is Kind.PUSH and not recipient.reachable:
        return OutboxState.UNREACHABLE, "unreachable"
    return None


def orphan_state(policy: Policy, attempts: int) -> OutboxState:
    """What a row becomes that was `sending` when its process died: nobody knows whether it arrived.

    It may go out once more when the policy says so and the attempts are not used up, else it is listed as unknown.
    """
    if policy is Policy.REPEAT_ONCE and attempts < SEND_ATTEMPTS:
        return OutboxState.AMBIGUOUS
    return OutboxState.UNKNOWN


def after_sending(item: OutboxItem, result: Failed) -> OutboxState:
    """The state that a result leads to; `item.attempts` counts the attempt that ended so."""
    match result:
        case NotSent():
            # An ambiguous copy may already be out there: it stays ambiguous until its last attempt is known.
            return OutboxState.AMBIGUOUS if item.attempts > 1 else OutboxState.DUE
        case Ambiguous():
            return orphan_state(item.policy, item.attempts)
        case Rejected():
            return OutboxState.REJECTED
        case _:
            return OutboxState.UNREACHABLE
