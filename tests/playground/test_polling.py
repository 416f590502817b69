"""Updates: confirmation by offset, long polling, conflicts, webhooks, and what people do on their phones."""

import asyncio
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from playground.phone import Phone
from tests.playground.conftest import Caller


async def test_updates_stay_until_an_offset_confirms_them(api: Caller, client_phone: Phone) -> None:
    for text in ("a", "b", "c"):
        await client_phone.say(text)
    first = await api("getUpdates", limit=2)
    assert [update["message"]["text"] for update in first] == ["a", "b"]
    assert await api("getUpdates", limit=2) == first
    rest = await api("getUpdates", offset=first[-1]["update_id"] + 1)
    assert [update["message"]["text"] for update in rest] == ["c"]
    assert await api("getUpdates", offset=rest[-1]["update_id"] + 1) == []


async def test_a_negative_offset_keeps_the_last(api: Caller, client_phone: Phone) -> None:
    for text in ("a", "b", "c"):
        await client_phone.say(text)
    assert [update["message"]["text"] for update in await api("getUpdates", offset=-1)] == ["c"]
    assert len(await api("getUpdates")) == 1


async def test_a_long_poll_ends_with_the_next_update(api: Caller, client_phone: Phone) -> None:
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(api("getUpdates", timeout=20))
        await asyncio.sleep(0.05)
        await client_phone.say("now")
    assert waiting.result()[0]["message"]["text"] == "now"


async def test_a_second_poll_ends_the_first_with_conflict(api: Caller, client_phone: Phone) -> None:
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(api.refused("getUpdates", timeout=20))
        await asyncio.sleep(0.05)
        second = tasks.create_task(api("getUpdates", timeout=20))
        await asyncio.sleep(0.05)
        await client_phone.say("now")
    assert first.result() == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )
    assert len(second.result()) == 1


async def test_kinds_not_asked_for_are_not_queued(api: Caller, client_phone: Phone) -> None:
    await api("getUpdates", allowed_updates=["callback_query"])
    await client_phone.say("a")
    assert await api("getUpdates") == []
    await api("getUpdates", allowed_updates=[])
    await client_phone.say("b")
    assert len(await api("getUpdates")) == 1


async def test_ids_that_jump_down_are_delivered_all_the_same(api: Caller, client_phone: Phone) -> None:
    await client_phone.say("a")
    last = (await api("getUpdates"))[-1]["update_id"]
    await api("getUpdates", offset=last + 1)
    await api.play("/play/updates", jump=-1_000_000)
    await client_phone.say("b")
    found = await api("getUpdates", offset=last + 1)
    assert [update["message"]["text"] for update in found] == ["b"]
    assert found[0]["update_id"] < last


async def test_a_webhook_gets_each_update_until_it_takes_it(api: Caller, client_phone: Phone) -> None:
    got: list[tuple[str, Any]] = []

    async def hook(request: Request) -> Response:
        got.append((request.headers["x-telegram-bot-api-secret-token"], await request.json()))
        return Response(status_code=503 if len(got) == 1 else 200)

    app = Starlette(routes=[Route("/hook", hook, methods=["POST"])])
    receiver = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(receiver._serve())
        while not receiver.started:
            assert not running.done()
            await asyncio.sleep(0.01)
        port = receiver.servers[0].sockets[0].getsockname()[1]
        await api("setWebhook", url=f"http://127.0.0.1:{port}/hook", secret_token="s-3_T")
        assert "webhook is active" in await api.refused("getUpdates")
        await client_phone.say("a")
        async with asyncio.timeout(10):
            while len(got) < 2 or (await api("getWebhookInfo"))["pending_update_count"]:
                await asyncio.sleep(0.02)
        info = await api("getWebhookInfo")
        await api("deleteWebhook")
        receiver.should_exit = True
    assert [secret for secret, _ in got] == ["s-3_T", "s-3_T"]
    assert got[0][1] == got[1][1]
    assert "503" in info["last_error_message"]
    assert await api("getUpdates") == []


