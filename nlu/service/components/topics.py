"""Rasa component that tells what a person wants: intent, ranking of all intents, and which details the whole message asks for."""

# ruff: noqa: ARG003, PLC0415 - the signatures are Rasa's; scipy is needed for training only

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Set, Tuple

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

from i18n.text import Token, normalise, tokens
from nlu.service import language_data
from nlu.service.components import stack, storage, wishes
from nlu.service.components.features import Features, Row, Rows, count
from nlu.service.components.side_by_side import in_parts

NOTHING_SAID = "out_of_scope"
SEARCH = "find_"
"""What the intents begin with that look for an offer."""
# Left in the message for the components behind, no part of the answer: the words, and a function that finds among them the one that
# speaks most for a detail; that takes as long as all the rest, and few messages need it.
WORDS, SPEAKER = "lotse_words", "lotse_speaker"
DETAILS = "details"  # beside intent and entities in the answer: how much the message speaks for each detail

Example = Tuple[str, str, Set[str]]
"""Text, intent, and the details it asks for as `level=A1`."""


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
        self._wishes: Optional[wishes.Wishes] = None

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
        component._wishes = wishes.Wishes(state["wishes"], arrays["wishes"], arrays["wishes_bias"])
        return component

    def train(self, training_data: Any) -> Resource:
        """Learns from Rasa's training data and keeps the result in the model."""
        examples = [
            (
                message.get("text"),
                message.get("intent"),
                {wishes.name_of(one["entity"], one["value"]) for one in message.get("entities") or ()},
            )
            for message in training_data.intent_examples
            if message.get("text")
        ]
        self.fit(examples, language_data.read_lexicons(Path(self._config["data"])))
        self._persist()
        return self._resource

    def fit(self, examples: Sequence[Example], lexicons: List[Dict[str, Any]]) -> None:
        """Learns from examples; lines that normalise to the same words are kept together in one fold."""
        if self._config.get("keywords_as_lines"):
            keywords = language_data.merged(lexicons, "keywords")
            examples = [
                *examples,
                *((entry.replace("*", ""), name, set()) for name in keywords for entry in keywords[name]),
            ]
        said = [(normalise(text), text, intent, asked) for text, intent, asked in examples]
        said = [one for one in said if one[0]]
        concepts = {**language_data.merged(lexicons, "concepts"), **_details_as_concepts(lexicons)}
        stack.logger.info("finding words and concepts")
        parts = in_parts(partial(count, concepts=concepts), [text for _, text, _, _ in said])
        self._features, rows = Features.fit(parts, concepts, float(self._config["concept_weight"]))
        matrix = _matrix(rows, len(self._features.columns))
        wanted = np.array([intent for _, _, intent, _ in said])
        self._wishes = self._asked_for(matrix, wanted, [asked for *_, asked in said])
        folds = _folds([words for words, *_ in said])
        self._stack = stack.fit(matrix, wanted, folds, _report)

    def _asked_for(self, matrix: Any, wanted: np.ndarray, asked: Sequence[Set[str]]) -> wishes.Wishes:
        """Of lines that look for something, or for nothing that there is; others say details of something that was."""
        looking = [
            row
            for row, intent in enumerate(wanted)
            if intent == NOTHING_SAID or str(intent).startswith(SEARCH)
        ]
        return wishes.fit(matrix[looking], [asked[row] for row in looking], list(self._features.columns))

    def _persist(self) -> None:
        state = {
            "features": list(self._features.columns),
            "concepts": self._features.concepts,
            "concept_weight": self._features.concept_weight,
            "labels": self._stack.labels,
            "wishes": self._wishes.names,
        }
        arrays = {"rarity": self._features.rarity, **self._stack.arrays(), **self._wishes.arrays()}
        with self._storage.write_to(self._resource) as folder:
            storage.save(folder, state, arrays)

    def rank(self, row: Optional[Row]) -> List[Tuple[str, float]]:
        """All intents with their probability, likeliest first; None is a text without a word."""
        labels = self._stack.labels
        if row:
            chances = self._stack.probabilities(*row)
        else:
            chances = np.array([float(label == NOTHING_SAID) for label in labels])
        return [(labels[index], float(chances[index])) for index in np.argsort(-chances, kind="stable")]

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds intent, ranking and details to each message."""
        for message in messages:
            words = tokens(message.get("text") or "")
            row = self._features.row(words) if words else None
            message.set(WORDS, words)
            message.set(SPEAKER, self._speaker)
            message.set(DETAILS, self._wishes.margins(*row) if row else {}, add_to_output=True)
            ranking = [{"name": name, "confidence": chance} for name, chance in self.rank(row)]
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _speaker(self, words: Sequence[Token], detail: str) -> Token:
        """The word that alone speaks most for a detail."""
        return max(words, key=lambda word: self._wishes.margins(*self._features.row([word]))[detail])


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
