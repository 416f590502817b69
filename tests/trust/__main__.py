"""`make trust`: every promise in its long form, one table and a JSON file; exit 0 only when all hold, 2 when only open ones do not.

It takes hours: as many rows are tried side by side as there are processors, those that are timed one by one at the end. Each row is
written down as soon as it is tried, with the state of the code it was tried on; `--go-on` takes the rows that hold already on this very
state as they stand, so that a run that was interrupted ends in one table, too.
"""

import argparse
import fcntl
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.trust.promises import MOST_OPEN, OPEN, PROMISES, Promise

ROOT = Path(__file__).resolve().parents[2]
console = Console(width=int(os.environ.get("COLUMNS", "180")))


@dataclass
class Result:
    """What became of one promise."""

    key: str
    says: str
    tests: list[str]
    wanted: str
    reached: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0
    open: dict[str, Any] | None = None
    code: str = ""

    @property
    def state(self) -> str:
        """ok, OPEN for one that fails as it is known to, FAILED."""
        if not self.failures:
            return "ok"
        return "OPEN" if self.open and self._is_known(self.open["known"]) else "FAILED"

    def _is_known(self, patterns: Sequence[str]) -> bool:
        matched = [
            [bool(re.fullmatch(pattern, failure)) for pattern in patterns] for failure in self.failures
        ]
        return all(map(any, matched)) and all(map(any, zip(*matched, strict=True)))


def _code() -> str:
    """The state of the code as git names it; empty where there is none, or where files differ from it."""
    git = ["git", "-C", str(ROOT)]
    try:
        changed = subprocess.run([*git, "status", "--porcelain"], check=True, capture_output=True, text=True)
        named = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return "" if changed.stdout.strip() else named.stdout.strip()


def _written(file: Path) -> dict[str, dict[str, Any]]:
    """The rows that were tried before, by key."""
    return {row["key"]: row for row in json.loads(file.read_text(encoding="utf-8"))} if file.exists() else {}


