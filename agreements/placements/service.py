"""Use cases about placing clients into offers."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from agreements.access import CaseAccess
from agreements.casework import known
from agreements.files.repository import FilesRepository
from agreements.placements import rules
from agreements.placements.errors import (
    NeverUnaskedError,
    NotPublicError,
    PlacedAlreadyError,
    PlacementStepError,
)
from agreements.placements.repository import PlacementsRepository
from agreements.placements.types import (
    Match,
    Placement,
    PlacementEvent,
    PlacementResult,
    PlacementStatus,
    Suggested,
)
from agreements.pushes import Pushes
from agreements.repository import AgreementsRepository
from agreements.types import Client, Milestone
from db.engine import Transaction
from delivery.types import Push
from i18n import phrases
from i18n.languages import SOURCE
from i18n.messages import words
from offers import kinds
from offers.service import OffersService
from offers.types import Hit, Query, Status
from people.audit.types import Part
from people.errors import NotFoundError
from people.types import Actor, Permission


class PlacementsService:
    """Never commits: `tx` is the caller's unit of work. What is not theirs raises the same NotFoundError as what does not exist."""

    def __init__(
        self,
        repository: PlacementsRepository,
        cases: AgreementsRepository,
        files: FilesRepository,
        access: CaseAccess,
        offers: OffersService,
        pushes: Pushes,
        *,
        new_id: Callable[[], str],
    ) -> None:
        self._repository = repository
        self._cases = cases
        self._files = files
        self._access = access
        self._offers = offers
        self._pushes = pushes
        self._new_id = new_id

    async def placements(self, tx: Transaction, actor: Actor, client_id: str) -> list[Placement]:
        """A client's placements, what changed last first. Raises NotFoundError."""
        client = await self._access.work_on(tx, actor, client_id, Part.PLACEMENTS)
        return await self._repository.of_clients(tx, [client.id])

    async def offer_merged(self, tx: Transaction, actor: Actor, old: str, new: str, now: datetime) -> None:
        """Two entries of the catalogue were one: what cases say of the old one, they say of the new one; who was placed at both is so once.

        Raises NotAllowedError.
        """
        self._access.may(actor, Permission.KEEP_CATALOGUE)
        await self._repository.move_offer(tx, old, new)
        of_client = defaultdict[str, list[Placement]](list)
        for placement in await self._repository.open_at(tx, new):
            of_client[placement.client_id].append(placement)
        for several in of_client.values():
            kept, *others = sorted(several, key=rules.further_first)
            for other in others:
                if other.status is PlacementStatus.STARTED:
                    await self._repository.join(tx, other.id, kept.id)
                else:
                    dropped = replace(other, status=PlacementStatus.DROPPED, updated_at=now)
                    await self._repository.change(tx, dropped, actor.id)
                kept = replace(
                    kept,
                    milestone_id=kept.milestone_id or other.milestone_id,
                    request_id=kept.request_id or other.request_id,
                    updated_at=now,
                )
            if others:
                await self._repository.change(tx, kept, actor.id)

    async def events(self, tx: Transaction, actor: Actor, placement_id: str) -> list[PlacementEvent]:
        """What became of a placement, step by step. Raises NotFoundError."""
        placement, _ = await self._placement(tx, actor, placement_id, change=False)
        return await self._repository.events(tx, placement.id)

    async def matches(
        self,
        tx: Transaction,
        actor: Actor,
        client_id: str,
        now: datetime,
        *,
        milestone_id: str | None = None,
        topic: str | None = None,
        text: str = "",
        childcare: bool | None = None,
        limit: int = 10,
    ) -> list[Match]:
        """Offers for a client, for one of the milestones, a topic or words, the best first, each with why it fits.

        What is told to nobody unasked comes only where `text` asks for it. Raises NotFoundError.
        """
        client = await self._access.work_on(tx, actor, client_id, Part.PLACEMENTS)
        if milestone_id is not None:
            milestone = await self._cases.milestone(tx, milestone_id)
            milestone = known(milestone if milestone and milestone.client_id == client.id else None)
            text, topic = text or _title(milestone), topic or rules.TOPICS.get(milestone.phrase)
        record = await self._files.record(tx, client.id)
        query = rules.question(client, record, text=text, topic=topic, childcare=childcare)
        await self._offers.refresh(tx)
        found = await self._repository.of_clients(tx, [client.id])
        placed = {item.offer_id: item for item in reversed(found)}
        hits = self._offers.search(query, now, limit).hits
        return [self._match(hit, query, placed.get(hit.offer.id), now) for hit in hits]

    async def suggest(
        self,
        tx: Transaction,
        actor: Actor,
        client_id: str,
        offer_id: str,
        now: datetime,
        *,
        milestone_id: str | None = None,
    ) -> Suggested:
        """Suggest an offer; a linked client hears that there is news. Raises NeverUnasked-, NotPublic-, PlacedAlready-, NotFoundError."""
        client = await self._access.work_on(tx, actor, client_id, Part.PLACEMENTS, change=True)
        offer = await self._offers.get(tx, offer_id)
        if offer.status != Status.PUBLISHED:
            raise NotPublicError
        if kinds.load()[offer.kind].delicate:
            raise NeverUnaskedError
        placement = await self._open(
            tx, actor, client, offer_id, PlacementStatus.SUGGESTED, milestone_id, now
        )
        await self._pushes.tell_client(tx, client, Push.SUGGESTION, placement.id, now)
        return Suggested(placement, client.linked)

    async def place(
        self,
        tx: Transaction,
        actor: Actor,
        client_id: str,
        offer_id: str,
        now: datetime,
        *,
        milestone_id: str | None = None,
    ) -> Placement:
        """The client has begun there without a suggestion, be the offer public or not; nobody is told. Raises PlacedAlready-, NotFoundError."""
        client = await self._access.work_on(tx, actor, client_id, Part.PLACEMENTS, change=True)
        if offer_id not in await self._offers.several(tx, [offer_id]):
            raise NotFoundError
        return await self._open(tx, actor, client, offer_id, PlacementStatus.STARTED, milestone_id, now)

    async def step(
        self,
        tx: Transaction,
        actor: Actor,
        placement_id: str,
        status: PlacementStatus,
        now: datetime,
        *,
        result: PlacementResult | None = None,
    ) -> Placement:
        """Requested, started, finished (with a result) or dropped. Raises PlacementStep-, NotFoundError."""
        placement, _ = await self._placement(tx, actor, placement_id)
        fits = (result is not None) == (status is PlacementStatus.FINISHED)
        if not fits or not rules.may_follow(placement.status, status):
            raise PlacementStepError
        changed = replace(placement, status=status, result=result, updated_at=now)
        await self._repository.change(tx, changed, actor.id)
        return changed

    async def undo(self, tx: Transaction, actor: Actor, placement_id: str, now: datetime) -> Placement:
        """Back to the state before the last step, as another step.

        Raises PlacementStep- where there is none before, PlacedAlready- where the client is placed there anew since, NotFoundError.
        """
        placement, _ = await self._placement(tx, actor, placement_id)
        steps = await self._repository.events(tx, placement.id)
        before = next((step for step in reversed(steps) if _state(step) != _state(placement)), None)
        if before is None:
            raise PlacementStepError
        changed = replace(placement, status=before.status, result=before.result, updated_at=now)
        others = await self._repository.of_clients(tx, [placement.client_id])
        anew = [o for o in others if o.id != placement.id and o.offer_id == placement.offer_id]
        if changed.status in rules.OPEN and any(other.status in rules.OPEN for other in anew):
            raise PlacedAlreadyError
        await self._repository.change(tx, changed, actor.id)
        return changed

    async def own(self, tx: Transaction, actor: Actor, placement_id: str) -> Placement:
        """What was suggested to the person who asks. Raises NotFoundError."""
        placement = await self._repository.placement(tx, placement_id)
        client_id = placement.client_id if placement else None
        await self._access.theirs(tx, actor, client_id, Part.PLACEMENTS)
        return known(placement)

    async def _open(
        self,
        tx: Transaction,
        actor: Actor,
        client: Client,
        offer_id: str,
        status: PlacementStatus,
        milestone_id: str | None,
        now: datetime,
    ) -> Placement:
        for other in await self._repository.of_clients(tx, [client.id]):
            if other.offer_id != offer_id or other.status not in rules.OPEN:
                continue
            if not rules.may_follow(other.status, status):
                raise PlacedAlreadyError
            changed = replace(other, status=status, updated_at=now)
            await self._repository.change(tx, changed, actor.id)
            return changed
        if milestone_id is not None:
            milestone = await self._cases.milestone(tx, milestone_id)
            known(milestone if milestone and milestone.client_id == client.id else None)
        new = Placement(self._new_id(), client.id, offer_id, milestone_id, None, status, None, now, now)
        await self._repository.add(tx, new, actor.id)
        return new

    async def _placement(
        self, tx: Transaction, actor: Actor, placement_id: str, *, change: bool = True
    ) -> tuple[Placement, Client]:
        placement = await self._repository.placement(tx, placement_id)
        client_id = placement.client_id if placement else None
        client = await self._access.work_on(tx, actor, client_id, Part.PLACEMENTS, change=change)
        return known(placement), client

    def _match(self, hit: Hit, query: Query, placement: Placement | None, now: datetime) -> Match:
        dates = self._offers.next_dates(hit.offer, now, 1)
        first = dates[0] if dates else None
        return Match(hit, rules.reasons(hit, query, first.starts_at if first else None), first, placement)


def _title(milestone: Milestone) -> str:
    """What was agreed in German, as the words of a question."""
    return words(SOURCE).render(phrases.message(milestone.phrase, milestone.slots, SOURCE)).striptags()


def _state(of: Placement | PlacementEvent) -> tuple[PlacementStatus, PlacementResult | None]:
    return of.status, of.result
