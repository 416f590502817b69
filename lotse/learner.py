"""The process in which the bot lets learn: `python -m lotse.learner > FILE` reads the training lines and writes what is learned from them.

It ends when its standard input does: whoever started it is gone then.
"""

import contextlib
import hashlib
import os
import platform
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from i18n.catalogues import LOCALE, all_sentences
from nlu.examples import load_examples
from nlu.interpreter import Interpreter
from nlu.learned import write
from nlu.lexicon import DATA_FOLDER, load_lexicons

ROOT = Path(__file__).resolve().parent.parent
# Behind answers, but not so far that it never gets its turn beside a message to all.
_NICENESS = 10
_FIRST_TO_GO = "1000"
_SHORT = 16


def fingerprint() -> str:
    """A name for what would be learned now: equal for equal training lines, word lists, catalogues and code."""
    total = hashlib.sha256(f"{platform.python_version()} {np.__version__}\n".encode())
    for path in _inputs():
        name = path.relative_to(ROOT)
        total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()[:_SHORT]


def _inputs() -> Iterator[Path]:
    yield Path(__file__).resolve()
    yield from sorted([*(ROOT / "nlu").glob("*.py"), *(ROOT / "i18n").glob("*.py")])
    yield from sorted([*DATA_FOLDER.glob("*/*.yml"), *LOCALE.glob("*/LC_MESSAGES/*.po")])


def main() -> None:
    """Learn, and write it to standard output."""
    _give_way()
    threading.Thread(target=_end_with_whoever_started_it, daemon=True).start()
    # Before anything is read: what changes meanwhile must not be taken for what was learned.
    name = fingerprint()
    interpreter = Interpreter.build(None, load_lexicons())
    interpreter.learn(load_examples(), all_sentences())
    write(interpreter.learned, name, sys.stdout.buffer)


def _give_way() -> None:
    with contextlib.suppress(OSError):
        os.nice(_NICENESS)
    with contextlib.suppress(OSError):
        # Where memory is short it is this process that must end, not the bot.
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO, "ascii")


def _end_with_whoever_started_it() -> None:
    # Not through sys.stdin: its lock would be held when the interpreter ends.
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
