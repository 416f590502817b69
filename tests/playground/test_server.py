"""The server around it: where it listens, who may call, the clock, the event stream, and the command."""

import asyncio
import json
import os
import socket
import sys
from pathlib import Path

import httpx
import pytest

import playground
from playground.constants import PLAYGROUND_TOKEN, TOKEN_VARIABLE
from playground.server import check_start
from tests.playground.conftest import Caller

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.5"])
def test_loopback_addresses_are_taken(host: str) -> None:
    check_start(host, {})
    check_start(host, {TOKEN_VARIABLE: PLAYGROUND_TOKEN})


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.org", ""])
def test_other_addresses_are_refused(host: str) -> None:
    with pytest.raises(playground.StartRefused, match="this machine only"):
        check_start(host, {})


def test_it_does_not_start_beside_a_real_token() -> None:
    with pytest.raises(playground.StartRefused) as caught:
        check_start("127.0.0.1", {TOKEN_VARIABLE: "123:secret"})
    assert "secret" not in str(caught.value)
    assert TOKEN_VARIABLE in str(caught.value)


async def run(*arguments: str, **environ: str) -> tuple[int, str]:
    inherited = {name: value for name, value in os.environ.items() if name != TOKEN_VARIABLE}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "playground", *arguments,
        cwd=ROOT, env=inherited | environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


async def test_a_port_in_use_is_one_clear_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, output = await run("--port", str(port))
    assert code == 2
    assert output == f"Port {port} is in use: end what runs there or choose another with --port.\n"


async def test_the_command_refuses_a_real_token_and_other_addresses() -> None:
    assert await run(**{TOKEN_VARIABLE: "123:secret"}) == (
        2,
        f"{TOKEN_VARIABLE} is set: the playground does not run beside a real bot token.\n",
    )
    code, output = await run("--host", "0.0.0.0", "--port", "0")
    assert code == 2
    assert "this machine only" in output


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "localhost:1"}, 200),
        ({"host": "[::1]:1"}, 200),
        ({"host": "evil.example"}, 403),
        ({"host": "127.0.0.1.evil.example"}, 403),
        ({"host": "localhost:1", "origin": "http://localhost:1"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"host": "localhost:1", "origin": "http://localhost:2"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
    ],
)
async def test_only_this_machine_and_its_own_page_may_call(
    api: Caller, headers: dict[str, str], status: int
) -> None:
    for path in ("/clock", f"/bot{PLAYGROUND_TOKEN}/getMe"):
        assert (await api.client.get(path, headers=headers)).status_code == status


async def test_the_page_allows_nothing_from_elsewhere(api: Caller) -> None:
    page = await api.client.get("/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "style=" not in page.text
    assert "<script>" not in page.text
    for name in ("style.css", "page.js", "icon.svg"):
        assert (await api.client.get(f"/page/{name}")).status_code == 200
    assert (await api.client.get("/page/..%2fserver.py")).status_code == 404


async def test_the_clock_moves_and_dates_follow(api: Caller, client_phone: playground.Phone) -> None:
    assert (await api.play("/clock", verb="GET"))["offset_seconds"] == 0
    before = (await api("sendMessage", chat_id=7001, text="a"))["date"]
    moved = await api.play("/clock", advance_seconds=3 * 86400)
    assert moved["offset_seconds"] == 3 * 86400
    after = (await api("sendMessage", chat_id=7001, text="a"))["date"]
    assert 3 * 86400 <= after - before < 3 * 86400 + 60
    back = await api.play("/clock", now="2027-03-28T01:59:00+01:00")
    assert back["now"].startswith("2027-03-28T00:59:0")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"now": "2027-01-01T00:00:00"},
        {"now": "soon"},
        {"advance_seconds": 1e18},
        {"advance_seconds": "x"},
    ],
)
async def test_a_time_that_is_none_is_refused_and_changes_nothing(
    api: Caller, body: dict[str, object]
) -> None:
    response = await api.client.post("/clock", json=body)
    assert response.status_code == 400
    assert response.json()["error"]
    assert (await api.play("/clock", verb="GET"))["offset_seconds"] == 0


async def test_the_event_stream_tells_the_clock_first_and_then_changes(api: Caller) -> None:
    seen: list[tuple[str, dict[str, object]]] = []
    async with (
        httpx.AsyncClient(base_url=api.server.url, timeout=10) as other,
        other.stream("GET", "/play/events") as response,
    ):
        assert response.headers["content-type"].startswith("text/event-stream")
        name = ""
        async for line in response.aiter_lines():
            key, _, value = line.partition(": ")
            name = value if key == "event" else name
            if key != "data":
                continue
            seen.append((name, json.loads(value)))
            if len(seen) == 1:
                await api.play("/clock", advance_seconds=60)
                await api.play("/play/say", user_id=7001, text="سلام")
            if len(seen) == 3:
                break
    assert [name for name, _ in seen] == ["clock", "clock", "message"]
    assert seen[0][1]["offset_seconds"] == 0
    assert seen[1][1]["offset_seconds"] == 60
    assert seen[2][1]["chat_id"] == 7001


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/play/say", {"user_id": 1, "text": "a"}, 404),
        ("/play/say", {"user_id": 7001}, 400),
        ("/play/say", {"user_id": 7001, "text": " "}, 400),
        ("/play/tap", {"user_id": 7001, "button": "x"}, 404),
        ("/play/press", {"user_id": 7001, "text": "x"}, 404),
        ("/play/send", {"user_id": 7001, "kind": "elephant"}, 400),
        ("/play/users", {"id": 7001}, 409),
    ],
)
async def test_requests_that_cannot_be_done_say_why(
    api: Caller, path: str, body: dict[str, object], status: int
) -> None:
    response = await api.client.post(path, json=body)
    assert response.status_code == status
    assert len(response.json()["error"]) > 5


async def test_people_are_made_by_the_thousand(api: Caller) -> None:
    made = await api.play("/play/users", id=100_000, count=3000, language_code="uk", started=True)
    assert len(made["users"]) == 3000
    assert (await api("sendMessage", chat_id=102_999, text="a"))["chat"]["id"] == 102_999


async def test_notes_reach_the_page(api: Caller) -> None:
    link = "https://t.me/lotse_playground_bot?start=abc"
    await api.play("/play/notes", title="Invitation", link=link, phone="coordinator")
    state = await api.play("/play/state", verb="GET")
    assert state["notes"] == [{"title": "Invitation", "link": link, "phone": "coordinator"}]
    assert [phone["user"]["role"] for phone in state["phones"]] == ["client", "volunteer", "coordinator"]
