"""S11: the understanding, started as the unit starts it, under an account without rights, tries to get out and gets nowhere.

The bars that need no rights, a filter of the kernel that the service sets itself, are tried everywhere, also in a plain container. The
account needs root to change to it, and is tried where CI and `make trust` run, as root; elsewhere that part is skipped, in CI it fails.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import skip_or_fail
from tests.trust.promise import held

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / "nlu" / "service" / ".venv" / "bin" / "python"
MODELS = ROOT / "var" / "nlu-models"
NOBODY = 65534
CANARY = "Kanarienvogel-4711"

_PROBE = """
import errno, json, os, socket, subprocess, sys
sys.path.insert(0, sys.argv[1])
if sys.argv[2] == "shut":
    from nlu.service import cage
    cage.shut()
found = {}
def attempt(name, call):
    try:
        call()
        found[name] = "done"
    except Exception as error:
        found[name] = type(error).__name__
for path in sys.argv[4:]:
    attempt(f"read {os.path.basename(path)}", lambda: open(path, "rb").read())
    attempt(f"write {os.path.basename(path)}", lambda: open(path, "ab"))
attempt("environment of the bot", lambda: open(f"/proc/{sys.argv[3]}/environ", "rb").read(1) or 1/0)
attempt("memory of the bot", lambda: open(f"/proc/{sys.argv[3]}/mem", "rb"))
attempt("signal to the bot", lambda: os.kill(int(sys.argv[3]), 0))
attempt("connect out", lambda: socket.create_connection(("192.0.2.1", 443), 0.2))
attempt("connect to loopback", lambda: socket.create_connection(("127.0.0.1", 8081), 0.2))
attempt("ask a name server", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
def bind():
    with socket.socket(socket.AF_INET) as found:
        found.bind(("0.0.0.0", 0))
attempt("bind 0.0.0.0", bind)
attempt("bind ::", lambda: socket.socket(socket.AF_INET6))
attempt("raw packets", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
attempt("netlink", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))
attempt("another program", lambda: subprocess.run(["/bin/true"], check=True))
attempt("become root", lambda: os.setuid(0) if os.getuid() else (_ for _ in ()).throw(PermissionError()))
attempt("its own kind of socket", lambda: socket.socket(socket.AF_UNIX))
print(json.dumps(found))
"""
NETWORK = (
    "connect out",
    "connect to loopback",
    "ask a name server",
    "bind 0.0.0.0",
    "bind ::",
    "raw packets",
    "netlink",
    "another program",
)


def _probe(
    prefix: list[str], mode: str, bot: int, *paths: Path, python: str = sys.executable
) -> dict[str, str]:
    command = [*prefix, python, "-c", _PROBE, str(ROOT), mode, str(bot), *map(str, paths)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"}, cwd="/"
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_the_bars_that_need_no_rights(tmp_path: Path) -> None:
    """Without them everything works; with them nothing but a Unix socket does."""
    free = _probe([], "open", os.getpid())
    caged = _probe([], "shut", os.getpid())
    assert free["ask a name server"] == free["bind 0.0.0.0"] == free["another program"] == "done", (
        "the probe itself works"
    )
    denied = [name for name in NETWORK if caged[name] != "done"]
    assert caged["its own kind of socket"] == "done"
    held(
        "S11",
        "sockets and programs refused by the filter",
        f"{len(NETWORK)} of {len(NETWORK)}",
        f"{len(denied)} of {len(NETWORK)}",
        len(denied) == len(NETWORK),
    )


# --- as the unit starts it


@dataclass
class Cage:
    """A running service, and what lies beside it that it must not see."""

    process: "subprocess.Popen[bytes]"
    folder: Path
    prefix: list[str]
    bot: "subprocess.Popen[bytes]"

    @property
    def service(self) -> int:
        """The process id of the service itself: setpriv and env have become it."""
        return self.process.pid

    def client(self) -> httpx.Client:
        transport = httpx.HTTPTransport(uds=str(self.folder / "run" / "nlu.sock"))
        return httpx.Client(transport=transport, base_url="http://nlu", timeout=30)


def _closed(path: Path) -> Path | None:
    """The first folder on the way there that other accounts may not pass, such as root's home."""
    return next((folder for folder in reversed(path.parents) if not folder.stat().st_mode & 0o001), None)


def _readable(folder: Path) -> list[str]:
    """What must come before a command so that an account without rights can read the interpreter and its packages, and nothing else there.

    Nothing, where they are open to everybody; else mounts that only the command sees.
    """
    needed = [Path(os.path.realpath(PYTHON)).parents[1], Path(os.path.realpath(PYTHON.parents[1]))]
    hidden = [(number, path) for number, path in enumerate(needed) if _closed(path)]
    if not hidden:
        return []
    steps = [f"mkdir -p {folder}/m{n} && mount --bind {path} {folder}/m{n}" for n, path in hidden]
    steps += [f"mount -t tmpfs -o mode=755 none {closed}" for closed in {_closed(path) for _, path in hidden}]
    steps += [f"mkdir -p {path} && mount --bind {folder}/m{n} {path}" for n, path in hidden]
    if subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True).returncode != 0:
        skip_or_fail(
            f"the interpreter is in {needed[0]}, which another account cannot read, and nothing can be mounted here"
        )
    return [
        "unshare",
        "--mount",
        "--propagation",
        "private",
        "sh",
        "-c",
        " && ".join([*steps, 'exec "$@"']),
        "sh",
    ]


