"""S7: sixty files made to hurt are refused with a sentence or read right, in a process whose memory and time are looked at."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trust.promise import LONG, held

ROOT = Path(__file__).resolve().parents[2]


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
