"""`make crash-test`: every promise at its full size on SQLite and PostgreSQL, one table at the end; exit 0 only when all hold."""

import argparse
import asyncio
import itertools
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from db import migrate
from lotse import log
from tests import postgres
from tests.crash import inbox, promises, schedules
from tests.crash.promises import Place, Row

console = Console()
SEEDS = range(1, 6)
SECOND_BOT_SECONDS = 10
_numbers = itertools.count(1)
Job = Callable[[Place], Awaitable[list[Row]]]
ORACLE = ("R5", "R7")
"""What the random schedules try."""
Tried = tuple[tuple[str, ...], Row]
"""A row and the promises that it tries."""


@dataclass(frozen=True)
class Trial:
    """A job, the promises it tries, and the databases it is tried on."""

    promises: tuple[str, ...]
    job: Job
    engines: tuple[str, ...] = ("sqlite", "postgresql")


@contextmanager
def _place(server: str | None) -> Iterator[Place]:
    """An empty database of its own for one promise."""
    with tempfile.TemporaryDirectory(prefix="lotse-crash-") as folder:
        var = Path(folder)
        if server is None:
            url = f"sqlite:///{var / 'lotse.db'}"
        else:
            url = postgres.created(server, f"crash_{next(_numbers)}")
        migrate.upgrade(url)
        yield Place(url, var)


def trials(scale: float, seeds: int) -> list[Trial]:
    """What is tried; `scale` 1 is the full size."""

    def size(full: int) -> int:
        return max(int(full * scale), 1)

    def killed(seed: int) -> Job:
        return lambda place: promises.reminders_survive(place, seed, size(10_000), size(300))

    return [
        *(Trial(("R1", "R2"), killed(seed)) for seed in SEEDS[:seeds][:2]),
        # The same code asks both: two of the five show that PostgreSQL's locks and commits hold, too.
        *(Trial(("R1", "R2"), killed(seed), ("sqlite",)) for seed in SEEDS[:seeds][2:]),
        Trial(
            ("R1", "R2"),
            lambda p: promises.reminders_survive(p, 9, size(2_000), 0, second_attempts=size(60)),
        ),
        Trial(("R3",), lambda p: inbox.survives(p, 7, size(5_000), size(200))),
        Trial(("R4",), lambda p: inbox.repeated(p, 8, size(5_000))),
        Trial(("R6",), lambda p: schedules.clock_jumps(p, 11, size(2_000), size(50))),
        Trial(("R9",), lambda p: promises.two_workers(p, size(5_000))),
        Trial(("R9",), lambda p: inbox.two_pollers(p, within=SECOND_BOT_SECONDS)),
        Trial(("R9",), lambda p: promises.sender_replaced(p, max(size(800), 200)), ("postgresql",)),
    ]


def main(arguments: list[str]) -> int:
    """Try everything; returns the exit code."""
    parser = argparse.ArgumentParser(prog="crash-test", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="part of the full size, such as 0.1")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="how many of the five seeds")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one database alone")
    parser.add_argument("--promise", action="append", help="only what tries this one, such as R3")
    parser.add_argument("--json", type=Path, help="write the rows here, one a line")
    given = parser.parse_args(arguments)
    log.configure(level="CRITICAL", style="readable")
    began = time.monotonic()
    tried: list[Tried] = []
    if not given.promise or set(ORACLE) & set(given.promise):
        tried.append((ORACLE, schedules.against_oracle(max(int(20_000 * given.scale), 1), 20261201)))
    wanted = [
        trial
        for trial in trials(given.scale, given.seeds)
        if not given.promise or set(trial.promises) & set(given.promise)
    ]
    if wanted:
        tried += _try(wanted, given.only)
    rows = [row for _, row in tried]
    _print(rows)
    console.print(f"{time.monotonic() - began:.0f} s; size {given.scale:g}, {given.seeds} seeds")
    if given.json:
        lines = [json.dumps({"promises": promised, **asdict(row)}) + "\n" for promised, row in tried]
        given.json.write_text("".join(lines), encoding="utf-8")
    return 0 if all(row.good for row in rows) else 1


def _try(wanted: list[Trial], only: str | None) -> list[Tried]:
    tried: list[Tried] = []
    with postgres.started() as server:
        for trial in wanted:
            for engine in trial.engines:
                if only not in (None, engine):
                    continue
                with _place(server if engine == "postgresql" else None) as place:
                    found = asyncio.run(_tried(trial.job, place))
                for row in found:
                    console.print(f"{'ok    ' if row.good else 'FAILED'} {row.promise}: {row.reached}")
                tried += [(trial.promises, row) for row in found]
    return tried


async def _tried(job: Job, place: Place) -> list[Row]:
    try:
        return await job(place)
    except Exception as error:  # noqa: BLE001 -- a promise that cannot be tried is one that is not kept
        return [Row(f"{place.engine}: not tried to its end", "", f"{type(error).__name__}: {error}", False)]


def _print(rows: list[Row]) -> None:
    table = Table("promise", "wanted", "reached", "")
    for row in rows:
        table.add_row(row.promise, row.wanted, row.reached, "ok" if row.good else "FAILED")
    console.print(table)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
