"""P1: what is pushed holds no word about anybody: no slot in any text, in any language, and no text in any row of the outbox."""

import ast
from collections.abc import Iterator
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


PUSHING = ("agreements", "bot", "delivery", "desk", "lotse", "offers", "people")
"""Every folder of the program that may put something into the outbox."""


def _pushes(root: Path) -> Iterator[tuple[str, set[str]]]:
    """Where the code makes the payload of a push, and what stands in it beside its name; `**` for what is not written there."""
    for path in (path for name in PUSHING for path in (root / name).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                keys = {
                    "**" if key is None else key.value if isinstance(key, ast.Constant) else ast.unparse(key) for key in node.keys
                }  # fmt: skip
                if "push" in keys:
                    yield f"{path.relative_to(root)}:{node.lineno}", {str(key) for key in keys} - {"push"}


def test_a_row_of_the_outbox_names_a_view_and_an_id() -> None:
    """Every place in the code that makes a push gives it `push` and `ref` alone; what takes a message back also has that one's number."""
    found = dict(_pushes(ROOT))
    more = {
        place: sorted(keys)
        for place, keys in found.items()
        if keys != {"ref"} | ({"message"} if place.startswith("delivery/tidying/") else set())
    }
    held(
        "P1",
        f"kinds of pushes × languages: {len(PUSH_VIEWS) * len(LANGUAGES)}; places that make one, with more than an id",
        "≥ 5, 0",
        f"{len(found)}, {len(more)} {more or ''}",
        len(found) >= 5 and not more,
    )


def test_what_is_unpacked_into_a_push_is_seen(tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "x.py").write_text(
        'a = {"push": "x", "ref": "y", **more}\nb = {"push": "x", name: "y"}\n'
    )
    assert dict(_pushes(tmp_path)) == {"bot/x.py:1": {"ref", "**"}, "bot/x.py:2": {"name"}}
