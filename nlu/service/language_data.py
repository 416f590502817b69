"""Reading and checking nlu/data: training lines with their entities, and lexicons; needs neither Rasa nor numpy."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Tuple

import yaml

INTENTS = [
    "find_german_course",
    "find_school",
    "find_work",
    "find_training",
    "find_housing",
    "find_health",
    "find_legal_advice",
    "find_money_help",
    "find_leisure",
    "find_orientation",
    "find_volunteer",
    "find_return_advice",
    "find_office",
    "show_appointments",
    "cancel_appointment",
    "show_agreement",
    "milestone_done",
    "need_more_time",
    "contact_coordinator",
    "logbook",
    "emergency",
    "change_language",
    "stop_messages",
    "privacy",
    "greet",
    "thanks",
    "help",
    "out_of_scope",
]
PLACES = [
    "Aschheim",
    "Aying",
    "Baierbrunn",
    "Brunnthal",
    "Feldkirchen",
    "Garching",
    "Gräfelfing",
    "Grasbrunn",
    "Grünwald",
    "Haar",
    "Höhenkirchen-Siegertsbrunn",
    "Hohenbrunn",
    "Ismaning",
    "Kirchheim",
    "Neubiberg",
    "Neuried",
    "Oberhaching",
    "Oberschleißheim",
    "Ottobrunn",
    "Planegg",
    "Pullach",
    "Putzbrunn",
    "Sauerlach",
    "Schäftlarn",
    "Straßlach-Dingharting",
    "Taufkirchen",
    "Unterföhring",
    "Unterhaching",
    "Unterschleißheim",
    "München",
]
ENTITIES: Dict[str, Tuple[str, ...]] = {
    "place": tuple(PLACES),
    "level": ("A1", "A2", "B1", "B2", "C1", "C2", "literacy"),
    "audience": ("women", "men", "parents", "children", "youth", "seniors"),
    "childcare": ("true",),
    "daytime": ("morning", "afternoon", "evening", "weekend"),
}
_ANNOTATION = re.compile(r"\[([^\]\n]+)\](?:\((\w+)\)|(\{[^}\n]*\}))")


# libyaml's loader is ten times as quick; where PyYAML was built without it, its own does the same.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DataError(Exception):
    """{message}; the message names file and line."""


class Example(NamedTuple):
    """One training line; `entities` are (entity, value, start, end) in `text`."""

    language: str
    intent: str
    text: str
    entities: Tuple[Tuple[str, str, int, int], ...]
    where: str


def training_files(data: Path) -> List[Path]:
    """The training files of all languages in a stable order."""
    return sorted(data.glob("*/nlu_*.yml"))


def lexicon_files(data: Path) -> List[Path]:
    """The lexicons of all languages in a stable order."""
    return sorted(data.glob("*/lexicon.yml"))


def _compose(path: Path, loader: Any = _Loader) -> Any:
    try:
        return yaml.compose(path.read_text(encoding="utf-8"), Loader=loader)
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        if loader is not yaml.SafeLoader:
            return _compose(path, yaml.SafeLoader)  # which names the line better
        mark = getattr(problem, "problem_mark", None)
        line = f"{path}:{mark.line + 1}" if mark else str(path)
        raise DataError(
            f"{line}: not readable as YAML: {getattr(problem, 'problem', None) or problem}"
        ) from problem


def _pairs(node: Any, where: str) -> Dict[str, Any]:
    if not isinstance(node, yaml.MappingNode):
        raise DataError(f"{where}: expected keys and values")
    return {key.value: value for key, value in node.value}


def parse_line(line: str, where: str) -> Tuple[str, Tuple[Tuple[str, str, int, int], ...]]:
    """The plain text of an annotated line and its entities."""
    text, found, position = "", [], 0
    for match in _ANNOTATION.finditer(line):
        text += line[position : match.start()]
        entity, value = match[2], match[1]
        if match[3]:
            try:
                note = json.loads(match[3])
                entity, value = str(note["entity"]), str(note.get("value", match[1]))
            except (ValueError, KeyError, TypeError) as problem:
                raise DataError(f"{where}: {match[3]} is not a readable annotation") from problem
        if entity not in ENTITIES:
            raise DataError(f"{where}: there is no entity '{entity}', only {', '.join(ENTITIES)}")
        if value not in ENTITIES[entity]:
            raise DataError(f"{where}: '{value}' is no value of '{entity}'")
        found.append((entity, value, len(text), len(text) + len(match[1])))
        text += match[1]
        position = match.end()
    rest = line[position:]
    if re.search(r"\]\s*[({]", rest) or re.search(r"\]\s*[({]", text):
        raise DataError(f"{where}: an annotation is not closed or not written as [text](entity)")
    return text + rest, tuple(found)


def _block(block: Any, path: Path) -> Iterator[Example]:
    where = f"{path}:{block.start_mark.line + 1}"
    keys = _pairs(block, where)
    if "intent" not in keys or "examples" not in keys:
        raise DataError(f"{where}: expected 'intent' and 'examples'")
    intent, examples = keys["intent"].value, keys["examples"]
    if intent not in INTENTS:
        raise DataError(f"{where}: there is no intent '{intent}'")
    if not isinstance(examples, yaml.ScalarNode) or examples.style != "|":
        raise DataError(f"{where}: 'examples' must be a block that begins with '|'")
    for offset, line in enumerate(examples.value.split("\n")):
        where = f"{path}:{examples.start_mark.line + 2 + offset}"
        stripped = line.strip()
        if not stripped:
            continue
        if not stripped.startswith("- ") or not stripped[2:].strip():
            raise DataError(f"{where}: expected '- ' and a sentence")
        text, entities = parse_line(stripped[2:].strip(), where)
        yield Example(path.parent.name, intent, text, entities, where)


def read_examples(data: Path) -> List[Example]:
    """All training lines; raises DataError at the first that cannot be right."""
    found: List[Example] = []
    seen: Dict[Tuple[str, str], Example] = {}
    for path in training_files(data):
        blocks = _pairs(_compose(path), f"{path}:1").get("nlu")
        if not isinstance(blocks, yaml.SequenceNode):
            raise DataError(f"{path}:1: expected a list under 'nlu'")
        for block in blocks.value:
            for example in _block(block, path):
                first = seen.setdefault((example.language, example.text.casefold()), example)
                if first.intent != example.intent:
                    raise DataError(
                        f"{example.where}: the same sentence stands under {first.intent} in {first.where}"
                    )
                found.append(example)
    if not found:
        raise DataError(f"{data}: no training data (expected {data}/<language>/nlu_*.yml)")
    return found


def read_lexicons(data: Path) -> List[Dict[str, Any]]:
    """The lexicons of all languages, checked for their shape. Read once: every component of a training asks for them."""
    return _read_lexicons(tuple((path, path.stat().st_mtime_ns) for path in lexicon_files(data)))


@lru_cache(maxsize=1)
def _read_lexicons(files: Tuple[Tuple[Path, int], ...]) -> List[Dict[str, Any]]:
    return [read_lexicon(path) for path, _ in files]


def read_lexicon(path: Path) -> Dict[str, Any]:
    """One lexicon: keywords, entities and concepts as mappings to lists of strings."""
    root = _compose(path)
    sections = _pairs(root, f"{path}:1")
    for name in ("keywords", "concepts"):
        if name in sections:
            _check_lists(sections[name], path)
    if "entities" in sections:
        for entity, node in _pairs(sections["entities"], f"{path}").items():
            _check_entity(entity, node, path)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader) or {}  # noqa: S506 - it is the safe one


def _check_entity(entity: str, node: Any, path: Path) -> None:
    where = f"{path}:{node.start_mark.line + 1}"
    if entity not in ENTITIES:
        raise DataError(f"{where}: there is no entity '{entity}', only {', '.join(ENTITIES)}")
    if entity == "childcare":
        _check_list(node, path)
        return
    for value, entries in _pairs(node, where).items():
        if value not in ENTITIES[entity]:
            raise DataError(f"{path}:{entries.start_mark.line + 1}: '{value}' is no value of '{entity}'")
        _check_list(entries, path)


def _check_lists(node: Any, path: Path) -> None:
    for entries in _pairs(node, f"{path}:{node.start_mark.line + 1}").values():
        _check_list(entries, path)


def _check_list(node: Any, path: Path) -> None:
    if not isinstance(node, yaml.SequenceNode):
        raise DataError(f"{path}:{node.start_mark.line + 1}: expected a list")
    for entry in node.value:
        if not isinstance(entry, yaml.ScalarNode):
            raise DataError(f"{path}:{entry.start_mark.line + 1}: expected a word or a phrase")


def merged(lexicons: List[Dict[str, Any]], section: str) -> Dict[str, List[str]]:
    """One section of all lexicons as name -> entries, each entry once, in a stable order."""
    found: Dict[str, Dict[str, None]] = {}
    for lexicon in lexicons:
        for name, entries in (lexicon.get(section) or {}).items():
            found.setdefault(str(name), {}).update({str(entry): None for entry in entries or ()})
    return {name: list(entries) for name, entries in sorted(found.items())}


def entity_entries(lexicons: List[Dict[str, Any]]) -> List[Tuple[str, str, str]]:
    """(entity, value, entry) of all lexicons, and the German name of every place."""
    found: Dict[Tuple[str, str, str], None] = {("place", name, name): None for name in PLACES}
    for lexicon in lexicons:
        for entity, values in (lexicon.get("entities") or {}).items():
            by_value = {"true": values} if entity == "childcare" else values
            for value, entries in (by_value or {}).items():
                found.update({(entity, str(value), str(entry)): None for entry in entries or ()})
    return list(found)
