"""What people would get for utterances that nobody trained on: a floor below what was measured, so that a loss is seen."""

import asyncio
import json
import time
from pathlib import Path

import pytest

from i18n.languages import LANGUAGES
from nlu.client import NluClient
from nlu.emergency import EmergencyRule
from nlu.evaluate import Report, Scores, evaluate
from nlu.examples import load_examples
from nlu.lexicon import load_lexicons
from nlu.report import fallen
from nlu.rows import read_rows
from nlu.understanding import Understander
from tests.nlu.service.conftest import Running

FOLDER = Path(__file__).resolve().parents[1]


# One line of a language's hundred.
TOLERANCE = 0.0101


@pytest.fixture(scope="module")
def reports(service: Running) -> dict[str, Report]:
    """Both sets, asked once for all tests."""

    async def ask() -> dict[str, Report]:
        lexicons, examples = load_lexicons(), load_examples()
        client = NluClient(str(service.socket), monotonic=time.monotonic, timeout_seconds=30)
        understander = Understander(client, lexicons)
        emergency = EmergencyRule(lexicons, understander.danger)
        understander.learn(examples)
        emergency.learn(examples)
        try:
            return {
                name: await evaluate(read_rows(FOLDER / name), understander, emergency)
                for name in ("heldout", "heldout_second")
            }
        finally:
            await client.close()

    return asyncio.run(ask())


@pytest.fixture(params=["heldout", "heldout_second"])
def report(reports: dict[str, Report], request: pytest.FixtureRequest) -> Report:
    return reports[request.param]


def test_no_language_falls_below_what_was_accepted(report: Report) -> None:
    """The files are written by `lotse nlu evaluate tests/nlu/heldout --accept tests/nlu/heldout/scores.json`."""
    files = [FOLDER / name / "scores.json" for name in ("heldout", "heldout_second")]
    known = [json.loads(file.read_text("utf-8")) for file in files]
    before = next(scores for scores in known if set(scores) == set(report.languages))
    assert fallen(report, before, TOLERANCE) == []


def test_every_language_stays_above_the_floor(report: Report) -> None:
    assert set(report.languages) >= {"de", "en", "uk"}
    everywhere = set(report.languages) == set(LANGUAGES)
    intent, top3, entities = (0.87, 0.96, 0.83) if everywhere else (0.92, 0.97, 0.82)
    below = {
        language: scores
        for language, scores in report.languages.items()
        if not _good(scores, intent=intent, top3=top3, entities=entities)
    }
    assert below == {}
    assert _good(report.overall, intent=0.92, top3=0.985, entities=0.89)
    assert report.overall.emergency_recall is not None
    assert report.overall.emergency_recall >= 0.92
    # The model must have answered, not the key words.
    assert set(report.overall.sources) == {"model", "rule"}


def _good(scores: Scores, *, intent: float, top3: float, entities: float) -> bool:
    found = (scores.intent_accuracy, scores.top3_accuracy, scores.entity_f1)
    return all(
        value is not None and value >= floor
        for value, floor in zip(found, (intent, top3, entities), strict=True)
    )
