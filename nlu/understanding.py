"""What a message means to the bot: the model where it answers, key words where it does not, thresholds for both."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from i18n.text import normalise, shorten, tokens
from nlu.client import MAX_TEXT
from nlu.errors import NluUnavailable
from nlu.examples import Example
from nlu.gazetteer import Gazetteer, merge
from nlu.keywords import Keywords
from nlu.learned import Evidence
from nlu.lexicon import Lexicon
from nlu.phrases import text_forms
from nlu.types import TOPICS, Entity, Intent, Understanding


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which confidence an intent is answered; below, the person chooses among the best guesses."""

    model: float = 0.25
    keywords: float = 0.25
    # A false alarm costs a person a fright, a missed one more: danger that the rules did not see counts from here on, whatever is likelier,
    # if it is so many times likelier than what is not the bot's business.
    emergency: float = 0.07
    emergency_out_of_scope: float = 2.0
    # How much more is said to the bot that is not its business than among the training lines (docs/decisions/0002).
    out_of_scope: float = 6.0
    # A detail that a word list finds in a search is not meant where the whole message speaks so much against it.
    detail: float = -0.6
    # Below this, or with a smaller lead over the next guess, the answer comes with the other guesses beside it.
    sure: float = 0.45
    margin: float = 0.05


# Of a message that is too long for the model: so much of its begin, the rest of what it takes from the end.
_BEGIN = 250
_LONGEST_WORD = 40
# "Good evening" names no time of day for a course.
_POLITE = frozenset({Intent.GREET, Intent.THANKS})
_OF_OFFERS = frozenset({"audience", "childcare"})
# Of unseen questions for health that name a child and nobody else, 18 of 25 were for the child; for leisure 5 of 11.
_FOR_A_CHILD = frozenset({Intent.FIND_SCHOOL, Intent.FIND_HEALTH})
_TEACHES_LETTERS = frozenset({Intent.FIND_GERMAN_COURSE, Intent.OUT_OF_SCOPE})
_AT_A_TIME = frozenset({Intent.SHOW_APPOINTMENTS, Intent.CANCEL_APPOINTMENT})


def _searches(intent: Intent) -> bool:
    return intent in TOPICS or intent is Intent.OUT_OF_SCOPE


def _fits(intent: Intent) -> Callable[[Entity], bool]:
    """Which entities can be meant beside this intent: only who looks for an offer says for whom it is to be."""

    def fits(entity: Entity) -> bool:
        if intent in _POLITE:
            return entity.entity == "place"
        # Who can't read and asks for something else tells of themselves: letters are learnt in a German course.
        if entity.value == "literacy" and intent not in _TEACHES_LETTERS:
            return False
        # A place in a kindergarten is what is looked for there, not what is to be had beside it.
        if intent is Intent.FIND_SCHOOL and entity.entity == "childcare":
            return False
        return _searches(intent) or entity.entity not in _OF_OFFERS

    return fits


def _without_beginners(entities: tuple[Entity, ...], text: str) -> tuple[Entity, ...]:
    """Who must learn the letters "from zero" asks for no A1, unless it is named."""
    if all(entity.value != "literacy" for entity in entities):
        return entities
    return tuple(
        entity
        for entity in entities
        if entity.value != "A1" or "1" in normalise(text[entity.start : entity.end])
    )


def _both_ends(text: str) -> tuple[str, int, int]:
    """A text that the model takes: of a longer one its begin and, mostly, its end, where stories come to their question.

    Also how long that begin is, and how many letters are left out behind it.
    """
    if len(text) <= MAX_TEXT:
        return text, len(text), 0
    begins = shorten(text[:_BEGIN], _BEGIN - 1)
    rest = text[len(begins) - MAX_TEXT + 1 :]
    cut = rest.find(" ", 0, _LONGEST_WORD)
    ends = rest[cut + 1 :]
    return f"{begins} {ends}", len(begins), len(text) - len(begins) - 1 - len(ends)


def _where_written(entities: Iterable[Entity], begins: int, left_out: int) -> tuple[Entity, ...]:
    """The entities with their places in the whole message."""
    return tuple(
        entity
        if entity.start < begins
        else replace(entity, start=entity.start + left_out, end=entity.end + left_out)
        for entity in entities
    )


def _detail(entity: Entity) -> str:
    value = str(entity.value).lower() if isinstance(entity.value, bool) else entity.value
    return f"{entity.entity}={value}"


class Model(Protocol):
    """Whoever answers a text with a ranking; raises NluUnavailable and nothing else."""

    async def parse(self, text: str) -> Understanding: ...


