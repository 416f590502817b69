"""Command that trains the model from config.yml and nlu/data; only files whose content changed make it train again."""

# ruff: noqa: PLC0415, T201 - a command prints, and heavy imports wait until they are needed

from __future__ import annotations

import argparse
import contextlib
import fcntl
import io
import logging
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)

from nlu.service import fingerprint  # noqa: E402

KEPT_MODELS = 2


class CannotTrainError(Exception):
    """{message}; a sentence for the person who called."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="train.py", description="Train Lotse's understanding of free text.")
    parser.add_argument(
        "--data", type=Path, default=ROOT / "nlu" / "data", help="folder with a folder for each language"
    )
    parser.add_argument("--config", type=Path, default=ROOT / "config.yml", help="the Rasa pipeline")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "nlu-models", help="where models are kept")
    parser.add_argument("--force", action="store_true", help="train even if nothing changed")
    return parser.parse_args()


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Two trainings at once wait for each other; the second then finds the model there."""
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("another training is running here; waiting for it", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Steps(logging.Handler):
    """Shows what the training reports: a bar on a terminal, a line for each step elsewhere."""

    def __init__(self) -> None:
        """Nothing is drawn before the first step."""
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        super().__init__()
        self.console = Console(file=sys.stdout)  # kept: Rasa's own prints are sent elsewhere
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        self.bar: Optional[Progress] = (
            Progress(*columns, console=self.console) if self.console.is_terminal else None
        )
        self._tasks: Dict[str, Any] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Takes the records of our own components; `done` and `steps` say how far they are."""
        text, done, steps = record.getMessage(), getattr(record, "done", 0), getattr(record, "steps", 1)
        if self.bar is None:
            print(f"{text} ({done}/{steps})" if steps > 1 else text, file=self.console.file, flush=True)
            return
        if text not in self._tasks:
            self.finish()
            self._tasks[text] = self.bar.add_task(text, total=steps)
        self.bar.update(self._tasks[text], completed=done)

    def finish(self) -> None:
        """Everything begun so far is done."""
        for task in self._tasks.values() if self.bar else ():
            self.bar.update(task, completed=next(one.total for one in self.bar.tasks if one.id == task))


def _quiet_environment(folder: Path) -> None:
    """No telemetry, nothing in the caller's folder, no chatter of TensorFlow."""
    os.environ.update(
        RASA_TELEMETRY_ENABLED="false",
        TF_CPP_MIN_LOG_LEVEL="3",
        SQLALCHEMY_SILENCE_UBER_WARNING="1",
        MPLCONFIGDIR=str(folder / "matplotlib"),
    )
    warnings.showwarning = lambda *_, **__: None  # libraries put their own filters back on import


def _inputs(arguments: argparse.Namespace) -> tuple[List[Any], Dict[str, Any]]:
    """All training lines, and the pipeline with its data paths made absolute."""
    import yaml

    from nlu.service import language_data

    try:
        examples = language_data.read_examples(arguments.data)
        language_data.read_lexicons(arguments.data)
    except language_data.DataError as problem:
        raise CannotTrainError(str(problem)) from problem
    languages = sorted({example.language for example in examples})
    print(f"{len(examples)} training lines in {len(languages)} languages: {' '.join(languages)}", flush=True)
    config = yaml.safe_load(arguments.config.read_text(encoding="utf-8"))
    for component in config["pipeline"]:
        if "data" in component:
            component["data"] = str(arguments.data.resolve())
    return examples, config


def _train(arguments: argparse.Namespace, folder: Path, target: Path) -> Path:
    """Lets Rasa train in `folder` and returns the archive."""
    examples, config = _inputs(arguments)
    archive = folder / target.name
    steps = Steps()
    with steps.bar or contextlib.nullcontext():
        logger = logging.getLogger("lotse.nlu.training")
        logger.setLevel(logging.INFO)
        logger.addHandler(steps)
        logger.propagate = False
        logger.info("starting Rasa")
        import structlog

        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
        logging.getLogger("rasa").setLevel(logging.ERROR)
        with contextlib.redirect_stdout(io.StringIO()):
            from nlu.service import graph

            # What the lines are named by is what the model is named by.
            graph.train(graph.Lines(examples, target.name), config, folder / "parts", archive)
        steps.finish()
    return archive


def _keep(archive: Path, target: Path) -> None:
    """The checksum first: a model that is there is complete."""
    written = archive.with_suffix(".sha256")
    written.write_text(f"{fingerprint.of_file(archive)}  {target.name}\n")
    written.replace(fingerprint.checksum_path(target))
    archive.chmod(0o444)
    archive.replace(target)
    models = sorted(target.parent.glob("nlu-*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in [model for model in models if model != target][KEPT_MODELS - 1 :]:
        old.unlink(missing_ok=True)
        fingerprint.checksum_path(old).unlink(missing_ok=True)


def run(arguments: argparse.Namespace) -> None:
    """Trains unless the model is there."""
    for path in (arguments.config, arguments.data):
        if not path.exists():
            raise CannotTrainError(f"{path} does not exist")
    arguments.out.mkdir(parents=True, exist_ok=True)
    with _only_one(arguments.out):
        target = arguments.out / f"nlu-{fingerprint.of_training(arguments.config, arguments.data)}.tar.gz"
        if not arguments.force and fingerprint.is_intact(target):
            os.utime(target)
            print(f"up to date: {target}")
            return
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix=".training-", dir=arguments.out) as folder:
            _quiet_environment(Path(folder))
            _keep(_train(arguments, Path(folder), target), target)
        print(f"trained in {time.monotonic() - began:.0f} s: {target}")


def main() -> int:
    """Exit status: 0 when a model is there, 1 when the files are wrong."""
    arguments = _arguments()
    arguments.data, arguments.config, arguments.out = (
        path.resolve() for path in (arguments.data, arguments.config, arguments.out)
    )
    try:
        run(arguments)
    except CannotTrainError as problem:
        print(f"not trained: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; nothing was changed", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
