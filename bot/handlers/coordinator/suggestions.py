"""Which offers of the catalogue a milestone is likely about; the coordinator chooses."""

from collections.abc import Mapping
from dataclasses import replace

from markupsafe import Markup

from agreements.types import Client
from bot.turn import Turn
from offers.types import Offer, Query, Topic

MOST = 5
_BY_TOPIC: Mapping[Topic, tuple[str, ...]] = {
    Topic.GERMAN_COURSE: (
        "register_german_course",
        "start_german_course",
        "attend_german_course",
        "finish_german_course",
        "take_placement_test",
        "take_german_exam",
    ),
    Topic.LEISURE: ("join_club",),
}
"""Where the words of the phrase alone would lead elsewhere as well."""
_TOPICS: Mapping[str, Topic] = {phrase: topic for topic, names in _BY_TOPIC.items() for phrase in names}


def fitting(turn: Turn, client: Client, phrase_id: str, title: Markup) -> list[Offer]:
    """Offers for a milestone by its German title, those near the client first."""
    topic = _TOPICS.get(phrase_id)
    return looked_for(turn, client, Query(text=title.striptags(), topic=topic.value if topic else None))


def looked_for(turn: Turn, client: Client, query: Query) -> list[Offer]:
    """Offers for a question, near the client where it names no place."""
    near = query if query.place else replace(query, place=client.place or None)
    return [hit.offer for hit in turn.services.offers.search(near, turn.now, limit=MOST).hits]
