"""Naive Bayes over whatever features a message has; what the features are is the caller's business."""

import math
from collections import Counter
from collections.abc import Iterable, Set
from typing import Self

import numpy as np

from nlu.learned import Evidence, checked
from nlu.types import Guess, Intent

SMOOTHING = 1.0
MIN_COUNT = 2
# Features of one message repeat each other: together they count for this share of their sum.
INDEPENDENCE = 0.5
NOTHING = Evidence((), np.zeros((0, len(Intent)), np.float32))


class Bayes:
    """Weighs each feature by how much more often it stands in examples of an intent than in all others."""

    def __init__(self, evidence: Evidence = NOTHING) -> None:
        """Raises LearnedError for evidence that is not as wide as there are intents."""
        self.evidence = evidence
        self._weights = checked(evidence.weights, len(evidence.features), len(Intent))
        self._rows = {feature: row for row, feature in enumerate(evidence.features)}

    @classmethod
    def of(cls, examples: Iterable[tuple[Intent, Set[str]]]) -> Self:
        """What the examples, each with its features, have to say."""
        counts: dict[Intent, Counter[str]] = {intent: Counter() for intent in Intent}
        for intent, features in examples:
            counts[intent].update(features)
        everywhere: Counter[str] = Counter()
        for counter in counts.values():
            everywhere.update(counter)
        known = sorted(feature for feature, count in everywhere.items() if count >= MIN_COUNT)
        total, room = sum(everywhere.values()), SMOOTHING * len(everywhere)
        often = np.array([everywhere[feature] for feature in known], np.float64)
        weights = np.zeros((len(known), len(Intent)), np.float32)
        for column, intent in enumerate(Intent):
            counter = counts[intent]
            inside = counter.total()
            base = math.log(inside + room) - math.log(total - inside + room) if everywhere else 0.0
            here = np.array([counter[feature] for feature in known], np.float64)
            weights[:, column] = np.log(here + SMOOTHING) - np.log(often - here + SMOOTHING) - base
        return cls(Evidence(tuple(known), weights))

    @property
    def is_ready(self) -> bool:
        """Whether it knows any feature."""
        return bool(self._rows)

    def rank(self, features: Set[str]) -> list[Guess]:
        """All intents, likeliest first; nothing when no feature is known."""
        known = [self._rows[feature] for feature in sorted(features) if feature in self._rows]
        if not known:
            return []
        sums = (INDEPENDENCE * self._weights[known].sum(axis=0, dtype=np.float64)).tolist()
        highest = max(sums)
        shares = [math.exp(value - highest) for value in sums]
        total = sum(shares)
        found = [Guess(intent, share / total) for intent, share in zip(Intent, shares, strict=True)]
        return sorted(found, key=lambda guess: (-guess.confidence, guess.intent))
