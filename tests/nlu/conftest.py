"""Small languages for tests of rules, and servers for tests of the client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from nlu.lexicon import Lexicon, compile_lexicon
from tests.nlu.fakes import FakeRasa, Seconds

ENGLISH = {
    "keywords": {
        "find_german_course": ["german course*", "course*"],
        "find_housing": ["flat*", "room*"],
        "show_appointments": ["my appointment*", "appointment*"],
        "cancel_appointment": ["cancel appointment", "cancel my appointment"],
        "greet": ["hello"],
        "emergency": ["knife*"],
    },
    "entities": {
        "place": {"Haar": ["haar*"], "Unterschleißheim": ["lohhof"]},
        "level": {"A1": ["beginner*"], "literacy": ["cannot read"]},
        "audience": {"women": ["women", "for women"]},
        "childcare": ["with childcare"],
        "daytime": {"evening": ["evening*"]},
    },
    "concepts": {
        "knife": ["knife*"],
        "fire": ["fire", "burn*"],
        "suicide": ["kill myself"],
        "unconscious": ["wake up"],
        "child": ["daughter*"],
    },
    "emergency": {
        "phrases": ["kill myself", "does not wake up", "doesn't wake up", "112"],
        "together": [[["husband*", "man"], ["knife*", "hits"]], [["house", "kitchen"], ["fire", "burn*"]]],
        "unless": ["film*", "last year", "when to call 112"],
    },
}
ARABIC = {
    "keywords": {"find_german_course": ["كورس", "دوره"]},
    "entities": {"place": {"Haar": ["هار"]}, "childcare": ["حضانة"]},
    "concepts": {"fire": ["حريق"]},
    "emergency": {"phrases": ["حريق", "زوجي يضربني", "112"], "together": [], "unless": ["تدريب"]},
}


@pytest.fixture
def lexicons() -> dict[str, Lexicon]:
    return {"en": compile_lexicon("en", ENGLISH), "ar": compile_lexicon("ar", ARABIC)}


@asynccontextmanager
async def _running(rasa: FakeRasa, server: asyncio.Server, address: str) -> AsyncIterator[FakeRasa]:
    rasa.address = address
    try:
        yield rasa
    finally:
        server.close()


@pytest.fixture
async def rasa() -> AsyncIterator[FakeRasa]:
    fake = FakeRasa()
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    async with _running(fake, server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"):
        yield fake


@pytest.fixture
async def rasa_socket(tmp_path: Path) -> AsyncIterator[FakeRasa]:
    fake = FakeRasa()
    path = tmp_path / "nlu.sock"
    server = await asyncio.start_unix_server(fake.serve, str(path))
    async with _running(fake, server, str(path)):
        yield fake


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()
