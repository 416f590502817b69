"""`make bundle`: everything that a server without a way to a package registry needs, and the script that installs it there.

Wheels of both environments, the Python 3.10 of the understanding where this project fetched one, this version of the program, the trained model, and sums of it all; signed by nobody, so carry the sum of sums
by another way. A package that its makers ship as source only is built here.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

from lotse.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SERVICE = ROOT / "nlu" / "service"
SUMS = "SHA256SUMS"
INSTALL = """#!/bin/sh
# Installs Lotse from this folder; nothing is fetched. PYTHON and PYTHON310 name the interpreters, TARGET the folder of the program.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${TARGET:-/opt/lotse}
cd "$here" && sha256sum --quiet -c SHA256SUMS || { echo "This bundle is not whole."; exit 1; }
# A file more could be a package that pip likes better, or a model.
[ "$(find . -type f ! -name SHA256SUMS | wc -l)" -eq "$(wc -l < SHA256SUMS)" ] || { echo "This bundle holds files that are not in its list."; exit 1; }
# Nothing of the version before stays: a migration or a word list of it would be taken for one of this one.
if grep -qs '^name = "lotse"' "$target/pyproject.toml"; then
    find "$target" -mindepth 1 -maxdepth 1 ! -name var ! -name .env ! -name .venv ! -name nlu -exec rm -rf {} +
    find "$target/nlu" -mindepth 1 -maxdepth 1 ! -name service -exec rm -rf {} +
    find "$target/nlu/service" -mindepth 1 -maxdepth 1 ! -name .venv ! -name .python -exec rm -rf {} +
fi
mkdir -p "$target" && tar --no-same-owner -xf program.tar -C "$target" && cd "$target"
install() { # interpreter, environment, requirements, wheels
    "$1" -m venv "$2"
    "$2/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --find-links "$4" --no-deps -r "$3"
}
install "${PYTHON:-python3.11}" .venv "$here/requirements.txt" "$here/wheels"
.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --no-index -e .
python310=${PYTHON310:-python3.10}
if [ -z "${PYTHON310:-}" ] && [ -f "$here/python310.tar" ]; then
    # It stays beside the program, where the account of the understanding can read it.
    rm -rf nlu/service/.python && mkdir -p nlu/service/.python && tar --no-same-owner -xf "$here/python310.tar" -C nlu/service/.python
    python310=$(ls -d "$PWD"/nlu/service/.python/*/bin/python3.10 | head -n 1)
fi
if [ ! -d "$here/wheels-nlu" ]; then
    echo "This bundle has no understanding: Lotse runs in keyword mode."
elif command -v "$python310" >/dev/null; then
    install "$python310" nlu/service/.venv "$here/requirements-nlu.txt" "$here/wheels-nlu"
else
    echo "There is no Python 3.10, neither in this bundle nor here (Debian 12 has none): Lotse runs in keyword mode. Name one with PYTHON310=... and run this again."
fi
if [ -d "$here/models" ]; then mkdir -p "${LOTSE_VAR:-$target/var}/nlu-models" && cp "$here"/models/* "${LOTSE_VAR:-$target/var}/nlu-models/"; fi
.venv/bin/python -m lotse setup
"""


def _run(*command: str | Path, cwd: Path = ROOT) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYENV_VERSION"}
    subprocess.run([str(part) for part in command], cwd=cwd, check=True, env=environment)


def _wheels(python: Path, requirements: Path, folder: Path, pins: Path) -> None:
    """A wheel of every pinned package, checked by hash on the way; `pins` names them without the hashes of files that were built here."""
    folder.mkdir(parents=True)
    _run(
        python,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        # The environments have no package that builds others: each is built in one of its own.
        "--use-pep517",
        "--no-deps",
        "-w",
        folder,
        "-r",
        requirements,
    )
    lines = requirements.read_text(encoding="utf-8").splitlines()
    kept = [line.split(" \\")[0].split(" --hash")[0].rstrip() for line in lines if line[:1].isalnum()]
    pins.write_text("\n".join(kept) + "\n", encoding="utf-8")


def _newest_model() -> list[Path]:
    """The model that was trained last, with its sum; nothing where there is none."""
    models = sorted(Settings().models_path.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    return [file for model in models[-1:] for file in (model, model.with_name(model.name + ".sha256"))]


def own_python(
    python: Path = SERVICE / ".venv/bin/python", fetched: Path = SERVICE / ".python"
) -> Path | None:
    """The folder of the interpreter of the understanding where this project fetched it; one of the machine's own cannot be carried elsewhere."""
    home = Path(os.path.realpath(python)).parents[1]
    return home if home.is_relative_to(fetched.resolve()) else None


def pack(home: Path, file: Path) -> None:
    """An interpreter as an archive, without what it compiled."""
    with tarfile.open(file, "w") as archive:
        archive.add(home, home.name, filter=lambda part: None if "__pycache__" in part.name else part)


def sums(folder: Path) -> str:
    """One line for each file, as sha256sum writes and checks them."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SUMS)
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in found
    )


def make(folder: Path, *, nlu: bool) -> None:
    """Fill an empty folder."""
    _wheels(
        ROOT / ".venv/bin/python", ROOT / "requirements.txt", folder / "wheels", folder / "requirements.txt"
    )
    (folder / "models").mkdir()
    if nlu:
        python = SERVICE / ".venv/bin/python"
        if (
            subprocess.run(
                [str(python), "-m", "pip", "--version"], check=False, capture_output=True
            ).returncode
            != 0
        ):
            _run(python, "-m", "ensurepip", cwd=SERVICE)
        _wheels(python, SERVICE / "requirements.txt", folder / "wheels-nlu", folder / "requirements-nlu.txt")
        for file in _newest_model():
            shutil.copy(file, folder / "models")
        home = own_python()
        if home is not None:
            pack(home, folder / "python310.tar")
    _run("git", "archive", "--format=tar", "-o", folder / "program.tar", "HEAD")
    script = folder / "install.sh"
    script.write_text(INSTALL, encoding="utf-8")
    script.chmod(0o755)
    (folder / SUMS).write_text(sums(folder), encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="bundle", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "bundle")
    parser.add_argument("--without-nlu", action="store_true", help="the bot and desk alone, for keyword mode")
    given = parser.parse_args(arguments)
    if not (given.without_nlu or (_newest_model() and (SERVICE / ".venv/bin/python").exists())):
        sys.stderr.write(
            "The understanding is not here to be packed. Run make setup first, or leave it out with --without-nlu.\n"
        )
        return 1
    shutil.rmtree(given.out, ignore_errors=True)
    given.out.mkdir(parents=True)
    make(given.out.resolve(), nlu=not given.without_nlu)
    size = sum(path.stat().st_size for path in given.out.rglob("*") if path.is_file()) / 2**20
    sys.stdout.write(
        f"{given.out}: {size:.0f} MB. On the server: sh install.sh\n{hashlib.sha256((given.out / SUMS).read_bytes()).hexdigest()}  {SUMS}\n"
    )
    if not given.without_nlu and own_python() is None:
        sys.stdout.write(
            "No interpreter is in it: the understanding uses this machine's own Python 3.10. The server needs one, which Debian 12 does not have; "
            "or remove nlu/service/.venv, run make setup where uv finds no Python 3.10 and fetches one, and make the bundle again.\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
