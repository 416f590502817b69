"""R10, P6: whatever the NLU server does, the caller gets an answer or NluUnavailable, and nobody else gets the text."""

import asyncio
import json
import logging
import traceback

import pytest

from nlu.client import MAX_TEXT, NluClient
from nlu.errors import NluUnavailable
from nlu.types import Intent
from nlu.understanding import Understander
from tests.nlu.fakes import FakeRasa, Seconds, rasa_answer

CANARY = "kanarienvogel-4711"
GARBAGE: list[bytes] = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"x"',
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    json.dumps(rasa_answer()).replace("0.9", "NaN").encode(),
    json.dumps(rasa_answer()).replace("0.9", "Infinity").encode(),
    json.dumps(rasa_answer()).replace("0.9", "1e999").encode(),
    json.dumps(rasa_answer()).replace("0.9", "9" * 5000).encode(),
    json.dumps(rasa_answer()).replace("0.9", "true").encode(),
    json.dumps(rasa_answer()).replace("0.9", '"0.9"').encode(),
    json.dumps(rasa_answer(intent="order_pizza")).encode(),
    json.dumps({**rasa_answer(), "intent": None}).encode(),
    json.dumps({**rasa_answer(), "intent": {"name": 3, "confidence": 1}}).encode(),
    json.dumps({**rasa_answer(), "intent_ranking": {"a": 1}}).encode(),
    json.dumps({**rasa_answer(), "intent_ranking": [1]}).encode(),
    json.dumps({**rasa_answer(), "entities": "none"}).encode(),
    json.dumps({"intent": {"name": "greet", "confidence": 1.0}}).encode(),
    json.dumps(rasa_answer(entities=[{"entity": "place", "value": ["Haar"], "start": 0, "end": 1}])).encode(),
    json.dumps(
        rasa_answer(entities=[{"entity": "place", "value": "Haar", "start": 0, "end": 10**9}])
    ).encode(),
    json.dumps(
        rasa_answer(entities=[{"entity": "place", "value": "Haar", "start": True, "end": 2}])
    ).encode(),
    json.dumps(rasa_answer(entities=[{"entity": "place"}])).encode(),
    json.dumps({**rasa_answer(), "details": ["level=A1"]}).encode(),
    json.dumps({**rasa_answer(), "details": {"level=A1": "much"}}).encode(),
    json.dumps({**rasa_answer(), "details": {"level=A1": True}}).encode(),
    json.dumps({**rasa_answer(), "details": {str(n): 0.0 for n in range(101)}}).encode(),
    json.dumps({**rasa_answer(), "padding": "x" * 10_000_000}).encode(),
]


async def test_a_good_answer(rasa: FakeRasa, seconds: Seconds) -> None:
    rasa.answer = rasa_answer(
        entities=[{"entity": "place", "value": "Haar", "start": 8, "end": 12, "extractor": "x"}]
    )
    async with NluClient(rasa.address, monotonic=seconds) as client:
        found = await client.parse("Zimmer, Haar")
        assert await client.ready()
    assert (found.intent, found.confidence, found.source) == (Intent.FIND_HOUSING, 0.9, "model")
    assert [guess.intent for guess in found.ranking] == [
        Intent.FIND_HOUSING,
        Intent.FIND_OFFICE,
        Intent.FIND_WORK,
    ]
    assert [(e.entity, e.value, e.start, e.end) for e in found.entities] == [("place", "Haar", 8, 12)]
    assert rasa.targets == ["POST /model/parse HTTP/1.1", "GET /status HTTP/1.1"]
    assert json.loads(rasa.bodies[0]) == {"text": "Zimmer, Haar"}


async def test_over_a_socket(rasa_socket: FakeRasa, seconds: Seconds) -> None:
    for address in (rasa_socket.address, f"unix:{rasa_socket.address}"):
        async with NluClient(address, monotonic=seconds) as client:
            assert (await client.parse("Zimmer")).intent is Intent.FIND_HOUSING


async def test_a_token_and_a_path_of_a_rasa_server_are_kept(rasa: FakeRasa, seconds: Seconds) -> None:
    async with NluClient(f"{rasa.address}/rasa/?token=abc", monotonic=seconds) as client:
        await client.parse("Zimmer")
        assert "abc" not in repr(client)
    assert rasa.targets == ["POST /rasa/model/parse?token=abc HTTP/1.1"]


async def test_what_is_sent_is_short_and_sendable(rasa: FakeRasa, seconds: Seconds) -> None:
    async with NluClient(rasa.address, monotonic=seconds) as client:
        await client.parse("a\x00\ud800" + "b" * 10_000)
    sent = json.loads(rasa.bodies[0])["text"]
    assert len(sent) == MAX_TEXT
    assert sent.startswith("a \ufffdb")


async def test_rasas_own_fallback_is_out_of_scope(rasa: FakeRasa, seconds: Seconds) -> None:
    rasa.answer = rasa_answer(intent="nlu_fallback")
    async with NluClient(rasa.address, monotonic=seconds) as client:
        assert (await client.parse("Zimmer")).intent is Intent.OUT_OF_SCOPE


