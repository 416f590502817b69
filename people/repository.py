"""Every SQL statement about persons, roles, invitations and drafts; chat ids and drafts are sealed here."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update

from db.among import among
from db.crypto import Cipher
from db.engine import Transaction
from db.tables.people import drafts, invitation_attempts, invitations, opt_ins, persons, roles
from people.locks.repository import LockRepository
from people.types import Address, Draft, Invitation, Person, Role


class PeopleRepository:
    """Persons and what hangs on them."""

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher
        self.locks = LockRepository(cipher)

    def chat_hash(self, chat_id: int) -> str:
        """The blind index of a chat."""
        return self._cipher.blind("chat", str(chat_id))

    def token_hash(self, code: str) -> str:
        """The blind index of an invitation's code."""
        return self._cipher.blind("invitation", code)

    async def known(self, tx: Transaction, chat_id: int) -> tuple[Person, frozenset[Role]] | None:
        """Who writes from a chat, with the roles that have not ended: one look, since every update begins with it."""
        return await self._known(tx, persons.c.chat_hash == self.chat_hash(chat_id))

    async def known_by_id(self, tx: Transaction, person_id: str) -> tuple[Person, frozenset[Role]] | None:
        """The same of a person's id, with which every page of the desk begins."""
        return await self._known(tx, persons.c.id == person_id)

    async def _known(
        self, tx: Transaction, condition: ColumnElement[bool]
    ) -> tuple[Person, frozenset[Role]] | None:
        rows = (await tx.execute(_KNOWN.where(condition))).all()
        if not rows:
            return None
        return _person(rows[0]), frozenset(Role(row.role) for row in rows if row.role is not None)

    async def address(self, tx: Transaction, person_id: str) -> Address | None:
        return (await self.addresses(tx, [person_id])).get(person_id)

    async def addresses(self, tx: Transaction, person_ids: Collection[str]) -> dict[str, Address]:
        rows = await tx.execute(select(persons).where(among(persons.c.id, person_ids)))
        return {
            row.id: Address(
                row.id,
                row.language,
                row.paused,
                row.reachable,
                int(self._cipher.open("persons", "chat_sealed", row.id, row.chat_sealed)),
            )
            for row in rows
            if row.chat_sealed is not None
        }

    async def add(self, tx: Transaction, person: Person, chat_id: int | None, now: datetime) -> None:
        await tx.execute(
            insert(persons).values(
                id=person.id,
                **({} if chat_id is None else self._chat(person.id, chat_id)),
                language=person.language,
                language_chosen=person.language_chosen,
                paused=person.paused,
                reachable=person.reachable,
                created_at=now,
                seen_at=now,
            )
        )

    def _chat(self, person_id: str, chat_id: int) -> dict[str, Any]:
        sealed = self._cipher.seal("persons", "chat_sealed", person_id, str(chat_id))
        return {"chat_hash": self.chat_hash(chat_id), "chat_sealed": sealed}

    async def set_chat(self, tx: Transaction, person_id: str, chat_id: int) -> None:
        await self.change(tx, person_id, **self._chat(person_id, chat_id))

    async def change(self, tx: Transaction, person_id: str, **values: Any) -> None:
        await tx.execute(update(persons).where(persons.c.id == person_id).values(**values))

    async def add_consent(self, tx: Transaction, consent_id: str, person_id: str, **values: Any) -> None:
        await tx.execute(insert(opt_ins).values(id=consent_id, person_id=person_id, **values))

    async def answered(self, tx: Transaction, person_id: str, what: str) -> bool:
        """Whether the person was ever asked this and said yes or no."""
        theirs = opt_ins.c.person_id == person_id, opt_ins.c.what == what
        return (await tx.execute(select(opt_ins.c.id).where(*theirs).limit(1))).first() is not None

    async def ids(self, tx: Transaction) -> list[str]:
        return list((await tx.execute(select(persons.c.id))).scalars())

    async def remove(self, tx: Transaction, person_id: str) -> None:
        await tx.execute(delete(persons).where(persons.c.id == person_id))

    async def roles_of(self, tx: Transaction, person_id: str) -> frozenset[Role]:
        found = await tx.execute(
            select(roles.c.role).where(roles.c.person_id == person_id, roles.c.ended_at.is_(None))
        )
        return frozenset(Role(value) for value in found.scalars())

    async def roles_of_many(self, tx: Transaction, person_ids: Collection[str]) -> dict[str, frozenset[Role]]:
        """The roles of people by their ids; whoever has none is left out."""
        table, found = roles.c, defaultdict[str, set[Role]](set)
        mine = select(table.person_id, table.role).where(table.ended_at.is_(None))
        for row in await tx.execute(mine.where(among(table.person_id, person_ids))):
            found[row.person_id].add(Role(row.role))
        return {person_id: frozenset(held) for person_id, held in found.items()}

    async def with_chat(self, tx: Transaction, person_ids: Collection[str]) -> set[str]:
        """Who of these people has a chat; which one is not asked."""
        wanted = persons.c.chat_hash.is_not(None), among(persons.c.id, person_ids)
        return set((await tx.execute(select(persons.c.id).where(*wanted))).scalars())

    async def holders(self, tx: Transaction, role: Role) -> list[str]:
        found = await tx.execute(
            select(roles.c.person_id).where(roles.c.role == role, roles.c.ended_at.is_(None))
        )
        return sorted(set(found.scalars()))

    async def grant(
        self, tx: Transaction, role_id: str, person_id: str, role: Role, by: str | None, now: datetime
    ) -> None:
        await tx.execute(
            insert(roles).values(
                id=role_id, person_id=person_id, role=role.value, granted_by=by, granted_at=now
            )
        )

    async def end_roles(
        self, tx: Transaction, person_id: str, now: datetime, *, but: Collection[Role] = ()
    ) -> None:
        await tx.execute(
            update(roles)
            .where(roles.c.person_id == person_id, roles.c.ended_at.is_(None), roles.c.role.not_in(but))
            .values(ended_at=now)
        )

    async def add_invitation(self, tx: Transaction, invitation: Invitation, code: str, now: datetime) -> None:
        await tx.execute(
            insert(invitations).values(
                id=invitation.id,
                token_hash=self.token_hash(code),
                role=invitation.role.value,
                client_id=invitation.client_id,
                created_by=invitation.created_by,
                created_at=now,
                expires_at=invitation.expires_at,
                max_uses=invitation.max_uses,
                uses=0,
            )
        )

    async def invitation(self, tx: Transaction, code: str) -> Invitation | None:
        row = (
            await tx.execute(select(invitations).where(invitations.c.token_hash == self.token_hash(code)))
        ).first()
        return _invitation(row) if row else None

    async def invitations_by(self, tx: Transaction, person_id: str, role: Role) -> list[Invitation]:
        """What somebody made for a role, the oldest first."""
        table = invitations
        rows = await tx.execute(
            select(table)
            .where(table.c.created_by == person_id, table.c.role == role.value)
            .order_by(table.c.created_at, table.c.id)
        )
        return [_invitation(row) for row in rows]

    async def revoke_invitation(self, tx: Transaction, invitation_id: str, now: datetime) -> None:
        await tx.execute(update(invitations).where(invitations.c.id == invitation_id).values(revoked_at=now))

    async def use_invitation(self, tx: Transaction, invitation_id: str, now: datetime) -> bool:
        """Count one use; False when another claim was quicker."""
        table = invitations
        claimed = await tx.execute(
            update(table)
            .where(
                table.c.id == invitation_id,
                table.c.uses < table.c.max_uses,
                table.c.revoked_at.is_(None),
                table.c.expires_at > now,
            )
            .values(uses=table.c.uses + 1)
        )
        return bool(claimed.rowcount == 1)

    async def revoke_invitations(self, tx: Transaction, client_id: str, now: datetime) -> None:
        await tx.execute(
            update(invitations)
            .where(invitations.c.client_id == client_id, invitations.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )

    async def revoke_invitations_by(self, tx: Transaction, person_id: str, now: datetime) -> None:
        theirs = invitations.c.created_by == person_id, invitations.c.revoked_at.is_(None)
        await tx.execute(update(invitations).where(*theirs).values(revoked_at=now))

    async def count_attempts(self, tx: Transaction, person_id: str, since: datetime) -> int:
        table = invitation_attempts
        found = await tx.execute(
            select(func.count()).select_from(table).where(table.c.person_id == person_id, table.c.at > since)
        )
        return int(found.scalar_one())

    async def add_attempt(self, tx: Transaction, attempt_id: str, person_id: str, now: datetime) -> None:
        await tx.execute(insert(invitation_attempts).values(id=attempt_id, person_id=person_id, at=now))

    async def draft(self, tx: Transaction, person_id: str, kind: str, now: datetime) -> Draft | None:
        row = (
            await tx.execute(
                select(drafts).where(
                    drafts.c.person_id == person_id, drafts.c.kind == kind, drafts.c.expires_at > now
                )
            )
        ).first()
        if row is None:
            return None
        return Draft(
            row.kind,
            row.step,
            json.loads(self._cipher.open("drafts", "data_sealed", row.id, row.data_sealed)),
        )

    async def drafts_of(self, tx: Transaction, person_id: str, now: datetime) -> list[Draft]:
        rows = await tx.execute(
            select(drafts).where(drafts.c.person_id == person_id, drafts.c.expires_at > now)
        )
        return [
            Draft(
                row.kind,
                row.step,
                json.loads(self._cipher.open("drafts", "data_sealed", row.id, row.data_sealed)),
            )
            for row in rows
        ]

    async def put_draft(
        self, tx: Transaction, draft_id: str, person_id: str, draft: Draft, expires_at: datetime
    ) -> None:
        await self.drop_draft(tx, person_id, draft.kind)
        sealed = self._cipher.seal("drafts", "data_sealed", draft_id, json.dumps(_plain(draft.data)))
        await tx.execute(
            insert(drafts).values(
                id=draft_id,
                person_id=person_id,
                kind=draft.kind,
                step=draft.step,
                data_sealed=sealed,
                expires_at=expires_at,
            )
        )

    async def drop_draft(self, tx: Transaction, person_id: str, kind: str | None = None) -> None:
        statement = delete(drafts).where(drafts.c.person_id == person_id)
        await tx.execute(statement if kind is None else statement.where(drafts.c.kind == kind))

    async def purge(self, tx: Transaction, now: datetime, attempts_before: datetime) -> None:
        """Remove dialogue steps and attempts that are over."""
        await tx.execute(delete(drafts).where(drafts.c.expires_at <= now))
        await tx.execute(delete(invitation_attempts).where(invitation_attempts.c.at <= attempts_before))


_KNOWN = select(persons, roles.c.role).select_from(
    persons.outerjoin(roles, (roles.c.person_id == persons.c.id) & roles.c.ended_at.is_(None))
)


def _person(row: Row[Any]) -> Person:
    return Person(
        id=row.id,
        language=row.language,
        language_chosen=row.language_chosen,
        notice_version=row.notice_version,
        paused=row.paused,
        reachable=row.reachable,
        seen_at=row.seen_at,
        menu=row.menu,
        notice_shown=row.notice_shown,
    )


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(
        id=row.id,
        role=Role(row.role),
        client_id=row.client_id,
        created_by=row.created_by,
        expires_at=row.expires_at,
        max_uses=row.max_uses,
        uses=row.uses,
        revoked_at=row.revoked_at,
    )


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    return dict(data)
