"""Every SQL statement about what clients ask for; reasons and answers are sealed here."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import Row, and_, insert, select, union, update

from agreements.sealing import Sealing
from agreements.types import HelpReason, Instead, Request, RequestKind
from db.among import among
from db.engine import Transaction
from db.tables.agreements import milestones, requests
from db.tables.placements import placements

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Record = TypeVar("_Record", bound="DataclassInstance")


class RequestsRepository(Sealing):
    """Requests with their answers."""

    async def add_request(self, tx: Transaction, request: Request) -> None:
        await tx.execute(
            insert(requests).values(
                id=request.id,
                client_id=request.client_id,
                kind=request.kind.value,
                reason_sealed=self._seal("requests", "reason_sealed", request.id, request.reason),
                subject_id=request.subject_id,
                offer_id=request.offer_id,
                created_at=request.created_at,
                answer_by=request.answer_by,
            )
        )

    async def request(self, tx: Transaction, request_id: str) -> Request | None:
        row = (await tx.execute(select(requests).where(requests.c.id == request_id))).first()
        return self._request(row) if row else None

    async def requests_by_id(self, tx: Transaction, ids: Collection[str]) -> dict[str, Request]:
        """Those of some requests that are there."""
        rows = await tx.execute(select(requests).where(among(requests.c.id, ids)))
        return {row.id: self._request(row) for row in rows}

    async def requests(
        self, tx: Transaction, client_ids: Collection[str], *, open_only: bool = True
    ) -> list[Request]:
        """Requests of these clients, the oldest first."""
        wanted = among(requests.c.client_id, client_ids), requests.c.answered_at.is_(None)
        statement = select(requests).where(*wanted[: 1 + open_only])
        rows = await tx.execute(statement.order_by(requests.c.created_at, requests.c.id))
        return [self._request(row) for row in rows.all()]

    async def offers_named(self, tx: Transaction, offer_ids: Collection[str]) -> set[str]:
        """Those of some offers that a request, a milestone or a placement of anybody names, however it stands."""
        tables = requests, milestones, placements
        named = union(*(select(t.c.offer_id).where(among(t.c.offer_id, offer_ids)) for t in tables))
        return set((await tx.execute(named)).scalars())

    async def wish_instead(self, tx: Transaction, request_id: str, instead: Instead) -> bool:
        """What somebody would like instead; False when the request was answered meanwhile."""
        waiting = and_(requests.c.id == request_id, requests.c.answered_at.is_(None))
        changed = await tx.execute(update(requests).where(waiting).values(instead=instead.value))
        return bool(changed.rowcount == 1)

    async def see_request(self, tx: Transaction, request_id: str, now: datetime) -> None:
        unseen = and_(requests.c.id == request_id, requests.c.seen_at.is_(None))
        await tx.execute(update(requests).where(unseen).values(seen_at=now))

    async def close_request(
        self,
        tx: Transaction,
        request_id: str,
        now: datetime,
        *,
        by: str | None,
        answer: tuple[str, Mapping[str, str]] | None = None,
    ) -> bool:
        """End a request, with an answer or without; False when it was ended before."""
        said = None if answer is None else {"phrase": answer[0], "slots": dict(answer[1])}
        sealed = self._seal("requests", "answer_sealed", request_id, said)
        waiting = and_(requests.c.id == request_id, requests.c.answered_at.is_(None))
        closed = await tx.execute(
            update(requests).where(waiting).values(answered_at=now, answered_by=by, answer_sealed=sealed)
        )
        return bool(closed.rowcount == 1)

    async def reopen_requests(
        self, tx: Transaction, client_id: str, subject_id: str, closed_at: datetime
    ) -> list[str]:
        """Let what was ended about something at that very moment wait again, its answer taken back; returns the ids."""
        then = and_(
            requests.c.client_id == client_id,
            requests.c.subject_id == subject_id,
            requests.c.answered_at == closed_at,
        )
        ids = list((await tx.execute(select(requests.c.id).where(then))).scalars())
        again = update(requests).where(among(requests.c.id, ids))
        await tx.execute(again.values(answered_at=None, answered_by=None, answer_sealed=None))
        return ids

    async def wished(self, tx: Transaction, client_ids: Collection[str]) -> set[tuple[str, str]]:
        """Client and offer of everything that these clients wished for."""
        table = requests.c
        theirs = among(table.client_id, client_ids), table.offer_id.is_not(None)
        rows = await tx.execute(select(table.client_id, table.offer_id).where(*theirs))
        return {(client_id, offer_id) for client_id, offer_id in rows}

    def _request(self, row: Row[Any]) -> Request:
        said = self._open("requests", "answer_sealed", row.id, row.answer_sealed) or {}
        reason = self._open("requests", "reason_sealed", row.id, row.reason_sealed)
        return _REQUEST(
            row,
            kind=RequestKind(row.kind),
            reason=reason_of(reason),
            instead=Instead(row.instead) if row.instead else None,
            answer=said.get("phrase"),
            answer_slots=said.get("slots", {}),
        )


class Filling(Generic[_Record]):
    """Makes records of rows that begin with these columns; where each field stands is settled once, not for every row."""

    def __init__(self, kind: type[_Record], columns: Iterable[str], *own: str) -> None:
        """`own` are the fields that are given with each row."""
        at = {name: number for number, name in enumerate(columns)}
        self._kind = kind
        self._fields = tuple(name for name in _names(kind) if name not in own)
        self._take = itemgetter(*(at[name] for name in self._fields))

    def __call__(self, row: Row[Any], /, **own: Any) -> _Record:
        return self._kind(**dict(zip(self._fields, self._take(row), strict=True)), **own)


def filled(kind: type[_Record], row: Row[Any], /, **own: Any) -> _Record:
    """A record whose fields are the row's columns of the same name, but for those given."""
    columns = {name: getattr(row, name) for name in _names(kind) if name not in own}
    return kind(**columns, **own)


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def reason_of(value: str | None) -> HelpReason | None:
    """A stored reason, where there is one."""
    return HelpReason(value) if value else None


_REQUEST = Filling(Request, requests.c.keys(), "kind", "reason", "instead", "answer", "answer_slots")
