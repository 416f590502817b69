"""`make bench`: every measurement, a table for people and JSON for comparisons; BENCH="telegram" runs one part."""

import asyncio
import json
import os
import platform
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from lotse.clock import SystemClock
from tests.bench import desk, nlu, search, telegram
from tests.bench.measure import Series

PARTS = ("telegram", "nlu", "search", "desk")
DATA = Path(os.environ.get("LOTSE_BENCH_DATA", Path(__file__).parents[3] / "shared" / "data"))
"""Real texts to measure with; nothing of them is in the project."""
console = Console()


async def _run(wanted: list[str]) -> list[Series]:
    found: list[Series] = []
    if "telegram" in wanted:
        with tempfile.TemporaryDirectory(prefix="lotse-bench-") as folder:
            async with nlu.our_service(Path(folder)) as service:
                found += await telegram.measure(str(service.socket), console.print)
    if "nlu" in wanted:
        console.print("Stock Rasa is trained once for each state of the data; that takes a while.")
        found += await nlu.measure(console.print)
    return found


def _search(notes: list[dict[str, object]]) -> list[Series]:
    """The search, and beside its speeds what it finds, how long it takes to build and what it holds in memory."""
    series, rows = search.measure(console.print, DATA)
    notes.extend(rows)
    table = Table("subject", "found among the first ten", "build s", "memory MB")
    for row in rows:
        table.add_row(*(str(row[name]) for name in ("subject", "recall", "build_s", "memory_mb")))
    console.print(table)
    return series


def _desk(notes: list[dict[str, object]]) -> None:
    """Every page of the desk; the processor's time says more than the clock on a machine that others use too."""
    rows = desk.main(console.print, DATA)
    notes.extend(rows)
    names = (
        "subject",
        "cpu_p50_ms",
        "cpu_p95_ms",
        "wall_p50_ms",
        "wall_p95_ms",
        "limit_ms",
        "statements",
        "kb",
    )
    table = Table(*(name.replace("_", " ") for name in names))
    for row in rows:
        cells = ("" if row[name] is None else str(row[name]) for name in names)
        table.add_row(*cells, style="bold" if row["over"] else None)
    console.print(table)


def main(arguments: list[str]) -> int:
    """Run the named parts, or all; returns the exit code."""
    unknown = set(arguments) - set(PARTS)
    if unknown:
        console.print(f"There is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
        return 2
    wanted = arguments or list(PARTS)
    notes: list[dict[str, object]] = []
    every = [*asyncio.run(_run(wanted)), *(_search(notes) if "search" in wanted else [])]
    if "desk" in wanted:
        _desk(notes)
    by_name = {series.name: series for series in every}
    rows = [series.row(by_name.get(series.peer or "")) for series in every]
    table = Table("subject", "a second", "p50 ms", "p95 ms", "p99 ms", "errors", "ratio to its peer (spread)")
    for row in rows:
        spread = row.get("ratio_spread")
        ratio = f"{row['ratio']} ({spread[0]}-{spread[1]})" if isinstance(spread, list) else ""
        cells = (
            row["subject"],
            row["rate"],
            row["p50_ms"],
            row["p95_ms"],
            row["p99_ms"],
            row["errors"],
            ratio,
        )
        table.add_row(*map(str, cells))
    if rows:
        console.print(table)
    now = SystemClock().now()
    path = Path(f"bench-{now:%Y%m%d-%H%M%S}.json")
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    path.write_text(
        json.dumps({"at": now.isoformat(), "machine": machine, "rows": rows, "notes": notes}, indent=1),
        encoding="utf-8",
    )
    console.print(f"Written to {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
