"""Reads the annotated example sentences in nlu/data/<language>/nlu_*.yml; what is learned from them is decided elsewhere."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from nlu.errors import LexiconError
from nlu.lexicon import DATA_FOLDER, LOADER
from nlu.types import Intent

_ANNOTATION = re.compile(r"\[(?P<text>[^\]]*)\](?:\((?P<entity>[^)]*)\)|(?P<data>\{[^}]*\}))")


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence as a person writes it, with what it should be understood as."""

    language: str
    intent: Intent
    text: str
    entities: tuple[tuple[str, str | bool], ...]


def _entity(match: re.Match[str]) -> tuple[str, str | bool]:
    if match["data"]:
        data = json.loads(match["data"])
        entity, value = str(data["entity"]), str(data.get("value", match["text"]))
    else:
        entity, _, value = match["entity"].partition(":")
        value = value or match["text"]
    return entity, True if value.lower() == "true" else value


def parse_example(language: str, intent: Intent, line: str) -> Example:
    """A line of the training format: `[text](entity)` and `[text]{"entity": ..., "value": ...}` name entities."""
    found = tuple(_entity(match) for match in _ANNOTATION.finditer(line))
    return Example(language, intent, _ANNOTATION.sub(lambda match: match["text"], line).strip(), found)


def _of_file(path: Path) -> Iterator[Example]:
    try:
        content = yaml.load(path.read_text("utf-8"), Loader=LOADER)  # noqa: S506  (it makes strings, lists and mappings only)
        for block in content["nlu"]:
            if "intent" not in block:
                continue
            for line in block["examples"].splitlines():
                if line.strip():
                    yield parse_example(
                        path.parent.name, Intent(block["intent"]), line.strip().removeprefix("-").strip()
                    )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise LexiconError(f"{path.parent.name}/{path.name} is not training data: {error}") from error


def load_examples(folder: Path = DATA_FOLDER) -> list[Example]:
    """Every example of every language."""
    return [example for path in sorted(folder.glob("*/nlu_*.yml")) for example in _of_file(path)]
