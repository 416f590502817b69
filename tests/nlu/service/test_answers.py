"""What the trained model answers, in Rasa's wire format."""

import concurrent.futures

import pytest

from nlu.service.language_data import ENTITIES, INTENTS
from tests.nlu.service.conftest import Running

pytestmark = pytest.mark.model

LETTERS = "abcdefghij" * 100  # one word without end
QUESTIONS = [
    (
        "Deutschkurs B1 abends in Unterschleißheim",
        "find_german_course",
        {"B1", "evening", "Unterschleißheim"},
    ),
    ("اريد كورس الماني في هار مع حضانة اطفال", "find_german_course", {"Haar", True}),
    ("I am looking for a flat in Garching", "find_housing", {"Garching"}),
    ("Шукаю роботу в Унтерхахінгу", "find_work", {"Unterhaching"}),
    ("Wann ist mein nächster Termin?", "show_appointments", set()),
]


@pytest.mark.parametrize(("text", "intent", "values"), QUESTIONS)
def test_plain_questions_are_understood(
    service: Running, text: str, intent: str, values: set[object]
) -> None:
    answer = service.parse(text)
    assert answer["intent"]["name"] == intent
    assert {entity["value"] for entity in answer["entities"]} == values


def test_the_answer_has_rasas_form(service: Running) -> None:
    text = "  Kurs für Frauen, vormittags — in (Ottobrunn)!"
    answer = service.parse(text)
    assert answer["text"] == text
    assert set(answer) == {"text", "intent", "entities", "intent_ranking", "details"}
    ranking = answer["intent_ranking"]
    assert sorted(guess["name"] for guess in ranking) == sorted(INTENTS)
    assert ranking[0] == answer["intent"]
    confidences = [guess["confidence"] for guess in ranking]
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1, abs=1e-3)
    assert {text[entity["start"] : entity["end"]]: entity["value"] for entity in answer["entities"]}[
        "Ottobrunn"
    ] == "Ottobrunn"
    for entity in answer["entities"]:
        assert str(entity["value"]) in ENTITIES[entity["entity"]]
        assert entity["extractor"] == "DetailExtractor"
        assert 0 < entity["confidence"] <= 1


def test_beside_rasas_form_it_says_how_much_the_message_speaks_for_each_detail(service: Running) -> None:
    details = service.parse("German course for women, in the evening")["details"]
    assert {name.partition("=")[0] for name in details} == {"audience", "childcare", "daytime", "level"}
    assert details["audience=women"] > 0 < details["daytime=evening"]
    assert details["daytime=weekend"] < -0.6 > details["audience=men"]
    assert service.parse("?!")["details"] == {}


def test_what_no_word_list_knows_is_asked_for_by_the_whole_message(service: Running) -> None:
    text = "A German course please, but somebody has to entertain my twins while I sit in class"
    answer = service.parse(text)
    [found] = [entity for entity in answer["entities"] if entity["entity"] == "childcare"]
    assert found["value"] is True
    assert answer["details"]["childcare=true"] >= 0
    assert text[found["start"] : found["end"]].isalpha(), "one word stands for it"


@pytest.mark.parametrize("text", ["Oberschleisheim", "kirchheimm", "Гархінг", "Taufkirchen?"])
def test_misspelled_and_inflected_places_are_found(service: Running, text: str) -> None:
    entities = service.parse(f"Deutschkurs in {text}")["entities"]
    assert [entity["entity"] for entity in entities] == ["place"]


@pytest.mark.parametrize("text", ["", "   ", "?!", "😀😀", "\u0000", "\u200f"])
def test_a_text_without_words_is_out_of_scope(service: Running, text: str) -> None:
    answer = service.parse(text)
    assert answer["intent"] == {"name": "out_of_scope", "confidence": 1.0}
    assert answer["entities"] == []
    assert len(answer["intent_ranking"]) == len(INTENTS)


def test_a_command_is_text_like_any_other(service: Running) -> None:
    assert service.parse('/privacy{"place": "Haar"}')["intent"]["confidence"] < 1


@pytest.mark.parametrize(
    "text", ["a" * 1_000, "🦁" * 1_000, "Haar " * 200, "́" * 999 + "a", "x" + "‍" * 999, LETTERS]
)
def test_long_and_strange_texts_are_answered(service: Running, text: str) -> None:
    assert len(service.parse(text)["intent_ranking"]) == len(INTENTS)


def test_eight_callers_get_the_same_answers_as_one(service: Running) -> None:
    texts = [question[0] for question in QUESTIONS] * 16
    alone = {text: service.parse(text) for text in set(texts)}
    with concurrent.futures.ThreadPoolExecutor(8) as callers:
        assert list(callers.map(service.parse, texts)) == [alone[text] for text in texts]
