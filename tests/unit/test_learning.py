"""What the bot learns in a process of its own and keeps: the same as learned in process, from nothing that is secret, gone when it must be."""

import asyncio
import io
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from lotse import learner, learning
from lotse.learning import Learning
from nlu.emergency import EmergencyRule
from nlu.errors import LearnedError
from nlu.examples import Example
from nlu.interpreter import Interpreter
from nlu.language import MIN_LINES
from nlu.learned import read, write
from nlu.lexicon import compile_lexicon
from nlu.types import Intent

LEXICON = {
    "keywords": {"find_german_course": ["course"], "find_housing": ["flat"]},
    "emergency": {"phrases": ["kitchen fire", "kill myself"]},
}
LINES = [
    *(Example("en", Intent.FIND_GERMAN_COURSE, f"a german course number {'x' * n}", ()) for n in range(MIN_LINES)),
    *(Example("en", Intent.FIND_HOUSING, f"we need a flat with kitchem {'y' * n}", ()) for n in range(MIN_LINES)),
    *(Example("fr", Intent.FIND_HOUSING, f"je cherche une chambre {'z' * n}", ()) for n in range(MIN_LINES)),
]  # fmt: skip
SENTENCES = [("fr", "bonjour à tous"), ("xx", "of no language")]
ASKED = (
    "a german course",
    "chambre",
    "the flat with kitchem fire",
    "kill myself",
    "je cherche un course",
    "",
)
RUBBISH = "import sys; sys.stdout.write('rubbish')"
FOR_EVER = "import os, time, pathlib; pathlib.Path({!r}).write_text(str(os.getpid())); time.sleep(600)"


def _interpreter() -> Interpreter:
    return Interpreter.build(None, {code: compile_lexicon(code, LEXICON) for code in ("en", "fr")})


@pytest.fixture
def learned() -> Interpreter:
    found = _interpreter()
    found.learn(LINES, SENTENCES)
    return found


