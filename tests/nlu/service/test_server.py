"""The cage: two routes, a private socket, limits, no secrets, no trace of what was asked."""

import os
import shutil
import signal
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.nlu.service.conftest import CANARIES, Running, Start

pytestmark = pytest.mark.model

CANARY = "Kanarienvogel in Straßlach-Dingharting"


def _raw(running: Running, request: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(20)
        caller.connect(str(running.socket))
        caller.sendall(request)
        answer = b""
        while part := caller.recv(65536):
            answer += part
        return answer


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/model/parse"),
        ("POST", "/status"),
        ("HEAD", "/status"),
        ("GET", "/version"),
        ("GET", "/status/"),
        ("PUT", "/model"),
        ("DELETE", "/model"),
        ("POST", "/model/train"),
        ("POST", "/model/test/intents"),
        ("GET", "/domain"),
        ("POST", "/webhooks/rest/webhook"),
        ("GET", "/conversations/default/tracker"),
        ("OPTIONS", "/model/parse"),
    ],
)
def test_every_other_route_is_unknown(service: Running, method: str, path: str) -> None:
    with service.client() as client:
        answer = client.request(method, path)
    assert answer.status_code == 404
    if method != "HEAD":
        assert answer.json()["status"] == "failure"


def test_status_names_the_model(service: Running, model: Path) -> None:
    with service.client() as client:
        answer = client.get("/status").json()
    assert answer["model_file"] == str(model)
    assert answer["model_id"]
    assert answer["num_active_training_jobs"] == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"text": 1}',
        b'{"text": null}',
        b"\xff\xfe",
        b"[" * 30_000,
    ],
)
def test_a_bad_body_is_refused_with_a_sentence(service: Running, body: bytes) -> None:
    with service.client() as client:
        answer = client.post("/model/parse", content=body)
        assert answer.status_code == 400
        assert answer.json()["status"] == "failure"
        assert answer.json()["message"]
        assert client.post("/model/parse", json={"text": "Hallo"}).status_code == 200


def test_a_refusal_does_not_repeat_what_was_sent(service: Running) -> None:
    with service.client() as client:
        answers = [
            client.post("/model/parse", json={"text": CANARY * 100}),
            client.post("/model/parse", content=CANARY.encode()),
            client.get("/" + "kanarienvogel"),
        ]
    assert [answer.status_code for answer in answers] == [400, 400, 404]
    assert not any("anarienvogel" in answer.text for answer in answers)


def test_half_a_surrogate_pair_is_answered(service: Running) -> None:
    with service.client() as client:
        answer = client.post("/model/parse", content=b'{"text": "Kurs \\ud83d in Haar"}')
    assert answer.status_code == 200
    assert [entity["value"] for entity in answer.json()["entities"]] == ["Haar"]


def test_too_large_a_request_is_refused(service: Running) -> None:
    with service.client() as client:
        assert client.post("/model/parse", content=b" " * 70_000).status_code == 413
        assert client.get("/status", headers={"x": "y" * 20_000}).status_code == 431

    chunked = b"POST /model/parse HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
    answer = _raw(service, chunked + b"10000\r\n" + b" " * 65_536 + b"\r\n" + b"10000\r\n" + b" " * 65_536)
    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "request_",
    [b"\x16\x03\x01\x02\x00\x01", b"hello\r\n\r\n", b"GET /status SMTP/1.1\r\n\r\n", b"\x00" * 100],
)
def test_what_is_not_http_is_refused(service: Running, request_: bytes) -> None:
    assert _raw(service, request_).startswith(b"HTTP/1.1 400 ")


def test_requests_one_behind_the_other_are_answered_in_order(service: Running) -> None:
    one = b"GET /status HTTP/1.1\r\nhost: x\r\n\r\n"
    two = b"GET /nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    answer = _raw(service, one + two)
    assert answer.count(b"HTTP/1.1 ") == 2
    assert answer.index(b"200 OK") < answer.index(b"404 Not Found")


def test_the_socket_is_private_and_the_process_carries_no_secret(service: Running) -> None:
    assert stat.S_IMODE(service.socket.stat().st_mode) == 0o600
    environment = Path(f"/proc/{service.process.pid}/environ").read_bytes().decode()
    for name, value in CANARIES.items():
        assert name not in environment
        assert value not in environment
    assert "RASA_TELEMETRY_ENABLED=false" in environment


def test_serving_does_not_load_tensorflow(service: Running) -> None:
    assert "tensorflow" not in Path(f"/proc/{service.process.pid}/maps").read_text()


def test_neither_text_nor_result_is_printed(start: Start) -> None:
    running = start()
    running.wait_until_ready()
    answer = running.parse(CANARY)
    with running.client() as client:
        client.post("/model/parse", content=CANARY.encode())
    running.process.send_signal(signal.SIGTERM)
    running.process.wait(timeout=10)
    printed = running.log.read_text()
    assert "ready" in printed
    for word in ("anarienvogel", "Straßlach", answer["intent"]["name"], "place"):
        assert word not in printed.replace(str(running.socket), "")


