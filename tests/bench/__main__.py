"""`make bench`: every measurement, a table for people and JSON for comparisons; BENCH="telegram" runs one part."""

import asyncio
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from lotse.clock import SystemClock
from tests.bench import desk, nlu, reminders, search, telegram
from tests.bench.measure import Series

DATA = Path(os.environ.get("LOTSE_BENCH_DATA", Path(__file__).parents[3] / "shared" / "data"))
"""Real texts to measure with; nothing of them is in the project."""
Note = dict[str, object]
Found = tuple[Sequence[Series], Sequence[Note]]
# In a file a table may be as wide as it needs to be.
console = Console(width=None if sys.stdout.isatty() else 180)


def _telegram() -> Found:
    async def run() -> list[Series]:
        with tempfile.TemporaryDirectory(prefix="lotse-bench-") as folder:
            async with nlu.our_service(Path(folder)) as service:
                return await telegram.measure(str(service.socket), console.print)

    return asyncio.run(run()), ()


def _nlu() -> Found:
    console.print("Stock Rasa is trained once for each state of the data, a few minutes.")
    return asyncio.run(nlu.measure(console.print)), ()


PARTS: dict[str, Callable[[], Found]] = {
    "telegram": _telegram,
    "nlu": _nlu,
    # Beside its speeds what the search finds, how long it takes to build and what it holds in memory.
    "search": lambda: search.measure(console.print, DATA),
    "reminders": lambda: reminders.measure(console.print),
    # Every page; the processor's time says more than the clock on a machine that others use too.
    "desk": lambda: ((), desk.main(console.print, DATA)),
}


def _rates(rows: Sequence[Note]) -> Table:
    table = Table("subject", "a second", "p50 ms", "p95 ms", "p99 ms", "errors", "ratio to its peer (spread)")
    for row in rows:
        spread = row.get("ratio_spread")
        ratio = f"{row['ratio']} ({spread[0]}-{spread[1]})" if isinstance(spread, list) else ""
        cells = [row[name] for name in ("subject", "rate", "p50_ms", "p95_ms", "p99_ms", "errors")]
        table.add_row(*map(str, cells), ratio)
    return table


def _notes(notes: Sequence[Note]) -> Table:
    """A column for each field; what is over its limit or not reached is bold."""
    names = [name for name in dict.fromkeys(name for note in notes for name in note) if name != "over"]
    table = Table(*(name.replace("_", " ") for name in names))
    for note in notes:
        cells = ("" if note.get(name) is None else str(note[name]) for name in names)
        table.add_row(*cells, style="bold" if note.get("over") or note.get("reached") is False else None)
    return table


def main(arguments: list[str]) -> int:
    """Run the named parts, or all; returns the exit code."""
    unknown = set(arguments) - set(PARTS)
    if unknown:
        console.print(f"There is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
        return 2
    series: list[Series] = []
    notes: list[Note] = []
    for name in arguments or PARTS:
        rates, facts = PARTS[name]()
        series.extend(rates)
        notes.extend(facts)
        if facts:
            console.print(_notes(facts))
    by_name = {one.name: one for one in series}
    rows = [one.row(by_name.get(one.peer or "")) for one in series]
    if rows:
        console.print(_rates(rows))
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
