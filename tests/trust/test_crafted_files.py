"""S7: files made to hurt are refused with the sentence about what is wrong or read right, in a process whose memory and time are looked at."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.trust import crafted
from tests.trust.promise import LONG, held

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("table", crafted.ROWS)
def test_without_what_hurts_the_same_file_is_read(table: str) -> None:
    """Else a refusal would say nothing: whatever the file is, the table around it is one that both importers take."""
    made = {one.name: one for one in (*crafted.workbooks(table), *crafted.texts(table))}
    for kind, good in (("xlsx", made["good.xlsx"]), ("csv", made["utf-8.csv"])):
        assert crafted.outcome(good) == (frozenset(), crafted.NAME)
        let_through = [one for one in made.values() if one.keys and one.name.endswith(kind)]
        assert len(let_through) > 20
        assert all(crafted.wrong_with(replace(one, content=good.content)) for one in let_through)


@pytest.mark.timeout(900)
def test_sixty_files() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.trust.crafted"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    # Seconds are looked at where nothing else runs.
    quick = found["seconds"] <= 5 or not LONG
    held(
        "S7",
        "crafted files: wrong, peak memory, slowest",
        "≥ 60: 0 wrong, < 300 MB, ≤ 5 s",
        f"{found['files']}: {len(found['wrong'])} wrong {found['wrong'][:6] or ''}, {found['peak']:.0f} MB, {found['seconds']:.1f} s ({found['slowest']})",
        found["files"] >= 60 and not found["wrong"] and found["peak"] < 300 and quick,
    )
