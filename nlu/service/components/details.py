"""Rasa component that tells where, which level, for whom, with childcare or not, and at what time of day."""

# ruff: noqa: ARG003 - the signatures are Rasa's

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from i18n.text import Token, tokens
from nlu.service import language_data
from nlu.service.components import judge as judging
from nlu.service.components import stack, storage
from nlu.service.components.gazetteer import Gazetteer, candidates
from nlu.service.components.phrases import pattern_of
from nlu.service.components.side_by_side import in_parts
from nlu.service.components.topics import DETAILS, SEARCH, SPEAKER, WORDS
from nlu.service.components.wishes import name_of

Annotation = Tuple[str, str, int, int]


class Found(NamedTuple):
    """An entity in the text as it was written."""

    entity: str
    value: str
    start: int
    end: int
    confidence: float


class DetailExtractor(GraphComponent):
    """A gazetteer of all languages proposes, a learnt judge decides."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`data` holds the lexicons; candidates below `threshold` are dropped."""
        return {"data": "nlu/data", "threshold": 0.5}

    def __init__(
        self,
        config: Dict[str, Any],
        model_storage: Optional[ModelStorage] = None,
        resource: Optional[Resource] = None,
    ) -> None:
        """Untrained; `train` or `load` give it its gazetteer and judge."""
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._entries: List[Tuple[str, str, str]] = []
        self._gazetteer: Optional[Gazetteer] = None
        self._judge: Optional[judging.Judge] = None

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DetailExtractor:
        """An untrained component, as Rasa asks for it."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> DetailExtractor:
        """A trained component from a model's folder."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            state, _ = storage.load(folder)
        component._entries = [tuple(entry) for entry in state["entries"]]
        component._gazetteer = Gazetteer(component._entries)
        kept = state["judge"]
        component._judge = judging.Judge(kept["weights"], kept["bias"], kept["record"], kept["listed"])
        return component

    def train(self, training_data: Any) -> Resource:
        """Learns from Rasa's training data and keeps the result in the model."""
        examples = [
            (
                message.get("text"),
                message.get("intent") or "",
                [
                    (one["entity"], str(one["value"]), one["start"], one["end"])
                    for one in message.get("entities") or ()
                ],
            )
            for message in training_data.training_examples
            if message.get("text")
        ]
        self.fit(examples, language_data.read_lexicons(Path(self._config["data"])))
        with self._storage.write_to(self._resource) as folder:
            storage.save(folder, {"entries": self._entries, "judge": self._judge.state()}, {})
        return self._resource

    def fit(
        self, examples: Sequence[Tuple[str, str, Sequence[Annotation]]], lexicons: List[Dict[str, Any]]
    ) -> None:
        """Learns from (text, intent, annotations) and the lexicons."""
        stack.logger.info("learning the details", extra={"done": 0, "steps": 1})
        listed = language_data.entity_entries(lexicons)
        spelled = {
            (entity, value, text[start:end]): None
            for text, _, notes in examples
            for entity, value, start, end in notes
        }
        self._entries = list({**dict.fromkeys(listed), **spelled})
        self._gazetteer = Gazetteer(self._entries)
        parts = in_parts(partial(candidates, self._entries), [text for text, _, _ in examples])
        seen = [one for part in parts for one in part]
        lines = [_line(words, *example[1:]) for (words, _), example in zip(seen, examples, strict=True)]
        self._judge = judging.fit(lines, [found for _, found in seen], {_listed_key(*one) for one in listed})

    def extract(self, words: Sequence[Token], intent: str) -> List[Found]:
        """Entities in the order of the text that wants this (`intent`); no two overlap."""
        candidates = self._gazetteer.find(words)
        chances = [(self._judge.chance(one, words, intent, candidates), one) for one in candidates]
        likely = [(chance, one) for chance, one in chances if chance >= self._config["threshold"]]
        taken: Set[int] = set()
        found = []
        for chance, one in sorted(likely, key=lambda pair: (pair[1].first - pair[1].end, -pair[0], pair[1])):
            span = range(one.first, one.end)
            if taken.isdisjoint(span):
                taken.update(span)
                found.append(
                    Found(one.entity, one.value, words[one.first].start, words[one.end - 1].end, chance)
                )
        return sorted(found, key=lambda one: one.start)

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the entities to each message, beside those that others found."""
        for message in messages:
            intent = (message.get("intent") or {}).get("name", "")
            words = message.get(WORDS)
            words = tokens(message.get("text") or "") if words is None else words
            found = self.extract(words, intent)
            own = [
                {
                    "entity": one.entity,
                    "value": True if one.value == "true" else one.value,
                    "start": one.start,
                    "end": one.end,
                    "extractor": type(self).__name__,
                    "confidence_entity": one.confidence,
                    "confidence": one.confidence,
                }
                for one in [*found, *(_unlisted(message, words, found) if intent.startswith(SEARCH) else ())]
            ]
            message.set("entities", [*(message.get("entities") or ()), *own], add_to_output=True)
        return messages


def _unlisted(message: Message, words: Sequence[Token], found: Sequence[Found]) -> List[Found]:
    """What the search as a whole asks for and no entry of the gazetteer says; the word that speaks most for it stands for it."""
    named = {name_of(one.entity, one.value) for one in found}
    added = []
    for detail, margin in (message.get(DETAILS) or {}).items():
        if margin >= 0 and detail not in named:
            word = message.get(SPEAKER)(words, detail)
            entity, _, value = detail.partition("=")
            added.append(Found(entity, value, word.start, word.end, 1 / (1 + math.exp(-margin))))
    return added


def _listed_key(entity: str, value: str, entry: str) -> str:
    return f"{entity}={value}~{' '.join(word + '*' * stem for word, stem in pattern_of(entry))}"


def _line(words: Sequence[Token], intent: str, notes: Sequence[Annotation]) -> judging.Line:
    """Annotations in tokens; one that begins or ends within a word covers the whole word."""
    wanted = set()
    for entity, value, start, end in notes:
        inside = [index for index, word in enumerate(words) if word.end > start and word.start < end]
        if inside:
            wanted.add((entity, value, inside[0], inside[-1] + 1))
    return judging.Line(words, intent, wanted)