async def test_webhooks_elsewhere_and_odd_secrets_are_refused(api: Caller) -> None:
    assert "this machine only" in await api.refused("setWebhook", url="https://example.org/hook")
    url = "http://127.0.0.1:1/hook"
    assert "unallowed characters" in await api.refused("setWebhook", url=url, secret_token="a b")
    assert "unallowed characters" in await api.refused("setWebhook", url=url, secret_token="a" * 257)


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ("https://t.me/lotse_playground_bot?start=Abc_-9", "/start Abc_-9"),
        ("t.me/Lotse_Playground_Bot?start=" + "a" * 64, "/start " + "a" * 64),
        ("tg://resolve?domain=lotse_playground_bot&start=x", "/start x"),
        ("https://t.me/lotse_playground_bot?start=" + "a" * 65, "/start"),
        ("https://t.me/lotse_playground_bot?start=a%20b", "/start"),
        ("https://t.me/lotse_playground_bot", "/start"),
    ],
)
async def test_deep_links_become_start_or_lose_their_payload(api: Caller, link: str, text: str) -> None:
    await api.play("/play/open", user_id=7002, link=link)
    message = (await api("getUpdates"))[-1]["message"]
    assert message["text"] == text
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]


async def test_links_elsewhere_do_not_open_the_bot(api: Caller) -> None:
    response = await api.client.post(
        "/play/open", json={"user_id": 7002, "link": "https://t.me/other_bot?start=a"}
    )
    assert response.status_code == 400
    assert "does not lead" in response.json()["error"]


@pytest.mark.parametrize("kind", ["photo", "sticker", "voice", "video", "document", "location", "contact"])
async def test_phones_send_what_is_not_text(api: Caller, client_phone: Phone, kind: str) -> None:
    await client_phone.send(kind)
    assert kind in (await api("getUpdates"))[0]["message"]


async def test_a_long_text_arrives_in_parts_and_an_odd_one_clean(api: Caller, client_phone: Phone) -> None:
    await client_phone.say("x" * 10_000)
    await client_phone.say("a\x00\ud800\u202eb")
    texts = [update["message"]["text"] for update in await api("getUpdates")]
    assert [len(text) for text in texts[:3]] == [4096, 4096, 1808]
    assert texts[3] == "a \ufffdb"


