"""The table itself: every row is there, names tests that exist, and few are open, with their reasons."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.trust import __main__ as trust
from tests.trust.promises import MOST_OPEN, OPEN, PROMISES

ROOT = Path(__file__).resolve().parents[2]
ROWS = {*(f"R{n}" for n in range(1, 16)), *(f"S{n}" for n in range(1, 12)), *(f"P{n}" for n in range(1, 8))}


def test_every_promise_has_its_row() -> None:
    assert set(PROMISES) == ROWS
    for key, promise in PROMISES.items():
        assert promise.tests or promise.crash or promise.commands, key
        assert promise.wanted, key


def test_what_a_row_names_is_there() -> None:
    missing = {
        path
        for key, promise in PROMISES.items()
        for path in promise.tests
        if key not in OPEN and not (ROOT / path.partition("::")[0]).exists()
    }
    assert not missing


def test_few_are_open_and_each_says_why() -> None:
    assert len(OPEN) <= MOST_OPEN
    for key, known in OPEN.items():
        assert key in PROMISES
        assert known.reason
        assert known.closes
        assert known.known


SLOW = ("50 chats, 60 s: 58/s, p95 900 ms, median 400 ms, errors 0", "0 of ≥ 1 passed, 0 skipped: test_load")
UNHEARD = ("tests.supply.audit: Run it where the service can be reached, or name one with --osv-url. Nothing was shown to be good.",)  # fmt: skip


@pytest.mark.parametrize(
    ("key", "failures", "state"),
    [
        ("R15", SLOW, "OPEN"), ("R15", (), "ok"), ("R15", SLOW[1:], "FAILED"), ("R15", (SLOW[0].replace("errors 0", "errors 3"), SLOW[1]), "FAILED"),
        ("R15", (SLOW[0].replace("58", "8"), SLOW[1]), "FAILED"), ("R15", (*SLOW, "not there: x"), "FAILED"), ("S10", UNHEARD, "OPEN"),
        ("S10", ("tests.supply.audit: 3 known holes in 2 files, 1 of them not accepted; the canary was found",), "FAILED"),
        ("S10", (*UNHEARD, "5 of ≥ 6 passed, 0 skipped: test_x"), "FAILED"), ("P1", ("x",), "FAILED"),
    ],
)  # fmt: skip
def test_an_open_row_that_fails_in_another_way_has_failed(
    key: str, failures: tuple[str, ...], state: str
) -> None:
    known = OPEN.get(key)
    row = trust.Result(key, "", [], "", failures=list(failures), open=asdict(known) if known else None)
    assert row.state == state


def test_only_promises_that_exist_are_put_down() -> None:
    """What a test puts down for a promise that nobody asks for would be lost."""
    for path in [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "tests" / "trust").glob("long_*.py")]:
        text = path.read_text(encoding="utf-8")
        if "tests.trust.promise" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("held", "reached")
            ):
                key = node.args[0]
                assert isinstance(key, ast.Constant), path
                assert key.value in ROWS, path
                assert str(path.relative_to(ROOT)) in {
                    p.partition("::")[0] for p in PROMISES[str(key.value)].tests
                }, path


def _row(key: str, code: str, *failures: str) -> trust.Result:
    return trust.Result(key, "", [], "", ["a number"], list(failures), code=code)


def test_a_table_goes_on_where_it_was_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What holds on this state of the code is not tried again; what failed, or was tried on another state, is."""
    file, tried = tmp_path / "trust.json", []

    def again(key: str, _crash: tuple[str, ...]) -> trust.Result:
        tried.append(key)
        return _row(key, "")

    monkeypatch.setattr(trust, "try_promise", again)
    monkeypatch.setattr(trust, "_code", lambda: "now")
    for row in (_row("P1", "now"), _row("P2", "now", "hit"), _row("P3", "before")):
        trust._write(file, row)
    asked = ["P1", "P2", "P3", "P4", "--json", str(file)]
    assert trust.main([*asked, "--go-on"]) == 0
    assert sorted(tried) == ["P2", "P3", "P4"]
    assert trust.main([*asked, "--go-on"]) == 0
    assert sorted(tried) == ["P2", "P3", "P4"], "all hold now"
    assert trust.main(asked) == 0
    assert sorted(tried[3:]) == ["P1", "P2", "P3", "P4"]
    # Of files that differ from every commit nothing can be said later.
    monkeypatch.setattr(trust, "_code", lambda: "")
    assert trust.main([*asked, "--go-on"]) == 0
    assert sorted(tried[7:]) == ["P1", "P2", "P3", "P4"]


def test_what_is_timed_has_the_machine_to_itself_and_what_is_killed_is_tried_in_one_run() -> None:
    groups: list[tuple[str, ...]] = []

    def attempt(wanted: Sequence[str]) -> list[trust.Result]:
        groups.append(tuple(wanted))
        return [_row(key, "") for key in wanted]

    tried = trust._side_by_side(["R1", "R8", "P1", "R3", "R15", "P2"], attempt)
    assert {found.key for found in tried} == {"R1", "R8", "P1", "R3", "R15", "P2"}
    assert sorted(groups[:-1]) == [("P1",), ("P2",), ("R1", "R3")]
    assert groups[-1] == ("R8", "R15")


# Weeks, and what is timed, are in `make trust` alone.
NOT_IN_MAKE_TEST = {"R14", "R15"}


@pytest.mark.slow
def test_every_row_has_its_cases_in_make_test() -> None:
    named = {path.partition("::")[0] for promise in PROMISES.values() for path in promise.tests}
    files = sorted(path for path in named if path.rpartition("/")[2].startswith("test_"))
    said = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", *files, "tests/crash"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    cases = Counter(line.partition("::")[0] for line in said.splitlines() if "::" in line)
    crash = cases["tests/crash/test_crash.py"]
    for key, promise in PROMISES.items():
        found = sum(cases[path] for path in promise.tests) + (crash if promise.crash else 0)
        assert found >= promise.short, key
        assert (promise.short == 0) == (key in NOT_IN_MAKE_TEST), key
