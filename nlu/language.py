"""Which language a short message is in; used to answer an emergency and to offer another language, never to change it unasked."""

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from i18n.text import normalise
from nlu.examples import Example

LONGEST_GRAM = 4
MAX_LETTERS = 300
SMOOTHING = 0.3
# A gram seen once tells of one sentence, not of a language.
MIN_COUNT = 2
# Fewer lines in a script are not worth a model.
MIN_LINES = 20
# How much more a person's own language is expected, in nats.
PRIOR_BONUS = 6.0
# Neighbouring grams repeat each other: what they say together counts for this share of its sum.
INDEPENDENCE = 0.35
OFFER_LETTERS = 12
OFFER_WORDS = 3
OFFER_CONFIDENCE = 0.999


def _grams(text: str) -> Iterator[str]:
    padded = f" {text} "
    for length in range(1, LONGEST_GRAM + 1):
        for start in range(len(padded) - length + 1):
            yield padded[start : start + length]


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0] if char.isalpha() else ""


def _main_script(text: str) -> str:
    counts = Counter(filter(None, map(_script, text)))
    return counts.most_common(1)[0][0] if counts else ""


class LanguageGuesser:
    """Character 1-4-grams of the example sentences, as log probabilities. Knows nothing until `learn` has run.

    A language written in several scripts is several models: its few Latin lines would drown among the others.
    """

    def __init__(self) -> None:
        # One attribute, so that a guess in another thread sees all of it or none.
        self._model: tuple[tuple[str, ...], dict[str, tuple[float, ...]]] = ((), {})

    @property
    def is_ready(self) -> bool:
        return bool(self._model[0])

    def learn(self, examples: Iterable[Example]) -> None:
        """Takes a second or two for all languages: call it in a thread. Guesses made meanwhile use what was known before."""
        counts: dict[tuple[str, str], Counter[str]] = {}
        lines: Counter[tuple[str, str]] = Counter()
        for example in examples:
            text = normalise(example.text)
            model = (example.language, _main_script(text))
            lines[model] += 1
            counts.setdefault(model, Counter()).update(_grams(text))
        models = tuple(sorted(model for model in counts if lines[model] >= MIN_LINES))
        everywhere: Counter[str] = Counter()
        for model in models:
            everywhere.update(counts[model])
        known = [gram for gram, count in everywhere.items() if count >= MIN_COUNT]
        totals = [math.log(sum(counts[model].values()) + SMOOTHING * len(known)) for model in models]
        weights = {
            gram: tuple(
                math.log(counts[model][gram] + SMOOTHING) - total
                for model, total in zip(models, totals, strict=True)
            )
            for gram in known
        }
        self._model = (tuple(language for language, _script in models), weights)

    def guess(self, text: str, prior: str | None = None) -> tuple[str | None, float]:
        """The likeliest language and how likely it is; `prior` is the language the person is expected to write."""
        odds = self._odds(text)
        if not odds:
            return prior, 0.0
        if prior in odds:
            odds[prior] += PRIOR_BONUS
        best = max(odds, key=lambda code: odds[code])
        return best, 1.0 / sum(math.exp(odd - odds[best]) for odd in odds.values())

    def offer(self, text: str, current: str) -> str | None:
        """Another language to offer to somebody who has chosen `current`, if the message is surely in it."""
        words = normalise(text).split()
        if current not in self._model[0] or len(words) < OFFER_WORDS or sum(map(len, words)) < OFFER_LETTERS:
            return None
        language, confidence = self.guess(text, current)
        return language if language != current and confidence >= OFFER_CONFIDENCE else None

    def _odds(self, text: str) -> dict[str, float]:
        languages, weights = self._model
        sums = [0.0] * len(languages)
        for gram in _grams(normalise(text)[:MAX_LETTERS]):
            for index, weight in enumerate(weights.get(gram, ())):
                sums[index] += weight
        odds: dict[str, float] = {}
        for language, total in zip(languages, sums, strict=True):
            odds[language] = max(odds.get(language, -math.inf), INDEPENDENCE * total)
        return odds if any(sums) else {}
