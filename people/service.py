"""Use cases about who somebody is; every question of rights goes through `Accessor`."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from db.engine import Transaction
from people import rules
from people.accessor import Accessor
from people.audit.service import Trail
from people.errors import CodesOpenError, InvitationInvalidError, NotFoundError, TooManyAttemptsError
from people.house.repository import HouseRepository
from people.house.service import HouseService
from people.locks.service import PictureLocks
from people.repository import PeopleRepository
from people.types import (
    Actor,
    Address,
    Consent,
    Draft,
    Invitation,
    NewInvitation,
    Permission,
    Person,
    Role,
)


class PeopleService:
    """Persons, languages, roles, invitations, drafts. Never commits: `tx` is the caller's unit of work."""

    def __init__(
        self,
        repository: PeopleRepository,
        trail: Trail,
        *,
        new_id: Callable[[], str],
        new_code: Callable[[], str],
        house: HouseService | None = None,
    ) -> None:
        self._repository = repository
        self._new_id = new_id
        self.new_code = new_code
        self.trail = trail
        self.house = house or HouseService(HouseRepository(), new_id=new_id)
        self.locks = PictureLocks(repository.locks, new_salt=new_id)
        self.accessor = Accessor()

    def chat_hash(self, chat_id: int) -> str:
        """The keyed hash by which a chat's messages are kept in order."""
        return self._repository.chat_hash(chat_id)

    async def find(self, tx: Transaction, chat_id: int) -> Actor | None:
        """Who writes from this chat, if they are known."""
        known = await self._repository.known(tx, chat_id)
        return Actor(*known) if known else None

    async def actor(self, tx: Transaction, person_id: str) -> Actor:
        """The person with this id. Raises NotFoundError."""
        known = await self._repository.known_by_id(tx, person_id)
        if known is None:
            raise NotFoundError
        return Actor(*known)

    async def ids(self, tx: Transaction) -> list[str]:
        """Everybody that is stored."""
        return await self._repository.ids(tx)

    async def meet(self, tx: Transaction, chat_id: int, language: str, now: datetime) -> Actor:
        """Who writes from this chat; a stranger becomes a person with nothing but chat and language."""
        known = await self.find(tx, chat_id)
        if known is None:
            person = Person(self._new_id(), language, False, None, False, True, now)
            await self._repository.add(tx, person, chat_id, now)
            return Actor(person, frozenset())
        if not known.person.reachable or now - known.person.seen_at > timedelta(hours=1):
            await self._repository.change(tx, known.id, seen_at=now, reachable=True)
            return replace(known, person=replace(known.person, seen_at=now, reachable=True))
        return known

    async def enrol(
        self, tx: Transaction, roles: Iterable[Role], language: str, now: datetime, *, by: str | None
    ) -> Actor:
        """A new person without a chat, who works at the desk with these roles."""
        person = Person(self._new_id(), language, True, None, False, True, now)
        await self._repository.add(tx, person, None, now)
        await self.set_roles(tx, person.id, roles, now, by=by)
        return await self.actor(tx, person.id)

    async def set_roles(
        self, tx: Transaction, person_id: str, roles: Iterable[Role], now: datetime, *, by: str | None
    ) -> None:
        """Exactly these roles from now on."""
        wanted, held = frozenset(roles), await self._repository.roles_of(tx, person_id)
        await self._repository.end_roles(tx, person_id, now, but=wanted)
        for role in sorted(wanted - held):
            await self._repository.grant(tx, self._new_id(), person_id, role, by, now)

    async def take_chat(self, tx: Transaction, source: Actor, target: Actor) -> None:
        """`target` is reached on the phone of `source` from now on; `source`, who is nothing but that chat, is no more."""
        address = await self._repository.address(tx, source.id)
        if address is None:
            raise NotFoundError
        await self._repository.remove(tx, source.id)
        await self._repository.set_chat(tx, target.id, address.chat_id)
        seen = source.person.notice_version
        await self._repository.change(
            tx, target.id, notice_version=seen, notice_shown=source.person.notice_shown, reachable=True
        )

    async def follow_language(self, tx: Transaction, actor: Actor, tag: str) -> Actor:
        """Speak the language that somebody writes in who has not chosen one; buttons are then answered in it too."""
        if actor.person.language_chosen or actor.person.language == tag:
            return actor
        await self._repository.change(tx, actor.id, language=tag)
        return replace(actor, person=replace(actor.person, language=tag))

    async def choose_language(self, tx: Transaction, actor: Actor, language: str) -> None:
        """Speak this language with the person from now on."""
        await self._repository.change(tx, actor.id, language=language, language_chosen=True)

    async def accept_notice(self, tx: Transaction, actor: Actor, version: str, now: datetime) -> None:
        """Keep which version of the notice was shown, and when."""
        await self._repository.change(
            tx, actor.id, notice_version=version, notice_shown=version, notice_at=now
        )
        await self.keep_consent(tx, actor, Consent.NOTICE_READ, version, actor.person.language, now)

    async def show_notice(
        self, tx: Transaction, actor: Actor, version: str, language: str, now: datetime
    ) -> None:
        """Keep that the notice stands on the phone, in which words and language."""
        if actor.person.notice_shown != version:
            await self._repository.change(tx, actor.id, notice_shown=version)
            await self.keep_consent(tx, actor, Consent.NOTICE_SHOWN, version, language, now)

    async def keep_consent(
        self,
        tx: Transaction,
        actor: Actor,
        what: Consent,
        version: str,
        language: str,
        now: datetime,
        *,
        given: bool = True,
    ) -> None:
        """Keep what somebody was told or said yes or no to: with the version of the words, the language and the time."""
        values = {"what": what.value, "given": given, "version": version, "language": language, "at": now}
        await self._repository.add_consent(tx, self._new_id(), actor.id, **values)

    async def answered(self, tx: Transaction, actor: Actor, what: Consent) -> bool:
        """Whether somebody was ever asked this and said yes or no."""
        return await self._repository.answered(tx, actor.id, what.value)

    async def pause(self, tx: Transaction, actor: Actor, paused: bool) -> None:
        """Stop all pushes to this person, or let them come again."""
        await self._repository.change(tx, actor.id, paused=paused)

    async def keep_menu(self, tx: Transaction, actor: Actor, menu: str) -> None:
        """Remember which command menu the person's chat was given."""
        await self._repository.change(tx, actor.id, menu=menu)

    async def mark_reachable(self, tx: Transaction, person_id: str, reachable: bool) -> None:
        """What Telegram says of the chat: blocked, or open again."""
        await self._repository.change(tx, person_id, reachable=reachable)

    async def forget(self, tx: Transaction, person_id: str) -> None:
        """Remove the person with everything that hangs on the chat; case records stay with the coordinator, unlinked."""
        await self._repository.remove(tx, person_id)

    async def purge(
        self, tx: Transaction, now: datetime, *, attempts: timedelta = rules.ATTEMPT_LIFE
    ) -> None:
        """Remove dialogue steps that are over, and attempts that have been kept so long."""
        await self._repository.purge(tx, now, now - attempts)

    async def address(self, tx: Transaction, person_id: str) -> Address | None:
        """Where to reach a person: for delivery only."""
        return await self._repository.address(tx, person_id)

    async def addresses(self, tx: Transaction, person_ids: Collection[str]) -> dict[str, Address]:
        """Where to reach people, by their ids; whoever is gone is left out. For delivery only."""
        return await self._repository.addresses(tx, person_ids)

    async def roles_of(self, tx: Transaction, person_ids: Collection[str]) -> dict[str, frozenset[Role]]:
        """What people are by their ids; whoever is nothing is left out."""
        return await self._repository.roles_of_many(tx, person_ids)

    async def with_chat(self, tx: Transaction, person_ids: Collection[str]) -> set[str]:
        """Who of these people has a phone with which the bot talks."""
        return await self._repository.with_chat(tx, person_ids)

    async def holders(self, tx: Transaction, role: Role) -> list[str]:
        """Ids of everybody who holds the role."""
        return await self._repository.holders(tx, role)

    async def invite(
        self, tx: Transaction, actor: Actor | None, role: Role, now: datetime, *, client_id: str | None = None
    ) -> NewInvitation:
        """Make a one-time code for a role; `actor` None is the operator at the command line.

        An invitation for a client replaces the ones made before, so does one for a provider, whose id stands as `client_id`.
        Rights over the client are the caller's business.
        Raises NotAllowedError, and CodesOpenError for volunteers.
        """
        if actor is not None:
            needed = {
                Role.VOLUNTEER: Permission.INVITE_VOLUNTEER,
                Role.CLIENT: Permission.CREATE_CLIENT,
                Role.PROVIDER: Permission.KEEP_CATALOGUE,
            }
            self.accessor.require(actor, needed.get(role, Permission.INVITE_STAFF))
            if role is Role.VOLUNTEER and len(await self.open_codes(tx, actor, now)) >= rules.OPEN_CODES:
                raise CodesOpenError
        if client_id is not None:
            await self._repository.revoke_invitations(tx, client_id, now)
        life, uses = rules.invitation_life(role)
        created_by = actor.id if actor else None
        invitation = Invitation(self._new_id(), role, client_id, created_by, now + life, uses, 0, None)
        code = self.new_code()
        await self._repository.add_invitation(tx, invitation, code, now)
        return NewInvitation(invitation.id, invitation.expires_at, code)

    async def open_codes(self, tx: Transaction, actor: Actor, now: datetime) -> list[Invitation]:
        """The codes for volunteers that the actor made and that still open something, the oldest first. Raises NotAllowedError."""
        self.accessor.require(actor, Permission.INVITE_VOLUNTEER)
        found = await self._repository.invitations_by(tx, actor.id, Role.VOLUNTEER)
        return [each for each in found if rules.usable(each, now)]

    async def withdraw_code(self, tx: Transaction, actor: Actor, invitation_id: str, now: datetime) -> None:
        """Let nobody in by this code any more; who came in stays. Raises NotAllowed-, NotFoundError."""
        if invitation_id not in {each.id for each in await self.open_codes(tx, actor, now)}:
            raise NotFoundError
        await self._repository.revoke_invitation(tx, invitation_id, now)

    async def look_up(self, tx: Transaction, actor: Actor, code: str, now: datetime) -> Invitation:
        """The invitation behind a code, still unused. Raises InvitationInvalidError, or TooManyAttemptsError after five wrong ones an hour.

        A wrong code is counted in the caller's unit of work: commit also when this raised.
        """
        tried = await self._repository.count_attempts(tx, actor.id, now - timedelta(hours=1))
        if tried >= rules.ATTEMPTS_AN_HOUR:
            raise TooManyAttemptsError
        invitation = await self._repository.invitation(tx, code)
        if invitation is None or not rules.usable(invitation, now):
            await self._repository.add_attempt(tx, self._new_id(), actor.id, now)
            raise InvitationInvalidError
        return invitation

    async def was_for(self, tx: Transaction, code: str, client_ids: Collection[str]) -> bool:
        """Whether a code that was used up led to one of these cases, which are those of whoever brings it; of no other is anything said."""
        found = await self._repository.invitation(tx, code)
        return found is not None and found.uses >= found.max_uses and found.client_id in client_ids

    async def redeem(self, tx: Transaction, actor: Actor, invitation: Invitation, now: datetime) -> None:
        """Use the invitation up; for a role other than client, grant it. Raises InvitationInvalidError when another was quicker."""
        if not await self._repository.use_invitation(tx, invitation.id, now):
            raise InvitationInvalidError
        if invitation.role is not Role.CLIENT and invitation.role not in actor.roles:
            await self._repository.grant(
                tx, self._new_id(), actor.id, invitation.role, invitation.created_by, now
            )

    async def end_rights(self, tx: Transaction, person_id: str, now: datetime) -> None:
        """Somebody leaves: no role, no chat, no dialogue under way, and no invitation of theirs opens anything any more."""
        await self._repository.end_roles(tx, person_id, now)
        await self._repository.revoke_invitations_by(tx, person_id, now)
        await self._repository.drop_draft(tx, person_id)
        await self._repository.change(tx, person_id, chat_hash=None, chat_sealed=None, menu="")

    async def draft(self, tx: Transaction, actor: Actor, kind: str, now: datetime) -> Draft | None:
        """The dialogue of this kind that the person is in, unless it is over."""
        return await self._repository.draft(tx, actor.id, kind, now)

    async def drafts(self, tx: Transaction, actor: Actor, now: datetime) -> list[Draft]:
        """Every dialogue that the person is in."""
        return await self._repository.drafts_of(tx, actor.id, now)

    async def put_draft(
        self,
        tx: Transaction,
        actor: Actor,
        kind: str,
        step: str,
        data: Mapping[str, Any],
        now: datetime,
        *,
        life: timedelta = rules.DRAFT_LIFE,
    ) -> None:
        """Keep the next step of a dialogue; it replaces the one before of the same kind."""
        await self._repository.put_draft(tx, self._new_id(), actor.id, Draft(kind, step, data), now + life)

    async def drop_draft(self, tx: Transaction, actor: Actor, kind: str) -> None:
        """End a dialogue."""
        await self._repository.drop_draft(tx, actor.id, kind)