@pytest.mark.parametrize("address", ["", "ftp://x", "unix:"])
def test_other_addresses_are_refused(address: str, seconds: Seconds) -> None:
    with pytest.raises(ValueError, match="socket path or an http"):
        NluClient(address, monotonic=seconds)


@pytest.mark.parametrize("raw", GARBAGE, ids=range(len(GARBAGE)))
async def test_garbage_is_unavailable(rasa: FakeRasa, seconds: Seconds, raw: bytes) -> None:
    rasa.raw = raw
    async with NluClient(rasa.address, monotonic=seconds) as client:
        with pytest.raises(NluUnavailable):
            await client.parse("Zimmer")
        rasa.raw = None
        assert (await client.parse("Zimmer")).intent is Intent.FIND_HOUSING


@pytest.mark.parametrize("mode", ["hang", "drip", "half", "drop", "error", "redirect"])
async def test_a_broken_server_is_unavailable(rasa: FakeRasa, seconds: Seconds, mode: str) -> None:
    rasa.mode = mode
    async with NluClient(rasa.address, monotonic=seconds, timeout_seconds=0.2) as client:
        with pytest.raises(NluUnavailable):
            await asyncio.wait_for(client.parse("Zimmer"), 5)
        assert client.status().failures == 1
        assert client.status().last_error


async def test_nobody_listens(seconds: Seconds, tmp_path: object) -> None:
    for address in ("http://127.0.0.1:9", f"{tmp_path}/nothing.sock"):
        async with NluClient(address, monotonic=seconds) as client:
            with pytest.raises(NluUnavailable):
                await client.parse("Zimmer")
            assert not await client.ready()


async def test_the_breaker_opens_probes_and_closes(rasa: FakeRasa, seconds: Seconds) -> None:
    rasa.mode = "error"
    async with NluClient(rasa.address, monotonic=seconds) as client:
        for _ in range(20):
            with pytest.raises(NluUnavailable):
                await client.parse("Zimmer")
        assert len(rasa.bodies) == 5
        assert client.status().state == "open"

        seconds.now += 10
        assert client.status().state == "half_open"
        with pytest.raises(NluUnavailable):
            await client.parse("Zimmer")
        assert (len(rasa.bodies), client.status().state) == (6, "open")

        seconds.now += 10
        rasa.mode = "answer"
        await client.parse("Zimmer")
        assert (client.status().state, client.status().failures, client.status().last_error) == (
            "closed",
            0,
            None,
        )


async def test_one_probe_at_a_time_and_a_cancelled_one_makes_room(rasa: FakeRasa, seconds: Seconds) -> None:
    rasa.mode = "error"
    async with NluClient(rasa.address, monotonic=seconds) as client:
        for _ in range(5):
            with pytest.raises(NluUnavailable):
                await client.parse("Zimmer")
        seconds.now += 10
        rasa.mode = "hang"
        rasa.asked.clear()
        async with asyncio.TaskGroup() as group:
            probe = group.create_task(client.parse("Zimmer"))
            await asyncio.wait_for(rasa.asked.wait(), 5)
            with pytest.raises(NluUnavailable, match="lately"):
                await client.parse("Zimmer")
            probe.cancel()
        rasa.mode = "answer"
        assert (await client.parse("Zimmer")).intent is Intent.FIND_HOUSING


async def test_the_text_is_in_no_log_and_no_error(
    rasa: FakeRasa, seconds: Seconds, caplog: pytest.LogCaptureFixture, lexicons: dict[str, object]
) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []
    async with NluClient(rasa.address, monotonic=seconds, timeout_seconds=0.2) as client:
        for mode in ("answer", "hang", "half", "drop", "error"):
            rasa.mode = mode
            rasa.raw = f'{{"text": "{CANARY}", "intent": NaN}}'.encode()
            with pytest.raises(NluUnavailable) as caught:
                await client.parse(CANARY)
            assert caught.value.__context__ is None
            seen += ["".join(traceback.format_exception(caught.value)), repr(caught.value)]
        seen += [repr(client), str(client.status())]
    seen += [record.getMessage() for record in caplog.records]
    assert len(seen) > 10
    assert not [line for line in seen if CANARY in line]


@pytest.mark.parametrize("mode", ["answer", "hang", "half", "error", "garbage", "refuse"])
async def test_a_thousand_messages_are_answered(
    rasa: FakeRasa, seconds: Seconds, mode: str, lexicons: dict
) -> None:  # type: ignore[type-arg]
    rasa.mode = mode
    rasa.raw = b"{" if mode == "garbage" else None
    address = "http://127.0.0.1:9" if mode == "refuse" else rasa.address
    async with NluClient(address, monotonic=seconds, timeout_seconds=0.2) as client:
        understander = Understander(client, lexicons)
        sources = {(await understander.understand("I need a flat in Haar", "en")).source for _ in range(1000)}
    assert sources == ({"model"} if mode == "answer" else {"keywords"})
    assert mode == "answer" or len(rasa.bodies) <= 5
