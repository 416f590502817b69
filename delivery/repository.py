"""Every SQL statement about inbox and outbox; payloads are sealed and opened here."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import structlog
from sqlalchemy import Row, Select, and_, delete, func, or_, select, text, update

from db.crypto import Cipher, SealBrokenError
from db.engine import Transaction
from db.tables.delivery import inbox, outbox
from db.upsert import insert_into
from delivery import rules
from delivery.sender.repository import over
from delivery.types import (
    WAITING_STATES,
    InboxItem,
    InboxState,
    Incoming,
    Kind,
    OutboxItem,
    OutboxState,
    Outgoing,
    Policy,
)

log = structlog.get_logger(__name__)

_CLAIM_LOCK = 5_317_001
_BEFORE_OTHERS = (OutboxState.AMBIGUOUS, OutboxState.DUE)
_WAITING = tuple(state.value for state in WAITING_STATES)


class InboxRepository:
    """Updates from their arrival to the commit that holds their effect."""

    def __init__(self, cipher: Cipher, chat_hash: Callable[[int], str]) -> None:
        self._cipher = cipher
        self._chat_hash = chat_hash

    async def store(self, tx: Transaction, items: Sequence[Incoming], now: datetime) -> int:
        """Keep updates; one that was kept before is passed over. Returns how many are new."""
        rows = [
            {
                "update_id": item.update_id,
                "chat_hash": self._chat_hash(item.chat_id),
                "kind": item.kind,
                "payload_sealed": self._cipher.seal(
                    "inbox", "payload_sealed", str(item.update_id), json.dumps(item.payload)
                ),
                "state": InboxState.NEW.value,
                "attempts": 0,
                "not_before": now,
                "received_at": now,
            }
            for item in items
        ]
        if not rows:
            return 0
        statement = insert_into(tx, inbox).values(rows).on_conflict_do_nothing(index_elements=["update_id"])
        # psycopg's count of an INSERT is not kept by SQLAlchemy; the rows that were really written are.
        return len((await tx.execute(statement.returning(inbox.c.update_id))).all())

    async def waits(self, tx: Transaction, now: datetime) -> bool:
        """Whether `claim` would find something. Only reads."""
        return (await tx.execute(_claimable(now).with_only_columns(inbox.c.seq).limit(1))).first() is not None

    async def claim(self, tx: Transaction, owner: str, now: datetime, limit: int) -> list[InboxItem]:
        """Lease the oldest waiting update of each chat that has none under way."""
        await _one_claimer(tx)
        found = (await tx.execute(_claimable(now).order_by(inbox.c.seq).limit(limit))).all()
        if found:
            await tx.execute(
                update(inbox)
                .where(inbox.c.seq.in_([row.seq for row in found]))
                .values(
                    state=InboxState.WORKING.value,
                    owner=owner,
                    lease_until=now + rules.INBOX_LEASE,
                    attempts=inbox.c.attempts + 1,
                )
            )
        return [self._item(row) for row in found]

    async def finish(
        self,
        tx: Transaction,
        item: InboxItem,
        owner: str,
        state: InboxState,
        now: datetime,
        error: str | None = None,
    ) -> bool:
        """End an update; nothing but its id stays. False when the lease was lost meanwhile."""
        ended = await tx.execute(
            update(inbox)
            .where(inbox.c.seq == item.seq, inbox.c.owner == owner, inbox.c.state == InboxState.WORKING.value)
            .values(
                state=state.value,
                chat_hash="",
                payload_sealed=None,
                finished_at=now,
                lease_until=None,
                owner=None,
                error=error,
            )
        )
        return bool(ended.rowcount == 1)

    async def retry(
        self, tx: Transaction, item: InboxItem, owner: str, not_before: datetime, error: str
    ) -> None:
        await tx.execute(
            update(inbox)
            .where(inbox.c.seq == item.seq, inbox.c.owner == owner, inbox.c.state == InboxState.WORKING.value)
            .values(
                state=InboxState.NEW.value, not_before=not_before, lease_until=None, owner=None, error=error
            )
        )

    async def release(self, tx: Transaction, *, owner: str | None, now: datetime) -> int:
        """Take back updates whose process died: all of `owner`, or of anybody whose lease is over."""
        mine = (
            inbox.c.owner == owner if owner is not None else over(inbox.c.lease_until, now, rules.INBOX_LEASE)
        )
        released = await tx.execute(
            update(inbox)
            .where(inbox.c.state == InboxState.WORKING.value, mine)
            .values(state=InboxState.NEW.value, lease_until=None, owner=None)
        )
        return int(released.rowcount)

    async def purge(self, tx: Transaction, before: datetime) -> int:
        done = (InboxState.DONE.value, InboxState.FAILED.value)
        gone = await tx.execute(delete(inbox).where(inbox.c.state.in_(done), inbox.c.finished_at < before))
        return int(gone.rowcount)

    async def counts(self, tx: Transaction) -> dict[str, int]:
        rows = await tx.execute(select(inbox.c.state, func.count()).group_by(inbox.c.state))
        return {str(state): int(count) for state, count in rows}

    def _item(self, row: Row[Any]) -> InboxItem:
        payload = json.loads(
            self._cipher.open("inbox", "payload_sealed", str(row.update_id), row.payload_sealed)
        )
        return InboxItem(
            row.seq, row.update_id, row.chat_hash, row.kind, row.attempts + 1, row.received_at, payload
        )


class OutboxRepository:
    """Messages from the commit that wants them to the one that knows what became of them."""

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher

    async def add(
        self,
        tx: Transaction,
        message: Outgoing,
        message_id: str,
        now: datetime,
        *,
        sending_by: str | None = None,
    ) -> bool:
        """Write the row; with `sending_by` it is leased and counted as sent for the first time at once.

        Returns False when a row with this dedup key exists already.
        """
        values = self._values(message, message_id, now, sending_by)
        statement = (
            insert_into(tx, outbox).values(values).on_conflict_do_nothing(index_elements=["dedup_key"])
        )
        return (await tx.execute(statement.returning(outbox.c.id))).first() is not None

    async def add_many(
        self, tx: Transaction, messages: Mapping[str, Outgoing], now: datetime
    ) -> dict[str, str]:
        """Write rows, whose ids are given; returns the ids of the new ones by their dedup keys."""
        values = [self._values(message, message_id, now, None) for message_id, message in messages.items()]
        statement = insert_into(tx, outbox).on_conflict_do_nothing(index_elements=["dedup_key"])
        rows = await tx.execute(statement.returning(outbox.c.dedup_key, outbox.c.id), values)
        return {row.dedup_key: row.id for row in rows}

    def sending(self, message: Outgoing, message_id: str) -> OutboxItem:
        """The row that `add` has just written for a sender, without asking for it."""
        return OutboxItem(
            id=message_id,
            dedup_key=message.dedup_key,
            person_id=message.person_id,
            kind=message.kind,
            state=OutboxState.SENDING,
            policy=message.policy,
            attempts=1,
            due_at=message.due_at,
            not_after=message.not_after,
            urgent=message.urgent,
            message_id=None,
            content=message.content,
        )

    def _values(
        self, message: Outgoing, message_id: str, now: datetime, sending_by: str | None
    ) -> dict[str, Any]:
        return {
            "id": message_id,
            "dedup_key": message.dedup_key,
            "kind": message.kind.value,
            "person_id": message.person_id,
            "state": (OutboxState.SENDING if sending_by else OutboxState.DUE).value,
            "payload_sealed": self._cipher.seal(
                "outbox", "payload_sealed", message_id, json.dumps(dict(message.content))
            ),
            "policy": message.policy.value,
            "priority": rules.priority(message.kind, message.urgent),
            "urgent": message.urgent,
            "due_at": message.due_at,
            "not_after": message.not_after,
            "attempts": 1 if sending_by else 0,
            "opens": message.opens,
            "lease_until": now + rules.OUTBOX_LEASE if sending_by else None,
            "owner": sending_by,
            "created_at": now,
        }

    async def lease_due(
        self, tx: Transaction, owner: str, now: datetime, limit: int, *, doubtful: bool = True
    ) -> list[OutboxItem]:
        """Lease what is due, replies first, then what is ambiguous (unless not `doubtful`), then by time.

        Asks for each priority by itself: the index then gives the rows in order, however many are still to come.
        """
        await _one_claimer(tx)
        free = or_(outbox.c.lease_until.is_(None), over(outbox.c.lease_until, now, rules.OUTBOX_LEASE))
        found: list[Row[Any]] = []
        for priority in rules.PRIORITIES:
            for state in _BEFORE_OTHERS if doubtful else (OutboxState.DUE,):
                if len(found) < limit:
                    waiting = select(outbox).where(
                        outbox.c.state == state.value,
                        outbox.c.priority == priority,
                        outbox.c.due_at <= now,
                        free,
                    )
                    rows = await tx.execute(waiting.order_by(outbox.c.due_at).limit(limit - len(found)))
                    found += rows.all()
        if found:
            await tx.execute(
                update(outbox)
                .where(outbox.c.id.in_([row.id for row in found]))
                .values(owner=owner, lease_until=now + rules.OUTBOX_LEASE)
            )
        return [self._item(row) for row in found]

    async def settle(
        self,
        tx: Transaction,
        item_id: str,
        state: OutboxState,
        now: datetime,
        *,
        only: Sequence[OutboxState],
        owner: str | None = None,
        attempt: int | None = None,
        message_id: int | None = None,
        reason: str | None = None,
        due_at: datetime | None = None,
        uncount: bool = False,
    ) -> bool:
        """Write what became of a message; ended rows lose their payload.

        False when the row is in none of the states `only`, or belongs to another owner or attempt by now.
        """
        values: dict[str, Any] = {"state": state.value, "lease_until": None, "owner": None}
        if message_id is not None:
            values["message_id"] = message_id
        if reason is not None:
            values["reason"] = reason
        if due_at is not None:
            values["due_at"] = due_at
        if uncount:
            values["attempts"] = outbox.c.attempts - 1
        if state.value not in _WAITING:
            values |= {"finished_at": now, "payload_sealed": None}
        row = [outbox.c.id == item_id, outbox.c.state.in_([expected.value for expected in only])]
        if owner is not None:
            row.append(outbox.c.owner == owner)
        if attempt is not None:
            row.append(outbox.c.attempts == attempt)
        return bool((await tx.execute(update(outbox).where(*row).values(**values))).rowcount == 1)

    async def orphans(self, tx: Transaction, *, owner: str | None, now: datetime) -> list[OutboxItem]:
        """Rows left in `sending` by a process that died: all of `owner`, or of anybody whose lease is over."""
        mine = (
            outbox.c.owner == owner
            if owner is not None
            else over(outbox.c.lease_until, now, rules.OUTBOX_LEASE)
        )
        rows = await tx.execute(select(outbox).where(outbox.c.state == OutboxState.SENDING.value, mine))
        return [self._item(row) for row in rows]

    async def get(self, tx: Transaction, item_id: str) -> OutboxItem | None:
        row = (await tx.execute(select(outbox).where(outbox.c.id == item_id))).first()
        return self._item(row) if row else None

    async def cancel(self, tx: Transaction, dedup_prefix: str, reason: str, now: datetime) -> int:
        """Cancel what is not sent yet and whose dedup key begins so."""
        cancelled = await tx.execute(
            update(outbox)
            .where(
                outbox.c.dedup_key.startswith(dedup_prefix, autoescape=True),
                outbox.c.state.in_(_WAITING),
            )
            .values(state=OutboxState.CANCELLED.value, reason=reason, finished_at=now, payload_sealed=None)
        )
        return int(cancelled.rowcount)

    async def cancel_person(self, tx: Transaction, person_id: str, reason: str, now: datetime) -> int:
        """Cancel every push to a person that is not sent yet."""
        cancelled = await tx.execute(
            update(outbox)
            .where(
                outbox.c.person_id == person_id,
                outbox.c.kind == Kind.PUSH.value,
                outbox.c.state.in_(_WAITING),
            )
            .values(state=OutboxState.CANCELLED.value, reason=reason, finished_at=now, payload_sealed=None)
        )
        return int(cancelled.rowcount)

    async def has_arrived(self, tx: Transaction, dedup_prefix: str) -> bool:
        """Whether a message whose dedup key begins so was sent, or is being sent."""
        theirs = outbox.c.dedup_key.startswith(dedup_prefix, autoescape=True)
        left = [state.value for state in (OutboxState.SENT, OutboxState.SENDING, OutboxState.AMBIGUOUS)]
        found = await tx.execute(select(outbox.c.id).where(theirs, outbox.c.state.in_(left)).limit(1))
        return found.first() is not None

    async def next_due(self, tx: Transaction) -> datetime | None:
        found = await tx.execute(select(func.min(outbox.c.due_at)).where(outbox.c.state.in_(_WAITING)))
        return cast("datetime | None", found.scalar_one())

    async def purge(self, tx: Transaction, before: datetime) -> int:
        gone = await tx.execute(
            delete(outbox).where(and_(outbox.c.finished_at.is_not(None), outbox.c.finished_at < before))
        )
        return int(gone.rowcount)

    async def counts(self, tx: Transaction) -> dict[str, int]:
        rows = await tx.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state))
        return {str(state): int(count) for state, count in rows}

    def _item(self, row: Row[Any]) -> OutboxItem:
        content: Mapping[str, Any] = {}
        if row.payload_sealed is not None:
            try:
                content = json.loads(
                    self._cipher.open("outbox", "payload_sealed", row.id, row.payload_sealed)
                )
            except SealBrokenError:
                # Without words it is refused when it is to be sent; raised here it would hold up all others.
                log.exception("delivery.unreadable", outbox=row.id)
        return OutboxItem(
            id=row.id,
            dedup_key=row.dedup_key,
            person_id=row.person_id,
            kind=Kind(row.kind),
            state=OutboxState(row.state),
            policy=Policy(row.policy),
            attempts=row.attempts,
            due_at=row.due_at,
            not_after=row.not_after,
            urgent=row.urgent,
            message_id=row.message_id,
            content=content,
        )


def _claimable(now: datetime) -> Select[Any]:
    """The oldest waiting update of each chat that has none under way, unless it rests."""
    busy = select(inbox.c.chat_hash).where(inbox.c.state == InboxState.WORKING.value)
    oldest = (
        select(func.min(inbox.c.seq).label("seq"))
        .where(inbox.c.state == InboxState.NEW.value, inbox.c.chat_hash.not_in(busy))
        .group_by(inbox.c.chat_hash)
        .subquery()
    )
    return select(inbox).where(inbox.c.seq.in_(select(oldest.c.seq)), inbox.c.not_before <= now)


async def _one_claimer(tx: Transaction) -> None:
    # SQLite's write lock lets one transaction in at a time; on PostgreSQL two claims could take one chat's two updates.
    if tx.dialect.name == "postgresql":
        await tx.execute(text(f"SELECT pg_advisory_xact_lock({_CLAIM_LOCK})"))
