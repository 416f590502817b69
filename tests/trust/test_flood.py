"""S5 in short: who floods is read as far as anybody is, told once, and nobody else notices; what was not meant for us is passed over."""

from typing import Any

import pytest

from bot.flood import Flood
from lotse.settings import Settings
from tests.bot.test_updates import CHAT, PERSON
from tests.bot.world import LotseWorld, Pocket, all_said, data_of, sentence
from tests.trust.promise import held

FLOODER, A_MINUTE, SENT = 7851, 20, 300
NORMAL = range(7860, 7864)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"messages_a_minute": A_MINUTE})


def _text(user: int, number: int, text: str) -> dict[str, Any]:
    chat = {"id": user, "type": "private", "first_name": "F"}
    person = {"id": user, "is_bot": False, "first_name": "F", "language_code": "en"}
    message = {"message_id": number, "date": 1_796_000_000, "chat": chat, "from": person, "text": text}
    return {"update_id": 8_000_000_000 + user * 10_000 + number, "message": message}


def test_a_bucket_fills_again_and_telling_is_rare() -> None:
    now = 0.0
    flood = Flood(60, lambda: now)
    assert sum(flood.reads(1) for _ in range(500)) == 60
    assert flood.reads(2), "another chat has its own measure"
    assert sum(flood.tells(1) for _ in range(500)) == 1
    assert sum(flood.apologises(1) for _ in range(500)) == 1
    assert sum(flood.alarms(1) for _ in range(500)) == 5
    now += 30
    assert sum(flood.reads(1) for _ in range(500)) == 30
    assert not flood.tells(1)
    assert not flood.apologises(1)
    now += 31
    assert flood.tells(1)
    assert flood.apologises(1)
    unlimited = Flood(0, lambda: now)
    assert all(unlimited.reads(1) for _ in range(10_000))


async def test_a_flooder_is_told_once_and_others_are_answered(lotse: LotseWorld) -> None:
    flooder = await lotse.arrives(FLOODER, "en")
    others = [await lotse.arrives(user, "en") for user in NORMAL]
    rows = "SELECT count(*) FROM inbox"
    before = lotse.rows(rows)[0][0]
    for start in range(0, SENT, 100):
        await lotse.lotse.intake.take(_text(FLOODER, n, f"hello {n}") for n in range(start, start + 100))
    for other in others:
        await other.phone.say("/menu")
    await lotse.quiet(60)
    for other in others:
        assert "topic:german_course" in data_of(await other.last())
    told = str([message["text"] for message in await flooder.phone.messages() if "text" in message]).count(
        sentence("en", "error.too_fast")
    )
    kept = lotse.rows(rows)[0][0] - before - len(others)
    held(
        "S5",
        "notices to one flooder, kept of 300",
        f"1, ≤ {A_MINUTE + 10}",
        f"{told}, {kept}",
        told == 1 and kept <= A_MINUTE + 10,
    )


async def test_in_danger_one_is_answered_whatever_was_said_before(lotse: LotseWorld) -> None:
    flooder = await lotse.arrives(FLOODER, "en")
    await lotse.lotse.intake.take(_text(FLOODER, n, f"hello {n}") for n in range(100))
    await flooder.reads()
    await lotse.lotse.intake.take([_text(FLOODER, 200, "my husband has a knife and wants to kill me")])
    assert "110" in all_said(await flooder.reads())
    held("S5", "an emergency in a flood", "answered", "answered", True)


async def test_blocking_counts_also_in_a_flood(lotse: LotseWorld) -> None:
    flooder: Pocket = await lotse.arrives(FLOODER, "en")
    await lotse.lotse.intake.take(_text(FLOODER, n, f"hello {n}") for n in range(100))
    await lotse.quiet()
    await flooder.phone.do("block", wait=0)
    await lotse.quiet()
    actor = await flooder.actor()
    assert not lotse.rows("SELECT reachable FROM persons WHERE id = ?", actor.person.id)[0][0]


# --- as Telegram sends them, shortened to what tells them apart

_GROUP = {"id": -1001, "type": "supergroup", "title": "G", "is_forum": True}
_CHANNEL = {"id": -1002, "type": "channel", "title": "C", "username": "c"}
_BIG = {"file_id": "x", "file_unique_id": "u", "file_size": 4_000_000_000, "mime_type": "video/mp4"}


def _message(**content: Any) -> dict[str, Any]:
    return {"message_id": 9, "date": 1_796_000_000, "chat": CHAT, "from": PERSON, "text": "/stop"} | content


