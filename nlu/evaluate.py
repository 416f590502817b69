"""Measures what a person would get: emergency rule, normalisation, thresholds and fallback included; draws nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from nlu.rows import Pair, Row
from nlu.types import Emergency, Guess, Intent, Understanding

EXAMPLES_PER_CONFUSION = 3


class Understands(Protocol):
    async def understand(self, text: str, language: str) -> Understanding: ...


class Detects(Protocol):
    def detect(self, text: str) -> Emergency | None: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row and what became of it."""

    row: Row
    got: Understanding

    @property
    def in_top3(self) -> bool:
        """Whether the answer is right or, when the bot asks back, one of its three buttons."""
        if self.got.is_fallback:
            return self.row.intent in {Intent.OUT_OF_SCOPE, *self.got.guesses}
        return self.row.intent in {self.got.intent, *(guess.intent for guess in self.got.ranking[:3])}

    @property
    def pairs(self) -> set[Pair]:
        return {(entity.entity, entity.value) for entity in self.got.entities}


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often one intent was taken for another, with some of the lines."""

    expected: Intent
    got: Intent
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares from 0 to 1; None where there is nothing to divide by."""

    lines: int
    intent_accuracy: float | None
    top3_accuracy: float | None
    entity_precision: float | None
    entity_recall: float | None
    entity_f1: float | None
    emergency_recall: float | None
    emergency_false_alarms: float | None
    out_of_scope_recall: float | None
    confusions: tuple[Confusion, ...]
    sources: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Report:
    """The scores of every language and of all lines together."""

    languages: Mapping[str, Scores]
    overall: Scores
    outcomes: Mapping[str, Sequence[Outcome]] = field(repr=False)


def _share(hits: int, all_of_them: int) -> float | None:
    return round(hits / all_of_them, 4) if all_of_them else None


def _recall(outcomes: Sequence[Outcome], intent: Intent) -> float | None:
    of_it = [outcome for outcome in outcomes if outcome.row.intent is intent]
    return _share(sum(outcome.got.intent is intent for outcome in of_it), len(of_it))


def _entity_shares(outcomes: Sequence[Outcome]) -> tuple[float | None, float | None, float | None]:
    """Precision, recall and F1 over the pairs of all lines together."""
    right = sum(len(outcome.pairs & outcome.row.entities) for outcome in outcomes)
    found = sum(len(outcome.pairs) for outcome in outcomes)
    expected = sum(len(outcome.row.entities) for outcome in outcomes)
    return _share(right, found), _share(right, expected), _share(2 * right, found + expected)


def _confusions(outcomes: Sequence[Outcome]) -> tuple[Confusion, ...]:
    lines: dict[tuple[Intent, Intent], list[str]] = {}
    for outcome in outcomes:
        if outcome.got.intent is not outcome.row.intent:
            lines.setdefault((outcome.row.intent, outcome.got.intent), []).append(outcome.row.text)
    found = [
        Confusion(expected, got, len(texts), tuple(texts[:EXAMPLES_PER_CONFUSION]))
        for (expected, got), texts in lines.items()
    ]
    return tuple(sorted(found, key=lambda confusion: (-confusion.count, confusion.expected, confusion.got)))


def score(outcomes: Sequence[Outcome]) -> Scores:
    """The scores of these outcomes."""
    calm = [outcome for outcome in outcomes if outcome.row.intent is not Intent.EMERGENCY]
    precision, recall, f1 = _entity_shares(outcomes)
    return Scores(
        lines=len(outcomes),
        intent_accuracy=_share(
            sum(outcome.got.intent is outcome.row.intent for outcome in outcomes), len(outcomes)
        ),
        top3_accuracy=_share(sum(outcome.in_top3 for outcome in outcomes), len(outcomes)),
        entity_precision=precision,
        entity_recall=recall,
        entity_f1=f1,
        emergency_recall=_recall(outcomes, Intent.EMERGENCY),
        emergency_false_alarms=_share(
            sum(outcome.got.intent is Intent.EMERGENCY for outcome in calm), len(calm)
        ),
        out_of_scope_recall=_recall(outcomes, Intent.OUT_OF_SCOPE),
        confusions=_confusions(outcomes),
        sources=dict(sorted(Counter(outcome.got.source for outcome in outcomes).items())),
    )


async def _outcome(row: Row, language: str, understander: Understands, emergency: Detects) -> Outcome:
    understood = await understander.understand(row.text, language)
    # Without the language, as a message comes in: who the person is takes a database to know.
    if emergency.detect(row.text) is None:
        return Outcome(row, understood)
    # What stands in the message stays known after the numbers have been given.
    alarm = (Guess(Intent.EMERGENCY, 1.0), *understood.ranking)
    return Outcome(row, Understanding(Intent.EMERGENCY, 1.0, alarm, understood.entities, "rule"))


async def evaluate(
    rows_by_language: Mapping[str, Sequence[Row]], understander: Understands, emergency: Detects
) -> Report:
    """Puts every row through the bot's own way and compares."""
    outcomes = {
        language: [await _outcome(row, language, understander, emergency) for row in rows]
        for language, rows in rows_by_language.items()
    }
    everything = [outcome for part in outcomes.values() for outcome in part]
    return Report({language: score(part) for language, part in outcomes.items()}, score(everything), outcomes)
