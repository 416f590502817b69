"""Translators over the wire: Google's format from a local TLS server, LibreTranslate's API, and how politely they are asked."""

import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import httpx
import pytest
import trustme

from i18n.breaker import Breaker
from i18n.libre import LibreTranslator
from i18n.machine import GoogleTranslator
from i18n.translation import Polite, RefusedError, TranslationError


@dataclass
class Service:
    """What the server does next, and what it was asked: (text, source, target)."""

    port: int
    faults: list[str] = field(default_factory=list)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)


def google(text: str, target: str) -> str:
    """An answer as translate.google.com writes it."""
    parts = [None, None, None, False, None, [[f"{target}:{text}" if target else text, []]]]
    inner = json.dumps([[text], [[parts]], "de"])
    body = json.dumps([["wrb.fr", "MkEWBc", inner, None, None, None, "generic"]])
    return f')]}}\'\n\n{len(body)}\n{body}\n25\n[["di",30]]\n'


class Handler(BaseHTTPRequestHandler):
    service: Service

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path.startswith("/translate"):
            said = json.loads(raw)
            text, source, target = said["q"], said["source"], said["target"]
        else:
            outer = json.loads(parse_qs(raw)["f.req"][0])
            text, source, target, _ = json.loads(outer[0][0][1])[0]
        self.service.asked.append((text, source, target))
        fault = self.service.faults.pop(0) if self.service.faults else ""
        if fault == "hang":
            self.service.release.wait(20)
        if fault == "cut":
            self.connection.close()
            return
        answers = {"": google(text, target), "libre": json.dumps({"translatedText": f"{target}:{text}"})}
        answers |= {
            "garbage": "<html>nothing</html>",
            "half": google(text, target)[:40],
            "empty": google(" ", ""),
        }
        answers |= {"wrong": json.dumps({"error": "?"})}
        body = answers.get(fault, answers[""]).encode()
        self.send_response({"429": 429, "500": 500}.get(fault, 200))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def service(authority: trustme.CA) -> Iterator[Service]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    handler = type("Bound", (Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    found = Service(server.server_port)
    handler.service = found  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    found.release.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def trusted(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
def google_translator(service: Service, trusted: ssl.SSLContext) -> Iterator[GoogleTranslator]:
    client = httpx.Client(verify=trusted, timeout=2.0)
    yield GoogleTranslator(f"127.0.0.1:{service.port}", client=client)
    client.close()


class Clock:
    """Seconds that pass only by waiting."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@pytest.mark.parametrize("target", ["ar", "ti", "ckb", "am", "so", "ps"])
async def test_google_is_asked_in_its_own_format_for_languages_the_library_does_not_know(
    service: Service, google_translator: GoogleTranslator, target: str
) -> None:
    assert await google_translator.translate("Deutschkurs ⟦0⟧", "de", target) == f"{target}:Deutschkurs ⟦0⟧"
    assert service.asked == [("Deutschkurs ⟦0⟧", "de", target)]


async def test_kurmanji_is_what_google_calls_kurdish(
    service: Service, google_translator: GoogleTranslator
) -> None:
    await google_translator.translate("Kurs", "de", "kmr")
    assert service.asked[0][2] == "ku"


@pytest.mark.parametrize("fault", ["429", "500", "garbage", "half", "empty", "cut", "hang"])
async def test_every_kind_of_trouble_is_a_translation_error_that_repeats_no_text(
    service: Service, google_translator: GoogleTranslator, fault: str
) -> None:
    service.faults = [fault]
    with pytest.raises(RefusedError if fault == "429" else TranslationError) as failed:
        await google_translator.translate("Geheimer Kurs", "de", "ar")
    assert "Geheimer" not in str(failed.value)


async def test_a_failure_is_tried_once_more_and_a_refusal_after_a_longer_pause(
    service: Service, google_translator: GoogleTranslator
) -> None:
    clock = Clock()
    polite = Polite(google_translator, monotonic=clock, sleep=clock.sleep, per_minute=60_000)
    service.faults = ["500"]
    assert await polite.translate("Kurs", "de", "fr") == "fr:Kurs"
    service.faults = ["429"]
    assert await polite.translate("Kurs", "de", "fr") == "fr:Kurs"
    assert clock.waits == [2.0, 20.0]


async def test_a_service_that_hangs_is_given_up_in_time(
    service: Service, google_translator: GoogleTranslator
) -> None:
    clock = Clock()
    polite = Polite(google_translator, monotonic=clock, sleep=clock.sleep, timeout=0.1, per_minute=60_000)
    service.faults = ["hang", "hang"]
    with pytest.raises(TranslationError, match="too long"):
        await polite.translate("Kurs", "de", "fr")
    service.release.set()


async def test_a_service_that_is_down_is_left_alone_for_a_while(
    service: Service, google_translator: GoogleTranslator
) -> None:
    clock = Clock()
    breaker = Breaker(clock, limit=2, pause=300.0)
    polite = Polite(google_translator, monotonic=clock, sleep=clock.sleep, per_minute=60_000, breaker=breaker)
    service.faults = ["500"] * 4
    for _ in range(5):
        with pytest.raises(TranslationError):
            await polite.translate("Kurs", "de", "fr")
    assert len(service.asked) == 4
    clock.now += 301
    assert await polite.translate("Kurs", "de", "fr") == "fr:Kurs"


async def test_libretranslate_is_the_same_to_whoever_asks(service: Service, trusted: ssl.SSLContext) -> None:
    async with httpx.AsyncClient(verify=trusted) as client:
        translator = LibreTranslator(f"https://127.0.0.1:{service.port}/", "key", client=client)
        service.faults = ["libre"]
        assert await translator.translate("Kurs", "de", "uk") == "uk:Kurs"
        for fault, error in {"429": RefusedError, "500": TranslationError, "wrong": TranslationError}.items():
            service.faults = [fault]
            with pytest.raises(error):
                await translator.translate("Kurs", "de", "uk")
