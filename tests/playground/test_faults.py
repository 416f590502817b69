"""Faults on demand: each one does what it says, as often as it says, and leaves the rest alone."""

import asyncio
from typing import Any

import httpx
import pytest

from playground.errors import ApiError
from playground.phone import Phone
from tests.playground.conftest import Caller

SEND: dict[str, Any] = {"chat_id": 7001, "text": "a"}


async def arrived(phone: Phone) -> list[str]:
    return [message["text"] for message in await phone.messages() if message["from_bot"]]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 500])
async def test_an_error_is_answered_once_without_effect(
    api: Caller, client_phone: Phone, status: int
) -> None:
    await api.play("/play/faults", kind="error", status=status)
    with pytest.raises(ApiError) as caught:
        await api("sendMessage", **SEND)
    assert caught.value.code == status
    assert await arrived(client_phone) == []
    await api("sendMessage", **SEND)
    assert await arrived(client_phone) == ["a"]


async def test_429_draws_its_seconds_from_a_range(api: Caller, client_phone: Phone) -> None:
    await api.play("/play/faults", kind="error", status=429, retry_after=[3, 9], times=20, seed=4)
    seconds = set()
    for _ in range(20):
        with pytest.raises(ApiError) as caught:
            await api("sendMessage", **SEND)
        assert caught.value.parameters is not None
        seconds.add(caught.value.parameters["retry_after"])
    assert len(seconds) > 3
    assert seconds <= set(range(3, 10))


async def test_502_is_a_page_of_html(api: Caller, client_phone: Phone) -> None:
    await api.play("/play/faults", kind="error", status=502)
    response = await api.client.post(f"/bot{api.server.token}/sendMessage", json=SEND)
    assert response.status_code == 502
    assert response.text.startswith("<html>")


@pytest.mark.parametrize(("kind", "texts"), [("cut_before", []), ("cut_after", ["a"])])
async def test_a_cut_leaves_the_caller_in_doubt(
    api: Caller, client_phone: Phone, kind: str, texts: list[str]
) -> None:
    await api.play("/play/faults", kind=kind)
    with pytest.raises(httpx.RemoteProtocolError):
        await api("sendMessage", **SEND)
    assert await arrived(client_phone) == texts
    await api("getMe")


@pytest.mark.parametrize(("applied", "texts"), [(False, []), (True, ["a"])])
async def test_garbage_is_no_json(api: Caller, client_phone: Phone, applied: bool, texts: list[str]) -> None:
    await api.play("/play/faults", kind="garbage", applied=applied)
    with pytest.raises(ValueError):
        await api("sendMessage", **SEND)
    assert await arrived(client_phone) == texts


@pytest.mark.parametrize("applied", [False, True])
async def test_a_hanging_call_has_its_effect_in_the_end(
    api: Caller, client_phone: Phone, applied: bool
) -> None:
    await api.play("/play/faults", kind="hang", seconds=0.4, applied=applied)
    with pytest.raises(httpx.ReadTimeout):
        await api.client.post(f"/bot{api.server.token}/sendMessage", json=SEND, timeout=0.1)
    assert await arrived(client_phone) == (["a"] if applied else [])
    await client_phone.wait("a")


async def test_faults_choose_by_method_chat_and_chance(api: Caller, client_phone: Phone) -> None:
    await api.play("/play/faults", kind="error", methods=["sendDocument"], times=None)
    await api.play("/play/faults", kind="error", chat_id=7002, times=None)
    await api("sendMessage", **SEND)
    await api.play("/play/faults", verb="DELETE")
    await api.play("/play/faults", kind="error", probability=0.5, seed=1, times=None)
    failed = 0
    for _ in range(60):
        try:
            await api("sendMessage", **SEND)
        except ApiError:
            failed += 1
    assert 15 < failed < 45
    [fault] = (await api.play("/play/faults", verb="GET"))["faults"]
    assert fault["hits"] == failed


async def test_updates_come_twice_and_out_of_order(api: Caller, client_phone: Phone) -> None:
    for number in range(20):
        await client_phone.say(str(number))
    await api.play("/play/faults", kind="duplicate_updates", copies=3, seed=1)
    texts = [update["message"]["text"] for update in await api("getUpdates")]
    assert sorted(texts, key=int) == [str(number) for number in range(20) for _ in range(3)]
    assert texts != sorted(texts, key=int)
    assert len(await api("getUpdates")) == 20


async def test_a_lost_confirmation_brings_updates_again(api: Caller, client_phone: Phone) -> None:
    await client_phone.say("a")
    [update] = await api("getUpdates")
    await api.play("/play/faults", kind="confirm_lost")
    assert await api("getUpdates", offset=update["update_id"] + 1) == [update]
    assert await api("getUpdates", offset=update["update_id"] + 1) == []


async def test_an_unknown_fault_is_refused(api: Caller) -> None:
    response = await api.client.post("/play/faults", json={"kind": "flood"})
    assert response.status_code == 400
    assert "there are error" in response.json()["error"]


async def test_the_log_holds_every_call_with_its_end(api: Caller, client_phone: Phone) -> None:
    await api("sendMessage", **SEND)
    await api.play("/play/faults", kind="cut_after", methods=["sendMessage"])
    with pytest.raises(httpx.RemoteProtocolError):
        await api("sendMessage", **SEND)
    await api.refused("sendMessage", chat_id=1, text="x")
    response = await api.client.get("/play/calls", params={"method": "sendmessage"})
    calls = response.json()["calls"]
    assert [(call["ok"], call["fault"], call["error_code"]) for call in calls] == [
        (True, None, None),
        (True, "cut_after", None),
        (False, None, 400),
    ]
    assert calls[1]["params"] == SEND
    assert calls[1]["result"]["text"] == "a"


async def test_waiting_calls_do_not_keep_the_server_from_stopping(api: Caller) -> None:
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(api("getUpdates", timeout=50))
        await asyncio.sleep(0.05)
        async with asyncio.timeout(10):
            await api.server.stop()
    assert waiting.result() == []
