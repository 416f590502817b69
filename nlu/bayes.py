"""Naive Bayes over whatever features a message has; what the features are is the caller's business."""

import math
from collections import Counter
from collections.abc import Iterable, Set

from nlu.types import Guess, Intent

SMOOTHING = 1.0
MIN_COUNT = 2
# Features of one message repeat each other: together they count for this share of their sum.
INDEPENDENCE = 0.5


class Bayes:
    """Weighs each feature by how much more often it stands in examples of an intent than in all others."""

    def __init__(self, examples: Iterable[tuple[Intent, Set[str]]]) -> None:
        counts: dict[Intent, Counter[str]] = {intent: Counter() for intent in Intent}
        for intent, features in examples:
            counts[intent].update(features)
        everywhere: Counter[str] = Counter()
        for counter in counts.values():
            everywhere.update(counter)
        known = [feature for feature, count in everywhere.items() if count >= MIN_COUNT]
        total, room = sum(everywhere.values()), SMOOTHING * len(everywhere)
        inside = {intent: sum(counter.values()) for intent, counter in counts.items()}
        base = {
            intent: math.log(inside[intent] + room) - math.log(total - inside[intent] + room)
            for intent in Intent
        }
        self._weights = {
            feature: tuple(
                math.log(counts[intent][feature] + SMOOTHING)
                - math.log(everywhere[feature] - counts[intent][feature] + SMOOTHING)
                - base[intent]
                for intent in Intent
            )
            for feature in known
        }

    def rank(self, features: Set[str]) -> list[Guess]:
        """All intents, likeliest first; nothing when no feature is known."""
        known = [self._weights[feature] for feature in sorted(features) if feature in self._weights]
        if not known:
            return []
        sums = [INDEPENDENCE * sum(column) for column in zip(*known, strict=True)]
        highest = max(sums)
        shares = [math.exp(value - highest) for value in sums]
        total = sum(shares)
        found = [Guess(intent, share / total) for intent, share in zip(Intent, shares, strict=True)]
        return sorted(found, key=lambda guess: (-guess.confidence, guess.intent))
