"""A small office for the tests of case work: real services on a real database, a clock to turn, and a courier that notes what it carries."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from agreements import rules
from agreements.cases import build_cases
from agreements.holds.repository import HoldsRepository
from agreements.privacy.repository import PrivacyRepository
from agreements.privacy.service import PrivacyService
from agreements.privacy.types import Limits
from agreements.reminders import Reminders
from agreements.repository import AgreementsRepository
from agreements.service import AgreementsService
from agreements.types import Appointment, Client, ClientLine, Milestone, Reminder
from db.crypto import Cipher
from db.engine import Database
from delivery.repository import InboxRepository, OutboxRepository
from delivery.service import DeliveryService
from delivery.types import Kind, OutboxItem, Outgoing, Result, Sent
from delivery.worker import DeliveryWorker
from offers.repository import OffersRepository
from offers.responsible.repository import ResponsibleRepository
from offers.service import OffersService
from offers.twins.repository import TwinsRepository
from people.accounts.repository import AccountsRepository
from people.accounts.service import AccountsService
from people.audit.repository import AuditRepository
from people.audit.service import Trail
from people.repository import PeopleRepository
from people.service import PeopleService
from people.types import Actor, Address, Role


def at(text: str) -> datetime:
    """A wall time in Berlin as a point in time."""
    return datetime.fromisoformat(text).replace(tzinfo=rules.BERLIN).astimezone(UTC)


@dataclass
class Courier:
    """Carries nothing and remembers everything; `results` are given out first."""

    carried: list[tuple[str, OutboxItem]] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)

    async def send(self, address: Address, item: OutboxItem) -> Result:
        self.carried.append((address.person_id, item))
        return self.results.pop(0) if self.results else Sent(len(self.carried))


class World:
    """Services over one database; it is `now` in them."""

    def __init__(self, database: Database, cipher: Cipher, new_id: Callable[[], str]) -> None:
        self.database, self.cipher = database, cipher
        self.now = at("2027-02-01 10:00")
        self.repository = AgreementsRepository(cipher)
        self.erased: list[str] = []
        self.trail = Trail(AuditRepository(cipher), now=lambda: self.now)
        database.ends_with(self.trail)
        self.people = PeopleService(PeopleRepository(cipher), self.trail, new_id=new_id, new_code=new_id)
        self.delivery = DeliveryService(
            InboxRepository(cipher, self.people.chat_hash), OutboxRepository(cipher), owner="w", new_id=new_id
        )
        self.reminders = Reminders(self.repository, self.delivery, self.people, new_id=new_id)
        self.agreements = AgreementsService(
            self.repository, self.people, self.delivery, self.reminders, new_id=new_id
        )
        self.offers = OffersService(
            OffersRepository(),
            ResponsibleRepository(),
            TwinsRepository(),
            new_id=new_id,
            house=self.people.house,
        )
        self.cases = build_cases(
            cipher,
            self.repository,
            self.people,
            self.delivery,
            self.offers,
            self.agreements,
            self.reminders,
            new_id=new_id,
            erased=self.note_erased,
        )
        self.files, self.goals, self.placements = self.cases.files, self.cases.goals, self.cases.placements
        self.day, self.team, self.campaigns = self.cases.day, self.cases.team, self.cases.campaigns
        self.transfer, self.indicators = self.cases.transfer, self.cases.indicators
        self.handover = self.cases.handover
        self.courier = Courier()
        self.worker = DeliveryWorker(
            database,
            self.delivery,
            self.people,
            self.courier,
            recheck=self.reminders.recheck,
            outcome=self.reminders.outcome,
            now=lambda: self.now,
            calm=0,
        )
        self._numbers = itertools.count(1)
        self._new_id = new_id

    def note_erased(self, id_: str, _: datetime) -> None:
        self.erased.append(id_)

    def privacy(self, limits: Limits) -> PrivacyService:
        """Who forgets and lets go, with these limits."""
        cipher, new_id = self.cipher, self._new_id
        accounts = AccountsService(AccountsRepository(cipher), self.people, new_id=new_id, new_code=new_id)
        return PrivacyService(
            PrivacyRepository(cipher),
            self.people,
            accounts,
            self.delivery,
            self.agreements,
            HoldsRepository(cipher),
            limits=limits,
            erased=self.note_erased,
        )

    async def person(self, *roles: Role) -> Actor:
        async with self.database.write() as tx:
            number = next(self._numbers)
            actor = await self.people.meet(tx, 1000 + number, "en", self.now)
            for role in roles:
                invitation = await self.people.invite(tx, None, role, self.now)
                found = await self.people.look_up(tx, actor, invitation.code, self.now)
                await self.people.redeem(tx, actor, found, self.now)
            return await self.people.actor(tx, actor.id)

    async def client(self, coordinator: Actor, number: str | None = None) -> Client:
        async with self.database.write() as tx:
            case = number or f"LM-{next(self._numbers)}"
            return await self.agreements.create_client(tx, coordinator, case, "ar", "Haar", self.now)

    async def link(self, coordinator: Actor, client: Client, person: Actor, *, yes: bool = True) -> Client:
        async with self.database.write() as tx:
            new = await self.agreements.invite_client(tx, coordinator, client.id, self.now)
        async with self.database.write() as tx:
            invitation = await self.people.look_up(tx, person, new.code, self.now)
            linked = await self.agreements.link(tx, person, invitation, self.now)
            return await self.agreements.set_reminders(tx, person, True, self.now) if yes else linked

    async def case(self) -> tuple[Actor, Client, Actor]:
        """A coordinator, a client, and the person behind it, who said yes to reminders; nothing waits to be sent."""
        coordinator, person = await self.person(Role.COORDINATOR), await self.person()
        client = await self.link(coordinator, await self.client(coordinator), person)
        await self.send()
        self.courier.carried.clear()
        return coordinator, client, person

    async def milestone(
        self, coordinator: Actor, client: Client, due_on: date, phrase: str = "write_cv"
    ) -> Milestone:
        async with self.database.write() as tx:
            return await self.agreements.add_milestone(
                tx, coordinator, client.id, phrase, {}, due_on, None, self.now
            )

    async def appointment(self, coordinator: Actor, client: Client, local: str) -> Appointment:
        async with self.database.write() as tx:
            return await self.agreements.add_appointment(
                tx,
                coordinator,
                client.id,
                "jobcenter",
                "Haar",
                "Hauptstraße 1",
                datetime.fromisoformat(local),
                30,
                ["logbook"],
                self.now,
            )

    async def tick(self) -> int:
        async with self.database.write() as tx:
            count = await self.reminders.tick(tx, self.now)
            await self.reminders.finish_appointments(tx, self.now)
            return count

    async def repeat(self) -> int:
        """Repeat what nobody answered, and send it."""
        async with self.database.write() as tx:
            count = await self.reminders.repeat(tx, self.now)
        await self.tick()
        await self.send()
        return count

    async def send(self) -> None:
        """Send all that is due."""
        while await self.worker.step():
            pass

    async def until(self, end: str | datetime, step: timedelta = timedelta(minutes=30)) -> None:
        """Let the time pass with ticker and worker running."""
        stop = at(end) if isinstance(end, str) else end
        while self.now < stop:
            self.now = min(self.now + step, stop)
            await self.tick()
            await self.send()

    async def rows(self, subject_id: str) -> list[Reminder]:
        async with self.database.read() as tx:
            return await self.repository.reminders(tx, subject_id=subject_id)

    async def line(self, coordinator: Actor, client: Client) -> ClientLine:
        async with self.database.read() as tx:
            lines = await self.agreements.list_clients(tx, coordinator, self.now)
        return next(line for line in lines if line.client.id == client.id)

    async def reply(self, person: Actor) -> OutboxItem | None:
        async with self.database.write() as tx:
            message = Outgoing("reply", person.id, Kind.REPLY, {}, self.now)
            return await self.delivery.enqueue_reply(tx, message, self.now)

    def pushed(self, person: Actor) -> list[str]:
        """The names of what was carried to the person, in order."""
        return [str(item.content["push"]) for to, item in self.courier.carried if to == person.id]

    def refs(self, person: Actor, push: str) -> list[str]:
        return [
            str(item.content["ref"])
            for to, item in self.courier.carried
            if to == person.id and item.content["push"] == push
        ]


def states(rows: Sequence[Reminder]) -> list[str]:
    return [row.state.value for row in rows]
