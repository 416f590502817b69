"""`lotse nlu evaluate`: the measuring is in nlu, here it gets the model that the settings name."""

import asyncio
import contextlib
import json
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from i18n.catalogues import all_sentences
from lotse import launch
from lotse.runtime import StartError
from lotse.settings import Settings
from nlu.client import NluClient
from nlu.evaluate import Report, evaluate
from nlu.examples import load_examples
from nlu.interpreter import Interpreter
from nlu.lexicon import load_lexicons
from nlu.report import accepted, report_html, to_json
from nlu.rows import Row, read_rows

_LOAD_SECONDS = 120


def evaluate_nlu(
    settings: Settings, path: Path, report: Path | None, accept: Path | None = None
) -> dict[str, object]:
    """Scores of what a person would get, by language. Starts the nlu service for the time it takes when none runs."""
    rows = read_rows(path)
    with _service(settings) as address:
        result = asyncio.run(_evaluate(address, rows))
    if report is not None:
        report.write_text(report_html(result), encoding="utf-8")
    if accept is not None:
        accept.write_text(json.dumps(accepted(result), indent=2) + "\n", encoding="utf-8")
    return to_json(result)


async def _evaluate(address: str | None, rows: Mapping[str, Sequence[Row]]) -> Report:
    client = NluClient(address, monotonic=time.monotonic) if address else None
    interpreter = Interpreter.build(client, load_lexicons())
    interpreter.learn(load_examples(), all_sentences())
    try:
        return await evaluate(rows, interpreter.understander, interpreter.emergency)
    finally:
        if client is not None:
            await client.close()


@contextlib.contextmanager
def _service(settings: Settings) -> Iterator[str | None]:
    """The address of the model: the configured one, or a service of our own on a socket of its own."""
    if settings.nlu_url is not None:
        yield None if settings.nlu_url == "off" else settings.nlu_url
        return
    command = launch.nlu_command(settings)
    if command is None:
        raise StartError(
            "There is no trained model here. Run `make setup`, or set LOTSE_NLU_URL=off to measure keyword mode."
        )
    with tempfile.TemporaryDirectory(prefix="lotse-nlu-") as folder:
        socket = Path(folder) / "nlu.sock"
        process = subprocess.Popen([*command[:-1], str(socket)], env=launch.NLU_ENVIRONMENT)  # noqa: S603 -- our own program
        try:
            _wait(socket, process)
            yield str(socket)
        finally:
            process.terminate()
            process.wait()


def _wait(socket: Path, process: "subprocess.Popen[bytes]") -> None:
    async def ready() -> bool:
        client = NluClient(str(socket), monotonic=time.monotonic)
        try:
            return await client.ready()
        finally:
            await client.close()

    until = time.monotonic() + _LOAD_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise StartError("The nlu service ended while it was loading the model.")
        if socket.exists() and asyncio.run(ready()):
            return
        time.sleep(0.3)
    raise StartError("The nlu service was not ready in two minutes.")
