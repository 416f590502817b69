"""From a page's HTML to the lines that people read; nothing of it is ever shown as markup again."""

import unicodedata
from html.parser import HTMLParser

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "caption",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_SILENT = frozenset({"script", "style", "template", "noscript", "iframe", "svg", "title"})
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_WITHOUT_END = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self.links: list[str] = []
        self._silent = 0

    def parse_html_declaration(self, i: int) -> int:
        """Where the declaration at `i` ends."""
        # A section that is not marked as browsers know it ends the parser of the standard library; for them it is a comment.
        if self.rawdata.startswith("<![", i):
            return self.parse_bogus_comment(i)
        return super().parse_html_declaration(i)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A new line before a block; what is between silent tags is left out, and links are kept."""
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS:
            self.lines.append("")
        if tag == "a":
            self.links.extend(value for name, value in attrs if name == "href" and value)

    def handle_endtag(self, tag: str) -> None:
        """A new line behind a block."""
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag in _BLOCKS and tag not in _WITHOUT_END:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        """The text goes on in its line."""
        if not self._silent:
            self.lines[-1] += data


def clean(line: str) -> str:
    """One line without control characters or the marks that turn the order of what follows around."""
    kept = "".join(" " if unicodedata.category(c) in {"Cc", "Zs", "Zl", "Zp"} else c for c in line)
    kept = "".join(c for c in kept if unicodedata.category(c) != "Cs" and c not in _TURNING)
    return " ".join(unicodedata.normalize("NFC", kept).split())


def lines_and_links(html: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The text of a page, one entry for each block, and the targets of its links."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (clean(line) for line in reader.lines)
    return tuple(line for line in lines if line), tuple(reader.links)
