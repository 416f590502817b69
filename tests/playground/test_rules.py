"""Every rule of the strict Bot API both ways: what just fits is taken, what is just over is refused as Telegram does."""

from typing import Any

import pytest

from playground.errors import ApiError
from tests.playground.conftest import Caller

CHAT = {"chat_id": 7001}
pytestmark = pytest.mark.usefixtures("client_phone")


def inline(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


def button(**action: Any) -> dict[str, Any]:
    return {"text": "Go", **action}


@pytest.mark.parametrize("data", ["x", "x" * 64, "я" * 32, "😀" * 16])
async def test_callback_data_of_1_to_64_bytes_is_taken(api: Caller, data: str) -> None:
    sent = await api("sendMessage", **CHAT, text="a", reply_markup=inline([button(callback_data=data)]))
    assert sent["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == data


@pytest.mark.parametrize("data", ["", "x" * 65, "я" * 33, "😀" * 17])
async def test_callback_data_outside_1_to_64_bytes_is_refused(api: Caller, data: str) -> None:
    refused = await api.refused(
        "sendMessage", **CHAT, text="a", reply_markup=inline([button(callback_data=data)])
    )
    assert refused == "Bad Request: BUTTON_DATA_INVALID"


@pytest.mark.parametrize(
    ("text", "mode"), [("a" * 4096, ""), ("😀" * 2048, ""), ("<b>" + "a" * 4096 + "</b>", "HTML")]
)
async def test_text_of_4096_units_after_parsing_is_taken(api: Caller, text: str, mode: str) -> None:
    sent = await api("sendMessage", **CHAT, text=text, parse_mode=mode)
    assert len(sent["text"].encode("utf-16-le")) == 8192


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a" * 4097, "message is too long"),
        ("😀" * 2048 + "a", "message is too long"),
        ("", "message text is empty"),
        (" \n ", "message text is empty"),
        ("<b></b>", "message text is empty"),
        ("<b>" * 10923, "text is too long"),
    ],
)
async def test_text_too_long_or_empty_is_refused(api: Caller, text: str, reason: str) -> None:
    assert await api.refused("sendMessage", **CHAT, text=text, parse_mode="HTML") == f"Bad Request: {reason}"


async def test_raw_text_up_to_32768_bytes_is_parsed(api: Caller) -> None:
    source = "<b></b>" * 4681 + "a"
    assert len(source) == 32768
    assert (await api("sendMessage", **CHAT, text=source, parse_mode="HTML"))["text"] == "a"


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([[8]], None),
        ([[9]], "too many buttons in a row of the reply markup, the maximum is 8"),
        ([[8]] * 12 + [[4]], None),
        ([[8]] * 12 + [[5]], "REPLY_MARKUP_TOO_LONG"),
    ],
)
async def test_keyboards_hold_8_buttons_a_row_and_100_in_all(
    api: Caller, rows: list[list[int]], reason: str | None
) -> None:
    markup = inline(*[[button(callback_data="x")] * count for [count] in rows])
    if reason is None:
        await api("sendMessage", **CHAT, text="a", reply_markup=markup)
    else:
        assert (
            await api.refused("sendMessage", **CHAT, text="a", reply_markup=markup)
            == f"Bad Request: {reason}"
        )


@pytest.mark.parametrize(
    ("bad", "part"),
    [
        ({"text": "", "callback_data": "x"}, "non-empty"),
        ({"callback_data": "x"}, 'Can\'t find field "text"'),
        ({"text": "a"}, "Text buttons are unallowed"),
        ({"text": "a", "callback_data": "x", "url": "https://a.de"}, "Exactly one action"),
        ({"text": "a", "url": "not an address"}, "Wrong HTTP URL"),
        ({"text": "a", "url": "http://localhost/x"}, "Wrong HTTP URL"),
        ({"text": "a", "url": "ftp://a.de"}, "Wrong HTTP URL"),
        ({"text": "a", "url": "tel:+4989"}, "Wrong HTTP URL"),
        ("a", "Expected an Object"),
    ],
)
async def test_broken_inline_buttons_are_refused(api: Caller, bad: Any, part: str) -> None:
    assert part in await api.refused("sendMessage", **CHAT, text="a", reply_markup=inline([bad]))


