"""Use cases about restricting a case: asked for on the phone, confirmed or declined at the desk, ended by either."""

from datetime import datetime

from agreements.access import CaseAccess
from agreements.pushes import Pushes
from agreements.reminders import Reminders
from agreements.repository import AgreementsRepository
from agreements.sharing.repository import SharingRepository
from agreements.types import Client
from db.engine import Transaction
from delivery.types import Push
from people.audit.types import Part
from people.types import Actor


class RestrictionService:
    """Never commits: `tx` is the caller's unit of work. What is not theirs raises the same NotFoundError as what does not exist.

    That a restricted case is neither shown, exported nor reminded of is held by `CaseAccess` and the reminder engine, not here.
    """

    def __init__(
        self,
        repository: AgreementsRepository,
        access: CaseAccess,
        pushes: Pushes,
        reminders: Reminders,
        sharing: SharingRepository,
    ) -> None:
        self._repository = repository
        self._access = access
        self._pushes = pushes
        self._reminders = reminders
        self._sharing = sharing

    async def own(self, tx: Transaction, actor: Actor, client_id: str) -> Client:
        """How it stands with a case of the chat. Raises NotFoundError."""
        return await self._access.theirs(tx, actor, client_id, Part.RESTRICTION)

    async def ask(self, tx: Transaction, actor: Actor, client_id: str, now: datetime) -> Client:
        """The client wants the case to be only stored; the coordinator hears of it. Raises NotFoundError."""
        client = await self._access.theirs(tx, actor, client_id, Part.RESTRICTION, change=True)
        if client.restricted_at is None and client.restriction_asked_at is None:
            await self._repository.change_client(tx, client.id, restriction_asked_at=now)
            await self._pushes.tell_coordinator(tx, client, client.id, now)
        return await self.own(tx, actor, client_id)

    async def take_back(self, tx: Transaction, actor: Actor, client_id: str, now: datetime) -> Client:
        """The client wants it no longer: at once, and the coordinator hears of it. Raises NotFoundError."""
        client = await self._access.theirs(tx, actor, client_id, Part.RESTRICTION, change=True)
        await self._end(tx, client, now)
        await self._pushes.tell_coordinator(tx, client, client.id, now)
        return await self.own(tx, actor, client_id)

    async def concerned(self, tx: Transaction, actor: Actor) -> list[Client]:
        """The coordinator's cases that are restricted or asked to be, the oldest first: number and days, nothing else. Raises NotAllowedError."""
        return await self._access.restricted(tx, actor)

    async def restrict(self, tx: Transaction, actor: Actor, client_id: str, now: datetime) -> None:
        """From now on the case is only stored; the client is told. Raises NotFoundError."""
        client = await self._access.work_on(tx, actor, client_id, Part.RESTRICTION, change=True)
        if client.restricted_at is None:
            await self._repository.change_client(tx, client.id, restricted_at=now, restriction_asked_at=None)
            await self._sharing.end_of_client(tx, client.id, now)
            await self._pushes.tell_client(tx, client, Push.RESTRICTION, client.id, now)

    async def end(self, tx: Transaction, actor: Actor, client_id: str, now: datetime) -> None:
        """Nothing is restricted any more, or was not to be; the client is told before anything else goes on. Raises NotFoundError."""
        client = await self._access.work_on(tx, actor, client_id, Part.RESTRICTION, change=True)
        await self._end(tx, client, now)
        await self._pushes.tell_client(tx, client, Push.RESTRICTION, client.id, now)

    async def _end(self, tx: Transaction, client: Client, now: datetime) -> None:
        await self._repository.change_client(tx, client.id, restricted_at=None, restriction_asked_at=None)
        if client.restricted_at is not None and client.reminders:
            await self._reminders.plan_all(tx, client, now)
