"""Use cases about who looks after whom."""

from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from agreements import office, rules
from agreements.access import CaseAccess
from agreements.day.repository import DayRepository
from agreements.day.rules import STALE_FOR_DEPUTIES
from agreements.files.repository import FilesRepository
from agreements.files.rules import education_due_on
from agreements.pushes import Pushes
from agreements.team.errors import NotCoordinatorError, NothingHandedOverError, SameCoordinatorError
from agreements.team.repository import TeamRepository
from agreements.team.types import HandOver, TeamNumbers
from db.engine import Transaction
from people.audit.types import Capacity
from people.errors import NotFoundError
from people.service import PeopleService
from people.types import Actor, Permission, Role

FRESH = timedelta(days=7)
"""So long a hand-over is taken back with one click; afterwards the cases are given on like any others."""


class TeamService:
    """Never commits: `tx` is the caller's unit of work."""

    def __init__(
        self,
        repository: TeamRepository,
        files: FilesRepository,
        day: DayRepository,
        access: CaseAccess,
        people: PeopleService,
        pushes: Pushes,
        *,
        new_id: Callable[[], str],
    ) -> None:
        self._repository = repository
        self._files = files
        self._day = day
        self._access = access
        self._people = people
        self._pushes = pushes
        self._new_id = new_id

    async def colleagues(self, tx: Transaction, actor: Actor) -> list[str]:
        """Ids of the other coordinators: who can be a deputy or take cases over. Raises NotAllowedError."""
        may_lead = Role.LEAD in actor.roles
        self._access.may(actor, Permission.SEE_TEAM if may_lead else Permission.LIST_CLIENTS)
        return [person for person in await self._people.holders(tx, Role.COORDINATOR) if person != actor.id]

    async def deputies(self, tx: Transaction, actor: Actor) -> dict[str, int]:
        """Who is a deputy of own cases, and of how many open ones: of none yet, perhaps, of all that come. Raises NotAllowedError."""
        of_all = await self.standing(tx, actor)
        return dict.fromkeys(of_all, 0) | await self._repository.deputies(tx, actor.id)

    async def standing(self, tx: Transaction, actor: Actor) -> dict[str, datetime]:
        """Who of them is the deputy of all, also of those that come, and since when. Raises NotAllowedError."""
        self._access.may(actor, Permission.LIST_CLIENTS)
        return await self._repository.standing(tx, actor.id)

    async def add_deputy(
        self, tx: Transaction, actor: Actor, deputy_id: str, now: datetime, client_id: str | None = None
    ) -> int:
        """Let somebody work on one case or all own ones as well; returns of how many. Raises NotCoordinator-, SameCoordinator-, NotFoundError.

        Whoever is the deputy of all of them is so of those that are opened or taken over later, where there is none yet of the first.
        """
        ids = await self._own(tx, actor, client_id)
        if deputy_id == actor.id:
            raise SameCoordinatorError
        await self._check(tx, deputy_id)
        if client_id is None:
            await self._repository.stand_in(tx, actor.id, deputy_id, now)
        await self._repository.add_deputy(tx, ids, deputy_id)
        self._moved(tx, actor, ids, Capacity.COORDINATOR)
        return len(ids)

    async def remove_deputy(
        self, tx: Transaction, actor: Actor, deputy_id: str, client_id: str | None = None
    ) -> None:
        """Not any more; whoever is left out of one case is none of those that come either. Raises NotFoundError."""
        ids = await self._own(tx, actor, client_id)
        await self._repository.stand_in_no_longer(tx, actor.id, deputy_id)
        await self._repository.remove_deputy(tx, ids, deputy_id)
        await self._repository.drop_drafts(tx, ids, deputy_id)
        self._moved(tx, actor, ids, Capacity.COORDINATOR)

    async def own_cases(self, tx: Transaction, actor: Actor) -> list[str]:
        """Ids of all cases of which the actor is the coordinator, the closed ones too. Raises NotAllowedError."""
        self._access.may(actor, Permission.LIST_CLIENTS)
        return await self._repository.every_case(tx, actor.id)

    async def hand_over(
        self, tx: Transaction, actor: Actor, to_id: str, now: datetime, *, client_ids: Collection[str] = ()
    ) -> HandOver:
        """Give own cases to another coordinator, all of them with the closed ones, or some; the other hears of it.

        Raises NotCoordinator-, SameCoordinator-, NothingHandedOver-, NotFoundError for a case that is not the actor's own.
        """
        self._access.may(actor, Permission.LIST_CLIENTS)
        own = await self._repository.every_case(tx, actor.id)
        if set(client_ids) - set(own):
            raise NotFoundError
        ids = sorted(set(client_ids)) or own
        return await self._give(tx, actor, actor.id, to_id, ids, now, Capacity.COORDINATOR)

    async def hand_over_of(
        self, tx: Transaction, actor: Actor, from_id: str, to_id: str, now: datetime
    ) -> HandOver:
        """A lead gives all cases of somebody who is ill or has left to another, also the closed ones; nothing of them is shown.

        Raises NotAllowed-, NotCoordinator-, SameCoordinator-, NothingHandedOverError.
        """
        self._access.may(actor, Permission.HAND_OVER_OTHERS)
        own = await self._repository.every_case(tx, from_id)
        acted_as = Capacity.COORDINATOR if actor.id == from_id else Capacity.LEAD
        return await self._give(tx, actor, from_id, to_id, own, now, acted_as)

    async def fresh(self, tx: Transaction, actor: Actor, now: datetime) -> list[HandOver]:
        """What the actor handed over and can still take back, the newest first."""
        return await self._repository.given(tx, actor.id, now - FRESH)

    async def take_back(self, tx: Transaction, actor: Actor, batch_id: str, now: datetime) -> HandOver:
        """Undo a hand-over: by whoever made it, while it is fresh, for cases that are still there.

        Whoever came along as a deputy goes, and whoever stands in for all cases there is a deputy again.

        Raises NothingHandedOver-, NotCoordinator-, NotAllowed-, NotFoundError.
        """
        done = await self._repository.hand_over(tx, batch_id)
        if done is None or now - done.handed_at > FRESH:
            raise NothingHandedOverError
        if done.handed_by != actor.id:
            raise NotFoundError
        own = actor.id in (done.before_id, done.after_id)
        self._access.may(actor, Permission.LIST_CLIENTS if own else Permission.HAND_OVER_OTHERS)
        ids, repository = list(done.client_ids), self._repository
        stay = {done.before_id, *await repository.standing(tx, done.before_id)}
        for person in (await repository.standing(tx, done.after_id)).keys() - stay:
            await repository.remove_deputy(tx, ids, person)
            await repository.drop_drafts(tx, ids, person)
        acted_as = Capacity.COORDINATOR if actor.id == done.before_id else Capacity.LEAD
        back = await self._give(tx, actor, done.after_id, done.before_id, ids, now, acted_as)
        # Neither is one that could be taken back: the cases are where they were.
        await repository.drop_hand_overs(tx, [batch_id, back.batch_id], ids)
        return back

    async def leave(self, tx: Transaction, person_id: str) -> int:
        """Somebody who leaves is nobody's deputy any more; returns of how many cases they still are the coordinator, closed ones too, for a lead to hand over."""
        await self._repository.end_deputy(tx, person_id)
        return len(await self._repository.every_case(tx, person_id))

    async def go_on_as(self, tx: Transaction, actor: Actor, person_id: str) -> None:
        """The actor is known as another person from now on, and had no cases so far: who stands in for whom goes along."""
        repository = self._repository
        cases = await repository.open_cases(tx, person_id)
        for deputy, since in (await repository.standing(tx, actor.id)).items():
            if deputy != person_id:
                await repository.stand_in(tx, person_id, deputy, since)
                await repository.add_deputy(tx, cases, deputy)
                self._moved(tx, actor, cases, Capacity.COORDINATOR)
        for coordinator, since in (await repository.stood_in_for(tx, actor.id)).items():
            if coordinator != person_id:
                await repository.stand_in(tx, coordinator, person_id, since)

    async def has_cases(self, tx: Transaction, actor: Actor) -> bool:
        """Whether any case is theirs, as coordinator or deputy, be it closed or only stored: they cannot become somebody else then."""
        return await self._repository.has_cases(tx, actor.id)

    async def numbers(self, tx: Transaction, actor: Actor, now: datetime) -> TeamNumbers:
        """How the team stands. Raises NotAllowedError."""
        self._access.may(actor, Permission.SEE_TEAM)
        today, week = rules.today(now), self._people.house.current.office
        # A case that is only stored is somebody's, and given on with the others; nothing is counted of what stands in it.
        caseloads = await self._repository.caseloads(tx)
        waiting = await self._day.waiting(tx)
        stale = [
            row.coordinator_id
            for row in waiting
            if office.office_days_since(rules.today(row.created_at), today, week) >= STALE_FOR_DEPUTIES
        ]
        dues = map(education_due_on, await self._files.unrecorded(tx, today))
        return TeamNumbers(
            clients=sum(row.cases for row in caseloads),
            linked=sum(row.linked for row in caseloads),
            unreachable=sum(row.unreachable for row in caseloads),
            waiting=len(waiting),
            stale=len(stale),
            overdue=await self._repository.overdue(tx, [s.value for s in rules.ACTIVE], today),
            education_due=sum(due is not None and due < today for due in dues),
            caseloads={row.coordinator_id: row.cases for row in caseloads if row.cases},
            stale_at=Counter(stale),
            closed={row.coordinator_id: row.closed for row in caseloads if row.closed},
        )

    async def _own(self, tx: Transaction, actor: Actor, client_id: str | None) -> list[str]:
        """Own open cases, or the one: deputies give nothing on. Raises NotFoundError."""
        self._access.may(actor, Permission.LIST_CLIENTS)
        own = await self._repository.open_cases(tx, actor.id)
        if client_id is None:
            return own
        if client_id not in own:
            raise NotFoundError
        return [client_id]

    async def _give(
        self,
        tx: Transaction,
        actor: Actor,
        from_id: str,
        to_id: str,
        ids: list[str],
        now: datetime,
        acted_as: Capacity,
    ) -> HandOver:
        if from_id == to_id:
            raise SameCoordinatorError
        await self._check(tx, to_id)
        if not ids:
            raise NothingHandedOverError
        done = HandOver(self._new_id(), from_id, to_id, tuple(ids), actor.id, now)
        deputies = await self._repository.standing(tx, to_id)
        await self._repository.give(tx, done, [self._new_id() for _ in ids])
        for deputy in sorted(deputies):
            await self._repository.add_deputy(tx, ids, deputy)
        await self._repository.drop_drafts(tx, ids, from_id)
        self._moved(tx, actor, ids, acted_as)
        if to_id != actor.id:
            await self._pushes.tell_staff(tx, to_id, f"handed:{done.batch_id}", now, now)
        return done

    def _moved(self, tx: Transaction, actor: Actor, ids: Collection[str], acted_as: Capacity) -> None:
        for client_id in ids:
            self._access.moved(tx, actor, client_id, acted_as)

    async def _check(self, tx: Transaction, person_id: str) -> None:
        if person_id not in await self._people.holders(tx, Role.COORDINATOR):
            raise NotCoordinatorError
