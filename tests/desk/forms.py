"""A form of the desk as a browser sends it back: what stood in it, and only the boxes that are ticked."""

from html.parser import HTMLParser

import httpx


class _Reader(HTMLParser):
    """Keeps the last form that has a field of this name."""

    def __init__(self, having: str) -> None:
        super().__init__()
        self.having = having
        self.sent: dict[str, str | list[str]] = {}
        self._form: dict[str, str | list[str]] = {}
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "form":
            self._form = {}
        elif given.get("type") == "checkbox":
            ticked = self._form.setdefault(name, [])
            if "checked" in given and isinstance(ticked, list):
                ticked.append(value)
        elif tag in ("input", "select", "textarea"):
            self._form[name] = value
            self._select = name if tag == "select" else ""
            self._area = name if tag == "textarea" else ""
        elif tag == "option" and self._select and ("selected" in given or not self._form[self._select]):
            self._form[self._select] = value

    def handle_data(self, data: str) -> None:
        if self._area:
            self._form[self._area] = data

    def handle_endtag(self, tag: str) -> None:
        self._area = "" if tag == "textarea" else self._area
        if tag == "form" and self.having in self._form:
            self.sent = self._form


def opened(page: httpx.Response, having: str = "name") -> dict[str, str | list[str]]:
    """The fields of the page's form that holds a field of this name."""
    reader = _Reader(having)
    reader.feed(page.text)
    return reader.sent