def test_rasas_own_loggers_are_silent(in_service: Callable[..., Any]) -> None:
    code = """
import contextlib, io, json, logging, sys
sys.argv = ["server.py"]
printed = io.StringIO()
with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
    from nlu.service import server
    server._silence()
    import structlog
    from nlu.service import model
    structlog.configure(processors=[structlog.processors.JSONRenderer()])
    for name in ("rasa", "rasa.core.processor", "asyncio"):
        logging.getLogger(name).critical("canary")
        structlog.get_logger(name).critical("canary", text="canary")
print(json.dumps(printed.getvalue()))
"""
    assert in_service(code) == ""


def test_it_listens_before_the_model_is_there(start: Start) -> None:
    running = start()
    running.wait_until_listening()
    with running.client() as client:
        first = client.get("/status")
        parse = client.post("/model/parse", json={"text": "Hallo"})
    assert (first.status_code, first.json()["status"]) == (503, "failure")
    assert parse.status_code == 503
    running.wait_until_ready()


def test_sigterm_ends_it_and_takes_the_socket_away(start: Start) -> None:
    running = start()
    running.wait_until_ready()
    with running.client() as client:
        client.get("/status")  # an open connection does not hold it up
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(timeout=5) == 0
    assert not running.socket.exists()


def test_a_socket_left_behind_is_replaced(start: Start, tmp_path: Path) -> None:
    running = start()
    running.wait_until_ready()
    running.process.kill()
    running.process.wait()
    assert running.socket.exists()
    again = start()
    again.wait_until_ready()
    assert again.parse("Hallo")["intent"]["name"] == "greet"


def _refusal(running: Running) -> str:
    assert running.process.wait(timeout=60) == 1
    return running.log.read_text()


def test_a_second_process_leaves_the_first_alone(start: Start) -> None:
    first = start()
    first.wait_until_ready()
    assert "another process already answers" in _refusal(start())
    assert first.parse("Hallo")["intent"]["name"] == "greet"


def test_a_file_in_the_way_is_left_alone(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "precious"
    path.write_text("data")
    assert "is not a socket" in _refusal(start(socket=path))
    assert path.read_text() == "data"


def test_too_long_a_path_is_told(start: Start, tmp_path: Path) -> None:
    assert "longer than 107 bytes" in _refusal(start(socket=tmp_path / ("ä" * 60)))


def test_a_changed_model_is_not_opened(start: Start, model: Path, tmp_path: Path) -> None:
    copy = tmp_path / model.name
    shutil.copyfile(model, copy)
    arguments = ("--model", str(copy), "--socket", str(tmp_path / "n.sock"))
    assert "checksum differs or is missing" in _refusal(start(*arguments))
    shutil.copyfile(f"{model}.sha256", f"{copy}.sha256")
    with copy.open("r+b") as content:
        content.seek(1000)
        content.write(b"changed")
    assert "checksum differs or is missing" in _refusal(start(*arguments))


def test_without_a_model_it_says_how_to_get_one(start: Start, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for place in ("empty", "nowhere.tar.gz"):
        log = _refusal(start("--model", str(tmp_path / place), "--socket", str(tmp_path / "n.sock")))
        assert "train one with nlu/service/train.py" in log


def test_a_port_is_open_on_loopback_only(start: Start, model: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = start("--model", str(model), "--port", str(port))
    running.wait_until_listening()
    assert httpx.get(f"http://127.0.0.1:{port}/status").status_code in {200, 503}
    listening = {
        line.split()[1]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{running.process.pid}/net/{table}").read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
    }
    assert listening == {f"0100007F:{port:04X}"}
    assert "cannot listen on port" in _refusal(start("--model", str(model), "--port", str(port)))


@pytest.mark.parametrize("arguments", [("--port", "70000"), ("--port", "abc"), ("--host", "0.0.0.0")])
def test_other_places_are_refused(start: Start, arguments: tuple[str, ...]) -> None:
    running = start(*arguments)
    assert running.process.wait(timeout=60) != 0
    assert "Traceback" not in running.log.read_text()


def test_the_folder_of_the_socket_is_made_private(start: Start, tmp_path: Path) -> None:
    running = start(socket=tmp_path / "new" / "n.sock")
    running.wait_until_ready()
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert os.getuid() == running.socket.stat().st_uid


def test_a_group_may_be_let_in(start: Start, model: Path, tmp_path: Path) -> None:
    path = tmp_path / "new" / "n.sock"
    running = start("--model", str(model), "--socket", str(path), "--group", socket=path)
    running.wait_until_ready()
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o750
    assert stat.S_IMODE(running.socket.stat().st_mode) == 0o660
