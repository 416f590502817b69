"""Telegram's limits on text: counting as it counts, and splitting without breaking a tag or a letter."""

import html
import re

from i18n.text import utf16_length

MAX_TEXT = 4096
_TAG = re.compile(r"<(/?)([a-z]+)[^>]*>|&[a-z#0-9]+;")


def visible_length(markup: str) -> int:
    """Length of HTML text after Telegram took the tags out."""
    return utf16_length(plain(markup))


def split_html(markup: str, limit: int = MAX_TEXT) -> list[str]:
    """HTML text in parts that Telegram takes; cut at line ends, open tags are closed and opened again."""
    if visible_length(markup) <= limit:
        return [markup]
    parts: list[str] = []
    current, opened = "", list[str]()
    for line in _lines(markup, limit // 2):
        if current and visible_length(current + line) > limit - 16:
            parts.append(current.rstrip("\n") + "".join(f"</{_name(tag)}>" for tag in reversed(opened)))
            current = "".join(opened)
        current += line
        for match in _TAG.finditer(line):
            if match.group(2) is None:
                continue
            if match.group(1):
                opened = opened[:-1]
            else:
                opened.append(match.group(0))
    parts.append(current)
    return [part for part in parts if visible_length(part) and part.strip()]


def plain(markup: str) -> str:
    """The text without tags, for when Telegram refuses the markup."""
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def _name(tag: str) -> str:
    return tag.strip("<>/").split()[0]


def _lines(markup: str, longest: int) -> list[str]:
    pieces: list[str] = []
    for line in markup.splitlines(keepends=True):
        rest = line
        while visible_length(rest) > longest:
            space = rest.rfind(" ", 0, longest)
            cut = _safe_cut(rest, space if space > longest // 2 else longest)
            pieces.append(rest[:cut])
            rest = rest[cut:]
        pieces.append(rest)
    return pieces


def _safe_cut(text: str, at: int) -> int:
    """That place, or the one before the tag or entity that it would break."""
    for match in _TAG.finditer(text):
        if match.start() < at < match.end():
            return match.start() or match.end()
    return at
