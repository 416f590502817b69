"""Use cases about a coordinator's day: the list, the digest in the morning, and what must not lie unseen."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from agreements import office, rules
from agreements.access import CaseAccess
from agreements.casework import by_client
from agreements.day import rules as day_rules
from agreements.day.errors import SilentWeeksError
from agreements.day.repository import DayRepository
from agreements.day.types import Day, DayLine, StaffSettings
from agreements.errors import DueInPastError, DueTooFarError
from agreements.files.repository import FilesRepository
from agreements.files.types import Record
from agreements.goals.repository import GoalsRepository
from agreements.pushes import Pushes
from agreements.repository import AgreementsRepository
from agreements.types import Appointment, Client, Milestone, MilestoneStatus
from db.engine import Transaction
from people.service import PeopleService
from people.types import Actor, Permission, Role


class DayService:
    """Never commits: `tx` is the caller's unit of work."""

    def __init__(
        self,
        repository: DayRepository,
        cases: AgreementsRepository,
        files: FilesRepository,
        goals: GoalsRepository,
        access: CaseAccess,
        people: PeopleService,
        pushes: Pushes,
    ) -> None:
        self._repository = repository
        self._cases = cases
        self._files = files
        self._goals = goals
        self._access = access
        self._people = people
        self._pushes = pushes

    async def day(self, tx: Transaction, actor: Actor, now: datetime) -> list[DayLine]:
        """What waits for the coordinator, worst first; of cases as deputy what lies for two working days, or all while the
        coordinator is absent. Raises NotAllowedError.
        """
        return await self._lines(tx, actor, await self._theirs(tx, actor), now)

    async def page(self, tx: Transaction, actor: Actor, now: datetime) -> Day:
        """The same with what a page shows beside each line, read once. Raises NotAllowedError."""
        clients = await self._theirs(tx, actor)
        situations = await self._situations(tx, clients, now)
        lines = await self._sorted(tx, actor, clients, situations, now)
        asked = [request for situation in situations for request in situation.requests]
        by_id = {client.id: client for client in clients}
        names = {situation.client.id: situation.record.call_name for situation in situations}
        answered = await self._repository.consents_answered(
            tx, [client.id for client in clients if client.restricted_at is None]
        )
        there = list[Milestone | Appointment]()
        for situation in situations:
            there += [*situation.milestones, *situation.appointments]
        return Day(lines, await self._cases.request_lines(tx, by_id, asked, there), names, answered)

    async def _theirs(self, tx: Transaction, actor: Actor) -> list[Client]:
        """The caseload, and of what is only stored the cases that are to be deleted."""
        worked_on = await self._access.caseload(tx, actor)
        found = await self._cases.clients_of(tx, actor.id, restricted=True)
        wished = {duty.client_id for duty in await self._goals.duties(tx, [client.id for client in found])}
        stored = [client for client in found if client.id in wished]
        return [*worked_on, *await self._access.stored(tx, actor, stored)]

    async def _lines(
        self, tx: Transaction, actor: Actor, clients: list[Client], now: datetime
    ) -> list[DayLine]:
        return await self._sorted(tx, actor, clients, await self._situations(tx, clients, now), now)

    async def _sorted(
        self,
        tx: Transaction,
        actor: Actor,
        clients: list[Client],
        situations: list[day_rules.Situation],
        now: datetime,
    ) -> list[DayLine]:
        own = await self.settings(tx, actor)
        others = {client.coordinator_id for client in clients} - {actor.id}
        absent = await self._absent(tx, others, rules.today(now))
        found: list[DayLine] = []
        for situation in situations:
            theirs = situation.client.coordinator_id != actor.id
            for line in day_rules.lines(situation, now, own.silent_weeks):
                if not theirs:
                    found.append(line)
                elif situation.client.coordinator_id in absent or day_rules.for_deputies(line):
                    found.append(replace(line, as_deputy=True))
        return sorted(found, key=day_rules.worst_first)

    async def settings(self, tx: Transaction, actor: Actor) -> StaffSettings:
        """What the member of staff wants. Raises NotAllowedError."""
        self._access.may(actor, Permission.LIST_CLIENTS)
        return (await self._repository.settings(tx, [actor.id])).get(actor.id) or StaffSettings(actor.id)

    async def change_settings(
        self,
        tx: Transaction,
        actor: Actor,
        *,
        digest: bool | None = None,
        silent_weeks: int | None = None,
    ) -> StaffSettings:
        """A digest at 8:00 on working days or none; after how many weeks of silence a client is named. Raises SilentWeeksError."""
        settings = await self.settings(tx, actor)
        if silent_weeks is not None and silent_weeks not in day_rules.WEEKS:
            raise SilentWeeksError
        changed = replace(
            settings,
            digest=settings.digest if digest is None else digest,
            silent_weeks=silent_weeks or settings.silent_weeks,
        )
        await self._repository.put_settings(tx, changed)
        return changed

    async def be_absent(
        self, tx: Transaction, actor: Actor, until: date | None, now: datetime
    ) -> StaffSettings:
        """Away until a day, included, or back with None: meanwhile deputies see all that waits. Raises DueInPast-, DueTooFarError.

        A day that stands there already may be over: the form of an absence that was sends it along.
        """
        settings = await self.settings(tx, actor)
        if until is not None and until != settings.absent_until:
            if rules.due_in_past(until, now):
                raise DueInPastError
            if rules.due_too_far(until, now):
                raise DueTooFarError
        changed = replace(settings, absent_until=until)
        await self._repository.put_settings(tx, changed)
        return changed

    async def tick(self, tx: Transaction, now: datetime) -> int:
        """Queue the digests of a working day and tell deputies and leads of what lies unanswered; returns how many digests.

        Called every few minutes, also by several processes: nobody is told twice.
        """
        today = rules.today(now)
        if not office.is_office_day(today, self._people.house.current.office):
            return 0
        await self._escalate(tx, now)
        local = rules.local_time(now)
        if not day_rules.DIGEST_FROM <= local.time() < day_rules.DIGEST_UNTIL:
            return 0
        queued = 0
        at = max(now, rules.at_berlin(datetime.combine(today, day_rules.DIGEST_AT)))
        for settings in await self._repository.wanting_digest(tx):
            if settings.digest_on == today:
                continue
            actor = await self._people.actor(tx, settings.person_id)
            if Role.COORDINATOR in actor.roles and await self._waits(tx, actor, at):
                await self._pushes.tell_staff(tx, actor.id, f"digest:{today}", now, at)
                queued += 1
            await self._repository.put_settings(tx, replace(settings, digest_on=today))
        return queued

    async def _waits(self, tx: Transaction, actor: Actor, at: datetime) -> bool:
        """Whether anything will wait for them; nobody is shown what, so it is no access to a record."""
        return bool(await self._lines(tx, actor, await self._cases.clients_of(tx, actor.id), at))

    async def _escalate(self, tx: Transaction, now: datetime) -> None:
        today, week = rules.today(now), self._people.house.current.office
        waiting = await self._repository.waiting(tx)
        # Whoever left answers nothing any more: what comes in is the deputies' and the leads' at once.
        here = set(await self._people.holders(tx, Role.COORDINATOR))
        old = {
            row.client_id
            for row in waiting
            if row.coordinator_id not in here
            or office.office_days_since(rules.today(row.created_at), today, week)
            >= day_rules.STALE_FOR_DEPUTIES
        }
        if not old:
            return
        clients = await self._cases.clients_by_id(tx, old)
        deputies = {person for client in clients.values() for person in client.deputies}
        for person in sorted(deputies | set(await self._people.holders(tx, Role.LEAD))):
            await self._pushes.tell_staff(tx, person, f"stale:{today}", now, now)

    async def _absent(self, tx: Transaction, people: Iterable[str], today: date) -> set[str]:
        """Of these people, who is away, or is no coordinator any more."""
        asked = set(people)
        if not asked:
            return set()
        found = await self._repository.settings(tx, asked)
        away = {
            person
            for person, settings in found.items()
            if settings.absent_until is not None and settings.absent_until >= today
        }
        return away | (asked - set(await self._people.holders(tx, Role.COORDINATOR)))

    async def _situations(
        self, tx: Transaction, clients: list[Client], now: datetime
    ) -> list[day_rules.Situation]:
        ids = [client.id for client in clients if client.restricted_at is None]
        appointments = by_client(await self._cases.appointments(tx, ids))
        requests = await self._cases.requests(tx, ids)
        reminders = await self._cases.reminders(tx, client_id=ids, states=rules.TO_LOOK_AT)
        of_reminders, of_requests = by_client(reminders), by_client(requests)
        today = rules.today(now)
        # Most of what is agreed on is far ahead, and no line is about it.
        until, waiting = today + day_rules.CALL_AHEAD, day_rules.unanswered(reminders, now)
        soon = await self._cases.milestones(tx, ids, rules.ACTIVE, until=until, also=waiting)
        reported = await self._cases.milestones(tx, ids, (MilestoneStatus.REPORTED_DONE,))
        milestones = by_client([*soon, *reported])
        tasks = by_client(await self._goals.tasks(tx, [client.id for client in clients], duties=True))
        records = await self._files.of_day(tx, ids)
        contacts = await self._files.last_contacts(tx, ids)
        week = self._people.house.current.office
        waits = {r.id: office.office_days_since(rules.today(r.created_at), today, week) for r in requests}
        return [
            day_rules.Situation(
                client,
                records.get(client.id) or Record(client.id),
                milestones[client.id],
                appointments[client.id],
                of_requests[client.id],
                of_reminders[client.id],
                tasks[client.id],
                contacts.get(client.id),
                waits,
            )
            for client in clients
        ]
