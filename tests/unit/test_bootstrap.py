"""Set-up on a real server: what it starts, where the model goes, and who learns the settings."""

import importlib
import json
import sys
from pathlib import Path

import pytest

from lotse import bootstrap, launch
from lotse.settings import Settings

# Stands in for an environment's Python: writes down how it was started.
_PROGRAM = """#!{python}
import json, os, sys
with open({notes!r}, "a") as file:
    print(json.dumps([sys.argv[1:], {{k: v for k, v in os.environ.items() if k.startswith("LOTSE_")}}]), file=file)
"""
SETTINGS = {"LOTSE_VAR": "/var/lib/lotse", "LOTSE_TELEGRAM_TOKEN": "1:canary"}


class Started:
    """What was started in place of the real programs."""

    def __init__(self, folder: Path) -> None:
        self.program, self._notes = folder / "python", folder / "notes"
        self.program.write_text(_PROGRAM.format(python=sys.executable, notes=str(self._notes)))
        self.program.chmod(0o755)

    @property
    def every(self) -> list[tuple[list[str], dict[str, str]]]:
        """Words and settings of each program."""
        return [
            (words, settings) for words, settings in map(json.loads, self._notes.read_text().splitlines())
        ]


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Started:
    found = Started(tmp_path)
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    importlib.reload(bootstrap)
    for name in ("PYTHON", "VENV", "NLU_VENV"):
        monkeypatch.setattr(bootstrap, name, found.program if name == "PYTHON" else tmp_path / name)
    return found


def test_commands_of_lotse_know_the_settings_and_packages_do_not(started: Started) -> None:
    bootstrap.VENV.mkdir()
    bootstrap.main_environment(dev=False)
    installed = started.every
    assert [words[:3] for words, _ in installed] == [["-m", "pip", "install"]] * 2
    assert [settings for _, settings in installed] == [{}, {}]
    bootstrap.model()
    bootstrap.database()
    assert started.every[2:] == [
        (["-m", "lotse", "nlu", "train"], SETTINGS),
        (["-m", "lotse", "setup"], SETTINGS),
    ]


def test_a_python_is_fetched_into_the_project_where_there_is_none(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    uv = bootstrap.VENV / "bin" / "uv"
    uv.parent.mkdir(parents=True)
    bootstrap.NLU_VENV.mkdir()
    uv.write_text(
        f'#!/bin/sh\necho "$@ ${{UV_PYTHON_INSTALL_DIR:-}}" >> {bootstrap.VENV}/asked\n[ "$1" != python ]\n'
    )
    uv.chmod(0o755)
    assert bootstrap.nlu_environment()
    found, made, _ = (bootstrap.VENV / "asked").read_text().splitlines()
    assert found.startswith("python find --system --no-python-downloads")
    assert made.endswith(str(bootstrap.FETCHED))


def test_a_model_is_trained_where_it_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(var=tmp_path)
    monkeypatch.setattr(launch, "NLU_PYTHON", tmp_path / "python")
    assert launch.train_command(settings) is None
    (tmp_path / "python").touch(0o755)
    train = launch.train_command(settings)
    assert train is not None
    folder = Path(train[train.index("--out") + 1])
    folder.mkdir()
    (folder / "nlu-0123.tar.gz").touch()
    serve = launch.nlu_command(settings)
    assert serve is not None
    assert str(folder / "nlu-0123.tar.gz") in serve


def test_an_own_certificate_authority_is_named_to_pip_as_well() -> None:
    given = {"SSL_CERT_FILE": "/etc/ca.pem", "LOTSE_KEYS": "canary", "PATH": "/bin"}
    kept = {"SSL_CERT_FILE": "/etc/ca.pem", "PIP_CERT": "/etc/ca.pem", "PATH": "/bin"}
    assert bootstrap.without_settings(given) == kept
    assert bootstrap.without_settings(given | {"PIP_CERT": "/other.pem"})["PIP_CERT"] == "/other.pem"
    assert bootstrap.without_settings({"PATH": "/bin"}) == {"PATH": "/bin"}
