"""Where an appointment may take place: addresses of the catalogue that fit what it is for, near the client first."""

from collections.abc import Iterator

from agreements.addresses import kinds_for
from agreements.types import Client
from bot.turn import Turn
from offers import kinds
from offers.types import Offer, Query, Topic

MOST = 6
_ENOUGH = 200


def nearby(turn: Turn, client: Client, phrase_id: str) -> list[Offer]:
    """Offers whose addresses can be chosen, each address once: first of the kind that fits, then offices."""
    found: dict[tuple[str, str], Offer] = {}
    for offer in _candidates(turn, client, kinds_for(phrase_id)):
        if offer.address_1:
            found.setdefault((offer.address_1, offer.place), offer)
        if len(found) == MOST:
            break
    return list(found.values())


def _candidates(turn: Turn, client: Client, wanted: tuple[str, ...]) -> Iterator[Offer]:
    known = kinds.load()
    topics = dict.fromkeys(known[kind].topic for kind in wanted)
    for topic in topics:
        yield from (offer for offer in _of_topic(turn, client, topic) if offer.kind in wanted)
    yield from _of_topic(turn, client, Topic.OFFICE.value)


def _of_topic(turn: Turn, client: Client, topic: str) -> Iterator[Offer]:
    query = Query(topic=topic, place=client.place or None)
    for hit in turn.services.offers.search(query, turn.now, limit=_ENOUGH).hits:
        yield hit.offer
