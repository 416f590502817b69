"""Every SQL statement about accounts, sessions, codes and failed sign-ins; names and secrets are sealed here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from db.crypto import Cipher
from db.engine import Transaction
from db.once import Once
from db.tables.accounts import desk_accounts, desk_attempts, desk_codes, desk_sessions
from people.accounts.types import Account, Code, CodeKind, Secrets, Session

_TABLE = "desk_accounts"
_SEEN = (
    select(desk_sessions.c.account_id, func.max(desk_sessions.c.seen_at).label("seen_at"))
    .group_by(desk_sessions.c.account_id)
    .subquery()
)
_EVERY = select(desk_accounts, _SEEN.c.seen_at).outerjoin(_SEEN, _SEEN.c.account_id == desk_accounts.c.id)


class AccountsRepository:
    """Accounts and what hangs on them."""

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher
        self._every: Once[list[tuple[Account, datetime | None]]] = Once()

    def name_hash(self, name: str) -> str:
        """The blind index of a user name."""
        return self._cipher.blind("account", name)

    async def add(self, tx: Transaction, account: Account) -> None:
        await tx.execute(
            insert(desk_accounts).values(
                id=account.id,
                person_id=account.person_id,
                name_hash=self.name_hash(account.name),
                name_sealed=self._cipher.seal(_TABLE, "name_sealed", account.id, account.name),
                shown_sealed=self._cipher.seal(_TABLE, "shown_sealed", account.id, account.shown),
                totp_step=0,
                created_at=account.created_at,
            )
        )

    async def by_id(self, tx: Transaction, account_id: str) -> Account | None:
        return await self._one(tx, desk_accounts.c.id == account_id)

    async def by_name(self, tx: Transaction, name: str) -> Account | None:
        return await self._one(tx, desk_accounts.c.name_hash == self.name_hash(name))

    async def by_person(self, tx: Transaction, person_id: str) -> Account | None:
        return await self._one(tx, desk_accounts.c.person_id == person_id)

    async def by_subject(self, tx: Transaction, subject: str) -> Account | None:
        return await self._one(tx, desk_accounts.c.subject_hash == self._cipher.blind("subject", subject))

    async def _one(self, tx: Transaction, condition: Any) -> Account | None:
        row = (await tx.execute(select(desk_accounts).where(condition))).first()
        return self._account(row) if row else None

    async def every(self, tx: Transaction) -> list[tuple[Account, datetime | None]]:
        """All accounts, each with when it was last seen."""

        async def read() -> list[tuple[Account, datetime | None]]:
            return [(self._account(row), row.seen_at) for row in await tx.execute(_EVERY)]

        return await self._every.get(tx, "", read)

    async def secrets(self, tx: Transaction, account_id: str) -> Secrets | None:
        row = (await tx.execute(select(desk_accounts).where(desk_accounts.c.id == account_id))).first()
        if row is None or row.password_sealed is None or row.totp_sealed is None:
            return None
        return Secrets(
            self._cipher.open(_TABLE, "password_sealed", row.id, row.password_sealed),
            self._cipher.open(_TABLE, "totp_sealed", row.id, row.totp_sealed),
            row.totp_step,
        )

    async def set_secrets(self, tx: Transaction, account_id: str, secrets: Secrets) -> None:
        await tx.execute(
            update(desk_accounts)
            .where(desk_accounts.c.id == account_id)
            .values(
                password_sealed=self._cipher.seal(
                    _TABLE, "password_sealed", account_id, secrets.password_hash
                ),
                totp_sealed=self._cipher.seal(_TABLE, "totp_sealed", account_id, secrets.totp_secret),
                totp_step=secrets.totp_step,
            )
        )

    async def use_step(self, tx: Transaction, account_id: str, step: int) -> bool:
        """Use a time step up; False when it or a later one was used already."""
        used = await tx.execute(
            update(desk_accounts)
            .where(desk_accounts.c.id == account_id, desk_accounts.c.totp_step < step)
            .values(totp_step=step)
        )
        return bool(used.rowcount == 1)

    async def set_subject(self, tx: Transaction, account_id: str, subject: str) -> None:
        await tx.execute(
            update(desk_accounts)
            .where(desk_accounts.c.id == account_id)
            .values(subject_hash=self._cipher.blind("subject", subject))
        )

    async def set_person(self, tx: Transaction, account_id: str, person_id: str) -> None:
        await tx.execute(
            update(desk_accounts).where(desk_accounts.c.id == account_id).values(person_id=person_id)
        )

    async def close(self, tx: Transaction, account_id: str, at: datetime) -> None:
        """Nothing with which somebody could sign in is kept; whoever comes back gets a new link, and single sign-on finds the name again."""
        gone = {"password_sealed": None, "totp_sealed": None, "subject_hash": None}
        same = desk_accounts.c.id == account_id
        await tx.execute(update(desk_accounts).where(same).values(disabled_at=at, **gone))

    async def open_again(self, tx: Transaction, account_id: str) -> None:
        same = desk_accounts.c.id == account_id
        await tx.execute(update(desk_accounts).where(same).values(disabled_at=None))

    # --- sessions

    async def add_session(self, tx: Transaction, session: Session, token: str) -> None:
        await tx.execute(
            insert(desk_sessions).values(
                id=session.id,
                token_hash=self._cipher.blind("session", token),
                account_id=session.account_id,
                created_at=session.created_at,
                seen_at=session.seen_at,
                expires_at=session.expires_at,
            )
        )

    async def session(self, tx: Transaction, token: str) -> Session | None:
        row = (
            await tx.execute(
                select(desk_sessions).where(
                    desk_sessions.c.token_hash == self._cipher.blind("session", token)
                )
            )
        ).first()
        if row is None:
            return None
        return Session(row.id, row.account_id, row.created_at, row.seen_at, row.expires_at)

    async def see_session(self, tx: Transaction, session_id: str, now: datetime) -> None:
        await tx.execute(update(desk_sessions).where(desk_sessions.c.id == session_id).values(seen_at=now))

    async def end_session(self, tx: Transaction, session_id: str) -> None:
        await tx.execute(delete(desk_sessions).where(desk_sessions.c.id == session_id))

    async def end_sessions(self, tx: Transaction, account_id: str, *, but: str = "") -> None:
        await tx.execute(
            delete(desk_sessions).where(desk_sessions.c.account_id == account_id, desk_sessions.c.id != but)
        )

    # --- codes

    async def add_code(self, tx: Transaction, code: Code, token: str, now: datetime) -> None:
        """Keep a code; those of the same kind made before end."""
        await tx.execute(
            delete(desk_codes).where(
                desk_codes.c.account_id == code.account.id, desk_codes.c.kind == code.kind.value
            )
        )
        await tx.execute(
            insert(desk_codes).values(
                id=code.id,
                token_hash=self._cipher.blind("desk_code", token),
                account_id=code.account.id,
                kind=code.kind.value,
                totp_sealed=self._cipher.seal("desk_codes", "totp_sealed", code.id, code.totp_secret),
                created_at=now,
                expires_at=code.expires_at,
            )
        )

    async def code(self, tx: Transaction, token: str, now: datetime) -> Code | None:
        """The code, while it can be used."""
        return await self._code(tx, desk_codes.c.token_hash == self._cipher.blind("desk_code", token), now)

    async def code_of(self, tx: Transaction, account_id: str, kind: CodeKind, now: datetime) -> Code | None:
        """The code of this kind that waits for the account."""
        mine = (desk_codes.c.account_id == account_id) & (desk_codes.c.kind == kind.value)
        return await self._code(tx, mine, now)

    async def _code(self, tx: Transaction, condition: Any, now: datetime) -> Code | None:
        row = (
            await tx.execute(
                select(desk_codes).where(
                    condition, desk_codes.c.used_at.is_(None), desk_codes.c.expires_at > now
                )
            )
        ).first()
        account = await self.by_id(tx, row.account_id) if row else None
        if row is None or account is None:
            return None
        secret = self._cipher.open("desk_codes", "totp_sealed", row.id, row.totp_sealed)
        return Code(row.id, account, CodeKind(row.kind), row.expires_at, row.claimed_by, secret)

    async def use_code(self, tx: Transaction, code_id: str, now: datetime) -> bool:
        """Use a code up; False when another was quicker."""
        used = await tx.execute(
            update(desk_codes)
            .where(desk_codes.c.id == code_id, desk_codes.c.used_at.is_(None))
            .values(used_at=now, totp_sealed=None)
        )
        return bool(used.rowcount == 1)

    async def end_codes(self, tx: Transaction, account_id: str, now: datetime) -> None:
        """Every code of the account is used up, and what an authenticator would have got with it goes."""
        open_ones = desk_codes.c.account_id == account_id, desk_codes.c.used_at.is_(None)
        await tx.execute(update(desk_codes).where(*open_ones).values(used_at=now, totp_sealed=None))

    async def claim_code(self, tx: Transaction, code_id: str, person_id: str) -> bool:
        """Note which chat opened a code; False when another did before."""
        claimed = await tx.execute(
            update(desk_codes)
            .where(desk_codes.c.id == code_id, desk_codes.c.claimed_by.is_(None))
            .values(claimed_by=person_id)
        )
        return bool(claimed.rowcount == 1)

    # --- failed sign-ins

    async def failures(self, tx: Transaction, name: str, since: datetime) -> Sequence[datetime]:
        found = await tx.execute(
            select(desk_attempts.c.at)
            .where(desk_attempts.c.name_hash == self.name_hash(name), desk_attempts.c.at > since)
            .order_by(desk_attempts.c.at)
        )
        return list(found.scalars())

    async def add_failure(self, tx: Transaction, attempt_id: str, name: str, now: datetime) -> None:
        await tx.execute(insert(desk_attempts).values(id=attempt_id, name_hash=self.name_hash(name), at=now))

    async def clear_failures(self, tx: Transaction, name: str) -> None:
        await tx.execute(delete(desk_attempts).where(desk_attempts.c.name_hash == self.name_hash(name)))

    async def purge(self, tx: Transaction, now: datetime, attempts_before: datetime) -> None:
        """Remove sessions and codes that are over, and old attempts."""
        await tx.execute(delete(desk_sessions).where(desk_sessions.c.expires_at <= now))
        await tx.execute(delete(desk_codes).where(desk_codes.c.expires_at <= now))
        await tx.execute(delete(desk_attempts).where(desk_attempts.c.at <= attempts_before))

    def _account(self, row: Row[Any]) -> Account:
        return Account(
            row.id,
            row.person_id,
            self._cipher.open(_TABLE, "name_sealed", row.id, row.name_sealed),
            self._cipher.open(_TABLE, "shown_sealed", row.id, row.shown_sealed),
            ready=row.password_sealed is not None,
            external=row.subject_hash is not None,
            created_at=row.created_at,
            disabled_at=row.disabled_at,
        )
