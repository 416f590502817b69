"""The reference pages say what the code says."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.pages import DOCS, PAGES
from tests.architecture.source import sources

_TELEGRAMS = {"getUpdates", "sendMessage", "process_update"}
_NAME = re.compile(r"`([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?)`")
_FILES = (".py", ".toml")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_what_the_code_says(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"


def test_a_deep_link_stands_there_as_its_route_reads_it_and_an_empty_setting_as_empty() -> None:
    assert "| `/start join_<code>` |" in PAGES["handlers.md"]()
    assert "``" not in PAGES["settings.md"]()


def test_every_page_is_reached_from_the_readme_or_the_architecture() -> None:
    entry = (DOCS.parent / "README.md").read_text(encoding="utf-8") + (DOCS / "architecture.md").read_text(
        encoding="utf-8"
    )
    pages = [str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md") if path.name != "architecture.md"]
    assert [page for page in pages if page not in entry] == []


def test_every_name_in_the_architecture_is_one_in_the_code() -> None:
    known = {*_names(), *_methods(), *_TELEGRAMS}
    said = _NAME.findall((DOCS / "architecture.md").read_text(encoding="utf-8"))
    assert [name for name in said if not name.endswith(_FILES) and name not in known] == []


def _names() -> Iterator[str]:
    """Classes, functions, `module.function`, and words such as a state's or a route's."""
    for source in sources():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from (node.name, f"{source.path.stem}.{node.name}")
            elif isinstance(node, ast.ClassDef):
                yield node.name
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _methods() -> Iterator[str]:
    """`Class.method`, inherited ones too."""
    nodes = [node for source in sources() for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef)]
    own = {node.name: {part.name for part in node.body if isinstance(part, _FUNCTIONS)} for node in nodes}
    bases = {node.name: [base.id for base in node.bases if isinstance(base, ast.Name)] for node in nodes}

    def methods(name: str) -> set[str]:
        return own.get(name, set()).union(*(methods(base) for base in bases.get(name, ()) if base != name))

    return (f"{name}.{method}" for name in own for method in methods(name))
