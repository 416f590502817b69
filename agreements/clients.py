"""Use cases about clients: their file, the link to a chat, the coordinator's list."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from agreements import pictures, rules
from agreements.casework import Casework, by_client
from agreements.errors import (
    CaseNumberInvalidError,
    CaseNumberTakenError,
    LanguageUnknownError,
    OwnInvitationError,
    PicturesNeededError,
    PlaceTooLongError,
    StillCoordinatesError,
    TooManyInChatError,
)
from agreements.goals import rules as goal_rules
from agreements.goals.types import Task
from agreements.types import Client, ClientLine, Reminder, Request
from db.engine import Transaction
from delivery.types import Push
from i18n import languages
from people.audit.types import Part
from people.errors import InvitationInvalidError
from people.types import Actor, Invitation, NewInvitation, Permission, Role

ANSWERS_WAIT = timedelta(days=13)
"""How long an answer waits for a new chat; a little less than the outbox remembers what arrived."""


class Clients(Casework):
    """Clients and who stands behind them."""

    async def free_case_number(self, tx: Transaction, actor: Actor, text: str) -> str:
        """The case number in its one spelling, if a case may be opened with it. Raises CaseNumberInvalid-, CaseNumberTakenError."""
        self.access.may(actor, Permission.CREATE_CLIENT)
        number = rules.case_number(text)
        if number is None:
            raise CaseNumberInvalidError
        if await self._repository.client_by_case(tx, number) is not None:
            raise CaseNumberTakenError
        return number

    async def create_client(
        self, tx: Transaction, actor: Actor, case_number: str, language: str, place: str, now: datetime
    ) -> Client:
        """Open a case; `place` may be empty. Whoever is the deputy of all the coordinator's cases is so of this one.

        Raises CaseNumberInvalid-, CaseNumberTaken-, LanguageUnknown-, PlaceTooLongError.
        """
        number = await self.free_case_number(tx, actor, case_number)
        if not languages.known(language):
            raise LanguageUnknownError
        if len(place := rules.clean_line(place)) > rules.PLACE_LENGTH:
            raise PlaceTooLongError
        client = Client(
            id=self._new_id(),
            case_number=number,
            person_id=None,
            coordinator_id=actor.id,
            deputies=frozenset(),
            language=language,
            place=place,
            reminders=False,
            reachable=True,
            paused=False,
            created_at=now,
            linked_at=None,
            ended_at=None,
        )
        deputies = await self._team.standing(tx, actor.id)
        await self._repository.add_client(tx, client)
        for deputy in sorted(deputies):
            await self._team.add_deputy(tx, [client.id], deputy)
        return await self.access.work_on(tx, actor, client.id, change=True)

    async def get_client(self, tx: Transaction, actor: Actor, client_id: str) -> Client:
        """One client's file, for its coordinator and deputies. Raises NotFoundError."""
        return await self.access.work_on(tx, actor, client_id, Part.CASE)

    async def client_by_case(
        self,
        tx: Transaction,
        actor: Actor,
        case_number: str,
        part: Part = Part.CASE,
        *,
        change: bool = False,
    ) -> Client:
        """The same by the case number, in any spelling. Raises NotFoundError."""
        return await self.access.by_case(tx, actor, rules.case_number(case_number) or "", part, change=change)

    async def list_clients(
        self,
        tx: Transaction,
        actor: Actor,
        now: datetime,
        *,
        among: Iterable[Client] | None = None,
    ) -> list[ClientLine]:
        """All open cases of the coordinator, or those `among` them that were read already, worst first. Raises NotFoundError."""
        if among is None:
            clients = await self.access.caseload(tx, actor)
        else:
            clients = self.access.theirs_still(tx, actor, among)
        ids = [client.id for client in clients]
        dues = by_client(await self._repository.dues(tx, ids, rules.ACTIVE))
        requests = by_client(await self._repository.requests(tx, ids))
        reminders = by_client(await self._repository.reminders(tx, client_id=ids, states=rules.TO_LOOK_AT))
        lines = [
            _line(client, dues[client.id], requests[client.id], reminders[client.id], now)
            for client in clients
        ]
        return sorted(lines, key=lambda line: (rules.worst_first(line), line.client.case_number))

    async def invite_client(
        self, tx: Transaction, actor: Actor, client_id: str, now: datetime
    ) -> NewInvitation:
        """A one-time link for the client; it replaces those made before. Raises NotFoundError."""
        client = await self.access.work_on(tx, actor, client_id, Part.LINK, change=True)
        return await self._people.invite(tx, actor, Role.CLIENT, now, client_id=client.id)

    async def relink(self, tx: Transaction, actor: Actor, client_id: str, now: datetime) -> NewInvitation:
        """A lost phone or a new account: the old chat loses the case at once, and whoever opens the new link takes its place.

        What was to be reminded of meanwhile goes to the call list. Raises NotFoundError.
        """
        await self.unlink(tx, actor, client_id, now)
        return await self.invite_client(tx, actor, client_id, now)

    async def pictures_needed(
        self, tx: Transaction, actor: Actor, invitation: Invitation
    ) -> tuple[Client, ...] | None:
        """The cases that the chat stands for already, where one more is to be told apart from them; None where no picture is needed.

        Raises TooManyInChatError.
        """
        others = [c for c in await self.own_clients(tx, actor) if c.id != invitation.client_id]
        theirs = await self._repository.client(tx, invitation.client_id or "")
        if not others or (theirs is not None and theirs.person_id == actor.id):
            return None
        if len(others) >= pictures.MOST:
            raise TooManyInChatError
        return tuple(others)

    async def link(
        self,
        tx: Transaction,
        actor: Actor,
        invitation: Invitation,
        now: datetime,
        *,
        picture: str = "",
        first: str = "",
    ) -> Client:
        """Bind the chat of whoever brings the invitation to its client; another chat that the client had before loses it.

        A chat that stands for others already needs a `picture` for this client, and `first` for the one who had none so far.
        Reminders stay off until the person says yes; answers that nobody got are told here. Raises OwnInvitation-,
        PicturesNeededError (the link stays good), TooManyInChat-, InvitationInvalidError.
        """
        client = await self._repository.client(tx, invitation.client_id) if invitation.client_id else None
        if client is None or client.ended_at is not None or invitation.role is not Role.CLIENT:
            raise InvitationInvalidError
        if actor.id == client.coordinator_id or actor.id in client.deputies:
            raise OwnInvitationError
        others = await self.pictures_needed(tx, actor, invitation)
        for other in others or ():
            if not other.picture:
                await self.choose_picture(tx, actor, other.id, first)
        if others is not None:
            self._check_picture(picture, await self.own_clients(tx, actor))
        await self._people.redeem(tx, actor, invitation, now)
        if client.person_id == actor.id:
            return client
        if client.linked:
            await self._detach(tx, client, now)
        await self._repository.change_client(
            tx,
            client.id,
            person_id=actor.id,
            picture=picture if others is not None else "",
            linked_at=now,
            reminders=False,
        )
        await self._pushes.tell_coordinator(tx, client, client.id, now)
        linked = await self.access.theirs(tx, actor, client.id, Part.LINK, change=True)
        await self._catch_up(tx, linked, now)
        return linked

    async def choose_picture(self, tx: Transaction, actor: Actor, client_id: str, picture: str) -> Client:
        """Another picture for one of the chat's cases. Raises PicturesNeeded- for one that is taken or none, NotFoundError."""
        client = await self.access.theirs(tx, actor, client_id, Part.LINK, change=True)
        self._check_picture(picture, [c for c in await self.own_clients(tx, actor) if c.id != client.id])
        await self._repository.change_client(tx, client.id, picture=picture)
        return replace(client, picture=picture)

    async def leave(self, tx: Transaction, actor: Actor, client_id: str | None, now: datetime) -> None:
        """The person takes a case off the phone, without an id the only one; the coordinator hears of it.

        The others stay. Raises NotLinked-, WhoseUnclear-, NotFoundError.
        """
        client = await self.access.own(tx, actor, Part.LINK, change=True, client_id=client_id)
        await self._detach(tx, client, now)
        await self._pushes.tell_coordinator(tx, client, client.id, now)

    async def went_away(self, tx: Transaction, actor: Actor, now: datetime) -> None:
        """The person has blocked the bot: whoever looks after their cases hears that nothing arrives."""
        for client in await self.own_clients(tx, actor):
            await self._pushes.tell_coordinator(tx, client, client.id, now)

    async def is_back(self, tx: Transaction, actor: Actor, now: datetime) -> None:
        """The person is reached again, after a block or a pause: what was answered, changed or decided meanwhile is told now."""
        own = {client.id: client for client in await self.own_clients(tx, actor)}
        for push, ref in await self._pushes.missed(tx, actor.id) if own else ():
            if push == Push.ANSWER:
                request = await self._repository.request(tx, ref)
                if request is not None and request.answer and (client := own.get(request.client_id)):
                    await self._pushes.tell_client(tx, client, Push.ANSWER, ref, now)
            elif push == Push.RESTRICTION:
                if (client := own.get(ref)) is not None:
                    await self._pushes.tell_client(tx, client, Push.RESTRICTION, ref, now)
            elif push == Push.APPOINTMENT:
                found = await self._repository.appointment(tx, ref)
                if found is not None and (client := own.get(found.client_id)):
                    until = found.starts_at
                    await self._pushes.tell_client(tx, client, Push.APPOINTMENT, ref, now, not_after=until)

    async def unlink(self, tx: Transaction, actor: Actor, client_id: str, now: datetime) -> Client:
        """End the link between a case and its chat, as when a phone is lost. Raises NotFoundError."""
        client = await self.access.work_on(tx, actor, client_id, Part.LINK, change=True)
        await self._detach(tx, client, now)
        return await self.access.work_on(tx, actor, client_id, Part.LINK, change=True)

    async def end_case(self, tx: Transaction, actor: Actor, client_id: str, now: datetime) -> Client:
        """Close a case: its chat is let go of, and the time begins after which all of it is removed. Raises NotFoundError."""
        client = await self.access.work_on(tx, actor, client_id, change=True)
        await self._detach(tx, client, now)
        await self._repository.change_client(tx, client.id, ended_at=client.ended_at or now)
        return await self.access.work_on(tx, actor, client.id)

    async def to_erase(self, tx: Transaction, actor: Actor, client_id: str) -> Client:
        """A case that may be removed for good: also one that is only stored, where the person wants it deleted. Raises CaseRestricted-, NotFoundError."""
        wished = await self._tasks.duties(tx, [client_id])
        part = Part.ERASURE if wished else Part.CASE
        return await self.access.work_on(tx, actor, client_id, part, change=True)

    async def let_go(self, tx: Transaction, client: Client, now: datetime) -> None:
        """End the link to its chat, before a case is removed."""
        await self._detach(tx, client, now)

    async def reopen_case(self, tx: Transaction, actor: Actor, client_id: str) -> Client:
        """Go on with a closed case of somebody who has come back; a chat is linked by a new invitation. Raises NotFoundError."""
        client = await self.access.work_on(tx, actor, client_id, change=True)
        deputies = await self._team.standing(tx, client.coordinator_id)
        await self._repository.change_client(tx, client.id, ended_at=None)
        for deputy in sorted(deputies):
            await self._team.add_deputy(tx, [client.id], deputy)
        return await self.access.work_on(tx, actor, client.id)

    async def own_clients(self, tx: Transaction, actor: Actor) -> list[Client]:
        """The cases that this chat stands for: none, one, or those of a family."""
        return await self._repository.clients_of_person(tx, actor.id)

    async def own_client(self, tx: Transaction, actor: Actor, client_id: str | None = None) -> Client:
        """One of them, without an id the only one. Raises NotLinked-, WhoseUnclear-, NotFoundError."""
        return await self.access.own(tx, actor, Part.CASE, client_id=client_id)

    async def set_reminders(
        self, tx: Transaction, actor: Actor, on: bool, now: datetime, *, client_id: str | None = None
    ) -> Client:
        """The client's own yes or no to reminders. Raises NotLinked-, WhoseUnclear-, NotFoundError."""
        client = await self.access.own(tx, actor, Part.LINK, change=True, client_id=client_id)
        await self._repository.change_client(tx, client.id, reminders=on)
        client = replace(client, reminders=on)
        if on:
            await self._reminders.plan_all(tx, client, now)
        return client

    async def check_forgettable(self, tx: Transaction, actor: Actor) -> None:
        """Whether the person may be forgotten. Raises StillCoordinatesError for whoever looks after cases."""
        if await self._repository.coordinates(tx, actor.id):
            raise StillCoordinatesError

    async def forget_person(self, tx: Transaction, actor: Actor, now: datetime) -> None:
        """Let go of the chat before the person is forgotten; the cases stay with their coordinators, who are to decide on each of them.

        Raises StillCoordinatesError.
        """
        await self.check_forgettable(tx, actor)
        for client in await self.own_clients(tx, actor):
            await self.leave(tx, actor, client.id, now)
            await self._to_decide_on(tx, client, now)
        await self._pushes.forget(tx, actor.id, now)

    async def _to_decide_on(self, tx: Transaction, client: Client, now: datetime) -> None:
        """A task with the deadline of the law, unless one waits already."""
        if await self._tasks.duties(tx, [client.id]):
            return
        due_on = goal_rules.erasure_due_on(rules.today(now))
        task = Task(self._new_id(), client.id, None, goal_rules.ERASURE, due_on, None, now)
        # Of the person who asked, the case is to know nothing any more.
        await self._tasks.add_task(tx, task, client.coordinator_id)

    async def _detach(self, tx: Transaction, client: Client, now: datetime) -> None:
        await self._reminders.detach(tx, client, now)
        await self._sharing.end_of_client(tx, client.id, now)
        await self._repository.change_client(
            tx, client.id, person_id=None, picture="", linked_at=None, reminders=False
        )

    async def _catch_up(self, tx: Transaction, client: Client, now: datetime) -> None:
        """Tell the new chat of answers that came while there was none, or that the old one did not get any more."""
        for request in await self._repository.requests(tx, [client.id], open_only=False):
            fresh = request.answered_at is not None and now - request.answered_at < ANSWERS_WAIT
            if fresh and request.answer and not await self._pushes.has_arrived(tx, Push.ANSWER, request.id):
                await self._pushes.tell_client(tx, client, Push.ANSWER, request.id, now)

    @staticmethod
    def _check_picture(picture: str, others: Iterable[Client]) -> None:
        if picture not in pictures.free([client.picture for client in others]):
            raise PicturesNeededError


def _line(
    client: Client,
    dues: list[Any],
    requests: list[Request],
    reminders: list[Reminder],
    now: datetime,
) -> ClientLine:
    """`dues` are rows with `id` and `due_on` of what is to be done."""
    active = {due.id: due.due_on for due in dues}
    today = rules.today(now)
    waiting = {row.subject_id for row in reminders if rules.unanswered(row, now)}
    return ClientLine(
        client=client,
        next_due=min((on for on in active.values() if on >= today), default=None),
        overdue=sum(on < today for on in active.values()),
        open_requests=len(requests),
        calls=sum(request.kind in rules.CALLS for request in requests),
        unanswered=len(waiting & active.keys()),
        undelivered=sum(rules.lost_lately(row, now) for row in reminders),
        unreachable=not client.linked or not client.reachable,
    )