def _write(file: Path, found: Result) -> None:
    """Put a row beside those of other runs; whoever runs at the same time loses none."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        rows = _written(file) | {found.key: asdict(found) | {"state": found.state}}
        ordered = [rows[key] for key in PROMISES if key in rows]
        part = file.with_suffix(".part")
        part.write_text(json.dumps(ordered, ensure_ascii=False, indent=1), encoding="utf-8")
        part.replace(file)


def _holding(file: Path, code: str, keys: list[str]) -> list[Result]:
    """Of these the rows that were tried on this state of the code and do not fail."""
    rows = _written(file) if code else {}
    good = [
        rows[k] for k in keys if k in rows and rows[k].get("code") == code and rows[k]["state"] != "FAILED"
    ]
    return [Result(**{name: value for name, value in row.items() if name != "state"}) for row in good]


def _run(arguments: list[str], folder: Path, *, timeout: float) -> tuple[int, str]:
    """A command with the long sizes; returns its code and the end of what it said."""
    environment = {**os.environ, "TRUST_SIZE": "long", "TRUST_REPORT": str(folder / "report"), "CI": "true"}
    try:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=environment, timeout=timeout, check=False, capture_output=True, text=True
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return 1, f"not done after {timeout:.0f} s"
    (folder / "said").write_text(done.stdout + done.stderr, encoding="utf-8")
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return done.returncode, lines[-1][:300] if lines else "said nothing"


def _tests(promise: Promise, result: Result, folder: Path) -> None:
    # Several files may have each a fixture that the others lack, and a test must not be counted twice.
    paths = list(dict.fromkeys(promise.tests))
    missing = [path for path in paths if not (ROOT / path.partition("::")[0]).exists()]
    if missing:
        result.failures.append(f"not there: {', '.join(missing)}")
        return
    report = folder / "junit.xml"
    code, said = _run(
        ["-m", "pytest", "-q", "--timeout", "7200", "-p", "no:randomly", f"--junit-xml={report}", *paths], folder, timeout=6 * 3600
    )  # fmt: skip
    if not report.exists():
        result.failures.append(said)
        return
    suite = ET.parse(report).getroot().find("testsuite")
    assert suite is not None
    count = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
    passed = count["tests"] - count["failures"] - count["errors"] - count["skipped"]
    result.reached.append(f"{passed} tests passed")
    if code or count["skipped"] or passed < promise.at_least:
        names = [
            case.get("name", "") for case in suite.iter("testcase") if any(e.tag in ("failure", "error", "skipped") for e in case)
        ]  # fmt: skip
        result.failures.append(
            f"{passed} of ≥ {promise.at_least} passed, {count['skipped']} skipped: {', '.join(names[:4])}"
        )


@cache
def _crashed(keys: tuple[str, ...]) -> tuple[tuple[dict[str, Any], ...], int, str]:
    """The rows of `make crash-test` for these, its code and its last words: one run, since most of its trials try several promises."""
    with tempfile.TemporaryDirectory(prefix="lotse-trust-") as name:
        folder = Path(name)
        file = folder / "crash.json"
        wanted = [word for key in keys for word in ("--promise", key)]
        code, said = _run(["-m", "tests.crash", *wanted, "--json", str(file)], folder, timeout=6 * 3600)
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return tuple(map(json.loads, lines)), code, said


def _crash(key: str, keys: tuple[str, ...], result: Result) -> None:
    every, code, said = _crashed(keys)
    rows = [row for row in every if key in row["promises"]]
    for row in rows:
        result.reached.append(f"{row['promise']}: {row['reached']}")
        if not row["good"]:
            result.failures.append(f"{row['promise']}: {row['reached']}")
    if not rows or (code and all(row["good"] for row in every)):
        result.failures.append(said)


def _numbers(key: str, folder: Path) -> Iterator[tuple[str, bool]]:
    report = folder / "report"
    if report.exists():
        for line in report.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["promise"] == key:
                yield f"{row['what']}: {row['reached']}", row["good"]


def try_promise(key: str, crash: tuple[str, ...]) -> Result:
    """Everything that tries this promise; `crash` are all that are to be tried by killing, in one run."""
    promise, began = PROMISES[key], time.monotonic()
    tests = [
        *promise.tests,
        *(["tests/crash"] if promise.crash else []),
        *(" ".join(c[1:]) for c in promise.commands),
    ]
    known = OPEN.get(key)
    result = Result(key, promise.says, tests, promise.wanted, open=asdict(known) if known else None)
    with tempfile.TemporaryDirectory(prefix="lotse-trust-") as name:
        folder = Path(name)
        if promise.tests:
            _tests(promise, result, folder)
        for said, good in _numbers(key, folder):
            result.reached.append(said)
            if not good:
                result.failures.append(said)
        if promise.crash:
            _crash(key, crash, result)
        for command in promise.commands:
            code, said = _run(list(command), folder, timeout=1800)
            (result.failures if code else result.reached).append(f"{command[1]}: {said}")
    result.seconds = time.monotonic() - began
    return result


def _side_by_side(keys: Sequence[str], attempt: Callable[[Sequence[str]], list[Result]]) -> list[Result]:
    """Rows tried by killing one after the other, since one run tries them all, and others beside them; what is timed comes last and alone."""
    crash = [key for key in keys if PROMISES[key].crash]
    beside = [[key] for key in keys if not PROMISES[key].crash and not PROMISES[key].alone]
    alone = [key for key in keys if PROMISES[key].alone]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        tried = list(pool.map(attempt, [group for group in (crash, *beside) if group]))
    return [found for group in (*tried, attempt(alone)) for found in group]


def _say(found: Result) -> None:
    console.print(f"{found.state:<6} {found.key} {found.says} ({found.seconds:.0f} s)", highlight=False)


def _print(results: list[Result]) -> None:
    table = Table("", "promise", "tried by", "wanted", "reached", "", show_lines=True)
    for found in results:
        reached = "\n".join([*found.reached, *(f"✗ {failure}" for failure in found.failures)])
        if found.open and found.failures:
            reached += f"\nopen: {found.open['reason']}\ncloses it: {found.open['closes']}"
        table.add_row(found.key, found.says, "\n".join(found.tests), found.wanted, reached, found.state)
    console.print(table)


def main(arguments: list[str]) -> int:
    """Try them; returns the exit code."""
    parser = argparse.ArgumentParser(prog="trust", description=__doc__)
    parser.add_argument("promises", nargs="*", help="only these, such as S4 S5")
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "trust.json")
    parser.add_argument("--go-on", action="store_true", help="leave out what holds on this state of the code")
    given = parser.parse_args(arguments)
    unknown = set(given.promises) - set(PROMISES)
    if unknown or len(OPEN) > MOST_OPEN:
        console.print(
            f"No such promise: {', '.join(sorted(unknown))}." if unknown else "Too many promises are open."
        )
        return 1
    code, keys = _code(), given.promises or list(PROMISES)
    done = {found.key: found for found in _holding(given.json, code, keys)} if given.go_on else {}
    for found in done.values():
        _say(found)

    def attempt(wanted: Sequence[str]) -> list[Result]:
        crash = tuple(key for key in wanted if PROMISES[key].crash)
        tried = []
        for key in wanted:
            tried.append(found := try_promise(key, crash))
            found.code = code
            _write(given.json, found)
            _say(found)
        return tried

    done |= {found.key: found for found in _side_by_side([key for key in keys if key not in done], attempt)}
    results = [done[key] for key in keys]
    _print(results)
    states = {found.state for found in results}
    return 1 if "FAILED" in states else 2 if "OPEN" in states else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
