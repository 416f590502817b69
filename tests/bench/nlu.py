"""Parses a second: stock Rasa as `rasa init` sets it up, trained on a share of the same data, against our service."""

import asyncio
import contextlib
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import yaml

from lotse.launch import NLU_ENVIRONMENT, NLU_PYTHON, nlu_command
from lotse.settings import PROJECT, Settings
from tests.bench.measure import Series, timed
from tests.bench.questions import QUESTIONS

ROUNDS = 5
REQUESTS = 400
CALLERS = (1, 8)
_LOAD_SECONDS = 180
SHARE = 12
"""Of every so many lines stock Rasa learns one. All of them would take it most of a day, and make it no quicker: fewer lines are fewer
columns."""
# The pipeline that `rasa init` of 3.6 suggests in its config.yml, but for the epochs, a hundred there: how long an answer takes is the same.
STOCK = """\
recipe: default.v1
assistant_id: stock
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: RegexFeaturizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: DIETClassifier
    epochs: 10
    constrain_similarities: true
  - name: EntitySynonymMapper
  - name: ResponseSelector
    epochs: 10
    constrain_similarities: true
  - name: FallbackClassifier
    threshold: 0.3
    ambiguity_threshold: 0.1
policies: []
"""


@dataclass
class Caller:
    """One keep-alive connection that speaks just enough HTTP: httpx would cost more than the service it measures."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def parse(self, text: str) -> bool:
        """Whether the service answered with an intent."""
        body = json.dumps({"text": text}).encode()
        head = f"POST /model/parse HTTP/1.1\r\nHost: nlu\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.writer.write(head.encode() + body)
        status = await self.reader.readline()
        length = 0
        while (line := await self.reader.readline()) not in {b"\r\n", b""}:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return b" 200 " in status and b'"intent"' in await self.reader.readexactly(length)


@dataclass(frozen=True)
class Service:
    """A running server, by socket path or by port."""

    socket: Path | None = None
    port: int = 0

    async def connect(self) -> Caller:
        """A new connection."""
        if self.socket is not None:
            return Caller(*await asyncio.open_unix_connection(str(self.socket)))
        return Caller(*await asyncio.open_connection("127.0.0.1", self.port))

    async def ready(self) -> None:
        """Wait until a text is answered."""
        until = time.monotonic() + _LOAD_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                if await (await self.connect()).parse("hello"):
                    return
            await asyncio.sleep(0.5)
        raise TimeoutError("the server did not become ready")

    async def round(self, series: Series, callers: int) -> None:
        """`REQUESTS` parses by so many callers at a time."""
        connections = [await self.connect() for _ in range(callers)]
        found: list[tuple[float, bool]] = []

        async def work(number: int, caller: Caller) -> None:
            for turn in range(REQUESTS // callers):
                text = QUESTIONS[(turn * callers + number) % len(QUESTIONS)]
                found.append(await timed(partial(caller.parse, text)))

        started = time.perf_counter()
        await asyncio.gather(*(work(number, caller) for number, caller in enumerate(connections)))
        seconds = time.perf_counter() - started
        for caller in connections:
            caller.writer.close()
        series.add(seconds, [ms for ms, good in found if good], sum(not good for _, good in found))


@contextlib.asynccontextmanager
async def our_service(folder: Path) -> AsyncIterator[Service]:
    """The service as `lotse run` starts it, on a socket in `folder`."""
    command = nlu_command(Settings())
    if command is None:
        raise FileNotFoundError("there is no trained model: run `make setup`")
    path = folder / "nlu.sock"
    async with _process([*command[:-1], str(path)]):
        service = Service(socket=path)
        await service.ready()
        yield service


@contextlib.asynccontextmanager
async def stock_service(folder: Path) -> AsyncIterator[Service]:
    """`rasa run` with the model of `train_stock`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    rasa = [
        str(NLU_PYTHON),
        "-W",
        "ignore",
        "-m",
        "rasa",
        "run",
        "--enable-api",
        "-i",
        "127.0.0.1",
        "-p",
        str(port),
    ]
    async with _process([*rasa, "-m", str(train_stock()), "--log-file", str(folder / "rasa.log")]):
        service = Service(port=port)
        await service.ready()
        yield service


def train_stock() -> Path:
    """Stock Rasa's model of a share of our examples; made once for each state of the data and kept in var/bench."""
    texts = {path: _share(path) for path in sorted((PROJECT / "nlu" / "data").glob("*/nlu_*.yml"))}
    mark = hashlib.sha256("".join((STOCK, *texts.values())).encode()).hexdigest()[:12]
    kept = PROJECT / "var" / "bench"
    model = kept / f"stock-{mark}.tar.gz"
    if not model.exists():
        with tempfile.TemporaryDirectory(prefix="lotse-stock-") as folder:
            data = Path(folder) / "data"
            for path, text in texts.items():
                target = data / path.parent.name / path.name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
            (Path(folder) / "config.yml").write_text(STOCK, encoding="utf-8")
            rasa = [str(NLU_PYTHON), "-W", "ignore", "-m", "rasa", "train", "nlu", "--config", "config.yml"]
            names = ["--nlu", "data", "--out", str(kept), "--fixed-model-name", f"stock-{mark}"]
            subprocess.run([*rasa, *names], cwd=folder, env=NLU_ENVIRONMENT | _quiet(), check=True)
    return model


def _share(path: Path) -> str:
    """The file with the first of every `SHARE` examples of each intent."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for block in content["nlu"]:
        block["examples"] = "\n".join(block["examples"].splitlines()[::SHARE]) + "\n"
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=sys.maxsize)


async def measure(say: Callable[[str], None]) -> list[Series]:
    """Five rounds at one and at eight callers, in turn."""
    every: list[Series] = []
    with tempfile.TemporaryDirectory(prefix="lotse-bench-") as folder:
        async with stock_service(Path(folder)) as stock, our_service(Path(folder)) as ours:
            for callers in CALLERS:
                peer = Series(f"(d) stock rasa run, {callers} caller{'s' * (callers > 1)}")
                mine = Series(f"(e) Lotse's nlu service, {callers} caller{'s' * (callers > 1)}", peer.name)
                for number in range(ROUNDS):
                    say(f"Understanding, {callers} at a time: round {number + 1} of {ROUNDS}")
                    await stock.round(peer, callers)
                    await ours.round(mine, callers)
                every += [peer, mine]
    return every


def _quiet() -> dict[str, str]:
    return {
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PATH": os.environ.get("PATH", ""),
    }


@contextlib.asynccontextmanager
async def _process(command: list[str]) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        *command,
        env=NLU_ENVIRONMENT | _quiet(),
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
