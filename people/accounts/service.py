"""Use cases about accounts at the desk: invite, sign in, lock, recover, end, and link a phone."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from db.engine import Transaction
from people.accounts import rules
from people.accounts.errors import (
    AccountNameError,
    AccountNameTakenError,
    AccountRoleError,
    CodeInvalidError,
    CodeWrongError,
    OwnAccountError,
    PasswordWeakError,
    PhoneTakenError,
    SignInError,
    SignInTooOftenError,
)
from people.accounts.passwords import new_totp_secret, totp_step
from people.accounts.repository import AccountsRepository
from people.accounts.types import (
    Account,
    AccountEvent,
    Candidate,
    Code,
    CodeKind,
    Member,
    NewCode,
    NewSession,
    Secrets,
    Session,
    SignedIn,
)
from people.audit.types import Capacity, Part
from people.errors import NotFoundError
from people.service import PeopleService
from people.types import Actor, Permission, Role


class AccountsService:
    """Accounts. Never commits: `tx` is the caller's unit of work. Passwords are hashed and checked by the caller, outside of it."""

    def __init__(
        self,
        repository: AccountsRepository,
        people: PeopleService,
        *,
        new_id: Callable[[], str],
        new_code: Callable[[], str],
        new_secret: Callable[[], str] = new_totp_secret,
        wall: Callable[[], datetime] | None = None,
    ) -> None:
        self._repository = repository
        self._people = people
        self._new_id = new_id
        self._new_code = new_code
        self._new_secret = new_secret
        self._wall = wall

    # --- signing in

    async def candidate(self, tx: Transaction, name: str, now: datetime) -> Candidate:
        """Whose password is to be checked. Raises SignInTooOftenError before anything is looked at."""
        spelled = rules.account_name(name) or name.strip().casefold()[: rules.SHOWN_LONGEST]
        failures = await self._repository.failures(tx, spelled, now - rules.ATTEMPTS_KEPT)
        until = rules.refused_until(failures)
        if until is not None and now < until:
            raise SignInTooOftenError
        account = await self._repository.by_name(tx, spelled)
        if account is None or account.disabled_at is not None:
            return Candidate(spelled, None, None)
        return Candidate(spelled, account, await self._repository.secrets(tx, account.id))

    async def sign_in(
        self, tx: Transaction, candidate: Candidate, code: str, now: datetime, *, password_fits: bool
    ) -> NewSession:
        """A new session for the right password and the code of now. Raises SignInError, which is counted: commit all the same."""
        account, secrets = candidate.account, candidate.secrets
        if account is not None and secrets is not None and password_fits:
            step = totp_step(secrets.totp_secret, code, rules.steps_around(now))
            if step is not None and await self._repository.use_step(tx, account.id, step):
                await self._repository.clear_failures(tx, candidate.name)
                return await self._open(tx, account, now)
        await self._repository.add_failure(tx, self._new_id(), candidate.name, now)
        raise SignInError

    async def sign_in_external(
        self, tx: Transaction, issuer: str, subject: str, name: str, now: datetime
    ) -> NewSession:
        """A new session for whom the district's single sign-on vouches; the first time the user name finds the account.

        Raises SignInError.
        """
        known = f"{issuer}\0{subject}"
        account = await self._repository.by_subject(tx, known)
        if account is None:
            spelled = rules.account_name(name)
            account = await self._repository.by_name(tx, spelled) if spelled else None
            if account is None or account.external or account.disabled_at is not None:
                raise SignInError
            await self._repository.set_subject(tx, account.id, known)
        if account.disabled_at is not None:
            raise SignInError
        return await self._open(tx, account, now)

    async def signed_in(self, tx: Transaction, token: str, now: datetime) -> SignedIn | None:
        """Who is behind a session's token, unless it is over."""
        session = await self._repository.session(tx, token) if token else None
        if session is None or now >= session.expires_at:
            return None
        account = await self._repository.by_id(tx, session.account_id)
        if account is None or account.disabled_at is not None:
            return None
        actor = await self._people.actor(tx, account.person_id)
        return SignedIn(account, actor, session, rules.is_locked(session.seen_at, now))

    async def see(self, tx: Transaction, session: Session, now: datetime) -> None:
        """Somebody is at the desk: the hour after which it locks begins anew."""
        await self._repository.see_session(tx, session.id, now)

    async def unlock(self, tx: Transaction, signed: SignedIn, now: datetime, *, password_fits: bool) -> None:
        """Go on where the session was left. Raises SignInError, which is counted."""
        if not password_fits:
            await self._repository.add_failure(tx, self._new_id(), signed.account.name, now)
            raise SignInError
        await self._repository.see_session(tx, signed.session.id, now)

    async def sign_out(self, tx: Transaction, session: Session) -> None:
        """End this session."""
        await self._repository.end_session(tx, session.id)

    async def end_other_sessions(self, tx: Transaction, signed: SignedIn) -> None:
        """End every other session of the same account."""
        await self._repository.end_sessions(tx, signed.account.id, but=signed.session.id)

    async def _open(self, tx: Transaction, account: Account, now: datetime) -> NewSession:
        session = Session(self._new_id(), account.id, now, now, now + rules.SESSION_LIFE)
        token = self._new_code() + self._new_code()
        await self._repository.add_session(tx, session, token)
        return NewSession(session, token)

    # --- accounts

    async def create(
        self,
        tx: Transaction,
        actor: Actor | None,
        name: str,
        shown: str,
        roles: Iterable[Role],
        now: datetime,
        *,
        language: str = "de",
    ) -> NewCode:
        """A new account for a new person, and the code with which they choose a password; `actor` None is the operator.

        Raises AccountName-, AccountNameTaken-, AccountRole-, NotAllowedError.
        """
        self._may_manage(actor)
        spelled = rules.account_name(name)
        if spelled is None:
            raise AccountNameError
        if await self._repository.by_name(tx, spelled) is not None:
            raise AccountNameTakenError
        wanted = _checked_roles(roles)
        person = await self._people.enrol(tx, wanted, language, now, by=actor.id if actor else None)
        shown = " ".join(shown.split())[: rules.SHOWN_LONGEST] or spelled
        account = Account(self._new_id(), person.id, spelled, shown, False, False, now, None)
        await self._repository.add(tx, account)
        self._note(tx, actor, account, Part.ACCOUNT_MADE)
        return await self._code(tx, account, CodeKind.INVITE, now)

    async def recover(self, tx: Transaction, actor: Actor | None, account_id: str, now: datetime) -> NewCode:
        """A code for a new password and a new authenticator; whoever is signed in with the account is out. Raises NotFound-, NotAllowedError."""
        account = await self._managed(tx, actor, account_id)
        await self._repository.end_sessions(tx, account.id)
        self._note(tx, actor, account, Part.ACCOUNT_RECOVERED)
        return await self._code(tx, account, CodeKind.RECOVER, now)

    async def members(self, tx: Transaction, actor: Actor) -> list[Member]:
        """Every account, by its shown name. Raises NotAllowedError."""
        self._may_manage(actor)
        every = await self._repository.every(tx)
        ids = [account.person_id for account, _ in every]
        roles, phones = await self._people.roles_of(tx, ids), await self._people.with_chat(tx, ids)
        found = [
            Member(account, roles.get(account.person_id, frozenset()), account.person_id in phones, seen_at)
            for account, seen_at in every
        ]
        return sorted(found, key=lambda member: member.account.shown.casefold())

    async def colleagues(self, tx: Transaction, actor: Actor, role: Role) -> list[Account]:
        """Accounts in use whose person holds the role, by shown name, without the one who asks. Raises NotAllowedError."""
        self._people.accessor.require(actor, Permission.USE_DESK)
        holders = set(await self._people.holders(tx, role)) - {actor.id}
        every = [account for account, _ in await self._repository.every(tx)]
        used = [a for a in every if a.person_id in holders and a.disabled_at is None]
        return sorted(used, key=lambda account: account.shown.casefold())

    async def everybody(self, tx: Transaction) -> list[Account]:
        """Every account: for the operator."""
        return [account for account, _ in await self._repository.every(tx)]

    async def shown_names(self, tx: Transaction) -> dict[str, str]:
        """The shown names by person id: for pages that say who did something."""
        return {account.person_id: account.shown for account, _ in await self._repository.every(tx)}

    async def set_roles(
        self, tx: Transaction, actor: Actor, account_id: str, roles: Iterable[Role], now: datetime
    ) -> str:
        """Exactly these of the roles that the desk gives; what somebody is in a helper circle stays. Returns the person's id. Raises AccountRole-, OwnAccount-, NotFound-, NotAllowedError."""
        account = await self._managed(tx, actor, account_id)
        wanted = _checked_roles(roles)
        if account.person_id == actor.id and Role.ADMINISTRATOR not in wanted:
            raise OwnAccountError
        held = (await self._people.roles_of(tx, [account.person_id])).get(account.person_id, frozenset())
        await self._people.set_roles(
            tx, account.person_id, wanted | (held - set(rules.STAFF)), now, by=actor.id
        )
        self._note(tx, actor, account, Part.ACCOUNT_ROLES)
        return account.person_id

    async def close(self, tx: Transaction, actor: Actor, account_id: str, now: datetime) -> str:
        """Somebody leaves: no password, no session, no phone, no role any more; returns the person's id. Raises OwnAccount-, NotFound-, NotAllowedError."""
        account = await self._managed(tx, actor, account_id)
        if account.person_id == actor.id:
            raise OwnAccountError
        await self.end_rights(tx, account.person_id, now, by=actor)
        return account.person_id

    async def open_again(
        self, tx: Transaction, actor: Actor, account_id: str, roles: Iterable[Role], now: datetime
    ) -> NewCode:
        """Somebody comes back: with these roles, and a code for a new password. Raises AccountRole-, NotFound-, NotAllowedError."""
        account = await self._managed(tx, actor, account_id)
        wanted = _checked_roles(roles)
        await self._repository.open_again(tx, account.id)
        await self._people.set_roles(tx, account.person_id, wanted, now, by=actor.id)
        self._note(tx, actor, account, Part.ACCOUNT_OPENED)
        return await self._code(tx, replace(account, disabled_at=None), CodeKind.RECOVER, now)

    async def end_rights(
        self, tx: Transaction, person_id: str, now: datetime, *, by: Actor | None = None
    ) -> None:
        """Everything that somebody may do ends: account, sessions, codes, roles, the phone, and invitations they made; `by` None is the operator."""
        account = await self._repository.by_person(tx, person_id)
        if account is not None:
            await self._repository.close(tx, account.id, now)
            await self._repository.end_sessions(tx, account.id)
            await self._repository.end_codes(tx, account.id, now)
            self._note(tx, by, account, Part.ACCOUNT_CLOSED)
        await self._people.end_rights(tx, person_id, now)

    async def find(self, tx: Transaction, name_or_id: str) -> str:
        """The person behind a user name, or with an id: for the operator. Raises NotFoundError."""
        account = await self._repository.by_name(tx, name_or_id)
        return account.person_id if account else (await self._people.actor(tx, name_or_id)).id

    async def events(self, tx: Transaction, actor: Actor) -> list[AccountEvent]:
        """What was done with accounts and by whom, the newest first; nothing about a case. Raises NotAllowedError."""
        self._may_manage(actor)
        trail, every = self._people.trail, await self.everybody(tx)
        shown = {account.id: account.shown for account in every}
        whose = {trail.case_hash(id_): name for id_, name in shown.items()}
        staff = {trail.actor_hash(account.person_id): account.shown for account in every}
        rows = await trail.of_cases(tx, list(shown))
        return [AccountEvent(r.at, r.part, whose[r.case_hash], staff.get(r.actor_hash, "")) for r in rows]

    def _note(self, tx: Transaction, actor: Actor | None, account: Account, part: Part) -> None:
        """In the log of what was looked at and changed, which nobody can alter unseen."""
        capacity = Capacity.ADMINISTRATOR if actor else Capacity.OPERATOR
        by = actor.id if actor else capacity.value
        self._people.trail.note(tx, by, capacity, account.id, part, change=True)

    async def _managed(self, tx: Transaction, actor: Actor | None, account_id: str) -> Account:
        self._may_manage(actor)
        account = await self._repository.by_id(tx, account_id)
        if account is None:
            raise NotFoundError
        return account

    def _may_manage(self, actor: Actor | None) -> None:
        if actor is not None:
            self._people.accessor.require(actor, Permission.MANAGE_ACCOUNTS)

    # --- codes

    async def code(self, tx: Transaction, token: str, now: datetime) -> Code:
        """The invitation or recovery behind a link. Raises CodeInvalidError."""
        code = await self._repository.code(tx, token, now)
        if code is None or code.kind is CodeKind.PHONE or code.account.disabled_at is not None:
            raise CodeInvalidError
        return code

    async def choose_password(
        self,
        tx: Transaction,
        token: str,
        password: str,
        password_hash: str,
        digits: str,
        now: datetime,
    ) -> NewSession:
        """Set password and authenticator, and sign in; `password_hash` is that of `password`. Every other link of the account ends.

        Raises CodeInvalid-, PasswordWeak-, CodeWrongError.
        """
        code = await self.code(tx, token, now)
        if not rules.password_fits(password, code.account.name):
            raise PasswordWeakError
        step = totp_step(code.totp_secret, digits, rules.steps_around(now))
        if step is None:
            raise CodeWrongError
        if not await self._repository.use_code(tx, code.id, now):
            raise CodeInvalidError
        await self._repository.end_codes(tx, code.account.id, now)
        await self._repository.set_secrets(
            tx, code.account.id, Secrets(password_hash, code.totp_secret, step)
        )
        await self._repository.end_sessions(tx, code.account.id)
        await self._repository.clear_failures(tx, code.account.name)
        return await self._open(tx, code.account, now)

    async def _code(self, tx: Transaction, account: Account, kind: CodeKind, now: datetime) -> NewCode:
        life = rules.PHONE_CODE_LIFE if kind is CodeKind.PHONE else rules.CODE_LIFE
        code = Code(self._new_id(), account, kind, now + life, None, self._new_secret())
        token = self._new_code()
        await self._repository.add_code(tx, code, token, now)
        return NewCode(account, code.expires_at, token)

    # --- the phone

    async def phone_code(self, tx: Transaction, signed: SignedIn, now: datetime) -> NewCode:
        """A code that the own phone opens within a quarter of an hour."""
        return await self._code(tx, signed.account, CodeKind.PHONE, now)

    async def claim_phone(self, tx: Transaction, actor: Actor, token: str, now: datetime) -> None:
        """A chat opened the link; nothing changes before the desk confirms it. Raises CodeInvalidError."""
        code = await self._repository.code(tx, token, now)
        if (
            code is None
            or code.kind is not CodeKind.PHONE
            or not await self._repository.claim_code(tx, code.id, actor.id)
        ):
            raise CodeInvalidError

    async def claimed_phone(self, tx: Transaction, signed: SignedIn, now: datetime) -> str | None:
        """The person whose chat opened the link, if one did and it waits to be confirmed."""
        code = await self._repository.code_of(tx, signed.account.id, CodeKind.PHONE, now)
        return code.claimed_by if code else None

    async def has_phone(self, tx: Transaction, signed: SignedIn) -> bool:
        """Whether the account's person is reached on a phone."""
        return await self._people.address(tx, signed.account.person_id) is not None

    async def link_phone(self, tx: Transaction, signed: SignedIn, now: datetime, *, busy: bool) -> None:
        """The chat that opened the link is the account's from now on.

        A chat with roles of its own is a colleague who worked on the phone so far: the account becomes theirs, unless it has
        cases itself (`busy`). That the chat is no client's is the caller's business. Raises CodeInvalid-, PhoneTakenError.
        """
        code = await self._repository.code_of(tx, signed.account.id, CodeKind.PHONE, now)
        if code is None or code.claimed_by is None or not await self._repository.use_code(tx, code.id, now):
            raise CodeInvalidError
        phone, desk = await self._people.actor(tx, code.claimed_by), signed.actor
        if not phone.roles:
            await self._people.take_chat(tx, phone, desk)
            return
        if busy or await self._repository.by_person(tx, phone.id) is not None:
            raise PhoneTakenError
        await self._people.set_roles(tx, phone.id, phone.roles | desk.roles, now, by=desk.id)
        await self._repository.set_person(tx, signed.account.id, phone.id)
        await self._people.forget(tx, desk.id)

    async def purge(self, tx: Transaction, now: datetime) -> None:
        """Remove what is over. Sessions live by the clock on the wall: nobody is signed out because a playground's clock was moved ahead."""
        now = now if self._wall is None else min(now, self._wall())
        await self._repository.purge(tx, now, now - rules.ATTEMPTS_KEPT)


def _checked_roles(roles: Iterable[Role]) -> frozenset[Role]:
    wanted = frozenset(roles)
    if not wanted or not wanted <= set(rules.STAFF):
        raise AccountRoleError
    return wanted
