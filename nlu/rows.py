"""The lines to measure understanding with: one `<language>.tsv` a language; reads and checks them, measures nothing."""

import json
from dataclasses import dataclass
from pathlib import Path

from nlu.errors import EvaluationError
from nlu.types import ENTITIES, ENTITY_VALUES, Intent

COLUMNS = ("intent", "style", "entities", "text", "confidence")

Pair = tuple[str, str | bool]


@dataclass(frozen=True, slots=True)
class Row:
    """One message and what it should be understood as."""

    intent: Intent
    entities: frozenset[Pair]
    text: str


def _pair(item: object) -> Pair:
    if not isinstance(item, dict) or not {"entity", "value"} <= set(item):
        raise TypeError('each entity must be an object with "entity" and "value"')
    entity, value = item["entity"], item["value"]
    if entity not in ENTITIES:
        raise ValueError(f"there is no entity {entity!r}")
    if entity == "childcare" and value == "true":
        value = True  # as the training lines spell it
    fits = value is True if entity == "childcare" else value in ENTITY_VALUES[entity]
    if not fits:
        raise ValueError(f"{value!r} is not a value of {entity}")
    return entity, value


def _row(line: str) -> Row:
    columns = line.split("\t")
    if len(columns) != len(COLUMNS):
        raise ValueError(f"it has {len(columns)} columns instead of {len(COLUMNS)} ({', '.join(COLUMNS)})")
    name, _style, entities, text, _confidence = columns
    if name not in set(Intent):
        raise ValueError(f"there is no intent {name!r}")
    if not text.strip():
        raise ValueError("its text is empty")
    try:
        items = json.loads(entities or "[]")
    except ValueError:
        raise ValueError("its entities are not JSON") from None
    if not isinstance(items, list):
        raise TypeError("its entities are not a JSON list")
    return Row(Intent(name), frozenset(_pair(item) for item in items), text)


def read_file(path: Path) -> list[Row]:
    """The rows of one file; EvaluationError names the file and the line that cannot be used."""
    try:
        content = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path.name} cannot be read as UTF-8 text: {error}") from error
    rows: list[Row] = []
    # Only line feeds end a line: messages may hold other separators.
    for number, line in enumerate(content.split("\n"), 1):
        if not line.strip():
            continue
        try:
            rows.append(_row(line.removesuffix("\r")))
        except (ValueError, RecursionError, TypeError) as error:
            raise EvaluationError(f"{path.name}, line {number}: {error}.") from None
    if not rows:
        raise EvaluationError(f"{path.name} has no lines.")
    return rows


def read_rows(path: Path) -> dict[str, list[Row]]:
    """The rows by language, from a folder of `<language>.tsv` files or from one such file."""
    if not path.exists():
        raise EvaluationError(f"{path} does not exist.")
    files = sorted(path.glob("*.tsv")) if path.is_dir() else [path]
    if not files:
        raise EvaluationError(f"{path} holds no file named <language>.tsv.")
    return {file.stem: read_file(file) for file in files}
