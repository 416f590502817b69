"""Small pieces that the screens of the coordinator's phone share: rows that lead back, pages, the name of a case."""

from collections.abc import Sequence
from typing import TypeVar

from bot.screens import MAX_BUTTONS_IN_ROW, Button, tap
from i18n.bidi import left_to_right
from i18n.messages import Words

PAGE = 8
_Item = TypeVar("_Item")


def case(number: str) -> str:
    """A case number, whose letters and digits keep their order in every language."""
    return left_to_right(number)


def menu_row(words: Words) -> list[Button]:
    """The way home."""
    return [tap(words.plain("button.menu"), "menu")]


def back_row(words: Words, route: str, *args: str) -> list[Button]:
    """One step back, and the way home."""
    return [tap(words.plain("button.back"), route, *args), *menu_row(words)]


def cancel_row(words: Words, route: str, *args: str) -> list[Button]:
    """Out of a dialogue, with nothing done."""
    return [tap(words.plain("cl.button.cancel"), route, *args)]


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
