"""The one way in which anybody reaches a client's record: rights are asked for, and that it was looked at is noted."""

from collections.abc import Iterable

from agreements import rules
from agreements.errors import CaseRestrictedError, NotLinkedError, WhoseUnclearError
from agreements.repository import AgreementsRepository
from agreements.types import Client
from db.engine import Transaction
from i18n import dates
from i18n.languages import SOURCE
from people.audit.types import Capacity, Part
from people.errors import NotFoundError
from people.service import PeopleService
from people.types import Actor, Ownership, Permission

_OF_STORED = (Part.RESTRICTION, Part.HOLD, Part.ERASURE, Part.COPY)
"""What may be done with a case that is only stored: end that, keep it from deletion or delete it as the person wished, and give them their copy."""


_NOBODY = ""


class CaseAccess:
    """Asks for rights before a record is given out. `part` and `change` say in the log what it was given out for."""

    def __init__(self, repository: AgreementsRepository, people: PeopleService) -> None:
        self._repository = repository
        self._accessor = people.accessor
        self._trail = people.trail

    def may(self, actor: Actor, permission: Permission) -> None:
        """Pass, or raise NotAllowedError, where no single record is meant."""
        self._accessor.require(actor, permission)

    async def work_on(
        self,
        tx: Transaction,
        actor: Actor,
        client_id: str | None,
        part: Part = Part.CASE,
        *,
        change: bool = False,
    ) -> Client:
        """The client, for its coordinator or a deputy. Raises NotFoundError for everybody else and for no client.

        Raises CaseRestrictedError while the case is only stored.
        """
        # Looked for also where there is none: what is another's is not to take longer to be refused than what does not exist.
        client = await self._repository.client(tx, client_id or _NOBODY)
        whose = Ownership(client.person_id, client.coordinator_id, client.deputies) if client else Ownership()
        self._accessor.require(actor, Permission.WORK_ON_CLIENT, whose)
        if client is None:
            raise NotFoundError
        if client.restricted_at is not None and part not in _OF_STORED:
            raise CaseRestrictedError(day=dates.day(rules.today(client.restricted_at), SOURCE))
        self._note(tx, actor, client, part, change)
        return client

    async def by_case(
        self,
        tx: Transaction,
        actor: Actor,
        case_number: str,
        part: Part = Part.CASE,
        *,
        change: bool = False,
    ) -> Client:
        """The same by case number. Raises NotFoundError."""
        client = await self._repository.client_by_case(tx, case_number)
        return await self.work_on(tx, actor, client.id if client else None, part, change=change)

    async def caseload(self, tx: Transaction, actor: Actor) -> list[Client]:
        """Every open case of a coordinator that is not only stored, own ones and those as deputy. Raises NotAllowedError."""
        self._accessor.require(actor, Permission.LIST_CLIENTS)
        found = await self._repository.clients_of(tx, actor.id)
        return self._listed(tx, actor, [client for client in found if client.restricted_at is None])

    async def restricted(self, tx: Transaction, actor: Actor) -> list[Client]:
        """Of a coordinator's open cases those that are only stored, or asked to be. Raises NotAllowedError."""
        self._accessor.require(actor, Permission.LIST_CLIENTS)
        return self._listed(tx, actor, await self._repository.clients_of(tx, actor.id, restricted=True))

    async def stored(self, tx: Transaction, actor: Actor, clients: Iterable[Client]) -> list[Client]:
        """Of these the ones that are only stored, for the one thing that the law asks for nevertheless. Raises NotFoundError."""
        found = [client for client in clients if client.restricted_at is not None]
        return [await self.work_on(tx, actor, client.id, Part.ERASURE) for client in found]

    async def closed(self, tx: Transaction, actor: Actor) -> list[Client]:
        """A coordinator's own cases that were closed and are kept, but for those that are only stored. Raises NotAllowedError."""
        self._accessor.require(actor, Permission.LIST_CLIENTS)
        return self._listed(tx, actor, await self._repository.closed_of(tx, actor.id))

    def _listed(self, tx: Transaction, actor: Actor, clients: list[Client]) -> list[Client]:
        for client in clients:
            self._note(tx, actor, client, Part.LIST, change=False)
        return clients

    def theirs_still(self, tx: Transaction, actor: Actor, clients: Iterable[Client]) -> list[Client]:
        """Clients that `caseload` gave in the same transaction, as far as a page needs them: they are not read twice.

        Whether they are the actor's is asked again all the same. Raises NotFoundError.
        """
        found = list(clients)
        for client in found:
            whose = Ownership(client.person_id, client.coordinator_id, client.deputies)
            self._accessor.require(actor, Permission.WORK_ON_CLIENT, whose)
        return self._listed(tx, actor, found)

    async def own(
        self,
        tx: Transaction,
        actor: Actor,
        part: Part = Part.CASE,
        *,
        change: bool = False,
        client_id: str | None = None,
    ) -> Client:
        """A case of the chat that asks, without an id the only one. Raises NotLinked-, WhoseUnclear-, NotFoundError."""
        if client_id is None:
            own = await self._repository.clients_of_person(tx, actor.id)
            if not own:
                raise NotLinkedError
            if len(own) > 1:
                raise WhoseUnclearError
            client_id = own[0].id
        return await self.theirs(tx, actor, client_id, part, change=change)

    async def theirs(
        self,
        tx: Transaction,
        actor: Actor,
        client_id: str | None,
        part: Part = Part.CASE,
        *,
        change: bool = False,
    ) -> Client:
        """The client, for the linked person alone. Raises NotFoundError."""
        client = await self._repository.client(tx, client_id or _NOBODY)
        owner = Ownership(person_id=client.person_id if client else None)
        self._accessor.require(actor, Permission.OWN_RECORD, owner)
        if client is None:
            raise NotFoundError
        self._note(tx, actor, client, part, change)
        return client

    def shown(self, tx: Transaction, actor: Actor, client_id: str) -> None:
        """A helper saw the one appointment that was shared with them."""
        self._trail.note(tx, actor.id, Capacity.HELPER, client_id, Part.APPOINTMENTS)

    def moved(self, tx: Transaction, actor: Actor, client_id: str, acted_as: Capacity) -> None:
        """Somebody else looks after a case from now on; whoever arranged that was shown nothing of it."""
        self._trail.note(tx, actor.id, acted_as, client_id, Part.TEAM, change=True)

    def _note(self, tx: Transaction, actor: Actor, client: Client, part: Part, change: bool) -> None:
        if client.coordinator_id == actor.id:
            acted_as = Capacity.COORDINATOR
        elif actor.id in client.deputies:
            acted_as = Capacity.DEPUTY
        else:
            acted_as = Capacity.CLIENT
        self._trail.note(tx, actor.id, acted_as, client.id, part, change=change)
