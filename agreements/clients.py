"""Use cases about clients: their file, the link to a chat, the coordinator's list."""

from datetime import datetime
from typing import TypeVar

from agreements import rules
from agreements.casework import Casework
from agreements.errors import (
    CaseNumberInvalidError,
    CaseNumberTakenError,
    LanguageUnknownError,
    OwnInvitationError,
    PlaceTooLongError,
    StillCoordinatesError,
)
from agreements.types import Client, ClientLine, Milestone, MilestoneEvent, Reminder, Request
from db.engine import Transaction
from i18n import languages
from people.audit.types import Part
from people.errors import InvitationInvalidError
from people.types import Actor, Invitation, NewInvitation, Permission, Role

_OfClient = TypeVar("_OfClient", Milestone, Request, Reminder)


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
        """Open a case; `place` may be empty. Raises CaseNumberInvalid-, CaseNumberTaken-, LanguageUnknown-, PlaceTooLongError."""
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
        await self._repository.add_client(tx, client)
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

    async def list_clients(self, tx: Transaction, actor: Actor, now: datetime) -> list[ClientLine]:
        """All open cases of the coordinator, worst first."""
        clients = await self.access.caseload(tx, actor)
        ids = [client.id for client in clients]
        milestones = _grouped(ids, await self._repository.milestones(tx, ids))
        requests = _grouped(ids, await self._repository.requests(tx, ids))
        reminders = _grouped(
            ids, await self._repository.reminders(tx, client_id=ids, states=rules.TO_LOOK_AT)
        )
        answers = await self._repository.last_events(tx, ids, rules.BY_CLIENT)
        lines = [
            _line(
                client,
                milestones[client.id],
                requests[client.id],
                reminders[client.id],
                answers.get(client.id),
                now,
            )
            for client in clients
        ]
        return sorted(lines, key=lambda line: (rules.worst_first(line), line.client.case_number))

    async def invite_client(
        self, tx: Transaction, actor: Actor, client_id: str, now: datetime
    ) -> NewInvitation:
        """A one-time link for the client; it replaces those made before. Raises NotFoundError."""
        client = await self.access.work_on(tx, actor, client_id, Part.LINK, change=True)
        return await self._people.invite(tx, actor, Role.CLIENT, now, client_id=client.id)

    async def link(self, tx: Transaction, actor: Actor, invitation: Invitation, now: datetime) -> Client:
        """Bind the chat of whoever brings the invitation to its client; a link that either had before ends.

        Reminders stay off until the person says yes. Raises OwnInvitationError (the link stays good), InvitationInvalidError.
        """
        client = await self._repository.client(tx, invitation.client_id) if invitation.client_id else None
        if client is None or client.ended_at is not None or invitation.role is not Role.CLIENT:
            raise InvitationInvalidError
        if actor.id == client.coordinator_id or actor.id in client.deputies:
            raise OwnInvitationError
        await self._people.redeem(tx, actor, invitation, now)
        if client.person_id == actor.id:
            return client
        before = await self._repository.client_of_person(tx, actor.id)
        for old in (client, before):
            if old is not None and old.linked:
                await self._detach(tx, old, now)
        if before is not None:
            await self._pushes.tell_coordinator(tx, before, before.id, now)
        await self._repository.change_client(
            tx, client.id, person_id=actor.id, linked_at=now, reminders=False
        )
        await self._pushes.tell_coordinator(tx, client, client.id, now)
        return await self.access.theirs(tx, actor, client.id, Part.LINK, change=True)

    async def unlink(self, tx: Transaction, actor: Actor, client_id: str, now: datetime) -> Client:
        """End the link between a case and its chat, as when a phone is lost. Raises NotFoundError."""
        client = await self.access.work_on(tx, actor, client_id, Part.LINK, change=True)
        await self._detach(tx, client, now)
        return await self.access.work_on(tx, actor, client_id, Part.LINK, change=True)

    async def end_case(self, tx: Transaction, actor: Actor, case_number: str, now: datetime) -> Client:
        """Close a case: its chat is let go of, and the time begins after which all of it is removed. Raises NotFoundError."""
        client = await self.client_by_case(tx, actor, case_number, change=True)
        await self._detach(tx, client, now)
        await self._repository.change_client(tx, client.id, ended_at=client.ended_at or now)
        return await self.access.work_on(tx, actor, client.id)

    async def own_client(self, tx: Transaction, actor: Actor) -> Client | None:
        """The case that this chat stands for, if any."""
        client = await self._repository.client_of_person(tx, actor.id)
        return client if client is not None and client.ended_at is None else None

    async def set_reminders(self, tx: Transaction, actor: Actor, on: bool, now: datetime) -> Client:
        """The client's own yes or no to reminders. Raises NotLinkedError."""
        client = await self.access.own(tx, actor, Part.LINK, change=True)
        await self._repository.change_client(tx, client.id, reminders=on)
        client = await self.access.own(tx, actor, Part.LINK, change=True)
        if on:
            await self._reminders.plan_all(tx, client, now)
        return client

    async def leave(self, tx: Transaction, actor: Actor, now: datetime) -> None:
        """The person ends the link of their chat to the case; the coordinator hears of it. Raises NotLinkedError."""
        client = await self.access.own(tx, actor, Part.LINK, change=True)
        await self._detach(tx, client, now)
        await self._pushes.tell_coordinator(tx, client, client.id, now)

    async def forget_person(self, tx: Transaction, actor: Actor, now: datetime) -> None:
        """Let go of the chat before the person is forgotten; the case stays with the coordinator. Raises StillCoordinatesError."""
        if await self._repository.coordinates(tx, actor.id):
            raise StillCoordinatesError
        client = await self._repository.client_of_person(tx, actor.id)
        if client is not None:
            await self._detach(tx, client, now)
            await self._pushes.tell_coordinator(tx, client, client.id, now)
        await self._pushes.forget(tx, actor.id, now)

    async def _detach(self, tx: Transaction, client: Client, now: datetime) -> None:
        await self._reminders.detach(tx, client, now)
        await self._repository.change_client(tx, client.id, person_id=None, linked_at=None, reminders=False)


def _grouped(ids: list[str], items: list[_OfClient]) -> dict[str, list[_OfClient]]:
    found: dict[str, list[_OfClient]] = {client_id: [] for client_id in ids}
    for item in items:
        found[item.client_id].append(item)
    return found


def _line(
    client: Client,
    milestones: list[Milestone],
    requests: list[Request],
    reminders: list[Reminder],
    last_answer: MilestoneEvent | None,
    now: datetime,
) -> ClientLine:
    active = {milestone.id: milestone for milestone in milestones if milestone.status in rules.ACTIVE}
    today = rules.today(now)
    waiting = {row.subject_id for row in reminders if rules.unanswered(row, now)}
    return ClientLine(
        client=client,
        next_due=min((m.due_on for m in active.values() if m.due_on >= today), default=None),
        overdue=sum(milestone.due_on < today for milestone in active.values()),
        open_requests=len(requests),
        calls=sum(request.kind in rules.CALLS for request in requests),
        unanswered=len(waiting & active.keys()),
        undelivered=sum(rules.lost_lately(row, now) for row in reminders),
        last_answer=last_answer,
        unreachable=not client.linked or not client.reachable,
    )
