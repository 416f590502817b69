"""The training command: its cache, its sentences about bad data, and that it needs no network."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nlu.service import fingerprint
from tests.nlu.service.conftest import MODELS, ROOT, SERVICE

pytestmark = pytest.mark.model

GOOD = """version: "3.1"
nlu:
- intent: greet
  examples: |
    - hallo
    - hallo in [Haar](place)
"""
LEXICON = "keywords:\n  greet: [hallo]\nentities:\n  place:\n    Haar: [haar]\n"


def _train(python310: Path, *arguments: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [python310, SERVICE / "train.py", *arguments],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


def test_a_trained_model_is_taken_from_the_cache(python310: Path, model: Path) -> None:
    done = _train(python310, "--out", MODELS)
    assert done.stdout == f"up to date: {model}\n"
    assert fingerprint.is_intact(model)


def test_the_cache_is_checked_without_rasa(model: Path, in_service: Callable[..., Any]) -> None:
    code = """
import contextlib, io, json, runpy, sys
sys.argv = ["train.py"]
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    runpy.run_path("nlu/service/train.py", run_name="__main__")
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
    assert {"rasa", "numpy", "yaml", "rich"}.isdisjoint(in_service(code))


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("nlu_talk.yml", "nlu: [", "nlu_talk.yml:1: not readable as YAML"),
        ("nlu_talk.yml", "version: 3\n", "nlu_talk.yml:1: expected a list under 'nlu'"),
        ("nlu_talk.yml", GOOD.replace("greet", "gret"), "nlu_talk.yml:3: there is no intent 'gret'"),
        ("nlu_talk.yml", GOOD.replace("(place)", "(plaice)"), "nlu_talk.yml:6: there is no entity 'plaice'"),
        ("nlu_talk.yml", GOOD.replace("Haar", "Berlin"), "nlu_talk.yml:6: 'Berlin' is no value of 'place'"),
        ("nlu_talk.yml", GOOD.replace("(place)", '{"entity"}'), "nlu_talk.yml:6: {"),
        (
            "nlu_talk.yml",
            GOOD.replace("(place)", '{"entity": "place"'),
            "nlu_talk.yml:6: an annotation is not closed",
        ),
        (
            "nlu_talk.yml",
            GOOD.replace("- hallo\n", "hallo\n"),
            "nlu_talk.yml:5: expected '- ' and a sentence",
        ),
        ("nlu_talk.yml", GOOD.replace("- hallo\n", "-\n"), "nlu_talk.yml:5: expected '- ' and a sentence"),
        (
            "nlu_own.yml",
            GOOD.replace("greet", "thanks"),
            "nlu_talk.yml:5: the same sentence stands under thanks",
        ),
        ("lexicon.yml", LEXICON.replace("[hallo]", "hallo"), "lexicon.yml:2: expected a list"),
        (
            "lexicon.yml",
            LEXICON.replace("Haar:", "Hamburg:"),
            "lexicon.yml:5: 'Hamburg' is no value of 'place'",
        ),
        ("lexicon.yml", LEXICON.replace("place:", "town:"), "there is no entity 'town'"),
    ],
)
def test_bad_data_is_told_with_file_and_line(
    python310: Path, tmp_path: Path, name: str, content: str, expected: str
) -> None:
    folder = tmp_path / "data" / "de"
    folder.mkdir(parents=True)
    (folder / "nlu_talk.yml").write_text(GOOD)
    (folder / "lexicon.yml").write_text(LEXICON)
    (folder / name).write_text(content)
    done = _train(python310, "--data", tmp_path / "data", "--out", tmp_path / "models")
    assert done.returncode == 1
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "models").glob("nlu-*"))


def test_missing_files_are_told(python310: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for arguments, expected in (
        (("--data", tmp_path / "nowhere"), "nowhere does not exist"),
        (("--config", tmp_path / "no.yml"), "no.yml does not exist"),
        (("--data", tmp_path / "data"), "no training data"),
    ):
        done = _train(python310, *arguments, "--out", tmp_path / "models")
        assert done.returncode == 1
        assert expected in done.stderr


def test_the_name_follows_the_content(tmp_path: Path) -> None:
    data, config = tmp_path / "data", tmp_path / "config.yml"
    (data / "de").mkdir(parents=True)
    (data / "de" / "nlu_talk.yml").write_text(GOOD)
    config.write_text("pipeline: []")
    seen = {fingerprint.of_training(config, data)}
    (data / "de" / "lexicon.yml").write_text(LEXICON)
    seen.add(fingerprint.of_training(config, data))
    (data / "de" / "nlu_talk.yml").write_text(GOOD + "    - servus\n")
    seen.add(fingerprint.of_training(config, data))
    config.write_text("pipeline: [] # changed")
    seen.add(fingerprint.of_training(config, data))
    assert len(seen) == 4
    moved = shutil.copytree(data, tmp_path / "elsewhere")
    assert fingerprint.of_training(config, moved) in seen


def test_only_the_newest_two_models_are_kept(tmp_path: Path, in_service: Callable[..., Any]) -> None:
    code = """
import json, os, sys
from pathlib import Path
folder = Path(sys.argv[1])
sys.argv = ["train.py"]
from nlu.service import train
for number in range(4):
    archive = folder / "fresh.tar.gz"
    archive.write_text(str(number))
    train._keep(archive, folder / f"nlu-{number}.tar.gz")
    os.utime(folder / f"nlu-{number}.tar.gz", (number, number))
print(json.dumps(sorted(path.name for path in folder.iterdir())))
"""
    assert in_service(code, tmp_path) == [
        "nlu-2.tar.gz",
        "nlu-2.tar.gz.sha256",
        "nlu-3.tar.gz",
        "nlu-3.tar.gz.sha256",
    ]


@pytest.mark.slow
def test_training_needs_no_network_and_tells_its_steps(
    tmp_path: Path, in_service: Callable[..., Any]
) -> None:
    shutil.copytree(ROOT / "nlu" / "data" / "de", tmp_path / "data" / "de")
    code = """
import contextlib, io, json, runpy, socket, sys
def refuse(*arguments, **_):
    attempts.append(repr(arguments[-1]))
    raise OSError("no network")
attempts = []
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
sys.argv = ["train.py", "--data", sys.argv[1] + "/data", "--out", sys.argv[1] + "/models"]
printed = io.StringIO()
with contextlib.redirect_stdout(printed):
    try:
        runpy.run_path("nlu/service/train.py", run_name="__main__")
    except SystemExit as end:
        status = end.code
print(json.dumps([status, printed.getvalue(), attempts]))
"""
    status, printed, attempts = in_service(code, tmp_path)
    assert status == 0
    assert attempts == []
    for step in (
        "starting Rasa",
        "finding words and concepts",
        "learning the topics",
        "learning the details",
    ):
        assert step in printed
    models = [path.name for path in (tmp_path / "models").iterdir() if path.suffix == ".gz"]
    assert len(models) == 1
    assert f"models/{models[0]}" in printed
