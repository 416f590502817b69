"""`make test`: installs what it may, runs lint and every test, and prints one summary; with CI=true a skip is a failure."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
CHROMIUM = Path("/usr/bin/chromium")
# In the folders' order: the long ones come early, and it is small files that are left when one of the two has nothing more to do.
_TESTS = [
    str(BIN / "pytest"),
    "-q",
    "-n",
    "2",
    "--dist",
    "loadfile",
    "--no-loadscope-reorder",
    "--durations",
    "10",
]
_STEPS = (
    ("ruff", [str(BIN / "ruff"), "check", "."]),
    ("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
    ("mypy", [str(BIN / "mypy")]),
    ("imports", [str(BIN / "lint-imports"), "--no-cache"]),
    ("tests", _TESTS),
)


def main() -> int:
    """Run everything; returns the exit code."""
    _browser()
    results: list[tuple[str, bool, float]] = []
    for name, command in _STEPS:
        sys.stdout.write(
            f"\n=== {name}: {' '.join(Path(command[0]).name if i == 0 else c for i, c in enumerate(command))}\n"
        )
        sys.stdout.flush()
        started = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, check=False)
        results.append((name, done.returncode == 0, time.monotonic() - started))
    sys.stdout.write("\n=== summary\n")
    for name, good, seconds in results:
        sys.stdout.write(f"{'ok    ' if good else 'FAILED'} {name:<8} {seconds:6.0f} s\n")
    return 0 if all(good for _, good, _ in results) else 1


def _browser() -> None:
    """Debian's chromium for the page tests and poppler for printed sheets, where this machine lets us install them."""
    if CHROMIUM.exists() and shutil.which("pdftotext"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        sys.stdout.write("Installing Debian's chromium and poppler for the tests of pages and sheets …\n")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=environment, check=False, stdout=subprocess.DEVNULL)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "chromium", "fonts-noto-core", "poppler-utils"],
            env=environment,
            check=False,
            stdout=subprocess.DEVNULL,
        )
    if not CHROMIUM.exists():
        sys.stdout.write(
            "No chromium here: the browser tests are skipped (as root: apt-get install chromium).\n"
        )


if __name__ == "__main__":
    sys.exit(main())
