"""Sets the project up on a fresh machine: environments, NLU model, keys, database; the standard library only, run by any Python 3.11.

    python3.11 lotse/bootstrap.py [--dev]

Every step is skipped when nothing changed since it was done.
"""

import hashlib
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SERVICE = ROOT / "nlu" / "service"
NLU_VENV = SERVICE / ".venv"
FETCHED = SERVICE / ".python"
KEYWORD_MODE = """
  Lotse will run in keyword mode: menus, buttons and key words work, whole sentences less well.
  For the rest let this machine reach github.com, or put a Python 3.10 on it (with pyenv, or: uv python install 3.10; on a server outside of every home), then run `make setup` again."""


def without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """What packages' programs get of an environment: no setting of ours, and its certificates also under the name that pip knows."""
    kept = {name: value for name, value in environment.items() if not name.startswith("LOTSE_")}
    if "SSL_CERT_FILE" in kept:
        # The pip of Debian 12 looks at this one only.
        kept.setdefault("PIP_CERT", kept["SSL_CERT_FILE"])
    return kept


WITHOUT_SETTINGS = without_settings(os.environ)


class SetupError(Exception):
    """A step did not work; the text says what is missing."""


def say(step: str, text: str) -> None:
    """One line of progress."""
    sys.stdout.write(f"[{step}] {text}\n")
    sys.stdout.flush()


def run(command: Sequence[str], *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> bool:
    """Run a command with its output visible; whether it worked. Without `env` it gets no setting of ours: packages bring programs along."""
    return subprocess.run(command, cwd=cwd, env=env or WITHOUT_SETTINGS, check=False).returncode == 0  # noqa: S603 -- fixed commands


def run_lotse(*words: str) -> bool:
    """Run a command of Lotse with the settings that this process has."""
    return run([str(PYTHON), "-m", "lotse", *words], env=dict(os.environ))


def fingerprint(*files: Path) -> str:
    """What a stamp remembers of the files that a step depends on."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def is_done(stamp: Path, mark: str) -> bool:
    """Whether the step with this stamp was done for the same files."""
    return stamp.exists() and stamp.read_text(encoding="utf-8") == mark


def main_environment(*, dev: bool) -> None:
    """The bot's environment in .venv, with uv in it."""
    requirements = ROOT / ("requirements-dev.txt" if dev else "requirements.txt")
    mark = fingerprint(requirements, ROOT / "pyproject.toml")
    stamps = [VENV / ".lotse-dev", VENV / ".lotse"]
    # The developer's environment holds everything the bot's does.
    wanted = stamps[:1] if dev else stamps
    known = {
        VENV / ".lotse-dev": fingerprint(ROOT / "requirements-dev.txt", ROOT / "pyproject.toml"),
        VENV / ".lotse": mark,
    }
    if PYTHON.exists() and any(is_done(stamp, known[stamp]) for stamp in wanted):
        say("1/4", "Python environment: ready")
        return
    say("1/4", f"Python environment in {VENV.name} from {requirements.name} …")
    if not PYTHON.exists() and not run([sys.executable, "-m", "venv", str(VENV)]):
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetupError("Python's venv module does not work here. On Debian: apt install python3.11-venv")
    install = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    # The file is the whole closure. Without --no-deps pip would still resolve extras, and a newer release of a package
    # that somebody asks for with an extra (coverage[toml]) stops it: "not pinned".
    if not run([*install, "--require-hashes", "--no-deps", "--progress-bar", "on", "-r", str(requirements)]):
        raise SetupError(
            "The packages could not be installed. Is the package registry reachable (proxy, certificates)?"
        )
    if not run([*install, "--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT)]):
        raise SetupError("The project itself could not be installed into .venv.")
    (VENV / (".lotse-dev" if dev else ".lotse")).write_text(mark, encoding="utf-8")


def finds_python(uv: str, environment: dict[str, str]) -> bool:
    """Whether uv finds the Python that the service wants on this machine."""
    # Not the one of an environment that is there already and is to be made anew.
    command = [uv, "python", "find", "--system", "--no-python-downloads"]
    found = subprocess.run(command, cwd=SERVICE, env=environment, check=False, capture_output=True)  # noqa: S603 -- as above
    return found.returncode == 0


def nlu_environment() -> bool:
    """Rasa's environment on Python 3.10; False where no such Python can be had."""
    requirements = SERVICE / "requirements.txt"
    stamp, mark = NLU_VENV / ".lotse", fingerprint(requirements, SERVICE / ".python-version")
    if is_done(stamp, mark):
        say("2/4", "NLU environment: ready")
        return True
    say("2/4", "NLU environment on Python 3.10 in nlu/service/.venv (about a gigabyte the first time) …")
    uv = str(VENV / "bin" / "uv")
    # uv finds the interpreter by the folder's .python-version, so it must run inside that folder. When pyenv started us,
    # it told us in PYENV_VERSION to keep to 3.11, which would hide its 3.10.
    environment = {**WITHOUT_SETTINGS, "VIRTUAL_ENV": str(NLU_VENV)}
    environment.pop("PYENV_VERSION", None)
    if FETCHED.exists() or not finds_python(uv, environment):
        # Fetched into a home folder it would be out of reach of the service's account.
        say(
            "2/4",
            f"Python 3.10 comes from {FETCHED.relative_to(ROOT)}; it is fetched where it is not there yet …",
        )
        environment["UV_PYTHON_INSTALL_DIR"] = str(FETCHED)
    if not run([uv, "venv", "--clear", str(NLU_VENV)], cwd=SERVICE, env=environment):
        say("2/4", "There is no Python 3.10 on this machine, and none could be fetched." + KEYWORD_MODE)
        return False
    if not run([uv, "pip", "sync", "--require-hashes", str(requirements)], cwd=SERVICE, env=environment):
        say("2/4", "Rasa's packages could not be installed." + KEYWORD_MODE)
        return False
    stamp.write_text(mark, encoding="utf-8")
    return True


def model() -> None:
    """Train the model unless there is one for these very data."""
    say("3/4", "NLU model: training it if the data changed (a few minutes the first time) …")
    # By the command, which knows from the settings where models are kept.
    if not run_lotse("nlu", "train"):
        raise SetupError("The model could not be trained; the lines above say why.")


def close_settings() -> None:
    """Let nobody else on this machine read the token: an editor makes a file that everybody may read."""
    file = ROOT / ".env"
    mode = file.stat().st_mode if file.exists() else 0
    if mode & stat.S_IRWXO:
        file.chmod(stat.S_IMODE(mode) & ~stat.S_IRWXO)
        say("✓", "closed .env, which everybody on this machine could read")


def database() -> None:
    """Keys, schema and catalogue."""
    if not run_lotse("setup"):
        raise SetupError("The database could not be set up; the lines above say why.")


def main() -> int:
    """Do every step that is not done; returns the exit code."""
    started = time.monotonic()
    if sys.version_info < (3, 11):  # noqa: UP036 -- whatever Python make finds runs this file
        sys.stderr.write(
            f"Lotse needs Python 3.11 or newer; this is {sys.version.split()[0]}. Set PYTHON=… for make.\n"
        )
        return 1
    try:
        close_settings()
        main_environment(dev="--dev" in sys.argv)
        if nlu_environment():
            model()
        say("4/4", "Keys, database and catalogue …")
        database()
    except SetupError as error:
        sys.stderr.write(f"\nSet-up stopped: {error}\n")
        return 1
    say("✓", f"ready after {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
