"""Screens become Bot API calls within Telegram's limits, or do not become them at all."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from markupsafe import Markup

from bot.screens import MAX_BUTTONS, MAX_CALLBACK_BYTES, Button, Document, Screen, calls, keyboard, link, tap
from bot.texts import MAX_TEXT
from bot.views.cards import full_card
from i18n.messages import words
from offers.translations.types import Spoken, TextField
from tests.catalogue import REVIEW_DAYS, offer


def test_a_tap_holds_its_route_and_ids() -> None:
    assert tap("More", "offer", "abc") == Button("More", data="offer:abc")
    assert tap("Menu", "menu").data == "menu"


def test_callback_data_is_at_most_64_bytes_not_characters() -> None:
    assert len(tap("x", "r", "a" * (MAX_CALLBACK_BYTES - 2)).data) == 64
    with pytest.raises(ValueError, match="64 bytes"):
        tap("x", "r", "a" * (MAX_CALLBACK_BYTES - 1))
    with pytest.raises(ValueError, match="64 bytes"):
        tap("x", "r", "م" * 32)


def test_a_screen_is_one_call_with_its_buttons() -> None:
    screen = Screen(Markup("<b>Hi</b>"), [[tap("A", "a")], [], [link("B", "https://example.org")]])
    [call] = calls(screen, None)
    assert call == {
        "method": "sendMessage",
        "text": "<b>Hi</b>",
        "reply_markup": {
            "inline_keyboard": [
                [{"text": "A", "callback_data": "a"}],
                [{"text": "B", "url": "https://example.org"}],
            ]
        },
    }
    json.dumps(call)


def test_edit_needs_a_tapped_message() -> None:
    screen = Screen(Markup("x"), edit=True)
    assert next(calls(screen, 7)) == {"method": "editMessageText", "message_id": 7, "text": "x"}
    assert next(calls(screen, None)) == {"method": "sendMessage", "text": "x"}


def test_a_long_screen_becomes_several_messages_with_the_buttons_on_the_last() -> None:
    screen = Screen(Markup("word " * MAX_TEXT), [[tap("A", "a")]], edit=True)
    found = list(calls(screen, 7))
    assert len(found) > 1
    assert {call["method"] for call in found} == {"sendMessage"}, "one message cannot be edited into several"
    assert ["reply_markup" in call for call in found] == [False] * (len(found) - 1) + [True]


def test_a_silent_screen() -> None:
    [call] = calls(Screen(Markup("x"), notify=False), None)
    assert call["disable_notification"] is True


def test_a_document_travels_as_text() -> None:
    [call] = calls(Screen(Markup("caption"), document=Document("a.ics", b"\0\xff")), None)
    assert call["method"] == "sendDocument"
    assert base64.b64decode(call["content"]) == b"\0\xff"
    json.dumps(call)


def test_asking_for_a_location() -> None:
    found = keyboard(Screen(Markup("x"), ask_location="Here"))
    assert found is not None
    assert found["keyboard"] == [[{"text": "Here", "request_location": True}]]


def test_no_buttons_no_keyboard() -> None:
    assert keyboard(Screen(Markup("x"))) is None
    assert keyboard(Screen(Markup("x"), [[]])) is None


@pytest.mark.parametrize(
    "rows",
    [
        [[tap("x", "x")] * 9],
        [[tap("x", "x")]] * (MAX_BUTTONS + 1),
        [[Button("", data="x")]],
        [[Button("x")]],
        [[Button("x", data="x", url="https://example.org")]],
    ],
)
def test_what_telegram_would_refuse_is_refused_here(rows: list[list[Button]]) -> None:
    with pytest.raises(ValueError, match="button"):
        keyboard(Screen(Markup("x"), rows))


def test_a_card_tells_at_length_in_the_readers_language() -> None:
    course = offer("o", summary="Kurz", description="Lang <erzählt>")
    texts = {TextField.NAME: "Курс", TextField.DESCRIPTION: "Докладно <a>"}
    said = Spoken(texts, frozenset({TextField.DESCRIPTION}))
    now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    card = str(full_card(words("uk"), course, (), now, edit=False, said=said, review_days=REVIEW_DAYS).text)
    assert "<blockquote expandable>\u2068Докладно &lt;a&gt;\u2069</blockquote>" in card
    assert course.name in card
    assert words("uk").plain("card.by_machine") in card
    assert words("uk").plain("card.german_only") not in card
    assert "erzählt" not in card
    german = str(full_card(words("de"), course, (), now, edit=False, review_days=REVIEW_DAYS).text)
    assert "<blockquote expandable>\u2068Lang &lt;erzählt&gt;\u2069</blockquote>" in german
    missing = str(
        full_card(words("ar"), replace(course, summary=""), (), now, edit=False, review_days=REVIEW_DAYS).text
    )
    assert words("ar").plain("card.german_only") in missing


def test_a_card_stays_one_message() -> None:
    course = offer("o", description="Wort " * 1000)
    card = full_card(
        words("de"), course, (), datetime(2026, 11, 24, 9, 0, tzinfo=UTC), edit=True, review_days=REVIEW_DAYS
    )
    assert len(list(calls(card, 7))) == 1
