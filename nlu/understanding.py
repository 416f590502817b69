"""What a message means to the bot: the model where it answers, key words where it does not, thresholds for both."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from i18n.text import normalise
from nlu.client import MAX_TEXT
from nlu.errors import NluUnavailable
from nlu.examples import Example
from nlu.gazetteer import Gazetteer, merge
from nlu.keywords import Keywords
from nlu.lexicon import Lexicon
from nlu.types import TOPICS, Entity, Intent, Understanding


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which confidence an intent is taken at its word; below, the person chooses among the best guesses."""

    model: float = 0.45
    keywords: float = 0.25
    # A false alarm costs a person a fright, a missed one more: still, what the rules did not see must be rather sure.
    emergency: float = 0.6
    # The best guess must lead the next one by this much.
    margin: float = 0.05


# "Good evening" names no time of day for a course.
_POLITE = frozenset({Intent.GREET, Intent.THANKS})
_OF_OFFERS = frozenset({"audience", "childcare"})


def _fits(intent: Intent) -> Callable[[Entity], bool]:
    """Which entities can be meant beside this intent: only who looks for an offer says for whom it is to be."""
    searching = intent in TOPICS or intent is Intent.OUT_OF_SCOPE

    def fits(entity: Entity) -> bool:
        if intent in _POLITE:
            return entity.entity == "place"
        return searching or entity.entity not in _OF_OFFERS

    return fits


class Model(Protocol):
    """Whoever answers a text with a ranking; raises NluUnavailable and nothing else."""

    async def parse(self, text: str) -> Understanding: ...


class Understander:
    """Understands one message at a time and never raises."""

    def __init__(
        self, model: Model | None, lexicons: Mapping[str, Lexicon], *, thresholds: Thresholds | None = None
    ) -> None:
        self._model = model
        self._gazetteer = Gazetteer(lexicons)
        self._keywords = Keywords(lexicons, self._gazetteer)
        self._thresholds = thresholds or Thresholds()

    async def understand(self, text: str, language: str) -> Understanding:
        """The meaning of a message by a person who uses `language`; out of scope with the ranking kept when it is not clear."""
        text = text[:MAX_TEXT]
        if not normalise(text):
            return Understanding(Intent.OUT_OF_SCOPE, 0.0, (), (), "keywords", is_fallback=True)
        answer = await self._from_model(text, language) if self._model is not None else None
        if answer is None:
            answer = self._keywords.understand(text, language)
        return self._judged(replace(answer, entities=tuple(filter(_fits(answer.intent), answer.entities))))

    def learn(self, examples: Iterable[Example]) -> None:
        """Lets the key words learn their weights from examples: about a second of work, for a thread at the start."""
        self._keywords.learn(examples)

    async def _from_model(self, text: str, language: str) -> Understanding | None:
        assert self._model is not None  # noqa: S101
        try:
            answer = await self._model.parse(text)
        except NluUnavailable:
            return None
        known = self._gazetteer.find(text, language)
        return replace(answer, entities=merge(known, self._resolved(answer.entities, language)))

    def _resolved(self, entities: tuple[Entity, ...], language: str) -> Iterator[Entity]:
        """The model's entities with the values the catalogue uses; those that stand for none are left out."""
        for entity in entities:
            value = self._gazetteer.resolve(entity.entity, entity.value, language)
            if value is not None:
                yield replace(entity, value=value)

    def _judged(self, answer: Understanding) -> Understanding:
        limits = self._thresholds
        needed = limits.model if answer.source == "model" else limits.keywords
        if answer.intent is Intent.EMERGENCY:
            needed = max(needed, limits.emergency)
        second = answer.ranking[1].confidence if len(answer.ranking) > 1 else 0.0
        if answer.intent is Intent.OUT_OF_SCOPE or (
            answer.confidence >= needed and answer.confidence - second >= limits.margin
        ):
            return answer
        return replace(answer, intent=Intent.OUT_OF_SCOPE, is_fallback=True)
