"""`make audit`: asks for known holes in every pinned package; passes only when somebody answered, nothing was skipped and nothing is unlisted."""

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FILES = ("requirements.txt", "requirements-dev.txt", "nlu/service/requirements.txt")
ACCEPTED = Path(__file__).parent / "accepted.toml"
CANARY = "jinja2==2.10"
"""A release with holes that every advisory service has known for years: where it is not found, nobody was asked."""


class NobodyAskedError(Exception):
    """The advisory service gave no whole answer."""


@dataclass(frozen=True)
class Finding:
    """A known hole in a pinned package; `names` are its id and all its aliases."""

    file: str
    package: str
    version: str
    names: frozenset[str]

    def __str__(self) -> str:
        return f"{self.file}: {self.package} {self.version}: {', '.join(sorted(self.names))}"


def ask(path: Path, name: str, service: Sequence[str]) -> list[Finding]:
    """The findings of one file. Raises NobodyAskedError when the service did not answer for every package."""
    command = [
        sys.executable, "-m", "pip_audit", "--strict", "--disable-pip", "--progress-spinner", "off", "--format", "json", *service,
        *(["--no-deps"] if "--hash" not in path.read_text(encoding="utf-8") else ["--require-hashes"]), "-r", str(path),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        said = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("WARNING")]
        raise NobodyAskedError(f"{name}: {said[-1].strip() if said else 'no answer'}") from None
    skipped = [item["name"] for item in found if "skip_reason" in item]
    if skipped or done.returncode not in (0, 1):
        raise NobodyAskedError(f"{name}: skipped {', '.join(skipped) or 'everything'}")
    asked, pinned = len(found), path.read_text(encoding="utf-8").count("==")
    if asked < pinned:
        raise NobodyAskedError(f"{name}: {asked} of {pinned} packages were asked about")
    return list(_findings(name, found))


def _findings(name: str, found: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    for item in found:
        for hole in item["vulns"]:
            yield Finding(
                name, item["name"].lower(), item["version"], frozenset({hole["id"], *hole.get("aliases", ())})
            )


def _must_be_found(holes_of_canary: Sequence[Finding]) -> None:
    if not holes_of_canary:
        raise NobodyAskedError(f"{CANARY} is said to have no holes: this answer is worth nothing")


def judge(
    findings: Sequence[Finding], accepted: Sequence[Mapping[str, Any]], today: date
) -> tuple[list[str], list[str]]:
    """What is wrong, and what is only worth knowing."""
    wrong, notes = [], []
    used: set[tuple[str, str]] = set()
    for found in findings:
        rules = [
            rule
            for rule in accepted
            if (rule["file"], rule["package"]) == (found.file, found.package)
            and found.names & set(rule["ids"])
        ]
        used |= {(rule["package"], name) for rule in rules for name in found.names}
        if not rules:
            wrong.append(f"not accepted: {found}")
        elif all(rule["until"] < today for rule in rules):
            wrong.append(f"accepted until {rules[0]['until']:%Y-%m-%d} only: {found}")
    for rule in accepted:
        if not rule["reason"] or rule["until"] > date(
            rule["seen"].year + 1, rule["seen"].month, min(rule["seen"].day, 28)
        ):
            wrong.append(f"accepted.toml: {rule['package']} needs a reason, and a day within a year")
        gone = [name for name in rule["ids"] if (rule["package"], name) not in used]
        if gone:
            notes.append(f"found no more or under another name: {rule['package']} {', '.join(gone)}")
    return wrong, notes


def main(arguments: Sequence[str], *, today: date | None = None) -> int:
    """Ask and judge; returns the exit code."""
    parser = argparse.ArgumentParser(prog="audit", description=__doc__)
    parser.add_argument("--service", choices=("pypi", "osv"), default="pypi")
    parser.add_argument("--osv-url", help="address of an OSV service of your own, with its path")
    parser.add_argument("--file", action="append", help="only this file of the project")
    parser.add_argument("--accepted", type=Path, default=ACCEPTED)
    given = parser.parse_args(arguments)
    service = ["-s", "osv", "--osv-url", given.osv_url] if given.osv_url else ["-s", given.service]
    today = today or datetime.now(UTC).date()  # noqa: TID251 -- a command of the developer's machine
    findings: list[Finding] = []
    try:
        with tempfile.TemporaryDirectory() as folder:
            canary = Path(folder) / "canary.txt"
            canary.write_text(f"{CANARY}\n", encoding="utf-8")
            _must_be_found(ask(canary, "canary", service))
        for name in given.file or FILES:
            findings += ask(ROOT / name, name, service)
    except NobodyAskedError as error:
        sys.stdout.write(
            f"NOT AUDITED: the advisory service could not be asked or did not answer whole.\n{error}\n"
        )
        sys.stdout.write(
            "Run it where the service can be reached, or name one with --osv-url. Nothing was shown to be good.\n"
        )
        return 2
    wrong, notes = judge(
        findings, tomllib.loads(given.accepted.read_text(encoding="utf-8"))["accepted"], today
    )
    for line in [*(f"note: {note}" for note in notes), *wrong]:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(
        f"{len(findings)} known holes in {len(given.file or FILES)} files, {len(wrong)} of them not accepted; the canary was found\n"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