@pytest.mark.parametrize(
    "good",
    [
        button(url="https://www.landkreis-muenchen.de/a?b=c#d"),
        button(url="t.me/lotse_playground_bot?start=a"),
        button(url="tg://resolve?domain=a"),
        button(copy_text={"text": "a"}),
        button(switch_inline_query=""),
    ],
)
async def test_each_action_of_an_inline_button_is_taken(api: Caller, good: dict[str, Any]) -> None:
    await api("sendMessage", **CHAT, text="a", reply_markup=inline([good]))


@pytest.mark.parametrize(
    ("markup", "part"),
    [
        ("{", "can't parse reply keyboard markup JSON object"),
        ("[]", "object expected as reply markup"),
        ({"keyboard": [[""]]}, "non-empty"),
        ({"keyboard": []}, "non-empty"),
        ({"keyboard": ["a"]}, "Array of Arrays"),
        ({"inline_keyboard": "a"}, "must be of type Array"),
    ],
)
async def test_broken_markup_is_refused(api: Caller, markup: Any, part: str) -> None:
    assert part in await api.refused("sendMessage", **CHAT, text="a", reply_markup=markup)


async def test_caption_of_1024_units_is_taken_and_1025_refused(api: Caller) -> None:
    async def send(text: str) -> Any:
        files = {"document": ("a.ics", b"BEGIN:VCALENDAR", "text/calendar")}
        path = f"/bot{api.server.token}/sendDocument"
        return (await api.client.post(path, data={**CHAT, "caption": text}, files=files)).json()

    assert (await send("😀" * 512))["result"]["caption"] == "😀" * 512
    assert (await send("😀" * 512 + "a"))["description"] == "Bad Request: message caption is too long"


async def test_wrong_token_is_unauthorized(api: Caller) -> None:
    for token in ("1:x", "1000000001:other", "x"):
        response = await api.client.get(f"/bot{token}/getMe")
        assert response.status_code == 401
        assert response.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert (await api("getMe"))["username"] == "lotse_playground_bot"


async def test_unknown_methods_are_not_found_and_names_ignore_case(api: Caller) -> None:
    assert await api.refused("sendPigeon") == "Not Found: method not found"
    assert (await api("GETME"))["is_bot"] is True


async def test_every_body_format_is_read(api: Caller) -> None:
    path = f"/bot{api.server.token}/sendMessage"
    values = {"chat_id": "7001", "text": "ä 😀"}
    answers = [
        await api.client.get(path, params=values),
        await api.client.post(path, json=values),
        await api.client.post(path, data=values),
        await api.client.post(path, data=values, files={"unused": b"x"}),
    ]
    assert [answer.json()["result"]["text"] for answer in answers] == ["ä 😀"] * 4


@pytest.mark.parametrize(
    ("body", "kind", "part"),
    [
        (b"{", "application/json", "can't parse JSON object"),
        (b"[1]", "application/json", "object expected"),
        (b'{"text": "\\ud800"}', "application/json", "must be encoded in UTF-8"),
        (b"text=%ff", "application/x-www-form-urlencoded", "must be encoded in UTF-8"),
        (b"[" * 100_000, "application/json", "can't parse JSON object"),
    ],
)
async def test_broken_bodies_are_refused(api: Caller, body: bytes, kind: str, part: str) -> None:
    response = await api.client.post(
        f"/bot{api.server.token}/sendMessage", content=body, headers={"content-type": kind}
    )
    assert response.status_code == 400
    assert part in response.json()["description"]


@pytest.mark.parametrize("chat_id", [1, -1, "@name", "abc", 7002])
async def test_a_chat_the_bot_never_met_is_not_found(api: Caller, chat_id: Any) -> None:
    assert await api.refused("sendMessage", chat_id=chat_id, text="a") == "Bad Request: chat not found"


