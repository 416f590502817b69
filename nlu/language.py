"""Which language a short message is in; used to answer an emergency and to offer another language, never to change it unasked."""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from zlib import crc32

import numpy as np

from nlu.examples import Example
from nlu.learned import Languages, checked

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


def _grams(text: str) -> Iterator[str]:
    padded = f" {text} "
    for length in range(1, LONGEST_GRAM + 1):
        for start in range(len(padded) - length + 1):
            yield padded[start : start + length]


def _row(gram: str) -> int:
    return crc32(gram.encode("utf-8", "surrogatepass")) % ROWS


def _counted(texts: Iterable[str]) -> Counter[int]:
    """How often each row is met; grams are counted first, since a checksum of each of them takes longer than all else."""
    grams: Counter[str] = Counter()
    for text in texts:
        grams.update(_grams(text))
    rows: Counter[int] = Counter()
    for gram, count in grams.items():
        rows[_row(gram)] += count
    return rows


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
        self._model = Languages((), np.zeros((ROWS, 0), np.float32))

    @property
    def is_ready(self) -> bool:
        return bool(self._model.names)

    @property
    def languages(self) -> frozenset[str]:
        """What it has learned to tell apart."""
        return frozenset(self._model.names)

    @property
    def model_bytes(self) -> int:
        """How much memory the weights take."""
        return self._model.weights.nbytes

    def learn(self, examples: Iterable[Example], sentences: Iterable[tuple[str, str]] = ()) -> None:
        """From the examples and from further `sentences`, (language, text), of the same languages; takes seconds: call it in a thread.

        Guesses made meanwhile use what was known before.
        """
        samples = [(example.language, example.text) for example in examples]
        spoken = {language for language, _text in samples}
        samples += [(language, text) for language, text in sentences if language in spoken]
        said: dict[tuple[str, str], list[str]] = defaultdict(list)
        for language, sample in samples:
            text = _letters(sample)
            said[language, _main_script(text)].append(text)
        models = sorted(model for model in said if len(said[model]) >= MIN_LINES)
        counts = {model: _counted(said[model]) for model in models}
        everywhere: Counter[int] = Counter()
        for model in models:
            everywhere.update(counts[model])
        known = np.array(sorted(row for row, count in everywhere.items() if count >= MIN_COUNT), np.int64)
        weights = np.zeros((ROWS, len(models)), np.float32)
        for column, model in enumerate(models):
            seen = counts[model]
            total = math.log(seen.total() + SMOOTHING * len(known))
            often = np.array([seen[row] for row in known.tolist()], np.float64)
            weights[known, column] = np.log(often + SMOOTHING) - total
        self._model = Languages(tuple(language for language, _script in models), weights)

    @property
    def learned(self) -> Languages:
        """What `learn` learned."""
        return self._model

    def take(self, learned: Languages) -> None:
        """What another one learned, instead of learning it. Raises LearnedError where it does not fit."""
        checked(learned.weights, ROWS, len(learned.names))
        self._model = learned

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
        if current not in self._model.names:
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
        model = self._model
        rows = [_row(gram) for gram in _grams(_letters(text))] if model.names else []
        sums = model.weights[rows].sum(axis=0, dtype=np.float64).tolist()
        odds: dict[str, float] = {}
        for language, total in zip(model.names, sums, strict=True):
            odds[language] = max(odds.get(language, -math.inf), INDEPENDENCE * total)
        return odds if any(sums) else {}
