"""Offers that the coordinator suggested to a client."""

from bot.handlers.client.card import more
from bot.handlers.client.family import about
from bot.turn import Screens, Turn


async def suggested(turn: Turn, placement_id: str) -> Screens:
    """The card of the offer that was suggested, with "I want this" on it."""
    placement = await turn.services.cases.placements.own(turn.tx, turn.actor, placement_id)
    client = await about(turn, placement.client_id)
    return await more(turn, placement.offer_id, client)
