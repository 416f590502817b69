"""S11: the understanding, under the account that docs/operations.md gives it and beside the files as that page makes them, gets nowhere.

The bars that need no rights, a filter of the kernel that the service sets itself, are tried everywhere, also in a plain container. The
accounts need root to change to them, and are tried where CI and `make trust` run, as root; elsewhere that part is skipped, in CI it fails.
What only systemd puts up is read in the unit (tests/architecture/test_operations.py), since no systemd runs where tests do.
"""

import json
import os
import re
import shutil
import signal
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
CANARY = "Kanarienvogel-4711"
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def _accounts() -> dict[str, list[str]]:
    """The page's accounts with their groups, the first one's own."""
    found = {}
    for options, name in re.findall(r"(?m)^adduser --system (.+) (\S+)$", PAGE):
        group = re.search(r"--ingroup (\S+)", options)
        found[name] = [group[1] if group else name]
    for name, group in re.findall(r"(?m)^adduser (?!-)(\S+) (\S+)$", PAGE):
        found[name].append(group)
    return found


ACCOUNTS = _accounts()
BOT, CAGED = "lotse", "lotse-nlu"
NUMBERS = {
    "root": 0,
    "other": 60_999,
    **{name: 61_000 + number for number, name in enumerate(sorted(ACCOUNTS))},
}
"""Of accounts, and of the groups that are called like them: numbers that nobody has."""


def _as(name: str, groups: list[str]) -> list[str]:
    """What comes before a command that this account runs."""
    more = [str(NUMBERS[group]) for group in groups[1:]]
    return [
        "setpriv", f"--reuid={NUMBERS[name]}", f"--regid={NUMBERS[groups[0]]}", f"--groups={','.join(more)}" if more else "--clear-groups",
        "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all",
    ]  # fmt: skip


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
FILES = (".db", ".json", ".log", ".env", ".gz")
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
        prefix = [*_readable(folder), *_as(CAGED, ACCOUNTS[CAGED])]
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
            "--group",
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
    """The folders of the page and the unit, as those make them, and in them what the bot has there with the rights that it gets."""
    made = {
        path: (int(mode, 8), owner, group)
        for mode, owner, group, path in re.findall(r"(?m)^install -d -m (\d+) -o (\S+) -g (\S+) (\S+)$", PAGE)
    }
    unit = (ROOT / "docs" / "operations" / f"{CAGED}.service").read_text(encoding="utf-8")
    [mode] = re.findall(r"(?m)^RuntimeDirectoryMode=(\d+)$", unit)
    [group] = re.findall(r"(?m)^Group=(\S+)$", unit)
    assert group == ACCOUNTS[CAGED][0], "the unit runs as the page's account"
    folders = {
        "var": made["/var/lib/lotse"], "etc": made["/etc/lotse"], "models": made["/var/lib/lotse-nlu"], "run": (int(mode, 8), CAGED, group),
    }  # fmt: skip
    for name, (bits, owner, group) in folders.items():
        _own(folder / name, bits, owner, group, is_folder=True)
    [bits] = re.findall(r"(?m)^chmod (\d+) /etc/lotse/lotse.env && chgrp lotse", PAGE)
    _own(folder / "etc/lotse.env", int(bits, 8), "root", BOT)
    # SQLite makes its file as set-up's umask says: it is the folder that is closed.
    for name, bits in (("lotse.db", 0o644), ("keys.json", 0o600), ("erased-2027-01.log", 0o600)):
        _own(folder / "var" / name, bits, BOT, BOT)


def _own(path: Path, mode: int, owner: str, group: str, *, is_folder: bool = False) -> None:
    if is_folder:
        path.mkdir()
    else:
        path.write_text(CANARY)
    path.chmod(mode)
    os.chown(path, NUMBERS[owner], NUMBERS[group])


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
    assert status["Uid"].split() == [str(NUMBERS[CAGED])] * 4
    assert status["Gid"].split() == [str(NUMBERS[CAGED])] * 4, "no group that the bot's files are open to"
    assert status["Groups"].split() == []
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
        if line.split()[7] == str(NUMBERS[CAGED])
    }
    held("S11", "rights, secrets, open ports", "0, 0, 0", f"0, 0, {len(families)}", not families)


@pytest.mark.model
def test_from_its_account_nothing_is_reached(caged: Cage) -> None:
    names = ("var/lotse.db", "var/keys.json", "var/erased-2027-01.log", "etc/lotse.env")
    paths = [caged.folder / name for name in names]
    model = next((caged.folder / "models").glob("*.tar.gz"))
    as_root = _probe([], "open", caged.bot.pid, *paths, python=str(PYTHON))
    as_bot = _probe([*_readable(caged.folder), *_as(BOT, ACCOUNTS[BOT])], "open", caged.bot.pid, *paths, model, python=str(PYTHON))  # fmt: skip
    # Once as it runs, and once without the bars that it puts up itself: the rights of the files must do.
    found = _probe(caged.prefix, "shut", caged.bot.pid, *paths, model, python=str(PYTHON))
    by_rights = _probe(caged.prefix, "open", caged.bot.pid, *paths, model, python=str(PYTHON))
    assert as_root["read keys.json"] == as_root["environment of the bot"] == "done", (
        "they are there for whoever may"
    )
    assert {as_bot[f"read {path.name}"] for path in (*paths, model)} == {"done"}
    allowed = {f"read {model.name}", "its own kind of socket"}
    reached = {name for name, became in found.items() if became == "done"} - allowed
    reached |= {f"{name}, by rights" for name, became in by_rights.items() if became == "done" and name.endswith(FILES)} - {
        f"read {model.name}, by rights"
    }  # fmt: skip
    assert found[f"read {model.name}"] == "done"
    assert as_bot[f"write {model.name}"] != "done", "the model is root's"
    tried = len(found) - len(allowed) + len(paths) * 2 + 1
    held(
        "S11",
        "ways out tried from its account",
        f"0 of {tried}",
        f"{len(reached)} of {tried} {sorted(reached) or ''}",
        not reached,
    )


@pytest.mark.model
def test_the_bot_reaches_it_by_the_group_of_the_socket_and_nobody_else_does(caged: Cage) -> None:
    program = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
    command = [str(PYTHON), "-c", program, str(caged.folder / "run" / "nlu.sock")]
    became = {
        name: subprocess.run(
            [*_readable(caged.folder), *_as(name, groups), *command],
            check=False,
            capture_output=True,
            cwd="/",
        ).returncode
        == 0
        for name, groups in {BOT: ACCOUNTS[BOT], "other": [BOT]}.items()
    }
    assert became == {BOT: True, "other": False}
