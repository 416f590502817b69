"""Every module says in its first line what belongs there; public functions of the use cases say what they give."""

import ast

from tests.architecture.source import ROOT, sources


def test_every_module_says_what_it_is_for() -> None:
    silent = [s.name for s in sources() if s.path.name != "__init__.py" and not ast.get_docstring(s.tree)]
    assert silent == []


def test_public_functions_of_the_use_cases_are_documented() -> None:
    silent = [
        f"{source.name}:{node.name}"
        for source in sources()
        if source.path.relative_to(ROOT).parts[0] in {"agreements", "offers", "delivery", "people"}
        and source.path.name != "repository.py"
        for parent in ast.walk(source.tree)
        if isinstance(parent, ast.ClassDef | ast.Module)
        for node in parent.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and not (isinstance(parent, ast.ClassDef) and any(_is_protocol(base) for base in parent.bases))
        and not ast.get_docstring(node)
    ]
    assert silent == []


def _is_protocol(base: ast.expr) -> bool:
    return isinstance(base, ast.Name) and base.id == "Protocol"
