"""Guesses belong to the question that they were made for, and a place that is asked for is an answer however it is given."""

import pytest

from nlu.types import Entity, Guess, Intent, Understanding
from nlu.understanding import Understander
from playground.types import Json
from tests.bot.world import CLIENT, LotseWorld, data_of, said, sentence

_HAAR = Entity("place", "Haar", 0, 4)


def _understood_as(monkeypatch: pytest.MonkeyPatch, answers: dict[str, Understanding]) -> None:
    async def known(_self: Understander, text: str, _language: str) -> Understanding:
        return answers[text]

    monkeypatch.setattr(Understander, "understand", known)


def _unclear(*entities: Entity) -> Understanding:
    ranking = (Guess(Intent.FIND_LEISURE, 0.2), Guess(Intent.FIND_HEALTH, 0.19))
    return Understanding(Intent.OUT_OF_SCOPE, 0.2, ranking, entities, "model", is_fallback=True)


def _course(*entities: Entity) -> Understanding:
    ranking = (Guess(Intent.FIND_GERMAN_COURSE, 0.95),)
    return Understanding(Intent.FIND_GERMAN_COURSE, 0.95, ranking, entities, "model")


def _guesses(messages: list[Json]) -> Json:
    return next(m for m in messages if any(data.startswith("meant:") for data in data_of(m)))


def _guess(message: Json, topic: str) -> str:
    return next(data for data in data_of(message) if data.startswith(f"meant:{topic}:"))


async def test_a_guess_searches_with_the_details_of_its_own_question(
    lotse: LotseWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    _understood_as(monkeypatch, {"Haar xqzt": _unclear(_HAAR), "plomp": _unclear()})
    amira = await lotse.arrives(CLIENT, "en")
    first, second = _guesses(await amira.says("Haar xqzt")), _guesses(await amira.says("plomp"))
    await amira.taps(data=_guess(second, "health"), message_id=second["message_id"])
    [chosen] = await amira.tampers("filter")
    assert sentence("en", "topic.health") in said(chosen)
    assert "Haar" not in said(chosen), "that was another question"
    await amira.taps(data=_guess(first, "health"), message_id=first["message_id"])
    [chosen] = await amira.tampers("filter")
    assert "plomp" not in said(chosen), "the older screen does not search with the newer words"


async def test_a_guess_after_another_search_keeps_what_its_question_named(
    lotse: LotseWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    _understood_as(monkeypatch, {"course": _course(), "swimming": _unclear()})
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("course")
    unclear = _guesses(await amira.says("swimming"))
    card, *_ = await amira.taps(data=_guess(unclear, "leisure"), message_id=unclear["message_id"])
    assert sentence("en", "kind.swimming") in said(card)


async def test_the_next_guess_below_an_unsure_answer_keeps_the_place(
    lotse: LotseWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranking = (Guess(Intent.FIND_SCHOOL, 0.4), Guess(Intent.FIND_LEISURE, 0.3))
    unsure = Understanding(Intent.FIND_SCHOOL, 0.4, ranking, (_HAAR,), "model", is_unsure=True)
    _understood_as(monkeypatch, {"Haar baxçe": unsure})
    amira = await lotse.arrives(CLIENT, "en")
    screen = _guesses(await amira.says("Haar baxçe"))
    assert sentence("en", "search.or_else") in said(screen)
    await amira.taps(data=_guess(screen, "leisure"), message_id=screen["message_id"])
    [chosen] = await amira.tampers("filter")
    assert sentence("en", "topic.leisure") in said(chosen)
    assert "Haar" in said(chosen)


async def test_a_menu_topic_after_an_unclear_question_asks_for_the_topic_alone(
    lotse: LotseWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    _understood_as(monkeypatch, {"Haar xqzt": _unclear(_HAAR)})
    amira = await lotse.arrives(CLIENT, "en")
    await amira.says("Haar xqzt")
    await amira.tampers("topic:health")
    [chosen] = await amira.tampers("filter")
    assert "Haar" not in said(chosen)


async def test_a_location_is_asked_for_only_while_its_search_is_known(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    await amira.tampers("topic:leisure")
    await lotse.moves(minutes=14)
    [asked] = await amira.tampers("near")
    assert said(asked) == sentence("en", "search.send_location")
    await lotse.moves(minutes=14)
    found = await amira.sends("location", latitude=48.1087, longitude=11.7285)
    offers = [data.split(":")[1] for m in found for data in data_of(m) if data.startswith("offer:")]
    marks = ",".join("?" * len(offers))
    topics = lotse.rows(f"SELECT DISTINCT topic FROM offers WHERE id IN ({marks})", *offers)
    assert topics == [("leisure",)], "what was searched, not the offices nearby"
    await lotse.moves(minutes=16)
    [over] = await amira.tampers("near")
    assert said(over) == sentence("en", "error.dialogue_over")
