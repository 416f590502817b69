"""The name of a model: a hash over everything that goes into it; standard library only, so that checking the cache is quick."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Iterator

ROOT = Path(__file__).resolve().parents[2]
SERVICE = Path(__file__).resolve().parent
SHORT = 12


def _inputs(config: Path, data: Path) -> Iterator[tuple[str, Path]]:
    yield "config", config
    yield "text", ROOT / "i18n" / "text.py"
    yield "requirements", SERVICE / "requirements.txt"  # a model of another Rasa must be trained again
    yield "language_data", SERVICE / "language_data.py"
    yield "graph", SERVICE / "graph.py"
    for path in sorted((SERVICE / "components").glob("*.py")):
        yield f"components/{path.name}", path
    for path in sorted([*data.glob("*/nlu_*.yml"), *data.glob("*/lexicon.yml")]):
        yield f"data/{path.parent.name}/{path.name}", path


def of_training(config: Path, data: Path) -> str:
    """Twelve hexadecimal digits; equal inputs give equal digits wherever they lie."""
    total = hashlib.sha256()
    for name, path in _inputs(config, data):
        total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()[:SHORT]


def of_file(path: Path) -> str:
    """The sha256 of a file's content."""
    total = hashlib.sha256()
    with path.open("rb") as content:
        for block in iter(lambda: content.read(1 << 20), b""):
            total.update(block)
    return total.hexdigest()


def checksum_path(model: Path) -> Path:
    """Where a model's checksum lies."""
    return model.with_name(model.name + ".sha256")


def is_intact(model: Path) -> bool:
    """Whether the model is the one that was written."""
    recorded = checksum_path(model)
    return model.is_file() and recorded.is_file() and recorded.read_text().split()[:1] == [of_file(model)]
