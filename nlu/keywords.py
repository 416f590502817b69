"""The intent by key words alone, for when the trained model does not answer; entities come from the gazetteer."""

import math
from collections import defaultdict
from collections.abc import Mapping

from i18n.text import normalise
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
    """Understands by counting key words."""

    def __init__(self, lexicons: Mapping[str, Lexicon], gazetteer: Gazetteer | None = None) -> None:
        self._lexicons = dict(lexicons)
        self._gazetteer = gazetteer or Gazetteer(lexicons)

    def understand(self, text: str, language: str) -> Understanding:
        """The best intent with a confidence that allows for none of them being right."""
        forms = text_forms(normalise(text).split())
        scores = self._scores(forms, language)
        total = sum(scores.values()) + DOUBT
        ranking = sorted(
            (Guess(intent, score / total) for intent, score in scores.items()),
            key=lambda guess: (-guess.confidence, guess.intent),
        )
        if not ranking:
            ranking = [Guess(Intent.OUT_OF_SCOPE, 1.0)]
        return Understanding(
            ranking[0].intent,
            ranking[0].confidence,
            tuple(ranking),
            self._gazetteer.find(text, language),
            "keywords",
        )

    def _scores(self, forms: Forms, language: str) -> dict[Intent, float]:
        """Per intent the sum over words of the best phrase each word is part of; a longer phrase says more per word."""
        best: dict[tuple[Intent, int], float] = {}
        sharing: dict[tuple[int, int], set[Intent]] = defaultdict(set)
        found: list[tuple[Intent, int, int, float]] = []
        for code, lexicon in self._lexicons.items():
            own = code == language
            for match in lexicon.keywords.find(forms):
                if own or match.letters >= FOREIGN_LETTERS:
                    found.append((match.value, match.start, match.end, 1.0 if own else FOREIGN_WEIGHT))
                    sharing[match.start, match.end].add(match.value)
        for intent, start, end, weight in found:
            worth = weight * math.sqrt(end - start) / len(sharing[start, end])
            worth *= POLITE_WEIGHT if intent in POLITE else 1.0
            for word in range(start, end):
                best[intent, word] = max(best.get((intent, word), 0.0), worth)
        scores: dict[Intent, float] = defaultdict(float)
        for (intent, _word), worth in best.items():
            scores[intent] += worth
        return dict(scores)
