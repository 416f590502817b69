"""What people would get for utterances that nobody trained on: a floor below what was measured, so that a loss is seen."""

import asyncio
import json
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pytest

from i18n.languages import LANGUAGES
from nlu.client import NluClient
from nlu.evaluate import Report, Scores, evaluate
from nlu.interpreter import Interpreter
from nlu.report import fallen
from nlu.rows import read_rows
from tests.language import all_lexicons, learned
from tests.nlu.service.conftest import Running

FOLDER = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Floor:
    """Intent, top three and entity F1 that each language and all together must have."""

    languages: Collection[str]
    each: tuple[float, float, float]
    overall: tuple[float, float, float]


FLOORS = {
    "heldout": Floor(LANGUAGES, (0.92, 0.97, 0.86), (0.95, 0.99, 0.92)),
    "heldout_second": Floor(("de", "en", "uk"), (0.94, 0.97, 0.85), (0.95, 0.985, 0.91)),
    # Mostly long stories that tell the need sideways.
    "heldout_third": Floor(LANGUAGES, (0.87, 0.95, 0.84), (0.93, 0.985, 0.9)),
    "heldout_fourth": Floor(LANGUAGES, (0.91, 0.97, 0.75), (0.94, 0.985, 0.88)),
    "heldout_fifth": Floor(LANGUAGES, (0.92, 0.97, 0.84), (0.96, 0.985, 0.93)),
}
# One line of a language's hundred.
TOLERANCE = 0.0101


@pytest.fixture(scope="module")
def reports(service: Running) -> dict[str, Report]:
    """All sets, asked once for all tests."""

    async def ask() -> dict[str, Report]:
        client = NluClient(str(service.socket), monotonic=time.monotonic, timeout_seconds=30)
        found = Interpreter.build(client, all_lexicons())
        found.take(learned())
        try:
            return {
                name: await evaluate(read_rows(FOLDER / name), found.understander, found.emergency)
                for name in FLOORS
            }
        finally:
            await client.close()

    return asyncio.run(ask())


@pytest.mark.parametrize("name", FLOORS)
def test_no_language_falls_below_what_was_accepted(reports: dict[str, Report], name: str) -> None:
    """The files are written by `lotse nlu evaluate tests/nlu/heldout --accept tests/nlu/heldout/scores.json`."""
    before = json.loads((FOLDER / name / "scores.json").read_text("utf-8"))
    assert set(before) == set(reports[name].languages)
    assert fallen(reports[name], before, TOLERANCE) == []


@pytest.mark.parametrize("name", FLOORS)
def test_every_language_stays_above_the_floor(reports: dict[str, Report], name: str) -> None:
    report, floor = reports[name], FLOORS[name]
    assert set(report.languages) == set(floor.languages)
    below = {
        language: scores for language, scores in report.languages.items() if not _good(scores, floor.each)
    }
    assert below == {}
    assert _good(report.overall, floor.overall)
    assert report.overall.emergency_recall is not None
    assert report.overall.emergency_recall >= 0.92
    # The model must have answered, not the key words.
    assert set(report.overall.sources) == {"model", "rule"}


def _good(scores: Scores, floors: tuple[float, float, float]) -> bool:
    found = (scores.intent_accuracy, scores.top3_accuracy, scores.entity_f1)
    return all(value is not None and value >= floor for value, floor in zip(found, floors, strict=True))