async def test_blocked_and_deactivated_people_are_forbidden(api: Caller) -> None:
    await api.play("/play/block", user_id=7001)
    assert await api.refused("sendMessage", **CHAT, text="a") == "Forbidden: bot was blocked by the user"
    await api.play("/play/unblock", user_id=7001)
    await api("sendMessage", **CHAT, text="a")
    await api.play("/play/users/7001", deactivated=True)
    assert await api.refused("sendMessage", **CHAT, text="a") == "Forbidden: user is deactivated"


async def test_edits_need_a_message_of_the_bot_and_a_change(api: Caller) -> None:
    sent = await api("sendMessage", **CHAT, text="a", reply_markup=inline([button(callback_data="x")]))
    own = {**CHAT, "message_id": sent["message_id"]}
    same = inline([button(callback_data="x")])
    assert "message is not modified" in await api.refused(
        "editMessageText", **own, text="a", reply_markup=same
    )
    assert "reply_markup" not in await api("editMessageText", **own, text="a")
    assert "message is not modified" in await api.refused("editMessageText", **own, text="a")
    assert "message is not modified" in await api.refused("editMessageReplyMarkup", **own)
    edited = await api("editMessageReplyMarkup", **own, reply_markup=same)
    assert edited["text"] == "a"
    assert edited["edit_date"] >= edited["date"]
    missing = await api.refused("editMessageText", **CHAT, message_id=999, text="b")
    assert missing == "Bad Request: message to edit not found"
    assert await api.refused("editMessageText", **CHAT, message_id=1, text="b") == (
        "Bad Request: message can't be edited"
    )


async def test_deleted_messages_are_gone_and_old_ones_stay(api: Caller) -> None:
    first, second = [await api("sendMessage", **CHAT, text="a") for _ in range(2)]
    assert await api("deleteMessage", **CHAT, message_id=first["message_id"]) is True
    again = await api.refused("deleteMessage", **CHAT, message_id=first["message_id"])
    assert again == "Bad Request: message to delete not found"
    await api.play("/clock", advance_seconds=48 * 3600 + 60)
    assert "can't be deleted" in await api.refused("deleteMessage", **CHAT, message_id=second["message_id"])


async def _tapped(api: Caller) -> str:
    await api("sendMessage", **CHAT, text="a", reply_markup=inline([button(callback_data="x")]))
    return str((await api.play("/play/tap", user_id=7001, button="Go"))["callback_query_id"])


async def test_a_tap_is_answered_once_within_15_minutes(api: Caller) -> None:
    old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    query = await _tapped(api)
    long = await api.refused("answerCallbackQuery", callback_query_id=query, text="x" * 201)
    assert long == "Bad Request: MESSAGE_TOO_LONG"
    await api.play("/clock", advance_seconds=14 * 60)
    assert await api("answerCallbackQuery", callback_query_id=query, text="x" * 200) is True
    assert await api.refused("answerCallbackQuery", callback_query_id=query) == old
    late = await _tapped(api)
    await api.play("/clock", advance_seconds=15 * 60 + 1)
    assert await api.refused("answerCallbackQuery", callback_query_id=late) == old
    assert await api.refused("answerCallbackQuery", callback_query_id="1") == old


async def test_replies_need_their_message(api: Caller) -> None:
    assert "reply_to_message" in await api(
        "sendMessage", **CHAT, text="a", reply_parameters={"message_id": 1}
    )
    missing = await api.refused("sendMessage", **CHAT, text="a", reply_parameters={"message_id": 99})
    assert missing == "Bad Request: message to be replied not found"
    lax = {"message_id": 99, "allow_sending_without_reply": True}
    assert "reply_to_message" not in await api("sendMessage", **CHAT, text="a", reply_parameters=lax)


