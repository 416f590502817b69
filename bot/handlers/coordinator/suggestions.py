"""Which offers of the catalogue a milestone is likely about; the coordinator chooses."""

from dataclasses import replace

from markupsafe import Markup

from agreements.placements.rules import TOPICS
from agreements.types import Client
from bot.turn import Turn
from offers.types import Offer, Query

MOST = 5


def fitting(turn: Turn, client: Client, phrase_id: str, title: Markup) -> list[Offer]:
    """Offers for a milestone by its German title, those near the client first."""
    topic = TOPICS.get(phrase_id)
    return looked_for(turn, client, Query(text=title.striptags(), topic=topic.value if topic else None))


def looked_for(turn: Turn, client: Client, query: Query) -> list[Offer]:
    """Offers for a question, near the client where it names no place."""
    near = query if query.place else replace(query, place=client.place or None)
    return [hit.offer for hit in turn.services.offers.search(near, turn.now, limit=MOST).hits]
