"""Which language a short message is in; used to answer an emergency and to offer another language, never to change it unasked."""

import math
import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from zlib import crc32

from nlu.examples import Example

LONGEST_GRAM = 4
MAX_LETTERS = 300
SMOOTHING = 0.3
# Grams share rows by their checksum: 65,536 rows of four bytes a model are 6 MB for fifteen languages, where a dictionary takes 70.
ROWS = 1 << 16
# A row seen once tells of one sentence, not of a language.
MIN_COUNT = 2
# Fewer lines in a script are not worth a model.
MIN_LINES = 20
# How much more a person's own language is expected, in nats.
PRIOR_BONUS = 6.0
# Neighbouring grams repeat each other: what they say together counts for this share of its sum.
INDEPENDENCE = 0.35
SURE_LETTERS = 12
SURE_WORDS = 3
SURE_CONFIDENCE = 0.999

_NOT_LETTERS = re.compile(r"[\W\d_]+")
_DROPPED = re.compile("[\u0610-\u061a\u064b-\u0655\u0670\u0640]+")


def _letters(text: str) -> str:
    """Lower case and letters only. The folding that search does would hide what tells Dari from Arabic: ی and ي, ک and ك."""
    plain = _DROPPED.sub("", unicodedata.normalize("NFKC", text[: 4 * MAX_LETTERS])).casefold()
    return _NOT_LETTERS.sub(" ", plain.replace("\u200c", " ")).strip()[:MAX_LETTERS]


def _rows(text: str) -> Iterator[int]:
    padded = f" {text} "
    for length in range(1, LONGEST_GRAM + 1):
        for start in range(len(padded) - length + 1):
            yield crc32(padded[start : start + length].encode("utf-8", "surrogatepass")) % ROWS


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0] if char.isalpha() else ""


def _main_script(text: str) -> str:
    counts = Counter(filter(None, map(_script, text)))
    return counts.most_common(1)[0][0] if counts else ""


class LanguageGuesser:
    """Character 1-4-grams of sentences in each language, as log probabilities. Knows nothing until `learn` has run.

    A language written in several scripts is several models: its few Latin lines would drown among the others.
    """

    def __init__(self) -> None:
        # One attribute, so that a guess in another thread sees all of it or none.
        self._model: tuple[tuple[str, ...], array[float]] = ((), array("f"))

    @property
    def is_ready(self) -> bool:
        return bool(self._model[0])

    @property
    def languages(self) -> frozenset[str]:
        """What it has learned to tell apart."""
        return frozenset(self._model[0])

    @property
    def model_bytes(self) -> int:
        """How much memory the weights take."""
        return len(self._model[1]) * self._model[1].itemsize

    def learn(self, examples: Iterable[Example], sentences: Iterable[tuple[str, str]] = ()) -> None:
        """From the examples and from further `sentences`, (language, text), of the same languages; takes seconds: call it in a thread.

        Guesses made meanwhile use what was known before.
        """
        samples = [(example.language, example.text) for example in examples]
        spoken = {language for language, _text in samples}
        samples += [(language, text) for language, text in sentences if language in spoken]
        counts: dict[tuple[str, str], Counter[int]] = {}
        lines: Counter[tuple[str, str]] = Counter()
        for language, said in samples:
            text = _letters(said)
            model = (language, _main_script(text))
            lines[model] += 1
            counts.setdefault(model, Counter()).update(_rows(text))
        models = sorted(model for model in counts if lines[model] >= MIN_LINES)
        everywhere: Counter[int] = Counter()
        for model in models:
            everywhere.update(counts[model])
        known = [row for row, count in everywhere.items() if count >= MIN_COUNT]
        width = len(models)
        weights = array("f", bytes(4 * ROWS * width))
        for index, model in enumerate(models):
            seen = counts[model]
            total = math.log(seen.total() + SMOOTHING * len(known))
            for row in known:
                weights[row * width + index] = math.log(seen[row] + SMOOTHING) - total
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
        if current not in self._model[0]:
            return None
        language = self.surely(text, current)
        return language if language != current else None

    def surely(self, text: str, prior: str | None = None) -> str | None:
        """The language of a message that is long enough to tell, if there is no doubt."""
        words = _letters(text).split()
        if len(words) < SURE_WORDS or sum(map(len, words)) < SURE_LETTERS:
            return None
        language, confidence = self.guess(text, prior)
        return language if confidence >= SURE_CONFIDENCE else None

    def _odds(self, text: str) -> dict[str, float]:
        languages, weights = self._model
        width = len(languages)
        sums = [0.0] * width
        for row in _rows(_letters(text)) if width else ():
            sums = [
                total + weight
                for total, weight in zip(sums, weights[row * width : (row + 1) * width], strict=True)
            ]
        odds: dict[str, float] = {}
        for language, total in zip(languages, sums, strict=True):
            odds[language] = max(odds.get(language, -math.inf), INDEPENDENCE * total)
        return odds if any(sums) else {}
