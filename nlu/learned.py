"""What was learned from the training lines, as plain arrays and words: carried from one process to another, or kept in a file.

A file is one line that says what it was learned from and what it must be, and numpy's npz behind it: nothing in it can be run.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

import numpy as np
from numpy.typing import NDArray

from nlu.errors import LearnedError

_MAGIC = "lotse-learned-1"
_LONGEST_LINE = 1_000
# Words and features are single words, or two with a blank between.
_BETWEEN = "\n"

Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Languages:
    """Log probabilities: `weights` has a row for each checksum of a gram, a column for each of `names`; a language may have several."""

    names: tuple[str, ...]
    weights: Weights


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What each feature says for each intent, in nats: `weights` has a row for each of `features`, a column for each intent."""

    features: tuple[str, ...]
    weights: Weights


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """`calm` are words that look like slips of words of danger and are none."""

    calm: tuple[str, ...]
    languages: Languages
    evidence: Evidence


def write(learned: Learned, fingerprint: str, file: IO[bytes]) -> None:
    """Write it all; `fingerprint` names what it was learned from and stands in one word of ASCII."""
    body = io.BytesIO()
    np.savez(
        body,
        calm=_packed(learned.calm),
        languages=_packed(learned.languages.names),
        grams=learned.languages.weights,
        features=_packed(learned.evidence.features),
        evidence=learned.evidence.weights,
    )
    content = body.getbuffer()
    file.write(f"{_MAGIC} {fingerprint} {hashlib.sha256(content).hexdigest()}\n".encode("ascii"))
    file.write(content)
    file.flush()


def read(file: IO[bytes], fingerprint: str) -> Learned:
    """What `write` wrote. Raises LearnedError where it was learned from something else, or is not whole."""
    head = file.readline(_LONGEST_LINE).split()
    if head[:2] != [_MAGIC.encode(), fingerprint.encode()]:
        raise LearnedError("it was learned from something else")
    content = file.read()
    if head[2:] != [hashlib.sha256(content).hexdigest().encode()]:
        raise LearnedError("it is damaged")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as parts:
            return Learned(
                _unpacked(parts["calm"]),
                Languages(_unpacked(parts["languages"]), parts["grams"]),
                Evidence(_unpacked(parts["features"]), parts["evidence"]),
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise LearnedError("it has other parts than it should") from error


def checked(weights: Weights, rows: int, columns: int) -> Weights:
    """These weights, if they are as many as they must be. Raises LearnedError."""
    if weights.dtype != np.float32 or weights.shape != (rows, columns):
        raise LearnedError(f"{weights.shape} weights where {(rows, columns)} are needed")
    return weights


def _packed(words: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer(_BETWEEN.join(words).encode("utf-8", "surrogatepass"), dtype=np.uint8)


def _unpacked(packed: NDArray[np.uint8]) -> tuple[str, ...]:
    text = packed.tobytes().decode("utf-8", "surrogatepass")
    return tuple(text.split(_BETWEEN)) if text else ()
