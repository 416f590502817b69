"""The intent by the languages' word lists alone, for when the trained model does not answer; entities come from the gazetteer."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from i18n.text import normalise
from nlu.bayes import Bayes
from nlu.examples import Example
from nlu.gazetteer import FOREIGN_LETTERS, Gazetteer
from nlu.learned import Evidence
from nlu.lexicon import Lexicon
from nlu.phrases import Forms, Match, PhraseIndex, text_forms
from nlu.types import Guess, Intent, Understanding

FOREIGN_WEIGHT = 0.6
# Politeness stands beside what people want.
POLITE = frozenset({Intent.GREET, Intent.THANKS})
POLITE_WEIGHT = 0.25
# How much evidence a certain answer has; less leaves room for "none of these".
DOUBT = 0.7


@dataclass(frozen=True, slots=True)
class _Pointer:
    """What a phrase of a language's lists points to: an intent, or a concept."""

    language: str
    intent: Intent | None
    feature: str


def _of_intent(language: str, intent: Intent) -> _Pointer:
    return _Pointer(language, intent, f"k {intent}")


def _of_concept(language: str, concept: str) -> _Pointer:
    return _Pointer(language, None, f"c {concept}")


class Keywords:
    """Understands by key words: counts them, or weighs them together with concepts once it has learned from examples."""

    def __init__(self, lexicons: Mapping[str, Lexicon], gazetteer: Gazetteer | None = None) -> None:
        self._gazetteer = gazetteer or Gazetteer(lexicons)
        # All languages in one index: a text is looked up once, not once for each of them.
        self._pointers: PhraseIndex[_Pointer] = PhraseIndex()
        for code, lexicon in lexicons.items():
            self._pointers.take(lexicon.keywords, partial(_of_intent, code))
            self._pointers.take(lexicon.concepts, partial(_of_concept, code))
        self._bayes = Bayes()

    def learn(self, examples: Iterable[Example]) -> None:
        """Takes half a minute for all languages; messages are understood meanwhile, if it runs in a thread."""
        self._bayes = Bayes.of(
            (example.intent, self._features(normalise(example.text), example.language))
            for example in examples
        )

    @property
    def learned(self) -> Evidence:
        """What `learn` learned."""
        return self._bayes.evidence

    def take(self, learned: Evidence) -> None:
        """What another one learned, instead of learning it. Raises LearnedError where it does not fit."""
        self._bayes = Bayes(learned)

    def understand(self, text: str, language: str) -> Understanding:
        """The best intent with a confidence that allows for none of them being right."""
        words = normalise(text)
        ranking = self._bayes.rank(self._features(words, language)) if self._bayes.is_ready else []
        ranking = (
            ranking or self._counted(text_forms(words.split()), language) or [Guess(Intent.OUT_OF_SCOPE, 1.0)]
        )
        entities = self._gazetteer.find(text, language)
        return Understanding(ranking[0].intent, ranking[0].confidence, tuple(ranking), entities, "keywords")

    def chance(self, text: str, language: str, intent: Intent) -> float:
        """How likely the message is of this intent by what was learned; 1 where nothing was, or no word is known."""
        ranking = self._bayes.rank(self._features(normalise(text), language)) if self._bayes.is_ready else []
        return next((guess.confidence for guess in ranking if guess.intent is intent), 1.0)

    def _features(self, text: str, language: str) -> set[str]:
        """Words, and what the word lists say that words and phrases point to."""
        words = text.split()
        features = {f"w {word}" for word in words}
        features.update(match.value.feature for match in self._pointed(text_forms(words), language))
        return features

    def _pointed(self, forms: Forms, language: str) -> Iterator[Match[_Pointer]]:
        """What the lists say; a short word of another language's may be any word here."""
        for match in self._pointers.find(forms):
            if match.value.language == language or match.letters >= FOREIGN_LETTERS:
                yield match

    def _counted(self, forms: Forms, language: str) -> list[Guess]:
        scores = self._scores(forms, language)
        total = sum(scores.values()) + DOUBT
        found = [Guess(intent, score / total) for intent, score in scores.items()]
        return sorted(found, key=lambda guess: (-guess.confidence, guess.intent))

    def _scores(self, forms: Forms, language: str) -> dict[Intent, float]:
        """Per intent the sum over words of the best phrase each word is part of; a longer phrase says more per word."""
        best: dict[tuple[Intent, int], float] = {}
        sharing: dict[tuple[int, int], set[Intent]] = defaultdict(set)
        found: list[tuple[Intent, int, int, float]] = []
        for match in self._pointed(forms, language):
            intent, weight = match.value.intent, 1.0 if match.value.language == language else FOREIGN_WEIGHT
            if intent is not None:
                found.append((intent, match.start, match.end, weight))
                sharing[match.start, match.end].add(intent)
        for intent, start, end, weight in found:
            worth = weight * math.sqrt(end - start) / len(sharing[start, end])
            for word in range(start, end):
                best[intent, word] = max(best.get((intent, word), 0.0), worth)
        scores: dict[Intent, float] = defaultdict(float)
        for (intent, _word), worth in best.items():
            scores[intent] += worth
        if not scores.keys() <= POLITE:
            for intent in POLITE & scores.keys():
                scores[intent] *= POLITE_WEIGHT
        return dict(scores)
