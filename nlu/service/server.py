"""Process that answers GET /status and POST /model/parse on a Unix socket or a loopback port, and nothing else."""

# ruff: noqa: PLC0415, T201 - a command prints, and heavy imports wait until they are needed

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import List, Optional

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)

import uvloop  # noqa: E402

from nlu.service import cage  # noqa: E402
from nlu.service.wire import Connection, Service  # noqa: E402

RASA_VERSION = "3.6.21"
LONGEST_SOCKET_PATH = 107  # bytes; what the kernel keeps of a Unix socket's name
BACKLOG = 128
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "PYTHONDONTWRITEBYTECODE")
OWN_VARIABLES = {
    "RASA_TELEMETRY_ENABLED": "false",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "LOTSE_NLU_CLEAN": "1",
}


class CannotServeError(Exception):
    """{message}; a sentence for the operator."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="server.py", description="Serve Lotse's understanding of free text."
    )
    parser.add_argument(
        "--model",
        type=Path,
        default=ROOT / "var" / "nlu-models",
        help="a trained model, or a folder: its newest",
    )
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "--socket", type=Path, default=ROOT / "var" / "nlu.sock", help="path of the Unix socket"
    )
    parser.add_argument(
        "--group", action="store_true", help="let the group of this account ask as well, not only the account"
    )
    place.add_argument("--port", type=int, help="a port on 127.0.0.1 instead of the socket")
    return parser.parse_args()


def _clean_environment() -> None:
    """Starts itself anew with an allow-list: deleting variables would leave them readable in /proc."""
    clean = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ} | OWN_VARIABLES
    if os.environ.get("LOTSE_NLU_CLEAN") != "1":
        os.execve(sys.executable, [sys.executable, "-W", "ignore", *sys.argv], clean)  # noqa: S606
    for name in set(os.environ) - set(clean):
        del os.environ[name]


def _silence() -> None:
    """Before Rasa is imported: its debug lines hold text and result."""
    import structlog

    def drop(*_: object) -> object:
        raise structlog.DropEvent

    logging.basicConfig(level=logging.CRITICAL, force=True)
    logging.disable(logging.CRITICAL)
    structlog.configure(
        processors=[drop], wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL)
    )
    structlog.configure = lambda *_, **__: None  # libraries that configure it on import would undo this
    warnings.simplefilter("ignore")


def _say(text: str) -> None:
    print(f"nlu: {text}", file=sys.stderr, flush=True)


def _unix_socket(path: Path, *, for_group: bool) -> socket.socket:
    """Bound, and open to this account, with `for_group` to its group; a file left by an earlier process is replaced, a living one is not."""
    if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
        raise CannotServeError(
            f"the path of the socket is longer than {LONGEST_SOCKET_PATH} bytes; choose a shorter one with --socket: {path}"
        )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750 if for_group else 0o700)
    if path.is_socket():
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            with contextlib.suppress(ConnectionRefusedError, FileNotFoundError):
                probe.connect(str(path))
                raise CannotServeError(f"another process already answers on {path}")
        path.unlink(missing_ok=True)
    elif path.exists():
        raise CannotServeError(f"{path} is there and is not a socket; it is left alone")
    listening = socket.socket(socket.AF_UNIX)
    before = os.umask(0o117 if for_group else 0o177)
    try:
        listening.bind(str(path))
        listening.listen(BACKLOG)  # at once, so that a second process sees a living one
    except OSError as problem:
        raise CannotServeError(f"cannot listen on {path}: {problem.strerror}") from problem
    finally:
        os.umask(before)
    return listening


def _port(number: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", number))
    except (OSError, OverflowError) as problem:
        reason = getattr(problem, "strerror", None) or "no such port"
        raise CannotServeError(f"cannot listen on port {number} of 127.0.0.1: {reason}") from problem
    return listening


def _load(place: Path, service: Service, loop: asyncio.AbstractEventLoop, stop: asyncio.Future[int]) -> None:
    """Runs in a thread of its own, so that callers can already see the process coming."""
    began = time.monotonic()
    failure: Optional[str] = None
    try:
        from nlu.service import model as models

        loaded = models.load(models.newest(place))
        loaded.parse("Deutschkurs in Haar")
        status = {"model_file": str(loaded.path), "model_id": loaded.model_id, "num_active_training_jobs": 0}
    except Exception as problem:  # noqa: BLE001 - whatever it is, the operator reads one sentence
        own = type(problem).__name__ == "ModelError"
        failure = str(problem) if own else f"the model cannot be loaded: {type(problem).__name__}: {problem}"

    def finish() -> None:
        if failure is None:
            service.open(loaded.parse, status)
            _say(f"ready after {time.monotonic() - began:.1f} s: {loaded.path.name}")
        elif not stop.done():
            _say(failure)
            stop.set_result(1)

    with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
        loop.call_soon_threadsafe(finish)


async def _serve(listening: socket.socket, place: Path) -> int:
    loop = asyncio.get_running_loop()
    stop: asyncio.Future[int] = loop.create_future()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: None if stop.done() else stop.set_result(0))
    service = Service(RASA_VERSION)
    server = await loop.create_server(lambda: Connection(service), sock=listening, backlog=BACKLOG)
    threading.Thread(target=_load, args=(place, service, loop, stop), daemon=True).start()
    status = await stop
    server.close()
    for connection in list(service.connections):
        connection.close()
    return status


def _run(arguments: argparse.Namespace) -> int:
    unix = arguments.port is None
    listening = _unix_socket(arguments.socket, for_group=arguments.group) if unix else _port(arguments.port)
    where = str(arguments.socket) if unix else f"127.0.0.1:{listening.getsockname()[1]}"
    try:
        cage.shut()
    except cage.NoCageError as problem:
        _say(f"without the bars of its own: {problem}. The limits of its account and unit hold all the same")
    _say(f"listening on {where}, loading the model")
    try:
        uvloop.install()
        return asyncio.run(_serve(listening, arguments.model))
    finally:
        if unix:
            arguments.socket.unlink(missing_ok=True)


def main() -> int:
    """Exit status: 0 after SIGTERM, 1 when it could not serve."""
    arguments = _arguments()
    _clean_environment()
    _silence()
    try:
        status = _run(arguments)
    except CannotServeError as problem:
        _say(str(problem))
        return 1
    sys.stderr.flush()
    os._exit(status)  # the loading thread must not hold up the end


__all__: List[str] = ["main"]

if __name__ == "__main__":
    sys.exit(main())