async def test_taps_presses_edits_and_blocks_become_updates(api: Caller, client_phone: Phone) -> None:
    markup = {"inline_keyboard": [[{"text": "A", "callback_data": "1"}, {"text": "B", "callback_data": "2"}]]}
    await api("sendMessage", chat_id=7001, text="choose", reply_markup=markup)
    keys = {"keyboard": [["Ja", {"text": "Hier", "request_location": True}]], "one_time_keyboard": True}
    sent = await api("sendMessage", chat_id=7001, text="keys", reply_markup=keys)
    assert "reply_markup" not in sent
    assert (await client_phone.view())["keyboard"]["keyboard"][0][0] == {"text": "Ja"}
    await client_phone.tap("A", wait=0)
    await client_phone.tap(data="2", wait=0)
    await client_phone.tap(row=0, col=1, wait=0)
    await client_phone.press("Hier")
    said = await client_phone.say("typo")
    await client_phone.do("edit", message_id=said["messages"][0]["message_id"], text="right")
    await client_phone.do("block")
    updates = await api("getUpdates")
    assert [update["callback_query"]["data"] for update in updates[:3]] == ["1", "2", "2"]
    assert updates[3]["message"]["location"]["latitude"] == 48.1089
    assert updates[5]["edited_message"]["text"] == "right"
    assert updates[6]["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert (await client_phone.view())["keyboard"] is None
    with pytest.raises(AssertionError, match="blocked the bot"):
        await client_phone.say("a")


async def test_a_tap_returns_the_answer_the_bot_gave(api: Caller, client_phone: Phone) -> None:
    markup = {"inline_keyboard": [[{"text": "A", "callback_data": "1"}]]}
    await api("sendMessage", chat_id=7001, text="choose", reply_markup=markup)
    async with asyncio.TaskGroup() as tasks:
        tapped = tasks.create_task(client_phone.tap("A"))
        [update] = await api("getUpdates", timeout=10)
        query = update["callback_query"]["id"]
        await api("answerCallbackQuery", callback_query_id=query, text="Danke", show_alert=True)
    assert tapped.result()["answer"] == {"text": "Danke", "show_alert": True, "url": ""}


async def test_groups_forwards_and_raw_updates_reach_the_bot(api: Caller) -> None:
    await api.play("/play/group", user_id=7002, text="hi", chat_id=-100)
    await api.play("/play/forward", user_id=7002, text="old news")
    await api.play("/play/updates", update={"channel_post": {"message_id": 1}})
    await api.play("/play/updates", update={"update_id": 5})
    updates = await api("getUpdates")
    assert updates[0]["message"]["chat"] == {"id": -100, "type": "supergroup", "title": "Group"}
    assert updates[1]["message"]["forward_origin"]["type"] == "hidden_user"
    assert "channel_post" in updates[2]
    assert updates[3] == {"update_id": 5}
    assert await api("leaveChat", chat_id=-100) is True
    assert "not a member" in await api.refused("sendMessage", chat_id=-100, text="a")


async def test_a_tampered_tap_carries_data_no_button_has(api: Caller, client_phone: Phone) -> None:
    sent = await api("sendMessage", chat_id=7001, text="a")
    await client_phone.do("tap", message_id=sent["message_id"], raw_data="evil")
    assert (await api("getUpdates"))[0]["callback_query"]["data"] == "evil"


async def test_a_tap_waits_its_seconds_however_much_changes_meanwhile(
    api: Caller, client_phone: Phone
) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    await api("sendMessage", chat_id=7001, text="a", reply_markup=keyboard)
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(client_phone.tap("Go", wait=5))
        [update] = await api("getUpdates", timeout=5)
        for number in range(30):
            await api("sendMessage", chat_id=7001, text=f"meanwhile {number}")
        await api("answerCallbackQuery", callback_query_id=update["callback_query"]["id"], text="done")
    assert waiting.result()["answer"]["text"] == "done"


@pytest.mark.parametrize(
    "action", [{"login_url": {"url": "https://example.org"}}, {"pay": True}, {"callback_game": {}}]
)
async def test_a_button_of_any_kind_can_be_tapped(
    api: Caller, client_phone: Phone, action: dict[str, Any]
) -> None:
    [(name, value)] = action.items()
    await api(
        "sendMessage", chat_id=7001, text="a", reply_markup={"inline_keyboard": [[{"text": "Go", **action}]]}
    )
    assert await client_phone.tap("Go") == {"action": name, "value": value}


async def test_the_phone_waits_for_what_is_new(api: Caller, client_phone: Phone) -> None:
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(client_phone.wait("second"))
        await api("sendMessage", chat_id=7001, text="first")
        sent = await api("sendMessage", chat_id=7001, text="the second")
    assert waiting.result()["message_id"] == sent["message_id"]
    await api("editMessageText", chat_id=7001, message_id=sent["message_id"], text="changed")
    [changed] = await client_phone.new()
    assert changed["edits"][0]["text"] == "the second"
    with pytest.raises(AssertionError, match="no message on phone"):
        await client_phone.wait("never", seconds=0.1)


async def test_reset_empties_everything_but_keeps_ids_rising(api: Caller, client_phone: Phone) -> None:
    await client_phone.say("a")
    last = (await api("getUpdates"))[-1]["update_id"]
    await api.play("/clock", advance_seconds=3600)
    await api.play("/play/reset")
    assert (await api.play("/clock", verb="GET"))["offset_seconds"] == 0
    assert await client_phone.messages() == []
    await client_phone.open()
    assert (await api("getUpdates", offset=last + 1))[0]["update_id"] > last
