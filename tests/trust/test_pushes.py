"""P1: what is pushed holds no word about anybody: no slot in any text, in any language, and no text in any row of the outbox."""

import ast
from pathlib import Path

import pytest

from bot.screens import calls
from bot.views.pushes import PUSH_VIEWS
from i18n import catalogues
from i18n.languages import LANGUAGES
from i18n.messages import words
from tests.trust.promise import held

ROOT = Path(__file__).resolve().parents[2]
_REFERENCE = "R" * 22


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_push_says_what_stands_in_the_catalogue_and_nothing_else(language: str) -> None:
    # What only staff get is said in their languages.
    known = {*catalogues.sentences(language), *catalogues.sentences("en")}
    for name, view in PUSH_VIEWS.items():
        first, second = view(words(language), _REFERENCE), view(words(language), "Amira braucht Hilfe"[:8])
        assert str(first.text) == str(second.text), name
        assert any(str(first.text) == text for text in known), (
            f"{name}: not a sentence of the catalogue as it is"
        )
        assert "{" not in str(first.text), name
        [call] = calls(first, None)
        assert set(call) <= {"method", "text", "reply_markup", "disable_notification"}
        [[button]] = first.rows
        assert button.data.endswith(_REFERENCE) or button.data.partition(":")[2] == _REFERENCE


def test_a_row_of_the_outbox_names_a_view_and_an_id() -> None:
    """Every place in the code that makes a push gives it `push` and `ref` alone."""
    found = 0
    for path in [
        *(ROOT / "agreements").rglob("*.py"),
        *(ROOT / "offers").rglob("*.py"),
        *(ROOT / "desk").rglob("*.py"),
    ]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict) and any(
                isinstance(key, ast.Constant) and key.value == "push" for key in node.keys
            ):
                keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
                assert keys == {"push", "ref"}, f"{path}:{node.lineno}"
                found += 1
    held(
        "P1",
        "kinds of pushes × languages, free texts in them",
        f"{len(PUSH_VIEWS) * len(LANGUAGES)}, 0",
        f"{len(PUSH_VIEWS) * len(LANGUAGES)}, 0",
        found > 0,
    )
