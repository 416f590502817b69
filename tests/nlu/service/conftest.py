"""The real service with the model trained on the real data, in a process of its own."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import skip_or_fail

ROOT = Path(__file__).resolve().parents[3]
SERVICE = ROOT / "nlu" / "service"
PYTHON = SERVICE / ".venv" / "bin" / "python"
MODELS = ROOT / "var" / "nlu-models"
CANARIES = {
    "LOTSE_TELEGRAM_TOKEN": "123456:canary-token",
    "LOTSE_KEYS": "canary-keys",
    "DATABASE_URL": "canary-database",
}
LOUD = {"LOG_LEVEL": "DEBUG", "RASA_LOG_LEVEL": "DEBUG", "PYTHONASYNCIODEBUG": "1", "PYTHONVERBOSE": ""}


@dataclass
class Running:
    """A service that was started; `log` holds all it has printed."""

    process: "subprocess.Popen[bytes]"
    socket: Path
    log: Path

    def client(self) -> httpx.Client:
        return httpx.Client(
            transport=httpx.HTTPTransport(uds=str(self.socket)), base_url="http://nlu", timeout=30
        )

    def parse(self, text: str) -> dict[str, Any]:
        with self.client() as client:
            answer: dict[str, Any] = (
                client.post("/model/parse", json={"text": text}).raise_for_status().json()
            )
        return answer

    def wait_until_listening(self) -> None:
        for _ in range(3000):
            assert self.process.poll() is None, self.log.read_text()
            if "listening on" in self.log.read_text():
                return
            time.sleep(0.01)
        pytest.fail("the service does not listen")

    def wait_until_ready(self) -> None:
        self.wait_until_listening()
        with self.client() as client:
            for _ in range(600):
                assert self.process.poll() is None, self.log.read_text()
                if client.get("/status").status_code == 200:
                    return
                time.sleep(0.1)
        pytest.fail("the service did not become ready: " + self.log.read_text())


Start = Callable[..., Running]


@pytest.fixture(scope="session")
def python310() -> Path:
    if not PYTHON.exists():
        skip_or_fail("nlu/service/.venv is missing: the environment of the understanding is not set up")
    return PYTHON


@pytest.fixture(scope="session")
def model(python310: Path) -> Path:
    """Trained on nlu/data, or taken from the cache that `make run` uses as well."""
    done = subprocess.run(
        [python310, SERVICE / "train.py", "--out", MODELS],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return Path(done.stdout.strip().splitlines()[-1].partition(": ")[2])


@pytest.fixture
def start(python310: Path, model: Path, tmp_path: Path) -> Iterator[Start]:
    """Starts services that end with the test."""
    running: list[Running] = []

    def begin(*arguments: str, socket: Path | None = None) -> Running:
        one = _begin(
            python310, model, socket or tmp_path / "n.sock", tmp_path / f"{len(running)}.log", arguments
        )
        running.append(one)
        return one

    yield begin
    for one in running:
        _end(one)


@pytest.fixture(scope="module")
def service(python310: Path, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One service for all tests of a module that only ask."""
    folder = tmp_path_factory.mktemp("nlu")
    one = _begin(python310, model, folder / "n.sock", folder / "log", ())
    one.wait_until_ready()
    yield one
    _end(one)


def _begin(python: Path, model: Path, socket: Path, log: Path, arguments: tuple[str, ...]) -> Running:
    command = [python, SERVICE / "server.py", *(arguments or ("--model", model, "--socket", socket))]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **CANARIES, **LOUD}
        )
    return Running(process, socket, log)


def _end(one: Running) -> None:
    if one.process.poll() is None:
        one.process.send_signal(signal.SIGTERM)
        try:
            one.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            one.process.kill()
            one.process.wait()


@pytest.fixture(scope="session")
def in_service(python310: Path) -> Callable[..., Any]:
    """Runs a piece of Python in the service's environment; what it prints last is JSON."""

    def run(code: str, *arguments: object) -> Any:
        done = subprocess.run(
            [python310, "-W", "ignore", "-c", code, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=280,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false"},
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout.strip().splitlines()[-1])

    return run
