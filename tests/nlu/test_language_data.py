"""The bot (Python 3.11) and the service (Python 3.10) each name intents and values of entities; here they are held together."""

from nlu.service import language_data
from nlu.types import ENTITIES, ENTITY_VALUES, Intent


def test_bot_and_service_know_the_same_intents() -> None:
    assert [intent.value for intent in Intent] == language_data.INTENTS


def test_bot_and_service_know_the_same_values_of_entities() -> None:
    known = {name: set(values) for name, values in language_data.ENTITIES.items()}
    # To the bot childcare is only ever True; the training lines spell it.
    assert known == {**{name: set(values) for name, values in ENTITY_VALUES.items()}, "childcare": {"true"}}
    assert tuple(known) == ENTITIES
