"""P6: only what must reach out can: the tests' guard works, and the code that opens connections is known file by file."""

import ast
import socket
from pathlib import Path

import pytest

from tests.trust.promise import held

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("bot", "desk", "agreements", "offers", "delivery", "people", "i18n", "nlu", "lotse", "db")
SPEAKS = {
    "bot/application.py": "what is said to Telegram",
    "bot/courier.py": "Telegram: names the errors of its client",
    "desk/sso.py": "the district's own single sign-on, about staff",
    "i18n/libre.py": "public texts of the catalogue, when switched on",
    "i18n/machine.py": "public texts of the catalogue, when switched on",
    "lotse/clock.py": "the playground on loopback",
    "lotse/commands/doctor.py": "looks whether Telegram can be reached; sends nothing",
    "lotse/commands/guides.py": "fetches public guide pages",
    "lotse/desk.py": "gives the single sign-on its client",
    "lotse/launch.py": "ports on loopback",
    "lotse/runtime.py": "the machine's name",
    "nlu/client.py": "the understanding on its socket",
    "nlu/service/cage.py": "forbids sockets",
    "nlu/service/server.py": "listens on its socket",
}
_NETWORK = {
    "httpx",
    "requests",
    "urllib",
    "socket",
    "aiohttp",
    "http",
    "smtplib",
    "ftplib",
    "websockets",
    "googletrans",
    "httpcore",
}


def test_the_guard_of_the_tests_lets_nothing_out() -> None:
    for address in (("192.0.2.1", 443), ("2001:db8::1", 443), ("api.telegram.org", 443)):
        with (
            socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET) as found,
            pytest.raises(RuntimeError, match="tried to reach"),
        ):
            found.connect(address)


def test_what_opens_connections_is_known() -> None:
    found = set()
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            if ".venv" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = (
                    [alias.name for alias in node.names]
                    if isinstance(node, ast.Import)
                    else [node.module or ""]
                    if isinstance(node, ast.ImportFrom)
                    else []
                )
                if any(
                    name.split(".", maxsplit=1)[0] in _NETWORK and name not in ("urllib.parse", "http")
                    for name in names
                ):
                    found.add(str(path.relative_to(ROOT)))
    held(
        "P6",
        "files that can open connections, unknown ones",
        f"{len(SPEAKS)}, 0",
        f"{len(found)}, {len(found - set(SPEAKS))} {sorted(found - set(SPEAKS)) or ''}",
        found <= set(SPEAKS),
    )
    assert found == set(SPEAKS), "a file that speaks no more must leave the list"
