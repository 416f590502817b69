"""The catalogues: complete for everybody who reads them, with the same slots, and without leftovers."""

import ast
import re
from collections.abc import Iterator

import pytest

from bot.table import ROUTES
from i18n.catalogues import LOCALE, problems, texts
from i18n.languages import FALLBACK, LANGUAGES
from tests.architecture.source import docstrings, sources

_SAID = re.compile(r"words(?:\.plain)?\([\"']([^\"']+)[\"']")
_KEY = re.compile(r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$")


def literals() -> Iterator[str]:
    """Every string in the code that is no docstring; of an f-string its fixed beginning with a star."""
    for source in sources():
        unseen = docstrings(source.tree)
        for node in ast.walk(source.tree):
            if isinstance(node, ast.JoinedStr):
                first = node.values[0]
                if isinstance(first, ast.Constant) and str(first.value):
                    yield f"{first.value}*"
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in unseen:
                yield node.value


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything_with_the_same_slots(language: str) -> None:
    assert list(problems(language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_knows_more_than_the_others(language: str) -> None:
    assert set(texts(language)) == set(texts(FALLBACK))


def test_every_id_in_the_code_exists() -> None:
    known = set(texts(FALLBACK))
    assert {key for key in in_templates() if key not in known and not key.endswith((".", "_"))} == set()
    families = {key.split(".")[0] for key in known}
    names = {source.path.stem for source in sources()}
    lost = {
        text
        for text in literals()
        if _KEY.match(text)
        and text.split(".")[0] in families
        and text not in known
        and not (text.endswith("_") and any(key.startswith(text) for key in known))
        and not text.endswith((".yml", ".py", ".csv", ".po", ".ics", ".json", ".png"))
        and text.split(".")[-1] not in names
    }
    taps = {route.name for route in ROUTES}
    assert lost - taps - _events() == set()


def in_templates() -> set[str]:
    """Every id that a page template says."""
    root = LOCALE.parent.parent
    found = [*root.glob("offers/**/templates/*.html"), *root.glob("desk/templates/*.html")]
    return {key for path in found for key in _SAID.findall(path.read_text("utf-8"))}


def _events() -> set[str]:
    """What log lines are named."""
    found = set()
    for source in sources():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                first = node.args[0]
                owner = getattr(node.func.value, "id", "")
                if owner == "log" and isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found
