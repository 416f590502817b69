"""What the use cases of case work share: the paths on which rights are asked for, and requests and their receipts."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Protocol, TypeVar

from agreements import office, rules
from agreements.access import CaseAccess
from agreements.day.repository import DayRepository
from agreements.errors import MilestoneClosedError, OnlyStoredError, PhraseInvalidError
from agreements.goals.repository import GoalsRepository
from agreements.placements.repository import PlacementsRepository
from agreements.pushes import Pushes
from agreements.reminders import Reminders
from agreements.repository import AgreementsRepository
from agreements.sharing.repository import SharingRepository
from agreements.team.repository import TeamRepository
from agreements.types import (
    Appointment,
    Client,
    HelpReason,
    Milestone,
    MilestoneEvent,
    MilestoneStatus,
    Receipt,
    Request,
    RequestKind,
)
from db.engine import Transaction
from delivery.service import DeliveryService
from delivery.types import Push
from i18n import dates, phrases
from offers.saved.repository import KeepersRepository
from people.errors import NotFoundError
from people.service import PeopleService
from people.types import Actor, Role

_Found = TypeVar("_Found")


class OfClient(Protocol):
    """What belongs to a client."""

    @property
    def client_id(self) -> str: ...


_OfClient = TypeVar("_OfClient", bound=OfClient)


def by_client(items: Iterable[_OfClient]) -> Mapping[str, list[_OfClient]]:
    """By client; for whoever has none of it an empty list."""
    found: dict[str, list[_OfClient]] = defaultdict(list)
    for item in items:
        found[item.client_id].append(item)
    return found


class Casework:
    """Never commits: `tx` is the caller's unit of work."""

    def __init__(
        self,
        repository: AgreementsRepository,
        people: PeopleService,
        delivery: DeliveryService,
        reminders: Reminders,
        *,
        new_id: Callable[[], str],
    ) -> None:
        self._repository = repository
        self._people = people
        self._pushes = Pushes(delivery, people.house, new_id=new_id)
        self._reminders = reminders
        self._new_id = new_id
        self._house = people.house
        self._placements = PlacementsRepository(new_id=new_id)
        self._keepers = KeepersRepository()
        self._staff = DayRepository()
        self._team = TeamRepository()
        self._tasks = GoalsRepository(repository.cipher)
        self._sharing = SharingRepository(repository.cipher)
        self.access = CaseAccess(repository, people)

    async def _step(
        self,
        tx: Transaction,
        actor: Actor,
        milestone: Milestone,
        status: MilestoneStatus,
        now: datetime,
        *,
        reason: HelpReason | None = None,
        due_on: date | None = None,
    ) -> Milestone:
        """One step in a milestone's life: state, event, and reminders that follow. Raises MilestoneClosedError."""
        if not rules.may_follow(milestone.status, status):
            raise MilestoneClosedError
        changed = replace(milestone, status=status, due_on=due_on or milestone.due_on, updated_at=now)
        await self._repository.change_milestone(tx, milestone.id, now, status, changed.due_on)
        await self._repository.add_event(
            tx, MilestoneEvent(self._new_id(), milestone.id, status, reason, actor.id, now)
        )
        await self._reminders.plan(tx, changed, now, moved=due_on is not None)
        return changed

    async def _ask(
        self,
        tx: Transaction,
        client: Client,
        kind: RequestKind,
        now: datetime,
        *,
        reason: HelpReason | None = None,
        subject: Milestone | Appointment | Request | None = None,
        about: str | None = None,
        offer_id: str | None = None,
    ) -> Receipt:
        """Bring a request before the coordinator; the same one that still waits is not brought twice. `about` is the id of any other subject.

        Raises OnlyStoredError: of a case that nobody works with nobody hears.
        """
        check_worked_on(client)
        subject_id = subject.id if subject else about
        away_until = await self._away_until(tx, client)
        there = bool(client.deputies) or client.coordinator_id in await self._people.holders(
            tx, Role.COORDINATOR
        )
        by = self._answer_by(client, now, away_until) if there else None
        request = Request(self._new_id(), client.id, kind, reason, subject_id, offer_id, now, answer_by=by)
        waiting = await self._repository.requests(tx, [client.id])
        same = next((other for other in waiting if _matter(other) == _matter(request)), None)
        if same is None:
            await self._repository.add_request(tx, request)
            await self._pushes.tell_coordinator(tx, client, request.id, now)
        receipt = self._receipt(client, same or request, away_until, now)
        return replace(
            receipt,
            answer_by=receipt.answer_by if there else None,
            new=same is None,
            milestone=subject if isinstance(subject, Milestone) else None,
            appointment=subject if isinstance(subject, Appointment) else None,
        )

    def _receipt(self, client: Client, request: Request, away_until: date | None, now: datetime) -> Receipt:
        """Who answers as of now, and by when: what was promised holds until that day is over."""
        today, promised = rules.today(now), request.answer_by
        deputy = away_until is not None and away_until >= today and bool(client.deputies)
        if promised is None or promised < today:
            promised = self._answer_by(client, now, away_until)
        return Receipt(request, client.coordinator_id, promised, new=False, deputy=deputy)

    async def _away_until(self, tx: Transaction, client: Client) -> date | None:
        return (await self._away(tx, [client])).get(client.coordinator_id)

    async def _away(self, tx: Transaction, clients: Iterable[Client]) -> dict[str, date]:
        """Until when coordinators of these clients are or were away, as far as they said so."""
        found = await self._staff.settings(tx, {client.coordinator_id for client in clients})
        return {person: each.absent_until for person, each in found.items() if each.absent_until is not None}

    def _answer_by(self, client: Client, asked_at: datetime, away_until: date | None) -> date:
        """By when a client who asked then gets an answer: of the coordinator, or of who stands in."""
        return office.answer_by(asked_at, self._house.current.office, None if client.deputies else away_until)

    async def _close_about(
        self,
        tx: Transaction,
        client_id: str,
        subject_id: str,
        now: datetime,
        *,
        by: str | None,
        answers: Mapping[RequestKind, str] | None = None,
    ) -> list[Request]:
        """End what is asked about a milestone or appointment, each kind with its phrase; returns those that got one."""
        answered: list[Request] = []
        for request in await self._repository.requests(tx, [client_id]):
            if request.subject_id != subject_id:
                continue
            phrase = (answers or {}).get(request.kind)
            await self._repository.close_request(
                tx, request.id, now, by=by, answer=(phrase, {}) if phrase else None
            )
            if phrase:
                answered.append(request)
        return answered

    async def _reopen_about(
        self, tx: Transaction, client_id: str, subject_id: str, closed_at: datetime, now: datetime
    ) -> tuple[list[str], bool]:
        """Let wait again what was ended with a step that is taken back; returns the requests, and whether the client was told of an answer."""
        ids = await self._repository.reopen_requests(tx, client_id, subject_id, closed_at)
        told = [await self._pushes.take_back(tx, Push.ANSWER, request_id, now) for request_id in ids]
        return ids, any(told)


def check_worked_on(client: Client) -> None:
    """Whether what a client says reaches anybody. Raises OnlyStoredError."""
    if client.restricted_at is not None:
        since = dates.day(rules.today(client.restricted_at), client.language)
        raise OnlyStoredError(client, day=since)


def checked_phrase(
    phrase_id: str, category: phrases.Category | tuple[phrases.Category, ...], slots: Mapping[str, str]
) -> dict[str, str]:
    """The slots as they are stored. Raises PhraseInvalidError."""
    try:
        return phrases.checked(phrase_id, category, slots)
    except phrases.PhraseError as error:
        raise PhraseInvalidError from error


def known(found: _Found | None) -> _Found:
    """What was looked up, after rights were asked for. Raises NotFoundError."""
    if found is None:
        raise NotFoundError
    return found


def _matter(request: Request) -> tuple[object, ...]:
    return request.kind, request.reason, request.subject_id, request.offer_id
