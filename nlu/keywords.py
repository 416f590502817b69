"""The intent by the languages' word lists alone, for when the trained model does not answer; entities come from the gazetteer."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

from i18n.text import normalise
from nlu.bayes import Bayes
from nlu.examples import Example
from nlu.gazetteer import FOREIGN_LETTERS, Gazetteer
from nlu.lexicon import Lexicon
from nlu.phrases import Forms, text_forms
from nlu.types import Guess, Intent, Understanding

FOREIGN_WEIGHT = 0.6
# Politeness stands beside what people want.
POLITE = frozenset({Intent.GREET, Intent.THANKS})
POLITE_WEIGHT = 0.25
# How much evidence a certain answer has; less leaves room for "none of these".
DOUBT = 0.7


class Keywords:
    """Understands by key words: counts them, or weighs them together with concepts once it has learned from examples."""

    def __init__(self, lexicons: Mapping[str, Lexicon], gazetteer: Gazetteer | None = None) -> None:
        self._lexicons = dict(lexicons)
        self._gazetteer = gazetteer or Gazetteer(lexicons)
        self._bayes: Bayes | None = None

    def learn(self, examples: Iterable[Example]) -> None:
        """Takes about a second for all languages: call it in a thread; messages are understood meanwhile."""
        self._bayes = Bayes(
            (example.intent, self._features(normalise(example.text), example.language))
            for example in examples
        )

    def understand(self, text: str, language: str) -> Understanding:
        """The best intent with a confidence that allows for none of them being right."""
        words = normalise(text)
        ranking = self._bayes.rank(self._features(words, language)) if self._bayes else []
        ranking = (
            ranking or self._counted(text_forms(words.split()), language) or [Guess(Intent.OUT_OF_SCOPE, 1.0)]
        )
        entities = self._gazetteer.find(text, language)
        return Understanding(ranking[0].intent, ranking[0].confidence, tuple(ranking), entities, "keywords")

    def _features(self, text: str, language: str) -> set[str]:
        """Words, and what the word lists say that words and phrases point to."""
        words = text.split()
        forms = text_forms(words)
        features = {f"w {word}" for word in words}
        for code, lexicon in self._lexicons.items():
            for concept in lexicon.concepts.find(forms):
                if code == language or concept.letters >= FOREIGN_LETTERS:
                    features.add(f"c {concept.value}")
            for keyword in lexicon.keywords.find(forms):
                if code == language or keyword.letters >= FOREIGN_LETTERS:
                    features.add(f"k {keyword.value}")
        return features

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
        for code, lexicon in self._lexicons.items():
            for match in lexicon.keywords.find(forms):
                if code == language or match.letters >= FOREIGN_LETTERS:
                    found.append(
                        (match.value, match.start, match.end, 1.0 if code == language else FOREIGN_WEIGHT)
                    )
                    sharing[match.start, match.end].add(match.value)
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
