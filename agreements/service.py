"""The one door to case work for the bot and the desk; what it does is in the modules it is put together from."""

from agreements.clients import Clients
from agreements.requests import Requests
from agreements.types import ClientFile
from db.engine import Transaction
from people.audit.types import Part
from people.types import Actor


class AgreementsService(Clients, Requests):
    """Clients, agreements with their milestones, appointments and requests.

    Every use case asks for rights: what is not theirs raises the same NotFoundError as what does not exist.
    """

    async def client_file(self, tx: Transaction, actor: Actor, client_id: str) -> ClientFile:
        """Everything about one case. Raises NotFoundError."""
        client = await self.access.work_on(tx, actor, client_id, Part.CASE)
        return ClientFile(
            client,
            tuple(await self._repository.milestones(tx, [client.id])),
            tuple(await self._repository.appointments(tx, [client.id])),
            tuple(await self._repository.requests(tx, [client.id])),
        )
