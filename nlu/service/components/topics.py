"""Rasa component that tells what a person wants: intent and ranking of all intents."""

# ruff: noqa: ARG003, PLC0415 - the signatures are Rasa's; scipy is needed for training only

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from i18n.text import Token, normalise, tokens
from nlu.service import language_data
from nlu.service.components import stack, storage
from nlu.service.components.features import Features, Rows, count
from nlu.service.components.side_by_side import in_parts

NOTHING_SAID = "out_of_scope"
WORDS = "lotse_words"  # left in the message for the components behind; no part of the answer


class TopicClassifier(GraphComponent):
    """N-grams of normalised text and shared concepts, one linear model over all languages."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`data` holds the lexicons; `concept_weight` is the length of the concepts beside the n-grams' 1."""
        return {"data": "nlu/data", "concept_weight": 0.7, "keywords_as_lines": True}

    def __init__(
        self,
        config: Dict[str, Any],
        model_storage: Optional[ModelStorage] = None,
        resource: Optional[Resource] = None,
    ) -> None:
        """Untrained; `train` or `load` give it its weights."""
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._features: Optional[Features] = None
        self._stack: Optional[stack.Stack] = None

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicClassifier:
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
    ) -> TopicClassifier:
        """A trained component from a model's folder."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            state, arrays = storage.load(folder)
        columns = {name: column for column, name in enumerate(state["features"])}
        component._features = Features(columns, arrays["rarity"], state["concepts"], state["concept_weight"])
        component._stack = stack.Stack(state["labels"], arrays["base"], arrays["bias"], arrays["top"])
        return component

    def train(self, training_data: Any) -> Resource:
        """Learns from Rasa's training data and keeps the result in the model."""
        examples = [
            (message.get("text"), message.get("intent"))
            for message in training_data.intent_examples
            if message.get("text")
        ]
        self.fit(examples, language_data.read_lexicons(Path(self._config["data"])))
        self._persist()
        return self._resource

    def fit(self, examples: Sequence[tuple[str, str]], lexicons: List[Dict[str, Any]]) -> None:
        """Learns from (text, intent) pairs; lines that normalise to the same words are kept together in one fold."""
        if self._config.get("keywords_as_lines"):
            keywords = language_data.merged(lexicons, "keywords")
            examples = [
                *examples,
                *((entry.replace("*", ""), name) for name in keywords for entry in keywords[name]),
            ]
        said = [(normalise(text), text, intent) for text, intent in examples]
        said = [one for one in said if one[0]]
        concepts = {**language_data.merged(lexicons, "concepts"), **_details_as_concepts(lexicons)}
        stack.logger.info("finding words and concepts")
        parts = in_parts(partial(count, concepts=concepts), [text for _, text, _ in said])
        self._features, rows = Features.fit(parts, concepts, float(self._config["concept_weight"]))
        wanted = np.array([intent for _, _, intent in said])
        folds = _folds([words for words, _, _ in said])
        self._stack = stack.fit(_matrix(rows, len(self._features.columns)), wanted, folds, _report)

    def _persist(self) -> None:
        state = {
            "features": list(self._features.columns),
            "concepts": self._features.concepts,
            "concept_weight": self._features.concept_weight,
            "labels": self._stack.labels,
        }
        with self._storage.write_to(self._resource) as folder:
            storage.save(folder, state, {"rarity": self._features.rarity, **self._stack.arrays()})

    def rank(self, words: Sequence[Token]) -> List[Tuple[str, float]]:
        """All intents with their probability, likeliest first."""
        labels = self._stack.labels
        if words:
            chances = self._stack.probabilities(*self._features.row(words))
        else:
            chances = np.array([float(label == NOTHING_SAID) for label in labels])
        return [(labels[index], float(chances[index])) for index in np.argsort(-chances, kind="stable")]

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds intent and ranking to each message."""
        for message in messages:
            words = tokens(message.get("text") or "")
            message.set(WORDS, words)
            ranking = [{"name": name, "confidence": chance} for name, chance in self.rank(words)]
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages


def _matrix(rows: Rows, width: int) -> Any:
    from scipy.sparse import csr_matrix

    return csr_matrix((rows.values, rows.columns, rows.ends), shape=(len(rows.ends) - 1, width))


def _details_as_concepts(lexicons: List[Dict[str, Any]]) -> Dict[str, List[str]]:
    """That a place is named tells something about the topic, which place does not."""
    found: Dict[str, List[str]] = {}
    for entity, value, entry in language_data.entity_entries(lexicons):
        name = "a place" if entity == "place" else f"{entity} {value}"
        found.setdefault(name, []).append(entry)
    return found


def _folds(texts: Sequence[str]) -> List[np.ndarray]:
    """Rows by fold; equal texts, normalised, fall into the same fold, so that no vote is learnt from a line it has seen."""
    order: Dict[str, int] = {}
    fold = np.array([order.setdefault(text, len(order)) for text in texts])
    shuffled = np.random.default_rng(stack.SEED).permutation(len(order)) % stack.FOLDS
    return [np.flatnonzero(shuffled[fold] == number) for number in range(stack.FOLDS)]


def _report(done: int, steps: int) -> None:
    stack.logger.info("learning the topics", extra={"done": done, "steps": steps})
