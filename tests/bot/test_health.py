"""What the bot says of itself on loopback: numbers and states, and nothing about anybody."""

import re

import httpx
import pytest

from lotse.health import LONGEST_SILENCE, health_app
from tests.bot.world import LotseWorld


@pytest.fixture
def look(lotse: LotseWorld) -> httpx.AsyncClient:
    app = health_app(lotse.lotse, polling=True)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")


async def test_alive_and_ready(lotse: LotseWorld, look: httpx.AsyncClient) -> None:
    await lotse.arrives(7301)
    assert (await look.get("/healthz")).text == "ok"
    found = await look.get("/readyz")
    assert (found.status_code, found.text) == (200, "ready")


async def test_not_ready_when_telegram_is_silent(lotse: LotseWorld, look: httpx.AsyncClient) -> None:
    await lotse.arrives(7301)
    lotse.server.state.faults.add({"kind": "error", "status": 500, "times": None, "methods": ["getUpdates"]})
    await lotse.moves(seconds=LONGEST_SILENCE + 30)
    found = await look.get("/readyz")
    assert found.status_code == 503
    assert found.text == "Telegram does not answer."
    lotse.server.state.faults.clear()


async def test_numbers_for_prometheus(lotse: LotseWorld, look: httpx.AsyncClient) -> None:
    amira = await lotse.arrives(7301)
    await amira.says("German course in Haar for my sister Samira Canary")
    text = (await look.get("/metrics")).text
    numbers = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(numbers['lotse_updates_total{outcome="done"}']) >= 3
    assert float(numbers['lotse_answers_total{clear="true",source="keywords"}']) >= 1
    assert float(numbers['lotse_sends_total{kind="reply",result="sent"}']) >= 3
    assert float(numbers['lotse_box_rows{box="inbox",state="done"}']) >= 3
    assert float(numbers["lotse_update_seconds_count"]) >= 3
    assert numbers["lotse_database_answers"] == "1.0"
    assert numbers["lotse_oldest_due_seconds"] == "0.0"
    assert float(numbers["lotse_tasks"]) >= 3
    assert "Canary" not in text
    # As a number of its own: the digits may stand in a time.
    assert re.search(r"(?<!\d)7301(?!\d)", text) is None


async def test_what_alerts_ask_for_is_there_before_anything_went_wrong(
    lotse: LotseWorld, look: httpx.AsyncClient
) -> None:
    text = (await look.get("/metrics")).text
    numbers = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    for name in (
        'lotse_updates_total{outcome="given_up"}',
        'lotse_updates_total{outcome="unreadable"}',
        'lotse_duties_failed_total{duty="retention"}',
        'lotse_duties_failed_total{duty="anchor"}',
    ):
        assert name in numbers
    assert float(numbers["lotse_last_update_timestamp_seconds"]) > 0, "a start is no silence of many years"
    states = [name for name in numbers if name.startswith("lotse_nlu_breaker")]
    assert bool(states) == (lotse.lotse.nlu is not None)
