"""What people read stands in the catalogues: no sentence in the code of the bot."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.source import ROOT, Source, docstrings, sources

_SENTENCE = re.compile(r"[^\W\d_]{2,}[,.:;!?]? +[^\W\d_]{2,}")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_FORMAT_SLOT = re.compile(r"\{[^}]*\}")
_TAG = re.compile(r"</?[a-z][a-z ]*>")
# Calls whose words only operators and programmers read.
_UNSEEN = {
    "warning",
    "info",
    "error",
    "exception",
    "debug",
    "Route",
    "getLogger",
    "get_logger",
    "compile",
    "cast",
    # Numbers for operators, described in English as Prometheus shows them.
    "Counter",
    "Gauge",
    "Histogram",
}


def _unseen(tree: ast.Module) -> set[int]:
    found = docstrings(tree)
    for node in ast.walk(tree):
        calls = isinstance(node, ast.Call) and _called(node) in _UNSEEN
        if calls or isinstance(node, ast.Raise | ast.Assert):
            found |= {id(child) for child in ast.walk(node)}
    return found


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _sentences(source: Source) -> Iterator[str]:
    unseen = _unseen(source.tree)
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in unseen:
            continue
        text = _FORMAT_SLOT.sub("", _TAG.sub("", node.value))
        foreign = any(ord(letter) > 0x7F for word in _LETTERS.findall(text) for letter in word)
        if _SENTENCE.search(text) or foreign:
            yield f"{source.name}:{node.lineno}: {node.value!r}"


def test_no_sentence_for_people_in_the_bot() -> None:
    # The courier holds Telegram's own sentences, by which its refusals are told apart.
    bot = [s for s in sources() if s.name.startswith("bot/") and s.name != "bot/courier.py"]
    assert bot
    assert [found for source in bot for found in _sentences(source)] == []


def test_the_rule_sees_a_sentence() -> None:
    tree = ast.parse(
        "def f():\n    'A docstring here.'\n    log.info('not seen by people')\n    return Screen('Hello you')"
    )
    assert list(_sentences(Source(ROOT / "bot/x.py", tree, 4))) == ["bot/x.py:4: 'Hello you'"]
