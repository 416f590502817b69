"""Rasa's answer to `POST /model/parse`, checked field by field; nothing of HTTP here."""

import json
import math
from typing import NoReturn

from nlu.errors import NluUnavailable
from nlu.types import Entity, Guess, Intent, Understanding

MAX_GUESSES = 100
MAX_ENTITIES = 50
MAX_DETAILS = 100
FALLBACK_NAMES = frozenset({"nlu_fallback", "out_of_scope"})


def _no_constant(_name: str) -> NoReturn:
    raise ValueError


def _finite(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError
    return float(value)


def _number(value: object) -> float:
    return min(1.0, max(0.0, _finite(value)))


def _record(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _records(value: object, limit: int) -> list[dict[str, object]]:
    if not isinstance(value, list) or len(value) > limit:
        raise ValueError
    return [_record(item) for item in value]


def _guess(value: dict[str, object]) -> Guess:
    """The intent; Rasa's own name for "none of these" and its null for an empty text are out of scope."""
    name = value["name"]
    if name is None or name in FALLBACK_NAMES:
        return Guess(Intent.OUT_OF_SCOPE, _number(value["confidence"]))
    if not isinstance(name, str):
        raise TypeError
    return Guess(Intent(name), _number(value["confidence"]))


def _entity(value: dict[str, object], length: int) -> Entity:
    name, found, start, end = value["entity"], value["value"], value["start"], value["end"]
    if not isinstance(name, str) or not isinstance(found, (str, bool)):
        raise TypeError
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= length:
        raise ValueError
    return Entity(name, found, start, end)


def _margins(value: object) -> dict[str, float]:
    """Ours beside Rasa's own fields; a model without it answers as well."""
    margins = _record(value)
    if len(margins) > MAX_DETAILS:
        raise ValueError
    return {name: _finite(margin) for name, margin in margins.items()}


def parse_answer(body: bytes, *, length: int) -> Understanding:
    """The answer to a text of `length` code points; NluUnavailable when any part of it is not as it must be."""
    try:
        answer = _record(json.loads(body, parse_constant=_no_constant))
        best = _guess(_record(answer["intent"]))
        ranking = [_guess(item) for item in _records(answer["intent_ranking"], MAX_GUESSES)]
        entities = tuple(_entity(item, length) for item in _records(answer["entities"], MAX_ENTITIES))
        details = _margins(answer.get("details", {}))
    except (ValueError, TypeError, KeyError, RecursionError):
        usable = False
    else:
        usable = True
    # Raised outside the handler: the context of an error from json holds the document it read.
    if not usable:
        raise NluUnavailable("the answer is not in Rasa's format")
    ranking.sort(key=lambda guess: -guess.confidence)
    return Understanding(
        best.intent, best.confidence, tuple(ranking or [best]), entities, "model", details=details
    )
