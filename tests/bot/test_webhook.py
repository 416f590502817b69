"""The webhook takes updates from Telegram alone, and says yes only when they are safe."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.webhook import MAX_BODY, SECRET_HEADER, webhook_app
from lotse import process
from lotse.process import run_bot
from lotse.runtime import StartError, webhook_of
from lotse.settings import Settings
from tests.bot.world import CLIENT, LotseWorld, data_of

SECRET = "s" * 43
UPDATE = {"update_id": 7}


class Taken(list[dict[str, Any]]):
    """What was handed on; `broken` makes the storing fail."""

    broken = False

    async def __call__(self, updates: list[dict[str, Any]]) -> None:
        if self.broken:
            raise OSError
        self.extend(updates)


@pytest.fixture
def taken() -> Taken:
    return Taken()


@pytest.fixture
async def telegram(taken: Taken) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(webhook_app(SECRET, taken), raise_app_exceptions=False)
    headers = {SECRET_HEADER: SECRET, "content-type": "application/json"}
    async with httpx.AsyncClient(transport=transport, base_url="http://lotse", headers=headers) as client:
        yield client


async def test_an_update_is_taken(telegram: httpx.AsyncClient, taken: Taken) -> None:
    answer = await telegram.post("/telegram", json=UPDATE)
    assert (answer.status_code, answer.text) == (200, "")
    assert taken == [UPDATE]


async def test_nothing_is_confirmed_that_was_not_stored(telegram: httpx.AsyncClient, taken: Taken) -> None:
    taken.broken = True
    assert (await telegram.post("/telegram", json=UPDATE)).status_code == 500


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("https://bot.example.org", "https://bot.example.org/telegram"),
        ("https://bot.example.org/", "https://bot.example.org/telegram"),
        ("https://bot.example.org:8443/of/its/own", "https://bot.example.org:8443/of/its/own"),
    ],
)
def test_telegram_is_told_the_path_that_answers(given: str, told: str) -> None:
    settings = Settings(webhook_url=given, webhook_secret=SecretStr(SECRET))
    assert webhook_of(settings) == (told, SECRET)


def test_a_webhook_without_a_secret_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="LOTSE_WEBHOOK_SECRET"):
        run_bot(Settings(webhook_url="https://bot.example.org", var=tmp_path))


def test_what_ends_a_start_is_found_in_however_many_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(_settings: Settings) -> None:
        raise ExceptionGroup("", [ExceptionGroup("", [StartError("a sentence")])])

    monkeypatch.setattr(process, "need_schema", lambda _: None)
    monkeypatch.setattr(process, "fitting_keyring", lambda _: None)
    monkeypatch.setattr(process, "_run", fails)
    with pytest.raises(StartError, match="a sentence"):
        run_bot(Settings(var=tmp_path))


@pytest.mark.parametrize(
    "secret", [None, "", "wrong", SECRET[:-1], SECRET + "s", "S" * 43, "ü" * 43, "s" * 100_000]
)
async def test_a_wrong_secret(telegram: httpx.AsyncClient, taken: Taken, secret: str | None) -> None:
    del telegram.headers[SECRET_HEADER]
    headers = {} if secret is None else {SECRET_HEADER.encode(): secret.encode()}
    answer = await telegram.post("/telegram", json=UPDATE, headers=headers)
    assert (answer.status_code, answer.text) == (403, "")
    assert taken == []


@pytest.mark.parametrize(("method", "path", "status"), [
    ("POST", "/", 404),
    ("POST", "/telegram/", 404),
    ("POST", "/bot", 404),
    ("POST", "/telegram/../etc/passwd", 404),
    ("GET", "/telegram", 405),
    ("PUT", "/telegram", 405),
    ("DELETE", "/telegram", 405),
])  # fmt: skip
async def test_a_wrong_way_in(
    telegram: httpx.AsyncClient, taken: Taken, method: str, path: str, status: int
) -> None:
    telegram.follow_redirects = True
    answer = await telegram.request(method, path, json=UPDATE)
    assert answer.status_code == status
    assert taken == []


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"]
)
async def test_a_wrong_content_type(telegram: httpx.AsyncClient, taken: Taken, content_type: str) -> None:
    answer = await telegram.post(
        "/telegram", content=json.dumps(UPDATE), headers={"content-type": content_type}
    )
    assert answer.status_code == 415
    assert taken == []


async def test_a_charset_is_allowed(telegram: httpx.AsyncClient, taken: Taken) -> None:
    headers = {"content-type": "application/json; charset=utf-8"}
    assert (await telegram.post("/telegram", content=json.dumps(UPDATE), headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"null",
        b'"update"',
        b"{}",
        b'{"update_id": "7"}',
        b'{"update_id": null}',
        b'{"update_id": 7.5}',
        b'{"update_id": true}',
        b"\xff\xfe",
        b"[" * 10_000,
        b'{"update_id":' * 10_000,
        b'{"update_id": ' + b"9" * 5000 + b"}",
        b'{"update_id": 99999999999999999999}',
    ],
)
async def test_what_is_no_update(telegram: httpx.AsyncClient, taken: Taken, body: bytes) -> None:
    answer = await telegram.post("/telegram", content=body)
    assert (answer.status_code, answer.text) == (400, "")
    assert taken == []


async def test_a_body_that_is_too_large_is_not_read_to_its_end(
    telegram: httpx.AsyncClient, taken: Taken
) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while read < 50 * MAX_BODY:
            read += 100_000
            yield b"x" * 100_000

    answer = await telegram.post("/telegram", content=endless())
    assert answer.status_code == 413
    assert read < 2 * MAX_BODY
    assert taken == []


async def test_the_largest_body_is_taken(telegram: httpx.AsyncClient, taken: Taken) -> None:
    body = json.dumps(UPDATE | {"x": ""})
    padded = json.dumps(UPDATE | {"x": "x" * (MAX_BODY - len(body))})
    assert len(padded) == MAX_BODY
    assert (await telegram.post("/telegram", content=padded)).status_code == 200


async def test_an_update_by_webhook_is_answered_like_any_other(lotse: LotseWorld) -> None:
    amira = await lotse.arrives(CLIENT, "en")
    transport = httpx.ASGITransport(webhook_app(SECRET, lotse.lotse.intake.take))
    person = {"id": CLIENT, "is_bot": False, "first_name": "A", "language_code": "en"}
    message = {
        "message_id": 5, "date": 1, "text": "/menu", "from": person, "chat": {"id": CLIENT, "type": "private"},
        "entities": [{"type": "bot_command", "offset": 0, "length": 5}],
    }  # fmt: skip
    async with httpx.AsyncClient(transport=transport, base_url="http://lotse") as client:
        send = [
            client.post(
                "/telegram", json={"update_id": 5, "message": message}, headers={SECRET_HEADER: SECRET}
            )
            for _ in range(3)
        ]
        answers = await asyncio.gather(*send)
    assert [answer.status_code for answer in answers] == [200] * 3
    [menu] = await amira.reads()
    assert "topic:german_course" in data_of(menu)