@pytest.fixture(scope="module")
def caged() -> Iterator[Cage]:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        skip_or_fail("another account can only be tried as root, with setpriv")
    if not PYTHON.exists() or not list(MODELS.glob("*.tar.gz")):
        skip_or_fail("the environment of the understanding, or a trained model, is missing: make setup")
    folder = Path(tempfile.mkdtemp(prefix="lotse-cage-"))
    folder.chmod(0o755)
    bot = subprocess.Popen(["sleep", "600"], env={"LOTSE_TELEGRAM_TOKEN": CANARY, "LOTSE_KEYS": CANARY})
    process = None
    try:
        _beside(folder)
        program = folder / "program"
        for name in ("nlu", "i18n"):
            shutil.copytree(
                ROOT / name,
                program / name,
                ignore=shutil.ignore_patterns(".venv", "__pycache__", "locale", "data"),
            )
        prefix = [
            *_readable(folder), "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs", "--inh-caps=-all",
            "--bounding-set=-all",
        ]  # fmt: skip
        environment = {"PATH": "/usr/bin:/bin", "LOTSE_TELEGRAM_TOKEN": CANARY, "LOTSE_KEYS": CANARY}
        model = max(MODELS.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
        for file in (model, model.with_name(model.name + ".sha256")):
            shutil.copy(file, folder / "models" / file.name)
            (folder / "models" / file.name).chmod(0o444)
        command = [
            *prefix,
            str(PYTHON),
            str(program / "nlu/service/server.py"),
            "--model",
            str(folder / "models"),
            "--socket",
            str(folder / "run" / "nlu.sock"),
        ]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command, env=environment, cwd="/", stdout=log, stderr=subprocess.STDOUT
            )
        cage = Cage(process, folder, prefix, bot)
        _wait(cage)
        yield cage
    finally:
        for one in (process, bot):
            if one is not None and one.poll() is None:
                one.send_signal(signal.SIGTERM)
                one.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _beside(folder: Path) -> None:
    """What the bot has on its disk, with the rights that docs/operations.md gives it."""
    for name, mode in (("var", 0o750), ("etc", 0o750), ("models", 0o755), ("run", 0o755)):
        (folder / name).mkdir()
        (folder / name).chmod(mode)
    os.chown(folder / "run", NOBODY, NOBODY)
    for name, mode in (("var/lotse.db", 0o600), ("var/keys.json", 0o600), ("etc/lotse.env", 0o640)):
        (folder / name).write_text(CANARY)
        (folder / name).chmod(mode)


def _wait(cage: Cage) -> None:
    for _ in range(1200):
        assert cage.process.poll() is None, (cage.folder / "log").read_text()
        if (cage.folder / "run" / "nlu.sock").exists():
            with cage.client() as client:
                if client.get("/status").status_code == 200:
                    return
        time.sleep(0.1)
    pytest.fail("the service does not become ready: " + (cage.folder / "log").read_text())


@pytest.mark.model
def test_it_answers_two_routes_and_no_other(caged: Cage) -> None:
    with caged.client() as client:
        answer: dict[str, Any] = client.post(
            "/model/parse", json={"text": "Ich suche einen Deutschkurs in Haar"}
        ).json()
        assert answer["intent"]["name"] == "find_german_course"
        refused = [
            client.request(method, path, json={"model_server": {"url": "http://192.0.2.1/"}}).status_code
            for method, path in (
                ("PUT", "/model"),
                ("DELETE", "/model"),
                ("POST", "/model/train"),
                ("GET", "/domain"),
                ("GET", "/"),
                ("POST", "/webhooks/rest/webhook"),
            )
        ]
    held("S11", "other routes", "6 × 404", f"{refused.count(404)} × 404", refused == [404] * 6)


@pytest.mark.model
def test_what_the_kernel_says_of_it(caged: Cage) -> None:
    status = dict(
        line.split(":\t", 1)
        for line in Path(f"/proc/{caged.service}/status").read_text().splitlines()
        if ":\t" in line
    )
    assert status["Uid"].split() == [str(NOBODY)] * 4
    assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0
    assert status["NoNewPrivs"].strip() == "1"
    assert status["Seccomp"].strip() == "2"
    for thread in Path(f"/proc/{caged.service}/task").iterdir():
        assert "Seccomp:\t2" in (thread / "status").read_text(), "every thread is behind the bars"
    environment = Path(f"/proc/{caged.service}/environ").read_bytes()
    assert CANARY.encode() not in environment
    assert b"LOTSE_TELEGRAM" not in environment
    families = {
        line.split()[0]
        for name in ("tcp", "tcp6", "udp")
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
        if line.split()[7] == str(NOBODY)
    }
    held("S11", "rights, secrets, open ports", "0, 0, 0", f"0, 0, {len(families)}", not families)


@pytest.mark.model
def test_from_its_account_nothing_is_reached(caged: Cage) -> None:
    paths = [caged.folder / name for name in ("var/lotse.db", "var/keys.json", "etc/lotse.env")]
    model = next((caged.folder / "models").glob("*.tar.gz"))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        as_root = _probe([], "open", caged.bot.pid, *paths, python=str(PYTHON))
        found = _probe(caged.prefix, "shut", caged.bot.pid, *paths, model, python=str(PYTHON))
    assert as_root["read keys.json"] == as_root["environment of the bot"] == "done", (
        "they are there for whoever may"
    )
    allowed = {f"read {model.name}", "its own kind of socket"}
    reached = {name for name, became in found.items() if became == "done"} - allowed
    assert found[f"read {model.name}"] == "done"
    held(
        "S11",
        "ways out tried from its account",
        f"0 of {len(found) - len(allowed)}",
        f"{len(reached)} of {len(found) - len(allowed)} {sorted(reached) or ''}",
        not reached,
    )
