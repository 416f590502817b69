"""S10: the audit believes no silence, and the list of packages is what is pinned. The advisory service is one of our own here, on loopback."""

import http.server
import json
import threading
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import ClassVar

import pytest

from tests.supply import audit, sbom
from tests.trust.promise import held

TODAY = date(2026, 12, 1)


class Advisories(http.server.BaseHTTPRequestHandler):
    """Speaks as OSV does; knows what `known` says of a package and version."""

    known: ClassVar[dict[tuple[str, str], str]] = {}
    broken = False

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.broken:
            self.send_error(503)
            return
        hole = self.known.get((asked["package"]["name"].lower(), asked["version"]))
        body = json.dumps({"vulns": [_hole(asked["package"]["name"], hole)]} if hole else {}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


def _hole(package: str, name: str) -> dict[str, object]:
    affected = {"package": {"name": package, "ecosystem": "PyPI"}, "ranges": [], "versions": []}
    return {
        "id": name,
        "aliases": [f"{name}-ALIAS"],
        "summary": "x",
        "affected": [affected],
        "published": "2020-01-01T00:00:00Z",
    }


@pytest.fixture
def advisories() -> Iterator[str]:
    Advisories.known, Advisories.broken = {("jinja2", "2.10"): "CVE-CANARY"}, False
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Advisories)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1/query"
    server.shutdown()
    server.server_close()


@pytest.fixture
def pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(audit, "ROOT", tmp_path)
    (tmp_path / "requirements.txt").write_text("keras==2.12.0 --hash=sha256:" + "0" * 64 + "\n")
    return tmp_path


def _accepted(folder: Path, *ids: str, until: str = "2027-06-01", package: str = "keras") -> Path:
    file = folder / "accepted.toml"
    file.write_text(
        f'[[accepted]]\nfile = "requirements.txt"\npackage = "{package}"\nids = {list(ids)}\nseen = 2026-11-29\nuntil = {until}\nreason = "caged"\n'
    )
    return file


def _audit(address: str, accepted: Path) -> int:
    return audit.main(
        ["--osv-url", address, "--file", "requirements.txt", "--accepted", str(accepted)], today=TODAY
    )


def test_a_known_hole_must_be_listed(advisories: str, pins: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _audit(advisories, _accepted(pins, "CVE-1")) == 0
    Advisories.known["keras", "2.12.0"] = "CVE-1"
    assert _audit(advisories, _accepted(pins, "CVE-1")) == 0
    assert _audit(advisories, _accepted(pins, "CVE-1-ALIAS")) == 0, "under any of its names"
    for wrong in (
        _accepted(pins, "CVE-2"),
        _accepted(pins, "CVE-1", package="aiohttp"),
        _accepted(pins, "CVE-1", until="2026-11-30"),
    ):
        assert _audit(advisories, wrong) == 1
    assert "accepted until 2026-11-30 only" in capsys.readouterr().out


def test_silence_is_no_answer(advisories: str, pins: Path, capsys: pytest.CaptureFixture[str]) -> None:
    accepted = _accepted(pins, "CVE-1")
    Advisories.known.clear()
    assert _audit(advisories, accepted) == 2, "the canary must be found"
    Advisories.known["jinja2", "2.10"] = "CVE-CANARY"
    Advisories.broken = True
    assert _audit(advisories, accepted) == 2
    assert _audit("http://127.0.0.1:9/v1/query", accepted) == 2
    said = capsys.readouterr().out
    assert said.count("NOT AUDITED") == 3
    assert "the canary was found" not in said
    held(
        "S10",
        "a silent service, a broken one, one without the canary",
        "3 refused",
        f"{said.count('NOT AUDITED')} refused",
        True,
    )


def test_what_is_accepted_has_a_reason_and_an_end() -> None:
    rules = tomllib.loads(audit.ACCEPTED.read_text(encoding="utf-8"))["accepted"]
    wrong, _ = audit.judge([], rules, TODAY)
    assert not wrong
    versions = sbom.pinned(sbom.ROOT / "nlu/service/requirements.txt")
    for rule in rules:
        assert rule["file"] == "nlu/service/requirements.txt", "nothing is accepted beside personal data"
        assert rule["package"] in versions


@pytest.mark.parametrize("name", sbom.FILES)
def test_the_list_of_packages_is_what_is_pinned(name: str) -> None:
    found = sbom.make(name)
    assert sbom.wrong_with(name, found) == []
    count = len(found["components"])
    held(
        "S10",
        f"components of {name}",
        f"{len(sbom.pinned(sbom.ROOT / sbom.FILES[name]))}, valid",
        f"{count}, valid",
        count > 50,
    )
    found["components"].pop()
    assert sbom.wrong_with(name, found), "one that is missing is noticed"