@pytest.fixture(autouse=True)
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is learned in the thread, where it comes to that."""
    monkeypatch.setattr(learning, "load_examples", lambda: LINES)
    monkeypatch.setattr(learning, "all_sentences", lambda: SENTENCES)
    yield
    structlog.reset_defaults()


async def _answers(found: Interpreter) -> list[object]:
    return [
        (
            await found.understander.understand(text, language),
            found.emergency.detect(text),
            found.guesser.guess(text, language),
            found.understander.danger(text, language),
        )
        for text in ASKED
        for language in ("en", "fr")
    ]


def _written(found: Interpreter, name: str | None = None) -> bytes:
    file = io.BytesIO()
    write(found.learned, name or learner.fingerprint(), file)
    return file.getvalue()


def _as_child(tmp_path: Path, content: bytes) -> tuple[str, ...]:
    """A child that learned this."""
    (tmp_path / "made").write_bytes(content)
    copy = "import sys, pathlib; sys.stdout.buffer.write(pathlib.Path(sys.argv[1]).read_bytes())"
    return sys.executable, "-c", copy, str(tmp_path / "made")


def _learning(found: Interpreter, tmp_path: Path, *command: str) -> Learning:
    return Learning(found, tmp_path / "learned", worker="bot-1", command=command or ("/does/not/exist",))


def _kept(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "learned").iterdir())


def _only_name() -> str:
    return f"{learner.fingerprint()}{learning.SUFFIX}"


async def test_what_was_written_is_read_again(learned: Interpreter) -> None:
    other = _interpreter()
    before = await _answers(other)
    assert before != await _answers(learned)
    other.take(read(io.BytesIO(_written(learned, "abc")), "abc"))
    assert await _answers(other) == await _answers(learned)
    assert other.emergency.detect("the flat with kitchem fire") is None


async def test_nothing_learned_is_a_state_too() -> None:
    other = _interpreter()
    other.take(read(io.BytesIO(_written(_interpreter(), "abc")), "abc"))
    assert await _answers(other) == await _answers(_interpreter())


def test_only_what_would_be_taken_for_a_slip_is_kept(learned: Interpreter) -> None:
    assert learned.learned.calm == ("kitchem",)
    rule = EmergencyRule({"en": compile_lexicon("en", LEXICON)})
    assert rule.detect("kitchem fire") is not None
    rule.take(learned.learned.calm)
    assert rule.detect("kitchem fire") is None


@pytest.mark.parametrize("place", [3, 200, 5_000, -1])
def test_one_wrong_byte_is_seen(learned: Interpreter, place: int) -> None:
    content = bytearray(_written(learned, "abc"))
    content[place] ^= 1
    with pytest.raises(LearnedError):
        read(io.BytesIO(bytes(content)), "abc")


@pytest.mark.parametrize("kept", [0, 10, 90, 10_000, -1])
def test_half_a_file_is_seen(learned: Interpreter, kept: int) -> None:
    with pytest.raises(LearnedError):
        read(io.BytesIO(_written(learned, "abc")[:kept]), "abc")


def test_what_was_learned_from_something_else_is_not_taken(learned: Interpreter) -> None:
    with pytest.raises(LearnedError, match="something else"):
        read(io.BytesIO(_written(learned, "abc")), "abd")


def test_weights_of_another_shape_are_not_taken(learned: Interpreter) -> None:
    state = learned.learned
    wide = type(state.evidence)(state.evidence.features, state.evidence.weights[:, 1:])
    with pytest.raises(LearnedError, match="needed"):
        _interpreter().understander.take(wide)
    short = type(state.languages)(state.languages.names, state.languages.weights[1:])
    with pytest.raises(LearnedError, match="needed"):
        _interpreter().guesser.take(short)


async def test_a_child_learns_and_the_next_start_recalls_it(tmp_path: Path, learned: Interpreter) -> None:
    first, second = _interpreter(), _interpreter()
    start = _learning(first, tmp_path, *_as_child(tmp_path, _written(learned)))
    with capture_logs() as said:
        assert not await start.recall()
        await start.learn()
    assert [(line["event"], line["where"]) for line in said] == [("learning.learned", "process")]
    assert await _answers(first) == await _answers(learned)
    assert _kept(tmp_path) == [_only_name()]
    assert (tmp_path / "learned" / _only_name()).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "learned").stat().st_mode & 0o777 == 0o700
    with capture_logs() as said:
        assert await _learning(second, tmp_path).recall()
    assert [line["event"] for line in said] == ["learning.recalled"]
    assert await _answers(second) == await _answers(learned)


async def test_only_the_newest_is_kept(tmp_path: Path, learned: Interpreter) -> None:
    folder = tmp_path / "learned"
    folder.mkdir()
    (folder / f"0123456789abcdef{learning.SUFFIX}").write_bytes(_written(learned, "0123456789abcdef"))
    # Left behind by one that was killed.
    (folder / "bot-1.part").write_bytes(b"half")
    start = _learning(_interpreter(), tmp_path, *_as_child(tmp_path, _written(learned)))
    assert not await start.recall()
    await start.learn()
    assert _kept(tmp_path) == [_only_name()]


@pytest.mark.parametrize("spoiled", ["damaged", "foreign", "open to others", "empty"])
async def test_a_file_that_cannot_be_trusted_is_learned_anew(
    tmp_path: Path, learned: Interpreter, spoiled: str
) -> None:
    folder = tmp_path / "learned"
    folder.mkdir()
    kept = folder / _only_name()
    whole = _written(learned)
    content = {
        "damaged": whole[:-9] + b"123456789",
        "foreign": _written(learned, "0123456789abcdef"),
        "open to others": whole,
        "empty": b"",
    }
    kept.write_bytes(content[spoiled])
    kept.chmod(0o666 if spoiled == "open to others" else 0o600)
    found = _interpreter()
    start = _learning(found, tmp_path, *_as_child(tmp_path, whole))
    with capture_logs() as said:
        assert not await start.recall()
    assert [line["event"] for line in said] == ["learning.not_recalled"]
    await start.learn()
    assert await _answers(found) == await _answers(learned)
    assert kept.read_bytes() == whole
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "command",
    [
        ("/does/not/exist",),
        (sys.executable, "-c", "raise SystemExit(3)"),
        (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"),
        (sys.executable, "-c", RUBBISH),
        (sys.executable, "-c", "pass"),
    ],
)
async def test_without_a_child_it_learns_here(
    tmp_path: Path, learned: Interpreter, command: tuple[str, ...]
) -> None:
    found = _interpreter()
    with capture_logs() as said:
        await _learning(found, tmp_path, *command).learn()
    assert [(line["event"], line["log_level"]) for line in said] == [
        ("learning.no_process", "warning"),
        ("learning.learned", "info"),
    ]
    assert said[-1]["where"] == "thread"
    assert await _answers(found) == await _answers(learned)
    assert _kept(tmp_path) == []


async def test_a_child_that_read_other_lines_is_not_believed(tmp_path: Path, learned: Interpreter) -> None:
    found = _interpreter()
    command = _as_child(tmp_path, _written(learned, "0123456789abcdef"))
    with capture_logs() as said:
        await _learning(found, tmp_path, *command).learn()
    assert said[-1]["where"] == "thread"
    assert _kept(tmp_path) == []


async def test_a_child_that_does_not_come_to_an_end_is_ended(tmp_path: Path) -> None:
    here = tmp_path / "pid"
    start = Learning(
        _interpreter(),
        tmp_path / "learned",
        worker="bot-1",
        command=(sys.executable, "-c", FOR_EVER.format(str(here))),
        patience=0.0,
    )
    with capture_logs() as said:
        await start.learn()
    assert said[-1]["where"] == "thread"
    assert not here.exists() or not _lives(int(here.read_text()))


async def test_where_nothing_can_be_kept_it_learns_all_the_same(tmp_path: Path, learned: Interpreter) -> None:
    (tmp_path / "learned").write_text("a file where the folder should be")
    found = _interpreter()
    start = _learning(found, tmp_path, *_as_child(tmp_path, _written(learned)))
    with capture_logs() as said:
        assert not await start.recall()
        await start.learn()
    assert said[-1]["where"] == "thread"
    assert await _answers(found) == await _answers(learned)


async def test_the_child_ends_with_the_bot(tmp_path: Path) -> None:
    here = tmp_path / "pid"
    start = _learning(_interpreter(), tmp_path, sys.executable, "-c", FOR_EVER.format(str(here)))
    async with asyncio.TaskGroup() as group:
        task = group.create_task(start.learn())
        while not (here.exists() and here.read_text()):
            await asyncio.sleep(0.01)
        child = int(here.read_text())
        assert _lives(child)
        task.cancel()
    assert not _lives(child)
    assert _kept(tmp_path) == []


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def test_the_child_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOTSE_TELEGRAM_TOKEN", "LOTSE_KEYS", "LOTSE_DATABASE_URL", "HTTPS_PROXY", "SOMETHING_ELSE"):
        monkeypatch.setenv(name, "canary")
    told = tmp_path / "told"
    program = f"import os, pathlib; pathlib.Path({str(told)!r}).write_bytes(pathlib.Path('/proc/self/environ').read_bytes())"
    await _learning(_interpreter(), tmp_path, sys.executable, "-c", program).learn()
    names = {line.partition("=")[0] for line in told.read_text().split("\0") if line}
    assert names == {"PATH", "LANG", "OPENBLAS_NUM_THREADS"}
    assert "canary" not in told.read_text()


PROGRAM = """
import sys
from lotse import learner
from nlu.examples import Example
from nlu.types import Intent
learner._NICENESS = 0
learner.fingerprint = lambda: "abc"
learner.load_lexicons = lambda: {code: learner_lexicon(code) for code in ("en", "fr")}
from nlu.lexicon import compile_lexicon
from tests.unit.test_learning import LEXICON, LINES, SENTENCES
learner_lexicon = lambda code: compile_lexicon(code, LEXICON)
learner.load_examples, learner.all_sentences = (lambda: LINES), (lambda: SENTENCES)
learner.main()
"""


async def _both(one: Interpreter, other: Interpreter) -> bool:
    return await _answers(one) == await _answers(other)


def test_the_learner_writes_what_is_learned_in_process(tmp_path: Path, learned: Interpreter) -> None:
    out = tmp_path / "out"
    with (
        out.open("wb") as file,
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(PROGRAM)],
            cwd=learner.ROOT, stdin=subprocess.PIPE, stdout=file,
        ) as child,
    ):  # fmt: skip
        assert child.wait(100) == 0
    found = _interpreter()
    with out.open("rb") as written:
        found.take(read(written, "abc"))
    assert asyncio.run(_both(found, learned))


def test_the_learner_ends_with_whoever_started_it() -> None:
    program = "import time\nfrom lotse import learner\nlearner.fingerprint = lambda: time.sleep(600)\nprint('here', flush=True)\nlearner.main()"
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=learner.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.readline() == "here\n"
        child.stdin.close()
        assert child.wait(100) == 1


def test_all_that_learns_is_in_the_fingerprint() -> None:
    program = "import sys, lotse.learner; print(*(getattr(found, '__file__', None) for found in list(sys.modules.values())), sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=learner.ROOT, capture_output=True, text=True, check=True
    )
    ours = {learner.ROOT / folder for folder in ("lotse", "nlu", "i18n")}
    loaded = {Path(name) for name in done.stdout.split("\n") if ours & {*Path(name).parents}}
    read_too = {path for path in learner._inputs() if path.suffix == ".py"}
    assert {path for path in loaded if path.name != "__init__.py"} <= read_too
    assert learner.ROOT / "nlu" / "bayes.py" in loaded


def test_the_fingerprint_follows_lines_words_catalogues_and_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learner, "ROOT", tmp_path)
    monkeypatch.setattr(learner, "__file__", str(tmp_path / "lotse" / "learner.py"))
    monkeypatch.setattr(learner, "DATA_FOLDER", tmp_path / "nlu" / "data")
    monkeypatch.setattr(learner, "LOCALE", tmp_path / "i18n" / "locale")
    files = [
        tmp_path / name
        for name in (
            "lotse/learner.py", "nlu/bayes.py", "i18n/text.py", "nlu/data/de/nlu_one.yml", "nlu/data/de/lexicon.yml",
            "i18n/locale/de/LC_MESSAGES/lotse.po",
        )
    ]  # fmt: skip
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("one")
    names = {learner.fingerprint()}
    for file in files:
        file.write_text("two")
        names.add(learner.fingerprint())
    assert len(names) == 1 + len(files)
    (tmp_path / "nlu" / "data" / "de" / "notes.txt").write_text("of no matter")
    assert learner.fingerprint() in names