async def test_limits_answer_429_with_the_seconds_to_wait(api: Caller) -> None:
    await api.play("/play/limits", enabled=True, retry_after=[7, 7])
    await api("sendMessage", **CHAT, text="a")
    for _ in range(2):
        with pytest.raises(ApiError) as caught:
            await api("sendMessage", **CHAT, text="b")
        assert caught.value.code == 429
        assert caught.value.parameters == {"retry_after": 7}
    assert (await api.play("/play/limits", verb="GET"))["refused_during_ban"] == 1
    await api.play("/clock", advance_seconds=8)
    await api("sendMessage", **CHAT, text="c")


async def test_thirty_a_second_go_to_all_and_the_next_is_refused(api: Caller) -> None:
    await api.play("/play/users", id=8000, count=40, started=True)
    clock = api.server.state.clock
    frozen = clock.now()
    clock._real = lambda: frozen
    clock.offset *= 0
    await api.play("/play/limits", enabled=True)
    for number in range(30):
        await api("sendMessage", chat_id=8000 + number, text="a")
    assert "Too Many Requests" in await api.refused("sendMessage", chat_id=8030, text="a")


async def test_without_limits_many_messages_pass(api: Caller) -> None:
    for _ in range(40):
        await api("sendMessage", **CHAT, text="a")


async def test_commands_are_checked_and_found_by_scope_and_language(api: Caller) -> None:
    def command(name: str) -> list[dict[str, str]]:
        return [{"command": name, "description": "d"}]

    await api("setMyCommands", commands=command("all"))
    await api("setMyCommands", commands=command("arabic"), language_code="ar")
    await api("setMyCommands", commands=command("mine"), scope={"type": "chat", "chat_id": 7003})
    shown = {}
    for user_id in (7001, 7002, 7003):
        view = await api.play(f"/play/users/{user_id}/messages", verb="GET")
        shown[user_id] = [entry["command"] for entry in view["commands"]]
    assert shown == {7001: ["arabic"], 7002: ["all"], 7003: ["mine"]}
    assert await api("getMyCommands", language_code="ar") == command("arabic")
    assert await api.refused("setMyCommands", commands=command("A b")) == "Bad Request: BOT_COMMAND_INVALID"
    assert "DESCRIPTION_INVALID" in await api.refused("setMyCommands", commands=[{"command": "a"}])
    assert "invalid language code" in await api.refused("setMyCommands", commands=[], language_code="ckb")


@pytest.mark.parametrize(("method", "field", "limit"), [
    ("setMyName", "name", 64),
    ("setMyDescription", "description", 512),
    ("setMyShortDescription", "short_description", 120),
])  # fmt: skip
async def test_texts_about_the_bot_have_their_lengths(
    api: Caller, method: str, field: str, limit: int
) -> None:
    await api(method, **{field: "x" * limit})
    assert await api(method.replace("set", "get")) == {field: "x" * limit}
    assert "too long" in await api.refused(method, **{field: "x" * (limit + 1)})


async def test_files_come_and_go(api: Caller) -> None:
    sent = await api.play("/play/send", user_id=7001, kind="document", name="brief.pdf")
    file_id = sent["message"]["document"]["file_id"]
    found = await api("getFile", file_id=file_id)
    body = await api.client.get(f"/file/bot{api.server.token}/{found['file_path']}")
    assert body.content.startswith(b"%PDF")
    assert (await api("sendDocument", **CHAT, document=file_id))["document"]["file_name"] == "brief.pdf"
    assert "wrong file_id" in await api.refused("getFile", file_id="x")
    assert "wrong file identifier" in await api.refused("sendDocument", **CHAT, document="x")
    assert "there is no document" in await api.refused("sendDocument", **CHAT)
    assert (await api.client.get(f"/file/bot1:x/{found['file_path']}")).status_code == 401


async def test_locations_and_actions_are_checked(api: Caller) -> None:
    assert (await api("sendLocation", **CHAT, latitude=48.1, longitude=11.7))["location"]["latitude"] == 48.1
    assert "invalid latitude" in await api.refused("sendLocation", **CHAT, latitude=91, longitude=0)
    assert await api("sendChatAction", **CHAT, action="typing") is True
    assert "wrong parameter action" in await api.refused("sendChatAction", **CHAT, action="dancing")
