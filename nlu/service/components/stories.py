"""Questions as they are told: joined with what people say before and after, so that a matter of the story is not taken for the question."""

from __future__ import annotations

import random
from typing import Dict, List, Mapping, NamedTuple, Sequence, Tuple

SEED = 0
SHARE = 0.35
# So many sentences before: people explain themselves more often briefly than at length.
BEFORE = (1, 1, 1, 2, 2, 3)
AFTER_SHARE = 0.35
BETWEEN = (" ", " ", ", ", ". ")
LONGEST_WORDS = 25


class Stories(NamedTuple):
    """Sentences of a language that only tell; none of them asks."""

    before: Sequence[str]
    after: Sequence[str]


class Told(NamedTuple):
    """A question within a story; `line` is the question alone."""

    text: str
    intent: str
    line: str


def told(
    lines: Sequence[Tuple[str, str, str]], stories: Mapping[str, Stories], share: float = SHARE
) -> List[Told]:
    """Of (text, intent, language) about a `share` once more within a story."""
    chance = random.Random(SEED)  # noqa: S311 - the same model from the same lines
    found: List[Told] = []
    for text, intent, language in lines:
        known = stories.get(language)
        if known is None or len(text.split()) > LONGEST_WORDS or chance.random() >= share:
            continue
        parts = [*chance.sample(known.before, min(chance.choice(BEFORE), len(known.before))), text]
        if known.after and chance.random() < AFTER_SHARE:
            parts.append(chance.choice(known.after))
        found.append(Told(chance.choice(BETWEEN).join(parts), intent, text))
    return found


def of_languages(sections: Mapping[str, Mapping[str, Sequence[str]]]) -> Dict[str, Stories]:
    """From `before` and `after` by language."""
    return {
        language: Stories(tuple(part.get("before") or ()), tuple(part.get("after") or ()))
        for language, part in sections.items()
    }
