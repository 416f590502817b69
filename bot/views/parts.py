"""Small pieces that many views are put together from."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from markupsafe import Markup, escape

from bot.screens import MAX_BUTTONS_IN_ROW, Button, tap
from i18n.messages import Words

PAGE = 8
"""So many stand on a page of a list, where nothing else is said."""
_Item = TypeVar("_Item")


def lines(*parts: str | Markup | None) -> Markup:
    """Lines one below the other; None is left out, an empty string is an empty line."""
    return Markup("\n").join(escape(part) for part in parts if part is not None)


def bold(text: str | Markup) -> Markup:
    """`text` in bold."""
    return Markup("<b>{}</b>").format(text)


def in_rows(buttons: Iterable[Button], per_row: int) -> list[list[Button]]:
    """Buttons in rows of `per_row`."""
    every = list(buttons)
    return [every[start : start + per_row] for start in range(0, len(every), per_row)]


def home(words: Words) -> list[Button]:
    """The row that leads back: menu, and a human being."""
    return [tap(words.plain("button.menu"), "menu"), tap(words.plain("button.human"), "human")]


def with_home(words: Words, rows: Sequence[Sequence[Button]]) -> list[Sequence[Button]]:
    """Rows with the way home below them: no screen is a dead end."""
    return [*rows, home(words)]


def page_of(items: Sequence[_Item], page: int, size: int = PAGE) -> tuple[Sequence[_Item], int, int]:
    """What stands on a page, its number from 0, and how many pages there are; a page that is gone is the nearest one."""
    pages = max(1, -(-len(items) // size))
    page = min(max(page, 0), pages - 1)
    return items[page * size : (page + 1) * size], page, pages


def page_row(words: Words, route: str, page: int, pages: int) -> list[Button]:
    """The numbers of the pages, or where they are too many backward and forward; empty when there is only one."""
    if pages == 1:
        return []
    if pages <= MAX_BUTTONS_IN_ROW:
        labels = [f"· {number + 1} ·" if number == page else str(number + 1) for number in range(pages)]
        return [tap(label, route, str(number)) for number, label in enumerate(labels)]
    row: list[Button] = []
    if page > 0:
        row.append(tap(words.plain("cl.button.previous", page=str(page)), route, str(page - 1)))
    if page < pages - 1:
        row.append(tap(words.plain("cl.button.next", page=str(page + 2)), route, str(page + 1)))
    return row
