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


def _unpacked(here: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """The script as far as the program lies where it is to run."""
    head = bundle.INSTALL[: bundle.INSTALL.index(' && cd "$target"')]
    (here / "install.sh").write_text(head, encoding="utf-8")
    files = sorted(path.name for path in here.iterdir() if path.name != bundle.SUMS)
    sums = subprocess.check_output(["sha256sum", *files], cwd=here, text=True)
    if not (here / bundle.SUMS).exists():
        (here / bundle.SUMS).write_text(sums, encoding="utf-8")
    return subprocess.run(
        ["sh", here / "install.sh"], check=False, capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin", "TARGET": str(target)},
    )  # fmt: skip


def _bundle(tmp_path: Path) -> tuple[Path, Path]:
    program, here, target = (tmp_path / name for name in ("program", "here", "target"))
    (program / "nlu" / "service").mkdir(parents=True)
    here.mkdir()
    (program / "pyproject.toml").write_text('[project]\nname = "lotse"\n', encoding="utf-8")
    (program / "nlu" / "service" / "server.py").write_text("", encoding="utf-8")
    subprocess.run(["tar", "-cf", here / "program.tar", "-C", program, "."], check=True)
    return here, target


def test_nothing_of_the_version_before_stays_but_what_is_the_districts(tmp_path: Path) -> None:
    here, target = _bundle(tmp_path)
    assert _unpacked(here, target).returncode == 0
    old = ("db/0030_newer.py", "nlu/data/xx.yml", "nlu/service/gone.py")
    kept = ("var/lotse.db", ".env", ".venv/x", "nlu/service/.venv/x", "nlu/service/.python/x")
    for name in (*old, *kept):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text("x", encoding="utf-8")
    assert _unpacked(here, target).returncode == 0
    assert [name for name in old if (target / name).exists()] == []
    assert all((target / name).exists() for name in kept)
    assert (target / "nlu" / "service" / "server.py").exists()


def test_a_folder_that_holds_something_else_is_not_emptied(tmp_path: Path) -> None:
    here, target = _bundle(tmp_path)
    target.mkdir()
    (target / "pyproject.toml").write_text('name = "another"\n', encoding="utf-8")
    (target / "work.py").write_text("x", encoding="utf-8")
    assert _unpacked(here, target).returncode == 0
    assert (target / "work.py").exists()


def test_a_file_that_was_slipped_in_is_seen(tmp_path: Path) -> None:
    here, target = _bundle(tmp_path)
    assert _unpacked(here, target).returncode == 0
    (here / "demo-1.0-9-py3-none-any.whl").write_bytes(b"x")
    found = _unpacked(here, target)
    assert found.returncode == 1
    assert "not in its list" in found.stdout
