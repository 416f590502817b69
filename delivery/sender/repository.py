"""Every SQL statement of the sender: its lease, and what it does to many messages at a time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from db.among import among
from db.engine import Transaction
from db.tables.delivery import inbox, leases, outbox
from db.upsert import insert_into
from delivery import rules
from delivery.types import WAITING_STATES, Doubtful, InboxState, Kind, OutboxState

_WAITING = tuple(state.value for state in WAITING_STATES)
_MISSED = ("unreachable", "paused")


def over(until: ColumnElement[datetime], now: datetime, lease: timedelta) -> ColumnElement[bool]:
    """Whether a lease that lasts until then is over; one that ends far later than one given now would is from before the clock was set back."""
    return or_(until <= now, until > now + 2 * lease)


class LeaseRepository:
    """A lease is a row: its name, who holds it, and until when unless it is renewed."""

    async def look(
        self, tx: Transaction, name: str, owner: str, now: datetime, life: timedelta
    ) -> bool | None:
        """True while `owner` holds the lease for a good while yet, False while another does, None when `hold` must settle it. Only reads."""
        row = (await tx.execute(select(leases).where(leases.c.name == name))).first()
        if row is None or row.until <= now or row.until > now + 2 * life:
            return None
        if row.owner != owner:
            return False
        return True if row.until > now + rules.LEASE_RENEWED else None

    async def hold(self, tx: Transaction, name: str, owner: str, now: datetime, life: timedelta) -> bool:
        """Take the lease, or renew it with every other that `owner` holds; False while another holds it."""
        new = insert_into(tx, leases).values(name=name, owner=owner, until=now + life)
        free = over(leases.c.until, now, life)
        taken = new.on_conflict_do_update(
            index_elements=["name"],
            set_={"owner": owner, "until": now + life},
            where=or_(leases.c.owner == owner, free),
        )
        held = (await tx.execute(taken.returning(leases.c.name))).first() is not None
        others = leases.c.owner == owner, leases.c.name != name, leases.c.until > now, ~free
        await tx.execute(update(leases).where(*others).values(until=now + life))
        return held

    async def give_up(self, tx: Transaction, name: str, owner: str) -> None:
        """Leave the lease to whoever asks next."""
        await tx.execute(delete(leases).where(leases.c.name == name, leases.c.owner == owner))


class SendingRepository:
    """Messages on their way, many at a time."""

    async def anything(self, tx: Transaction, now: datetime, *, due: bool, doubtful: bool) -> bool:
        """Whether somebody died over an update or a message, or, with `due`, something is to be sent. Only reads."""
        looks = [
            exists().where(
                inbox.c.state == InboxState.WORKING.value, over(inbox.c.lease_until, now, rules.INBOX_LEASE)
            ),
            exists().where(
                outbox.c.state == OutboxState.SENDING.value,
                over(outbox.c.lease_until, now, rules.OUTBOX_LEASE),
            ),
        ]
        if due:
            states = _WAITING if doubtful else _WAITING[:1]
            free = or_(outbox.c.lease_until.is_(None), over(outbox.c.lease_until, now, rules.OUTBOX_LEASE))
            # With each priority named the index leads to what is due, past however many are still to come.
            one = outbox.c.state.in_(states), outbox.c.priority.in_(rules.PRIORITIES), outbox.c.due_at <= now
            looks.append(exists().where(*one, free))
        return bool((await tx.execute(select(or_(*looks)))).scalar_one())

    async def start_sending(
        self, tx: Transaction, ids: Collection[str], owner: str, now: datetime
    ) -> frozenset[str]:
        """Commit this right before the sends: a kill then leaves ambiguous what was in flight, and no more.

        Returns the ids of the rows that were still ours.
        """
        started = await tx.execute(
            update(outbox)
            .where(among(outbox.c.id, ids), outbox.c.owner == owner, outbox.c.state.in_(_WAITING))
            .values(
                state=OutboxState.SENDING.value,
                attempts=outbox.c.attempts + 1,
                lease_until=now + rules.OUTBOX_LEASE,
            )
            .returning(outbox.c.id)
        )
        return frozenset(started.scalars())

    async def arrived(
        self,
        tx: Transaction,
        message_ids: Mapping[str, int | None],
        now: datetime,
        *,
        only: Sequence[OutboxState],
    ) -> frozenset[str]:
        """Telegram has these messages, each by its number there; returns the ids of the rows that say so now."""
        values: dict[str, Any] = {
            "state": OutboxState.SENT.value,
            "lease_until": None,
            "owner": None,
            "finished_at": now,
            "payload_sealed": None,
        }
        open_ = outbox.c.state.in_([state.value for state in only])
        if tx.dialect.name == "sqlite":
            number: Any = case(message_ids, value=outbox.c.id)
            written = update(outbox).where(among(outbox.c.id, message_ids), open_)
        else:
            # The same statement for any number of messages, so that it is prepared once.
            ids = bindparam(None, list(message_ids), type_=ARRAY(String), unique=True)
            numbers = bindparam(None, list(message_ids.values()), type_=ARRAY(BigInteger), unique=True)
            given = func.unnest(ids, numbers).table_valued("id", "number").render_derived()
            number = given.c.number
            written = update(outbox).where(outbox.c.id == given.c.id, open_)
        number = func.coalesce(number, outbox.c.message_id)
        rows = await tx.execute(written.values(**values, message_id=number).returning(outbox.c.id))
        return frozenset(rows.scalars())

    async def release(self, tx: Transaction, owner: str) -> None:
        """Take back what `owner` leased but did not begin to send."""
        await self._release(tx, outbox.c.owner == owner)

    async def release_others(self, tx: Transaction, owner: str) -> None:
        """Take back what everybody but `owner` leased but did not begin to send."""
        await self._release(tx, outbox.c.owner != owner)

    async def _release(self, tx: Transaction, whose: ColumnElement[bool]) -> None:
        await tx.execute(
            update(outbox).where(whose, outbox.c.state.in_(_WAITING)).values(lease_until=None, owner=None)
        )

    async def put_back(self, tx: Transaction, due: Mapping[str, datetime], owner: str) -> None:
        """Give leased rows back, each to fall due at its time."""
        await tx.execute(
            update(outbox)
            .where(outbox.c.id.in_(due), outbox.c.owner == owner, outbox.c.state.in_(_WAITING))
            .values(due_at=case(due, value=outbox.c.id), lease_until=None, owner=None)
        )

    async def urgent_at(self, tx: Transaction, dedup_prefix: str) -> datetime | None:
        """When the first urgent message falls due whose dedup key begins so and that has not left; None where there is none."""
        theirs = outbox.c.dedup_key.startswith(dedup_prefix, autoescape=True)
        waiting = theirs, outbox.c.urgent.is_(True), outbox.c.state.in_(_WAITING)
        found = await tx.execute(select(outbox.c.due_at).where(*waiting).order_by(outbox.c.due_at).limit(1))
        return found.scalar()

    async def missed(self, tx: Transaction, person_id: str) -> list[str]:
        """Dedup keys, up to their last part, under which the newest push to a person met a chat that was blocked or paused; the oldest first."""
        pushes = await tx.execute(
            select(outbox.c.dedup_key, outbox.c.state, outbox.c.reason)
            .where(outbox.c.person_id == person_id, outbox.c.kind == Kind.PUSH.value)
            .where(or_(outbox.c.reason.is_(None), outbox.c.reason != "replaced"))
            .order_by(outbox.c.created_at, outbox.c.id)
        )
        newest = {row.dedup_key.rpartition(":")[0]: row for row in pushes}
        return [
            key
            for key, row in newest.items()
            if row.state == OutboxState.UNREACHABLE.value
            or (row.state == OutboxState.CANCELLED.value and row.reason in _MISSED)
        ]

    async def doubtful(self, tx: Transaction, since: datetime) -> list[Doubtful]:
        """Messages that may have arrived twice, or not at all, the newest first."""
        unclear = outbox.c.state.in_((OutboxState.AMBIGUOUS.value, OutboxState.UNKNOWN.value))
        rows = await tx.execute(
            select(outbox)
            .where(or_(outbox.c.attempts > 1, unclear), outbox.c.created_at >= since)
            .order_by(outbox.c.created_at.desc(), outbox.c.id)
        )
        return [
            Doubtful(row.id, row.dedup_key, Kind(row.kind), OutboxState(row.state), row.attempts, row.due_at)
            for row in rows
        ]
