"""The languages' own words: reads nlu/data/<language>/lexicon.yml and compiles it for matching; decides nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from i18n.text import normalise
from nlu.errors import LexiconError
from nlu.phrases import PhraseIndex
from nlu.types import ENTITY_VALUES, LEVELS, PLACES, Intent

DATA_FOLDER = Path(__file__).parent / "data"
FILE_NAME = "lexicon.yml"
# Every scalar stays the string it was written as: no, 112 and 1e5 are words here.
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

EntityValue = tuple[str, str | bool]


@dataclass(frozen=True, slots=True)
class EmergencyRules:
    """`phrases` alone, or one phrase of each part of `together`, unless something of `unless` is there as well.

    `violence` raises no alarm; it says of one that somebody wants to kill somebody else, whose word is that for killing oneself, too.
    """

    phrases: tuple[str, ...]
    together: tuple[tuple[tuple[str, ...], ...], ...]
    unless: tuple[str, ...]
    violence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's words, compiled."""

    language: str
    keywords: PhraseIndex[Intent]
    entities: PhraseIndex[EntityValue]
    # what only looks like an entity in this language
    no_entities: PhraseIndex[None]
    concepts: PhraseIndex[str]
    emergency: EmergencyRules
    # normalised single words that name a place, for spelling mistakes
    place_names: Mapping[str, str]


def _mapping(value: object, where: str) -> dict[str, object]:
    if not value:
        return {}
    if not isinstance(value, dict):
        raise LexiconError(f"{where} must be a mapping")
    return {str(key): part for key, part in value.items()}


def _phrases(value: object, where: str) -> tuple[str, ...]:
    if not value:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise LexiconError(f"{where} must be a list of phrases")
    return tuple(value)


def _intent(name: str, where: str) -> Intent:
    if name not in set(Intent):
        raise LexiconError(f"{where}: there is no intent {name}")
    return Intent(name)


def _emergency(value: object, where: str) -> EmergencyRules:
    rules = _mapping(value, where)
    together = rules.get("together") or []
    if not isinstance(together, list) or any(not isinstance(rule, list) for rule in together):
        raise LexiconError(f"{where}.together must be a list of lists of lists")
    return EmergencyRules(
        _phrases(rules.get("phrases"), f"{where}.phrases"),
        tuple(tuple(_phrases(part, f"{where}.together") for part in rule) for rule in together),
        _phrases(rules.get("unless"), f"{where}.unless"),
        _phrases(rules.get("violence"), f"{where}.violence"),
    )


def _entity_phrases(value: object, where: str) -> Iterator[tuple[str, EntityValue]]:
    for entity, values in _mapping(value, where).items():
        if entity == "childcare":
            yield from ((phrase, (entity, True)) for phrase in _phrases(values, f"{where}.{entity}"))
            continue
        if entity not in ENTITY_VALUES:
            raise LexiconError(f"{where}: there is no entity {entity}")
        for name, phrases in _mapping(values, f"{where}.{entity}").items():
            if name not in ENTITY_VALUES[entity]:
                raise LexiconError(f"{where}.{entity}: there is no value {name}")
            yield from ((phrase, (entity, name)) for phrase in _phrases(phrases, f"{where}.{entity}.{name}"))


def _known_everywhere() -> Iterator[tuple[str, EntityValue]]:
    """What needs no language: the places' own names, their halves, and the levels."""
    for place in PLACES:
        for name in {place, *place.split("-")}:
            yield name, ("place", place)
            if place != "München":
                # As timetables and addresses say it: the town is asked for, not the city.
                yield f"{name} bei München", ("place", place)
    for level in LEVELS:
        if len(level) == 2:
            yield level, ("level", level)
            yield f"{level[0]} {level[1]}", ("level", level)


def compile_lexicon(language: str, content: object) -> Lexicon:
    """The parsed file as matchers; LexiconError names the place that is wrong."""
    parts = _mapping(content, language)
    keywords: PhraseIndex[Intent] = PhraseIndex()
    for name, phrases in _mapping(parts.get("keywords"), f"{language}.keywords").items():
        intent = _intent(name, f"{language}.keywords")
        for phrase in _phrases(phrases, f"{language}.keywords.{name}"):
            keywords.add(phrase, intent)
    entities: PhraseIndex[EntityValue] = PhraseIndex()
    place_names: dict[str, str] = {}
    for phrase, (entity, value) in (
        *_known_everywhere(),
        *_entity_phrases(parts.get("entities"), f"{language}.entities"),
    ):
        entities.add(phrase, (entity, value))
        name = normalise(phrase)
        if entity == "place" and isinstance(value, str) and " " not in name:
            place_names.setdefault(name, value)
    no_entities: PhraseIndex[None] = PhraseIndex()
    for phrase in _phrases(parts.get("no_entities"), f"{language}.no_entities"):
        no_entities.add(phrase, None)
    concepts: PhraseIndex[str] = PhraseIndex()
    for concept, phrases in _mapping(parts.get("concepts"), f"{language}.concepts").items():
        for phrase in _phrases(phrases, f"{language}.concepts.{concept}"):
            concepts.add(phrase, concept)
    return Lexicon(
        language,
        keywords,
        entities,
        no_entities,
        concepts,
        _emergency(parts.get("emergency"), f"{language}.emergency"),
        place_names,
    )


def _read(path: Path) -> object:
    try:
        return yaml.load(path.read_text("utf-8"), Loader=LOADER)  # noqa: S506  (it makes strings, lists and mappings only)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise LexiconError(f"{path.name} of {path.parent.name} cannot be read: {error}") from error


def load_lexicons(folder: Path = DATA_FOLDER) -> dict[str, Lexicon]:
    """All languages that have a lexicon, by language code."""
    return {
        path.parent.name: compile_lexicon(path.parent.name, _read(path))
        for path in sorted(folder.glob(f"*/{FILE_NAME}"))
    }