class Understander:
    """Understands one message at a time and never raises."""

    def __init__(
        self, model: Model | None, lexicons: Mapping[str, Lexicon], *, thresholds: Thresholds | None = None
    ) -> None:
        self._model = model
        self._lexicons = dict(lexicons)
        self._gazetteer = Gazetteer(lexicons)
        self._keywords = Keywords(lexicons, self._gazetteer)
        self._thresholds = thresholds or Thresholds()

    async def understand(self, text: str, language: str) -> Understanding:
        """The meaning of a message by a person who uses `language`; out of scope with the ranking kept when it is not clear."""
        text, begins, left_out = _both_ends(text)
        if not normalise(text):
            return Understanding(Intent.OUT_OF_SCOPE, 0.0, (), (), "keywords", is_fallback=True)
        answer = await self._from_model(text, language) if self._model is not None else None
        if answer is None:
            answer = self._keywords.understand(text, language)
        entities = tuple(filter(_fits(answer.intent), answer.entities))
        entities = _without_beginners(entities, text)
        if answer.intent in _FOR_A_CHILD and all(entity.entity != "audience" for entity in entities):
            entities = tuple(
                sorted((*entities, *self._pupil(text, language)), key=lambda entity: entity.start)
            )
        said, beside = self._gazetteer.read(text, language)
        entities, said = (_where_written(found, begins, left_out) for found in (entities, said))
        return self._judged(replace(answer, entities=entities, said=said, beside=beside))

    def learn(self, examples: Iterable[Example]) -> None:
        """Lets the key words learn their weights from examples: what takes longest of all that is learned."""
        self._keywords.learn(examples)

    @property
    def learned(self) -> Evidence:
        """What `learn` learned."""
        return self._keywords.learned

    def take(self, learned: Evidence) -> None:
        """What another one learned, instead of learning it. Raises LearnedError where it does not fit."""
        self._keywords.take(learned)

    def danger(self, text: str, language: str) -> float:
        """How likely somebody is in danger by the words alone, without the model; 1 until `learn` has run."""
        return self._keywords.chance(text, language, Intent.EMERGENCY)

    async def _from_model(self, text: str, language: str) -> Understanding | None:
        assert self._model is not None  # noqa: S101
        try:
            answer = await self._model.parse(text)
        except NluUnavailable:
            return None
        known = self._gazetteer.find(text, language)
        named = self._resolved(answer.entities, text, language)
        if _searches(answer.intent):
            known = tuple(entity for entity in known if self._meant(answer, entity))
            named = (entity for entity in named if self._meant(answer, entity))
        elif answer.intent not in _AT_A_TIME:
            # "They wrote to me yesterday evening": in a story only the model can tell a time that is wanted.
            known = tuple(entity for entity in known if entity.entity != "daytime")
        return replace(answer, entities=merge(known, named))

    def _meant(self, answer: Understanding, entity: Entity) -> bool:
        """Whether the message as a whole does not speak against it."""
        return answer.details.get(_detail(entity), 0.0) >= self._thresholds.detail

    def _resolved(self, entities: tuple[Entity, ...], text: str, language: str) -> Iterator[Entity]:
        """The model's entities with the values the catalogue uses; those that stand for none are left out."""
        for entity in entities:
            if entity.entity == "daytime" and self._gazetteer.greets(text, entity.start, entity.end):
                continue
            value = self._gazetteer.resolve(entity.entity, entity.value, language)
            if value is not None:
                yield replace(entity, value=value)

    def _pupil(self, text: str, language: str) -> Iterator[Entity]:
        """Who asks for a school or a doctor and names a child, own or not, asks for the child."""
        words = tokens(text)
        lexicon = self._lexicons.get(language)
        matches = lexicon.concepts.find(text_forms(word.text for word in words)) if lexicon else ()
        child = next((match for match in matches if match.value == "child"), None)
        if child is not None:
            yield Entity("audience", "children", words[child.start].start, words[child.end - 1].end)

    def _judged(self, answer: Understanding) -> Understanding:
        limits, by_model = self._thresholds, answer.source == "model"
        danger, nonsense = answer.chance(Intent.EMERGENCY), answer.chance(Intent.OUT_OF_SCOPE)
        if by_model and danger >= max(limits.emergency, limits.emergency_out_of_scope * nonsense):
            unsure = danger < limits.sure or answer.intent is not Intent.EMERGENCY
            return replace(answer, intent=Intent.EMERGENCY, confidence=danger, is_unsure=unsure)
        if answer.intent is Intent.OUT_OF_SCOPE:
            return answer
        needed = limits.model if by_model else limits.keywords
        if answer.intent is Intent.EMERGENCY:
            needed = max(needed, limits.emergency)
        if by_model:
            needed = max(needed, limits.out_of_scope * nonsense)
        lead = answer.confidence - max((guess.confidence for guess in answer.ranking[1:]), default=0.0)
        # Key words that speak for two things alike have not understood; the model has read the whole sentence.
        if answer.confidence < needed or (not by_model and lead < limits.margin):
            return replace(answer, intent=Intent.OUT_OF_SCOPE, is_fallback=True)
        unsure = by_model and (answer.confidence < limits.sure or lead < limits.margin)
        return replace(answer, is_unsure=unsure)
