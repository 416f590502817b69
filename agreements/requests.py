"""Use cases about what clients ask for and what coordinators answer, out of the phrase book."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from agreements import rules
from agreements.answers import CANCELLED_OK, EXTENDED, STAYS
from agreements.appointments import Appointments
from agreements.casework import checked_phrase, known
from agreements.errors import AlreadyAnsweredError
from agreements.milestones import Milestones
from agreements.pushes import MESSAGE_FOR
from agreements.types import (
    AppointmentStatus,
    Client,
    HelpReason,
    News,
    Receipt,
    Request,
    RequestKind,
    RequestLine,
)
from db.engine import Transaction
from delivery.types import Push
from i18n.phrases import PHRASES, SAYINGS, Category, SlotKind
from offers import dates
from offers.types import DateException
from people.audit.types import Part
from people.errors import NotFoundError
from people.types import Actor, Permission

_SETTLES = {
    STAYS: AppointmentStatus.PLANNED,
    CANCELLED_OK: AppointmentStatus.CANCELLED,
}


def asks(request: Request) -> bool:
    """Whether the coordinator's answer to it is a question."""
    return request.answer in PHRASES and PHRASES[str(request.answer)].category is Category.QUESTION


class Requests(Milestones, Appointments):
    """Wishes, calls for help, and answers."""

    async def wish(
        self, tx: Transaction, actor: Actor, offer_id: str, now: datetime, *, client_id: str | None = None
    ) -> Receipt:
        """The client wants an offer: a request, and a placement to be made. Raises NotLinked-, WhoseUnclear-, NotFoundError."""
        client = await self.access.own(tx, actor, Part.REQUESTS, change=True, client_id=client_id)
        receipt = await self._ask(tx, client, RequestKind.WISH, now, offer_id=offer_id)
        await self._placements.wished(tx, client.id, offer_id, receipt.request.id, actor.id, now)
        return receipt

    async def ask_human(
        self,
        tx: Transaction,
        actor: Actor,
        reason: HelpReason | None,
        now: datetime,
        *,
        client_id: str | None = None,
    ) -> Receipt:
        """The client wants to talk to the coordinator. Raises NotLinked-, WhoseUnclear-, NotFoundError."""
        client = await self.access.own(tx, actor, Part.REQUESTS, change=True, client_id=client_id)
        return await self._ask(tx, client, RequestKind.TALK, now, reason=reason)

    async def ask_change(
        self,
        tx: Transaction,
        actor: Actor,
        client_id: str,
        agreement_id: str,
        reason: HelpReason,
        now: datetime,
    ) -> Receipt:
        """The client wants another agreement than the signed one with this id. Raises NotFoundError."""
        client = await self.access.theirs(tx, actor, client_id, Part.REQUESTS, change=True)
        return await self._ask(tx, client, RequestKind.CHANGE, now, reason=reason, about=agreement_id)

    async def open_requests(self, tx: Transaction, actor: Actor) -> list[RequestLine]:
        """What waits for the coordinator: calls for help first, then by age."""
        clients = {client.id: client for client in await self.access.caseload(tx, actor)}
        waiting = await self._repository.requests(tx, list(clients))
        waiting.sort(key=lambda request: request.kind not in rules.CALLS)
        return await self._lines(tx, clients, waiting)

    async def request(self, tx: Transaction, actor: Actor, request_id: str, now: datetime) -> RequestLine:
        """One request, for the coordinator, who has seen it then. Raises NotFoundError."""
        request, client = await self._request(tx, actor, request_id)
        await self._repository.see_request(tx, request.id, now)
        seen = known(await self._repository.request(tx, request.id))
        return (await self._lines(tx, {client.id: client}, [seen]))[0]

    async def answer(
        self,
        tx: Transaction,
        actor: Actor,
        request_id: str,
        phrase_id: str,
        slots: Mapping[str, str],
        now: datetime,
    ) -> Request:
        """Answer with a phrase; what it says about the milestone or appointment becomes true with it: a new day, cancelled, stays.

        What is said about an appointment that is still to come reaches the client before it. Raises PhraseInvalid-, AlreadyAnswered-, NotFoundError, and for a new day what `move_milestone` raises.
        """
        request, client = await self._request(tx, actor, request_id, change=True)
        filled = checked_phrase(phrase_id, SAYINGS, slots)
        if not request.open:
            raise AlreadyAnsweredError
        begins = await self._act_on(tx, actor, client, request, phrase_id, filled, now)
        said = (phrase_id, filled)
        if not await self._repository.close_request(tx, request.id, now, by=actor.id, answer=said):
            raise AlreadyAnsweredError
        await self._repository.see_request(tx, request.id, now)
        await self._pushes.tell_client(tx, client, Push.ANSWER, request.id, now, in_time_for=begins)
        return known(await self._repository.request(tx, request.id))

    async def own_answer(self, tx: Transaction, actor: Actor, request_id: str) -> Request:
        """The person's own request with its answer, if there is one yet. Raises NotFoundError."""
        found = await self._repository.request(tx, request_id)
        await self.access.theirs(tx, actor, found.client_id if found else None, Part.REQUESTS)
        return known(found)

    async def reply(
        self, tx: Transaction, actor: Actor, request_id: str, now: datetime, *, yes: bool
    ) -> Receipt:
        """Yes or no to what the coordinator asked in answer to a request. Raises NotFoundError."""
        asked = await self._repository.request(tx, request_id)
        client = await self.access.theirs(
            tx, actor, asked.client_id if asked else None, Part.REQUESTS, change=True
        )
        asked = known(asked)
        if not asks(asked):
            raise NotFoundError
        return await self._ask(tx, client, RequestKind.YES if yes else RequestKind.NO, now, subject=asked)

    async def offer_date_changed(
        self,
        tx: Transaction,
        actor: Actor | None,
        offer_id: str,
        ref: str,
        not_after: datetime,
        now: datetime,
    ) -> int:
        """Tell whoever wished for the offer, agreed on it, is placed there or remembers it that one of its dates changed; returns how many are told.

        `ref` names the date to the bot, or the offer as a whole; after `not_after` nobody is told any more. Without an `actor` it is a command of the operator.
        That the offer is theirs is known from the change.
        """
        if actor is not None:
            self.access.may(actor, Permission.EDIT_OFFERS)
        theirs = await self._repository.clients_about(tx, offer_id, [s.value for s in rules.ACTIVE])
        for client in theirs:
            await self._pushes.tell_client(tx, client, Push.OFFER_DATE, ref, now, not_after=not_after)
        known = {client.person_id for client in theirs if client.person_id is not None}
        others = [
            p
            for p in await self._keepers.keepers(tx, offer_id)
            if p not in known and (actor is None or p != actor.id)
        ]
        for person_id in others:
            await self._pushes.tell_guest(tx, person_id, ref, now, push=Push.OFFER_DATE, not_after=not_after)
        return len(known) + len(others)

    async def offers_changed(
        self,
        tx: Transaction,
        actor: Actor | None,
        changed: Iterable[tuple[str, DateException | None]],
        now: datetime,
    ) -> int:
        """The same for offers that pause, end, go on or have other series (None), and for moved dates that a change of their series ended or brought back."""
        told, every = 0, list(changed)
        # An import changes thousands, of which few are anybody's.
        ids = {offer_id for offer_id, _ in every}
        meant = await self._repository.offers_named(tx, ids) | await self._keepers.kept(tx, ids)
        for offer_id, exception in (each for each in every if each[0] in meant):
            if exception is None:
                told += await self.offer_date_changed(tx, actor, offer_id, offer_id, now + MESSAGE_FOR, now)
                continue
            ref = f"{offer_id}.{exception.day:%Y%m%d}{exception.opens_at.replace(':', '')}"
            planned, moved = dates.at(exception.day, exception.opens_at), dates.moved_date(exception)
            last = max(planned, moved.starts_at) if moved else planned
            told += await self.offer_date_changed(tx, actor, offer_id, ref, last, now)
        return told

    async def news(self, tx: Transaction, actor: Actor, ref: str, now: datetime) -> News:
        """What a coordinator's push opens, by the `ref` in its content. Raises NotFoundError."""
        if await self._repository.request(tx, ref) is not None:
            line = await self.request(tx, actor, ref, now)
            return News(line.client, request=line)
        if await self._repository.milestone(tx, ref) is not None:
            milestone, client = await self._milestone(tx, actor, ref, change=False)
            return News(client, milestone=milestone)
        of_agreement = await self._repository.client_of_agreement(tx, ref)
        if of_agreement is not None:
            client = await self.access.work_on(tx, actor, of_agreement, Part.AGREEMENT)
            return News(client, agreement=True)
        reminders = await self._repository.reminders(tx, id=ref)
        client = await self.access.work_on(tx, actor, reminders[0].client_id if reminders else ref, Part.CASE)
        return News(client, reminder=reminders[0] if reminders else None)

    async def _lines(
        self, tx: Transaction, clients: Mapping[str, Client], found: Sequence[Request]
    ) -> list[RequestLine]:
        away = await self._away(tx, [clients[asked.client_id] for asked in found if asked.answer_by is None])
        return [
            replace(line, answer_by=line.request.answer_by or self._by_now(line, away))
            for line in await self._repository.request_lines(tx, clients, found)
        ]

    def _by_now(self, line: RequestLine, away: Mapping[str, date]) -> date:
        """By when whoever asked is answered as things are, where it was not kept what they were told."""
        return self._answer_by(line.client, line.request.created_at, away.get(line.client.coordinator_id))

    async def _act_on(
        self,
        tx: Transaction,
        actor: Actor,
        client: Client,
        request: Request,
        phrase_id: str,
        slots: Mapping[str, str],
        now: datetime,
    ) -> datetime | None:
        """Let what is said become true; returns when the appointment begins that it is about, where that is still to come."""
        if request.subject_id is None:
            return None
        milestone = await self._repository.milestone(tx, request.subject_id, change=True)
        if phrase_id == EXTENDED and milestone is not None:
            await self._move(tx, actor, milestone, date.fromisoformat(slots[SlotKind.DATE]), now)
        appointment = await self._repository.appointment(tx, request.subject_id, change=True)
        if appointment is None or appointment.starts_at <= now:
            return None
        if phrase_id in _SETTLES:
            changed = replace(appointment, status=_SETTLES[phrase_id], updated_at=now)
            await self._repository.change_appointment(tx, changed)
            await self._reminders.plan(tx, changed, now)
            if changed.status is AppointmentStatus.CANCELLED:
                # The client reads it in the answer; whoever comes along reads no answers.
                await self._told(tx, client, changed, now, quietly=True)
        return appointment.starts_at

    async def _request(
        self, tx: Transaction, actor: Actor, request_id: str, *, change: bool = False
    ) -> tuple[Request, Client]:
        found = await self._repository.request(tx, request_id)
        client_id = found.client_id if found else None
        client = await self.access.work_on(tx, actor, client_id, Part.REQUESTS, change=change)
        return known(found), client
