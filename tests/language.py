"""What the bot has learned of language in its first half minute, for every test that needs it: learned once by the real thing and kept."""

import fcntl
from functools import cache
from pathlib import Path

from i18n.catalogues import all_sentences
from lotse.learner import fingerprint
from nlu.examples import load_examples
from nlu.interpreter import Interpreter
from nlu.learned import Learned, read, write
from nlu.lexicon import Lexicon, load_lexicons

_FOLDER = Path(__file__).resolve().parent.parent / ".pytest_cache" / "learned"


@cache
def all_lexicons() -> dict[str, Lexicon]:
    """The word lists of all languages, read once in a process."""
    return load_lexicons()


@cache
def learned() -> Learned:
    """What is learned from all lines and word lists as they are now; whichever process of a run needs it first learns it for all."""
    name = fingerprint()
    _FOLDER.mkdir(parents=True, exist_ok=True)
    kept = _FOLDER / name
    with (_FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for old in _FOLDER.glob("[0-9a-f]*"):
                old.unlink()
            _learn(kept, name)
    with kept.open("rb") as file:
        return read(file, name)


def knowing() -> Interpreter:
    """The bot's understanding without a model, once it has learned."""
    found = Interpreter.build(None, all_lexicons())
    found.take(learned())
    return found


def _learn(kept: Path, name: str) -> None:
    teacher = Interpreter.build(None, all_lexicons())
    teacher.learn(load_examples(), all_sentences())
    part = kept.with_name("new.part")
    with part.open("wb") as file:
        write(teacher.learned, name, file)
    part.replace(kept)
