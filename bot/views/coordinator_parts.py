"""Small pieces that the screens of the coordinator's phone share: rows that lead back, the name of a case."""

from bot.screens import Button, tap
from i18n.bidi import left_to_right
from i18n.messages import Words


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
