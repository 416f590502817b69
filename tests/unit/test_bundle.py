"""The bundle for a server without a way out: it brings the interpreter that Debian does not have, and its script finds it."""

import subprocess
from pathlib import Path

from tests.supply import bundle


def _fetched(root: Path) -> tuple[Path, Path]:
    """An interpreter as uv fetches it, and an environment made of it."""
    home = root / ".python" / "cpython-3.10.19-linux"
    (home / "bin").mkdir(parents=True)
    (home / "lib" / "__pycache__").mkdir(parents=True)
    (home / "lib" / "__pycache__" / "x.pyc").write_bytes(b"x")
    (home / "bin" / "python3.10").write_text("#!/bin/sh\necho three-ten\n")
    (home / "bin" / "python3.10").chmod(0o755)
    python = root / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(home / "bin" / "python3.10")
    return home, python


def test_the_interpreter_is_packed_where_it_is_the_projects_own(tmp_path: Path) -> None:
    home, python = _fetched(tmp_path)
    assert bundle.own_python(python, tmp_path / ".python") == home
    assert bundle.own_python(python, tmp_path / "elsewhere") is None
    bundle.pack(home, tmp_path / "python310.tar")
    there = tmp_path / "there"
    there.mkdir()
    subprocess.run(["tar", "-xf", tmp_path / "python310.tar", "-C", there], check=True)
    assert subprocess.check_output([there / home.name / "bin" / "python3.10"], text=True) == "three-ten\n"
    assert not list(there.rglob("*.pyc"))


def test_the_script_is_one_that_a_shell_reads_and_takes_the_packed_interpreter(tmp_path: Path) -> None:
    subprocess.run(["sh", "-n"], input=bundle.INSTALL, text=True, check=True)
    home, _ = _fetched(tmp_path / "from")
    here, target = tmp_path / "here", tmp_path / "target"
    here.mkdir()
    target.mkdir()
    bundle.pack(home, here / "python310.tar")
    start, end = bundle.INSTALL.index("python310="), bundle.INSTALL.index("if [ ! -d")
    script = f"set -eu\nhere={here}\n{bundle.INSTALL[start:end]}\n$python310"
    said = subprocess.check_output(["sh", "-c", script], text=True, cwd=target, env={"PATH": "/usr/bin:/bin"})
    assert said == "three-ten\n"
