"""Whoever asks in another language finds the right offer nearly as often as whoever asks in German."""

import csv
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from i18n.languages import LANGUAGES
from offers import kinds, places
from offers.search import OfferIndex
from offers.types import LEVELS, Query, Topic
from tests.catalogue import SAMPLE, sample
from tests.unit.test_offers_search import NOW, index

QUESTIONS = Path(__file__).parent / "questions_by_language.tsv"
NEARLY = 0.9
"""How often a question in another language must find what it looks for, measured by the same question in German."""
FIRST, SHOWN = 1, 3
OTHERS = [tag for tag in LANGUAGES if tag != "de"]


@dataclass(frozen=True)
class Question:
    """What somebody asks, what the understanding makes of it, and the kinds of offer that are right."""

    number: int
    language: str
    text: str
    topic: str
    entities: dict[str, Any]
    kinds: frozenset[str]


@cache
def questions() -> tuple[Question, ...]:
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        return tuple(
            Question(
                int(row["number"]), row["language"], row["text"], row["topic"],
                json.loads(row["entities"]), frozenset(row["kind"].split()),
            )
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        )  # fmt: skip


@cache
def translated() -> OfferIndex:
    """The sample catalogue as the bot searches it: with its texts in every language."""
    texts: dict[str, list[str]] = defaultdict(list)
    for path in sorted((SAMPLE / "texts").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter=";"):
                texts[row["id"]].append(row["text"])
    published = [found for found in sample() if found.status == "published"]
    return index(*(replace(found, texts=tuple(texts[found.external_id])) for found in published))


def finds(question: Question, *, topic: bool) -> bool:
    """With its topic the first hit is right; by its words alone one of those that are shown."""
    query = Query(text=question.text, topic=question.topic if topic else None, **question.entities)
    hits = translated().search(query, NOW, SHOWN).hits[: FIRST if topic else SHOWN]
    return any(hit.offer.kind in question.kinds for hit in hits)


@cache
def missed(language: str, *, topic: bool) -> tuple[str, ...]:
    own = (question for question in questions() if question.language == language)
    return tuple(f"{q.number} {q.text}" for q in own if not finds(q, topic=topic))


def share(language: str, *, topic: bool) -> float:
    asked = sum(question.language == language for question in questions())
    return 1 - len(missed(language, topic=topic)) / asked


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("topic", [True, False], ids=["topic", "words"])
def test_a_question_finds_the_offer_nearly_as_often_as_in_german(language: str, topic: bool) -> None:
    assert share(language, topic=topic) >= NEARLY * share("de", topic=topic), missed(language, topic=topic)


def test_german_is_a_measure_worth_reaching() -> None:
    assert share("de", topic=True) >= NEARLY
    assert share("de", topic=False) >= NEARLY


def test_every_question_is_asked_in_every_language() -> None:
    asked = Counter((question.number, question.language) for question in questions())
    assert asked == Counter({(n, tag): 1 for n in range(1, 41) for tag in LANGUAGES})
    assert len({question.text for question in questions()}) == len(questions())
    for number in range(1, 41):
        same = [q for q in questions() if q.number == number]
        assert len({(q.topic, json.dumps(q.entities), q.kinds) for q in same}) == 1


def test_the_questions_are_about_every_topic_and_many_places() -> None:
    german = [question for question in questions() if question.language == "de"]
    assert {question.topic for question in german} == {topic.value for topic in Topic}
    named = {question.entities["place"] for question in german if "place" in question.entities}
    assert len(named) >= 8
    assert named <= set(places.load().names)
    assert all(question.entities.get("level", "A1") in LEVELS for question in german)
    assert all(question.kinds <= set(kinds.load()) for question in german)
