"""The project's own source files, parsed once, for rules about them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (
    "lotse",
    "bot",
    "desk",
    "nlu",
    "offers",
    "agreements",
    "delivery",
    "people",
    "i18n",
    "db",
    "playground",
)


@dataclass(frozen=True)
class Source:
    """One Python file."""

    path: Path
    tree: ast.Module
    lines: int

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))


@cache
def sources() -> tuple[Source, ...]:
    """Every Python file of the product, without tests and without migrations."""
    found = []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if ".venv" not in path.parts and "versions" not in path.parts:
                text = path.read_text(encoding="utf-8")
                found.append(Source(path, ast.parse(text), len(text.splitlines())))
    return tuple(found)


def functions(source: Source) -> Iterator[tuple[str, int]]:
    """Name and length in lines of every function, its docstring not counted."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            documented = ast.get_docstring(node, clean=False) or ""
            length = (node.end_lineno or node.lineno) - node.lineno + 1 - len(documented.splitlines())
            yield f"{source.name}:{node.name}", length


def docstrings(tree: ast.Module) -> set[int]:
    """The ids of the nodes that are docstrings, of modules, classes, functions and attributes."""
    found = set()
    for node in ast.walk(tree):
        for child in getattr(node, "body", ()) if isinstance(getattr(node, "body", ()), list) else ():
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                found.add(id(child.value))
    return found


def calls_of(source: Source) -> Iterator[tuple[str, str]]:
    """Every call `self.<part>.<name>(…)` as the function it stands in and `<part>.<name>`."""
    for function in ast.walk(source.tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                called = node.func if isinstance(node, ast.Call) else None
                if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Attribute):
                    yield function.name, f"{called.value.attr}.{called.attr}"
