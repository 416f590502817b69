"""The one way in which staff reach a client's record; whoever wants to know who read what listens here."""

from agreements.repository import AgreementsRepository
from agreements.types import Client
from db.engine import Transaction
from people.errors import NotFoundError
from people.service import Accessor
from people.types import Actor, Ownership, Permission


class CaseAccess:
    """Asks for rights before a record is given out."""

    def __init__(self, repository: AgreementsRepository, accessor: Accessor) -> None:
        self._repository = repository
        self._accessor = accessor

    def may(self, actor: Actor, permission: Permission) -> None:
        """Pass, or raise NotAllowedError, where no single record is meant."""
        self._accessor.require(actor, permission)

    async def work_on(self, tx: Transaction, actor: Actor, client_id: str | None) -> Client:
        """The client, for its coordinator or a deputy. Raises NotFoundError for everybody else and for no client."""
        client = await self._repository.client(tx, client_id) if client_id else None
        whose = Ownership(client.person_id, client.coordinator_id, client.deputies) if client else Ownership()
        self._accessor.require(actor, Permission.WORK_ON_CLIENT, whose)
        if client is None:
            raise NotFoundError
        return client

    async def by_case(self, tx: Transaction, actor: Actor, case_number: str) -> Client:
        """The same by case number. Raises NotFoundError."""
        client = await self._repository.client_by_case(tx, case_number)
        return await self.work_on(tx, actor, client.id if client else None)

    async def caseload(self, tx: Transaction, actor: Actor) -> list[Client]:
        """Every open case of a coordinator, own ones and those as deputy. Raises NotAllowedError."""
        self._accessor.require(actor, Permission.LIST_CLIENTS)
        return await self._repository.clients_of(tx, actor.id)

    async def theirs(self, tx: Transaction, actor: Actor, client_id: str | None) -> Client:
        """The client, for the linked person alone. Raises NotFoundError."""
        client = await self._repository.client(tx, client_id) if client_id else None
        owner = Ownership(person_id=client.person_id if client else None)
        self._accessor.require(actor, Permission.OWN_RECORD, owner)
        if client is None:
            raise NotFoundError
        return client