IGNORED: dict[str, dict[str, Any]] = {
    "group": {"message": _message(chat=_GROUP)},
    "group topic": {"message": _message(chat=_GROUP, is_topic_message=True, message_thread_id=3)},
    "anonymous admin": {"message": _message(chat=_GROUP, sender_chat=_GROUP, **{"from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}})},
    "linked channel": {"message": _message(chat=_GROUP, sender_chat=_CHANNEL, is_automatic_forward=True, **{"from": {"id": 777000, "is_bot": False, "first_name": "Telegram"}})},
    "edited": {"edited_message": _message(edit_date=1_796_000_001)},
    "channel post": {"channel_post": _message(chat=_CHANNEL, sender_chat=_CHANNEL)},
    "edited channel post": {"edited_channel_post": _message(chat=_CHANNEL, edit_date=1)},
    "business": {"business_message": _message(business_connection_id="b")},
    "edited business": {"edited_business_message": _message(business_connection_id="b")},
    "deleted business": {"deleted_business_messages": {"business_connection_id": "b", "chat": CHAT, "message_ids": [1]}},
    "business connection": {"business_connection": {"id": "b", "user": PERSON, "user_chat_id": 7001, "date": 1, "is_enabled": True}},
    "inline query": {"inline_query": {"id": "1", "from": PERSON, "query": "/stop", "offset": "", "chat_type": "sender"}},
    "chosen inline result": {"chosen_inline_result": {"result_id": "1", "from": PERSON, "query": "x"}},
    "inline tap": {"callback_query": {"id": "1", "from": PERSON, "chat_instance": "1", "inline_message_id": "i", "data": "menu"}},
    "poll answer": {"poll_answer": {"poll_id": "1", "user": PERSON, "option_ids": [0]}},
    "reaction": {"message_reaction": {"chat": CHAT, "message_id": 1, "user": PERSON, "date": 1, "old_reaction": [], "new_reaction": []}},
    "payment": {"pre_checkout_query": {"id": "1", "from": PERSON, "currency": "EUR", "total_amount": 1, "invoice_payload": "x"}},
    "join request": {"chat_join_request": {"chat": _GROUP, "from": PERSON, "user_chat_id": 7001, "date": 1}},
    "made admin of a group": {"my_chat_member": {"chat": _GROUP, "from": PERSON, "date": 1, "old_chat_member": {"user": {"id": 1, "is_bot": True, "first_name": "L"}, "status": "left"}, "new_chat_member": {"user": {"id": 1, "is_bot": True, "first_name": "L"}, "status": "member"}}},
    "other member": {"chat_member": {"chat": _GROUP, "from": PERSON, "date": 1}},
    "no sender": {"message": {"message_id": 9, "date": 1, "chat": CHAT, "text": "/stop"}},
    "another bot": {"message": _message(**{"from": {**PERSON, "is_bot": True}})},
    "pinned": {"message": {"message_id": 9, "date": 1, "chat": CHAT, "from": PERSON, "pinned_message": {}}},
    "unknown kind": {"something_new": {"from": PERSON}},
}  # fmt: skip
MEDIA = ("animation", "audio", "document", "video", "video_note", "voice", "photo")


async def test_what_was_not_meant_for_us_is_passed_over_and_media_never_fetched(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(7001, "en")
    calls = len(lotse.server.state.calls)
    before = lotse.rows("SELECT count(*) FROM inbox")
    for number, (name, update) in enumerate(IGNORED.items()):
        await lotse.lotse.intake.take([{"update_id": 8_900_000_000 + number} | update])
        assert await amira.reads() == [], name
    assert lotse.rows("SELECT count(*) FROM inbox") == before
    for number, kind in enumerate(MEDIA):
        file: Any = [_BIG | {"width": 1, "height": 1}] if kind == "photo" else _BIG
        content = {key: value for key, value in _message(**{kind: file}).items() if key != "text"}
        await lotse.lotse.intake.take([{"update_id": 8_910_000_000 + number, "message": content}])
        assert sentence("en", "media.not_read") in all_said(await amira.reads()), kind
    forwarded = _message(
        forward_origin={"type": "hidden_user", "sender_user_name": "S", "date": 1},
        entities=[{"type": "bot_command", "offset": 0, "length": 5}],
    )
    await lotse.lotse.intake.take([{"update_id": 8_920_000_000, "message": forwarded}])
    await amira.reads()
    assert not (await amira.actor()).person.paused
    asked = {call.method for call in list(lotse.server.state.calls)[calls:]}
    assert not asked & {"getFile", "leaveChat", "answerInlineQuery", "forwardMessage"}
    held(
        "S5", "kinds of updates passed over, media fetched", f"{len(IGNORED)}, 0", f"{len(IGNORED)}, 0", True
    )
