"""The fields of the desk, read from its own pages and its own code, so that none can be forgotten."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from desk.pages.table import ROUTES
from desk.routes import DeskRoute

ROOT = Path(__file__).resolve().parents[2]
_READERS = ("typed", "chosen", "day", "query", "get", "getlist")


@dataclass
class Form:
    """One form of a page: where it goes, and what it holds when nobody touches it."""

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._area = self._select = ""
        self._by_id: dict[str, Form] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = given.get("action") or given.get("hx-post") or given.get("hx-get") or ""
            method = "POST" if given.get("method", "").lower() == "post" or "hx-post" in given else "GET"
            self._open = Form(method, action)
            self.forms.append(self._open)
            self._by_id[given.get("id", "")] = self._open
        elif tag in ("input", "textarea", "select", "button") and given.get("name"):
            self._field(tag, given)
        elif tag == "option" and self._select and ("selected" in given):
            self._set(self._select, given.get("value", ""))

    def _field(self, tag: str, given: Mapping[str, str]) -> None:
        name = given["name"]
        own = given.get("hx-post") or given.get("hx-get")
        if own and self._open is None:
            # A field that asks by itself, such as a search.
            self.forms.append(
                Form("POST" if "hx-post" in given else "GET", own, {name: given.get("value", "")})
            )
            return
        form = self._by_id.get(given.get("form", ""), self._open) if given.get("form") else self._open
        if form is None:
            return
        if given.get("type") not in ("radio", "checkbox") or "checked" in given or name not in form.fields:
            form.fields[name] = given.get("value", "")
        self._area, self._select = (name if tag == "textarea" else ""), (name if tag == "select" else "")

    def _set(self, name: str, value: str) -> None:
        if self._open is not None:
            self._open.fields[name] = value

    def handle_data(self, data: str) -> None:
        if self._area:
            self._set(self._area, data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""


def forms(page: str) -> list[Form]:
    """Every form of a page."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms


def route_of(method: str, path: str) -> DeskRoute | None:
    """The route that an address leads to."""
    bare = path.split("?", maxsplit=1)[0]
    for route in ROUTES:
        pattern = re.sub(r"{\w+}", "[^/]+", route.path)
        if route.method == method and re.fullmatch(pattern, bare):
            return route
    return None


def read_in_code() -> Iterator[str]:
    """The names of fields that the pages' code reads, whether or not a page shows them."""
    for path in sorted((ROOT / "desk").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in _READERS
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
                and _of_a_request(node.func)
            ):
                yield node.args[0].value


def _of_a_request(reader: ast.Attribute) -> bool:
    said = ast.unparse(reader.value)
    return said.endswith("turn") if reader.attr not in ("get", "getlist") else said.endswith("form")
