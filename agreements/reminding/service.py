"""Use cases about when somebody is reminded: hours and Sundays of their own, how often, so long before one milestone or appointment."""

from collections.abc import Mapping
from datetime import datetime

from agreements import rules
from agreements.access import CaseAccess
from agreements.reminders import Reminders
from agreements.reminding import wishing
from agreements.reminding.errors import AppointmentTimesError, MilestoneTimesError
from agreements.reminding.repository import RemindingRepository
from agreements.reminding.types import Often, OwnTimes
from agreements.repository import AgreementsRepository
from agreements.types import Appointment, Milestone, Subject
from db.engine import Transaction
from people.audit.types import Part
from people.errors import NotFoundError
from people.service import PeopleService
from people.types import Actor

_ERRORS = {Subject.MILESTONE: MilestoneTimesError, Subject.APPOINTMENT: AppointmentTimesError}


class TimesService:
    """Never commits: `tx` is the caller's unit of work. Whatever is chosen, what is still to come is planned anew."""

    def __init__(
        self, cases: AgreementsRepository, access: CaseAccess, people: PeopleService, reminders: Reminders
    ) -> None:
        self._repository = RemindingRepository(people.house)
        self._cases = cases
        self._access = access
        self._people = people
        self._reminders = reminders

    async def own(self, tx: Transaction, actor: Actor) -> OwnTimes:
        """What the person who asks has chosen."""
        quiet = (await self._repository.quiet_of(tx, [actor.id])).get(actor.id)
        clients = await self._cases.clients_of_person(tx, actor.id)
        chosen = [wishing.often_of(await self._repository.offsets(tx, client.id)) for client in clients]
        often = chosen[0] if chosen and len(set(chosen)) == 1 else None
        return OwnTimes(quiet or rules.night_of(self._people.house.current), often, bool(clients))

    async def choose_hours(self, tx: Transaction, actor: Actor, hours: str, now: datetime) -> None:
        """Messages come at these hours alone (one of `wishing.HOURS`). Raises NotFoundError."""
        if hours not in wishing.HOURS:
            raise NotFoundError
        own = await self.own(tx, actor)
        await self._keep(tx, actor, wishing.stored(hours, sundays=own.quiet.sundays), now)

    async def choose_sundays(self, tx: Transaction, actor: Actor, now: datetime, *, quiet: bool) -> None:
        """No messages on Sundays, or as on other days."""
        own = await self.own(tx, actor)
        await self._keep(tx, actor, wishing.stored(wishing.hours_of(own.quiet), sundays=quiet), now)

    async def choose_often(self, tx: Transaction, actor: Actor, often: Often, now: datetime) -> None:
        """How often to be reminded, for every case of the chat."""
        for client in await self._cases.clients_of_person(tx, actor.id):
            await self._access.theirs(tx, actor, client.id, Part.LINK, change=True)
            for subject, code in wishing.OFTEN[often].items():
                await self._repository.set_offsets(tx, client.id, subject, "", code)
            await self._reminders.plan_all(tx, client, now)

    async def of_client(self, tx: Transaction, actor: Actor, client_id: str) -> Mapping[tuple[str, str], str]:
        """What was chosen, by subject and by the id of one milestone or appointment ('' for all). Raises NotFoundError."""
        client = await self._access.work_on(tx, actor, client_id, Part.CASE)
        return await self._repository.offsets(tx, client.id)

    async def remind_client(
        self, tx: Transaction, actor: Actor, client_id: str, texts: Mapping[Subject, str], now: datetime
    ) -> None:
        """So long before everything of a client: `14d 3d 0d`, `1d 2h`, `-` never, empty as usual.

        Raises MilestoneTimes-, AppointmentTimes-, NotFoundError.
        """
        client = await self._access.work_on(tx, actor, client_id, Part.CASE, change=True)
        for subject, text in texts.items():
            await self._repository.set_offsets(tx, client.id, subject, "", _written(subject, text))
        await self._reminders.plan_all(tx, client, now)

    async def remind_of(
        self, tx: Transaction, actor: Actor, subject: Subject, subject_id: str, text: str, now: datetime
    ) -> str:
        """So long before one milestone or appointment, empty as for all of the client; returns whose it is.

        Raises MilestoneTimes-, AppointmentTimes-, NotFoundError.
        """
        found: Milestone | Appointment | None
        if subject is Subject.MILESTONE:
            found = await self._cases.milestone(tx, subject_id)
        else:
            found = await self._cases.appointment(tx, subject_id)
        client_id = found.client_id if found else None
        client = await self._access.work_on(tx, actor, client_id, Part.CASE, change=True)
        if found is None:
            raise NotFoundError
        await self._repository.set_offsets(tx, client.id, subject, found.id, _written(subject, text))
        await self._reminders.plan(tx, found, now)
        return client.id

    async def _keep(self, tx: Transaction, actor: Actor, code: str, now: datetime) -> None:
        await self._repository.set_quiet(tx, actor.id, code)
        for client in await self._cases.clients_of_person(tx, actor.id):
            await self._access.theirs(tx, actor, client.id, Part.LINK, change=True)
            await self._reminders.plan_all(tx, client, now)


def _written(subject: Subject, text: str) -> str | None:
    try:
        return wishing.written(subject, text)
    except ValueError as error:
        raise _ERRORS[subject] from error
