"""The one door to case work for the bot and the desk; what it does is in the modules it is put together from."""

from agreements.clients import Clients
from agreements.requests import Requests


class AgreementsService(Clients, Requests):
    """Clients, agreements with their milestones, appointments and requests.

    Every use case asks for rights: what is not theirs raises the same NotFoundError as what does not exist.
    """
