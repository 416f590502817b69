"""What is kept of an update, and that what is kept is an update again."""

import json
from typing import Any

import pytest
from telegram import Bot
from telegram.ext import ExtBot

from bot.updates import MAX_STORED_TEXT, minimise, revive

PERSON = {
    "id": 7001,
    "is_bot": False,
    "first_name": "Amira",
    "last_name": "Secret",
    "username": "amira_secret",
    "language_code": "ar",
    "is_premium": True,
}
CHAT = {"id": 7001, "type": "private", "first_name": "Amira", "username": "amira_secret"}


def message(**content: Any) -> dict[str, Any]:
    return {
        "update_id": 1,
        "message": {"message_id": 5, "date": 1_800_000_000, "chat": CHAT, "from": PERSON} | content,
    }


def tap(**content: Any) -> dict[str, Any]:
    query = {
        "id": "9",
        "from": PERSON,
        "chat_instance": "-77",
        "data": "menu",
        "message": message()["message"],
    }
    return {"update_id": 2, "callback_query": query | content}


def membership(old: str, new: str) -> dict[str, Any]:
    us = {"id": 1, "is_bot": True, "first_name": "Lotse"}
    change = {
        "chat": CHAT,
        "from": PERSON,
        "date": 1_800_000_000,
        "old_chat_member": {"user": us, "status": old},
        "new_chat_member": {"user": us, "status": new},
    }
    return {"update_id": 3, "my_chat_member": change}


@pytest.fixture
def bot() -> Bot:
    return ExtBot("1:x")


FORWARD = {"forward_origin": {"type": "hidden_user", "sender_user_name": "Secret", "date": 1}}
COMMAND = {"entities": [{"type": "bot_command", "offset": 0, "length": 5}]}
KEPT = {
    "text": message(text="Deutschkurs", entities=[{"type": "bold", "offset": 0, "length": 3}]),
    "command": message(text="/stop", **COMMAND),
    "forward": message(text="/stop", **COMMAND, **FORWARD),
    "location": message(location={"latitude": 48.1, "longitude": 11.7, "horizontal_accuracy": 3}),
    "photo": message(
        photo=[{"file_id": "x", "file_unique_id": "Secret", "width": 1, "height": 1}], caption="Secret"
    ),
    "voice": message(voice={"file_id": "x", "file_unique_id": "Secret", "duration": 3}),
    "contact": message(contact={"phone_number": "+49 Secret", "first_name": "Secret"}),
    "tap": tap(),
    "blocked": membership("member", "kicked"),
    "back": membership("kicked", "member"),
}


@pytest.mark.parametrize("name", KEPT)
def test_names_and_files_are_not_kept_and_the_rest_is_an_update_again(name: str, bot: Bot) -> None:
    kept = minimise(KEPT[name])
    assert kept is not None
    assert kept.chat_id == 7001
    assert kept.update_id == KEPT[name]["update_id"]
    stored = json.dumps(kept.payload)
    for secret in ("Amira", "Secret", "secret", "file_id", "-77", "is_premium"):
        assert secret not in stored
    update = revive(json.loads(stored), bot)
    assert update.update_id == kept.update_id
    assert update.effective_user is not None
    assert update.effective_user.language_code == "ar"
    assert update.effective_chat is not None
    assert update.effective_chat.id == 7001
    assert "Deutschkurs" not in repr(kept)
    assert "7001" not in repr(kept)


def test_kinds() -> None:
    kinds = {name: kept.kind for name in KEPT if (kept := minimise(KEPT[name]))}
    assert kinds == {
        "text": "text",
        "command": "text",
        "forward": "text",
        "location": "location",
        "photo": "media",
        "voice": "media",
        "contact": "media",
        "tap": "tap",
        "blocked": "membership",
        "back": "membership",
    }


def test_only_a_command_of_ones_own_at_the_beginning_is_one() -> None:
    def entities(**content: Any) -> object:
        kept = minimise(message(**content))
        assert kept is not None
        return kept.payload["message"].get("entities", [])

    assert entities(text="/stop", **COMMAND) == COMMAND["entities"]
    assert entities(text="/stop", **COMMAND, **FORWARD) == []
    assert entities(text="now /stop", entities=[{"type": "bot_command", "offset": 4, "length": 5}]) == []
    assert entities(text="/stop", entities=[{"type": "bot_command", "offset": 0, "length": 99}]) == []
    assert entities(text="/stop", entities=[None, "x", {"type": "bot_command"}]) == []


def test_very_long_text_is_cut() -> None:
    kept = minimise(message(text="x" * 50_000))
    assert kept is not None
    assert len(kept.payload["message"]["text"]) == MAX_STORED_TEXT


def test_callback_data_is_cut_and_always_text() -> None:
    for data in ("x" * 500, 7, None):
        kept = minimise(tap(data=data))
        assert kept is not None
        assert len(kept.payload["callback_query"]["data"]) <= 64


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1},
        {"update_id": 1, "edited_message": message(text="x")["message"]},
        {"update_id": 1, "channel_post": message(text="x")["message"]},
        message(text="x", chat={"id": -1, "type": "group", "title": "G"}),
        message(text="x", chat={"id": -1, "type": "supergroup", "title": "G"}),
        message(text="x", **{"from": {**PERSON, "is_bot": True}}),
        message(text="x", **{"from": None}),
        message(pinned_message={}),
        message(text=None),
        tap(message=None),
        tap(message={"message_id": 1, "chat": {"id": -1, "type": "group"}, "date": 0}),
        {"update_id": 1, "message": "text"},
        {"update_id": 1, "callback_query": ["x"]},
    ],
)
def test_what_nobody_asked_us_is_left_out(update: dict[str, Any]) -> None:
    assert minimise(update) is None


def test_a_tap_on_a_message_too_old_to_be_shown_is_kept(bot: Bot) -> None:
    kept = minimise(tap(message={"message_id": 5, "date": 0, "chat": CHAT}))
    assert kept is not None
    query = revive(kept.payload, bot).callback_query
    assert query is not None
    assert query.data == "menu"
    assert query.message is not None
    assert query.message.message_id == 5


def test_what_is_no_update_is_not_revived(bot: Bot) -> None:
    with pytest.raises((ValueError, TypeError)):
        revive({}, bot)
