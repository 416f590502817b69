"""Use cases of inbox and outbox; the loops that run them are in `delivery.worker` and at the bot's edge."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from db.engine import Transaction
from delivery import rules
from delivery.errors import LeaseLostError
from delivery.repository import InboxRepository, OutboxRepository
from delivery.sender.repository import LeaseRepository, SendingRepository
from delivery.tidying.repository import TidyRepository
from delivery.tidying.service import Tidying
from delivery.types import (
    WAITING_STATES,
    Counts,
    Doubtful,
    Failed,
    InboxItem,
    InboxState,
    Incoming,
    Kind,
    NotSent,
    OutboxItem,
    OutboxState,
    Outgoing,
    Rejected,
)

Ended = Sequence[tuple[OutboxItem, OutboxState]]
Outcome = Callable[[Transaction, Ended, datetime], Awaitable[None]]
"""Told, in the same commit, what became of pushes."""
_SENDER, _POLLER = "sender", "poller"
_MAY_HAVE_ARRIVED = (OutboxState.SENDING, OutboxState.AMBIGUOUS, OutboxState.UNKNOWN)


class DeliveryService:
    """Both boxes. Never commits: `tx` is the caller's unit of work. `owner` names this process in leases."""

    def __init__(
        self, inbox: InboxRepository, outbox: OutboxRepository, *, owner: str, new_id: Callable[[], str]
    ) -> None:
        self._inbox = inbox
        self._outbox = outbox
        self._leases = LeaseRepository()
        self._sending = SendingRepository()
        self._new_id = new_id
        self.owner = owner
        self.queued = 0
        """How many messages this process has put into the outbox for the sender to take out; only ever more."""
        self.tidying = Tidying(TidyRepository(), outbox, new_id=new_id)

    async def hold_sender(self, tx: Transaction, now: datetime, *, new: bool) -> bool:
        """Be, or stay, the one process that plans and sends pushes; False while another is.

        With `new`, this process was not a moment ago: what the sender before it leased but did not begin to send is free again.
        """
        held = await self._leases.hold(tx, _SENDER, self.owner, now, rules.SENDER_LEASE)
        if held and new:
            await self._sending.release_others(tx, self.owner)
        return held

    async def hold_poller(self, tx: Transaction, now: datetime) -> bool:
        """Be, or stay, the one process that fetches updates; False while another is."""
        return await self._leases.hold(tx, _POLLER, self.owner, now, rules.SENDER_LEASE)

    async def is_sender(self, tx: Transaction, now: datetime) -> bool | None:
        """Whether this process is the sender, None when `hold_sender` must settle it. Only reads."""
        return await self._leases.look(tx, _SENDER, self.owner, now, rules.SENDER_LEASE)

    async def is_poller(self, tx: Transaction, now: datetime) -> bool | None:
        """Whether this process fetches updates, None when `hold_poller` must settle it. Only reads."""
        return await self._leases.look(tx, _POLLER, self.owner, now, rules.SENDER_LEASE)

    async def anything_to_send(
        self, tx: Transaction, now: datetime, *, sender: bool, doubtful: bool = True
    ) -> bool:
        """Whether the worker's loop has something to do: to take back what the dead held, or, for the sender, to send. Only reads."""
        return await self._sending.anything(tx, now, due=sender, doubtful=doubtful)

    async def anything_to_claim(self, tx: Transaction, now: datetime) -> bool:
        """Whether `claim_inbox` would find an update. Only reads."""
        return await self._inbox.waits(tx, now)

    async def leave(self, tx: Transaction) -> None:
        """Leave the places that only one process can have to others at once, as when this one stops."""
        for name in (_SENDER, _POLLER):
            await self._leases.give_up(tx, name, self.owner)

    async def receive(self, tx: Transaction, items: Sequence[Incoming], now: datetime) -> int:
        """Keep updates before they are confirmed; returns how many were not known yet."""
        return await self._inbox.store(tx, items, now)

    async def claim_inbox(self, tx: Transaction, now: datetime, limit: int) -> list[InboxItem]:
        """Updates to work on now, at most one of each chat."""
        return await self._inbox.claim(tx, self.owner, now, limit)

    async def finish(self, tx: Transaction, item: InboxItem, now: datetime) -> None:
        """End the update in the commit that holds its effect. Raises LeaseLostError: then nothing must be committed."""
        if not await self._inbox.finish(tx, item, self.owner, InboxState.DONE, now):
            raise LeaseLostError(f"update {item.update_id}")

    async def fail(self, tx: Transaction, item: InboxItem, error: str, now: datetime) -> bool:
        """A handler raised: the update rests and is tried again, or is given up. Returns whether it is tried again."""
        if rules.after_failure(item.attempts):
            await self._inbox.retry(tx, item, self.owner, now + rules.retry_delay(item.attempts), error)
            return True
        await self._inbox.finish(tx, item, self.owner, InboxState.FAILED, now, error)
        return False

    async def enqueue(self, tx: Transaction, message: Outgoing, now: datetime) -> str | None:
        """Put a message into the outbox; returns its id, or None when one for the same purpose is there already."""
        message_id = self._new_id()
        self.queued += 1
        return message_id if await self._outbox.add(tx, message, message_id, now) else None

    async def enqueue_many(
        self, tx: Transaction, messages: Sequence[Outgoing], now: datetime
    ) -> dict[str, str]:
        """Put messages into the outbox; returns the ids of the new ones by their dedup keys."""
        if not messages:
            return {}
        self.queued += len(messages)
        return await self._outbox.add_many(tx, {self._new_id(): message for message in messages}, now)

    async def enqueue_reply(self, tx: Transaction, message: Outgoing, now: datetime) -> OutboxItem | None:
        """Put a reply into the outbox as already being sent by this process, which sends it right after the commit."""
        if message.changes is not None:
            await self.tidying.changed(tx, message.person_id, message.changes, now)
        message_id = self._new_id()
        if not await self._outbox.add(tx, message, message_id, now, sending_by=self.owner):
            return None
        return self._outbox.sending(message, message_id)

    async def lease_due(
        self, tx: Transaction, now: datetime, limit: int, *, doubtful: bool = True
    ) -> list[OutboxItem]:
        """Messages that are due, leased to this process; without `doubtful` none that may have arrived already."""
        return await self._outbox.lease_due(tx, self.owner, now, limit, doubtful=doubtful)

    async def put_back(self, tx: Transaction, due: Mapping[str, datetime]) -> None:
        """Give leased messages back, each to fall due at its time."""
        await self._sending.put_back(tx, due, self.owner)

    async def start_sending(
        self, tx: Transaction, items: Sequence[OutboxItem], now: datetime
    ) -> frozenset[str]:
        """Mark messages as being sent, to be committed right before the sends; returns the ids of those that are still ours."""
        return await self._sending.start_sending(tx, [item.id for item in items], self.owner, now)

    async def still_sending(self, tx: Transaction, item: OutboxItem) -> bool:
        """Whether the message is still in the attempt that `item` counts, and nobody took it for an orphan."""
        row = await self._outbox.get(tx, item.id)
        return row is not None and row.state is OutboxState.SENDING and row.attempts == item.attempts

    async def arrived(self, tx: Transaction, sent: Mapping[str, int | None], now: datetime) -> frozenset[str]:
        """Write that messages (ids, with Telegram's numbers) arrived; returns the ids of those that were still open."""
        return await self._sending.arrived(tx, sent, now, only=_MAY_HAVE_ARRIVED)

    async def settle(
        self, tx: Transaction, item: OutboxItem, result: Failed, now: datetime
    ) -> OutboxState | None:
        """Write what a send ended in that did not arrive for all that is known; `item.attempts` includes that send.

        Returns None, and writes nothing, when the row was taken over meanwhile.
        """
        state = rules.after_sending(item, result)
        settle = partial(
            self._outbox.settle, tx, item.id, state, now, only=(OutboxState.SENDING,), attempt=item.attempts
        )
        match result:
            case NotSent(retry_after=seconds):
                written = await settle(due_at=now + timedelta(seconds=seconds), uncount=True)
            case Rejected(reason=reason):
                written = await settle(reason=reason)
            case _:
                written = await settle()
        return state if written else None

    async def drop(
        self, tx: Transaction, item: OutboxItem, state: OutboxState, reason: str, now: datetime
    ) -> bool:
        """End a leased message that is not sent: stale or cancelled. False when it is not ours any more."""
        return await self._outbox.settle(
            tx, item.id, state, now, only=WAITING_STATES, owner=self.owner, reason=reason
        )

    async def postpone(self, tx: Transaction, item: OutboxItem, until: datetime, now: datetime) -> bool:
        """Keep a leased message for later. False when it is not ours any more."""
        return await self._outbox.settle(
            tx, item.id, item.state, now, only=WAITING_STATES, owner=self.owner, due_at=until
        )

    async def cancel(self, tx: Transaction, dedup_prefix: str, reason: str, now: datetime) -> int:
        """Cancel what is not sent yet and whose dedup key begins so; returns how many."""
        return await self._outbox.cancel(tx, dedup_prefix, reason, now)

    async def urgent_at(self, tx: Transaction, dedup_prefix: str) -> datetime | None:
        """When the first urgent message falls due whose dedup key begins so and that has not left; None where there is none."""
        return await self._sending.urgent_at(tx, dedup_prefix)

    async def has_arrived(self, tx: Transaction, dedup_prefix: str) -> bool:
        """Whether a message whose dedup key begins so has left; known until ended messages are purged."""
        return await self._outbox.has_arrived(tx, dedup_prefix)

    async def missed(self, tx: Transaction, person_id: str) -> list[str]:
        """Dedup keys, up to their last part, under which the newest push to a person met a chat that was blocked or paused, as long as ended messages are known."""
        return await self._sending.missed(tx, person_id)

    async def cancel_pushes(self, tx: Transaction, person_id: str, reason: str, now: datetime) -> int:
        """Cancel every push to a person that is not sent yet; returns how many."""
        return await self._outbox.cancel_person(tx, person_id, reason, now)

    async def recover(
        self,
        tx: Transaction,
        now: datetime,
        *,
        own: bool = False,
        outcome: Outcome | None = None,
        in_hand: Collection[str] = (),
    ) -> Mapping[str, OutboxState]:
        """Take back what dead processes held: updates are worked on again, messages in flight become ambiguous or unknown.

        With `own`, everything that this process's name holds, at its start; else what has outlived its lease.
        `outcome` is told of the pushes that end so. Messages `in_hand` (ids) are being sent right now by whoever asks:
        a clock that jumped makes no orphans of them.
        """
        owner = self.owner if own else None
        await self._inbox.release(tx, owner=owner, now=now)
        if owner is not None:
            await self._sending.release(tx, owner)
        found: dict[str, OutboxState] = {}
        ended: list[tuple[OutboxItem, OutboxState]] = []
        for item in await self._outbox.orphans(tx, owner=owner, now=now):
            if item.id in in_hand:
                continue
            state = rules.orphan_state(item.policy, item.attempts)
            taken = await self._outbox.settle(
                tx,
                item.id,
                state,
                now,
                only=(OutboxState.SENDING,),
                attempt=item.attempts,
                reason="process_died",
            )
            if not taken:
                continue
            found[item.id] = state
            if item.kind is Kind.PUSH and state is OutboxState.UNKNOWN:
                ended.append((item, state))
        if outcome is not None and ended:
            await outcome(tx, ended, now)
        return found

    async def next_wake(self, tx: Transaction) -> datetime | None:
        """When the next message falls due."""
        return await self._outbox.next_due(tx)

    async def purge(
        self,
        tx: Transaction,
        now: datetime,
        *,
        updates: timedelta = rules.UPDATE_ID_LIFE,
        messages: timedelta = rules.SENT_LIFE,
    ) -> None:
        """Remove update ids and ended messages that have been kept so long."""
        await self._inbox.purge(tx, now - updates)
        await self._outbox.purge(tx, now - messages)

    async def doubtful(self, tx: Transaction, since: datetime) -> list[Doubtful]:
        """Messages written since then that may have arrived twice or not at all, the newest first."""
        return await self._sending.doubtful(tx, since)

    async def counts(self, tx: Transaction) -> Counts:
        """Rows by state, for health and tests."""
        return Counts(await self._inbox.counts(tx), await self._outbox.counts(tx))
